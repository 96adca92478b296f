//! `bridge.table`: a status table of the person's own.

use std::path::Path;

use causeway_api as api;
use causeway_api::{Code, Problem};
use causeway_bridge::status::{OwnRows, TableRow, Way};
use causeway_bridge::{Availability, Show};
use serde_json::{Value as Json, json};

use super::value::{Choice, Raw, Value};

/// Longest text or note of a row in characters.
const LONGEST: usize = 200;

impl Choice for Show {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("available", Self::Available),
        ("away", Self::Away),
        ("xa", Self::Xa),
        ("dnd", Self::Dnd),
        ("unavailable", Self::Unavailable),
    ];
}

impl Choice for Way {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("both", Self::Both),
        ("to-lync", Self::ToLync),
        ("to-xmpp", Self::ToXmpp),
    ];
}

/// What can stand in a table; idle and unknown are no choice of anybody.
impl Choice for Availability {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("available", Self::Online),
        ("busy", Self::Busy),
        ("do-not-disturb", Self::DoNotDisturb),
        ("be-right-back", Self::BeRightBack),
        ("away", Self::Away),
        ("off-work", Self::OffWork),
        ("offline", Self::Offline),
    ];
}

impl Value for OwnRows {
    fn expected() -> String {
        format!(
            "a list of at most {} rows such as {{ show = \"away\", text = \"Lunch\", direction = \"both\", lync = \"busy\", \
             note = \"At lunch\" }}; show is {}; direction is {}; lync is {}; offline goes to XMPP only",
            Self::MOST,
            Show::expected(),
            Way::expected(),
            Availability::expected(),
        )
    }

    fn read(raw: &Raw, base: &Path) -> Option<Self> {
        let Raw::List(items) = raw else { return None };
        let rows = items.iter().map(|item| row(item, base));
        Self::new(rows.collect::<Option<_>>()?).ok()
    }

    /// JSON; its fields get the order in which people read a row.
    fn typed(text: &str) -> Raw {
        let Ok(json) = serde_json::from_str(text) else {
            return Raw::Text(text.to_owned());
        };
        let raw = from_json(json);
        match Self::read(&raw, Path::new("")) {
            Some(rows) => Raw::List(rows.rows().iter().map(in_order).collect()),
            None => raw,
        }
    }

    fn show(&self) -> Json {
        let row = |row: &TableRow| Json::Object(fields(row).into_iter().collect());
        self.rows().iter().map(row).collect()
    }

    fn schema() -> Json {
        let text = || json!({ "type": "string", "maxLength": LONGEST });
        json!({
            "type": "array",
            "maxItems": Self::MOST,
            "items": {
                "type": "object",
                "properties": {
                    "show": Show::schema(),
                    "text": text(),
                    "direction": Way::schema(),
                    "lync": Availability::schema(),
                    "note": text(),
                },
                "required": ["show", "lync"],
                "additionalProperties": false,
            },
        })
    }
}

fn row(raw: &Raw, base: &Path) -> Option<TableRow> {
    let Raw::Table(fields) = raw else { return None };
    let (mut show, mut lync) = (None, None);
    let (mut way, mut text, mut note) = (Way::Both, String::new(), String::new());
    for (name, value) in fields {
        match name.as_str() {
            "show" => show = Some(Show::read(value, base)?),
            "lync" => lync = Some(Availability::read(value, base)?),
            "direction" => way = Way::read(value, base)?,
            "text" => text = words(value)?,
            "note" => note = words(value)?,
            _ => return None,
        }
    }
    Some(TableRow {
        show: show?,
        text,
        way,
        lync: lync?,
        note,
    })
}

fn fields(row: &TableRow) -> [(String, Json); 5] {
    [
        ("show".into(), row.show.show()),
        ("text".into(), json!(row.text)),
        ("direction".into(), row.way.show()),
        ("lync".into(), row.lync.show()),
        ("note".into(), json!(row.note)),
    ]
}

fn in_order(row: &TableRow) -> Raw {
    let fields = fields(row).map(|(name, value)| (name, from_json(value)));
    Raw::Table(fields.into())
}

fn words(raw: &Raw) -> Option<String> {
    let Raw::Text(text) = raw else { return None };
    let text = text.trim();
    (text.chars().count() <= LONGEST && !text.contains(char::is_control)).then(|| text.to_owned())
}

fn from_json(value: Json) -> Raw {
    match value {
        Json::String(text) => Raw::Text(text),
        Json::Bool(value) => Raw::Bool(value),
        Json::Number(number) => number.as_i64().map_or(Raw::Other("a number"), Raw::Integer),
        Json::Array(items) => Raw::List(items.into_iter().map(from_json).collect()),
        Json::Object(fields) => Raw::Table(
            fields
                .into_iter()
                .map(|(name, value)| (name, from_json(value)))
                .collect(),
        ),
        Json::Null => Raw::Other("nothing"),
    }
}

/// Rows as they come through the door.
///
/// # Errors
/// `BadConfig` where they are no table.
pub(crate) fn own_rows(rows: &[api::TableRow]) -> Result<OwnRows, Problem> {
    let raw = serde_json::to_value(rows).map(from_json);
    raw.ok()
        .and_then(|raw| OwnRows::read(&raw, Path::new("")))
        .ok_or_else(|| {
            Problem::new(
                Code::BadConfig,
                "configuration",
                format!("Expected {}", OwnRows::expected()),
                "Correct the rows",
            )
            .with("key", "bridge.table")
        })
}
