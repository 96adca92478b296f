//! What a running engine knows of itself: states and numbers, nobody's name.

use std::collections::{BTreeMap, VecDeque};

use causeway_api::{Kind, LinkState, Problem, SideState};
use jiff::Timestamp;
use serde::Serialize;

use crate::{core::Core, link::Slot};

/// States that are remembered of each link.
const MOST: usize = 100;

/// What a link went through, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Turn>);

/// A state that was entered.
#[derive(Clone, Debug, Serialize)]
struct Turn {
    at: Timestamp,
    state: SideState,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

impl Recent {
    pub(crate) fn note(&mut self, at: Timestamp, state: SideState, problem: Option<&Problem>) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Turn {
            at,
            state,
            problem: problem.cloned(),
        });
    }
}

/// Everything that a report tells of a running engine.
#[derive(Debug, Serialize)]
pub(crate) struct Condition {
    at: Timestamp,
    links: Vec<LinkState>,
    /// By side.
    recent: BTreeMap<&'static str, Vec<Turn>>,
    notices: Vec<Problem>,
    bridge_paused: bool,
    numbers: Numbers,
}

/// How many there are.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Numbers {
    people: usize,
    /// By the word of their availability.
    presences: BTreeMap<String, usize>,
    subscriptions: usize,
    unread_texts: u32,
    waiting_commands: usize,
    unstored_batches: usize,
}

impl Numbers {
    fn count(&mut self, kind: &Kind) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "everything else is told in its own place or of nobody"
        )]
        match kind {
            Kind::Person(_) => self.people += 1,
            Kind::Presence { presence, .. } => {
                let word = serde_json::to_value(presence.availability).ok();
                let word = word.as_ref().and_then(|word| word.as_str());
                *self
                    .presences
                    .entry(word.unwrap_or_default().to_owned())
                    .or_default() += 1;
            }
            Kind::Subscription(_) => self.subscriptions += 1,
            Kind::Unread { count, .. } => self.unread_texts += count,
            _ => {}
        }
    }
}

impl Core {
    /// What a report tells of this engine.
    pub(crate) fn condition(&self) -> Condition {
        let mut numbers = Numbers {
            waiting_commands: self.waiting.len(),
            unstored_batches: self.uncommitted(),
            ..Numbers::default()
        };
        let mut notices = Vec::new();
        for kind in self.snapshot() {
            numbers.count(&kind);
            if let Kind::Notices { problems } = kind {
                notices = problems;
            }
        }
        Condition {
            at: self.now,
            links: self.sides().map(|side| self.link_state(side)).collect(),
            recent: [("lync", turns(&self.lync)), ("xmpp", turns(&self.xmpp))].into(),
            notices,
            bridge_paused: self.pause.is_some(),
            numbers,
        }
    }
}

fn turns<L, E>(slot: &Slot<L, E>) -> Vec<Turn> {
    slot.recent.0.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use causeway_api::Side;

    use super::*;
    use crate::scene::Scene;

    #[tokio::test]
    async fn an_engine_tells_states_and_numbers_of_itself() {
        let mut scene = Scene::new().await;
        scene.lync_ready(false);
        let condition = scene.core.condition();
        let states: Vec<SideState> = condition.recent["lync"]
            .iter()
            .map(|turn| turn.state)
            .collect();
        assert_eq!(states, [SideState::ReadyAvailable]);
        assert_eq!(condition.links[0].side, Side::Lync);
        assert_eq!(condition.links.len(), 2);
    }

    #[test]
    fn the_oldest_states_are_forgotten() {
        let mut recent = Recent::default();
        for second in 0..150 {
            let at = Timestamp::from_second(second).unwrap();
            recent.note(at, SideState::Reconnecting, None);
        }
        assert_eq!(recent.0.len(), MOST);
        assert_eq!(recent.0[0].at, Timestamp::from_second(50).unwrap());
    }
}
