//! Names of accounts.

use std::fmt;

/// A logon name in one of the three forms in which people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogonName {
    domain: String,
    user: String,
}

impl LogonName {
    /// Reads `user`, `DOMAIN\user` (down-level logon name) or `user@suffix` (user principal name). Every text is one of them.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (domain, user) = text.trim().split_once('\\').unwrap_or(("", text.trim()));
        Self {
            domain: domain.to_owned(),
            user: user.to_owned(),
        }
    }

    /// Domain of `DOMAIN\user`; empty for the other forms.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The user; a user principal name as a whole, since only the domain controller knows which domain its suffix means.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The account alone, without domain and suffix.
    fn account(&self) -> &str {
        self.user.split('@').next().unwrap_or_default()
    }
}

/// What this session signs in with: a ticket-granting ticket, on Windows the account that is logged on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    principal: String,
}

impl Ticket {
    /// A ticket of that principal or account.
    pub fn of(principal: impl Into<String>) -> Self {
        Self {
            principal: principal.into(),
        }
    }

    /// Whether it is of the account with that logon name, as far as names can tell: domain and realm are often
    /// written differently, so that only the accounts are compared.
    #[must_use]
    pub fn is_of(&self, name: &LogonName) -> bool {
        // The `@` of an enterprise name is written with a backslash in a principal (RFC 6806 section 5).
        let own = LogonName::read(&self.principal.replace("\\@", "@"));
        own.account().to_lowercase() == name.account().to_lowercase()
    }
}

/// The principal, `anna@CONTOSO.EXAMPLE`, or the account, `CONTOSO\anna`.
impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_name_is_read_in_its_three_forms() {
        let read = |text| {
            let name = LogonName::read(text);
            (name.domain().to_owned(), name.user().to_owned())
        };
        assert_eq!(read("anna"), (String::new(), "anna".to_owned()));
        assert_eq!(
            read(r" CONTOSO\anna "),
            ("CONTOSO".to_owned(), "anna".to_owned())
        );
        assert_eq!(
            read("anna@contoso.example"),
            (String::new(), "anna@contoso.example".to_owned())
        );
    }

    #[test]
    fn a_ticket_belongs_to_an_account_in_whatever_form_its_name_is_written() {
        for ticket in ["Anna@CONTOSO.EXAMPLE", r"CONTOSO\Anna"].map(Ticket::of) {
            for own in ["anna", r"CONTOSO\ANNA", "anna@contoso.example"] {
                assert!(ticket.is_of(&LogonName::read(own)), "{own}");
            }
            for other in ["ben", r"CONTOSO\svc-anna", "anna.berg@contoso.example", ""] {
                assert!(!ticket.is_of(&LogonName::read(other)), "{other}");
            }
        }
        let enterprise = Ticket::of(r"a.berg\@firma.example@CONTOSO.EXAMPLE");
        assert!(enterprise.is_of(&LogonName::read("a.berg@firma.example")));
        assert!(!enterprise.is_of(&LogonName::read("anna")));
    }
}
