//! `contacts add`, `remove`, `move` and the groups: changing the contact lists.

use causeway_api::{Command, ContactList, GroupKind, Network, Problem, Reply};
use causeway_engine::Sides;
use serde_json::json;

use super::Ctl;
use crate::args::ContactsVerb;
use crate::outcome::Outcome;
use crate::session::{Needs, ask, wrong_reply};
use crate::text::{Cell, Paint, columns, plain};

pub(super) async fn run(ctl: &mut Ctl, verb: ContactsVerb) -> Result<Outcome, Problem> {
    let (command, done) = match verb {
        ContactsVerb::Groups => return groups(ctl).await,
        ContactsVerb::Members { address } => return super::directory::members(ctl, address).await,
        ContactsVerb::Privacy { address, level } => {
            return super::privacy::run(ctl, address, level).await;
        }
        ContactsVerb::AddGroup { address } => {
            let done = format!("{address} is in the list");
            (Command::AddDirectoryGroup { address }, done)
        }
        ContactsVerb::RemoveGroup { address } => {
            let done = format!("{address} is not in the list any more");
            (Command::RemoveDirectoryGroup { address }, done)
        }
        ContactsVerb::Add {
            address,
            group,
            name,
        } => {
            let place = group.as_ref().map(|group| format!(" ({group})"));
            let done = format!("{address} is a contact{}", place.unwrap_or_default());
            let add = Command::AddContact {
                address,
                group,
                name,
            };
            (add, done)
        }
        ContactsVerb::Remove { address, group } => {
            let done = match &group {
                Some(group) => format!("{address} is not in {group} any more"),
                None => format!("{address} is no contact any more"),
            };
            (Command::RemoveContact { address, group }, done)
        }
        ContactsVerb::Move {
            address,
            group,
            from,
        } => {
            let done = format!("{address} is in {group}");
            let to = group;
            (Command::MoveContact { address, to, from }, done)
        }
        ContactsVerb::Block { address } => {
            let done = format!("{address} is blocked");
            (Command::Block { address, on: true }, done)
        }
        ContactsVerb::Unblock { address } => {
            let done = format!("{address} is let through again");
            (Command::Block { address, on: false }, done)
        }
        ContactsVerb::CreateGroup { name } => {
            let done = format!("There is a group {name}");
            (Command::CreateGroup { name }, done)
        }
        ContactsVerb::RenameGroup { name, to } => {
            let done = format!("The group {name} is {to} now");
            (Command::RenameGroup { name, to }, done)
        }
        ContactsVerb::DeleteGroup { name } => {
            let done = format!("The group {name} is gone; its members stay contacts");
            (Command::DeleteGroup { name }, done)
        }
    };
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs(), command).await?;
    let Reply::Done = reply else {
        return Err(wrong_reply());
    };
    Outcome::new(&json!({ "done": true }), format!("{}\n", plain(&done)))
}

async fn groups(ctl: &mut Ctl) -> Result<Outcome, Problem> {
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs(), Command::Lists).await?;
    let Reply::Lists { lists } = reply else {
        return Err(wrong_reply());
    };
    let page = table(ctl.paint, &lists);
    Outcome::new(&json!({ "lists": lists }), page)
}

pub(super) fn needs() -> Needs {
    Needs::once(Sides::BOTH)
}

fn table(paint: Paint, lists: &[ContactList]) -> String {
    let mut page = String::new();
    for list in lists {
        let network = match list.network {
            Network::Lync => "Lync",
            Network::Xmpp => "XMPP",
        };
        page.push_str(&format!("{network}: {}\n", can(list.editable)));
        let rows: Vec<[Cell; 3]> = list
            .groups
            .iter()
            .map(|group| {
                let address = group.address.as_deref().unwrap_or_default();
                [
                    group.name.as_str().into(),
                    kind(group.kind).into(),
                    address.into(),
                ]
            })
            .collect();
        page.push_str(&columns(paint, &rows));
    }
    page
}

fn can(editable: bool) -> &'static str {
    if editable {
        "can be changed"
    } else {
        "can be changed in the Lync client only"
    }
}

fn kind(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Own => "",
        GroupKind::Pinned => "favourites",
        GroupKind::Default => "who is in no other group",
        GroupKind::Directory => "of the directory",
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::ContactGroup;

    use super::*;

    #[test]
    fn a_list_says_whether_it_can_be_changed_and_which_groups_stay() {
        let group = |name: &str, kind| ContactGroup {
            name: name.into(),
            kind,
            address: None,
        };
        let list = ContactList {
            network: Network::Lync,
            editable: false,
            groups: vec![
                group("Other Contacts", GroupKind::Default),
                group("Team", GroupKind::Own),
            ],
        };
        assert_eq!(
            table(Paint { on: false }, &[list]),
            "Lync: can be changed in the Lync client only\nOther Contacts  who is in no other group\nTeam\n"
        );
    }
}
