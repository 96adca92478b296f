//! `presence`: of anyone, in the contact list or not.

use causeway_api::{Command, Presence, Problem, Reply};
use causeway_engine::Sides;
use serde_json::json;

use super::Ctl;
use crate::outcome::Outcome;
use crate::session::{Needs, ask, wrong_reply};
use crate::text::{Cell, Paint, columns};
use crate::words;

pub(super) async fn run(ctl: &mut Ctl, addresses: Vec<String>) -> Result<Outcome, Problem> {
    let needs = Needs::once(sides_of(addresses.iter().map(String::as_str)));
    let command = Command::Presence { addresses };
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs, command).await?;
    let Reply::Presence { mut presence } = reply else {
        return Err(wrong_reply());
    };
    for one in &mut presence {
        one.address = with_scheme(std::mem::take(&mut one.address));
    }
    let page = table(ctl.paint, &presence);
    Outcome::new(&json!({ "presence": presence }), page)
}

/// An answer can be typed again and means the same network.
fn with_scheme(address: String) -> String {
    if has_scheme(&address, "sip") || has_scheme(&address, "xmpp") {
        address
    } else {
        format!("xmpp:{address}")
    }
}

fn has_scheme(address: &str, scheme: &str) -> bool {
    address
        .split_once(':')
        .is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme))
}

/// The sides on which addresses are looked up: a scheme names one.
pub(super) fn sides_of<'a>(addresses: impl Iterator<Item = &'a str> + Clone) -> Sides {
    Sides {
        lync: addresses
            .clone()
            .any(|address| !has_scheme(address, "xmpp")),
        xmpp: addresses.clone().any(|address| !has_scheme(address, "sip")),
    }
}

fn table(paint: Paint, presence: &[Presence]) -> String {
    let rows: Vec<[Cell; 7]> = presence
        .iter()
        .map(|one| {
            let last_active = one
                .last_active
                .map(|at| format!("last active {}", words::time(at)));
            [
                words::shape(one.availability),
                one.address.as_str().into(),
                words::availability(one.availability).into(),
                one.activity.as_deref().unwrap_or_default().into(),
                one.note.as_deref().unwrap_or_default().into(),
                last_active.unwrap_or_default().into(),
                one.device.as_deref().unwrap_or_default().into(),
            ]
        })
        .collect();
    columns(paint, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_its_network() {
        assert_eq!(
            with_scheme("carol@xmpp.example".into()),
            "xmpp:carol@xmpp.example"
        );
        assert_eq!(
            with_scheme("sip:bob@contoso.example".into()),
            "sip:bob@contoso.example"
        );
    }

    #[test]
    fn only_the_sides_that_the_addresses_name_are_started() {
        let check = |addresses: &[&str], expected| {
            assert_eq!(sides_of(addresses.iter().copied()), expected)
        };
        check(&["sip:bob@contoso.example"], Sides::LYNC);
        check(&["XMPP:carol@xmpp.example"], Sides::XMPP);
        check(&["bob@contoso.example"], Sides::BOTH);
        check(
            &["sip:bob@contoso.example", "xmpp:carol@xmpp.example"],
            Sides::BOTH,
        );
    }
}
