//! What becomes of a text: by its answer, by events, and when neither comes.

use url::Url;

use super::incoming::failure;
use super::outgoing::{AnswerTo, Current, TRIES, Told};
use super::request::Response;
use super::timers::Timer;
use super::{Now, Session};
use crate::wire::Reason;
use crate::{Event, Failure, Outcome, SipUri};

impl Session {
    pub(super) fn text_answered(&mut self, to: &SipUri, id: &str, response: &Response, now: Now) {
        let Some((_, current)) = self.texts.current(id) else {
            return;
        };
        match response.status {
            200..300 => self.text_accepted(to, id, response, now),
            429 | 503 => self.try_text_again(to, now),
            404 | 409 | 410 if !current.invites => {
                // The conversation ended: the text opens a new one.
                if let Some(href) = current.conversation.clone() {
                    self.try_text_again(to, now);
                    self.conversation_ends(&href, now);
                }
            }
            409 if Reason::read(&response.body)
                .is_some_and(|reason| reason.is("ThreadIdAlreadyExists")) =>
            {
                current.text.thread = self.random.uuid().simple().to_string();
                self.try_text_again(to, now);
            }
            status => match Reason::read(&response.body) {
                Some(reason) => self.text_settled(id, &Outcome::Failed(failure(reason)), now),
                None if status < 500 && status != 408 => {
                    let code = format!("HTTP {status}");
                    self.text_settled(
                        id,
                        &Outcome::Failed(Failure {
                            code,
                            subcode: String::new(),
                            message: String::new(),
                        }),
                        now,
                    );
                }
                // An error page of a proxy: what became of the text behind it is not known.
                None => self.text_answer_lost(to, id, now),
            },
        }
    }

    fn text_accepted(&mut self, to: &SipUri, id: &str, response: &Response, now: Now) {
        let href = self.resolve_text(response.location.as_deref());
        let early = href.as_ref().and_then(|href| self.texts.take_early(href));
        let Some((_, current)) = self.texts.current(id) else {
            return;
        };
        current.answer = AnswerTo::Read;
        let (invites, nothing, ended) = (
            current.invites,
            current.told == Told::Nothing,
            current.told == Told::End,
        );
        if nothing {
            current.told = Told::Accepted;
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: Outcome::Accepted,
            });
        }
        if let Some(href) = href.filter(|_| !ended && early.is_none()) {
            self.texts.is_on_its_way(href, id.to_owned());
        }
        if let Some(outcome) = early {
            self.text_settled(id, &outcome, now);
        } else if invites && !ended {
            self.timers.set(
                now.instant + self.setup.limits.invitation,
                Timer::InvitationLapsed(id.to_owned()),
            );
        } else {
            self.text_is_done(to);
        }
    }

    /// The server told how it ended: by the invitation or by the message.
    pub(super) fn text_settled(&mut self, id: &str, outcome: &Outcome, now: Now) {
        self.texts.on_their_way.retain(|(_, own)| own != id);
        let Some((to, current)) = self.texts.current(id) else {
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: outcome.clone(),
            });
            return;
        };
        let exists = matches!(outcome, Outcome::Failed(failure) if failure.subcode.eq_ignore_ascii_case("ThreadIdAlreadyExists"));
        if exists && current.invites && current.text.tries == 0 {
            current.text.thread = self.random.uuid().simple().to_string();
            self.try_text_again(&to, now);
            return;
        }
        let first = current.told != Told::End;
        let (invites, failed) = (current.invites, matches!(outcome, Outcome::Failed(_)));
        let conversation = current.conversation.clone();
        current.told = Told::End;
        let refused = failed && current.answer == AnswerTo::Awaited;
        let done = invites || refused || current.answer != AnswerTo::Awaited;
        if first {
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: outcome.clone(),
            });
        }
        if done {
            self.text_is_done(&to);
        }
        if let Some(href) = conversation.filter(|_| invites && failed) {
            self.conversation_ends(&href, now);
        }
    }

    fn text_is_done(&mut self, to: &SipUri) {
        if let Some(queue) = self.texts.queues.get_mut(to) {
            queue.current = None;
        }
        self.send_next(to);
    }

    /// Back to the front of its queue; after a while, which grows, it is tried again.
    fn try_text_again(&mut self, to: &SipUri, now: Now) {
        let Some(queue) = self.texts.queues.get_mut(to) else {
            return;
        };
        let Some(Current { mut text, .. }) = queue.current.take() else {
            return;
        };
        text.tries += 1;
        if text.tries >= TRIES {
            let failure = Failure {
                code: "ServiceUnavailable".to_owned(),
                subcode: String::new(),
                message: String::new(),
            };
            self.tell(Event::Delivery {
                id: text.id,
                outcome: Outcome::Failed(failure),
            });
            self.send_next(to);
            return;
        }
        let wait = self
            .random
            .jitter(self.setup.limits.back_off_first * 2_u32.pow(text.tries - 1));
        if let Some(queue) = self.texts.queues.get_mut(to) {
            queue.waiting.push_front(text);
            queue.paused = true;
        }
        self.timers
            .set(now.instant + wait, Timer::SendAgain(to.clone()));
    }

    /// The request did not reach the server: the text keeps its place.
    pub(super) fn text_not_sent(&mut self, to: &SipUri, id: &str, now: Now) {
        let wait = self.random.jitter(self.setup.limits.back_off_first);
        let Some(queue) = self.texts.queues.get_mut(to) else {
            return;
        };
        if let Some(current) = queue.current.take_if(|current| current.text.id == id) {
            queue.waiting.push_front(current.text);
            queue.paused = true;
            self.timers
                .set(now.instant + wait, Timer::SendAgain(to.clone()));
        }
    }

    /// The text may have arrived: only an event can tell. Until then nothing is sent to that person.
    pub(super) fn text_answer_lost(&mut self, to: &SipUri, id: &str, now: Now) {
        let limit = now.instant + self.setup.limits.delivery;
        let Some((_, current)) = self.texts.current(id) else {
            return;
        };
        current.answer = AnswerTo::Lost;
        if current.told == Told::End {
            self.text_is_done(to);
        } else {
            self.timers.set(limit, Timer::TextLost(id.to_owned()));
        }
    }

    pub(super) fn text_lost(&mut self, id: &str) {
        let Some((to, current)) = self.texts.current(id) else {
            return;
        };
        if current.answer == AnswerTo::Lost {
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: Outcome::Unknown,
            });
            self.text_is_done(&to);
        }
    }

    /// An invitation's end was never told.
    pub(super) fn invitation_lapsed(&mut self, id: &str, now: Now) {
        let Some((to, current)) = self.texts.current(id) else {
            return;
        };
        if !current.invites {
            return;
        }
        let conversation = current.conversation.clone();
        self.tell(Event::Delivery {
            id: id.to_owned(),
            outcome: Outcome::Unknown,
        });
        self.text_is_done(&to);
        if let Some(href) = conversation {
            self.conversation_lapsed(&href, now);
        }
    }

    /// Our invitation shows on the event channel, perhaps before its 201.
    pub(super) fn invitation_is_out(
        &mut self,
        id: &str,
        href: &Url,
        conversation: Option<Url>,
        now: Now,
    ) {
        let news = self.texts.id_at(href).is_none();
        self.texts.is_on_its_way(href.clone(), id.to_owned());
        let limit = now.instant + self.setup.limits.invitation;
        let Some((to, current)) = self.texts.current(id) else {
            // A text of an earlier run: the server has it.
            if news {
                self.tell(Event::Delivery {
                    id: id.to_owned(),
                    outcome: Outcome::Accepted,
                });
            }
            return;
        };
        if current.conversation.is_some() {
            return;
        }
        current.conversation.clone_from(&conversation);
        let (nothing, lost) = (
            current.told == Told::Nothing,
            current.answer == AnswerTo::Lost,
        );
        if lost {
            current.answer = AnswerTo::Read;
        }
        if nothing {
            current.told = Told::Accepted;
        }
        let thread = current.text.thread.clone();
        if nothing {
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: Outcome::Accepted,
            });
        }
        if lost {
            self.timers
                .set(limit, Timer::InvitationLapsed(id.to_owned()));
        }
        if let Some(href) = conversation {
            self.is_with(&href, to, "", now);
            let conversation = self.conversation(&href, now);
            conversation.own_first = true;
            if conversation.thread == href.as_str() {
                conversation.thread = thread;
            }
        }
    }

    /// Nothing on the event channel will tell any more what became of the texts that are being sent.
    pub(super) fn texts_are_unknown(&mut self) {
        self.texts.on_their_way.clear();
        self.texts.early.clear();
        let mut unknown = Vec::new();
        for queue in self.texts.queues.values_mut() {
            unknown.extend(
                queue
                    .current
                    .take()
                    .filter(|current| current.told != Told::End)
                    .map(|current| current.text.id),
            );
        }
        for id in unknown {
            self.tell(Event::Delivery {
                id,
                outcome: Outcome::Unknown,
            });
        }
    }
}
