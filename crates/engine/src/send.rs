//! Texts that our person sends, and what became of every text that goes out.

use causeway_api::{
    Code, Delivery, DeliveryState, Direction, Kind, Message, Network, Problem, Reply, Side,
};
use causeway_bridge::{Input, Outcome};
use tokio::sync::oneshot;
use tracing::info;
use uuid::Uuid;

use crate::{
    address::{self, Address, Target},
    core::Core,
    link::Readiness,
    outbox::{Evidence, Row, Stage},
    problems,
    store::Outgoing,
    unit::{Batch, Unit, Write},
};

/// Longest text taken from a person, in characters.
const LONGEST: usize = 100_000;

/// Where an answer goes.
pub(crate) type Answer = oneshot::Sender<Result<Reply, Problem>>;

/// Can a text be taken for this address now?
pub(crate) enum Taking {
    /// Yes, for this one.
    Now(Target),
    /// Not yet: the contact lists that say which network is meant, or the sign-in, are on their way.
    Later,
    /// No.
    Never(Problem),
}

impl Core {
    /// Decides about a text for `address`.
    pub(crate) fn taking(&self, address: &str, text: &str) -> Taking {
        if let Err(problem) = check_text(text) {
            return Taking::Never(problem);
        }
        match self.target(address) {
            Err(problem) => Taking::Never(problem),
            Ok(None) => Taking::Later,
            Ok(Some(target)) => match self.can_queue(side_of(&target)) {
                Some(problem) => Taking::Never(problem),
                None => Taking::Now(target),
            },
        }
    }

    /// The network meant by an address; `None` while that cannot be said yet.
    ///
    /// # Errors
    /// The address is none, or known nowhere.
    pub(crate) fn target(&self, typed: &str) -> Result<Option<Target>, Problem> {
        let address = address::parse(typed)?;
        if let Address::Either(..) = &address
            && self
                .sides()
                .any(|side| self.readiness(side) == Readiness::Coming)
        {
            return Ok(None);
        }
        address::choose(address, |sip, jid| {
            let (sip_text, jid_text) = (sip.as_str(), jid.to_string());
            let person = self
                .bridge
                .person(sip_text)
                .or_else(|| self.bridge.person(&jid_text));
            if let Some(person) = person {
                let is = |known: Option<&String>, address: &str| {
                    known.is_some_and(|known| known.eq_ignore_ascii_case(address))
                };
                return match (
                    is(person.lync.as_ref(), sip_text),
                    is(person.xmpp.as_ref(), &jid_text),
                ) {
                    (true, false) => Some(Network::Lync),
                    (false, true) => Some(Network::Xmpp),
                    (true, true) | (false, false) => Some(crate::bridging::network(person.default)),
                };
            }
            self.network_of_domain(sip.domain(), jid.domain().as_str())
        })
        .map(Some)
    }

    /// Nobody we know: our own domains say which network it is, or that there is only one.
    fn network_of_domain(&self, sip_domain: &str, jid_domain: &str) -> Option<Network> {
        let settings = &self.configuration.settings;
        let lync = settings.lync.as_ref().filter(|_| self.options.sides.lync);
        let xmpp = settings.xmpp.as_ref().filter(|_| self.options.sides.xmpp);
        let in_lync = lync.is_some_and(|lync| lync.address.value.domain() == sip_domain);
        let in_xmpp = xmpp.is_some_and(|xmpp| xmpp.address.value.domain().as_str() == jid_domain);
        match (in_lync, in_xmpp, lync.is_some(), xmpp.is_some()) {
            (true, false, _, _) | (false, false, true, false) => Some(Network::Lync),
            (false, true, _, _) | (false, false, false, true) => Some(Network::Xmpp),
            (true, true, _, _) | (false, false, true, true) | (false, false, false, false) => None,
        }
    }

    /// Why a text for this side cannot even be queued.
    fn can_queue(&self, side: Side) -> Option<Problem> {
        if !self.sides().any(|configured| configured == side) {
            return Some(problems::not_configured(side));
        }
        match self.readiness(side) {
            Readiness::Ready | Readiness::Coming => None,
            // A link that comes back by itself: the text waits for it, unless the program does not.
            Readiness::Failed(_) if !self.options.one_shot && !self.state(side).is_final() => None,
            Readiness::Failed(problem) => Some(problem),
        }
    }

    /// Takes a text from our person: on disk first, then on its way.
    pub(crate) fn send(&mut self, target: &Target, text: &str, answer: Answer) {
        let side = side_of(target);
        let (to, conversation, thread) = match target {
            Target::Lync(sip) => {
                let to = sip.as_str().to_owned();
                let thread = self
                    .threads
                    .entry(to.to_lowercase())
                    .or_insert_with(|| Uuid::new_v4().simple().to_string());
                let thread = thread.clone();
                (to.clone(), crate::lync::conversation(&to), thread)
            }
            Target::Xmpp(jid) => (
                jid.to_string(),
                crate::xmpp::conversation(jid),
                String::new(),
            ),
        };
        let name = self.bridge.person(&to).map(|person| person.name);
        let mut parts = Vec::new();
        let mut units = Vec::new();
        for part in parts_of(text, side) {
            let id = Uuid::new_v4().simple().to_string();
            let message = Message {
                id: id.clone(),
                conversation: conversation.clone(),
                side,
                direction: Direction::Out,
                from: self.own_address(side),
                to: to.clone(),
                name: name.clone(),
                text: part.to_owned(),
                sent_at: self.now,
                late: false,
            };
            self.seen.insert(side, &id);
            let mut unit = Unit {
                text: Some((message.clone(), id.clone())),
                ..Unit::default()
            };
            unit.tell(Kind::Message(message));
            let row = Row::new(
                id.clone(),
                side,
                to.clone(),
                thread.clone(),
                part.to_owned(),
                self.now,
                None,
            );
            let state = self.enqueue(row, &mut unit);
            parts.push((id, state));
            units.push(unit);
        }
        self.sends.wait(parts, self.now, answer);
        self.commit(Batch::new(units, None));
    }

    /// Puts a text into the queue; what is to be stored and done follows in `unit`.
    pub(crate) fn enqueue(&mut self, row: Row, unit: &mut Unit) -> DeliveryState {
        let outgoing = |state| Outgoing {
            id: row.id.clone(),
            side: row.side,
            to: row.to.clone(),
            thread: Some(row.thread.clone()).filter(|thread| !thread.is_empty()),
            text: row.text.clone(),
            created: row.written,
            state,
            attempts: 0,
            origin: row.origin.clone(),
            reason: None,
        };
        let state = match self.outbox.put(row.clone()) {
            Stage::Sending => DeliveryState::Sending,
            Stage::Queued | Stage::InDoubt | Stage::Sent => DeliveryState::Queued,
        };
        unit.write(Write::Enqueue(outgoing(state)));
        unit.tell(Kind::Delivery(Delivery {
            id: row.id.clone(),
            state,
            reason: None,
        }));
        if state == DeliveryState::Sending {
            unit.hand_over(row.id);
        }
        state
    }

    /// Stores that a text that waited is handed over now, then does it.
    pub(crate) fn hand_over(&mut self, row: Row) {
        let mut unit = Unit::default();
        unit.write(Write::Sending(row.id.clone()));
        unit.tell(Kind::Delivery(Delivery {
            id: row.id.clone(),
            state: DeliveryState::Sending,
            reason: None,
        }));
        unit.hand_over(row.id);
        self.carry_out(unit);
    }

    /// The text is stored and its turn has come.
    pub(crate) fn now_hand_over(&mut self, id: &str) {
        if !self.outbox.hand_over(id) {
            return;
        }
        let Some(row) = self.outbox.get(id).cloned() else {
            return;
        };
        match row.side {
            Side::Lync => {
                if let (Some(link), Some(to)) = (&self.lync.link, crate::bridging::sip(&row.to)) {
                    link.send(ucwa::Command::Send {
                        id: row.id,
                        to,
                        thread: row.thread,
                        text: row.text,
                    });
                }
            }
            Side::Xmpp => {
                if let (Some(link), Ok(to)) = (&self.xmpp.link, row.to.parse()) {
                    let delayed =
                        Some(row.written).filter(|written| crate::is_late(*written, self.now));
                    let thread = Some(row.thread).filter(|thread| !thread.is_empty());
                    link.send(causeway_xmpp::Command::Send {
                        id: row.id,
                        to,
                        body: row.text,
                        thread,
                        delayed,
                    });
                }
            }
            Side::Gateway => {}
        }
    }

    /// The network said something about a text that may be ours.
    pub(crate) fn learned(&mut self, id: &str, evidence: Evidence) {
        let Some(row) = self.outbox.learn(id, evidence) else {
            return;
        };
        let (state, outcome) = match evidence {
            Evidence::Taken => (DeliveryState::Sent, Outcome::Accepted),
            Evidence::Arrived => (DeliveryState::Delivered, Outcome::Delivered),
            Evidence::Failed => {
                return self.failed(&row, String::new(), Outcome::Failed(String::new()));
            }
        };
        self.settle(&row, state, None, outcome);
    }

    /// What became of a text in Lync.
    pub(crate) fn lync_delivery(&mut self, id: &str, outcome: ucwa::Outcome) {
        match outcome {
            ucwa::Outcome::Accepted => self.learned(id, Evidence::Taken),
            ucwa::Outcome::Delivered => self.learned(id, Evidence::Arrived),
            ucwa::Outcome::Failed(failure) => {
                if let Some(row) = self.outbox.learn(id, Evidence::Failed) {
                    let reason = failure_reason(&failure);
                    self.failed(&row, reason.clone(), Outcome::Failed(reason));
                }
            }
            ucwa::Outcome::Unknown => {
                if let Some(row) = self.outbox.learn(id, Evidence::Failed) {
                    self.failed(
                        &row,
                        "the connection broke and whether it arrived cannot be known".to_owned(),
                        Outcome::Unknown,
                    );
                }
            }
        }
    }

    /// A text will not arrive, or nobody can tell; it has left the queue already.
    pub(crate) fn failed(&mut self, row: &Row, reason: String, outcome: Outcome) {
        info!(id = %row.id, side = ?row.side, %reason, "not delivered");
        self.settle(row, DeliveryState::Failed, Some(reason), outcome);
    }

    fn settle(
        &mut self,
        row: &Row,
        state: DeliveryState,
        reason: Option<String>,
        outcome: Outcome,
    ) {
        let mut unit = Unit::default();
        unit.write(Write::Delivery {
            id: row.id.clone(),
            state,
            reason: reason.clone(),
        });
        unit.tell(Kind::Delivery(Delivery {
            id: row.id.clone(),
            state,
            reason: reason.clone(),
        }));
        if row.origin.is_some() {
            let id = row.id.clone();
            let input = match row.side {
                Side::Lync => Input::DeliveryLync { id, outcome },
                Side::Xmpp | Side::Gateway => Input::DeliveryXmpp { id, outcome },
            };
            self.bridge(input, &mut unit);
        }
        self.carry_out(unit);
        self.sends
            .learned(&row.id, state, reason.as_deref(), row.side, self.now);
    }

    /// The store did not take a text: its writer is told, and nothing is sent.
    pub(crate) fn refuse_typed(&mut self, ids: &[String], problem: &Problem) {
        for id in ids {
            self.outbox.learn(id, Evidence::Failed);
            self.sends.refuse(id, problem);
        }
    }

    /// The link will not come back by itself and the program lives for this one command: the text is taken back where
    /// the network never saw it, and its writer learns why.
    pub(crate) fn take_back(&mut self, side: Side, problem: &Problem) {
        for id in self.sends.ids() {
            let concerned = self.outbox.get(&id).is_some_and(|row| row.side == side);
            if concerned && self.outbox.withdraw(&id) {
                let mut unit = Unit::default();
                let reason = Some("taken back: not signed in".to_owned());
                unit.write(Write::Delivery {
                    id: id.clone(),
                    state: DeliveryState::Failed,
                    reason: reason.clone(),
                });
                unit.tell(Kind::Delivery(Delivery {
                    id: id.clone(),
                    state: DeliveryState::Failed,
                    reason,
                }));
                self.carry_out(unit);
                self.sends.refuse(&id, problem);
            }
        }
    }
}

fn check_text(text: &str) -> Result<(), Problem> {
    let refuse =
        |message: &str, remedy: &str| Err(Problem::new(Code::BadConfig, "send", message, remedy));
    if text.trim().is_empty() {
        return refuse(
            "There is no text to send.",
            "Write a text; - reads it from standard input.",
        );
    }
    if text.chars().count() > LONGEST {
        return refuse(
            "The text is too long.",
            "Send at most 100,000 characters at once.",
        );
    }
    Ok(())
}

/// SIP servers cut long texts; XMPP takes them whole.
fn parts_of(text: &str, side: Side) -> Vec<&str> {
    match side {
        Side::Lync => causeway_bridge::text::split(text, causeway_bridge::text::LYNC_LIMIT),
        Side::Xmpp | Side::Gateway => vec![text],
    }
}

pub(crate) fn side_of(target: &Target) -> Side {
    match target {
        Target::Lync(_) => Side::Lync,
        Target::Xmpp(_) => Side::Xmpp,
    }
}

/// `reason` (UCWA reference) for people; which code goes with which subcode is not documented, so the subcode decides.
fn failure_reason(failure: &ucwa::Failure) -> String {
    let words = match failure.subcode.as_str() {
        "DoNotDisturb" => "the person does not want to be disturbed",
        "Busy" => "the person is busy",
        "Declined" => "the person declined",
        "Timeout" | "TemporarilyUnavailable" => "the person did not answer",
        "Unreachable" | "CalleeUnreachable" => "the person is offline",
        "NotAcceptable" | "ModalityNotSupported" => "the person's program cannot chat",
        "DestinationNotFound" => "no such address",
        "NotAllowed" | "FederationRequired" => "not allowed by policy",
        _ => match failure.code.as_str() {
            "NotFound" => "no such address",
            "Forbidden" => "not allowed by policy",
            "ServiceFailure" => "the server could not deliver it",
            _ => "",
        },
    };
    let name = match (failure.code.as_str(), failure.subcode.as_str()) {
        (code, "") => code.to_owned(),
        (code, subcode) => format!("{code}/{subcode}"),
    };
    match (words, failure.message.as_str()) {
        ("", "") => format!("not delivered ({name})"),
        ("", message) => format!("{message} ({name})"),
        (words, _) => format!("{words} ({name})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_wrong_usage() {
        assert!(check_text(" \n").is_err());
        assert!(check_text(&"x".repeat(LONGEST + 1)).is_err());
        assert!(check_text("hej").is_ok());
    }

    #[test]
    fn a_failure_is_told_in_words_with_the_servers_own_name_for_it() {
        let failure = |code: &str, subcode: &str, message: &str| {
            failure_reason(&ucwa::Failure {
                code: code.into(),
                subcode: subcode.into(),
                message: message.into(),
            })
        };
        assert_eq!(
            failure("RemoteFailure", "Unreachable", ""),
            "the person is offline (RemoteFailure/Unreachable)"
        );
        assert_eq!(failure("Odd", "", "Unbekannt"), "Unbekannt (Odd)");
        assert_eq!(failure("Odd", "New", ""), "not delivered (Odd/New)");
    }
}
