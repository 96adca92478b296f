//! Windows authentication against real servers: MIT Kerberos, and Apache in front of the simulator. Each attempt is a
//! `causewayctl` of its own, since libkrb5 reads its environment.

mod active_directory;
mod fallback;
mod password;
mod ticket;

use std::path::PathBuf;

use causeway_tests::cast::{ANNA, secret};
use causeway_tests::ctl::{Answer, Ctl};
use causeway_tests::domain::{self, Domain, WEB};
use causeway_tests::front::{Asks, Front};
use causeway_tests::names::Names;
use causeway_tests::sim::Sim;
use serde_json::Value;
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

struct Place<D = Domain> {
    domain: D,
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
    address: &'a str,
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
            address: ANNA,
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
}

impl<D> Place<D> {
    /// A configuration for it.
    fn ctl(&self, attempt: &Attempt<'_>) -> Ctl {
        let dir = TempDir::new_in(self.dir.path())
            .expect("a directory")
            .keep();
        let port = self.front.port(attempt.asks);
        let mut text = format!(
            "[lync]\naddress = \"{}\"\nmethod = \"{}\"\ndiscovery_url = \"https://{}:{port}/\"\nca_file = {:?}\nproxy = \"{}\"\n",
            attempt.address,
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
