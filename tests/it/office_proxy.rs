//! A proxy that wants a login of Windows, and what lies behind it.

use causeway_tests::cast::{Solo, secret};
use causeway_tests::ctl::Answer;
use causeway_tests::domain::{self, Domain};
use causeway_tests::front::Asks;
use causeway_tests::office_proxy::OfficeProxy;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use reqwest::Url;
use serde_json::{Value, json};

const POOL: &str = "pool.contoso.example";
const ANNAS: &str = "Anna#123";

struct Office {
    domain: Domain,
    proxy: OfficeProxy,
    sim: Sim,
}

impl Office {
    /// `None`: there is no such domain on this computer, which was said.
    async fn new() -> Option<Self> {
        if !domain::is_there() {
            return None;
        }
        let domain = Domain::start(&[("anna", ANNAS)]).await;
        let accounts = [("anna", ANNAS), ("service", "S#1")];
        Some(Self {
            proxy: OfficeProxy::start(&domain, &accounts).await,
            sim: Sim::with_its_own_cast().await,
            domain,
        })
    }

    /// Anna, who reaches her server through that proxy only.
    fn anna(&self, asks: Asks, lines: &str) -> Solo {
        let root: Url = self.sim.ready().discovery.parse().expect("a URL");
        let port = root.port().expect("a port of its own");
        let proxy = self.proxy.url(asks);
        Solo::new(
            &self.sim,
            &format!("discovery_url = \"https://{POOL}:{port}/\"\nproxy = \"{proxy}\"\n{lines}"),
        )
    }

    /// The same with a login for the proxy.
    async fn with_login(&self, asks: Asks, user: &str, password: &str) -> Solo {
        let anna = self.anna(asks, &format!("proxy_user = '{user}'\n"));
        let file = anna.password_file().with_file_name("proxy.password");
        secret(&file, password);
        let file = file.display().to_string();
        let set = ["config", "set", "lync.proxy_password_file", &file];
        anna.ctl.run(&set).await.done();
        anna
    }

    /// Walks the ladder with the tickets of that cache.
    async fn check(&self, anna: &Solo, tickets: &str) -> Answer {
        let environment = [
            (
                "KRB5_CONFIG",
                self.domain.configuration().display().to_string(),
            ),
            ("KRB5CCNAME", tickets.to_owned()),
        ];
        anna.ctl.run_in(&["check"], &environment).await
    }

    /// NTLM logins (AUTHENTICATE messages) that came in.
    fn ntlm_logins(&self) -> usize {
        self.proxy.access().matches("TlRMTVNTUAADAAAA").count()
    }
}

/// The case and the mechanisms that were passed over, by their causes.
fn told(failed: &Answer) -> (i32, &str, Value, Value, Vec<String>) {
    let detail = &failed.json["error"]["detail"];
    let passed = detail["passed_over"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        failed.exit,
        failed.code(),
        detail["offered"].clone(),
        detail["cause"].clone(),
        passed
            .map(|passed| format!("{} {}", text(&passed["method"]), text(&passed["cause"])))
            .collect(),
    )
}

#[tokio::test]
async fn a_ticket_opens_the_proxy_without_a_question() {
    let Some(office) = Office::new().await else {
        return;
    };
    let ticket = office.domain.ticket("anna", ANNAS, 3600).await;
    for asks in [Asks::Kerberos, Asks::Either] {
        let done = office.check(&office.anna(asks, ""), &ticket).await;
        assert_eq!(done.exit, 0, "{done:?}\n{}", office.proxy.log());
    }
    assert_eq!(office.ntlm_logins(), 0);
    let access = office.proxy.access();
    assert!(access.contains(&format!("CONNECT {POOL}")), "{access}");
    assert!(access.contains("200 anna@CONTOSO.EXAMPLE"), "{access}");
}

#[tokio::test]
async fn without_a_ticket_the_proxy_gets_the_login_that_is_kept_for_it() {
    let Some(office) = Office::new().await else {
        return;
    };
    for asks in [Asks::Ntlm, Asks::Either] {
        let anna = office.with_login(asks, r"CONTOSO\service", "S#1").await;
        let done = office.check(&anna, &office.domain.no_ticket()).await;
        assert_eq!(done.exit, 0, "{done:?}\n{}", office.proxy.log());
    }
    // The ticket is of somebody else than the login that was named for the proxy.
    let ticket = office.domain.ticket("anna", ANNAS, 3600).await;
    let anna = office
        .with_login(Asks::Either, r"CONTOSO\service", "S#1")
        .await;
    office.check(&anna, &ticket).await.done();
    let access = office.proxy.access();
    assert!(!access.contains("anna@CONTOSO.EXAMPLE"), "{access}");
}

#[tokio::test]
async fn a_login_that_the_proxy_refuses_is_sent_once() {
    let Some(office) = Office::new().await else {
        return;
    };
    let anna = office
        .with_login(Asks::Ntlm, r"CONTOSO\service", "wrong")
        .await;
    // The names of the domain are four doors to knock at.
    anna.without("discovery_url");
    let failed = office.check(&anna, &office.domain.no_ticket()).await;
    let passed = vec!["Kerberos no-ticket".to_owned(), "NTLM refused".to_owned()];
    let (exit, code, _, cause, over) = told(&failed);
    assert_eq!(
        (exit, code, cause),
        (4, "CW-1003", json!("refused")),
        "{failed:?}"
    );
    assert_eq!(over, passed, "{failed:?}");
    assert_eq!(office.ntlm_logins(), 1, "{}", office.proxy.access());
}

#[tokio::test]
async fn what_the_proxy_offers_and_why_it_was_not_used_is_told() {
    let Some(office) = Office::new().await else {
        return;
    };
    let short = office.domain.ticket("anna", ANNAS, 1).await;
    until("the end of the ticket", async || {
        let mut klist = tokio::process::Command::new("klist");
        klist.arg("-s").env("KRB5CCNAME", &short);
        klist.env("KRB5_CONFIG", office.domain.configuration());
        let over = !klist.status().await.expect("klist runs").success();
        over.then_some(())
    })
    .await;
    for (asks, tickets, offered, cause, kerberos) in [
        (
            Asks::Kerberos,
            &office.domain.no_ticket(),
            json!(["Negotiate"]),
            Value::Null,
            "no-ticket",
        ),
        (
            Asks::Kerberos,
            &short,
            json!(["Negotiate"]),
            json!("ticket-expired"),
            "ticket-expired",
        ),
        (
            Asks::Basic,
            &short,
            json!(["Basic"]),
            Value::Null,
            "not-offered",
        ),
    ] {
        let failed = office.check(&office.anna(asks, ""), tickets).await;
        let (exit, code, offers, case, over) = told(&failed);
        assert_eq!((exit, code), (4, "CW-1003"), "{failed:?}");
        assert_eq!((offers, case), (offered, cause), "{failed:?}");
        assert_eq!(
            over.first(),
            Some(&format!("Kerberos {kerberos}")),
            "{failed:?}"
        );
    }
}
