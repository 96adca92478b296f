//! `ucwa::Error` → [`Problem`].

use causeway_api::{Code, Problem};
use ucwa::{Error, ErrorKind, Facts};

use jiff::Timestamp;

use super::{CHECKING_CERTIFICATE, Next, diagnostics, not_valid_now, when_not_valid, windows};

/// Translates a failure that happened in `step`.
pub(crate) fn lync(error: &Error, step: &str, next: Next) -> Problem {
    let (code, message, remedy) = words(&error.kind, &error.facts);
    let remedy = if passes_by_itself(&error.kind) {
        next.after(&remedy)
    } else {
        remedy
    };
    // A certificate is looked at in every step that opens a connection; it is one step to people.
    let step = if error.kind.is_about_certificate() {
        CHECKING_CERTIFICATE
    } else {
        step
    };
    let problem = Problem::new(code, step, message, remedy);
    // What the cause itself says goes before what was seen on the way.
    with_kind(with_facts(problem, &error.facts), &error.kind, &error.facts)
}

fn passes_by_itself(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Busy { .. }
            | ErrorKind::TooManyApplications
            | ErrorKind::SessionEnded
            | ErrorKind::EventsStopped
            | ErrorKind::Connection(_)
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm per cause: a table in the shape of code"
)]
fn words(kind: &ErrorKind, facts: &Facts) -> (Code, String, String) {
    let (code, message, remedy) = match kind {
        ErrorKind::NoDiscoveryName { tried } => (
            Code::NoDiscoveryName,
            format!(
                "The domain of the address has no sign-in entry; looked for {}.",
                tried.join(", ")
            ),
            "Check the spelling of lync.address and connect the VPN; or set lync.discovery_url.",
        ),
        ErrorKind::NoAddress { host } => (
            Code::DiscoverySilent,
            format!("{host}, where the server sends us, has no address as seen from here."),
            "Connect to the company network or its VPN. Administrators: check the DNS entry of that name.",
        ),
        ErrorKind::Silent {
            host,
            refused: true,
        } => (
            Code::DiscoverySilent,
            format!("{host} refuses the connection: nothing answers at that port."),
            "Connect to the company network or its VPN, or check lync.discovery_url if it is set. Administrators: check that the web services run.",
        ),
        ErrorKind::Silent {
            host,
            refused: false,
        } => (
            Code::DiscoverySilent,
            format!("{host} does not answer from here."),
            "Connect to the company network or its VPN. Administrators: check that the external web services are published.",
        ),
        ErrorKind::ProxyLogin { refused: true, .. } => (
            Code::ProxyLogin,
            "The proxy did not accept user name or password. It is not tried again by itself."
                .to_owned(),
            "Correct lync.proxy_user and the file lync.proxy_password_file.",
        ),
        ErrorKind::ProxyLogin { offered, .. } => (
            Code::ProxyLogin,
            windows::proxy_sentence(offered, facts),
            "Set lync.proxy_user and lync.proxy_password_file, or lync.proxy. Administrators: let the pool's web services pass.",
        ),
        ErrorKind::NotUcwa { host, content_type } => (
            Code::NotUcwa,
            format!("A web page ({content_type}) answered instead of the server at {host}."),
            "Log in to the guest network with a browser, or correct lync.discovery_url.",
        ),
        ErrorKind::CertificateExpired {
            host,
            not_before,
            not_after,
        } => (
            Code::CertificateExpired,
            not_valid_now(host, *not_before, *not_after, Timestamp::now()),
            "Tell the administrator of the server that the certificate has to be renewed. If other sites complain too, set this computer's clock.",
        ),
        ErrorKind::CertificateIssuer { host, issuer } => (
            Code::CertificateIssuer,
            format!("The certificate of {host} comes from an unknown issuer: {issuer}."),
            "Ask your administrator for the certificate authority and set lync.ca_file to it.",
        ),
        ErrorKind::CertificateName { wanted, found } => (
            Code::CertificateName,
            format!(
                "The certificate is for other names: wanted {wanted}, found {}.",
                found.join(", ")
            ),
            "Check the address. Administrators: add the name to the certificate.",
        ),
        ErrorKind::Tls(cause) => (
            Code::Tls,
            format!("No secure connection could be agreed on: {cause}."),
            "Administrators: the server must offer TLS 1.2 or later.",
        ),
        ErrorKind::ForeignRedirect { from, to } => (
            Code::ForeignDomain,
            format!("{from} sends us to the foreign host {to}."),
            "Only if you know that host: add it to lync.trusted_domains.",
        ),
        ErrorKind::RedirectLoop { chain } => (
            Code::NotUcwa,
            format!(
                "The sign-in address leads in a circle: {}.",
                chain.join(" → ")
            ),
            "Correct lync.discovery_url. Administrators: check the redirects of the web services.",
        ),
        ErrorKind::PasswordMissing => (
            Code::PasswordMissing,
            "No password for Lync is known.".to_owned(),
            "Store it with causewayctl login, or set lync.password_file.",
        ),
        ErrorKind::PasswordRefused => (
            Code::PasswordRefused,
            "User name or password not accepted by Lync. It is not tried again by itself."
                .to_owned(),
            "Type it again (beware of Caps Lock) with causewayctl login; set lync.user where the logon name differs.",
        ),
        ErrorKind::WindowsNotOffered { offered } => (
            Code::WindowsSignIn,
            format!(
                "Windows sign-in is not possible: the server offers only {}.",
                offered.join(", ")
            ),
            "Set lync.method to automatic or forms. Administrators: let the web services offer Windows authentication.",
        ),
        ErrorKind::WindowsFailed { cause } => (
            Code::WindowsSignIn,
            windows::sentence(cause, facts),
            cause.remedy(),
        ),
        ErrorKind::NoMethod { offered } => (
            Code::NoMethod,
            format!(
                "The server offers only methods that Causeway does not support: {}.",
                offered.join(", ")
            ),
            "Administrators: let the web services offer Windows authentication (Negotiate or NTLM) or forms (the password grant).",
        ),
        ErrorKind::WebSignIn { page, refused, .. } => {
            let host = page.host_str().unwrap_or_default();
            let message = if *refused {
                format!("The sign-in on the web page of {host} is not accepted any more.")
            } else {
                format!("The server wants you to sign in on a web page of {host}.")
            };
            (
                Code::WebSignIn,
                message,
                "Open the sign-in page from Causeway's window; it needs a screen. Administrators: without one, let the web services offer Windows authentication or forms.",
            )
        }
        ErrorKind::OtherPerson { wanted, found } => (
            Code::OtherPerson,
            format!(
                "The sign-in is that of {}, not of {}. It was ended at once.",
                found.address(),
                wanted.address()
            ),
            "Sign in again with the right account; set lync.user where the logon name differs, or lync.address to the other address.",
        ),
        ErrorKind::ModernAuthOnly => (
            Code::NoMethod,
            "The server accepts only modern authentication (OAuth).".to_owned(),
            "Administrators: enable the password grant for the internal or external web services.",
        ),
        ErrorKind::AppNotAllowed => (
            Code::AppNotAllowed,
            "Sign-in is right, but the server does not allow this application.".to_owned(),
            "Administrators: check the allowed domains and the mobility policy of the pool.",
        ),
        ErrorKind::NotEnabled => (
            Code::NotEnabled,
            "The account is not enabled for this service, or lives in the cloud.".to_owned(),
            "Administrators: check the user's home pool and mobility policy.",
        ),
        ErrorKind::InCloud { host } => (
            Code::NotEnabled,
            format!("The account lives in Microsoft's cloud: the server sends us to {host}."),
            "Causeway speaks to servers on premises alone. Administrators: check the user's home pool.",
        ),
        ErrorKind::NoUcwa => (
            Code::NoUcwa,
            "The pool has no UCWA service: an old version, or switched off.".to_owned(),
            "Administrators: check the server's version and its web services.",
        ),
        ErrorKind::Busy { retry_after } => (
            Code::Busy,
            match retry_after {
                Some(delay) => format!(
                    "The server is busy and asks to come back in {} s.",
                    delay.as_secs()
                ),
                None => "The server is busy.".to_owned(),
            },
            "Wait a moment.",
        ),
        ErrorKind::TooManyApplications => (
            Code::Busy,
            "Too many programs are signed in to this account.".to_owned(),
            "End some of them, or wait a few minutes.",
        ),
        ErrorKind::SessionEnded => (
            Code::SessionEnded,
            "The server ended the session.".to_owned(),
            "Nothing is lost.",
        ),
        ErrorKind::EventsStopped => (
            Code::EventsStopped,
            "Events stopped arriving; what is shown may be old.".to_owned(),
            "Wait a moment. Administrators: the reverse proxy's time limit must be longer than the long poll.",
        ),
        ErrorKind::Connection(cause) => (
            Code::EventsStopped,
            format!("The connection to the server broke: {cause}."),
            "Check the network.",
        ),
        ErrorKind::TimeLimit { step } => (
            Code::TimeLimit,
            format!("The server did not answer in time: {step}."),
            "Try again; causewayctl check shows what is slow.",
        ),
        ErrorKind::Refused {
            code,
            subcode,
            message,
        } => (
            Code::NotOffered,
            refusal(code, subcode, message),
            "Administrators: the code and the diagnostics in the details name the policy.",
        ),
        ErrorKind::NotPossible(what) => (
            Code::NotOffered,
            format!("This server or account does not offer it now ({what})."),
            "Nothing to do here; administrators: check the policies of the account.",
        ),
        ErrorKind::NotInDirectory => (
            Code::BadAddress,
            "The directory of the Lync server does not know this address.".to_owned(),
            "Check the spelling; causewayctl search finds people and groups.",
        ),
        ErrorKind::Protocol(cause) => (
            Code::NotUcwa,
            format!("The answer of the server cannot be understood: {cause}."),
            "Check lync.discovery_url; report it with the details if the address is right.",
        ),
        ErrorKind::Journal(cause) => (
            Code::Storage,
            format!("Incoming events cannot be kept: {cause}."),
            "Free space on the disk of the data directory and check its rights.",
        ),
    };
    (code, message, remedy.to_owned())
}

fn refusal(code: &str, subcode: &str, message: &str) -> String {
    let name = if subcode.is_empty() {
        code.to_owned()
    } else {
        format!("{code}/{subcode}")
    };
    if message.is_empty() {
        format!("The server refused it ({name}).")
    } else {
        format!("The server refused it: {message} ({name}).")
    }
}

/// Facts that scripts may want in a form of their own.
fn with_kind(problem: Problem, kind: &ErrorKind, facts: &Facts) -> Problem {
    if let ErrorKind::NoDiscoveryName { tried } = kind {
        problem.with("tried", tried.clone())
    } else if let ErrorKind::WindowsNotOffered { offered } | ErrorKind::NoMethod { offered } = kind
    {
        problem.with("offered", offered.clone())
    } else if let ErrorKind::ProxyLogin { offered, refused } = kind {
        let problem = problem.with("offered", offered.clone());
        match windows::proxy_cause(*refused, facts) {
            Some(cause) => problem.with("cause", cause),
            None => problem,
        }
    } else if let ErrorKind::WindowsFailed { cause } = kind {
        let problem = problem.with("cause", cause.code());
        if let ucwa::Cause::ServerUnknown { spn } = cause {
            problem.with("spn", spn.clone())
        } else {
            problem
        }
    } else if let ErrorKind::CertificateName { wanted, found } = kind {
        problem
            .with("wanted", wanted.clone())
            .with("found", found.clone())
    } else if let ErrorKind::CertificateExpired {
        host, not_before, ..
    } = kind
    {
        let now = Timestamp::now();
        problem
            .with("host", host.clone())
            .with("cause", when_not_valid(*not_before, now))
            .with("clock", now.to_string())
    } else if let ErrorKind::CertificateIssuer { host, issuer } = kind {
        problem
            .with("host", host.clone())
            .with("issuer", issuer.clone())
    } else if let ErrorKind::NoAddress { host } = kind {
        problem.with("host", host.clone())
    } else if let ErrorKind::Silent { host, refused } = kind {
        let problem = problem.with("host", host.clone());
        if *refused {
            problem.with("cause", "connection-refused")
        } else {
            problem
        }
    } else if let ErrorKind::Busy {
        retry_after: Some(delay),
    } = kind
    {
        problem.with("retry_after", delay.as_secs())
    } else if let ErrorKind::NotUcwa { host, content_type } = kind {
        problem
            .with("host", host.clone())
            .with("content_type", content_type.clone())
    } else if let ErrorKind::ForeignRedirect { from, to } = kind {
        problem.with("from", from.clone()).with("to", to.clone())
    } else if let ErrorKind::WebSignIn {
        page, token_url, ..
    } = kind
    {
        problem
            .with("page", page.as_str())
            .with("token_url", token_url.as_str())
    } else if let ErrorKind::OtherPerson { wanted, found } = kind {
        problem
            .with("wanted", wanted.address())
            .with("found", found.address())
    } else if let ErrorKind::InCloud { host } = kind {
        problem.with("host", host.clone()).with("cause", "cloud")
    } else if let ErrorKind::RedirectLoop { chain } = kind {
        problem.with("chain", chain.clone())
    } else if let ErrorKind::Refused { code, subcode, .. } = kind {
        problem
            .with("server_code", code.clone())
            .with("server_subcode", subcode.clone())
    } else {
        problem
    }
}

fn with_facts(mut problem: Problem, facts: &Facts) -> Problem {
    let texts = [
        ("url", &facts.url),
        ("host", &facts.host),
        ("diagnostics", &facts.diagnostics),
        ("proxy", &facts.proxy),
        ("server_fqdn", &facts.server_fqdn),
        ("request_id", &facts.request_id),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            problem = problem.with(key, value.clone());
        }
    }
    let said = facts.diagnostics.as_deref().and_then(diagnostics::reason);
    if let Some(said) = said {
        problem.message += &format!(" The server says: {said}.");
    }
    if !facts.passed_over.is_empty() {
        problem = problem.with("passed_over", windows::passed_over_json(&facts.passed_over));
    }
    if let Some(certificate) = &facts.certificate {
        problem = problem
            .with("issuer", certificate.issuer.clone())
            .with("fingerprint", certificate.fingerprint.clone());
        for (key, time) in [
            ("not_before", certificate.not_before),
            ("not_after", certificate.not_after),
        ] {
            if let Some(time) = time {
                problem = problem.with(key, time.to_string());
            }
        }
    }
    match facts.status {
        Some(status) => problem.with("status", status),
        None => problem,
    }
}
