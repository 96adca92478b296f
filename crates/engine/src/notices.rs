//! What a person has to know and no link's state tells: a database that was begun anew, texts of another account.

use causeway_api::{Code, Kind, Problem, Side};

use crate::{core::Core, problems::side_name};

/// What is to be known, in the order in which it was found.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    /// The database was damaged.
    damage: Option<Problem>,
    /// So many texts wait for the account that they were written as.
    waiting: Vec<(Side, usize)>,
}

impl Notices {
    /// What opening the store found.
    pub(crate) fn beginning_with(damage: Option<Problem>) -> Self {
        Self {
            damage,
            waiting: Vec::new(),
        }
    }

    /// As told through the door.
    pub(crate) fn kind(&self) -> Kind {
        let waiting = self.waiting.iter().map(|(side, texts)| {
            let name = side_name(*side);
            Problem::new(
                Code::OtherAccount,
                "sending",
                format!("{texts} texts on the {name} side were written with another account and wait for it"),
                "Sign in with that account again to send them",
            )
            .with("side", name)
            .with("texts", *texts)
        });
        Kind::Notices {
            problems: self.damage.iter().cloned().chain(waiting).collect(),
        }
    }

    /// Nothing has to be known.
    pub(crate) fn is_empty(&self) -> bool {
        self.damage.is_none() && self.waiting.is_empty()
    }
}

impl Core {
    /// So many texts of a side wait for another account.
    pub(crate) fn note_waiting(&mut self, side: Side, texts: usize) {
        let before = self.notices.waiting.clone();
        self.notices.waiting.retain(|(other, _)| *other != side);
        if texts > 0 {
            self.notices.waiting.push((side, texts));
        }
        if self.notices.waiting != before {
            self.tell(self.notices.kind());
        }
    }
}
