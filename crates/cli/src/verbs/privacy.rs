//! `contacts privacy`: what people may see.

use causeway_api::{Command, Privacy, PrivacyLevel, Problem, Reply};
use serde_json::json;

use super::{Ctl, lists};
use crate::args::LevelWord;
use crate::outcome::Outcome;
use crate::session::{ask, wrong_reply};
use crate::text::{Cell, Paint, columns};

pub(super) async fn run(
    ctl: &mut Ctl,
    address: Option<String>,
    level: Option<LevelWord>,
) -> Result<Outcome, Problem> {
    let command = match (address, level) {
        (None, _) => Command::PrivacyLevels,
        (Some(address), None) => Command::Privacy { address },
        (Some(address), Some(level)) => Command::SetPrivacy {
            address,
            level: meant(level),
        },
    };
    let reply = ask(&ctl.place, &mut ctl.interrupts, lists::needs(), command).await?;
    let Reply::Privacy { levels } = reply else {
        return Err(wrong_reply());
    };
    let page = match levels.as_slice() {
        [] => "Nothing is known\n".to_owned(),
        levels => table(ctl.paint, levels),
    };
    Outcome::new(&json!({ "levels": levels }), page)
}

fn meant(word: LevelWord) -> Option<PrivacyLevel> {
    match word {
        LevelWord::External => Some(PrivacyLevel::External),
        LevelWord::Colleagues => Some(PrivacyLevel::Colleagues),
        LevelWord::Workgroup => Some(PrivacyLevel::Workgroup),
        LevelWord::FriendsAndFamily => Some(PrivacyLevel::FriendsAndFamily),
        LevelWord::Blocked => Some(PrivacyLevel::Blocked),
        LevelWord::Usual => None,
    }
}

fn table(paint: Paint, levels: &[Privacy]) -> String {
    let rows: Vec<[Cell; 2]> = levels
        .iter()
        .map(|one| [one.address.as_str().into(), word(one.level).into()])
        .collect();
    columns(paint, &rows)
}

fn word(level: Option<PrivacyLevel>) -> &'static str {
    match level {
        Some(PrivacyLevel::Unknown) => "not known",
        Some(PrivacyLevel::External) => "external contact",
        Some(PrivacyLevel::Colleagues) => "colleague",
        Some(PrivacyLevel::Workgroup) => "workgroup",
        Some(PrivacyLevel::FriendsAndFamily) => "friend or family",
        Some(PrivacyLevel::Blocked) => "blocked",
        None => "not blocked",
    }
}
