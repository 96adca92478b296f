//! Against a domain controller of Active Directory: Samba, which counts wrong passwords and locks accounts as Windows does.

use causeway_tests::cast::{ANNA, BEN};
use causeway_tests::directory::{self, Directory, LOCKED_AFTER, Person};
use causeway_tests::domain::{UNKNOWN, WEB};
use causeway_tests::front::{Asks, Front};
use causeway_tests::island::story_of_root;
use causeway_tests::names::Names;
use causeway_tests::sim::Sim;
use tempfile::TempDir;

use super::{ANNAS, Attempt, BENS, PEOPLE, Place, none};

/// A user principal name whose suffix is not the realm, and whose name is not that of the account.
const ANNAS_UPN: &str = "a.berg@firma.example";

/// What Anna is called besides, in a ticket and by winbind.
const ALIASES: [(&str, &str); 2] = [(r"a\.berg.*", "anna"), (r".*anna@contoso\.example", "anna")];

/// Accounts of the directory.
fn people() -> [Person<'static>; 5] {
    [
        ("anna", ANNAS, "userPrincipalName: a.berg@firma.example\n"),
        ("ben", BENS, ""),
        ("disabled", ANNAS, "userAccountControl: 514\n"),
        // Has to be changed at the next logon: it has expired.
        ("expired", ANNAS, "pwdLastSet: 0\n"),
        ("locked", ANNAS, ""),
    ]
    .map(|(name, password, more)| Person {
        name,
        password,
        more,
    })
}

impl Place<Directory> {
    async fn of_directory() -> Self {
        let people = people();
        let (sim, domain) = tokio::join!(
            Sim::start(PEOPLE, &["--trust-remote-user", "--no-forms"]),
            Directory::start(&people)
        );
        let front = Front::of(&sim, &domain, &ALIASES).await;
        let ticket = domain.ticket("anna", ANNAS).await;
        Self {
            names: Names::start().await,
            dir: TempDir::new().expect("a temporary directory"),
            domain,
            front,
            sim,
            ticket,
        }
    }

    fn by(&self, ticket: String) -> Attempt<'static> {
        Attempt {
            address: ANNA,
            host: WEB,
            asks: Asks::Either,
            method: "automatic",
            user: None,
            password: None,
            ticket,
            krb5: self.domain.configuration(),
            clock: None,
        }
    }

    fn with<'a>(&self, user: &'a str, password: &'a str) -> Attempt<'a> {
        Attempt {
            user: Some(user),
            password: Some(password),
            ..self.by(self.domain.no_ticket())
        }
    }
}

#[test]
fn a_domain_controller_lets_in_by_ticket_and_password_and_counts_one_try_for_each() {
    let name = "a_domain_controller_lets_in_by_ticket_and_password_and_counts_one_try_for_each";
    if !directory::is_there() {
        return;
    }
    story_of_root(module_path!(), name, async || {
        let place = Place::of_directory().await;
        by_ticket(&place).await;
        by_password(&place).await;
        refused(&place).await;
    });
}

async fn by_ticket(place: &Place<Directory>) {
    let by_kerberos = ("Kerberos".to_owned(), none());
    let plain = place.by(place.ticket.clone());
    assert_eq!(place.signs_in(&plain).await, by_kerberos);
    // The name in the ticket is then the principal name.
    let by_upn = Attempt {
        user: Some(ANNAS_UPN),
        ..place.by(place.domain.ticket(ANNAS_UPN, ANNAS).await)
    };
    assert_eq!(place.signs_in(&by_upn).await, by_kerberos);
    let unknown = Attempt {
        host: UNKNOWN,
        user: Some("anna"),
        password: Some(ANNAS),
        ..plain
    };
    assert_eq!(
        place.signs_in(&unknown).await,
        (
            "NTLM".to_owned(),
            vec!["Kerberos server-unknown".to_owned()]
        )
    );
}

async fn by_password(place: &Place<Directory>) {
    for (address, user, password) in [
        (ANNA, "anna", ANNAS),
        (ANNA, r"CONTOSO\anna", ANNAS),
        // Of a suffix that is not its own winbind does not know the domain, and refuses the right password.
        (ANNA, "anna@contoso.example", ANNAS),
        (BEN, r"CONTOSO\ben", BENS),
    ] {
        let attempt = Attempt {
            address,
            ..place.with(user, password)
        };
        let (method, passed) = place.signs_in(&attempt).await;
        assert_eq!(
            (method.as_str(), passed),
            ("NTLM", vec!["Kerberos no-ticket".to_owned()]),
            "{user}"
        );
    }
}

/// NTLM does not tell why; what the controller counts tells how often it was asked.
async fn refused(place: &Place<Directory>) {
    for user in [r"CONTOSO\disabled", r"CONTOSO\expired"] {
        let (code, _, passed) = place.fails(&place.with(user, ANNAS)).await;
        assert_eq!(code, "CW-1201", "{user}");
        assert_eq!(passed, ["Kerberos no-ticket", "NTLM refused"], "{user}");
    }
    let locked = r"CONTOSO\locked";
    for tries in 1..=LOCKED_AFTER {
        let (code, ..) = place.fails(&place.with(locked, "not it")).await;
        assert_eq!(code, "CW-1201");
        assert_eq!(place.domain.wrong_passwords_of("locked").await, tries);
    }
    // Locked now, for the right one too.
    let (code, ..) = place.fails(&place.with(locked, ANNAS)).await;
    assert_eq!(code, "CW-1201");
}
