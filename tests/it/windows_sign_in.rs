//! Windows authentication against real servers: MIT Kerberos, and Apache in front of the simulator. Each attempt is a
//! `causewayctl` of its own, since libkrb5 reads its environment.

use std::path::PathBuf;

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Reply, Side, SideState, SignInMethod};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, secret};
use causeway_tests::ctl::{Answer, Ctl};
use causeway_tests::domain::{self, Domain, OUT_OF_STEP, UNKNOWN, WEB};
use causeway_tests::front::{Asks, Front};
use causeway_tests::names::Names;
use causeway_tests::sim::{Sim, free_port};
use causeway_tests::wait::until;
use serde_json::{Value, json};
use tempfile::TempDir;

const PEOPLE: &str = r#"
[[person]]
address = "anna@contoso.example"
name = "Anna Berg"
user = 'CONTOSO\anna'
password = "unused"

[[person]]
address = "ben@contoso.example"
name = "Ben Carter"
user = 'CONTOSO\ben'
password = "unused"
"#;
const ANNAS: &str = "Anna#123";
const BENS: &str = r#"Bär & <Ø>'"+%€"#;

/// Somebody who may have a ticket in the domain, but no account in the pool.
const STRANGER: (&str, &str) = ("nobody", "Nobody#1");

struct Place {
    domain: Domain,
    front: Front,
    names: Names,
    sim: Sim,
    dir: TempDir,
    /// A ticket of Anna.
    ticket: String,
}

/// One attempt to sign in.
#[derive(Clone)]
struct Attempt<'a> {
    host: &'a str,
    asks: Asks,
    method: &'a str,
    user: Option<&'a str>,
    password: Option<&'a str>,
    ticket: String,
    krb5: PathBuf,
    clock: Option<&'a str>,
}

impl Place {
    /// `None`: there is no such domain on this computer, which was said.
    async fn new() -> Option<Self> {
        if !domain::is_there() {
            return None;
        }
        let people = [("anna", ANNAS), STRANGER];
        let (sim, domain) = tokio::join!(
            Sim::start(PEOPLE, &["--trust-remote-user", "--no-forms"]),
            Domain::start(&people)
        );
        let long = long_password();
        let known = [("anna", ANNAS), ("ben", BENS), ("carl", &long)];
        let front = Front::start(&sim, &domain, &known).await;
        let ticket = domain.ticket("anna", ANNAS, 3600).await;
        Some(Self {
            names: Names::start().await,
            dir: TempDir::new().expect("a temporary directory"),
            domain,
            front,
            sim,
            ticket,
        })
    }

    /// By Anna's ticket, without a password.
    fn by_ticket(&self) -> Attempt<'_> {
        Attempt {
            host: WEB,
            asks: Asks::Either,
            method: "automatic",
            user: None,
            password: None,
            ticket: self.ticket.clone(),
            krb5: self.domain.configuration(),
            clock: None,
        }
    }

    /// Without a ticket.
    fn by_password<'a>(&'a self, user: &'a str, password: &'a str) -> Attempt<'a> {
        Attempt {
            ticket: self.domain.no_ticket(),
            user: Some(user),
            password: Some(password),
            ..self.by_ticket()
        }
    }

    /// A configuration for it.
    fn ctl(&self, attempt: &Attempt<'_>) -> Ctl {
        let dir = TempDir::new_in(self.dir.path())
            .expect("a directory")
            .keep();
        let port = self.front.port(attempt.asks);
        let mut text = format!(
            "[lync]\naddress = \"{ANNA}\"\nmethod = \"{}\"\ndiscovery_url = \"https://{}:{port}/\"\nca_file = {:?}\nproxy = \"{}\"\n",
            attempt.method,
            attempt.host,
            self.front.ca(),
            self.names.url(),
        );
        if let Some(user) = attempt.user {
            text.push_str(&format!("user = '{user}'\n"));
        }
        if let Some(password) = attempt.password {
            secret(&dir.join("password"), password);
            text.push_str(&format!("password_file = {:?}\n", dir.join("password")));
        }
        std::fs::write(dir.join("config.toml"), text).expect("the configuration can be written");
        Ctl {
            config: dir.join("config.toml"),
            data_dir: dir.join("data"),
        }
    }

    fn environment(&self, attempt: &Attempt<'_>) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("KRB5_CONFIG", attempt.krb5.display().to_string()),
            ("KRB5CCNAME", attempt.ticket.clone()),
        ];
        if let Some(shift) = attempt.clock {
            environment.extend([
                ("LD_PRELOAD", libfaketime()),
                ("FAKETIME", shift.to_owned()),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ]);
        }
        environment
    }

    async fn check(&self, attempt: &Attempt<'_>) -> Answer {
        let environment = self.environment(attempt);
        self.ctl(attempt).run_in(&["check"], &environment).await
    }

    /// Signs in, by which mechanism, and what it says of the others: `Kerberos no-ticket`.
    async fn signs_in(&self, attempt: &Attempt<'_>) -> (String, Vec<String>) {
        let answer = self.check(attempt).await;
        assert_eq!(answer.exit, 0, "{answer:#?}\n{}", self.front.log());
        let steps = answer.json["steps"].as_array().cloned().unwrap_or_default();
        let step = steps.iter().find(|step| step["step"] == "signing-in");
        let detail = step.map(|step| step["detail"].clone()).unwrap_or_default();
        let method = detail["method"].as_str().unwrap_or_default().to_owned();
        (method, passed_over(&detail))
    }

    /// Does not sign in: code, cause, and what it says of the mechanisms.
    async fn fails(&self, attempt: &Attempt<'_>) -> (String, Value, Vec<String>) {
        let answer = self.check(attempt).await;
        assert_eq!(answer.exit, 3, "{answer:#?}\n{}", self.front.log());
        let error = &answer.json["error"];
        assert_eq!(error["step"], "signing-in", "{answer:#?}");
        assert!(
            error["remedy"]
                .as_str()
                .is_some_and(|remedy| !remedy.is_empty())
        );
        let detail = &error["detail"];
        (
            answer.code().to_owned(),
            detail["cause"].clone(),
            passed_over(detail),
        )
    }
}

fn passed_over(detail: &Value) -> Vec<String> {
    let passed = detail["passed_over"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    passed
        .iter()
        .map(|passed| format!("{} {}", text(&passed["method"]), text(&passed["cause"])))
        .collect()
}

/// 128 characters, half of them two bytes long.
fn long_password() -> String {
    "aÖ".repeat(64)
}

fn libfaketime() -> String {
    let libraries = std::fs::read_dir("/usr/lib").expect("there are libraries");
    let found = libraries
        .flatten()
        .map(|entry| entry.path().join("faketime/libfaketime.so.1"))
        .find(|path| path.exists());
    found
        .expect("libfaketime is installed")
        .display()
        .to_string()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[tokio::test]
async fn a_ticket_signs_in_without_a_password() {
    let Some(place) = Place::new().await else {
        return;
    };
    for (asks, method) in [
        (Asks::Either, "automatic"),
        (Asks::Kerberos, "automatic"),
        (Asks::Either, "windows"),
    ] {
        let attempt = Attempt {
            asks,
            method,
            ..place.by_ticket()
        };
        assert_eq!(
            place.signs_in(&attempt).await,
            ("Kerberos".to_owned(), none()),
            "{asks:?}"
        );
    }
    // A password that is known as well stays at home.
    let with_password = Attempt {
        user: Some(r"CONTOSO\anna"),
        password: Some("not the password"),
        ..place.by_ticket()
    };
    assert_eq!(place.signs_in(&with_password).await.0, "Kerberos");
    place.front.had_ntlm_logins(0).await;
    assert!(place.sim.count(ANNA, "applications").await >= 3);
}

#[tokio::test]
async fn without_a_usable_ticket_the_cause_is_told_and_nothing_is_sent() {
    let Some(place) = Place::new().await else {
        return;
    };
    let short = place.domain.ticket("anna", ANNAS, 1).await;
    let base = Attempt {
        method: "windows",
        ..place.by_ticket()
    };
    let no_controller = place.domain.configuration_for(free_port());
    let cases = [
        (
            "no-ticket",
            Attempt {
                ticket: place.domain.no_ticket(),
                ..base.clone()
            },
        ),
        (
            "server-unknown",
            Attempt {
                host: UNKNOWN,
                ..base.clone()
            },
        ),
        (
            "host-is-address",
            Attempt {
                host: "127.0.0.1",
                ..base.clone()
            },
        ),
        (
            "clock-skew",
            Attempt {
                clock: Some("+10m"),
                ..base.clone()
            },
        ),
        (
            "clock-skew",
            Attempt {
                clock: Some("-10m"),
                ..base.clone()
            },
        ),
        (
            "controller-unreachable",
            Attempt {
                krb5: no_controller,
                ..base.clone()
            },
        ),
        (
            "other-account",
            Attempt {
                user: Some("ben"),
                ..base.clone()
            },
        ),
        (
            "ticket-expired",
            Attempt {
                ticket: short,
                ..base.clone()
            },
        ),
    ];
    for (wanted, attempt) in &cases {
        let (code, cause, passed) = place.fails(attempt).await;
        assert_eq!((code.as_str(), &cause), ("CW-1202", &json!(wanted)));
        assert!(passed.contains(&format!("Kerberos {wanted}")), "{passed:?}");
    }
    let late = Attempt {
        clock: Some("+10m"),
        ..base
    };
    let told = place.check(&late).await.json["error"]["message"].to_string();
    assert!(told.contains("10 min ahead"), "{told}");
    place.front.had_ntlm_logins(0).await;
}

#[tokio::test]
async fn where_kerberos_fails_ntlm_is_tried_once_and_both_are_told() {
    let Some(place) = Place::new().await else {
        return;
    };
    let base = Attempt {
        password: Some(ANNAS),
        user: Some(r"CONTOSO\anna"),
        ..place.by_ticket()
    };
    let unreachable = place.domain.configuration_for(free_port());
    let cases = [
        (
            "server-unknown",
            Attempt {
                host: UNKNOWN,
                ..base.clone()
            },
        ),
        (
            "controller-unreachable",
            Attempt {
                krb5: unreachable,
                ..base.clone()
            },
        ),
        (
            "no-ticket",
            Attempt {
                ticket: place.domain.no_ticket(),
                ..base.clone()
            },
        ),
        (
            "host-is-address",
            Attempt {
                host: "127.0.0.1",
                ..base.clone()
            },
        ),
    ];
    for (wanted, attempt) in &cases {
        let (method, passed) = place.signs_in(attempt).await;
        assert_eq!(
            (method.as_str(), passed),
            ("NTLM", vec![format!("Kerberos {wanted}")])
        );
    }
    // These two are told by the server.
    for (wanted, host, asks) in [
        ("server-key", OUT_OF_STEP, Asks::Either),
        ("not-offered", WEB, Asks::Ntlm),
    ] {
        let attempt = Attempt {
            host,
            asks,
            ..base.clone()
        };
        let (method, passed) = place.signs_in(&attempt).await;
        assert_eq!(
            (method.as_str(), passed),
            ("NTLM", vec![format!("Kerberos {wanted}")])
        );
    }
    place.front.had_ntlm_logins(6).await;
}

#[tokio::test]
async fn where_the_ticket_is_refused_the_password_goes_to_the_form() {
    let Some(place) = Place::new().await else {
        return;
    };
    // A pool with both; it refuses every Windows handshake.
    let people = PEOPLE.replace("unused", ANNAS);
    let sim = Sim::start(&people, &["--offer-windows"]).await;
    let attempt = Attempt {
        user: Some(r"CONTOSO\anna"),
        password: Some(ANNAS),
        ..place.by_ticket()
    };
    let ctl = place.ctl(&attempt);
    let text = std::fs::read_to_string(&ctl.config).expect("the configuration is there");
    let port = format!(":{}/", place.front.port(attempt.asks));
    let text = text
        .replace(
            &format!("https://{WEB}{port}"),
            &sim.ready().discovery.replace("127.0.0.1", WEB),
        )
        .replace(
            &place.front.ca().display().to_string(),
            &sim.ready().ca.display().to_string(),
        );
    std::fs::write(&ctl.config, text).expect("the configuration can be written");
    let check = ctl.run_in(&["check"], &place.environment(&attempt)).await;
    let steps = check.done()["steps"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let step = steps.iter().find(|step| step["step"] == "signing-in");
    let detail = step.map(|step| step["detail"].clone()).unwrap_or_default();
    assert_eq!(detail["method"], "password");
    assert_eq!(passed_over(&detail), ["Kerberos refused"]);
}

#[tokio::test]
async fn a_password_goes_by_ntlm_whatever_letters_it_has() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (long, by) = (long_password(), "NTLM".to_owned());
    for (user, password) in [
        (r"CONTOSO\anna", ANNAS),
        ("anna", ANNAS),
        (r"CONTOSO\ben", BENS),
    ] {
        let attempt = place.by_password(user, password);
        let (method, passed) = place.signs_in(&attempt).await;
        assert_eq!(
            (method, passed),
            (by.clone(), vec!["Kerberos no-ticket".to_owned()]),
            "{user}"
        );
    }
    // Carl is let in by the domain and unknown to the pool: the password was right.
    let carl = place
        .check(&place.by_password(r"CONTOSO\carl", &long))
        .await;
    assert_eq!((carl.exit, carl.code()), (5, "CW-1302"), "{carl:#?}");
}

#[tokio::test]
async fn a_refused_password_is_sent_once_by_whatever_method() {
    let Some(place) = Place::new().await else {
        return;
    };
    for (number, user) in [r"CONTOSO\anna", r"CONTOSO\disabled"]
        .into_iter()
        .enumerate()
    {
        let (code, _, passed) = place.fails(&place.by_password(user, "not it")).await;
        assert_eq!(code, "CW-1201");
        assert_eq!(passed, ["Kerberos no-ticket", "NTLM refused"]);
        place.front.had_ntlm_logins(number + 1).await;
    }
    // Not even by a link that stays, nor by verbs beside it.
    let attempt = place.by_password("anna", "nor this");
    let (ctl, environment) = (place.ctl(&attempt), place.environment(&attempt));
    let mut bridge = ctl.stream_in(&["bridge", "run"], &environment);
    bridge
        .find("the refusal", |event| {
            event["kind"] == "state" && event["error"]["code"] == "CW-1201"
        })
        .await;
    let verb = ctl.run_in(&["contacts"], &environment).await;
    assert_eq!(verb.code(), "CW-1201", "{verb:?}");
    place.front.had_ntlm_logins(3).await;
    let log = bridge.program.log_text();
    assert!(
        !log.contains("nor this") && !log.contains("TlRMTVNT"),
        "{log}"
    );
}

#[tokio::test]
async fn what_would_show_the_password_or_take_none_is_left_alone() {
    let Some(place) = Place::new().await else {
        return;
    };
    let basic = Attempt {
        asks: Asks::Basic,
        ..place.by_password(r"CONTOSO\anna", ANNAS)
    };
    let (code, _, passed) = place.fails(&basic).await;
    assert_eq!((code.as_str(), passed), ("CW-1203", none()));
    assert!(
        !place.front.access().contains("Basic"),
        "{}",
        place.front.access()
    );
    // Negotiate for Kerberos alone: NTLM is turned down before the password is used.
    let kerberos = Attempt {
        asks: Asks::Kerberos,
        ..place.by_password(r"CONTOSO\anna", ANNAS)
    };
    let (code, _, passed) = place.fails(&kerberos).await;
    assert_eq!(code, "CW-1202");
    assert_eq!(passed, ["Kerberos no-ticket", "NTLM not-offered"]);
    place.front.had_ntlm_logins(0).await;
    // In the domain, but not in the pool.
    let ticket = place.domain.ticket(STRANGER.0, STRANGER.1, 3600).await;
    let stranger = Attempt {
        ticket,
        ..place.by_ticket()
    };
    let answer = place.check(&stranger).await;
    assert_eq!((answer.exit, answer.code()), (5, "CW-1302"), "{answer:#?}");
}

#[tokio::test]
async fn a_domain_controller_that_does_not_answer_is_not_waited_for() {
    let Some(place) = Place::new().await else {
        return;
    };
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = silent.local_addr().expect("a bound socket").port();
    let mute = Attempt {
        krb5: place.domain.configuration_for(port),
        ..place.by_ticket()
    };
    let begun = std::time::Instant::now();
    let (code, cause, _) = place.fails(&mute).await;
    assert_eq!(
        (code.as_str(), cause),
        ("CW-1202", json!("controller-silent"))
    );
    // libkrb5 would wait for half a minute.
    assert!(begun.elapsed().as_secs() < 25, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_person_with_a_ticket_is_asked_for_no_password() {
    let Some(place) = Place::new().await else {
        return;
    };
    let attempt = place.by_ticket();
    let ctl = place.ctl(&attempt);
    let agent = Agent::start_in(&ctl, &place.environment(&attempt)).await;
    let door = Client::connect(&ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let discover = Command::Discover {
        address: ANNA.into(),
    };
    let Ok(Reply::Discovered(found)) = door.request(discover).await else {
        panic!("the server is not found");
    };
    assert_eq!(found.methods, [SignInMethod::Windows, SignInMethod::Forms]);
    assert_eq!(
        found.windows_account.as_deref(),
        Some("anna@CONTOSO.EXAMPLE")
    );
    assert!(!found.form);
    let side = until("anna signed in", async || {
        let Ok(Reply::Bridge(bridge)) = door.request(Command::Bridge).await else {
            return None;
        };
        let lync = bridge
            .sides
            .into_iter()
            .find(|side| side.side == Side::Lync)?;
        (lync.state == SideState::ReadyAvailable).then_some(lync)
    })
    .await;
    assert_eq!(side.method.as_deref(), Some("Kerberos"));
    drop(agent);
}
