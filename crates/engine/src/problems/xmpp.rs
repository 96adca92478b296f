//! `causeway_xmpp::Error` → [`Problem`].

use causeway_api::{Code, Problem};
use causeway_xmpp::{Error, ErrorKind, Facts};

use jiff::Timestamp;

use super::{CHECKING_CERTIFICATE, Next, not_valid_now, when_not_valid};

const HOST_UNKNOWN: &str = "host-unknown";

/// Translates a failure that happened in `step`.
pub(crate) fn xmpp(error: &Error, step: &str, next: Next) -> Problem {
    let (code, message, remedy) = words(&error.kind);
    let passes_by_itself = matches!(
        error.kind,
        ErrorKind::Silent { .. } | ErrorKind::Connection(_)
    );
    let remedy = if passes_by_itself {
        next.after(&remedy)
    } else {
        remedy
    };
    let step = if is_about_certificate(&error.kind) {
        CHECKING_CERTIFICATE
    } else {
        step
    };
    let problem = with_kind(Problem::new(code, step, message, remedy), &error.kind);
    with_facts(problem, &error.facts)
}

fn is_about_certificate(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::CertificateExpired { .. }
            | ErrorKind::CertificateIssuer { .. }
            | ErrorKind::CertificateName { .. }
            | ErrorKind::Tls(_)
    )
}

fn words(kind: &ErrorKind) -> (Code, String, String) {
    let (code, message, remedy) = match kind {
        ErrorKind::NotFound { tried } => (
            Code::XmppUnreachable,
            format!("The XMPP server was not found; looked for {}.", tried.join(", ")),
            "Check the spelling of xmpp.address, or set xmpp.server to host:port.",
        ),
        ErrorKind::Silent { host } => (
            Code::XmppUnreachable,
            format!("The XMPP server {host} does not answer from here."),
            "Check the network and xmpp.server.",
        ),
        ErrorKind::NoTls => (
            Code::XmppUnreachable,
            "The XMPP server offers no encryption.".to_owned(),
            "Set xmpp.tls to direct where the server has such a port. Administrators: enable STARTTLS.",
        ),
        ErrorKind::NotDirect => (
            Code::XmppUnreachable,
            "The XMPP server does not begin with TLS at this port.".to_owned(),
            "Set xmpp.tls to starttls, or xmpp.server to the port for direct TLS (often 5223).",
        ),
        ErrorKind::CertificateExpired { host, not_before, not_after } => (
            Code::XmppUnreachable,
            not_valid_now(host, *not_before, *not_after, Timestamp::now()),
            "Tell the administrator of the server that the certificate has to be renewed. If other sites complain too, set this computer's clock.",
        ),
        ErrorKind::CertificateIssuer { host, issuer } => (
            Code::XmppUnreachable,
            format!("The certificate of {host} comes from an unknown issuer: {issuer}."),
            "Ask your administrator for the certificate authority and set xmpp.ca_file to it.",
        ),
        ErrorKind::CertificateName { wanted, found } => (
            Code::XmppUnreachable,
            format!("The certificate is for other names: wanted {wanted}, found {}.", found.join(", ")),
            "Check the address. Administrators: add the domain to the certificate.",
        ),
        ErrorKind::Tls(cause) => (
            Code::XmppUnreachable,
            format!("No secure connection could be agreed on: {cause}."),
            "Administrators: the server must offer TLS 1.2 or later.",
        ),
        ErrorKind::PlaintextRefused => (
            Code::BadConfig,
            "A connection without encryption is allowed to this computer only.".to_owned(),
            "Set xmpp.tls to starttls or direct.",
        ),
        ErrorKind::PasswordRefused => (
            Code::XmppPasswordRefused,
            "User name or password not accepted by the XMPP server. It is not tried again by itself.".to_owned(),
            "Type it again (beware of Caps Lock) with causewayctl login --side xmpp, or correct xmpp.password_file.",
        ),
        ErrorKind::NoMechanism { offered } => (
            Code::NoMethod,
            format!("The XMPP server offers only methods that Causeway does not support: {}.", offered.join(", ")),
            "Administrators: enable SCRAM-SHA-256 or SCRAM-SHA-1.",
        ),
        ErrorKind::Conflict => (
            Code::XmppConflict,
            "Another program took over this XMPP resource.".to_owned(),
            "Decide which one stays, end the other, and sign in again.",
        ),
        ErrorKind::Connection(cause) => (
            Code::XmppUnreachable,
            format!("The connection to the XMPP server broke: {cause}."),
            "Check the network.",
        ),
        ErrorKind::Protocol(cause) => (
            Code::XmppUnreachable,
            format!("The answer of the XMPP server cannot be understood: {cause}."),
            "Check xmpp.server: it must be the port for clients.",
        ),
        ErrorKind::TimeLimit { step } => (
            Code::TimeLimit,
            format!("The XMPP server did not answer in time: {step}."),
            "Try again; causewayctl check shows what is slow.",
        ),
        // RFC 6120 section 4.9.3.6.
        ErrorKind::Refused { condition, .. } if condition == HOST_UNKNOWN => (
            Code::XmppUnreachable,
            "The XMPP server does not know the domain of the address (host-unknown).".to_owned(),
            "Check xmpp.address, and xmpp.server if it is set.",
        ),
        ErrorKind::Refused { condition, text } => (
            Code::XmppUnreachable,
            if text.is_empty() {
                format!("The XMPP server refused it ({condition}).")
            } else {
                format!("The XMPP server refused it: {text} ({condition}).")
            },
            "Administrators: the condition in the details says why.",
        ),
    };
    (code, message, remedy.to_owned())
}

/// Facts that scripts may want in a form of their own.
fn with_kind(mut problem: Problem, kind: &ErrorKind) -> Problem {
    if let ErrorKind::NotFound { tried } = kind {
        problem
            .with("cause", "not-found")
            .with("tried", tried.clone())
    } else if let ErrorKind::Silent { host } = kind {
        problem.with("cause", "silent").with("host", host.clone())
    } else if let ErrorKind::NoTls = kind {
        problem.with("cause", "no-tls")
    } else if let ErrorKind::NotDirect = kind {
        problem.with("cause", "not-direct")
    } else if let ErrorKind::Refused { condition, .. } = kind
        && condition == HOST_UNKNOWN
    {
        problem.with("cause", HOST_UNKNOWN)
    } else if let ErrorKind::CertificateIssuer { host, issuer } = kind {
        problem
            .with("cause", "issuer")
            .with("host", host.clone())
            .with("issuer", issuer.clone())
    } else if let ErrorKind::CertificateName { wanted, found } = kind {
        problem
            .with("cause", "name")
            .with("wanted", wanted.clone())
            .with("found", found.clone())
    } else if let ErrorKind::CertificateExpired {
        host,
        not_before,
        not_after,
    } = kind
    {
        problem = problem
            .with("cause", when_not_valid(*not_before, Timestamp::now()))
            .with("host", host.clone());
        for (key, time) in [("not_before", not_before), ("not_after", not_after)] {
            if let Some(time) = time {
                problem = problem.with(key, time.to_string());
            }
        }
        problem
    } else {
        problem
    }
}

fn with_facts(mut problem: Problem, facts: &Facts) -> Problem {
    for (key, value) in [
        ("host", &facts.host),
        ("condition", &facts.condition),
        ("text", &facts.text),
    ] {
        if let Some(value) = value {
            problem = problem.with(key, value.clone());
        }
    }
    if let Some(port) = facts.port {
        problem = problem.with("port", port);
    }
    if facts.offered.is_empty() {
        problem
    } else {
        problem.with("offered", facts.offered.clone())
    }
}
