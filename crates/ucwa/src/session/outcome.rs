//! What becomes of a text: by its answer, by events, and when neither comes.

use url::Url;

use super::incoming::failure;
use super::outgoing::{AnswerTo, Current, TRIES, Told};
use super::request::Response;
use super::timers::Timer;
use super::{Now, Phase, Session};
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
            // Its operationId is taken: it had arrived before, and only that answer was lost.
            409 if Reason::read(&response.body)
                .is_some_and(|reason| reason.is("AlreadyExists")) =>
            {
                self.text_answer_lost(to, id, now);
            }
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
            self.await_news(id, now);
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
        let Some((_, current)) = self.texts.current(id) else {
            return;
        };
        current.answer = AnswerTo::Lost;
        if current.told == Told::End {
            self.text_is_done(to);
        } else {
            self.await_news(id, now);
        }
    }

    /// Only an event can tell what became of the text that is being sent; for so long it is awaited.
    fn await_news(&mut self, id: &str, now: Now) {
        let (delivery, invitation) = (self.setup.limits.delivery, self.setup.limits.invitation);
        let Some((_, current)) = self.texts.current(id) else {
            return;
        };
        let lost = current.answer == AnswerTo::Lost;
        let until = now.instant + if lost { delivery } else { invitation };
        current.until = Some(until);
        self.timers.set(until, Timer::NoNews(id.to_owned()));
    }

    /// The connection is back: what was not heard without one may still come.
    pub(super) fn await_all_news_anew(&mut self, now: Now) {
        let current = self
            .texts
            .queues
            .values()
            .filter_map(|queue| queue.current.as_ref());
        let awaited: Vec<String> = current
            .filter(|current| current.until.is_some())
            .map(|current| current.text.id.clone())
            .collect();
        for id in awaited {
            self.await_news(&id, now);
        }
    }

    /// Neither an answer nor an event told the end of that text.
    pub(super) fn no_news(&mut self, id: &str, now: Now) {
        let online = self.phase == Phase::Online;
        let Some((to, current)) = self.texts.current(id) else {
            return;
        };
        let over = current.until.is_some_and(|until| until <= now.instant);
        if !online || !over {
            return;
        }
        let conversation = current.conversation.clone().filter(|_| current.invites);
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
            self.await_news(id, now);
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

    /// A text of ours shows in its conversation, perhaps before its 201: the server took it.
    pub(super) fn text_is_out(&mut self, id: &str, href: &Url) {
        let news = self.texts.id_at(href).is_none();
        self.texts.is_on_its_way(href.clone(), id.to_owned());
        let (mut accepted, mut done) = (news, None);
        if let Some((to, current)) = self.texts.current(id) {
            accepted = current.told == Told::Nothing;
            if accepted {
                current.told = Told::Accepted;
            }
            // As good as the answer that was lost; an invitation's end is told by the invitation.
            done = (current.answer == AnswerTo::Lost && !current.invites).then_some(to);
        }
        if accepted {
            self.tell(Event::Delivery {
                id: id.to_owned(),
                outcome: Outcome::Accepted,
            });
        }
        if let Some(to) = done {
            self.text_is_done(&to);
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
