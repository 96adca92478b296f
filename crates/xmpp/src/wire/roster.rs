//! The roster (RFC 6121 section 2).

use jid::BareJid;
use minidom::Element;
use xmpp_parsers::iq::Iq;
use xmpp_parsers::ns;
use xmpp_parsers::roster::{Ask, Group, Item, Roster, Subscription as Word};

use crate::{Event, RosterItem, Subscription};

/// Asks for the whole roster.
#[must_use]
pub fn roster_query(id: &str) -> Iq {
    Iq::from_get(
        id,
        Roster {
            ver: None,
            items: Vec::new(),
        },
    )
}

/// The roster in the answer to [`roster_query`]; `None` when it is something else.
#[must_use]
pub fn roster(payload: Option<Element>) -> Option<Vec<RosterItem>> {
    let roster = Roster::try_from(payload?).ok()?;
    Some(
        roster
            .items
            .into_iter()
            .filter(|item| item.subscription != Word::Remove)
            .map(item)
            .collect(),
    )
}

/// Adds somebody to the roster, or gives another name or other groups (RFC 6121 sections 2.3 and 2.4): all of them,
/// what is left out is taken away.
#[must_use]
pub fn roster_set(id: &str, jid: BareJid, name: &str, groups: &[String]) -> Iq {
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    let groups = groups.iter().cloned().map(Group).collect();
    change(id, jid, name, groups, Word::None)
}

/// Removes somebody from the roster. The server ends the subscriptions of both directions with it (RFC 6121 section
/// 2.5.2).
#[must_use]
pub fn roster_remove(id: &str, jid: BareJid) -> Iq {
    change(id, jid, None, Vec::new(), Word::Remove)
}

/// The server looks at no other subscription than `remove` (RFC 6121 section 2.1.2.5).
fn change(
    id: &str,
    jid: BareJid,
    name: Option<String>,
    groups: Vec<Group>,
    subscription: Word,
) -> Iq {
    let item = Item {
        jid,
        name,
        subscription,
        approved: None,
        ask: Ask::None,
        groups,
    };
    Iq::from_set(
        id,
        Roster {
            ver: None,
            items: vec![item],
        },
    )
}

/// What to do with a roster push.
#[derive(Debug)]
pub enum Push {
    /// Ours: tell it and answer with an empty result.
    Believed(Box<Event>),
    /// From somebody else, or broken: answer with an error and do nothing (RFC 6121 section 2.1.6).
    Refused,
}

/// Reads an IQ `set`; `None` when it is no roster push.
#[must_use]
pub fn roster_push(own: &BareJid, iq: &Iq) -> Option<Push> {
    let Iq::Set { from, payload, .. } = iq else {
        return None;
    };
    if !payload.is("query", ns::ROSTER) {
        return None;
    }
    if from.as_ref().is_some_and(|from| *from != *own) {
        tracing::warn!("refused a roster push that is not from the own account");
        return Some(Push::Refused);
    }
    let items = Roster::try_from(payload.clone())
        .map(|roster| roster.items)
        .unwrap_or_default();
    let Ok([pushed]) = <[Item; 1]>::try_from(items) else {
        return Some(Push::Refused);
    };
    Some(Push::Believed(Box::new(match pushed.subscription {
        Word::Remove => Event::RosterRemoved(pushed.jid),
        Word::None | Word::From | Word::To | Word::Both => Event::RosterItem(item(pushed)),
    })))
}

fn item(item: Item) -> RosterItem {
    RosterItem {
        subscription: Subscription {
            to: matches!(item.subscription, Word::To | Word::Both),
            from: matches!(item.subscription, Word::From | Word::Both),
            asked: item.ask == Ask::Subscribe,
        },
        jid: item.jid,
        name: item.name.unwrap_or_default(),
        groups: item.groups.into_iter().map(|group| group.0).collect(),
    }
}
