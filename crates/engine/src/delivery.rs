//! Texts on their way: into the queue, to their link, and what became of them.

use causeway_api::{Code, Delivery, DeliveryState, Kind, Problem, Side};
use causeway_bridge::{Input, Outcome};
use tracing::{info, warn};

use crate::{
    core::Core,
    outbox::{Evidence, Row, Stage},
    store::Outgoing,
    unit::{Unit, Write},
};

impl Core {
    /// Puts a text into the queue; what is to be stored and done follows in `unit`.
    pub(crate) fn enqueue(&mut self, row: Row, unit: &mut Unit) -> DeliveryState {
        let state = match self.outbox.put(row.clone()) {
            Stage::Due | Stage::Sending => DeliveryState::Sending,
            Stage::Queued | Stage::InDoubt | Stage::Sent => DeliveryState::Queued,
        };
        unit.write(Write::Enqueue(outgoing(&row, state)));
        unit.tell(Kind::Delivery(Delivery::of(&row.id, state)));
        if state == DeliveryState::Sending {
            unit.hand_over(row.id);
        }
        state
    }

    /// The configuration says who signs in: texts that were written as somebody else wait until that account is back.
    pub(crate) fn note_accounts(&mut self) {
        for side in [Side::Lync, Side::Xmpp] {
            let account = self.own_address(side);
            self.outbox.sign_in_as(side, &account);
            let texts = self.outbox.of_others(side);
            if texts > 0 {
                warn!(
                    ?side,
                    texts, "texts written with another account wait for it"
                );
            }
            self.note_waiting(side, texts);
        }
    }

    /// Stores that a text that waited is handed over now, then does it.
    pub(crate) fn hand_over(&mut self, row: Row) {
        let mut unit = Unit::default();
        has_its_turn(row, &mut unit);
        self.carry_out(unit);
    }

    /// The text is stored and its turn has come.
    pub(crate) fn now_hand_over(&mut self, id: &str) {
        if self.refused_as_blocked(id) {
            return;
        }
        if !self.outbox.hand_over(id) {
            return self.waits_again(id);
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

    /// Nothing goes to whom our person blocks: the networks would lose it or send it back without a word that helps.
    fn refused_as_blocked(&mut self, id: &str) -> bool {
        let row = self.outbox.get(id);
        if !row.is_some_and(|row| self.bridge.is_blocked(&row.to)) {
            return false;
        }
        if let Some(row) = self.outbox.learn(id, Evidence::Failed) {
            let reason = "you have blocked this person".to_owned();
            self.failed(&row, reason.clone(), Outcome::Failed(reason));
        }
        true
    }

    /// The link went while the turn of a text was being stored: the network never saw it, so nothing about it is in doubt.
    fn waits_again(&mut self, id: &str) {
        if self
            .outbox
            .get(id)
            .is_none_or(|row| row.stage != Stage::Queued)
        {
            return;
        }
        let mut unit = Unit::default();
        unit.write(Write::Delivery {
            id: id.to_owned(),
            state: DeliveryState::Queued,
            reason: None,
        });
        unit.tell(Kind::Delivery(Delivery::of(id, DeliveryState::Queued)));
        self.carry_out(unit);
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
        let code = if outcome == Outcome::Unknown {
            Code::OutcomeUnknown
        } else {
            Code::NotDelivered
        };
        let mut unit = Unit::default();
        unit.write(Write::Delivery {
            id: row.id.clone(),
            state,
            reason: reason.clone(),
        });
        unit.tell(Kind::Delivery(Delivery {
            reason: reason.clone(),
            ..Delivery::of(&row.id, state)
        }));
        if row.origin.is_some() {
            let id = row.id.clone();
            let input = match row.side {
                Side::Lync => Input::DeliveryLync { id, outcome },
                Side::Xmpp | Side::Gateway => Input::DeliveryXmpp { id, outcome },
            };
            self.bridge(input, &mut unit);
        }
        // In the same transaction: the next text waits for one turn of the disk thread, not for two.
        if let Some(next) = self.outbox.next_to(row) {
            has_its_turn(next, &mut unit);
        }
        self.carry_out(unit);
        let failure = reason.as_deref().map(|reason| (code, reason));
        self.sends
            .learned(&row.id, state, failure, row.side, self.now);
    }

    /// A text to a Lync person is out of the way of the next one.
    fn call_next_to(&mut self, row: &Row) {
        if let Some(next) = self.outbox.next_to(row) {
            self.hand_over(next);
        }
    }

    /// A text of ours in doubt was shown by the Lync server without its id.
    pub(crate) fn recognised(&mut self, to: &str, text: &str) -> bool {
        let Some(id) = self.outbox.in_doubt(Side::Lync, to, text) else {
            return false;
        };
        info!(%id, side = "lync", "recognised by its words");
        self.learned(&id, Evidence::Taken);
        self.decide_doubts();
        true
    }

    /// The store did not take a text: its writer is told, and nothing is sent.
    pub(crate) fn refuse_typed(&mut self, ids: &[String], problem: &Problem) {
        for id in ids {
            let row = self.outbox.learn(id, Evidence::Failed);
            self.held.take(id);
            self.sends.refuse(id, problem);
            if let Some(row) = row {
                self.call_next_to(&row);
            }
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
                    reason,
                    ..Delivery::of(&id, DeliveryState::Failed)
                }));
                self.carry_out(unit);
                self.sends.refuse(&id, problem);
            }
        }
    }
}

/// A text as the store has it.
pub(crate) fn outgoing(row: &Row, state: DeliveryState) -> Outgoing {
    Outgoing {
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
        account: row.account.clone(),
    }
}

/// A text that waited is handed over once the unit is stored.
pub(crate) fn has_its_turn(row: Row, unit: &mut Unit) {
    unit.write(Write::Sending(row.id.clone()));
    unit.tell(Kind::Delivery(Delivery::of(
        &row.id,
        DeliveryState::Sending,
    )));
    unit.hand_over(row.id);
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
        // Lync says the same where the person has blocked us.
        "NotAllowed" => "not allowed by the person or by policy",
        "FederationRequired" => "not allowed by policy",
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
        assert_eq!(
            failure("Forbidden", "NotAllowed", ""),
            "not allowed by the person or by policy (Forbidden/NotAllowed)"
        );
        assert_eq!(failure("Odd", "", "Unbekannt"), "Unbekannt (Odd)");
        assert_eq!(failure("Odd", "New", ""), "not delivered (Odd/New)");
    }
}
