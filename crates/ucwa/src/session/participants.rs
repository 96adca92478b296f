//! Who takes part in a conversation: the first who is not ourselves is the other person.

use url::Url;

use super::fetch::{Fetch, resource};
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::messaging::{self, Participant};
use crate::wire::words::EventType;
use crate::{PageId, SipUri};

impl Session {
    pub(super) fn participants_read(
        &mut self,
        href: &Url,
        page: Option<PageId>,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        if let Some(list) = resource::<messaging::Participants>(status, body) {
            for participant in &list.embedded.participant {
                self.take_participant(href, participant, now);
            }
            let conversation = self.conversations.by_href.get(href);
            if conversation.is_some_and(|conversation| conversation.with.is_none()) {
                let local = conversation.and_then(|conversation| conversation.local.clone());
                let named: Vec<Url> = list
                    .links
                    .all("participant")
                    .filter_map(|link| self.resolve(&link.href))
                    .collect();
                for url in named.into_iter().filter(|url| Some(url) != local.as_ref()) {
                    if let Some(page) = page {
                        self.hold(page);
                    }
                    self.fetch_now(
                        url,
                        Fetch::Participant {
                            conversation: href.clone(),
                            page,
                        },
                    );
                }
            }
        }
        self.release_if(page);
    }

    pub(super) fn participant_read(
        &mut self,
        href: &Url,
        page: Option<PageId>,
        status: u16,
        body: &[u8],
        now: Now,
    ) {
        if let Some(participant) = resource::<Participant>(status, body) {
            self.take_participant(href, &participant, now);
        }
        self.release_if(page);
    }

    pub(super) fn release_if(&mut self, page: Option<PageId>) {
        if let Some(page) = page {
            self.release(page);
        }
    }

    pub(super) fn participant_event(
        &mut self,
        owner: Option<Url>,
        href: Url,
        event: &WireEvent,
        now: Now,
    ) {
        let Some(owner) = owner else { return };
        if event
            .in_
            .as_ref()
            .is_some_and(|list| list.rel == "typingParticipants")
        {
            let ours = self
                .conversations
                .by_href
                .get(&owner)
                .is_some_and(|conversation| conversation.local.as_ref() == Some(&href));
            if !ours {
                self.types(&owner, event.kind == EventType::Added, now);
            }
        } else if event.link.rel == "localParticipant" {
            self.conversation(&owner, now).local = Some(href);
        } else if event.kind == EventType::Added
            && let Some(participant) = event.embedded::<Participant>()
        {
            self.take_participant(&owner, &participant, now);
        }
    }

    /// The first participant who is not ourselves is the other person.
    pub(super) fn take_participant(&mut self, href: &Url, participant: &Participant, now: Now) {
        let Some(uri) = participant
            .uri
            .as_deref()
            .and_then(|uri| uri.parse::<SipUri>().ok())
        else {
            return;
        };
        if participant.local == Some(true) || self.application.uri.as_ref() == Some(&uri) {
            return;
        }
        let name = participant.name.clone().unwrap_or_default();
        self.is_with(href, uri, &name, now);
    }

    pub(super) fn is_with(&mut self, href: &Url, who: SipUri, name: &str, now: Now) {
        let conversation = self.conversation(href, now);
        if conversation.with.is_none() {
            conversation.with = Some(who);
        }
        if conversation.name.is_empty() {
            name.clone_into(&mut conversation.name);
        }
        for waiting in std::mem::take(&mut conversation.waiting) {
            self.tell_message(
                href,
                waiting.key,
                waiting.body,
                waiting.sent_at,
                waiting.page,
                false,
            );
            self.release(waiting.page);
        }
    }
}
