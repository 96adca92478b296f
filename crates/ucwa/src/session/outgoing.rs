//! Texts that go out: one at a time per person, in order, and never twice.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use url::Url;

use super::application::json;
use super::outbox::What;
use super::request::Content;
use super::{Phase, Session};
use crate::wire::data_uri;
use crate::wire::messaging::{DataHref, MessageLink, StartMessagingInput};
use crate::{Event, Failure, Outcome, SipUri};

#[derive(Default)]
pub(super) struct Texts {
    pub(super) queues: HashMap<SipUri, Queue>,
    /// Messages and invitations that the server took and has not told the end of.
    pub(super) on_their_way: VecDeque<(Url, String)>,
    /// Ends that were told before the 201 that names their message.
    pub(super) early: VecDeque<(Url, Outcome)>,
}

#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: VecDeque<Text>,
    pub(super) current: Option<Current>,
    /// A timer will go on.
    pub(super) paused: bool,
}

pub(super) struct Text {
    pub(super) id: String,
    pub(super) thread: String,
    pub(super) text: String,
    /// How often the server refused it in a way that allows another try.
    pub(super) tries: u32,
}

/// The text that is being sent.
pub(super) struct Current {
    pub(super) text: Text,
    /// It goes with an invitation, whose end it waits for; else in a conversation.
    pub(super) invites: bool,
    pub(super) conversation: Option<Url>,
    pub(super) answer: AnswerTo,
    pub(super) told: Told,
    /// Until when news of it is awaited: of its invitation, or after its answer was lost. The time runs anew when the
    /// connection is back, since nothing can be heard without one.
    pub(super) until: Option<Instant>,
}

#[derive(PartialEq)]
pub(super) enum AnswerTo {
    Awaited,
    Read,
    Lost,
}

#[derive(PartialEq)]
pub(super) enum Told {
    Nothing,
    Accepted,
    End,
}

/// Tries of a text that the server refuses for the moment (429, 503) or whose conversation has just ended.
pub(super) const TRIES: u32 = 4;
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

    pub(super) fn take_early(&mut self, href: &Url) -> Option<Outcome> {
        let at = self.early.iter().position(|(early, _)| early == href)?;
        self.early.remove(at).map(|(_, outcome)| outcome)
    }

    /// The text of that id, while it is being sent, and to whom.
    pub(super) fn current(&mut self, id: &str) -> Option<(SipUri, &mut Current)> {
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
            until: None,
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
}
