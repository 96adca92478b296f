//! Both ways on Windows: its own SSPI, which knows the logon session, and chooses between Kerberos and NTLM.

use secrecy::ExposeSecret as _;
use windows_native::sspi::{Identity, Package, Protocol, Status};

use crate::handshake::Context;
use crate::status::cause;
use crate::{Cause, Credentials, Mechanism, Scheme, Step, Target, Ticket};

/// The domain account of this session. Asks no server; whether there is a ticket for a web server, or NTLM has to do, is seen when it
/// is tried.
///
/// # Errors
/// [`Cause::NoTicket`]: the session is of an account of this computer alone, whose name and hash are no server's business.
pub fn ticket() -> Result<Ticket, Cause> {
    windows_native::sspi::domain_account()
        .map(Ticket::of)
        .ok_or(Cause::NoTicket)
}

/// By the session's account.
pub(crate) mod kerberos {
    pub use super::ticket;
    use super::{Cause, Context, Scheme, Target, native};

    pub(crate) fn begin(scheme: Scheme, target: Target) -> Result<Box<dyn Context>, Cause> {
        native(scheme, &target, None)
    }
}

/// With user name and password.
pub(crate) mod ntlm {
    use super::{Cause, Context, Credentials, Scheme, Target, native};

    pub(crate) fn begin(
        scheme: Scheme,
        target: Target,
        credentials: &Credentials,
    ) -> Result<Box<dyn Context>, Cause> {
        native(scheme, &target, Some(credentials))
    }
}

struct Native {
    context: windows_native::sspi::Context,
    package: Package,
    typed: bool,
    service: String,
    over: bool,
    /// Windows has sent an NTLM message, bare or in SPNEGO.
    ntlm_seen: bool,
}

fn native(
    scheme: Scheme,
    target: &Target,
    credentials: Option<&Credentials>,
) -> Result<Box<dyn Context>, Cause> {
    let package = match scheme {
        Scheme::Negotiate => Package::Negotiate,
        Scheme::Ntlm => Package::Ntlm,
    };
    let service = format!("HTTP/{}", target.host);
    let identity = credentials.map(|credentials| Identity {
        domain: credentials.name.domain(),
        user: credentials.name.user(),
        password: credentials.password.expose_secret(),
    });
    let typed = identity.is_some();
    let context = windows_native::sspi::Context::new(
        package,
        identity.as_ref(),
        &service,
        target.binding.as_deref(),
    )
    .map_err(|status| told(status, &service, typed))?;
    Ok(Box::new(Native {
        context,
        package,
        typed,
        service,
        over: false,
        ntlm_seen: false,
    }))
}

impl Context for Native {
    fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause> {
        if self.over {
            return Ok(Step::Done);
        }
        let token = self
            .context
            .step(token)
            .map_err(|status| told(status, &self.service, self.typed))?;
        self.over = token.last;
        self.ntlm_seen |= token.bytes.windows(8).any(|part| part == b"NTLMSSP\0");
        Ok(if token.bytes.is_empty() {
            Step::Done
        } else {
            Step::Send(token.bytes)
        })
    }

    fn is_mutual(&self) -> bool {
        self.over && self.context.is_mutual()
    }

    fn mechanism(&self) -> Mechanism {
        match (self.package, self.context.protocol()) {
            (Package::Ntlm, _) | (_, Some(Protocol::Ntlm)) => Mechanism::Ntlm,
            (_, Some(Protocol::Kerberos)) => Mechanism::Kerberos,
            // Before the end Windows need not say it.
            (Package::Negotiate, None) if self.ntlm_seen => Mechanism::Ntlm,
            (Package::Negotiate, None) => Mechanism::Kerberos,
        }
    }
}

fn told(status: Status, service: &str, typed: bool) -> Cause {
    cause(status.0, service, typed).unwrap_or_else(|| Cause::Other(status.to_string()))
}
