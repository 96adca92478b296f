//! `contacts members`: who is in a group of the directory.

use causeway_api::{Command, DirectoryGroup, Problem, Reply};
use serde_json::json;

use super::{Ctl, contacts, lists};
use crate::outcome::Outcome;
use crate::session::{ask, wrong_reply};
use crate::text::{Cell, Paint, columns, plain};

pub(super) async fn members(ctl: &mut Ctl, address: String) -> Result<Outcome, Problem> {
    let command = Command::GroupMembers { address };
    let reply = ask(&ctl.place, &mut ctl.interrupts, lists::needs(), command).await?;
    let Reply::GroupMembers(group) = reply else {
        return Err(wrong_reply());
    };
    let page = if group.people.is_empty() && group.groups.is_empty() {
        format!("Nobody is in {}\n", plain(&group.name))
    } else {
        contacts::table(ctl.paint, &group.people) + &table(ctl.paint, &group.groups)
    };
    Outcome::new(&json!({ "group": group }), page)
}

/// Groups below people: one is a row with its address.
pub(super) fn table(paint: Paint, groups: &[DirectoryGroup]) -> String {
    let rows: Vec<[Cell; 3]> = groups
        .iter()
        .map(|group| {
            [
                "group".into(),
                group.name.as_str().into(),
                group.address.as_str().into(),
            ]
        })
        .collect();
    columns(paint, &rows)
}
