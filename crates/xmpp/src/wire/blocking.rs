//! Whom our server lets through (XEP-0191).

use jid::BareJid;
use xmpp_parsers::blocking::{Block, Unblock};
use xmpp_parsers::iq::Iq;

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

#[cfg(test)]
mod tests {
    use minidom::Element;

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
}
