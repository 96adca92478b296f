//! The stage: the cast and what they do, in verbs.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::*;

pub(super) const PHONE: &str = "ben@phone.example";

pub(super) struct Stage {
    pub(super) bridge: Bridge,
    pub(super) rules: Rules,
    pub(super) now: Timestamp,
    facts: BTreeMap<(String, String), serde_json::Value>,
    written: u32,
}

/// `Some(..)` of the parts that a test looks at.
pub(super) type InXmpp = (String, String, Option<String>);
pub(super) type InLync = (String, String, String);

impl Stage {
    /// Anna Berg, Anna Ceder, Carol and Ben's phone, on 24 December 2026 at noon.
    pub(super) fn new() -> Self {
        Self::with(Rules::default())
    }

    pub(super) fn with(rules: Rules) -> Self {
        let rules = Rules {
            relay_to: Some(rules.relay_to.unwrap_or(PHONE.into())),
            own_xmpp: Some("ben@xmpp.example".into()),
            own_lync: Some("sip:ben@contoso.example".into()),
            ..rules
        };
        let mut stage = Self {
            bridge: Bridge::new(rules.clone(), Memory::default()),
            rules,
            now: "2026-12-24T12:00:00Z".parse().unwrap(),
            facts: BTreeMap::new(),
            written: 0,
        };
        stage.contacts();
        stage
    }

    fn contacts(&mut self) {
        let people = [
            ("anna.berg", "Anna Berg"),
            ("anna.ceder", "Anna Ceder"),
            ("carol", "Carol Dahl"),
        ];
        let contacts = people.map(|(user, name)| LyncContact {
            address: sip(user),
            name: name.into(),
            groups: vec![],
        });
        self.does(Input::Contacts(contacts.into()));
    }

    pub(super) fn does(&mut self, input: Input) -> Vec<Output> {
        let out = self.bridge.handle(input, self.now);
        for output in &out {
            if let Output::Remember(fact) = output {
                let key = (fact.kind.to_owned(), fact.key.clone());
                match &fact.value {
                    Some(value) => self.facts.insert(key, value.clone()),
                    None => self.facts.remove(&key),
                };
            }
        }
        out
    }

    pub(super) fn facts(&self) -> usize {
        self.facts.len()
    }

    pub(super) fn rule(&mut self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.rules);
        self.bridge.set_rules(self.rules.clone(), self.now);
    }

    /// The program ends in whatever way and starts again.
    pub(super) fn restarts(&mut self) {
        let facts = self
            .facts
            .iter()
            .map(|((kind, key), value)| (kind.clone(), key.clone(), value.clone()));
        self.bridge = Bridge::new(self.rules.clone(), Memory::from_facts(facts));
        self.contacts();
    }

    /// Time passes; everything that falls due on the way is done at its moment.
    pub(super) fn passes(&mut self, seconds: i64) -> Vec<Output> {
        let end = self.now + SignedDuration::from_secs(seconds);
        let mut out = Vec::new();
        while let Some(due) = self.bridge.next_deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            out.extend(self.does(Input::Tick));
            assert!(
                self.bridge.next_deadline() != Some(due),
                "what was due at {due} is still due"
            );
        }
        self.now = end;
        out
    }

    pub(super) fn lync_text(&mut self, who: &str, text: &str) -> LyncText {
        self.written += 1;
        let name = match who {
            "anna.berg" => "Anna Berg",
            "anna.ceder" => "Anna Ceder",
            "carol" => "Carol Dahl",
            other => other,
        };
        LyncText {
            id: format!("m{}", self.written),
            thread: format!("thread-{who}"),
            address: sip(who),
            name: name.into(),
            text: text.into(),
            sent_at: self.now,
        }
    }

    /// Somebody writes in Lync.
    pub(super) fn writes(&mut self, who: &str, text: &str) -> Vec<Output> {
        let text = self.lync_text(who, text);
        self.does(Input::LyncMessage(text))
    }

    pub(super) fn phone_text(&mut self, text: &str) -> XmppText {
        self.written += 1;
        XmppText {
            message: format!("m{}", self.written),
            id: format!("x{}", self.written),
            archive_id: None,
            from: format!("{PHONE}/mobile"),
            to: "ben@xmpp.example".into(),
            thread: None,
            reply_to: None,
            text: text.into(),
            sent_at: self.now,
            late: false,
            wants_receipt: true,
            encrypted: false,
        }
    }

    /// Ben answers on his phone.
    pub(super) fn answers(&mut self, text: &str) -> Vec<Output> {
        let text = self.phone_text(text);
        self.does(Input::XmppMessage(text))
    }

    /// Ben answers in a thread.
    pub(super) fn answers_in(&mut self, thread: &str, text: &str) -> Vec<Output> {
        let text = XmppText {
            thread: Some(thread.into()),
            ..self.phone_text(text)
        };
        self.does(Input::XmppMessage(text))
    }

    /// Ben answers with a reply to a text.
    pub(super) fn replies(&mut self, reply_to: &str, text: &str) -> Vec<Output> {
        let text = XmppText {
            reply_to: Some(reply_to.into()),
            ..self.phone_text(text)
        };
        self.does(Input::XmppMessage(text))
    }

    /// Lync tells what became of everything sent there.
    pub(super) fn lync_says(&mut self, sent: &[Output], outcome: &Outcome) -> Vec<Output> {
        let ids: Vec<String> = sent
            .iter()
            .filter_map(|output| {
                if let Output::SendLync { id, .. } = output {
                    Some(id.clone())
                } else {
                    None
                }
            })
            .collect();
        ids.into_iter()
            .flat_map(|id| {
                self.does(Input::DeliveryLync {
                    id,
                    outcome: outcome.clone(),
                })
            })
            .collect()
    }

    pub(super) fn xmpp_says(&mut self, sent: &[Output], outcome: &Outcome) -> Vec<Output> {
        stanza_ids(sent)
            .into_iter()
            .flat_map(|id| {
                self.does(Input::DeliveryXmpp {
                    id,
                    outcome: outcome.clone(),
                })
            })
            .collect()
    }
}

pub(super) fn sip(user: &str) -> String {
    format!("sip:{user}@contoso.example")
}

pub(super) fn in_xmpp(out: &[Output]) -> Vec<InXmpp> {
    let text = |output: &Output| {
        let Output::SendXmpp {
            to, body, thread, ..
        } = output
        else {
            return None;
        };
        Some((to.clone(), body.clone(), thread.clone()))
    };
    out.iter().filter_map(text).collect()
}

/// Texts on the phone.
pub(super) fn read(out: &[Output]) -> Vec<String> {
    in_xmpp(out).into_iter().map(|(_, body, _)| body).collect()
}

pub(super) fn stanza_ids(out: &[Output]) -> Vec<String> {
    out.iter()
        .filter_map(|output| {
            if let Output::SendXmpp { id, .. } = output {
                Some(id.clone())
            } else {
                None
            }
        })
        .collect()
}

/// Who gets what in Lync, and in which thread.
pub(super) fn in_lync(out: &[Output]) -> Vec<InLync> {
    let text = |output: &Output| {
        let Output::SendLync {
            to, thread, text, ..
        } = output
        else {
            return None;
        };
        let user = to
            .trim_start_matches("sip:")
            .trim_end_matches("@contoso.example");
        Some(to_lync(user, thread, text))
    };
    out.iter().filter_map(text).collect()
}

pub(super) fn to_lync(who: &str, thread: &str, text: &str) -> InLync {
    (who.into(), thread.into(), text.into())
}

pub(super) fn told(out: &[Output]) -> Vec<(Action, Option<String>)> {
    out.iter()
        .filter_map(|output| {
            if let Output::Tell { action, reason, .. } = output {
                Some((*action, reason.clone()))
            } else {
                None
            }
        })
        .collect()
}

pub(super) fn actions(out: &[Output]) -> Vec<Action> {
    told(out).into_iter().map(|(action, _)| action).collect()
}

pub(super) fn receipts(out: &[Output]) -> usize {
    out.iter()
        .filter(|output| matches!(output, Output::ReceiptXmpp { .. }))
        .count()
}
