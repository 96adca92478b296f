//! Which mechanism comes next. A pure value: an offer and the circumstances go in, moves come out.

use std::fmt;
use std::net::IpAddr;

use crate::{Cause, Offer, Scheme, Scope};

/// A security mechanism. In an [`Attempt`] it says what is tried; Windows may have the other one carry it out, which
/// [`Handshake::mechanism`](crate::Handshake::mechanism) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// By the ticket of the session, without a password.
    Kerberos,
    /// With user name and password.
    Ntlm,
}

/// Its name.
impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kerberos => "Kerberos",
            Self::Ntlm => "NTLM",
        })
    }
}

/// How a system goes about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ways {
    /// Schemes that carry the session's own sign-in, the best first.
    session: &'static [Scheme],
    /// Schemes that carry a sign-in by password, the best first.
    password: &'static [Scheme],
    /// The session's own sign-in works for a server that is named by its address, too.
    addresses: bool,
}

impl Ways {
    /// The session has Kerberos alone, a password NTLM alone.
    pub(crate) const APART: Self = Self {
        session: &[Scheme::Negotiate],
        password: &[Scheme::Ntlm, Scheme::Negotiate],
        addresses: false,
    };
    /// Windows: inside Negotiate it chooses for both.
    pub(crate) const CHOSEN_BY_WINDOWS: Self = Self {
        session: &[Scheme::Negotiate, Scheme::Ntlm],
        password: &[Scheme::Negotiate, Scheme::Ntlm],
        addresses: true,
    };
}

/// What else decides.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// Host of the URL: a name or an address.
    pub host: &'a str,
    /// Whether there is a ticket to use, or why not.
    pub ticket: Result<(), Cause>,
    /// Whether there is a password that may be used.
    pub password: bool,
}

/// One attempt: on a connection of its own, with a context of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What makes the tokens.
    pub mechanism: Mechanism,
    /// What carries them.
    pub scheme: Scheme,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Try this; tell [`Chain::failed`] when it does not work.
    Try(Attempt),
    /// Nothing is left. What was passed over says why.
    GiveUp,
}

/// A mechanism that was not used, or did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Which.
    pub mechanism: Mechanism,
    /// Why.
    pub cause: Cause,
}

/// The mechanisms in their order: Kerberos first, since it needs nobody; NTLM once, and nothing after it, since every
/// password that is refused counts towards the lock of the account.
#[derive(Clone, Debug)]
pub struct Chain {
    left: Vec<Result<Attempt, PassedOver>>,
    trying: Option<Mechanism>,
    passed: Vec<PassedOver>,
}

impl Chain {
    /// A chain for that offer, on this system.
    #[must_use]
    pub fn new(offer: &Offer, around: Circumstances<'_>) -> Self {
        Self::by(crate::WAYS, offer, &around)
    }

    fn by(ways: Ways, offer: &Offer, around: &Circumstances<'_>) -> Self {
        // Taken from the end.
        let left = vec![
            plan(Mechanism::Ntlm, with_password(ways, offer, around)),
            plan(Mechanism::Kerberos, by_session(ways, offer, around)),
        ];
        Self {
            left,
            trying: None,
            passed: Vec::new(),
        }
    }

    /// The next move.
    #[expect(
        clippy::should_implement_trait,
        reason = "it is told of failures between its moves, which an iterator is not"
    )]
    pub fn next(&mut self) -> Move {
        while let Some(planned) = self.left.pop() {
            match planned {
                Ok(attempt) => {
                    self.trying = Some(attempt.mechanism);
                    return Move::Try(attempt);
                }
                Err(passed) => self.passed.push(passed),
            }
        }
        Move::GiveUp
    }

    /// The attempt of the last move failed.
    pub fn failed(&mut self, cause: Cause) {
        if cause.scope() == Scope::Everything {
            self.left.clear();
        }
        if let Some(mechanism) = self.trying.take() {
            self.passed.push(PassedOver { mechanism, cause });
        }
    }

    /// What was not used so far, and why.
    #[must_use]
    pub fn into_passed(self) -> Vec<PassedOver> {
        self.passed
    }
}

fn plan(mechanism: Mechanism, scheme: Result<Scheme, Cause>) -> Result<Attempt, PassedOver> {
    match scheme {
        Ok(scheme) => Ok(Attempt { mechanism, scheme }),
        Err(cause) => Err(PassedOver { mechanism, cause }),
    }
}

fn by_session(ways: Ways, offer: &Offer, around: &Circumstances<'_>) -> Result<Scheme, Cause> {
    let scheme = offer.first_of(ways.session).ok_or(Cause::NotOffered)?;
    let address = around.host.trim_matches(['[', ']']).parse::<IpAddr>();
    if address.is_ok() && !ways.addresses {
        return Err(Cause::HostIsAddress);
    }
    around.ticket.clone().map(|()| scheme)
}

fn with_password(ways: Ways, offer: &Offer, around: &Circumstances<'_>) -> Result<Scheme, Cause> {
    let scheme = offer.first_of(ways.password).ok_or(Cause::NotOffered)?;
    if around.password {
        Ok(scheme)
    } else {
        Err(Cause::NoPassword)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "web.contoso.example";

    fn chain(offer: &[&str], host: &str, ticket: Result<(), Cause>, password: bool) -> Chain {
        chain_by(Ways::APART, offer, host, ticket, password)
    }

    fn chain_by(
        ways: Ways,
        offer: &[&str],
        host: &str,
        ticket: Result<(), Cause>,
        password: bool,
    ) -> Chain {
        let offer = Offer::of(offer.iter().copied());
        let around = Circumstances {
            host,
            ticket,
            password,
        };
        Chain::by(ways, &offer, &around)
    }

    /// Lets every attempt fail by `cause`: the attempts, and what was passed over.
    fn walk(mut chain: Chain, cause: &Cause) -> (Vec<(Mechanism, Scheme)>, Vec<String>) {
        let mut attempts = Vec::new();
        while let Move::Try(attempt) = chain.next() {
            attempts.push((attempt.mechanism, attempt.scheme));
            chain.failed(cause.clone());
        }
        let passed = chain.into_passed();
        let passed = passed
            .iter()
            .map(|passed| format!("{} {}", passed.mechanism, passed.cause.code()));
        (attempts, passed.collect())
    }

    #[test]
    fn kerberos_comes_first_and_ntlm_once_after_it() {
        let (attempts, passed) = walk(
            chain(&["Negotiate", "NTLM"], NAME, Ok(()), true),
            &Cause::Refused,
        );
        assert_eq!(
            attempts,
            [
                (Mechanism::Kerberos, Scheme::Negotiate),
                (Mechanism::Ntlm, Scheme::Ntlm)
            ]
        );
        assert_eq!(passed, ["Kerberos refused", "NTLM refused"]);
    }

    #[test]
    fn what_cannot_work_is_passed_over_by_its_cause() {
        let passed = |offer: &[&str], host, ticket, password| {
            walk(chain(offer, host, ticket, password), &Cause::Refused).1
        };
        assert_eq!(
            passed(&["Negotiate"], NAME, Err(Cause::NoTicket), false),
            ["Kerberos no-ticket", "NTLM no-password"]
        );
        assert_eq!(
            passed(&["ntlm"], NAME, Ok(()), false),
            ["Kerberos not-offered", "NTLM no-password"]
        );
        for address in ["192.0.2.7", "[2001:db8::7]"] {
            assert_eq!(
                passed(&["negotiate"], address, Ok(()), false),
                ["Kerberos host-is-address", "NTLM no-password"]
            );
        }
        assert_eq!(
            passed(&["Basic"], NAME, Ok(()), true),
            ["Kerberos not-offered", "NTLM not-offered"]
        );
    }

    #[test]
    fn ntlm_goes_by_negotiate_where_its_own_scheme_is_not_offered() {
        let (attempts, _) = walk(
            chain(&["Negotiate"], NAME, Err(Cause::NoTicket), true),
            &Cause::Refused,
        );
        assert_eq!(attempts, [(Mechanism::Ntlm, Scheme::Negotiate)]);
    }

    #[test]
    fn on_windows_both_go_by_negotiate_and_by_ntlm_where_that_alone_is_offered() {
        let walk = |offer: &[&str], host, ticket| {
            let chain = chain_by(Ways::CHOSEN_BY_WINDOWS, offer, host, ticket, true);
            walk(chain, &Cause::Refused).0
        };
        let both = |scheme| [(Mechanism::Kerberos, scheme), (Mechanism::Ntlm, scheme)];
        for host in [NAME, "192.0.2.7"] {
            assert_eq!(
                walk(&["NTLM", "Negotiate"], host, Ok(())),
                both(Scheme::Negotiate)
            );
            assert_eq!(walk(&["NTLM"], host, Ok(())), both(Scheme::Ntlm));
        }
        // Nobody is logged on to a domain: nothing of the account of this computer is sent.
        assert_eq!(
            walk(&["Negotiate"], NAME, Err(Cause::NoTicket)),
            [(Mechanism::Ntlm, Scheme::Negotiate)]
        );
    }

    #[test]
    fn a_failure_that_concerns_every_mechanism_ends_the_chain() {
        for cause in [
            Cause::ClockSkew,
            Cause::Binding,
            Cause::AccountDisabled,
            Cause::AccountExpired,
            Cause::PasswordExpired,
            Cause::WrongPassword,
        ] {
            let (attempts, _) = walk(chain(&["Negotiate", "NTLM"], NAME, Ok(()), true), &cause);
            assert_eq!(attempts.len(), 1, "{cause}");
        }
    }

    proptest! {
        #[test]
        fn a_password_is_never_used_twice(
            offer in proptest::collection::vec("(Negotiate|NTLM|Basic|MsRtcOAuth)", 0..6),
            ticket: bool, password: bool, address: bool, everything: bool, windows: bool,
        ) {
            let offer: Vec<&str> = offer.iter().map(String::as_str).collect();
            let host = if address { "192.0.2.7" } else { NAME };
            let ticket = if ticket { Ok(()) } else { Err(Cause::NoTicket) };
            let cause = if everything { Cause::ClockSkew } else { Cause::Refused };
            let ways = if windows { Ways::CHOSEN_BY_WINDOWS } else { Ways::APART };
            let (attempts, _) = walk(chain_by(ways, &offer, host, ticket, password), &cause);
            let with_password = attempts.iter().filter(|(mechanism, _)| *mechanism == Mechanism::Ntlm).count();
            prop_assert!(with_password <= usize::from(password));
        }
    }
}
