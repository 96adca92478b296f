//! Presence, own and others', and subscriptions.

use jid::{BareJid, FullJid, Jid};
use jiff::Timestamp;
use xmpp_parsers::idle::Idle;
use xmpp_parsers::ns;
use xmpp_parsers::presence::{Presence as Stanza, Show as Word, Type};

use super::answers::caps;
use super::element::payload;
use super::stamp::{from_stamp, stamp};
use super::text::xml_text;
use crate::{Event, Presence, Show};

/// What a presence tells. Our own resource's echo and the notices that a roster push repeats tell nothing.
#[must_use]
pub fn presence_event(own: &FullJid, stanza: &Stanza) -> Option<Event> {
    let from = stanza.from.clone()?;
    if from == *own {
        return None;
    }
    match stanza.type_ {
        Type::None | Type::Unavailable => {}
        Type::Subscribe => return Some(Event::SubscriptionRequest(from.into_bare())),
        Type::Error | Type::Probe | Type::Subscribed | Type::Unsubscribe | Type::Unsubscribed => {
            return None;
        }
    }
    let show = match (&stanza.type_, &stanza.show) {
        (Type::Unavailable, _) => Show::Unavailable,
        (_, None) => Show::Available,
        (_, Some(Word::Chat)) => Show::Chat,
        (_, Some(Word::Away)) => Show::Away,
        (_, Some(Word::Xa)) => Show::Xa,
        (_, Some(Word::Dnd)) => Show::Dnd,
    };
    let status = stanza
        .statuses
        .get("")
        .or_else(|| stanza.statuses.values().next());
    Some(Event::Presence(Presence {
        from,
        show,
        status: status.cloned().unwrap_or_default(),
        priority: stanza.priority.0,
        idle_since: payload::<Idle>(&stanza.payloads, "idle", ns::IDLE)
            .and_then(|idle| from_stamp(&idle.since)),
    }))
}

/// Own presence with entity capabilities (XEP-0115) and idle time (XEP-0319).
#[must_use]
pub fn own_presence(show: Show, status: &str, idle_since: Option<Timestamp>) -> Stanza {
    let mut stanza = match show {
        Show::Unavailable => Stanza::unavailable(),
        Show::Available | Show::Chat => Stanza::available(),
        Show::Away => Stanza::available().with_show(Word::Away),
        Show::Xa => Stanza::available().with_show(Word::Xa),
        Show::Dnd => Stanza::available().with_show(Word::Dnd),
    };
    if !status.is_empty() {
        stanza.set_status("", xml_text(status));
    }
    if show == Show::Unavailable {
        return stanza;
    }
    if let Some(caps) = caps() {
        stanza.add_payload(caps);
    }
    if let Some(since) = idle_since.and_then(stamp) {
        stanza.add_payload(Idle { since });
    }
    stanza
}

/// RFC 6121 section 3.1.1: asks for a contact's presence.
#[must_use]
pub fn subscribe(to: BareJid) -> Stanza {
    Stanza::subscribe().with_to(Jid::from(to))
}

/// RFC 6121 sections 3.1.4 and 3.2: allows or refuses a contact to see our presence.
#[must_use]
pub fn subscription_answer(to: BareJid, allow: bool) -> Stanza {
    let kind = if allow {
        Type::Subscribed
    } else {
        Type::Unsubscribed
    };
    Stanza::new(kind).with_to(Jid::from(to))
}
