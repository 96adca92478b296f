//! Small things about the accounts and the person.

use std::marker::PhantomData;

use causeway_api::{Network, Settable};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tracing::warn;
use url::Url;
use uuid::Uuid;

use super::Transaction;
use super::transaction::{from_word, micros, timestamp, word};
use crate::lookout::Lookouts;

/// The status that the person chose, kept so that it reverts in time after a restart too.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenStatus {
    /// The value.
    pub value: Settable,
    /// The note given with it.
    #[debug("{:?} bytes", note.as_ref().map(String::len))]
    pub note: Option<String>,
    /// When it reverts to automatic.
    pub until: Option<Timestamp>,
    /// When it was chosen.
    pub at: Timestamp,
}

/// The person paused the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// `None`: until resumed.
    pub until: Option<Timestamp>,
}

/// Where the Lync server was found, for the next start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownServer {
    /// For whom, in small letters.
    pub(crate) account: String,
    /// Where the search began, in place of the domain's names.
    pub(crate) discovery_url: Option<Url>,
    /// Where applications are created.
    pub(crate) applications: Url,
}

/// The place of a single value of type `T`.
#[derive(Clone, Copy, Debug)]
pub struct Slot<T> {
    name: &'static str,
    holds: PhantomData<fn() -> T>,
}

impl<T> Slot<T> {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            holds: PhantomData,
        }
    }
}

impl Slot<ChosenStatus> {
    /// The status that the person chose.
    pub const OWN_STATUS: Self = Self::new("own-status");
}

impl Slot<Pause> {
    /// The pause of the bridge.
    pub const PAUSE: Self = Self::new("pause");
}

impl Slot<Vec<String>> {
    /// Ids of the texts on their way out that wait until their readers are back.
    pub const HELD: Self = Self::new("held");
}

impl Slot<Lookouts> {
    /// Of whom the person wants to know when they are available.
    pub(crate) const LOOKOUTS: Self = Self::new("lookouts");
}

impl Slot<KnownServer> {
    /// Where the Lync server was found last.
    pub(crate) const LYNC_SERVER: Self = Self::new("lync-server");
}

/// Two addresses that the person joined by hand, or split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLink {
    /// SIP URI.
    pub lync: String,
    /// Bare JID.
    pub xmpp: String,
    /// One person; false: two, whatever the addresses look like.
    pub joined: bool,
    /// Network of the next message.
    pub default: Network,
}

impl Transaction<'_> {
    /// The value in a slot. One that this version cannot read counts as none.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn slot<T: DeserializeOwned>(&self, slot: Slot<T>) -> rusqlite::Result<Option<T>> {
        let value: Option<String> = self
            .sql
            .prepare_cached("SELECT value FROM slot WHERE name = ?")?
            .query_row([slot.name], |row| row.get(0))
            .optional()?;
        Ok(value.and_then(|value| {
            serde_json::from_str(&value)
                .inspect_err(|error| warn!(slot = slot.name, %error, "stored value ignored"))
                .ok()
        }))
    }

    /// Puts a value into a slot; `None` empties it.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn set_slot<T: Serialize>(&self, slot: Slot<T>, value: Option<&T>) -> rusqlite::Result<()> {
        let Some(value) = value else {
            self.sql
                .prepare_cached("DELETE FROM slot WHERE name = ?")?
                .execute([slot.name])?;
            return Ok(());
        };
        let value = serde_json::to_string(value)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO slot (name, value) VALUES (?, ?)")?
            .execute([slot.name, value.as_str()])?;
        Ok(())
    }

    /// endpointId (UCWA reference, applications) of an account: made once, the same ever after, so that the server
    /// recognises this installation.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn endpoint_id(&self, account: &str) -> rusqlite::Result<Uuid> {
        let kept: Option<Option<String>> = self
            .sql
            .prepare_cached("SELECT endpoint FROM account WHERE name = ?")?
            .query_row([account], |row| row.get(0))
            .optional()?;
        if let Some(id) = kept.flatten().and_then(|id| Uuid::parse_str(&id).ok()) {
            return Ok(id);
        }
        let id = Uuid::new_v4();
        self.sql
            .prepare_cached(
                "INSERT INTO account (name, endpoint) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET endpoint = excluded.endpoint",
            )?
            .execute([account, &id.to_string()])?;
        Ok(id)
    }

    /// Time of the newest archived text known for an account (XEP-0313); catch-up starts there.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn archive_stamp(&self, account: &str) -> rusqlite::Result<Option<Timestamp>> {
        let stamp: Option<Option<i64>> = self
            .sql
            .prepare_cached("SELECT archive_stamp FROM account WHERE name = ?")?
            .query_row([account], |row| row.get(0))
            .optional()?;
        stamp.flatten().map(|stamp| timestamp(0, stamp)).transpose()
    }

    /// Moves the stamp of an account forward; an older one changes nothing.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn advance_archive_stamp(&self, account: &str, stamp: Timestamp) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO account (name, archive_stamp) VALUES (?, ?) ON CONFLICT (name) DO UPDATE
                 SET archive_stamp = max(coalesce(archive_stamp, excluded.archive_stamp), excluded.archive_stamp)",
            )?
            .execute(params![account, micros(stamp)])?;
        Ok(())
    }

    /// Joins or splits two addresses by hand.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn set_person_link(&self, link: &PersonLink) -> rusqlite::Result<()> {
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO person_link (lync, xmpp, joined, default_network) VALUES (?, ?, ?, ?)")?
            .execute(params![link.lync, link.xmpp, link.joined, word(link.default)?])?;
        Ok(())
    }

    /// All that was joined or split by hand.
    ///
    /// # Errors
    /// Of SQLite.
    pub fn person_links(&self) -> rusqlite::Result<Vec<PersonLink>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT lync, xmpp, joined, default_network FROM person_link ORDER BY lync, xmpp",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(PersonLink {
                lync: row.get(0)?,
                xmpp: row.get(1)?,
                joined: row.get(2)?,
                default: from_word(3, row.get(3)?)?,
            })
        })?;
        rows.collect()
    }
}
