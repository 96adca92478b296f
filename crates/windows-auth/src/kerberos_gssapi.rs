//! Kerberos by the system's GSSAPI library: the ticket of the session, wherever it is kept (FILE, DIR, KEYRING, KCM).

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext as _};
use libgssapi::credential::{Cred, CredUsage};
use libgssapi::error::{Error, MajorFlags};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_MECH_SPNEGO, GSS_NT_KRB5_PRINCIPAL, OidSet};

use crate::handshake::Context;
use crate::{Cause, Mechanism, Scheme, Step, Target, Ticket};

/// The ticket of this session. Asks no server; a ticket cache may still take its time (KCM, a home directory far away).
///
/// # Errors
/// [`Cause::NoTicket`], [`Cause::TicketExpired`], or what the library says.
pub fn ticket() -> Result<Ticket, Cause> {
    let told = |error: Error| cause(error, "");
    let credential = credential().map_err(told)?;
    let name = credential.name().map_err(told)?;
    let principal = name.display_name().map_err(told)?;
    let left = credential.lifetime().map_err(told)?;
    if left.is_zero() {
        return Err(Cause::TicketExpired);
    }
    Ok(Ticket::of(String::from_utf8_lossy(&principal)))
}

fn credential() -> Result<Cred, Error> {
    // For krb5 alone: its error codes are exact, those of SPNEGO are not.
    let mechanisms = OidSet::singleton(GSS_MECH_KRB5)?;
    Cred::acquire(None, None, CredUsage::Initiate, Some(&mechanisms))
}

struct Gssapi {
    context: ClientCtx,
    target: Target,
}

pub(crate) fn begin(_: Scheme, target: Target) -> Result<Box<dyn Context>, Cause> {
    let spn = format!("HTTP/{}", target.host);
    let told = |error: Error| cause(error, &spn);
    let credential = credential().map_err(told)?;
    // A principal of the empty realm is taken as it is; a host-based name would be looked up in DNS first.
    let name = Name::new(format!("{spn}@").as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL));
    let name = name.map_err(told)?;
    let flags = CtxFlags::GSS_C_MUTUAL_FLAG | CtxFlags::GSS_C_INTEG_FLAG;
    // By krb5 first, for its exact errors: this fetches the service ticket, which SPNEGO then finds.
    ClientCtx::new(
        Some(credential.clone()),
        name.duplicate().map_err(told)?,
        flags,
        Some(GSS_MECH_KRB5),
    )
    .step(None, target.binding.as_deref())
    .map_err(told)?;
    Ok(Box::new(Gssapi {
        context: ClientCtx::new(Some(credential), name, flags, Some(GSS_MECH_SPNEGO)),
        target,
    }))
}

impl Context for Gssapi {
    fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause> {
        let binding = self.target.binding.as_deref();
        match self.context.step(token, binding) {
            Ok(Some(token)) => Ok(Step::Send(token.to_vec())),
            Ok(None) => Ok(Step::Done),
            Err(error) => Err(cause(error, &format!("HTTP/{}", self.target.host))),
        }
    }

    fn is_mutual(&self) -> bool {
        self.context.is_complete()
            && self
                .context
                .flags()
                .is_ok_and(|flags| flags.contains(CtxFlags::GSS_C_MUTUAL_FLAG))
    }

    fn mechanism(&self) -> Mechanism {
        Mechanism::Kerberos
    }
}

/// Codes of MIT krb5 (`krb5.h`), as GSSAPI hands them on in `minor`.
mod krb5 {
    pub(super) const NAME_EXP: i32 = -1_765_328_383;
    pub(super) const C_PRINCIPAL_UNKNOWN: i32 = -1_765_328_378;
    pub(super) const S_PRINCIPAL_UNKNOWN: i32 = -1_765_328_377;
    pub(super) const CLIENT_REVOKED: i32 = -1_765_328_366;
    pub(super) const KEY_EXP: i32 = -1_765_328_361;
    pub(super) const TKT_EXPIRED: i32 = -1_765_328_352;
    pub(super) const TKT_NYV: i32 = -1_765_328_351;
    pub(super) const NOT_US: i32 = -1_765_328_349;
    pub(super) const SKEW: i32 = -1_765_328_347;
    pub(super) const MODIFIED: i32 = -1_765_328_343;
    pub(super) const BAD_KEY_VERSION: i32 = -1_765_328_340;
    pub(super) const CC_NOTFOUND: i32 = -1_765_328_243;
    pub(super) const REALM_UNKNOWN: i32 = -1_765_328_230;
    pub(super) const KDC_UNREACH: i32 = -1_765_328_228;
    pub(super) const FCC_NOFILE: i32 = -1_765_328_189;
    pub(super) const CC_FORMAT: i32 = -1_765_328_185;
}

const ROUTINE: u32 = 0x00ff_0000;

fn cause(error: Error, spn: &str) -> Cause {
    // A number in spite of its type: routine errors stand in the third byte (RFC 2744 section 3.9.1).
    let routine = error.major.bits() & ROUTINE;
    if routine == MajorFlags::GSS_S_BAD_BINDINGS.bits() {
        return Cause::Binding;
    }
    if routine == MajorFlags::GSS_S_CREDENTIALS_EXPIRED.bits() {
        return Cause::TicketExpired;
    }
    // SPNEGO found nothing in common: the server wants NTLM.
    if routine == MajorFlags::GSS_S_BAD_MECH.bits() {
        return Cause::NotOffered;
    }
    // The library hands the code on as it is, in an unsigned number.
    match error.minor.cast_signed() {
        krb5::CC_NOTFOUND | krb5::FCC_NOFILE | krb5::CC_FORMAT => Cause::NoTicket,
        krb5::TKT_EXPIRED => Cause::TicketExpired,
        krb5::S_PRINCIPAL_UNKNOWN => Cause::ServerUnknown {
            spn: spn.to_owned(),
        },
        krb5::NOT_US | krb5::MODIFIED | krb5::BAD_KEY_VERSION => Cause::ServerKey,
        krb5::SKEW | krb5::TKT_NYV => Cause::ClockSkew,
        krb5::KDC_UNREACH => Cause::ControllerUnreachable,
        krb5::REALM_UNKNOWN => Cause::RealmUnknown,
        krb5::KEY_EXP => Cause::PasswordExpired,
        krb5::CLIENT_REVOKED | krb5::C_PRINCIPAL_UNKNOWN => Cause::AccountDisabled,
        krb5::NAME_EXP => Cause::AccountExpired,
        _ => by_text(&error.to_string().replace('\0', "")),
    }
}

/// What the server itself objects to comes through SPNEGO, which has numbers of its own for this run: only the text tells. It is
/// English, since no program of ours asks the C library for another language.
fn by_text(text: &str) -> Cause {
    let says = |part| text.contains(part);
    if says("Clock skew too great") {
        Cause::ClockSkew
    } else if says("Ticket expired") {
        Cause::TicketExpired
    } else if says("Key version is not available")
        || says("ticket isn't for us")
        || says("Decrypt integrity check failed")
        || says("Message stream modified")
    {
        Cause::ServerKey
    } else if says("Cannot contact any KDC") {
        Cause::ControllerUnreachable
    } else {
        Cause::Other(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of what the library answers: major in hexadecimal as its header has it, and the code of Kerberos.
    fn check(major: u32, minor: i32, code: &str) {
        let error = Error {
            major: MajorFlags::from_bits_retain(major),
            minor: minor.cast_unsigned(),
        };
        assert_eq!(cause(error, "HTTP/web").code(), code, "{minor}");
    }

    #[test]
    fn what_the_server_objects_to_is_told_by_the_text() {
        let told = |text: &str| {
            by_text(&format!(
                "Unspecified GSS failure.  Minor code may provide more information ({text})"
            ))
            .code()
        };
        assert_eq!(told("Clock skew too great"), "clock-skew");
        assert_eq!(told("Key version is not available"), "server-key");
        assert_eq!(told("something new"), "other");
    }

    #[test]
    fn what_the_library_answers_is_told_by_its_cause() {
        for (minor, code) in [
            (krb5::CC_NOTFOUND, "no-ticket"),
            (krb5::FCC_NOFILE, "no-ticket"),
            (krb5::TKT_EXPIRED, "ticket-expired"),
            (krb5::S_PRINCIPAL_UNKNOWN, "server-unknown"),
            (krb5::NOT_US, "server-key"),
            (krb5::SKEW, "clock-skew"),
            (krb5::KDC_UNREACH, "controller-unreachable"),
            (krb5::REALM_UNKNOWN, "realm-unknown"),
            (krb5::KEY_EXP, "password-expired"),
            (krb5::CLIENT_REVOKED, "account-disabled"),
            (krb5::NAME_EXP, "account-expired"),
        ] {
            check(0x000d_0000, minor, code);
            check(0x0007_0000, minor, code);
        }
        check(0x0004_0000, 0, "extended-protection");
        check(0x000b_0000, 0, "ticket-expired");
        check(0x0001_0000, 100_005, "not-offered");
        check(0x000d_0000, 100_005, "other");
        assert_eq!(
            cause(
                Error {
                    major: MajorFlags::from_bits_retain(0x000d_0000),
                    minor: krb5::S_PRINCIPAL_UNKNOWN.cast_unsigned()
                },
                "HTTP/web"
            ),
            Cause::ServerUnknown {
                spn: "HTTP/web".to_owned()
            }
        );
    }
}
