//! Reading resources that events or lists only name: texts' resources at once, people's in batches.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use url::Url;

use super::outbox::{Ordinary, What};
use super::own::OwnPart;
use super::request::{Content, Response};
use super::timers::Timer;
use super::{Now, Session};
use crate::wire::batch;
use crate::{GroupKind, PageId, PrivacyLevel, SipUri};

/// A resource to be read, with what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fetch {
    /// contactPresence, for a question or because it changed.
    Presence {
        of: SipUri,
        question: Option<u64>,
    },
    /// contactNote likewise.
    Note {
        of: SipUri,
        question: Option<u64>,
    },
    /// Our own presence or note, by its link.
    Own(OwnPart),
    /// contact: of the list, or of somebody whose presence was told by links alone.
    Contact(Url),
    /// contact: somebody whom only the list of privacy relationships names.
    ContactOfLevel(Url, PrivacyLevel),
    /// contactPrivacyRelationship, because it changed.
    Privacy(SipUri),
    /// A group of the list that was only named.
    Group(GroupKind),
    /// Members of a group.
    Members {
        group: String,
    },
    Invitation {
        href: Url,
        page: PageId,
    },
    /// Who invites.
    Inviter {
        invitation: Url,
        name: String,
        page: PageId,
    },
    Conversation {
        href: Url,
        page: Option<PageId>,
    },
    Messaging {
        conversation: Url,
    },
    Participants {
        conversation: Url,
        page: Option<PageId>,
    },
    Participant {
        conversation: Url,
        page: Option<PageId>,
    },
    Message {
        conversation: Url,
        href: Url,
        page: PageId,
    },
}

impl Fetch {
    /// Whether it belongs to a conversation; else to the account's people.
    pub(super) fn is_of_a_conversation(&self) -> bool {
        match self {
            Self::Invitation { .. }
            | Self::Inviter { .. }
            | Self::Conversation { .. }
            | Self::Messaging { .. }
            | Self::Participants { .. }
            | Self::Participant { .. }
            | Self::Message { .. } => true,
            Self::Presence { .. }
            | Self::Note { .. }
            | Self::Own(_)
            | Self::Contact(_)
            | Self::ContactOfLevel(..)
            | Self::Privacy(_)
            | Self::Group(_)
            | Self::Members { .. } => false,
        }
    }
}

/// Resources that wait for the next batch.
pub(super) struct Fetches {
    waiting: VecDeque<(Url, Fetch)>,
    /// The same again, so that nothing waits twice.
    known: HashSet<(Url, Fetch)>,
    /// Requests per batch.
    size: usize,
    batches: u64,
    out: bool,
    /// After 429: until a timer allows it again.
    pause: bool,
    /// Only events have asked for what waits: more of them may follow, and a batch that is not full waits a moment.
    gathering: bool,
}

/// The server allows 100 requests outstanding per user, over all applications: one batch of this size leaves room.
const BATCH: usize = 80;
/// Smallest batch after the server complained.
const SMALLEST_BATCH: usize = 5;
/// Events for which much has to be read come in many pages, one right after the other.
const GATHER: Duration = Duration::from_millis(200);
/// Wait after 429.
const PAUSE: Duration = Duration::from_secs(5);

impl Default for Fetches {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            known: HashSet::new(),
            size: BATCH,
            batches: 0,
            out: false,
            pause: false,
            gathering: false,
        }
    }
}

impl Fetches {
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.known.clear();
        self.out = false;
    }

    /// 429: nothing of the batch was executed; take less at once.
    pub(super) fn halve(&mut self) {
        self.size = (self.size / 2).max(SMALLEST_BATCH);
    }

    pub(super) fn allow(&mut self) {
        self.pause = false;
    }

    pub(super) fn gathered(&mut self) {
        self.gathering = false;
    }

    fn add(&mut self, url: Url, fetch: Fetch) {
        if self.known.insert((url.clone(), fetch.clone())) {
            self.waiting.push_back((url, fetch));
        }
    }
}

impl Session {
    /// Reads it at once: a text depends on it.
    pub(super) fn fetch_now(&mut self, url: Url, fetch: Fetch) {
        self.get(url, What::Ordinary(Ordinary::One(fetch)));
    }

    /// Reads it with the next batch.
    pub(super) fn fetch_in_bulk(&mut self, url: Url, fetch: Fetch) {
        self.fetches.gathering = false;
        self.fetches.add(url, fetch);
    }

    /// Reads it with the next batch because of an event, together with what the pages right behind it name.
    pub(super) fn fetch_gathered(&mut self, url: Url, fetch: Fetch, now: Now) {
        if self.fetches.waiting.is_empty() {
            self.fetches.gathering = true;
            self.timers.set(now.instant + GATHER, Timer::Gathered);
        }
        self.fetches.add(url, fetch);
    }

    /// Makes a batch of what waits; one at a time. Without a `batch` link, or for a single one, GETs of their own.
    pub(super) fn fill_batch(&mut self) {
        let few = self.fetches.waiting.len() < self.fetches.size;
        if self.fetches.out
            || self.fetches.pause
            || self.fetches.waiting.is_empty()
            || (self.fetches.gathering && few)
        {
            return;
        }
        let batch = self
            .application
            .links
            .href("batch")
            .and_then(|href| self.resolve(href));
        let number = self.fetches.size.min(self.fetches.waiting.len());
        let fetches: Vec<(Url, Fetch)> = self.fetches.waiting.drain(..number).collect();
        for fetch in &fetches {
            self.fetches.known.remove(fetch);
        }
        if self.fetches.waiting.is_empty() {
            // Once everybody's presence has been read no such crowd comes again.
            self.fetches.waiting.shrink_to_fit();
            self.fetches.known.shrink_to_fit();
        }
        match batch {
            Some(batch) if fetches.len() > 1 => {
                self.fetches.batches += 1;
                self.fetches.out = true;
                let boundary = format!("{:016x}-{}", self.random.next(), self.fetches.batches);
                let urls: Vec<Url> = fetches.iter().map(|(url, _)| url.clone()).collect();
                let content = Content::Batch {
                    content_type: batch::content_type(&boundary),
                    body: batch::encode(&boundary, &urls),
                };
                self.post(batch, content, What::Ordinary(Ordinary::Bulk(fetches)));
            }
            Some(_) | None => {
                for (url, fetch) in fetches {
                    self.get(url, What::Ordinary(Ordinary::One(fetch)));
                }
            }
        }
    }

    pub(super) fn bulk_fetched(
        &mut self,
        fetches: Vec<(Url, Fetch)>,
        response: &Response,
        now: Now,
    ) {
        self.fetches.out = false;
        if response.status == 429 {
            self.fetches.halve();
            self.fetches.pause = true;
            self.timers.set(
                now.instant + response.retry_after.unwrap_or(PAUSE),
                Timer::BulkAllowed,
            );
            for (url, fetch) in fetches {
                self.fetch_in_bulk(url, fetch);
            }
            return;
        }
        let parts = if response.status == 200 {
            batch::decode(&response.content_type, &response.body)
        } else {
            None
        };
        let mut parts = parts.unwrap_or_default().into_iter();
        for (_, fetch) in fetches {
            let part = parts.next().unwrap_or(batch::Part {
                status: 0,
                body: b"",
            });
            self.fetched(fetch, part.status, part.body, now);
        }
    }

    /// What a read resource is for. A status other than 200 says that there is none.
    pub(super) fn fetched(&mut self, fetch: Fetch, status: u16, body: &[u8], now: Now) {
        match fetch {
            Fetch::Presence { of, question } => self.presence_read(&of, question, status, body),
            Fetch::Note { of, question } => self.note_read(&of, question, status, body),
            Fetch::Own(OwnPart::Presence) => self.own_presence_read(status, body),
            Fetch::Own(OwnPart::Note) => self.own_note_read(status, body),
            Fetch::Contact(href) => self.contact_read(&href, status, body, now),
            Fetch::ContactOfLevel(href, level) => {
                self.contact_of_level_read(&href, level, status, body)
            }
            Fetch::Privacy(of) => self.privacy_read(of, status, body),
            Fetch::Group(kind) => self.group_read(kind, status, body, now),
            Fetch::Members { group } => self.members_read(&group, status, body, now),
            Fetch::Invitation { href, page } => {
                self.invitation_read(&href, page, status, body, now)
            }
            Fetch::Inviter {
                invitation,
                name,
                page,
            } => self.inviter_read(&invitation, &name, page, status, body, now),
            Fetch::Conversation { href, page } => {
                self.conversation_read(&href, page, status, body, now)
            }
            Fetch::Messaging { conversation } => {
                self.messaging_read(&conversation, status, body, now)
            }
            Fetch::Participants { conversation, page } => {
                self.participants_read(&conversation, page, status, body, now)
            }
            Fetch::Participant { conversation, page } => {
                self.participant_read(&conversation, page, status, body, now)
            }
            Fetch::Message {
                conversation,
                href,
                page,
            } => self.message_read(&conversation, &href, page, status, body, now),
        }
    }
}

/// The resource that was read, where there is one and it can be understood.
pub(super) fn resource<T: serde::de::DeserializeOwned>(status: u16, body: &[u8]) -> Option<T> {
    if status != 200 {
        return None;
    }
    serde_json::from_slice(body)
        .inspect_err(|_| tracing::debug!("a resource is not readable and is skipped"))
        .ok()
}
