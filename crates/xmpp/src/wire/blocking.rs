//! Whom our server lets through (XEP-0191).

use jid::{BareJid, Jid};
use minidom::Element;
use xmpp_parsers::blocking::{Block, BlocklistRequest, BlocklistResult, Unblock};
use xmpp_parsers::iq::Iq;

use crate::Event;

/// Blocks somebody, or lets them through again. The server then lets neither their stanzas in nor ours out.
#[must_use]
pub fn block(id: &str, jid: BareJid, on: bool) -> Iq {
    // INVARIANT: never an empty list: an `unblock` without items would let everybody through.
    let items = vec![jid.into()];
    if on {
        Iq::from_set(id, Block { items })
    } else {
        Iq::from_set(id, Unblock { items })
    }
}

/// Asks who is blocked; from then on the server tells what changes (section 3.1).
#[must_use]
pub fn blocklist_query(id: &str) -> Iq {
    Iq::from_get(id, BlocklistRequest)
}

/// Who is blocked. Parts of an account, and whole servers, are nobody.
#[must_use]
pub fn blocklist(payload: Option<Element>) -> Option<Vec<BareJid>> {
    let result = BlocklistResult::try_from(payload?).ok()?;
    Some(people(result.items))
}

/// A change that our own server tells.
#[must_use]
pub fn block_push(own: &BareJid, iq: &Iq) -> Option<Event> {
    let Iq::Set { from, payload, .. } = iq else {
        return None;
    };
    // Anybody else who says so lies (RFC 6120 section 8.1.2.1).
    if from.as_ref().is_some_and(|from| *from != *own) {
        return None;
    }
    if let Ok(block) = Block::try_from(payload.clone()) {
        let jids = people(block.items);
        return Some(Event::BlockChanged { jids, on: true });
    }
    let unblock = Unblock::try_from(payload.clone()).ok()?;
    if unblock.items.is_empty() {
        return Some(Event::Blocked(Vec::new()));
    }
    let jids = people(unblock.items);
    Some(Event::BlockChanged { jids, on: false })
}

fn people(items: Vec<Jid>) -> Vec<BareJid> {
    let whole = |jid: &Jid| jid.resource().is_none() && jid.node().is_some();
    let people = items.into_iter().filter(whole);
    people.map(|jid| jid.to_bare()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_blocked_and_let_through_again() {
        for (on, name) in [(true, "block"), (false, "unblock")] {
            let iq: Element = block("b1", "mallory@evil.test".parse().unwrap(), on).into();
            assert_eq!((iq.attr("type"), iq.attr("to")), (Some("set"), None));
            let asked = iq.get_child(name, "urn:xmpp:blocking").unwrap();
            let whom: Vec<_> = asked
                .children()
                .filter_map(|item| item.attr("jid"))
                .collect();
            assert_eq!(whom, ["mallory@evil.test"]);
        }
    }

    fn pushed(from: &str, change: &str) -> Option<(Vec<String>, bool)> {
        let text = format!("<iq xmlns='jabber:client' type='set' id='p1' {from}>{change}</iq>");
        let iq = Iq::try_from(text.parse::<Element>().unwrap()).unwrap();
        let own = "anna@xmpp.example".parse().unwrap();
        let event = block_push(&own, &iq)?;
        if let Event::BlockChanged { jids, on } = event {
            return Some((jids.iter().map(ToString::to_string).collect(), on));
        }
        assert!(matches!(event, Event::Blocked(jids) if jids.is_empty()));
        Some((vec!["everybody".to_owned()], false))
    }

    #[test]
    fn the_server_tells_what_another_client_blocked_and_nobody_else_does() {
        let block = "<block xmlns='urn:xmpp:blocking'><item jid='mallory@evil.test'/><item jid='evil.test'/></block>";
        let mallory = || vec!["mallory@evil.test".to_owned()];
        assert_eq!(pushed("", block), Some((mallory(), true)));
        assert_eq!(
            pushed("from='anna@xmpp.example'", block),
            Some((mallory(), true))
        );
        assert_eq!(pushed("from='mallory@evil.test'", block), None);
        let all = "<unblock xmlns='urn:xmpp:blocking'/>";
        assert_eq!(pushed("", all), Some((vec!["everybody".to_owned()], false)));
        let server = "<unblock xmlns='urn:xmpp:blocking'><item jid='evil.test'/></unblock>";
        assert_eq!(pushed("", server), Some((Vec::new(), false)));
    }
}
