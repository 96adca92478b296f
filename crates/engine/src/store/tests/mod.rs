//! Tests of the store, by subject, with the few things that all of them need.

mod chats;
mod crash;
mod disk;
mod history;
mod queue;
mod rest;

use std::path::Path;

use causeway_api::{DeliveryState, Direction, Message, Origin, Side};
use jiff::Timestamp;

use super::{DataDir, Keep, Outgoing, Store, Transaction};
use crate::config::{History, HistoryMode, Setting};

fn keeping(mode: HistoryMode, days: u32) -> History {
    let origin = Origin::BuiltIn;
    History {
        mode: Setting {
            value: mode,
            origin,
        },
        days: Setting {
            value: days,
            origin,
        },
    }
}

fn open(dir: &Path) -> Store {
    open_keeping(dir, keeping(HistoryMode::Disk, 365))
}

fn open_keeping(dir: &Path, history: History) -> Store {
    let (store, damage) = Store::open(DataDir::open(dir).unwrap(), history).unwrap();
    assert_eq!(damage, None);
    store
}

/// Runs `work` and gives what it answers.
async fn run<R: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<R> + Send + 'static,
) -> R {
    store.transaction(Keep::Kill, work).await.unwrap()
}

fn message(id: &str, text: &str) -> Message {
    Message {
        id: id.into(),
        conversation: "lync:sip:ben@contoso.example".into(),
        side: Side::Lync,
        direction: Direction::In,
        from: "sip:ben@contoso.example".into(),
        to: "sip:anna@contoso.example".into(),
        name: Some("Ben Ek".into()),
        text: text.into(),
        sent_at: "2026-11-21T22:10:00.123Z".parse().unwrap(),
        late: false,
        relay: false,
    }
}

fn outgoing(id: &str, text: &str) -> Outgoing {
    Outgoing {
        id: id.into(),
        side: Side::Xmpp,
        to: "anna@phone.example".into(),
        thread: Some("t1".into()),
        text: text.into(),
        created: Timestamp::from_second(1_764_000_000).unwrap(),
        state: DeliveryState::Queued,
        attempts: 0,
        origin: Some("m1".into()),
        reason: None,
        account: "sip:anna@contoso.example".into(),
    }
}

/// The last texts of a conversation, oldest first.
fn texts_of(t: &Transaction<'_>, conversation: &str, limit: u32) -> rusqlite::Result<Vec<Message>> {
    let (texts, _) = t.past(&[conversation.to_owned()], None, limit)?;
    Ok(texts.into_iter().map(|past| past.message).collect())
}
