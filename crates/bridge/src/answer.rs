//! XMPP → Lync: an answer finds its conversation.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    Action, Bridge, Output, Side, XmppText,
    conversations::{Conversation, written},
    delivery::Answer,
    guard::Passage,
    ids,
    names::{self, Addressee, Named},
    people::{bare_key, sip_key},
    relay::dropped,
    text,
};

/// A text that comes later than this says when it was written.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// The longest answer: ten texts in Lync.
const LONGEST: usize = 10 * text::LYNC_LIMIT;

/// Where a text goes.
enum Route {
    /// Into this conversation, or a new one with that person.
    To(Addressee, Option<String>, String),
    /// The writer only said with whom to go on.
    GoOn(Addressee),
    /// Somebody has to say who is meant; among these where a name fits several.
    Ask(Vec<Addressee>, Option<String>),
    /// It was an answer to that question.
    Answered,
}

impl Bridge {
    /// Takes in a text on the XMPP side.
    pub(crate) fn xmpp_text(&mut self, xmpp: XmppText, now: Timestamp, out: &mut Vec<Output>) {
        let (from, to) = (bare_key(&xmpp.from), bare_key(&xmpp.to));
        let from_us = self
            .rules
            .own_xmpp
            .as_deref()
            .is_some_and(|own| bare_key(own) == from);
        if from_us && to != from {
            if ids::marked(&xmpp.id).is_none() {
                self.subscribe_to(&to, out);
            }
            return;
        }
        if self
            .relay_target()
            .is_none_or(|target| bare_key(&target) != from)
        {
            return;
        }
        if let Some(id) = ids::marked(&xmpp.id) {
            let ours = self.conversations.knows_text(id) || from_us;
            out.push(dropped(
                &xmpp.message,
                Side::Xmpp,
                if ours {
                    "an echo of the bridge"
                } else {
                    "carried by another Causeway"
                },
            ));
            return;
        }
        if !self.heard.is_new(&xmpp, now, out) {
            out.push(dropped(&xmpp.message, Side::Xmpp, "carried before"));
            return;
        }
        if let Some(reason) = self.why_refused(&xmpp, now) {
            self.bounce(
                &xmpp.message,
                &format!("Not sent: {reason}."),
                &reason,
                now,
                out,
            );
            return;
        }
        let body = text::clean(&xmpp.text);
        if !body.is_empty() {
            self.answer(xmpp, body, now, out);
        }
    }

    fn why_refused(&self, xmpp: &XmppText, now: Timestamp) -> Option<String> {
        if self.rules.pause_at(now).is_some() {
            return Some("the relay is paused".into());
        }
        if xmpp.encrypted {
            return Some(
                "it was encrypted from end to end, which Lync cannot carry; send it unencrypted"
                    .into(),
            );
        }
        let length = xmpp.text.encode_utf16().count();
        (length > LONGEST)
            .then(|| format!("it is too long ({length} characters, at most {LONGEST})"))
    }

    fn answer(&mut self, xmpp: XmppText, body: String, now: Timestamp, out: &mut Vec<Output>) {
        match self.route(&xmpp, &body, now, out) {
            Route::To(with, thread, body) => {
                self.send_answer(&Answer::of(&xmpp), &with, thread, &body, now, out)
            }
            Route::GoOn(with) => {
                let thread = self.thread_with(&with, &xmpp.message);
                self.conversations.carried(&thread, &with, now, out);
                self.notice(
                    &xmpp.message,
                    &format!("What you write now goes to {}.", with.name),
                    Some(&thread),
                    now,
                    out,
                );
                receipt(&xmpp, out);
            }
            Route::Ask(among, unheard) => {
                self.ask(Answer::of(&xmpp), body, among, unheard, now, out)
            }
            Route::Answered => receipt(&xmpp, out),
        }
    }

    /// The five rules of `docs/bridge.md`, in their order.
    fn route(
        &mut self,
        xmpp: &XmppText,
        body: &str,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Route {
        let by_reply = xmpp
            .reply_to
            .as_deref()
            .and_then(|id| self.conversations.of_reply(id));
        let by_thread = xmpp
            .thread
            .as_deref()
            .and_then(|thread| self.conversations.of_thread(thread));
        if let Some(known) = by_reply.or(by_thread) {
            return to(known, body);
        }
        if self.answers_question(body, now, out) {
            return Route::Answered;
        }
        // Everybody is looked through only where somebody is named.
        let body = body.trim_start();
        let people = if body.starts_with('@') {
            self.addressees()
        } else {
            Vec::new()
        };
        match names::leading(body, &people) {
            Named::One(with, "") => return Route::GoOn(with),
            Named::One(with, rest) => return Route::To(with, None, rest.to_owned()),
            Named::Several(among, _) => return Route::Ask(among, None),
            Named::Unheard(name) => return Route::Ask(Vec::new(), Some(name.to_owned())),
            Named::Nobody => {}
        }
        let last = if xmpp.late {
            self.conversations.last_at(xmpp.sent_at.min(now))
        } else {
            self.conversations.last(now)
        };
        last.map_or_else(|| Route::Ask(Vec::new(), None), |known| to(known, body))
    }

    /// Everybody who can be named: the contact list and whoever a text was carried from or to.
    pub(crate) fn addressees(&self) -> Vec<Addressee> {
        let mut people = self.conversations.latest(usize::MAX);
        let known: HashSet<String> = people
            .iter()
            .map(|person| sip_key(&person.address))
            .collect();
        let others = self
            .people
            .in_lync()
            .filter(|(address, _)| !known.contains(&sip_key(address)));
        people.extend(others.map(|(address, name)| Addressee::new(address, name)));
        people
    }

    /// The thread to write to a person in: the last one, else a new one.
    fn thread_with(&self, with: &Addressee, cause: &str) -> String {
        let known = self
            .conversations
            .with(&with.address)
            .map(|known| known.thread.clone());
        known.unwrap_or_else(|| {
            ids::name(&["thread", &with.address, cause])
                .simple()
                .to_string()
        })
    }

    /// Sends a text into Lync, in as many parts as it needs.
    pub(crate) fn send_answer(
        &mut self,
        answer: &Answer,
        with: &Addressee,
        thread: Option<String>,
        body: &str,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        if self.is_blocked(&with.address) {
            let notice = format!("Not sent to {}: you have blocked this person.", with.name);
            self.bounce(
                &answer.origin,
                &notice,
                "you have blocked this person",
                now,
                out,
            );
            return;
        }
        if let Passage::Stopped { first } = self.rounds.pass(&with.address, body, Side::Lync, now) {
            let reason = "the same words keep going to and fro";
            if first {
                self.bounce(&answer.origin, &format!("Not sent to {}: {reason}. They are not carried for 10 minutes; everything else is.", with.name), reason, now, out);
            } else {
                out.push(dropped(&answer.origin, Side::Xmpp, reason));
            }
            return;
        }
        let thread = thread.unwrap_or_else(|| self.thread_with(with, &answer.origin));
        self.conversations.carried(&thread, with, now, out);
        self.conversations
            .remember_text(written(answer.stanza()), &thread, None, now, out);
        let body = self.marked_late(answer, body, now);
        let group = ids::name(&[
            "answer",
            &answer.origin,
            answer.archive.as_deref().unwrap_or(""),
            &body,
        ]);
        let parts = text::split(&body, text::LYNC_LIMIT);
        let parts: Vec<(String, &str)> = parts
            .into_iter()
            .enumerate()
            .map(|(index, part)| {
                (
                    ids::name(&["part", &group.to_string(), &index.to_string()]).to_string(),
                    part,
                )
            })
            .collect();
        let ids = parts.iter().map(|(id, _)| id.clone()).collect();
        self.answers
            .on_their_way(group, answer.with(with, &thread, &body, ids), now, out);
        for (id, part) in parts {
            out.push(Output::SendLync {
                id,
                to: with.address.clone(),
                thread: thread.clone(),
                text: part.to_owned(),
                origin: answer.origin.clone(),
            });
        }
        out.push(Output::Tell {
            action: Action::Queued,
            id: answer.origin.clone(),
            from: Side::Xmpp,
            to: Side::Lync,
            reason: None,
        });
    }

    /// Lync has no word for "this was written earlier", so the text says it.
    fn marked_late(&self, answer: &Answer, body: &str, now: Timestamp) -> String {
        if now.duration_since(answer.sent_at) < LATE {
            return body.to_owned();
        }
        let (written, today) = (
            answer.sent_at.to_zoned(self.rules.clock.clone()),
            now.to_zoned(self.rules.clock.clone()),
        );
        let shape = if written.date() == today.date() {
            "%H:%M"
        } else {
            "%H:%M / %d.%m.%Y"
        };
        format!("(written {}) {body}", written.strftime(shape))
    }

    /// Tells the writer on the XMPP side that a text did not go, and the log why.
    pub(crate) fn bounce(
        &mut self,
        id: &str,
        notice: &str,
        reason: &str,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        self.notice(id, notice, None, now, out);
        out.push(Output::Tell {
            action: Action::Bounced,
            id: id.to_owned(),
            from: Side::Xmpp,
            to: Side::Lync,
            reason: Some(reason.to_owned()),
        });
    }
}

fn to(known: &Conversation, body: &str) -> Route {
    Route::To(
        known.with.clone(),
        Some(known.thread.clone()),
        body.to_owned(),
    )
}

/// For a text that was meant for the bridge itself and has arrived there.
fn receipt(xmpp: &XmppText, out: &mut Vec<Output>) {
    if xmpp.wants_receipt {
        out.push(Output::ReceiptXmpp {
            to: xmpp.from.clone(),
            id: xmpp.id.clone(),
        });
    }
}
