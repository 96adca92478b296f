//! People who wait for the outcome of a text that they sent.

use causeway_api::{Code, DeliveryState, Problem, Reply, SendState, Sent, Side};
use jiff::{SignedDuration, Timestamp};

use crate::send::Answer;

/// How long a person waits for the outcome of a text.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How long a receipt (XEP-0184) may come after the server has the text, before `sent` is the outcome.
const RECEIPT_GRACE: SignedDuration = SignedDuration::from_secs(5);

/// People who wait for the outcome of a text.
#[derive(Debug, Default)]
pub(crate) struct Sends {
    waiting: Vec<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    /// The parts of the text, in order, with what is known of them.
    parts: Vec<(String, DeliveryState)>,
    deadline: Timestamp,
    answer: Answer,
}

impl Sends {
    /// Somebody waits for the outcome of a text in these parts, from `now` on.
    pub(crate) fn wait(
        &mut self,
        parts: Vec<(String, DeliveryState)>,
        now: Timestamp,
        answer: Answer,
    ) {
        self.waiting.push(Waiter {
            parts,
            deadline: now + PATIENCE,
            answer,
        });
    }

    /// Something was learned about a text: whoever waits for it may have the outcome now.
    pub(crate) fn learned(
        &mut self,
        id: &str,
        state: DeliveryState,
        failure: Option<(Code, &str)>,
        side: Side,
        now: Timestamp,
    ) {
        let Some(position) = self
            .waiting
            .iter()
            .position(|waiter| waiter.parts.iter().any(|(part, _)| part == id))
        else {
            return;
        };
        let Some(waiter) = self.waiting.get_mut(position) else {
            return;
        };
        for (_, known) in waiter.parts.iter_mut().filter(|(part, _)| part == id) {
            *known = state;
        }
        if state == DeliveryState::Sent
            && side == Side::Xmpp
            && waiter.worst() == DeliveryState::Sent
        {
            waiter.deadline = waiter.deadline.min(now + RECEIPT_GRACE);
        }
        let outcome = match waiter.worst() {
            DeliveryState::Failed => SendState::Failed,
            DeliveryState::Delivered => SendState::Delivered,
            DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Sent => return,
        };
        self.waiting.swap_remove(position).tell(outcome, failure);
    }

    /// The text could not be taken.
    pub(crate) fn refuse(&mut self, id: &str, problem: &Problem) {
        if let Some(position) = self
            .waiting
            .iter()
            .position(|waiter| waiter.parts.iter().any(|(part, _)| part == id))
        {
            // Who asked may be gone.
            let _ = self
                .waiting
                .swap_remove(position)
                .answer
                .send(Err(problem.clone()));
        }
    }

    /// Answers those whose patience is over.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let (over, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|waiter| waiter.deadline <= now);
        self.waiting = waiting;
        let over: Vec<Waiter> = over;
        for waiter in over {
            if waiter.worst() == DeliveryState::Sent {
                waiter.tell(SendState::Sent, None);
            } else {
                let id = waiter
                    .parts
                    .first()
                    .map(|(id, _)| id.clone())
                    .unwrap_or_default();
                let problem = Problem::new(
                    Code::TimeLimit,
                    "send",
                    "The text is kept and waits to be sent; its outcome is not known yet.",
                    "Leave Causeway running: it is sent as soon as the server can be reached. Do not send it again.",
                );
                let _ = waiter
                    .answer
                    .send(Err(problem.with("id", id).with("state", "queued")));
            }
        }
    }

    /// When the first of them loses patience.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|waiter| waiter.deadline).min()
    }

    /// Ids of the texts that somebody waits for.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.waiting
            .iter()
            .flat_map(|waiter| waiter.parts.iter().map(|(id, _)| id.clone()))
            .collect()
    }
}

impl Waiter {
    /// The part that got least far decides; a failed one fails the whole.
    fn worst(&self) -> DeliveryState {
        let rank = |state: DeliveryState| match state {
            DeliveryState::Failed => 0,
            DeliveryState::Queued => 1,
            DeliveryState::Sending => 2,
            DeliveryState::Sent => 3,
            DeliveryState::Delivered => 4,
        };
        self.parts
            .iter()
            .map(|(_, state)| *state)
            .min_by_key(|state| rank(*state))
            .unwrap_or(DeliveryState::Failed)
    }

    fn tell(self, state: SendState, failure: Option<(Code, &str)>) {
        let id = self
            .parts
            .first()
            .map(|(id, _)| id.clone())
            .unwrap_or_default();
        // Who asked may be gone.
        let _ = self.answer.send(Ok(Reply::Sent(Sent {
            id,
            state,
            reason: failure.map(|(_, reason)| reason.to_owned()),
            code: failure.map(|(code, _)| code),
        })));
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn waiting(parts: &[&str]) -> (Sends, oneshot::Receiver<Result<Reply, Problem>>) {
        let (answer, answered) = oneshot::channel();
        let mut sends = Sends::default();
        let parts = parts
            .iter()
            .map(|id| ((*id).to_owned(), DeliveryState::Sending))
            .collect();
        sends.wait(parts, NOW, answer);
        (sends, answered)
    }

    fn outcome(mut answered: oneshot::Receiver<Result<Reply, Problem>>) -> Result<SendState, Code> {
        match answered.try_recv().unwrap() {
            Ok(Reply::Sent(sent)) => Ok(sent.state),
            Ok(other) => panic!("{other:?}"),
            Err(problem) => Err(problem.code),
        }
    }

    #[test]
    fn a_receipt_within_the_grace_makes_it_delivered() {
        let (mut sends, answered) = waiting(&["1"]);
        sends.learned("1", DeliveryState::Sent, None, Side::Xmpp, NOW);
        sends.learned("1", DeliveryState::Delivered, None, Side::Xmpp, NOW);
        assert_eq!(outcome(answered), Ok(SendState::Delivered));
    }

    #[test]
    fn without_a_receipt_it_is_sent_when_the_grace_is_over() {
        let (mut sends, answered) = waiting(&["1"]);
        sends.learned("1", DeliveryState::Sent, None, Side::Xmpp, NOW);
        sends.expire(NOW + RECEIPT_GRACE);
        assert_eq!(outcome(answered), Ok(SendState::Sent));
        assert_eq!(sends.deadline(), None);
    }

    #[test]
    fn lync_confirms_delivery_so_accepted_is_not_the_end() {
        let (mut sends, answered) = waiting(&["1"]);
        sends.learned("1", DeliveryState::Sent, None, Side::Lync, NOW);
        sends.expire(NOW + RECEIPT_GRACE);
        sends.learned(
            "1",
            DeliveryState::Failed,
            Some((Code::NotDelivered, "offline")),
            Side::Lync,
            NOW,
        );
        assert_eq!(outcome(answered), Ok(SendState::Failed));
    }

    #[test]
    fn every_part_of_a_long_text_has_to_arrive() {
        let (mut sends, answered) = waiting(&["1", "2"]);
        sends.learned("1", DeliveryState::Delivered, None, Side::Lync, NOW);
        assert!(sends.deadline().is_some());
        sends.learned("2", DeliveryState::Delivered, None, Side::Lync, NOW);
        assert_eq!(outcome(answered), Ok(SendState::Delivered));
    }

    #[test]
    fn patience_ends_with_the_text_still_queued_and_says_so() {
        let (mut sends, answered) = waiting(&["1"]);
        sends.expire(NOW + PATIENCE);
        assert_eq!(outcome(answered), Err(Code::TimeLimit));
    }
}
