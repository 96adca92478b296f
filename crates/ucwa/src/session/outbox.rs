//! Requests on their way: those that may go out, those that wait for an answer, and what an answer means for repeating.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use url::Url;

use super::directory::Expansion;
use super::fetch::Fetch;
use super::privacy::PrivacyAsk;
use super::request::{Content, Failure, Request, RequestId, Response, Verb};
use super::timers::Timer;
use super::{EVENTS_WAITING, Now, Phase, Session, questions};
use crate::wire::Reason;
use crate::{Answer, Error, ErrorKind, Found, SipUri};

/// What a request is for. The first four keep the session going and go out in every phase.
pub(super) enum What {
    /// POST applications.
    Register,
    /// GET application, because the connection broke.
    Probe,
    Events,
    Leave,
    /// A text for that person, by startMessaging or sendMessage: never repeated after a lost answer.
    Text {
        to: SipUri,
        id: String,
    },
    Ordinary(Ordinary),
}

/// What else is asked, with what the answer needs.
pub(super) enum Ordinary {
    /// GET application after makeMeAvailable, or because the event channel was rebuilt.
    ReadApplication {
        rebuilt: bool,
    },
    MakeAvailable,
    MyContacts,
    MyGroups,
    ContactListSubscription,
    RefreshContactList,
    OpenConversations,
    One(Fetch),
    Bulk(Vec<(Url, Fetch)>),
    Subscribe {
        people: Vec<SipUri>,
        /// At once with all others of this group of the directory.
        group: Option<SipUri>,
    },
    Unsubscribe,
    Extend(u64),
    OwnPresence,
    OwnNote,
    SetOwn(&'static str),
    Activity,
    Accept,
    Typing,
    FindPerson {
        address: SipUri,
        question: u64,
    },
    Search(Answer<Found>),
    FindGroup(Expansion),
    Expand(Expansion),
    PrivacyLevels,
    Privacy(PrivacyAsk),
    /// The step of the change of the contact list that is on its way.
    Edit,
}

impl Ordinary {
    /// Whether a conversation depends on it, or what our person set; reading the account anew does not bring it back.
    fn outlives_reading(&self) -> bool {
        match self {
            Self::One(fetch) => fetch.is_of_a_conversation(),
            Self::Accept | Self::SetOwn(_) => true,
            Self::ReadApplication { .. }
            | Self::MakeAvailable
            | Self::MyContacts
            | Self::MyGroups
            | Self::ContactListSubscription
            | Self::RefreshContactList
            | Self::OpenConversations
            | Self::Bulk(_)
            | Self::Subscribe { .. }
            | Self::Unsubscribe
            | Self::Extend(_)
            | Self::OwnPresence
            | Self::OwnNote
            | Self::Activity
            | Self::Typing
            | Self::FindPerson { .. }
            | Self::Search(_)
            | Self::FindGroup(_)
            | Self::Expand(_)
            | Self::PrivacyLevels
            | Self::Privacy(_)
            | Self::Edit => false,
        }
    }

    /// Whether it may be repeated after an answer was lost (UCWA reference, errors).
    fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Typing)
    }

    /// Whoever waits for its answer learns that none will come. Gives back what nobody waits for.
    pub(super) fn refuse(self, error: &Error) -> Option<Self> {
        if let Self::Search(to) = self {
            questions::answer(to, Err(error.clone()));
        } else if let Self::FindGroup(expansion) | Self::Expand(expansion) = self {
            expansion.refuse(error);
        } else if let Self::Privacy(ask) = self {
            ask.refuse(error);
        } else {
            return Some(self);
        }
        None
    }
}

impl What {
    fn is_below_the_application(&self) -> bool {
        !matches!(self, Self::Register | Self::Leave)
    }

    fn is_life(&self) -> bool {
        matches!(
            self,
            Self::Register | Self::Probe | Self::Events | Self::Leave
        )
    }
}

pub(super) struct Outgoing {
    pub(super) request: Request,
    pub(super) what: What,
    tries: u32,
}

#[derive(Default)]
pub(super) struct Outbox {
    count: u64,
    ready: VecDeque<Outgoing>,
    answered: HashMap<RequestId, Outgoing>,
}

/// Requests that wait for an answer, batches counted as one: the server allows 100 per user, over all applications.
const OUTSTANDING: usize = 12;
/// Tries of a request that may be repeated.
const TRIES: u32 = 4;

impl Outbox {
    pub(super) fn again(&mut self, outgoing: Outgoing) {
        self.ready.push_back(outgoing);
    }

    pub(super) fn clear(&mut self) {
        self.ready.clear();
        self.answered.clear();
    }

    /// Takes out everything that waits to leave or for its answer, in order.
    fn take_all(&mut self) -> Vec<Outgoing> {
        let mut all: Vec<Outgoing> = self
            .answered
            .drain()
            .map(|(_, outgoing)| outgoing)
            .collect();
        all.extend(self.ready.drain(..));
        all
    }

    /// Texts that have not left yet.
    fn unsent_texts(&self) -> Vec<(SipUri, String)> {
        let text = |outgoing: &Outgoing| {
            if let What::Text { to, id } = &outgoing.what {
                Some((to.clone(), id.clone()))
            } else {
                None
            }
        };
        self.ready.iter().filter_map(text).collect()
    }

    fn next(&mut self, phase: Phase) -> Option<Outgoing> {
        let running =
            matches!(phase, Phase::Opening | Phase::Online) && self.answered.len() < OUTSTANDING;
        let at = self
            .ready
            .iter()
            .position(|outgoing| outgoing.what.is_life() || running)?;
        self.ready.remove(at)
    }
}

impl Session {
    pub(super) fn get(&mut self, url: Url, what: What) {
        self.post_or(Verb::Get, url, Content::Empty, what);
    }

    pub(super) fn post(&mut self, url: Url, content: Content, what: What) {
        self.post_or(Verb::Post, url, content, what);
    }

    pub(super) fn post_or(&mut self, verb: Verb, url: Url, content: Content, what: What) {
        // For a page of an earlier run only what it says is completed; see [`Session::replay`].
        let completes =
            matches!(&what, What::Ordinary(Ordinary::One(fetch)) if fetch.is_of_a_conversation());
        if self.channel.replaying && !completes {
            return;
        }
        self.outbox.count += 1;
        let events = matches!(what, What::Events);
        let limits = &self.setup.limits;
        let limit = match what {
            What::Events => limits.events,
            What::Leave => limits.sign_out,
            What::Register | What::Probe | What::Text { .. } | What::Ordinary(_) => limits.request,
        };
        let request = Request {
            id: RequestId(self.outbox.count),
            verb,
            url,
            content,
            events,
            limit,
        };
        self.outbox.ready.push_back(Outgoing {
            request,
            what,
            tries: 1,
        });
    }

    /// The next request to be sent.
    pub fn poll_request(&mut self) -> Option<Request> {
        self.fill_batch();
        if self.events.len() > EVENTS_WAITING
            && self
                .outbox
                .ready
                .front()
                .is_some_and(|outgoing| outgoing.request.events)
        {
            return None;
        }
        let outgoing = self.outbox.next(self.phase)?;
        let request = outgoing.request.clone();
        self.outbox.answered.insert(request.id, outgoing);
        Some(request)
    }

    /// The answer to a request.
    pub fn handle_response(&mut self, id: RequestId, response: Response, now: Now) {
        let Some(outgoing) = self.outbox.answered.remove(&id) else {
            return;
        };
        if self.phase == Phase::Stopped {
            return;
        }
        if outgoing.what.is_below_the_application() && tells_that_the_application_is_gone(&response)
        {
            self.not_executed(outgoing.what, now);
            self.application_gone(ErrorKind::SessionEnded, response.facts, now);
            return;
        }
        match outgoing.what {
            What::Register => self.registered(&response, now),
            What::Probe => self.probed(&response, now),
            What::Events => self.events_answered(response, now),
            What::Leave => self.stop(None),
            What::Text { to, id } => self.text_answered(&to, &id, &response, now),
            What::Ordinary(what) => {
                // A batch that was too large comes again in smaller parts.
                let too_large = response.status == 429 && matches!(what, Ordinary::Bulk(_));
                // A list that moves to Exchange stays closed for longer than a few tries.
                let closed = response.status == 500 && matches!(what, Ordinary::Edit);
                let may_repeat =
                    what.is_repeatable() && outgoing.tries < TRIES && !too_large && !closed;
                // An acceptance is answered by an empty 204: what has a body came from something in between.
                let not_accepted = matches!(what, Ordinary::Accept)
                    && response.status < 400
                    && !response.body.is_empty();
                if may_repeat
                    && (not_accepted
                        || matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504))
                {
                    self.repeat_later(
                        outgoing.request,
                        what,
                        outgoing.tries,
                        response.retry_after,
                        now,
                    );
                } else {
                    self.answered(what, response, now);
                }
            }
        }
    }

    /// A request that will have no answer.
    pub fn handle_failure(&mut self, id: RequestId, failure: Failure, now: Now) {
        let Some(outgoing) = self.outbox.answered.remove(&id) else {
            return;
        };
        if self.phase == Phase::Stopped {
            return;
        }
        match outgoing.what {
            What::Register => self.registering_failed(failure.error().clone(), now),
            What::Probe => self.broken(failure.error().clone(), now),
            What::Events => self.events_failed(failure.error().clone(), now),
            What::Leave => self.stop(None),
            What::Text { to, id } => match failure {
                Failure::NotSent(_) => self.text_not_sent(&to, &id, now),
                Failure::Lost(_) => self.text_answer_lost(&to, &id, now),
            },
            What::Ordinary(what) if what.is_repeatable() && outgoing.tries < TRIES => {
                self.repeat_later(outgoing.request, what, outgoing.tries, None, now);
            }
            What::Ordinary(what) => self.given_up(what, failure.error(), now),
        }
    }

    fn repeat_later(
        &mut self,
        request: Request,
        what: Ordinary,
        tries: u32,
        retry_after: Option<Duration>,
        now: Now,
    ) {
        let first = self.setup.limits.back_off_first;
        let wait = self
            .random
            .jitter(retry_after.unwrap_or(first * 2_u32.pow(tries - 1)));
        // The number stays with the request: nobody waits for its first answer any more.
        let outgoing = Outgoing {
            request,
            what: What::Ordinary(what),
            tries: tries + 1,
        };
        self.timers
            .set(now.instant + wait, Timer::Retry(Box::new(outgoing)));
    }

    /// Drops all requests, also those that wait to be repeated. Texts that have not left yet keep their places.
    pub(super) fn drop_requests(&mut self, now: Now) {
        self.unsent_texts_stay(now);
        for outgoing in self
            .timers
            .take_retries()
            .into_iter()
            .chain(self.outbox.take_all())
        {
            if let What::Ordinary(what) = outgoing.what {
                what.refuse(&Error::new(ErrorKind::SessionEnded));
            }
        }
        self.edits_wait();
    }

    /// Texts that have not left yet go back to their places.
    pub(super) fn unsent_texts_stay(&mut self, now: Now) {
        for (to, id) in self.outbox.unsent_texts() {
            self.text_not_sent(&to, &id, now);
        }
        self.outbox
            .ready
            .retain(|outgoing| !matches!(outgoing.what, What::Text { .. }));
    }

    /// Drops what reads the account, which begins anew. What conversations depend on goes out again: a page of events
    /// is done only when its texts are told.
    pub(super) fn drop_reading(&mut self, now: Now) {
        self.unsent_texts_stay(now);
        let mut all = self.timers.take_retries();
        all.extend(self.outbox.take_all());
        all.sort_by_key(|outgoing| outgoing.request.id);
        for outgoing in all {
            match outgoing.what {
                What::Ordinary(what) if what.outlives_reading() => self.outbox.again(Outgoing {
                    request: outgoing.request,
                    what: What::Ordinary(what),
                    tries: 1,
                }),
                What::Ordinary(what) => {
                    what.refuse(&Error::new(ErrorKind::SessionEnded));
                }
                What::Register | What::Probe | What::Events | What::Leave | What::Text { .. } => {}
            }
        }
        self.edits_wait();
    }

    /// The request met an application that is gone: a text waits for the next one.
    fn not_executed(&mut self, what: What, now: Now) {
        match what {
            What::Text { to, id } => self.text_not_sent(&to, &id, now),
            // It is done in the next application.
            What::Ordinary(Ordinary::Edit) => {}
            What::Ordinary(what) => self.given_up(what, &Error::new(ErrorKind::SessionEnded), now),
            What::Register | What::Probe | What::Events | What::Leave => {}
        }
    }

    /// The error that an answer stands for.
    pub(super) fn error_of(response: &Response) -> Error {
        let kind = match (response.status, Reason::read(&response.body)) {
            (429 | 503, _) => ErrorKind::Busy {
                retry_after: response.retry_after,
            },
            (_, Some(reason)) => ErrorKind::Refused {
                code: reason.code.unwrap_or_default(),
                subcode: reason.subcode.unwrap_or_default(),
                message: reason.message.unwrap_or_default(),
            },
            (status, None)
                if status >= 400
                    && !response.content_type.contains("json")
                    && !response.body.is_empty() =>
            {
                ErrorKind::NotUcwa {
                    host: response.facts.host.clone().unwrap_or_default(),
                    content_type: response.content_type.clone(),
                }
            }
            (status, None) => ErrorKind::Protocol(format!("HTTP status {status}")),
        };
        Error {
            kind,
            facts: Box::new(response.facts.clone()),
        }
    }
}

/// 404 ApplicationNotFound, or one of the 410 that mean the same (UCWA reference, application).
fn tells_that_the_application_is_gone(response: &Response) -> bool {
    matches!(response.status, 404 | 410)
        && Reason::read(&response.body).is_some_and(|reason| {
            reason.is("ApplicationNotFound") || reason.is("InactiveApplicationExpired")
        })
}
