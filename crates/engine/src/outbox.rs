//! The outgoing queue: every text that is not yet known to have arrived or failed, in the order it was written.
//!
//! Pure: it says what is to be sent and what became of a text; the loop stores that first and then acts.
//! Rules: nothing is sent before it is on disk; a lane sends in the order of writing; what was handed to a network
//! and not confirmed before we were cut off is *in doubt* and decided by evidence, never by hope:
//!
//! * XMPP: the archive shows the stanza id or it does not. Not there: sent again with the same id (XEP-0359).
//! * Lync: the server still has our application, then it has told everything it accepted, and what it did not tell it
//!   never got: sent again. It has forgotten us: nobody knows, and the writer is told so.

use std::collections::{BTreeMap, HashMap, VecDeque};

use causeway_api::Side;
use jiff::Timestamp;

/// So many texts whose receipt may still come are remembered.
const AWAITING_RECEIPT: usize = 2048;

/// A text on its way out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Ours; also the operation id (UCWA) or stanza id (XMPP).
    pub(crate) id: String,
    /// Network.
    pub(crate) side: Side,
    /// SIP URI or JID.
    pub(crate) to: String,
    /// Lync `threadId` or XMPP thread; empty: none.
    pub(crate) thread: String,
    /// Plain text; emptied as soon as the network has it.
    pub(crate) text: String,
    /// When it was written.
    pub(crate) written: Timestamp,
    /// Id of the text of the other side that this one carries, empty for the bridge's own words; `None`: our person
    /// wrote it here.
    pub(crate) origin: Option<String>,
    /// How far it came.
    pub(crate) stage: Stage,
}

impl Row {
    /// A text that was just written.
    pub(crate) fn new(
        id: String,
        side: Side,
        to: String,
        thread: String,
        text: String,
        written: Timestamp,
        origin: Option<String>,
    ) -> Self {
        Self {
            id,
            side,
            to,
            thread,
            text,
            written,
            origin,
            stage: Stage::Queued,
        }
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("id", &self.id)
            .field("side", &self.side)
            .field("stage", &self.stage)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}

/// How far a text came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// On disk only.
    Queued,
    /// Handed to the network in this session.
    Sending,
    /// Handed to the network in an earlier session, outcome not told.
    InDoubt,
    /// The network has it.
    Sent,
}

/// What was learned about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The network took it.
    Taken,
    /// The other person's client has it.
    Arrived,
    /// It will not arrive.
    Failed,
}

/// The queue of both sides.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    rows: BTreeMap<u64, Row>,
    by_id: HashMap<String, u64>,
    next: u64,
    /// Texts that reached `Sent`, oldest first; some have been removed since.
    sent: VecDeque<u64>,
    lync_open: bool,
    xmpp_open: bool,
}

impl Outbox {
    /// The queue as an earlier run left it, oldest first.
    pub(crate) fn restored(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut outbox = Self::default();
        for mut row in rows {
            if row.stage == Stage::Sending {
                row.stage = Stage::InDoubt;
            }
            outbox.insert(row);
        }
        outbox
    }

    /// Takes a new text. The stage that comes back is the one to store; with `Sending` it is to be handed to the
    /// network as soon as it is stored.
    pub(crate) fn put(&mut self, mut row: Row) -> Stage {
        row.stage = if self.is_open(row.side) {
            Stage::Sending
        } else {
            Stage::Queued
        };
        let stage = row.stage;
        self.insert(row);
        stage
    }

    /// Takes a text back that the network never saw. Says whether it could.
    pub(crate) fn withdraw(&mut self, id: &str) -> bool {
        let Some(position) = self.by_id.get(id).copied() else {
            return false;
        };
        let queued = self
            .rows
            .get(&position)
            .is_some_and(|row| row.stage == Stage::Queued);
        if queued {
            self.remove(position);
        }
        queued
    }

    /// The lane takes texts from now on: everything that waited, to be handed over in this order once stored as `Sending`.
    pub(crate) fn open(&mut self, side: Side) -> Vec<Row> {
        match side {
            Side::Lync => self.lync_open = true,
            Side::Xmpp => self.xmpp_open = true,
            Side::Gateway => return Vec::new(),
        }
        self.start(side, Stage::Queued)
    }

    /// The text is stored and its turn has come. False: the lane closed meanwhile, it waits for the next opening.
    pub(crate) fn hand_over(&mut self, id: &str) -> bool {
        let Some(side) = self.get(id).map(|row| row.side) else {
            return false;
        };
        let open = self.is_open(side);
        match self.row_mut(id) {
            Some(row) if matches!(row.stage, Stage::Sending) && open => true,
            Some(row) if matches!(row.stage, Stage::Sending | Stage::InDoubt) => {
                row.stage = Stage::Queued;
                false
            }
            Some(_) | None => false,
        }
    }

    /// The lane takes nothing until it is opened again. What was handed over stays with the link, which tells its outcome.
    pub(crate) fn close(&mut self, side: Side) {
        match side {
            Side::Lync => self.lync_open = false,
            Side::Xmpp => self.xmpp_open = false,
            Side::Gateway => {}
        }
    }

    /// The link that had these texts is gone: whatever it did not confirm is in doubt.
    pub(crate) fn lost(&mut self, side: Side) {
        self.close(side);
        for row in self
            .rows
            .values_mut()
            .filter(|row| row.side == side && row.stage == Stage::Sending)
        {
            row.stage = Stage::InDoubt;
        }
    }

    /// One text is in doubt (XEP-0198 could not save it); decided at the next [`Outbox::not_there`].
    pub(crate) fn doubt(&mut self, id: &str) {
        if let Some(row) = self.row_mut(id).filter(|row| row.stage == Stage::Sending) {
            row.stage = Stage::InDoubt;
        }
    }

    /// The far side has had its chance to show the texts in doubt: these it never got, to be sent again, in order.
    pub(crate) fn not_there(&mut self, side: Side) -> Vec<Row> {
        self.start(side, Stage::InDoubt)
    }

    /// Nobody can say any more what became of the texts in doubt: they leave the queue as failed.
    pub(crate) fn unknown(&mut self, side: Side) -> Vec<Row> {
        let positions: Vec<u64> = self.positions(side, Stage::InDoubt);
        positions
            .into_iter()
            .filter_map(|position| self.remove(position))
            .collect()
    }

    /// Is there a text in doubt?
    pub(crate) fn has_doubts(&self, side: Side) -> bool {
        self.rows
            .values()
            .any(|row| row.side == side && row.stage == Stage::InDoubt)
    }

    /// The oldest text in doubt of a side: the archive has to be asked from there.
    pub(crate) fn oldest_in_doubt(&self, side: Side) -> Option<Timestamp> {
        self.rows
            .values()
            .filter(|row| row.side == side && matches!(row.stage, Stage::InDoubt | Stage::Sending))
            .map(|row| row.written)
            .min()
    }

    /// Something was learned about a text. Gives the text where that is news, and nothing for repetitions and for
    /// texts that are not ours.
    pub(crate) fn learn(&mut self, id: &str, evidence: Evidence) -> Option<Row> {
        let position = self.by_id.get(id).copied()?;
        match evidence {
            Evidence::Arrived | Evidence::Failed => self.remove(position),
            Evidence::Taken => {
                let row = self
                    .rows
                    .get_mut(&position)
                    .filter(|row| row.stage != Stage::Sent)?;
                row.stage = Stage::Sent;
                let taken = row.clone();
                row.text = String::new();
                self.sent.push_back(position);
                self.forget_oldest_sent();
                Some(taken)
            }
        }
    }

    /// Is this one of ours that has not ended yet?
    pub(crate) fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(self.by_id.get(id)?)
    }

    fn is_open(&self, side: Side) -> bool {
        match side {
            Side::Lync => self.lync_open,
            Side::Xmpp => self.xmpp_open,
            Side::Gateway => false,
        }
    }

    fn start(&mut self, side: Side, from: Stage) -> Vec<Row> {
        let mut started = Vec::new();
        for row in self
            .rows
            .values_mut()
            .filter(|row| row.side == side && row.stage == from)
        {
            row.stage = Stage::Sending;
            started.push(row.clone());
        }
        started
    }

    fn positions(&self, side: Side, stage: Stage) -> Vec<u64> {
        let those = self
            .rows
            .iter()
            .filter(|(_, row)| row.side == side && row.stage == stage);
        those.map(|(position, _)| *position).collect()
    }

    fn forget_oldest_sent(&mut self) {
        while self.sent.len() > AWAITING_RECEIPT {
            if let Some(oldest) = self.sent.pop_front() {
                self.remove(oldest);
            }
        }
    }

    fn insert(&mut self, row: Row) {
        self.by_id.insert(row.id.clone(), self.next);
        self.rows.insert(self.next, row);
        self.next += 1;
    }

    fn remove(&mut self, position: u64) -> Option<Row> {
        let row = self.rows.remove(&position)?;
        self.by_id.remove(&row.id);
        Some(row)
    }

    fn row_mut(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.get_mut(self.by_id.get(id)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, side: Side) -> Row {
        Row {
            id: id.to_owned(),
            side,
            to: "sip:ben@contoso.example".to_owned(),
            thread: String::new(),
            text: "hej".to_owned(),
            written: Timestamp::UNIX_EPOCH,
            origin: None,
            stage: Stage::Queued,
        }
    }

    fn left_in(stage: Stage, ids: &[&str], side: Side) -> Outbox {
        Outbox::restored(ids.iter().map(|id| Row {
            stage,
            ..row(id, side)
        }))
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn texts_written_while_the_side_is_down_go_out_in_order_when_it_is_back() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.put(row("1", Side::Lync)), Stage::Queued);
        assert_eq!(outbox.put(row("2", Side::Lync)), Stage::Queued);
        assert_eq!(ids(&outbox.open(Side::Lync)), ["1", "2"]);
        assert_eq!(outbox.put(row("3", Side::Lync)), Stage::Sending);
        assert!(
            outbox.open(Side::Lync).is_empty(),
            "opening again sends nothing twice"
        );
    }

    #[test]
    fn one_side_being_up_sends_nothing_of_the_other() {
        let mut outbox = Outbox::default();
        outbox.open(Side::Xmpp);
        assert_eq!(outbox.put(row("1", Side::Lync)), Stage::Queued);
    }

    #[test]
    fn a_text_seen_in_the_archive_is_not_sent_again() {
        let mut outbox = left_in(Stage::Sending, &["1", "2"], Side::Xmpp);
        assert!(outbox.learn("1", Evidence::Taken).is_some());
        assert_eq!(ids(&outbox.not_there(Side::Xmpp)), ["2"]);
        assert!(outbox.not_there(Side::Xmpp).is_empty());
    }

    #[test]
    fn a_lync_text_whose_server_forgot_us_is_unknown_and_never_sent_again() {
        let mut outbox = left_in(Stage::Sending, &["1"], Side::Lync);
        assert_eq!(ids(&outbox.unknown(Side::Lync)), ["1"]);
        assert!(outbox.open(Side::Lync).is_empty());
        assert!(outbox.get("1").is_none());
    }

    #[test]
    fn opening_the_lane_does_not_send_what_is_in_doubt() {
        let mut outbox = left_in(Stage::Sending, &["1"], Side::Xmpp);
        outbox.put(row("2", Side::Xmpp));
        assert_eq!(ids(&outbox.open(Side::Xmpp)), ["2"]);
    }

    #[test]
    fn a_link_that_goes_takes_its_unconfirmed_texts_into_doubt_and_keeps_the_others() {
        let mut outbox = Outbox::default();
        outbox.open(Side::Xmpp);
        outbox.put(row("1", Side::Xmpp));
        outbox.put(row("2", Side::Xmpp));
        outbox.learn("1", Evidence::Taken);
        outbox.lost(Side::Xmpp);
        assert_eq!(outbox.put(row("3", Side::Xmpp)), Stage::Queued);
        assert_eq!(ids(&outbox.not_there(Side::Xmpp)), ["2"]);
    }

    #[test]
    fn repeated_evidence_is_no_news() {
        let mut outbox = Outbox::default();
        outbox.open(Side::Xmpp);
        outbox.put(row("1", Side::Xmpp));
        assert_eq!(outbox.learn("1", Evidence::Taken).unwrap().text, "hej");
        assert!(outbox.learn("1", Evidence::Taken).is_none());
        assert!(outbox.learn("1", Evidence::Arrived).is_some());
        assert!(outbox.learn("1", Evidence::Arrived).is_none());
        assert!(outbox.learn("stranger", Evidence::Arrived).is_none());
    }

    #[test]
    fn only_a_text_that_the_network_never_saw_can_be_taken_back() {
        let mut outbox = Outbox::default();
        outbox.put(row("1", Side::Lync));
        assert!(outbox.withdraw("1"));
        assert!(outbox.open(Side::Lync).is_empty());
        outbox.put(row("2", Side::Lync));
        assert!(!outbox.withdraw("2"));
    }

    #[test]
    fn a_text_whose_lane_closed_before_it_was_stored_waits_for_the_next_opening() {
        let mut outbox = Outbox::default();
        outbox.open(Side::Xmpp);
        outbox.put(row("1", Side::Xmpp));
        outbox.lost(Side::Xmpp);
        assert!(!outbox.hand_over("1"));
        assert!(
            outbox.not_there(Side::Xmpp).is_empty(),
            "the network never had it, so nothing is in doubt"
        );
        assert_eq!(ids(&outbox.open(Side::Xmpp)), ["1"]);
        assert!(outbox.hand_over("1"));
    }

    #[test]
    fn texts_waiting_for_a_receipt_that_never_comes_are_forgotten_some_day() {
        let mut outbox = Outbox::default();
        outbox.open(Side::Xmpp);
        for number in 0..=AWAITING_RECEIPT {
            outbox.put(row(&number.to_string(), Side::Xmpp));
            outbox.learn(&number.to_string(), Evidence::Taken);
        }
        assert!(outbox.get("0").is_none());
        assert!(outbox.get("1").is_some());
    }
}
