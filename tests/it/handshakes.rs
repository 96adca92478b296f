//! Handshakes against MIT Kerberos and gss-ntlmssp, by what this system has and by Windows' own interface. The latter runs by
//! Wine, which is not Windows: it proves our calls, not what Windows makes of them. Wine sends Negotiate's tokens bare and drops
//! channel bindings.

use causeway_tests::domain::{self, UNKNOWN, WEB};
use causeway_tests::handshake::{Attempt, Counter, End, Sees, System};

const ANNAS: &str = "Anna#123";
const BENS: &str = r#"Bär & <Ø>'"+%€"#;
/// `GSS_S_BAD_BINDINGS` and `GSS_S_DEFECTIVE_TOKEN` (RFC 2744 section 3.9.1): MIT's words, and those of gss-ntlmssp for it.
const BAD_BINDINGS: &str = "0x00040000";
const DEFECTIVE_TOKEN: &str = "0x00090000";

/// 128 characters, half of them two bytes long.
fn long_password() -> String {
    "aÖ".repeat(64)
}

/// `None`: it cannot be tried on this computer, which was said.
async fn counter(system: System) -> Option<Counter> {
    if !system.is_there() || !domain::is_there() {
        return None;
    }
    let long = long_password();
    Some(Counter::start(&[("anna", ANNAS), ("ben", BENS), ("carl", &long)]).await)
}

fn by_session(system: System, ticket: String) -> Attempt<'static> {
    Attempt {
        system,
        by: None,
        scheme: "Negotiate",
        host: WEB,
        ticket,
        sees: Sees::Own,
    }
}

async fn by_annas_ticket(counter: &Counter, system: System) -> Attempt<'static> {
    by_session(system, counter.domain().ticket("anna", ANNAS, 3600).await)
}

/// By NTLM, with no ticket in the way.
fn by_password<'a>(
    counter: &Counter,
    system: System,
    name: &'a str,
    password: &'a str,
) -> Attempt<'a> {
    Attempt {
        by: Some((name, password)),
        scheme: "NTLM",
        ..by_session(system, counter.domain().no_ticket())
    }
}

/// Let in under that name; Wine alone loses the binding.
fn let_in(system: System, name: &str, ours: &str) -> End {
    End::In {
        name: name.to_owned(),
        bound: system == System::Here,
        ours: ours.to_owned(),
    }
}

async fn the_session_is_enough_and_the_server_proves_who_it_is(system: System) {
    let Some(counter) = counter(system).await else {
        return;
    };
    let end = counter
        .meets(&by_annas_ticket(&counter, system).await)
        .await;
    let wanted = let_in(system, "anna@CONTOSO.EXAMPLE", "in by Kerberos, proved");
    assert_eq!(end, wanted);
}

async fn a_password_goes_by_ntlm_whatever_letters_it_has(system: System) {
    let Some(counter) = counter(system).await else {
        return;
    };
    let long = long_password();
    for (name, password) in [
        (r"CONTOSO\anna", ANNAS),
        ("anna", ANNAS),
        (r"CONTOSO\ben", BENS),
        (r"CONTOSO\carl", &long),
    ] {
        let end = counter
            .meets(&by_password(&counter, system, name, password))
            .await;
        assert_eq!(end, let_in(system, name, "in by NTLM"));
    }
}

async fn ntlm_inside_negotiate_is_told_as_ntlm(system: System) {
    let Some(counter) = counter(system).await else {
        return;
    };
    let name = r"CONTOSO\anna";
    let attempt = |password| Attempt {
        scheme: "Negotiate",
        // Wine takes a binding without a token for a token.
        sees: Sees::Nothing,
        ..by_password(&counter, system, name, password)
    };
    let End::In { ours, .. } = counter.meets(&attempt(ANNAS)).await else {
        panic!("not let in");
    };
    assert_eq!(ours, "in by NTLM");
    let End::Refused { mechanism, .. } = counter.meets(&attempt("not it")).await else {
        panic!("let in");
    };
    assert_eq!(mechanism, "NTLM");
}

async fn a_wrong_password_is_refused_by_the_server(system: System) {
    let Some(counter) = counter(system).await else {
        return;
    };
    for name in [r"CONTOSO\anna", r"CONTOSO\nobody"] {
        let attempt = by_password(&counter, system, name, "not it");
        let end = counter.meets(&attempt).await;
        assert!(
            matches!(&end, End::Refused { mechanism, .. } if mechanism == "NTLM"),
            "{end:?}"
        );
    }
}

async fn without_a_ticket_it_says_so(system: System) {
    let Some(counter) = counter(system).await else {
        return;
    };
    let attempt = Attempt {
        sees: Sees::Nothing,
        ..by_session(system, counter.domain().no_ticket())
    };
    assert_eq!(fails(counter.meets(&attempt).await), "no-ticket");
    // Wine falls back to NTLM, and has no password of the session either.
    let unknown = match system {
        System::Here => "server-unknown",
        System::Wine => "no-ticket",
    };
    let attempt = Attempt {
        host: UNKNOWN,
        sees: Sees::Nothing,
        ..by_annas_ticket(&counter, system).await
    };
    assert_eq!(fails(counter.meets(&attempt).await), unknown);
}

fn fails(end: End) -> String {
    match end {
        End::Fails { code, .. } => code,
        End::In { .. } | End::Refused { .. } => panic!("a token was sent: {end:?}"),
    }
}

macro_rules! by {
    ($system:ident: $($story:ident)*) => {
        $(#[tokio::test]
        async fn $story() {
            super::$story(System::$system).await;
        })*
    };
}

mod here {
    use super::*;

    by!(Here:
        the_session_is_enough_and_the_server_proves_who_it_is
        a_password_goes_by_ntlm_whatever_letters_it_has
        ntlm_inside_negotiate_is_told_as_ntlm
        a_wrong_password_is_refused_by_the_server
        without_a_ticket_it_says_so
    );

    #[tokio::test]
    async fn who_shows_a_certificate_of_his_own_has_no_use_of_what_he_hears() {
        let Some(counter) = counter(System::Here).await else {
            return;
        };
        let kerberos = by_annas_ticket(&counter, System::Here).await;
        let ntlm = by_password(&counter, System::Here, r"CONTOSO\anna", ANNAS);
        for (attempt, wanted) in [(kerberos, BAD_BINDINGS), (ntlm, DEFECTIVE_TOKEN)] {
            let attempt = Attempt {
                sees: Sees::Other,
                ..attempt
            };
            let End::Refused { why, .. } = counter.meets(&attempt).await else {
                panic!("let in");
            };
            assert!(why.starts_with(wanted), "{why}");
            // It was the certificate, and nothing else.
            let attempt = Attempt {
                sees: Sees::Nothing,
                ..attempt
            };
            let end = counter.meets(&attempt).await;
            assert!(matches!(end, End::In { bound: false, .. }), "{end:?}");
        }
    }
}

mod wine {
    use super::*;

    by!(Wine:
        the_session_is_enough_and_the_server_proves_who_it_is
        a_password_goes_by_ntlm_whatever_letters_it_has
        ntlm_inside_negotiate_is_told_as_ntlm
        a_wrong_password_is_refused_by_the_server
        without_a_ticket_it_says_so
    );

    #[tokio::test]
    async fn inside_negotiate_a_password_goes_by_kerberos_where_the_domain_knows_the_server() {
        let Some(counter) = counter(System::Wine).await else {
            return;
        };
        let long = long_password();
        for (account, password) in [("anna", ANNAS), ("carl", &long)] {
            let name = format!(r"CONTOSO.EXAMPLE\{account}");
            let attempt = Attempt {
                scheme: "Negotiate",
                // Wine keeps the ticket there.
                ticket: format!("{}-{account}", counter.domain().no_ticket()),
                ..by_password(&counter, System::Wine, &name, password)
            };
            let end = counter.meets(&attempt).await;
            let principal = format!("{account}@CONTOSO.EXAMPLE");
            let wanted = let_in(System::Wine, &principal, "in by Kerberos, proved");
            assert_eq!(end, wanted);
        }
    }
}
