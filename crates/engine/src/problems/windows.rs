//! Windows authentication in words: what was used, what was not, and why.

use causeway_api::PassedOver;
use serde_json::{Value, json};
use ucwa::{Cause, Facts, SignedInHow};

use crate::link::SignedIn;

/// Differences of the clocks below this are not worth a number: Kerberos forgives five minutes.
const FORGIVEN: i64 = 5;

/// Why Windows sign-in is not possible. Where the clocks differ, by how much.
pub(super) fn sentence(cause: &Cause, facts: &Facts) -> String {
    let minutes = facts.clock_ahead.map_or(0, |ahead| ahead.as_mins());
    let skewed = *cause == Cause::ClockSkew;
    let cause = if skewed && minutes >= FORGIVEN {
        format!("the clock of this computer is {minutes} min ahead of the server's")
    } else if skewed && minutes <= -FORGIVEN {
        let minutes = -minutes;
        format!("the clock of this computer is {minutes} min behind the server's")
    } else if matches!(cause, Cause::Other(_)) {
        // The library's own words are long, and stand among the details.
        "Kerberos failed for a reason that the details name".to_owned()
    } else {
        cause.to_string()
    };
    format!("Windows sign-in is not possible: {cause}.")
}

/// What a proxy offers to log in with, and why the ticket did not do.
pub(super) fn proxy_sentence(offered: &[String], facts: &Facts) -> String {
    let offered = offered.join(", ");
    match tried(facts).next() {
        Some(Cause::Other(_)) | None => format!("A proxy wants a login ({offered})."),
        Some(cause) => format!("A proxy wants a login ({offered}): {cause}."),
    }
}

/// The case that has words of its own.
pub(super) fn proxy_cause(refused: bool, facts: &Facts) -> Option<&'static str> {
    if refused {
        return Some(Cause::Refused.code());
    }
    let expired = tried(facts).any(|cause| *cause == Cause::TicketExpired);
    expired.then(|| Cause::TicketExpired.code())
}

/// What was there to be tried, and failed.
fn tried(facts: &Facts) -> impl Iterator<Item = &Cause> {
    let causes = facts.passed_over.iter().map(|passed| &passed.cause);
    causes.filter(|cause| {
        !matches!(
            cause,
            Cause::NotOffered | Cause::NotBuilt | Cause::NoPassword
        )
    })
}

/// How the link was signed in.
pub(crate) fn signed_in(how: &SignedInHow) -> SignedIn {
    SignedIn {
        method: how.by.to_string(),
        passed_over: passed_over(&how.passed_over),
    }
}

/// What was not used, and why.
pub(crate) fn passed_over(passed: &[ucwa::PassedOver]) -> Vec<PassedOver> {
    let told = passed.iter().map(|passed| PassedOver {
        method: passed.mechanism.to_string(),
        cause: passed.cause.code().to_owned(),
        message: passed.cause.to_string(),
    });
    told.collect()
}

/// The same for the details of a problem or a step.
pub(crate) fn passed_over_json(passed: &[ucwa::PassedOver]) -> Value {
    json!(passed_over(passed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_title_is_short_enough_to_be_read_at_a_glance() {
        for cause in [
            Cause::NoTicket,
            Cause::TicketExpired,
            Cause::HostIsAddress,
            Cause::ServerUnknown {
                spn: "x".repeat(80),
            },
            Cause::ServerKey,
            Cause::ClockSkew,
            Cause::ControllerUnreachable,
            Cause::ControllerSilent,
            Cause::RealmUnknown,
            Cause::PasswordExpired,
            Cause::AccountDisabled,
            Cause::AccountExpired,
            Cause::Binding,
            Cause::ConnectionEnded,
            Cause::Other("x".repeat(200)),
        ] {
            let title = sentence(&cause, &Facts::default());
            assert!(title.len() <= 90, "{title}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_is_told_with_its_minutes() {
        let told = |minutes| {
            let facts = Facts {
                clock_ahead: Some(SignedDuration::from_mins(minutes)),
                ..Facts::default()
            };
            sentence(&Cause::ClockSkew, &facts)
        };
        assert!(told(10).contains("10 min ahead"), "{}", told(10));
        assert!(told(-7).contains("7 min behind"), "{}", told(-7));
        assert!(told(0).contains("differs too much"), "{}", told(0));
    }
}
