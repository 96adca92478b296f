//! The bridge for a screen: both sides, what crossed, the table in force.

use causeway_api as api;
use causeway_api::{BridgeReport, Problem, RowDirection, Side, SideInfo, SideState, TableRow};
use causeway_bridge::status::{self, Way};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::{
    bridging,
    config::{self, Preset},
    core::Core,
    link::Slot,
    send::Answer,
};

/// So many texts are told.
const MOST_ENTRIES: u32 = 100;

impl Core {
    /// Both sides and what crossed between them.
    pub(super) fn bridge_report(&self, answer: Answer) {
        let bridge = &self.configuration.settings.bridge;
        let managed = |key: &str| {
            let mut entries = self.configuration.entries.iter();
            entries.any(|entry| entry.key == key && entry.managed)
        };
        let report = BridgeReport {
            sides: self.sides().map(|side| self.side_info(side)).collect(),
            enabled: self.options.bridge && bridge.enabled.value,
            paused: self.pause.is_some(),
            paused_until: self.pause.and_then(|pause| pause.until),
            today: api::Crossed::default(),
            preset: told_preset(bridge.preset.value),
            edited: bridge.table.value.is_some(),
            table_managed: managed("bridge.table"),
            table: bridge
                .status_table()
                .rows()
                .into_iter()
                .map(told_row)
                .collect(),
            log: Vec::new(),
        };
        let midnight = midnight(self.now, &TimeZone::system());
        self.answer_from_store(answer, move |t| {
            Ok(api::Reply::Bridge(BridgeReport {
                today: t.crossed_since(midnight)?,
                log: t.crossings(MOST_ENTRIES)?,
                ..report
            }))
        });
    }

    fn side_info(&self, side: Side) -> SideInfo {
        let address = self.own_address(side);
        let address = address.strip_prefix("sip:").unwrap_or(&address).to_owned();
        match side {
            Side::Lync => info(&self.lync, address),
            Side::Xmpp | Side::Gateway => info(&self.xmpp, address),
        }
    }
}

fn info<L, E>(slot: &Slot<L, E>, address: String) -> SideInfo {
    SideInfo {
        side: slot.side,
        address,
        state: slot.state(),
        server: slot.server.clone(),
        method: slot.signed_in.as_ref().map(|how| how.method.clone()),
        passed_over: slot
            .signed_in
            .as_ref()
            .map(|how| how.passed_over.clone())
            .unwrap_or_default(),
        since: slot.since.filter(|_| slot.state() != SideState::SignedOut),
        resumed: slot.resumed,
    }
}

/// What Lync people would see of an XMPP status.
pub(super) fn preview(
    preset: api::Preset,
    table: Option<&[TableRow]>,
    show: api::Show,
    text: &str,
) -> Result<api::Reply, Problem> {
    let preset = match preset {
        api::Preset::Standard => Preset::Standard,
        api::Preset::Openscape => Preset::Openscape,
    };
    let show = match show {
        api::Show::Available => causeway_bridge::Show::Available,
        api::Show::Away => causeway_bridge::Show::Away,
        api::Show::Xa => causeway_bridge::Show::Xa,
        api::Show::Dnd => causeway_bridge::Show::Dnd,
        api::Show::Unavailable => causeway_bridge::Show::Unavailable,
    };
    let own = table.map(config::own_rows).transpose()?;
    let choice = status::Table::new(preset, own).to_lync(show, text, false);
    let availability = choice.as_ref().map(|choice| choice.status.shown());
    Ok(api::Reply::Preview {
        availability: availability.map_or(api::Availability::Unknown, bridging::told_availability),
        note: choice.map(|choice| choice.note).unwrap_or_default(),
    })
}

fn told_preset(preset: Preset) -> api::Preset {
    match preset {
        Preset::Standard => api::Preset::Standard,
        Preset::Openscape => api::Preset::Openscape,
    }
}

fn told_row(row: status::TableRow) -> TableRow {
    TableRow {
        show: match row.show {
            causeway_bridge::Show::Available | causeway_bridge::Show::Chat => api::Show::Available,
            causeway_bridge::Show::Away => api::Show::Away,
            causeway_bridge::Show::Xa => api::Show::Xa,
            causeway_bridge::Show::Dnd => api::Show::Dnd,
            causeway_bridge::Show::Unavailable => api::Show::Unavailable,
        },
        text: row.text,
        direction: match row.way {
            Way::Both => RowDirection::Both,
            Way::ToLync => RowDirection::ToLync,
            Way::ToXmpp => RowDirection::ToXmpp,
        },
        lync: bridging::told_availability(row.lync),
        note: row.note,
    }
}

/// The beginning of this day.
fn midnight(now: Timestamp, clock: &TimeZone) -> Timestamp {
    now.to_zoned(clock.clone())
        .start_of_day()
        .map_or(now, |begin| begin.timestamp())
}
