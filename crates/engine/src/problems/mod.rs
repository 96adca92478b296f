//! What went wrong on a link, in words for people and with a stable code (ux.md section 5; docs/errors.md).

mod diagnostics;
mod list;
mod lync;
mod windows;
mod xmpp;

pub(crate) use list::{
    block_refused, blocked_in_part, group_refused, list_refused, list_refused_by_xmpp,
    no_group_in_xmpp, no_levels_in_xmpp, privacy_refused, read_only_list,
};
pub(crate) use lync::lync;
pub(crate) use windows::{passed_over_json, signed_in};
pub(crate) use xmpp::xmpp;

use std::path::Path;

use causeway_api::{Code, Origin, Problem, Side, SideState};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

/// The step in which a certificate is judged.
pub(crate) const CHECKING_CERTIFICATE: &str = "checking-certificate";

/// What follows a failure that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The link tries again.
    ByItself,
    /// It was one question, or one command: whoever asked has to ask again.
    Ask,
}

impl Next {
    fn after(self, remedy: &str) -> String {
        match self {
            Self::ByItself => format!("{remedy} It is tried again by itself."),
            Self::Ask => format!("{remedy} Then try again."),
        }
    }
}

/// A refused password that stands in a file is corrected there.
pub(crate) fn in_password_file(problem: Problem, file: Option<&Path>) -> Problem {
    let Some(file) = file else { return problem };
    let key = if problem.code == Code::PasswordRefused {
        "lync.user"
    } else if problem.code == Code::XmppPasswordRefused {
        "xmpp.address"
    } else {
        return problem;
    };
    Problem {
        remedy: format!(
            "Correct the password in {}, or {key}. A running Causeway tries it when you run causewayctl login.",
            file.display()
        ),
        ..problem
    }
}

/// A redirect to a foreign host is a question to the person, unless the list of trusted hosts is not theirs to change.
pub(crate) fn foreign_domain(problem: Problem, trusted: &[String], origin: Origin) -> Problem {
    if problem.code != Code::ForeignDomain {
        return problem;
    }
    let managed = origin == Origin::Enforced;
    let remedy = match problem.detail.get("to").and_then(Value::as_str) {
        _ if managed => {
            "Your organisation decides which hosts are trusted; show the details to your administrator."
                .to_owned()
        }
        Some(host) => {
            let hosts: Vec<&str> = trusted.iter().map(String::as_str).chain([host]).collect();
            format!(
                "Only if you know that host: causewayctl config set lync.trusted_domains {}",
                hosts.join(",")
            )
        }
        None => problem.remedy.clone(),
    };
    Problem { remedy, ..problem }.with(MANAGED, managed)
}

/// In the details of a question: who answers it is the organisation, not the person.
const MANAGED: &str = "managed";

/// The name of a step as it stands in reports and in `Problem::step`.
pub(crate) fn step_name(state: SideState) -> &'static str {
    match state {
        SideState::SignedOut => "signed-out",
        SideState::FindingServer => "finding-server",
        SideState::CheckingCertificate => "checking-certificate",
        SideState::AskingMethods => "asking-methods",
        SideState::SigningIn => "signing-in",
        SideState::OpeningSession => "opening-session",
        SideState::LoadingContacts => "loading-contacts",
        SideState::ReadyWatching => "ready-watching",
        SideState::ReadyAvailable => "ready-available",
        SideState::WaitingForNetwork => "waiting-for-network",
        SideState::Reconnecting => "reconnecting",
        SideState::NeedsPassword => "needs-password",
        SideState::NeedsConsent => "needs-consent",
        SideState::NeedsSignIn => "needs-sign-in",
        SideState::Refused => "refused",
        SideState::NotAllowed => "not-allowed",
        SideState::ServerUnavailable => "server-unavailable",
        SideState::Stopped => "stopped",
    }
}

/// The step of the ladder that a problem belongs to, whichever met it; none where it belongs to the one that ran.
pub(crate) fn step_of(problem: &Problem) -> Option<SideState> {
    // Nothing but the sign-in wants a password, however early it is looked for.
    if let Code::PasswordMissing | Code::XmppPasswordMissing = problem.code {
        return Some(SideState::SigningIn);
    }
    [
        SideState::FindingServer,
        SideState::CheckingCertificate,
        SideState::AskingMethods,
        SideState::SigningIn,
        SideState::OpeningSession,
        SideState::LoadingContacts,
    ]
    .into_iter()
    .find(|step| step_name(*step) == problem.step)
}

/// The state in which a link rests that ended with this problem.
pub(crate) fn resting(problem: &Problem) -> SideState {
    let state = resting_state(problem.code);
    let managed = problem.detail.get(MANAGED) == Some(&Value::Bool(true));
    if managed && state == SideState::NeedsConsent {
        return SideState::NotAllowed;
    }
    state
}

/// The state in which a link rests that ended with this code.
fn resting_state(code: Code) -> SideState {
    match code {
        Code::PasswordMissing | Code::XmppPasswordMissing => SideState::NeedsPassword,
        Code::PasswordRefused
        | Code::XmppPasswordRefused
        | Code::WindowsSignIn
        | Code::NoMethod
        | Code::OtherPerson => SideState::Refused,
        Code::AppNotAllowed | Code::NotEnabled => SideState::NotAllowed,
        Code::CertificateIssuer | Code::ForeignDomain => SideState::NeedsConsent,
        Code::WebSignIn => SideState::NeedsSignIn,
        Code::NoDiscoveryName
        | Code::DiscoverySilent
        | Code::ProxyLogin
        | Code::NotUcwa
        | Code::CertificateExpired
        | Code::CertificateName
        | Code::Tls
        | Code::NoUcwa
        | Code::Busy
        | Code::EventsStopped
        | Code::XmppUnreachable => SideState::ServerUnavailable,
        Code::SessionEnded
        | Code::XmppConflict
        | Code::NotDelivered
        | Code::OutcomeUnknown
        | Code::BadAddress
        | Code::OtherAccount
        | Code::BadConfig
        | Code::ManagedByPolicy
        | Code::SecretFileMode
        | Code::DataDirBusy
        | Code::FileExists
        | Code::Storage
        | Code::KeyStore
        | Code::VersionMismatch
        | Code::AgentGone
        | Code::TimeLimit
        | Code::NotOffered
        | Code::Interrupted
        | Code::ListFull
        | Code::ListMoving
        | Code::ListRefused
        | Code::GroupTooLarge
        | Code::Internal => SideState::Stopped,
    }
}

/// Another network may lift it: somebody in between, or a way that is not there. No password was refused when it was met.
pub(crate) fn is_of_the_network(problem: &Problem) -> bool {
    let refused = problem.detail.get("cause") == Some(&Value::from(ucwa::Cause::Refused.code()));
    !refused
        && matches!(
            problem.code,
            Code::NoDiscoveryName
                | Code::DiscoverySilent
                | Code::ProxyLogin
                | Code::NotUcwa
                | Code::CertificateExpired
                | Code::CertificateIssuer
                | Code::CertificateName
                | Code::Tls
                | Code::ForeignDomain
                | Code::XmppUnreachable
        )
}

/// A command that needs a link which is not configured.
pub(crate) fn not_configured(side: Side) -> Problem {
    let (name, key) = match side {
        Side::Lync => ("Lync", "lync.address"),
        Side::Xmpp => ("XMPP", "xmpp.address"),
        Side::Gateway => ("gateway", "gateway.domain"),
    };
    Problem::new(
        Code::BadConfig,
        "configuration",
        format!("No {name} account is configured."),
        format!("Set {key}, for example: causewayctl config set {key} anna@example.org"),
    )
}

/// No link at all is configured.
pub(crate) fn nothing_configured() -> Problem {
    Problem::new(
        Code::BadConfig,
        "configuration",
        "No account is configured.",
        "Set lync.address and xmpp.address, for example: causewayctl config set lync.address anna@contoso.example",
    )
}

/// A link that was ended on purpose.
pub(crate) fn signed_out(side: Side) -> Problem {
    let code = match side {
        Side::Xmpp | Side::Gateway => Code::XmppUnreachable,
        Side::Lync => Code::EventsStopped,
    };
    Problem::new(
        code,
        "signed-out",
        format!("{} is signed out.", side_name(side)),
        "Sign in and try again.",
    )
}

/// A question whose answer did not come.
pub(crate) fn no_answer(side: Side, step: &str) -> Problem {
    Problem::new(
        Code::TimeLimit,
        step,
        format!("{} did not answer in time.", side_name(side)),
        "Try again; causewayctl check shows what is slow.",
    )
}

/// A command that makes no sense.
pub(crate) fn usage(step: &str, remedy: &str) -> Problem {
    Problem::new(
        Code::BadConfig,
        step,
        "The command cannot be carried out as it was given.",
        remedy,
    )
}

/// The engine shows nothing; the agent does.
pub(crate) fn no_window() -> Problem {
    Problem::new(
        Code::NotOffered,
        "window",
        "No window belongs to this Causeway.",
        "Start causeway, the agent; it opens the window.",
    )
}

/// Tray, notifications and the start of the session are the agent's.
pub(crate) fn no_desktop() -> Problem {
    Problem::new(
        Code::NotOffered,
        "desktop",
        "This Causeway belongs to no desktop.",
        "Start causeway, the agent, in a desktop session.",
    )
}

/// Our own mistake.
pub(crate) fn internal(what: &str) -> Problem {
    Problem::new(
        Code::Internal,
        "engine",
        what,
        "Try again; report it if it happens twice.",
    )
}

/// The network's name for people.
pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Lync => "Lync",
        Side::Xmpp => "XMPP",
        Side::Gateway => "The gateway",
    }
}

/// Which of the two is wrong with the time of a certificate, as it stands in the details.
fn when_not_valid(not_before: Option<Timestamp>, now: Timestamp) -> &'static str {
    match not_before {
        Some(from) if now < from => "not-yet",
        Some(_) | None => "expired",
    }
}

/// What is wrong with the time of a certificate; dates in UTC, since help desk and person may be far apart.
fn not_valid_now(
    host: &str,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let day = |time: Timestamp| {
        time.to_zoned(TimeZone::UTC)
            .strftime("%Y-%m-%d")
            .to_string()
    };
    match (not_before, not_after) {
        (Some(from), _) if now < from => format!(
            "The certificate of {host} is not valid before {}; this computer's clock says {}.",
            day(from),
            day(now)
        ),
        (_, Some(to)) if to < now => format!("The certificate of {host} expired on {}.", day(to)),
        _ => format!("The certificate of {host} is not valid at this time."),
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Exit;

    use super::*;

    fn check(problem: &Problem, code: Code, exit: Exit) {
        assert_eq!((problem.code, problem.code.exit()), (code, exit));
        assert_eq!(problem.step, "signing-in");
        assert!(
            problem.message.ends_with('.') && problem.remedy.ends_with('.'),
            "{problem:?}"
        );
    }

    #[test]
    fn what_a_script_tells_apart_has_its_own_code_and_exit() {
        let of = |kind: ucwa::ErrorKind| lync(&kind.into(), "signing-in", Next::ByItself);
        check(
            &of(ucwa::ErrorKind::PasswordRefused),
            Code::PasswordRefused,
            Exit::SignInRefused,
        );
        check(
            &of(ucwa::ErrorKind::PasswordMissing),
            Code::PasswordMissing,
            Exit::SignInRefused,
        );
        check(
            &of(ucwa::ErrorKind::AppNotAllowed),
            Code::AppNotAllowed,
            Exit::NotAllowed,
        );
        let silent = |refused| {
            of(ucwa::ErrorKind::Silent {
                host: "pool.contoso.example:4443".into(),
                refused,
            })
        };
        check(&silent(false), Code::DiscoverySilent, Exit::Unreachable);
        let refused = silent(true);
        assert_eq!(refused.detail["cause"], "connection-refused");
        assert_eq!(refused.detail["host"], "pool.contoso.example:4443");
        assert!(refused.message.contains("refuses"), "{refused:?}");
        assert!(is_of_the_network(&refused));
        check(
            &of(ucwa::ErrorKind::TimeLimit { step: "answer" }),
            Code::TimeLimit,
            Exit::TimeLimit,
        );
        let of = |kind: causeway_xmpp::ErrorKind| xmpp(&kind.into(), "signing-in", Next::ByItself);
        check(
            &of(causeway_xmpp::ErrorKind::PasswordRefused),
            Code::XmppPasswordRefused,
            Exit::SignInRefused,
        );
        check(
            &of(causeway_xmpp::ErrorKind::NoTls),
            Code::XmppUnreachable,
            Exit::Unreachable,
        );
        check(
            &of(causeway_xmpp::ErrorKind::Conflict),
            Code::XmppConflict,
            Exit::Failed,
        );
    }

    #[test]
    fn only_a_link_that_tries_on_says_that_it_does() {
        let busy: ucwa::Error = ucwa::ErrorKind::Busy { retry_after: None }.into();
        let remedy = |next| lync(&busy, "search", next).remedy;
        assert!(remedy(Next::ByItself).contains("by itself"));
        assert!(!remedy(Next::Ask).contains("by itself"));
        let lost: causeway_xmpp::Error =
            causeway_xmpp::ErrorKind::Connection("reset".into()).into();
        let remedy = |next| xmpp(&lost, "signing-in", next).remedy;
        assert!(remedy(Next::ByItself).contains("by itself"));
        assert!(!remedy(Next::Ask).contains("by itself"));
    }

    #[test]
    fn a_certificate_is_judged_in_its_step_wherever_it_was_met() {
        let lync_side = ucwa::ErrorKind::CertificateIssuer {
            host: "pool.contoso.example".into(),
            issuer: "CN=somebody".into(),
        };
        let xmpp_side = causeway_xmpp::ErrorKind::CertificateIssuer {
            host: "xmpp.example".into(),
            issuer: "CN=somebody".into(),
        };
        for problem in [
            lync(&lync_side.into(), "finding-server", Next::Ask),
            xmpp(&xmpp_side.into(), "signing-in", Next::Ask),
        ] {
            assert_eq!(problem.step, "checking-certificate");
        }
    }

    #[test]
    fn a_refused_password_of_a_file_is_corrected_in_that_file() {
        let refused = || lync(&ucwa::ErrorKind::PasswordRefused.into(), "s", Next::Ask);
        let told = in_password_file(refused(), Some(Path::new("/home/anna/lync.password")));
        assert!(told.remedy.contains("/home/anna/lync.password"), "{told:?}");
        assert_eq!(in_password_file(refused(), None), refused());
    }

    #[test]
    fn the_facts_of_a_help_desk_are_kept() {
        let mut error = ucwa::Error::new(ucwa::ErrorKind::AppNotAllowed);
        error.facts.status = Some(403);
        error.facts.diagnostics = Some("28034;reason=\"Blocked by policy.\"".into());
        error.facts.host = Some("pool.contoso.example".into());
        let told = lync(&error, "opening-session", Next::Ask);
        let said = "The server says: Blocked by policy (28034).";
        assert!(told.message.ends_with(said), "{told:?}");
        let detail = told.detail;
        assert_eq!(detail["status"], 403);
        assert_eq!(detail["host"], "pool.contoso.example");
        assert!(detail.contains_key("diagnostics"));
    }

    #[test]
    fn a_refusal_rests_until_a_person_acts_and_an_outage_does_not_ask_for_one() {
        for code in [
            Code::PasswordRefused,
            Code::XmppPasswordRefused,
            Code::PasswordMissing,
            Code::NotEnabled,
        ] {
            assert!(resting_state(code).is_final(), "{code}");
        }
        assert_eq!(
            resting_state(Code::CertificateIssuer),
            SideState::NeedsConsent
        );
        assert_eq!(
            resting_state(Code::DiscoverySilent),
            SideState::ServerUnavailable
        );
    }

    #[test]
    fn a_certificate_that_is_over_is_told_from_one_that_has_not_begun() {
        let day = |text: &str| Some(format!("{text}T00:00:00Z").parse::<Timestamp>().unwrap());
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        let told = |now| not_valid_now("pool.contoso.example", from, to, day(now).unwrap());
        assert!(told("2027-02-01").ends_with("expired on 2026-12-31."));
        assert!(told("2025-02-01").contains("not valid before 2026-01-01"));
        assert!(told("2025-02-01").contains("clock says 2025-02-01"));
        assert!(
            not_valid_now("pool.contoso.example", None, None, Timestamp::UNIX_EPOCH)
                .ends_with("is not valid at this time.")
        );
    }

    #[test]
    fn names_and_dates_of_the_case_stand_among_the_details() {
        let expired = ucwa::ErrorKind::CertificateExpired {
            host: "pool.contoso.example".into(),
            not_before: None,
            not_after: Some(Timestamp::UNIX_EPOCH),
        };
        let detail = lync(&expired.into(), "signing-in", Next::Ask).detail;
        assert_eq!(detail["host"], "pool.contoso.example");
        assert_eq!(detail["cause"], "expired");
        let silent = causeway_xmpp::ErrorKind::Silent {
            host: "xmpp.example".into(),
        };
        let detail = xmpp(&silent.into(), "finding-server", Next::Ask).detail;
        assert_eq!(detail["host"], "xmpp.example");
        assert_eq!(detail["cause"], "silent");
        let unknown = causeway_xmpp::Error::refused("host-unknown", String::new());
        let unknown = xmpp(&unknown, "signing-in", Next::Ask);
        assert_eq!(unknown.detail["cause"], "host-unknown");
        assert!(unknown.remedy.contains("xmpp.address"), "{unknown:?}");
        let direct = causeway_xmpp::ErrorKind::NotDirect.into();
        let direct = xmpp(&direct, "checking-certificate", Next::Ask);
        assert!(direct.remedy.contains("xmpp.tls"), "{direct:?}");
        let begins = Some(Timestamp::MAX);
        assert_eq!(when_not_valid(begins, Timestamp::UNIX_EPOCH), "not-yet");
    }

    #[test]
    fn whether_a_foreign_host_is_trusted_is_asked_only_where_a_person_decides() {
        let problem = || {
            let kind = ucwa::ErrorKind::ForeignRedirect {
                from: "lyncdiscover.contoso.example".into(),
                to: "pool.fabrikam.example".into(),
            };
            lync(&kind.into(), "finding-server", Next::Ask)
        };
        let known = ["web.fabrikam.example".to_owned()];
        let asked = foreign_domain(problem(), &known, Origin::User);
        assert!(
            asked.remedy.contains(
                "config set lync.trusted_domains web.fabrikam.example,pool.fabrikam.example"
            ),
            "{asked:?}"
        );
        assert_eq!(asked.detail["managed"], false);
        assert_eq!(resting(&asked), SideState::NeedsConsent);
        let decided = foreign_domain(problem(), &known, Origin::Enforced);
        assert!(!decided.remedy.contains("config set"), "{decided:?}");
        assert_eq!(resting(&decided), SideState::NotAllowed);
    }
}
