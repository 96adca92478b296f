//! When a bridge without a screen is of no use any more.

use std::collections::HashMap;

use causeway_api::{Exit, Kind, Problem, Side, SideState};

use crate::outcome;
use crate::words;

/// How each side does.
#[derive(Default)]
pub(super) struct Ends(HashMap<Side, (SideState, Option<Problem>)>);

impl Ends {
    /// Notes the state of a side, and says on stderr where it needs a person.
    pub(super) fn note(&mut self, kind: &Kind) {
        let Kind::State { side, state, error } = kind else {
            return;
        };
        let now = (*state, error.clone());
        let before = self.0.insert(*side, now.clone());
        if let Some(problem) = error
            && is_for_good(*state, problem)
            && before != Some(now)
        {
            let side = words::side(*side);
            let code = problem.code;
            outcome::warn(&format!(
                "nothing is bridged until {side} is mended ({code})"
            ));
        }
    }

    /// Why no side can be used without a person; `None` while one works, or tries.
    pub(super) fn of_no_use(&self) -> Option<Problem> {
        let over = |(state, error): &(SideState, Option<Problem>)| match error {
            Some(problem) => is_for_good(*state, problem),
            // Not configured, or signed out by a person.
            None => *state == SideState::SignedOut,
        };
        if !self.0.values().all(over) {
            return None;
        }
        let problem = |side| self.0.get(&side)?.1.clone();
        problem(Side::Lync).or_else(|| problem(Side::Xmpp))
    }
}

/// What trying again, now or from another network, does not mend: the exit codes after which the service is not started
/// anew.
fn is_for_good(state: SideState, problem: &Problem) -> bool {
    let exit = problem.code.exit();
    state.is_final() && matches!(exit, Exit::Usage | Exit::SignInRefused | Exit::NotAllowed)
}

#[cfg(test)]
mod tests {
    use causeway_api::Code;

    use super::*;

    fn state(side: Side, state: SideState, code: Option<Code>) -> Kind {
        let error = code.map(|code| Problem::new(code, "signing-in", "cause", "remedy"));
        Kind::State { side, state, error }
    }

    #[test]
    fn a_bridge_is_of_no_use_once_every_side_needs_a_person() {
        let mut ends = Ends::default();
        let code = |ends: &Ends| ends.of_no_use().map(|problem| problem.code);
        assert_eq!(code(&ends), None);
        let refused = Some(Code::PasswordRefused);
        ends.note(&state(Side::Lync, SideState::Refused, refused));
        assert_eq!(code(&ends), refused);
        for (other, error, expected) in [
            (SideState::SigningIn, None, None),
            (SideState::ReadyAvailable, None, None),
            (SideState::Reconnecting, Some(Code::XmppUnreachable), None),
            (SideState::NeedsConsent, Some(Code::CertificateIssuer), None),
            (
                SideState::NeedsPassword,
                Some(Code::XmppPasswordMissing),
                refused,
            ),
            (SideState::SignedOut, None, refused),
        ] {
            ends.note(&state(Side::Xmpp, other, error));
            assert_eq!(code(&ends), expected, "{other:?}");
        }
        ends.note(&state(Side::Lync, SideState::SignedOut, None));
        assert_eq!(code(&ends), None, "a person signed out");
    }
}
