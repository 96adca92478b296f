//! What Windows' SSPI answers, as the cause that it means. Pure, so that it is tried on every system.

use crate::Cause;

/// Codes of winerror.h ("SSPI status codes"), and the NTSTATUS values of MS-ERREF 2.3.1 that Kerberos hands on.
mod code {
    pub(super) const TARGET_UNKNOWN: u32 = 0x8009_0303;
    pub(super) const INVALID_TOKEN: u32 = 0x8009_0308;
    pub(super) const LOGON_DENIED: u32 = 0x8009_030c;
    pub(super) const NO_CREDENTIALS: u32 = 0x8009_030e;
    pub(super) const MESSAGE_ALTERED: u32 = 0x8009_030f;
    pub(super) const NO_AUTHENTICATING_AUTHORITY: u32 = 0x8009_0311;
    pub(super) const CONTEXT_EXPIRED: u32 = 0x8009_0317;
    pub(super) const WRONG_PRINCIPAL: u32 = 0x8009_0322;
    pub(super) const TIME_SKEW: u32 = 0x8009_0324;
    pub(super) const BAD_BINDINGS: u32 = 0x8009_0346;
    pub(super) const DOWNGRADE_DETECTED: u32 = 0x8009_0350;
    pub(super) const MUTUAL_AUTH_FAILED: u32 = 0x8009_0363;

    pub(super) const WRONG_PASSWORD: u32 = 0xc000_006a;
    pub(super) const LOGON_FAILURE: u32 = 0xc000_006d;
    pub(super) const PASSWORD_EXPIRED: u32 = 0xc000_0071;
    pub(super) const ACCOUNT_DISABLED: u32 = 0xc000_0072;
    pub(super) const ACCOUNT_EXPIRED: u32 = 0xc000_0193;
    pub(super) const PASSWORD_MUST_CHANGE: u32 = 0xc000_0224;
    pub(super) const ACCOUNT_LOCKED_OUT: u32 = 0xc000_0234;

    /// Set where an NTSTATUS stands in place of an HRESULT.
    pub(super) const NT_BIT: u32 = 0x1000_0000;
}

/// `None`: the table does not name it. `typed` is whether a password was.
pub(crate) fn cause(status: u32, service: &str, typed: bool) -> Option<Cause> {
    Some(match status & !code::NT_BIT {
        code::LOGON_DENIED | code::WRONG_PASSWORD | code::LOGON_FAILURE if typed => {
            Cause::WrongPassword
        }
        code::LOGON_DENIED | code::WRONG_PASSWORD | code::LOGON_FAILURE => Cause::Refused,
        code::NO_CREDENTIALS => Cause::NoTicket,
        code::CONTEXT_EXPIRED => Cause::TicketExpired,
        code::TARGET_UNKNOWN => Cause::ServerUnknown {
            spn: service.to_owned(),
        },
        code::WRONG_PRINCIPAL => Cause::ServerKey,
        code::TIME_SKEW => Cause::ClockSkew,
        code::NO_AUTHENTICATING_AUTHORITY | code::DOWNGRADE_DETECTED => {
            Cause::ControllerUnreachable
        }
        code::BAD_BINDINGS => Cause::Binding,
        code::PASSWORD_EXPIRED | code::PASSWORD_MUST_CHANGE => Cause::PasswordExpired,
        code::ACCOUNT_DISABLED | code::ACCOUNT_LOCKED_OUT => Cause::AccountDisabled,
        code::ACCOUNT_EXPIRED => Cause::AccountExpired,
        code::INVALID_TOKEN | code::MESSAGE_ALTERED => {
            Cause::BadToken("it makes no sense".to_owned())
        }
        code::MUTUAL_AUTH_FAILED => Cause::BadToken("it did not prove who it is".to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_answers_is_told_by_its_cause() {
        for (status, wanted) in [
            (0x8009_030e, Some("no-ticket")),
            (0x8009_0317, Some("ticket-expired")),
            (0x8009_0303, Some("server-unknown")),
            (0x8009_0322, Some("server-key")),
            (0x8009_0324, Some("clock-skew")),
            (0x8009_0311, Some("controller-unreachable")),
            (0x8009_0350, Some("controller-unreachable")),
            (0x8009_0346, Some("extended-protection")),
            (0x8009_0308, Some("bad-token")),
            (0x8009_0363, Some("bad-token")),
            (0xd000_0071, Some("password-expired")),
            (0xc000_0224, Some("password-expired")),
            (0xd000_0072, Some("account-disabled")),
            (0xc000_0234, Some("account-disabled")),
            (0xc000_0193, Some("account-expired")),
            (0x8009_0304, None),
        ] {
            let told = cause(status, "HTTP/web", false);
            assert_eq!(told.as_ref().map(Cause::code), wanted, "{status:#x}");
        }
        let told = cause(code::TARGET_UNKNOWN, "HTTP/web", false);
        let spn = "HTTP/web".to_owned();
        assert_eq!(told, Some(Cause::ServerUnknown { spn }));
    }

    #[test]
    fn a_refused_logon_is_the_passwords_fault_only_where_one_was_typed() {
        for status in [0x8009_030c, 0xc000_006a, 0xd000_006d] {
            assert_eq!(cause(status, "", true), Some(Cause::WrongPassword));
            assert_eq!(cause(status, "", false), Some(Cause::Refused));
        }
    }
}
