//! Which grants are tried, in which order. Pure: offer, configuration and what the person has go in.
//!
//! A ticket comes before a password: it needs nobody, and it can lock nobody's account. A password is given to one method
//! only: to the password grant where it is offered, since that one tells why it refuses, else to NTLM. A sign-in page comes
//! last: it needs a person in front of a window.

use windows_auth::{Cause, LogonName, Mechanism, Ticket};

use super::settings::Method;
use crate::wire::challenge::{GRANT_PASSIVE, GRANT_PASSWORD, GRANT_WINDOWS, Offer};
use crate::{ErrorKind, PassedOver};

/// One grant to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    /// `urn:microsoft.rtc:windows`.
    Windows {
        /// The ticket may be used, or why not.
        ticket: Result<(), Cause>,
        /// The password may be used.
        password: bool,
    },
    /// `password`.
    Forms,
    /// `urn:microsoft.rtc:passive`.
    Web,
}

/// What is tried, and what is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) grants: Vec<Grant>,
    pub(super) passed_over: Vec<PassedOver>,
}

/// Who signs in.
#[derive(Clone, Debug)]
pub(super) struct Who<'a> {
    /// `Settings::user`.
    pub(super) user: Option<&'a str>,
    /// The sign-in address, as logon name where there is no other.
    pub(super) address: &'a str,
    /// There is a password.
    pub(super) password: bool,
}

/// Whether the session's ticket is worth looking at.
pub(super) fn wants_ticket(method: Method, offer: &Offer) -> bool {
    matches!(method, Method::Automatic | Method::Windows) && offer.has(GRANT_WINDOWS)
}

/// # Errors
/// When the configured method is not offered, or nothing is that we can do.
pub(super) fn plan(
    method: Method,
    offer: &Offer,
    ticket: Result<Ticket, Cause>,
    who: &Who<'_>,
) -> Result<Plan, ErrorKind> {
    let offered = || offer.grants.clone();
    let (windows, forms, web) = (
        offer.has(GRANT_WINDOWS),
        offer.has(GRANT_PASSWORD),
        offer.has(GRANT_PASSIVE),
    );
    let ticket = ticket.and_then(|ticket| usable(ticket, method, who));
    let by_windows = |ticket, password| Grant::Windows { ticket, password };
    let mut passed_over = Vec::new();
    let mut grants = match (method, windows, forms) {
        (Method::Windows, false, _) => {
            return Err(ErrorKind::WindowsNotOffered { offered: offered() });
        }
        (Method::Windows, true, _) | (Method::Automatic, true, false) => {
            vec![by_windows(ticket, who.password)]
        }
        (Method::Automatic, true, true) => match ticket {
            Ok(()) => vec![by_windows(Ok(()), false), Grant::Forms],
            // Not even asked for: the server would count it as a visit without a login.
            Err(cause) => {
                passed_over.push(PassedOver {
                    mechanism: Mechanism::Kerberos,
                    cause,
                });
                vec![Grant::Forms]
            }
        },
        (Method::Forms | Method::Automatic, _, true) => vec![Grant::Forms],
        (Method::Forms | Method::Automatic, _, false) | (Method::Web, ..) => Vec::new(),
    };
    if web && matches!(method, Method::Automatic | Method::Web) {
        grants.push(Grant::Web);
    }
    if grants.is_empty() {
        return Err(ErrorKind::NoMethod { offered: offered() });
    }
    Ok(Plan {
        grants,
        passed_over,
    })
}

/// A ticket of somebody else would sign in somebody else. Without a logon name only a known password says who is meant, and
/// with the Windows method it is the session's account.
fn usable(ticket: Ticket, method: Method, who: &Who<'_>) -> Result<(), Cause> {
    let meant = match (who.user, method) {
        (Some(user), _) => Some(user),
        (None, Method::Automatic | Method::Forms | Method::Web) if who.password => {
            Some(who.address)
        }
        (None, _) => None,
    };
    match meant {
        Some(meant) if !ticket.is_of(&LogonName::read(meant)) => Err(Cause::OtherAccount {
            account: ticket.to_string(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: &str = "anna@CONTOSO.EXAMPLE";

    fn offer(grants: &[&str]) -> Offer {
        Offer {
            grants: grants.iter().map(|&grant| grant.to_owned()).collect(),
            ..Offer::default()
        }
    }

    fn who(user: Option<&str>, password: bool) -> Who<'_> {
        Who {
            user,
            address: "anna@contoso.example",
            password,
        }
    }

    /// What is tried, in a word each.
    fn check(
        method: Method,
        grants: &[&str],
        ticket: Result<&str, Cause>,
        who: &Who<'_>,
    ) -> Vec<String> {
        let ticket = ticket.map(Ticket::of);
        match plan(method, &offer(grants), ticket, who) {
            Ok(plan) => {
                let grants = plan.grants.iter().map(|grant| match grant {
                    Grant::Windows { ticket, password } => {
                        let ticket = ticket.as_ref().map_or_else(Cause::code, |()| "ticket");
                        format!("windows {ticket} {password}")
                    }
                    Grant::Forms => "forms".to_owned(),
                    Grant::Web => "web".to_owned(),
                });
                grants.collect()
            }
            Err(kind) => vec![kind.to_string()],
        }
    }

    #[test]
    fn a_ticket_comes_before_a_password_and_the_form_before_ntlm() {
        let both = [GRANT_WINDOWS, GRANT_PASSWORD];
        let anna = who(None, true);
        assert_eq!(
            check(Method::Automatic, &both, Ok(TICKET), &anna),
            ["windows ticket false", "forms"]
        );
        assert_eq!(
            check(Method::Automatic, &both, Err(Cause::NoTicket), &anna),
            ["forms"]
        );
        assert_eq!(
            check(
                Method::Automatic,
                &[GRANT_WINDOWS],
                Err(Cause::NoTicket),
                &anna
            ),
            ["windows no-ticket true"]
        );
        assert_eq!(
            check(Method::Automatic, &[GRANT_PASSWORD], Ok(TICKET), &anna),
            ["forms"]
        );
    }

    #[test]
    fn a_sign_in_page_comes_last() {
        let anna = who(None, true);
        let all = [GRANT_PASSIVE, GRANT_WINDOWS, GRANT_PASSWORD];
        let check = |method, grants: &[&str]| check(method, grants, Ok(TICKET), &anna);
        assert_eq!(
            check(Method::Automatic, &all),
            ["windows ticket false", "forms", "web"]
        );
        assert_eq!(
            check(Method::Automatic, &all[..2]),
            ["windows ticket true", "web"]
        );
        assert_eq!(check(Method::Automatic, &[GRANT_PASSIVE]), ["web"]);
        assert_eq!(check(Method::Web, &all), ["web"]);
        assert_eq!(check(Method::Forms, &all), ["forms"]);
        assert_eq!(check(Method::Windows, &all), ["windows ticket true"]);
    }

    #[test]
    fn a_configured_method_is_the_only_one() {
        let both = [GRANT_WINDOWS, GRANT_PASSWORD];
        let anna = who(None, true);
        assert_eq!(
            check(Method::Windows, &both, Ok(TICKET), &anna),
            ["windows ticket true"]
        );
        assert_eq!(check(Method::Forms, &both, Ok(TICKET), &anna), ["forms"]);
        for (method, grants) in [
            (Method::Windows, [GRANT_PASSWORD]),
            (Method::Forms, [GRANT_WINDOWS]),
            (Method::Web, [GRANT_PASSWORD]),
            (Method::Forms, [GRANT_PASSIVE]),
            (Method::Automatic, ["urn:microsoft.rtc:anonmeeting"]),
        ] {
            let told = check(method, &grants, Ok(TICKET), &anna);
            assert!(told[0].contains(grants[0]), "{told:?}");
        }
    }

    #[test]
    fn a_ticket_of_somebody_else_is_left_alone() {
        let check = |method, user, password| {
            check(
                method,
                &[GRANT_WINDOWS],
                Ok("admin@CONTOSO.EXAMPLE"),
                &who(user, password),
            )
        };
        let other = ["windows other-account true"];
        assert_eq!(check(Method::Automatic, None, true), other);
        assert_eq!(check(Method::Windows, Some(r"CONTOSO\svc"), true), other);
        // Nobody else is named: the session's account is meant.
        assert_eq!(
            check(Method::Automatic, None, false),
            ["windows ticket false"]
        );
        assert_eq!(check(Method::Windows, None, true), ["windows ticket true"]);
        assert_eq!(
            check(Method::Automatic, Some(r"CONTOSO\Admin"), true),
            ["windows ticket true"]
        );
    }
}
