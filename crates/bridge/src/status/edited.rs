//! Rows of the person's own. A row with a text goes before one without; else the first that fits decides.

use jiff::Zoned;

use super::{LyncChoice, LyncState, TableRow, Way, presets};
use crate::{Availability, Preset, Settable, Show};

const TIME: &str = "{time}";
const DATE: &str = "{date}";

/// Why rows are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongRow {
    /// This one, from 0, is about what nobody can choose in Lync: idle or unknown, or offline towards Lync.
    NotSettable(usize),
    /// This one, from 0, is about nobody being there, which has no row.
    NotThere(usize),
    /// There are more than [`OwnRows::MOST`].
    TooMany,
}

/// Rows that stand for a table of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRows(Vec<TableRow>);

impl OwnRows {
    /// Most rows of a table.
    pub const MOST: usize = 100;

    /// Rows that can be.
    ///
    /// # Errors
    /// The first that cannot, or that there are too many.
    pub fn new(rows: Vec<TableRow>) -> Result<Self, WrongRow> {
        if rows.len() > Self::MOST {
            return Err(WrongRow::TooMany);
        }
        for (place, row) in rows.iter().enumerate() {
            let shown_only = row.way == Way::ToXmpp;
            if row.show == Show::Unavailable && !shown_only {
                return Err(WrongRow::NotThere(place));
            }
            let known = settable(row.lync).is_some() || row.lync == Availability::Offline;
            if !known || (row.lync == Availability::Offline && !shown_only) {
                return Err(WrongRow::NotSettable(place));
            }
        }
        Ok(Self(rows))
    }

    /// The rows in their order.
    #[must_use]
    pub fn rows(&self) -> &[TableRow] {
        &self.0
    }
}

fn settable(availability: Availability) -> Option<Settable> {
    Some(match availability {
        Availability::Online => Settable::Online,
        Availability::Busy => Settable::Busy,
        Availability::DoNotDisturb => Settable::DoNotDisturb,
        Availability::BeRightBack => Settable::BeRightBack,
        Availability::Away => Settable::Away,
        Availability::OffWork => Settable::Offwork,
        Availability::IdleOnline
        | Availability::IdleBusy
        | Availability::Offline
        | Availability::Unknown => return None,
    })
}

pub(super) fn to_lync(rows: &[TableRow], show: Show, status: &str) -> Option<LyncChoice> {
    let show = if show == Show::Chat {
        Show::Available
    } else {
        show
    };
    let fitting = || {
        rows.iter()
            .filter(|row| row.way != Way::ToXmpp && row.show == show)
    };
    let row = fitting()
        .find(|row| !row.text.is_empty() && says(status, &row.text))
        .or_else(|| fitting().find(|row| row.text.is_empty()))?;
    Some(LyncChoice {
        status: settable(row.lync)?,
        note: note(row, status),
    })
}

/// Whether a status text begins with the words of a row, as far as they stand before what changes with each end.
fn says(status: &str, words: &str) -> bool {
    let fixed = words.split('{').next().unwrap_or(words);
    let fixed = fixed.trim().trim_end_matches(':').to_lowercase();
    fixed.is_empty() || presets::starts_with_word(status, &fixed)
}

/// The note for Lync. What it wants to name and the text does not say cannot be named: then the text is kept.
fn note(row: &TableRow, status: &str) -> String {
    let (time, date) = (word(status, is_time), word(status, is_date));
    let unsaid = |mark, word: Option<&str>| row.note.contains(mark) && word.is_none();
    if row.note.is_empty() || unsaid(TIME, time) || unsaid(DATE, date) {
        return status.to_owned();
    }
    fill(
        &row.note,
        time.unwrap_or_default(),
        date.unwrap_or_default(),
    )
}

fn fill(template: &str, time: &str, date: &str) -> String {
    template.replace(TIME, time).replace(DATE, date)
}

fn word(text: &str, is: fn(&str) -> bool) -> Option<&str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .find(|word| is(word))
}

/// `9:30`
fn is_time(word: &str) -> bool {
    numbers(word, ':').is_some_and(|count| count == 2)
}

/// `24.12.2026`, `2026-12-24`, `24/12/2026`
fn is_date(word: &str) -> bool {
    ['.', '-', '/']
        .into_iter()
        .any(|between| numbers(word, between).is_some_and(|count| count == 3))
}

fn numbers(word: &str, between: char) -> Option<usize> {
    let number = |part: &str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts = word.split(between);
    parts.clone().all(number).then(|| parts.count())
}

/// The row for a state that has no end.
pub(super) fn to_xmpp<'a>(
    rows: &'a [TableRow],
    preset: Preset,
    state: &LyncState,
) -> Option<&'a TableRow> {
    let gone = preset == Preset::Standard && presets::gone_for_long(state);
    let lync = if state.availability == Availability::IdleBusy {
        Availability::Busy
    } else if state.availability == Availability::Away && gone {
        Availability::OffWork
    } else {
        state.availability
    };
    rows.iter()
        .find(|row| row.way != Way::ToLync && row.lync == lync && !has_end(row))
}

/// What is said in XMPP beside the `show`; `None`: as the preset has it.
pub(super) fn status_text(row: &TableRow, preset: Preset, state: &LyncState) -> Option<String> {
    let more_telling =
        preset == Preset::Standard && (!state.note.is_empty() || !state.activity.is_empty());
    (!more_telling && !row.text.is_empty()).then(|| row.text.clone())
}

/// The text of a row for a state that ends.
pub(super) fn til(rows: &[TableRow], status: Settable, end: &Zoned) -> Option<String> {
    let row = rows
        .iter()
        .find(|row| row.way != Way::ToLync && row.lync == status.shown() && has_end(row))?;
    let (time, date) = (end.strftime("%H:%M"), end.strftime("%d.%m.%Y"));
    Some(fill(&row.text, &time.to_string(), &date.to_string()))
}

fn has_end(row: &TableRow) -> bool {
    row.text.contains(TIME) || row.text.contains(DATE)
}
