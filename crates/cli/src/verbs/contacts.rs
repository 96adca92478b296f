//! `contacts` and `search`: people.

use causeway_api::{Command, LinkState, Person, Problem, Reply, SideState};
use causeway_engine::Sides;
use serde_json::json;

use super::{Ctl, directory};
use crate::outcome::{self, Outcome};
use crate::session::{Needs, ask, wrong_reply};
use crate::text::{Cell, Paint, columns, plain};
use crate::words;

pub(super) async fn list(ctl: &mut Ctl) -> Result<Outcome, Problem> {
    let needs = Needs::once(Sides::BOTH);
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs, Command::Contacts).await?;
    let Reply::People {
        people,
        subscriptions,
        links,
    } = reply
    else {
        return Err(wrong_reply());
    };
    let page = match people.as_slice() {
        [] => "Nobody is in the contact list\n".to_owned(),
        people => table(ctl.paint, people),
    };
    for link in links.iter().filter(|link| link.error.is_some()) {
        outcome::warn(&old(link));
    }
    // A list without the people of one side is worth showing, and a failure all the same.
    let problem = links
        .iter()
        .find(|link| !is_coming_back(link.state))
        .and_then(|link| link.error.clone());
    let document = json!({ "people": people, "subscriptions": subscriptions, "links": links });
    Ok(Outcome::new(&document, page)?.but(problem))
}

/// Said of a link that is down.
fn old(link: &LinkState) -> String {
    let side = words::side(link.side);
    let why = match &link.error {
        Some(problem) if is_coming_back(link.state) => format!(": {}", plain(&problem.message)),
        Some(_) | None => String::new(),
    };
    format!(
        "{side}: {}{why}. What is shown of its people is what was known last",
        words::state(link.state)
    )
}

fn is_coming_back(state: SideState) -> bool {
    matches!(
        state,
        SideState::Reconnecting | SideState::WaitingForNetwork
    )
}

pub(super) async fn search(ctl: &mut Ctl, text: String) -> Result<Outcome, Problem> {
    let needs = Needs::once(Sides::LYNC);
    let reply = ask(
        &ctl.place,
        &mut ctl.interrupts,
        needs,
        Command::Search { text },
    )
    .await?;
    let Reply::Search {
        people,
        groups,
        more,
    } = reply
    else {
        return Err(wrong_reply());
    };
    let mut page = match (people.as_slice(), groups.as_slice()) {
        ([], []) => "No one found\n".to_owned(),
        (people, groups) => table(ctl.paint, people) + &directory::table(ctl.paint, groups),
    };
    if more {
        page.push_str("… and more: search for a longer part of the name\n");
    }
    let document = json!({ "people": people, "groups": groups, "more": more });
    Outcome::new(&document, page)
}

pub(super) fn table(paint: Paint, people: &[Person]) -> String {
    let rows: Vec<[Cell; 7]> = people
        .iter()
        .map(|person| {
            [
                words::shape(person.availability),
                person.name.as_str().into(),
                words::availability(person.availability).into(),
                person.activity.as_str().into(),
                person.note.as_str().into(),
                addresses(person).into(),
                person.groups.join(", ").into(),
            ]
        })
        .collect();
    columns(paint, &rows)
}

fn addresses(person: &Person) -> String {
    let xmpp = person
        .addresses
        .xmpp
        .as_ref()
        .map(|address| format!("xmpp:{address}"));
    let both: Vec<&str> = [person.addresses.lync.as_deref(), xmpp.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    both.join(" ")
}

#[cfg(test)]
mod tests {
    use causeway_api::{Addresses, Availability, Network};

    use super::*;

    #[test]
    fn a_person_is_one_row_with_both_addresses() {
        let bob = Person {
            name: "Bob Smith".into(),
            addresses: Addresses {
                lync: Some("sip:bob@contoso.example".into()),
                xmpp: Some("bob@xmpp.example".into()),
            },
            default: Network::Lync,
            availability: Availability::Busy,
            activity: "in-a-meeting".into(),
            note: "Back\nat \x1b[31mnoon".into(),
            groups: vec!["Team".into(), "Friends".into()],
        };
        assert_eq!(
            table(Paint { on: false }, &[bob]),
            "■  Bob Smith  Busy  in-a-meeting  Back at \u{fffd}[31mnoon  \
             sip:bob@contoso.example xmpp:bob@xmpp.example  Team, Friends\n"
        );
    }
}
