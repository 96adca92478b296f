//! "Who do you mean?": texts wait until somebody says whom they are for.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Action, Bridge, Fact, Output, Side,
    delivery::{Answer, excerpt},
    memory::QUESTION,
    names::{self, Addressee, Named},
    people::sip_key,
};

/// How long a text waits.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
const MOST_OPTIONS: usize = 9;
const MOST_WAITING: usize = 50;

/// An open question.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Question {
    options: Vec<Addressee>,
    waiting: Vec<Waiting>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Waiting {
    answer: Answer,
    text: String,
    since: Timestamp,
}

impl Question {
    /// When the first text has waited long enough.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.first().map(|first| first.since + PATIENCE)
    }
}

/// What an answer means.
enum Said {
    /// This one is meant.
    One(Addressee),
    /// Forget the texts.
    Nobody,
    /// One of these.
    Several(Vec<Addressee>),
    /// Nobody has this name.
    Unheard(String),
    /// It is no answer but another text.
    Nothing,
}

impl Bridge {
    /// Keeps a text and asks whom it is for; asks once for texts that come one after the other.
    pub(crate) fn ask(
        &mut self,
        answer: Answer,
        text: String,
        among: Vec<Addressee>,
        unheard: Option<String>,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let id = answer.origin.clone();
        let asked_before = self.question.is_some();
        let mut question = self.question.take().unwrap_or(Question {
            options: Vec::new(),
            waiting: Vec::new(),
        });
        if question.waiting.len() >= MOST_WAITING {
            self.question = Some(question);
            self.bounce(&id, &format!("Not sent: {MOST_WAITING} texts already wait for you to say whom they are for.\n“{}”", excerpt(&text)), "too many texts wait", now, out);
            return;
        }
        question.waiting.push(Waiting {
            answer,
            text,
            since: now,
        });
        out.push(Output::Tell {
            action: Action::Queued,
            id: id.clone(),
            from: Side::Xmpp,
            to: Side::Lync,
            reason: Some("waits for an answer to “who do you mean?”".into()),
        });
        let new_options = if among.is_empty() {
            self.conversations.latest(MOST_OPTIONS)
        } else {
            among
        };
        let ask_again = !asked_before
            || unheard.is_some()
            || new_options
                .iter()
                .any(|person| !question.options.iter().any(|known| same(known, person)));
        if ask_again {
            question.options = new_options;
            question.options.truncate(MOST_OPTIONS);
        }
        self.question = Some(question);
        self.keep_question(out);
        if ask_again {
            self.pose(&id, unheard.as_deref(), now, out);
        }
    }

    fn pose(&mut self, cause: &str, unheard: Option<&str>, now: Timestamp, out: &mut Vec<Output>) {
        let Some(question) = &self.question else {
            return;
        };
        let mut body = unheard
            .map(|name| format!("Nobody here is called “{}”. ", excerpt(name)))
            .unwrap_or_default();
        body.push_str("Who do you mean? ");
        body.push_str(if question.waiting.len() == 1 {
            "Your text is kept."
        } else {
            "Your texts are kept."
        });
        for (index, person) in question.options.iter().enumerate() {
            let twin = question
                .options
                .iter()
                .any(|other| !same(other, person) && other.name.eq_ignore_ascii_case(&person.name));
            let address = if twin {
                format!(" ({})", person.bare())
            } else {
                String::new()
            };
            body.push_str(&format!("\n{}. {}{address}", index + 1, person.name));
        }
        body.push_str(match question.options.len() {
            0 => "\nAnswer with a name or an address; 0 drops it.",
            _ => "\nAnswer with a number, a name or an address; 0 drops it.",
        });
        self.notice(&format!("{cause} {now}"), &body, None, now, out);
    }

    /// Takes a text as an answer to the open question; false where it is none.
    pub(crate) fn answers_question(
        &mut self,
        text: &str,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> bool {
        let Some(question) = &self.question else {
            return false;
        };
        match self.said(question, text) {
            Said::One(with) => self.release(&with, now, out),
            Said::Nobody => self.drop_all(now, out),
            Said::Several(among) => {
                if let Some(question) = &mut self.question {
                    question.options = among;
                    question.options.truncate(MOST_OPTIONS);
                }
                self.keep_question(out);
                self.pose(text, None, now, out);
            }
            Said::Unheard(name) => self.pose(text, Some(&name), now, out),
            Said::Nothing => return false,
        }
        true
    }

    fn said(&self, question: &Question, text: &str) -> Said {
        let text = text.trim();
        if let Ok(number) = text.trim_end_matches('.').parse::<usize>() {
            return match number.checked_sub(1) {
                None => Said::Nobody,
                Some(index) => question
                    .options
                    .get(index)
                    .cloned()
                    .map_or(Said::Nothing, Said::One),
            };
        }
        if text.contains('\n') || text.chars().count() > 100 {
            return Said::Nothing;
        }
        let people = self.addressees();
        let among_options = match names::leading(text, &question.options) {
            Named::Nobody => names::matches_of(text, &question.options),
            Named::One(with, "") => vec![with],
            Named::Several(several, "") => several,
            // A name and a text: a text of its own for that person.
            Named::One(..) | Named::Several(..) => return Said::Nothing,
            Named::Unheard(_) => Vec::new(),
        };
        let found = match names::leading(text, &people) {
            _ if !among_options.is_empty() => among_options,
            Named::Nobody => names::matches_of(text, &people),
            Named::One(with, "") => vec![with],
            Named::Several(several, "") => several,
            Named::Unheard(name) if name == text.trim_start_matches('@') => {
                return Said::Unheard(name.to_owned());
            }
            Named::One(..) | Named::Several(..) | Named::Unheard(_) => return Said::Nothing,
        };
        match <[Addressee; 1]>::try_from(found) {
            Ok([with]) => Said::One(with),
            Err(none) if none.is_empty() => Said::Nothing,
            Err(several) => Said::Several(several),
        }
    }

    /// Sends the texts that waited, in their order.
    fn release(&mut self, with: &Addressee, now: Timestamp, out: &mut Vec<Output>) {
        let Some(question) = self.question.take() else {
            return;
        };
        self.keep_question(out);
        for waiting in question.waiting {
            // A name that stood in front and fitted several people has done its work.
            let text = match names::leading(&waiting.text, std::slice::from_ref(with)) {
                Named::One(_, rest) if !rest.is_empty() => rest.to_owned(),
                Named::Nobody | Named::One(..) | Named::Several(..) | Named::Unheard(_) => {
                    waiting.text
                }
            };
            self.send_answer(&waiting.answer, with, None, &text, now, out);
        }
    }

    fn drop_all(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let Some(question) = self.question.take() else {
            return;
        };
        self.keep_question(out);
        for waiting in &question.waiting {
            let reason = Some("its writer dropped it".into());
            out.push(Output::Tell {
                action: Action::Dropped,
                id: waiting.answer.origin.clone(),
                from: Side::Xmpp,
                to: Side::Lync,
                reason,
            });
        }
        let cause = question
            .waiting
            .first()
            .map_or("", |first| first.answer.origin.as_str());
        self.notice(cause, "Dropped.", None, now, out);
    }

    /// Gives up on texts that nobody named a reader for.
    pub(crate) fn expire_question(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let Some(question) = &mut self.question else {
            return;
        };
        let (late, waiting): (Vec<_>, Vec<_>) = question
            .waiting
            .drain(..)
            .partition(|waiting| waiting.since + PATIENCE <= now);
        question.waiting = waiting;
        if late.is_empty() {
            return;
        }
        if question.waiting.is_empty() {
            self.question = None;
        }
        self.keep_question(out);
        for waiting in late {
            let notice = format!(
                "Not sent: in 24 hours you did not say whom it is for.\n“{}”",
                excerpt(&waiting.text)
            );
            self.bounce(
                &waiting.answer.origin,
                &notice,
                "nobody said whom it is for",
                now,
                out,
            );
        }
    }

    fn keep_question(&self, out: &mut Vec<Output>) {
        let value = self
            .question
            .as_ref()
            .and_then(|question| serde_json::to_value(question).ok());
        out.push(Output::Remember(Fact {
            kind: QUESTION,
            key: "open".into(),
            value,
            expires: None,
        }));
    }
}

fn same(one: &Addressee, other: &Addressee) -> bool {
    sip_key(&one.address) == sip_key(&other.address)
}
