//! What became of the texts that the bridge sent.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Action, Bridge, Fact, Memory, Outcome, Output, Side, XmppText, ids, memory::ANSWER,
    names::Addressee, recent::Recent, text,
};

const MOST: usize = 10_000;
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// An answer from XMPP, with what its writer needs to be told.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Id of the XMPP message.
    pub(crate) origin: String,
    /// Id of its stanza; empty in what an earlier version kept, where `origin` is it.
    #[serde(default)]
    stanza: String,
    /// Its number in the archive, where it has one.
    pub(crate) archive: Option<String>,
    /// JID that wrote it.
    writer: String,
    wants_receipt: bool,
    pub(crate) sent_at: Timestamp,
    /// Who it is for, once that is decided.
    with: Option<Addressee>,
    thread: String,
    /// The first words, to remind the writer which text it was.
    excerpt: String,
    /// Parts that have not arrived yet.
    parts: Vec<String>,
}

impl Answer {
    pub(crate) fn of(xmpp: &XmppText) -> Self {
        Self {
            origin: xmpp.message.clone(),
            stanza: xmpp.id.clone(),
            archive: xmpp.archive_id.clone(),
            writer: xmpp.from.clone(),
            wants_receipt: xmpp.wants_receipt,
            sent_at: xmpp.sent_at,
            with: None,
            thread: String::new(),
            excerpt: String::new(),
            parts: Vec::new(),
        }
    }

    pub(crate) fn with(
        &self,
        with: &Addressee,
        thread: &str,
        body: &str,
        parts: Vec<String>,
    ) -> Self {
        Self {
            with: Some(with.clone()),
            thread: thread.to_owned(),
            excerpt: excerpt(body),
            parts,
            ..self.clone()
        }
    }

    /// The id that its writer knows it by.
    pub(crate) fn stanza(&self) -> &str {
        if self.stanza.is_empty() {
            &self.origin
        } else {
            &self.stanza
        }
    }

    fn tell(&self, action: Action, reason: Option<String>) -> Output {
        Output::Tell {
            action,
            id: self.origin.clone(),
            from: Side::Xmpp,
            to: Side::Lync,
            reason,
        }
    }
}

/// The first words of a text.
pub(crate) fn excerpt(body: &str) -> String {
    text::line(body, 60)
}

/// Answers on their way.
pub(crate) struct Answers {
    by_group: Recent<Uuid, Answer>,
    by_part: Recent<String, Uuid>,
}

impl Answers {
    pub(crate) fn restore(memory: &Memory) -> Self {
        let mut this = Self {
            by_group: Recent::new(MOST),
            by_part: Recent::new(MOST * 2),
        };
        for (group, answer) in memory.of::<Answer>(ANSWER) {
            if let Ok(group) = Uuid::try_parse(group) {
                this.insert(group, answer);
            }
        }
        this
    }

    fn insert(&mut self, group: Uuid, answer: Answer) -> Option<Uuid> {
        for part in &answer.parts {
            self.by_part.insert(part.clone(), group);
        }
        self.by_group.insert(group, answer)
    }

    pub(crate) fn on_their_way(
        &mut self,
        group: Uuid,
        answer: Answer,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        out.push(Output::Remember(Fact::keep(
            ANSWER,
            group.to_string(),
            &answer,
            now + KEPT,
        )));
        if let Some(oldest) = self.insert(group, answer) {
            out.push(Output::Remember(Fact::forget(ANSWER, oldest.to_string())));
        }
    }

    /// Whether a Lync text was sent by the bridge. Known for a while after it arrived, too.
    pub(crate) fn is_ours(&self, id: &str) -> bool {
        self.by_part.contains(&id.to_owned())
    }

    /// A part arrived; the answer where it was the last one that was missing.
    fn arrived(&mut self, part: &str, out: &mut Vec<Output>) -> Option<Answer> {
        let group = *self.by_part.get(&part.to_owned())?;
        let answer = self.by_group.get_mut(&group)?;
        answer.parts.retain(|missing| missing != part);
        if answer.parts.is_empty() {
            self.done(group, out)
        } else {
            None
        }
    }

    /// A part will not arrive, so the answer did not.
    fn failed(&mut self, part: &str, out: &mut Vec<Output>) -> Option<Answer> {
        let group = *self.by_part.get(&part.to_owned())?;
        self.done(group, out)
    }

    fn done(&mut self, group: Uuid, out: &mut Vec<Output>) -> Option<Answer> {
        let answer = self.by_group.remove(&group)?;
        out.push(Output::Remember(Fact::forget(ANSWER, group.to_string())));
        Some(answer)
    }
}

impl Bridge {
    /// What became of a part of an answer.
    pub(crate) fn delivered_in_lync(
        &mut self,
        id: &str,
        outcome: Outcome,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        match outcome {
            // The server has it; whether the person gets it is told next.
            Outcome::Accepted => {}
            Outcome::Delivered => {
                let Some(answer) = self.answers.arrived(id, out) else {
                    return;
                };
                if answer.wants_receipt {
                    out.push(Output::ReceiptXmpp {
                        to: answer.writer.clone(),
                        id: answer.stanza().to_owned(),
                    });
                }
                out.push(answer.tell(Action::Answered, None));
            }
            Outcome::Failed(reason) => {
                let Some(answer) = self.answers.failed(id, out) else {
                    return;
                };
                self.tell_failed(
                    &answer,
                    &format!(
                        "Not delivered to {}: {}.",
                        name(&answer),
                        reason.trim_end_matches('.')
                    ),
                    reason.clone(),
                    now,
                    out,
                );
            }
            Outcome::Unknown => {
                let Some(answer) = self.answers.failed(id, out) else {
                    return;
                };
                let notice = format!(
                    "Perhaps not delivered to {}: the connection was lost at that moment. Ask before you send it again.",
                    name(&answer)
                );
                self.tell_failed(
                    &answer,
                    &notice,
                    "whether it arrived cannot be known".into(),
                    now,
                    out,
                );
            }
        }
    }

    /// The writer gets the reason, in the same conversation, with the first words of the text.
    fn tell_failed(
        &mut self,
        answer: &Answer,
        notice: &str,
        reason: String,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let address = answer
            .with
            .as_ref()
            .map_or("", |with| with.address.as_str());
        // Counted as a turn of the exchange: an answering machine that answers notices comes to an end, too.
        let _ = self.rounds.pass(address, &answer.excerpt, Side::Xmpp, now);
        let body = format!("{notice}\n“{}”", answer.excerpt);
        self.notice(&answer.origin, &body, Some(&answer.thread), now, out);
        out.push(answer.tell(Action::Bounced, Some(reason)));
    }

    /// What became of a relayed text.
    pub(crate) fn delivered_in_xmpp(&mut self, id: &str, outcome: Outcome, out: &mut Vec<Output>) {
        let Some(origin) = ids::marked(id)
            .and_then(|id| self.conversations.text_mut(id))
            .and_then(|text| text.ends.take())
        else {
            return;
        };
        let (action, reason) = match outcome {
            Outcome::Accepted | Outcome::Delivered => (Action::Relayed, None),
            Outcome::Failed(reason) => (Action::Bounced, Some(reason)),
            Outcome::Unknown => (
                Action::Bounced,
                Some("whether it arrived cannot be known".into()),
            ),
        };
        out.push(Output::Tell {
            action,
            id: origin,
            from: Side::Lync,
            to: Side::Xmpp,
            reason,
        });
    }
}

fn name(answer: &Answer) -> &str {
    answer.with.as_ref().map_or("", |with| with.name.as_str())
}
