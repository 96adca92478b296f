//! Addresses as people type them.

use causeway_api::{Code, Network, Problem};
use jid::BareJid;
use ucwa::SipUri;

/// What was typed, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// `sip:bob@contoso.example`
    Lync(SipUri),
    /// `xmpp:carol@xmpp.example`
    Xmpp(BareJid),
    /// `bob@contoso.example`: to be looked up on both sides.
    Either(SipUri, BareJid),
}

/// Parses `sip:…`, `xmpp:…` or a bare address.
///
/// # Errors
/// [`Code::BadAddress`].
pub(crate) fn parse(typed: &str) -> Result<Address, Problem> {
    let typed = typed.trim();
    if let Some(rest) = strip_scheme(typed, "xmpp:") {
        return jid(rest).map(Address::Xmpp).ok_or_else(|| bad(typed));
    }
    if strip_scheme(typed, "sip:")
        .or_else(|| strip_scheme(typed, "sips:"))
        .is_some()
    {
        return typed.parse().map(Address::Lync).map_err(|_| bad(typed));
    }
    match (typed.parse::<SipUri>(), jid(typed)) {
        (Ok(sip), Some(jid)) => Ok(Address::Either(sip, jid)),
        (Ok(sip), None) => Ok(Address::Lync(sip)),
        (Err(_), _) => Err(bad(typed)),
    }
}

/// Decides for one network where a bare address could be of either.
pub(crate) fn choose(
    address: Address,
    network: impl FnOnce(&SipUri, &BareJid) -> Option<Network>,
) -> Result<Target, Problem> {
    match address {
        Address::Lync(sip) => Ok(Target::Lync(sip)),
        Address::Xmpp(jid) => Ok(Target::Xmpp(jid)),
        Address::Either(sip, jid) => match network(&sip, &jid) {
            Some(Network::Lync) => Ok(Target::Lync(sip)),
            Some(Network::Xmpp) => Ok(Target::Xmpp(jid)),
            None => Err(Problem::new(
                Code::BadAddress,
                "address",
                format!("{jid} is known on neither side."),
                format!("Say which network is meant: sip:{jid} or xmpp:{jid}."),
            )
            .with("address", jid.to_string())),
        },
    }
}

/// One address on one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A Lync person.
    Lync(SipUri),
    /// An XMPP contact.
    Xmpp(BareJid),
}

/// A JID with a local part; a resource is cut off, since people are meant here and not their devices.
fn jid(text: &str) -> Option<BareJid> {
    let bare = text
        .split_once('?')
        .map_or(text, |(address, _query)| address);
    let jid = bare.parse::<jid::Jid>().ok()?.into_bare();
    jid.node().is_some().then_some(jid)
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn bad(typed: &str) -> Problem {
    Problem::new(
        Code::BadAddress,
        "address",
        "This is not an address of a person.",
        "Write sip:bob@contoso.example, xmpp:carol@xmpp.example or bob@contoso.example.",
    )
    .with("address", typed.chars().take(200).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str) -> Result<Target, Code> {
        parse(typed)
            .and_then(|address| choose(address, |_, _| None))
            .map_err(|problem| problem.code)
    }

    #[test]
    fn a_scheme_says_which_network_is_meant() {
        assert_eq!(
            check("SIP:bob@contoso.example"),
            Ok(Target::Lync("sip:bob@contoso.example".parse().unwrap()))
        );
        assert_eq!(
            check("xmpp:carol@xmpp.example/phone"),
            Ok(Target::Xmpp("carol@xmpp.example".parse().unwrap()))
        );
        assert_eq!(
            check("xmpp:carol@xmpp.example?message"),
            Ok(Target::Xmpp("carol@xmpp.example".parse().unwrap()))
        );
    }

    #[test]
    fn a_bare_address_is_looked_up() {
        let address = parse(" bob@contoso.example ").unwrap();
        let target = choose(address, |sip, jid| {
            assert_eq!(
                (sip.as_str(), jid.to_string().as_str()),
                ("sip:bob@contoso.example", "bob@contoso.example")
            );
            Some(Network::Xmpp)
        });
        assert_eq!(
            target,
            Ok(Target::Xmpp("bob@contoso.example".parse().unwrap()))
        );
        assert_eq!(check("bob@contoso.example"), Err(Code::BadAddress));
    }

    #[test]
    fn what_is_no_address_is_refused_as_wrong_usage() {
        for typed in [
            "",
            "bob",
            "sip:",
            "xmpp:",
            "xmpp:contoso.example",
            "tel:+491234",
            "a@b@c",
            "é:x@y",
        ] {
            assert_eq!(check(typed), Err(Code::BadAddress), "{typed}");
        }
    }
}
