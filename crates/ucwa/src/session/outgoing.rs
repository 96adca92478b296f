//! Texts that go out: one at a time per person, in order, and never twice.

use std::collections::{HashMap, VecDeque};

use url::Url;

use super::application::json;
use super::incoming::failure;
use super::outbox::What;
use super::request::{Content, Response};
use super::timers::Timer;
use super::{Now, Phase, Session};
use crate::wire::messaging::{DataHref, MessageLink, StartMessagingInput};
use crate::wire::{Reason, data_uri};
use crate::{Event, Failure, Outcome, SipUri};

#[derive(Default)]
pub(super) struct Texts {
    queues: HashMap<SipUri, Queue>,
    /// Messages and invitations that the server took and has not told the end of.
    on_their_way: VecDeque<(Url, String)>,
    /// Ends that were told before the 201 that names their message.
    early: VecDeque<(Url, Outcome)>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Text>,
    current: Option<Current>,
    /// A timer will go on.
    paused: bool,
}

struct Text {
    id: String,
    thread: String,
    text: String,
    /// How often the server refused it in a way that allows another try.
    tries: u32,
}

/// The text that is being sent.
struct Current {
    text: Text,
    /// It goes with an invitation, whose end it waits for; else in a conversation.
    invites: bool,
    conversation: Option<Url>,
    answer: AnswerTo,
    told: Told,
}

#[derive(PartialEq)]
enum AnswerTo {
    Awaited,
    Read,
    Lost,
}

#[derive(PartialEq)]
enum Told {
    Nothing,
    Accepted,
    End,
}

/// Tries of a text that the server refuses for the moment (429, 503) or whose conversation has just ended.
const TRIES: u32 = 4;
/// Ends remembered that came before their 201.
const EARLY: usize = 64;
/// Messages remembered whose end has not been told; servers may never tell it.
const ON_THEIR_WAY: usize = 256;

impl Texts {
    pub(super) fn id_at(&self, href: &Url) -> Option<String> {
        self.on_their_way
            .iter()
            .rev()
            .find(|(own, _)| own == href)
            .map(|(_, id)| id.clone())
    }

    pub(super) fn on_their_way(&self) -> Vec<(Url, String)> {
        self.on_their_way.iter().cloned().collect()
    }

    pub(super) fn is_on_its_way(&mut self, href: Url, id: String) {
        if self.id_at(&href).is_none() {
            self.on_their_way.push_back((href, id));
        }
        if self.on_their_way.len() > ON_THEIR_WAY {
            self.on_their_way.pop_front();
        }
    }

    pub(super) fn waits_for_its_answer(&self, to: &SipUri) -> bool {
        let current = self.queues.get(to).and_then(|queue| queue.current.as_ref());
        current.is_some_and(|current| current.answer != AnswerTo::Read)
    }

    pub(super) fn came_early(&mut self, href: Url, outcome: Outcome) {
        self.early.push_back((href, outcome));
        if self.early.len() > EARLY {
            self.early.pop_front();
        }
    }

    fn take_early(&mut self, href: &Url) -> Option<Outcome> {
        let at = self.early.iter().position(|(early, _)| early == href)?;
        self.early.remove(at).map(|(_, outcome)| outcome)
    }

    /// The text of that id, while it is being sent, and to whom.
    fn current(&mut self, id: &str) -> Option<(SipUri, &mut Current)> {
        self.queues.iter_mut().find_map(|(to, queue)| {
            let current = queue
                .current
                .as_mut()
                .filter(|current| current.text.id == id)?;
            Some((to.clone(), current))
        })
    }
}

impl Session {
    pub(super) fn send_text(&mut self, id: String, to: SipUri, thread: String, text: String) {
        if self.phase == Phase::Stopped {
            return;
        }
        self.texts
            .queues
            .entry(to.clone())
            .or_default()
            .waiting
            .push_back(Text {
                id,
                thread,
                text,
                tries: 0,
            });
        self.send_next(&to);
    }

    pub(super) fn send_all_texts(&mut self) {
        let all: Vec<SipUri> = self.texts.queues.keys().cloned().collect();
        for to in all {
            self.send_next(&to);
        }
    }

    pub(super) fn send_again(&mut self, to: &SipUri) {
        if let Some(queue) = self.texts.queues.get_mut(to) {
            queue.paused = false;
        }
        self.send_next(to);
    }

    /// Sends the next text to that person, if none is being sent: in the open conversation, else by an invitation. While
    /// a conversation is just opening, it waits.
    pub(super) fn send_next(&mut self, to: &SipUri) {
        if self.phase != Phase::Online {
            return;
        }
        let open = self
            .conversation_with(to)
            .map(|(href, conversation)| (href.clone(), conversation.send.clone()));
        let Some(queue) = self.texts.queues.get_mut(to) else {
            return;
        };
        if queue.paused || queue.current.is_some() {
            return;
        }
        if matches!(open, Some((_, None))) {
            return;
        }
        let Some(text) = queue.waiting.pop_front() else {
            self.texts.queues.remove(to);
            return;
        };
        let id = text.id.clone();
        let current = |conversation, invites, text| Current {
            text,
            invites,
            conversation,
            answer: AnswerTo::Awaited,
            told: Told::Nothing,
        };
        if let Some((href, Some(mut url))) = open {
            url.query_pairs_mut().append_pair("operationId", &id);
            let content = Content::Text(text.text.clone());
            queue.current = Some(current(Some(href), false, text));
            self.post(url, content, What::Text { to: to.clone(), id });
        } else if let Some(url) = self.communication_link("startMessaging") {
            let input = self.invitation_for(to, &text);
            if let Some(queue) = self.texts.queues.get_mut(to) {
                queue.current = Some(current(None, true, text));
            }
            self.post(url, json(&input), What::Text { to: to.clone(), id });
        } else {
            let failure = Failure {
                code: "Forbidden".to_owned(),
                subcode: "NotAllowed".to_owned(),
                message: String::new(),
            };
            self.tell(Event::Delivery {
                id,
                outcome: Outcome::Failed(failure),
            });
            self.send_next(to);
        }
    }

    /// The text goes with the invitation, and is not sent again afterwards.
    fn invitation_for(&self, to: &SipUri, text: &Text) -> StartMessagingInput {
        let last = self
            .conversations
            .threads
            .get(to)
            .filter(|_| text.tries == 0);
        StartMessagingInput {
            to: to.as_str().to_owned(),
            operation_id: text.id.clone(),
            subject: String::new(),
            importance: "Normal".to_owned(),
            thread_id: last.unwrap_or(&text.thread).clone(),
            links: MessageLink {
                message: DataHref {
                    href: data_uri::encode_plain(&text.text),
                },
            },
        }
    }

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
        self.texts.is_on_its_way(href.clone(), id.to_owned());
        let limit = now.instant + self.setup.limits.invitation;
        let Some((to, current)) = self.texts.current(id) else {
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
