//! The outgoing queue: every text that is not yet known to have arrived or failed, in the order it was written.
//!
//! Pure: it says what is to be sent and what became of a text; the loop stores that first and then acts.
//! Rules: nothing is sent before it is on disk; a side sends in the order of writing, and in Lync one text at a time to
//! each person; what was handed to a network and not confirmed before we were cut off is *in doubt* and decided by
//! evidence, never by hope:
//!
//! * XMPP: the archive shows the stanza id or it does not. Not there: sent again with the same id (XEP-0359).
//! * Lync: the server still has our application, then it has told everything it accepted, and what it did not tell it
//!   never got: sent again. It has forgotten us: nobody knows, and the writer is told so.
//!
//! A text belongs to the account that it was written as. While another one is signed in it waits, untouched.

mod row;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};

use causeway_api::Side;
use jiff::Timestamp;

pub(crate) use row::{Evidence, Row, Stage};

/// So many texts whose receipt may still come are remembered.
const AWAITING_RECEIPT: usize = 2048;

/// The queue of both sides.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    rows: BTreeMap<u64, Row>,
    by_id: HashMap<String, u64>,
    next: u64,
    /// Texts that reached `Sent`, oldest first; some have been removed since.
    sent: VecDeque<u64>,
    /// Texts to each Lync person that the server does not have yet, by account and address in small letters. The first
    /// one has the turn.
    turns: HashMap<(String, String), VecDeque<u64>>,
    lync: Lane,
    xmpp: Lane,
}

/// The way to one network.
#[derive(Debug, Default)]
struct Lane {
    open: bool,
    /// Address of the account that is, or will be, signed in.
    account: String,
}

impl Outbox {
    /// The queue as an earlier run left it, oldest first.
    pub(crate) fn restored(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut outbox = Self::default();
        for mut row in rows {
            if matches!(row.stage, Stage::Due | Stage::Sending) {
                row.stage = Stage::InDoubt;
            }
            outbox.insert(row);
        }
        outbox
    }

    /// Says which account a side signs in with; texts of others wait.
    pub(crate) fn sign_in_as(&mut self, side: Side, account: &str) {
        if let Some(lane) = self.lane_mut(side) {
            account.clone_into(&mut lane.account);
        }
    }

    /// How many unfinished texts of a side belong to another account than the one that signs in.
    pub(crate) fn of_others(&self, side: Side) -> usize {
        let waiting = |row: &&Row| row.side == side && row.stage != Stage::Sent;
        let others = |row: &&Row| !self.is_ours(row);
        self.rows.values().filter(waiting).filter(others).count()
    }

    /// Takes a new text. With `Due` it is to be handed over as soon as it is stored.
    pub(crate) fn put(&mut self, mut row: Row) -> Stage {
        let id = row.id.clone();
        row.stage = Stage::Queued;
        self.insert(row);
        let due = self
            .by_id
            .get(&id)
            .copied()
            .and_then(|position| self.call(position, Stage::Queued));
        due.map_or(Stage::Queued, |row| row.stage)
    }

    /// Takes a text back that the network never saw. Says whether it could.
    pub(crate) fn withdraw(&mut self, id: &str) -> bool {
        let Some(position) = self.by_id.get(id).copied() else {
            return false;
        };
        let unseen = self
            .rows
            .get(&position)
            .is_some_and(|row| matches!(row.stage, Stage::Queued | Stage::Due));
        if unseen {
            self.remove(position);
        }
        unseen
    }

    /// The lane takes texts from now on: those whose turn it is, to be handed over in this order once stored as `Sending`.
    pub(crate) fn open(&mut self, side: Side) -> Vec<Row> {
        match self.lane_mut(side) {
            Some(lane) => lane.open = true,
            None => return Vec::new(),
        }
        self.call_all(side, Stage::Queued)
    }

    /// The text to that Lync person whose turn it is now, where it waits for nothing else.
    pub(crate) fn next_to(&mut self, row: &Row) -> Option<Row> {
        let position = *self.turns.get(&turn(row))?.front()?;
        self.call(position, Stage::Queued)
    }

    /// The text is stored and its turn has come. False: the lane closed meanwhile and it waits again, or somebody was
    /// here before.
    pub(crate) fn hand_over(&mut self, id: &str) -> bool {
        let Some(row) = self.get(id).filter(|row| row.stage == Stage::Due) else {
            return false;
        };
        let goes = self.is_open(row.side) && self.is_ours(row);
        if let Some(row) = self.row_mut(id) {
            row.stage = if goes { Stage::Sending } else { Stage::Queued };
        }
        goes
    }

    /// The lane takes nothing until it is opened again. What was handed over stays with the link, which tells its outcome.
    pub(crate) fn close(&mut self, side: Side) {
        if let Some(lane) = self.lane_mut(side) {
            lane.open = false;
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
        self.call_all(side, Stage::InDoubt)
    }

    /// Nobody can say any more what became of the texts in doubt: they leave the queue as failed.
    pub(crate) fn unknown(&mut self, side: Side) -> Vec<Row> {
        self.at(side, Stage::InDoubt)
            .into_iter()
            .filter_map(|position| self.remove(position))
            .collect()
    }

    /// Is there a text in doubt?
    pub(crate) fn has_doubts(&self, side: Side) -> bool {
        !self.at(side, Stage::InDoubt).is_empty()
    }

    /// The text in doubt with these words for this person: the server may show it without its id.
    pub(crate) fn in_doubt(&self, side: Side, to: &str, text: &str) -> Option<String> {
        let positions = self.at(side, Stage::InDoubt);
        let mut rows = positions.iter().filter_map(|at| self.rows.get(at));
        rows.find(|row| row.to.eq_ignore_ascii_case(to) && row.text.trim() == text.trim())
            .map(|row| row.id.clone())
    }

    /// The oldest text in doubt of a side: the archive has to be asked from there.
    pub(crate) fn oldest_in_doubt(&self, side: Side) -> Option<Timestamp> {
        self.rows
            .values()
            .filter(|row| {
                row.side == side
                    && self.is_ours(row)
                    && matches!(row.stage, Stage::InDoubt | Stage::Sending)
            })
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
                self.end_turn(position, &taken);
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

    fn lane(&self, side: Side) -> Option<&Lane> {
        match side {
            Side::Lync => Some(&self.lync),
            Side::Xmpp => Some(&self.xmpp),
            Side::Gateway => None,
        }
    }

    fn lane_mut(&mut self, side: Side) -> Option<&mut Lane> {
        match side {
            Side::Lync => Some(&mut self.lync),
            Side::Xmpp => Some(&mut self.xmpp),
            Side::Gateway => None,
        }
    }

    fn is_open(&self, side: Side) -> bool {
        self.lane(side).is_some_and(|lane| lane.open)
    }

    /// Does it belong to the account that signs in? Databases of before accounts were noted name none.
    fn is_ours(&self, row: &Row) -> bool {
        row.account.is_empty()
            || self
                .lane(row.side)
                .is_some_and(|lane| lane.account.eq_ignore_ascii_case(&row.account))
    }

    /// Calls a text whose turn it is: it is `Due` from now on. One that was in doubt and is not the first to its person
    /// waits again.
    fn call(&mut self, position: u64, from: Stage) -> Option<Row> {
        let row = self.rows.get(&position).filter(|row| row.stage == from)?;
        let has_turn = row.side != Side::Lync
            || self
                .turns
                .get(&turn(row))
                .is_some_and(|waiting| waiting.front() == Some(&position));
        let goes =
            has_turn && self.is_ours(row) && (self.is_open(row.side) || from == Stage::InDoubt);
        let row = self.rows.get_mut(&position)?;
        row.stage = if goes { Stage::Due } else { Stage::Queued };
        goes.then(|| row.clone())
    }

    fn call_all(&mut self, side: Side, from: Stage) -> Vec<Row> {
        self.at(side, from)
            .into_iter()
            .filter_map(|position| self.call(position, from))
            .collect()
    }

    /// Where the texts of the own account at this stage are.
    fn at(&self, side: Side, stage: Stage) -> Vec<u64> {
        let those = self
            .rows
            .iter()
            .filter(|(_, row)| row.side == side && row.stage == stage && self.is_ours(row));
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
        if row.side == Side::Lync && row.stage != Stage::Sent {
            self.turns
                .entry(turn(&row))
                .or_default()
                .push_back(self.next);
        }
        self.by_id.insert(row.id.clone(), self.next);
        self.rows.insert(self.next, row);
        self.next += 1;
    }

    fn remove(&mut self, position: u64) -> Option<Row> {
        let row = self.rows.remove(&position)?;
        self.by_id.remove(&row.id);
        self.end_turn(position, &row);
        Some(row)
    }

    fn end_turn(&mut self, position: u64, row: &Row) {
        let key = turn(row);
        if let Some(waiting) = self.turns.get_mut(&key) {
            waiting.retain(|at| *at != position);
            if waiting.is_empty() {
                self.turns.remove(&key);
            }
        }
    }

    fn row_mut(&mut self, id: &str) -> Option<&mut Row> {
        self.rows.get_mut(self.by_id.get(id)?)
    }
}

/// Whose turns a text shares.
fn turn(row: &Row) -> (String, String) {
    (row.account.to_lowercase(), row.to.to_lowercase())
}
