//! `login` and `logout`: passwords in the key store of the system.

use std::io::IsTerminal;
use std::path::PathBuf;

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk, Problem, Side};
use causeway_engine::config;
use causeway_engine::secrets::{Account, Secrets};
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::Ctl;
use crate::args;
use crate::outcome::{Outcome, internal, usage};
use crate::session::{PROGRAM, Place, not_configured};
use crate::words;

/// No server takes longer ones.
const LONGEST: u64 = 4096;

pub(super) async fn login(
    ctl: &mut Ctl,
    side: Option<args::Account>,
    from_stdin: bool,
) -> Result<Outcome, Problem> {
    let accounts = with_key_store(accounts(&ctl.place, side)?)?;
    let passwords = if from_stdin {
        ctl.interrupts.or(read_lines(&accounts)).await?
    } else {
        ctl.interrupts.or(prompt(accounts.clone())).await?
    };
    let secrets = Secrets::system();
    for (account, password) in accounts.iter().zip(passwords) {
        ctl.interrupts.or(secrets.store(account, password)).await?;
        sign_in_again(&ctl.place, account.side).await;
    }
    done("Stored", "stored", &accounts)
}

pub(super) async fn logout(ctl: &mut Ctl, side: Option<args::Account>) -> Result<Outcome, Problem> {
    let accounts = accounts(&ctl.place, side)?;
    let secrets = Secrets::system();
    for account in &accounts {
        ctl.interrupts.or(secrets.delete(account)).await?;
    }
    done("Deleted", "deleted", &accounts)
}

fn done(verb: &str, key: &str, accounts: &[Account]) -> Result<Outcome, Problem> {
    let listed: Vec<_> = accounts
        .iter()
        .map(|a| json!({ "side": a.side, "address": a.address }))
        .collect();
    let page: String = accounts
        .iter()
        .map(|account| {
            format!(
                "{verb} the password of {} ({})\n",
                account.address,
                words::side(account.side)
            )
        })
        .collect();
    Outcome::new(&json!({ key: listed }), page)
}

/// The configured accounts, Lync first.
fn accounts(place: &Place, only: Option<args::Account>) -> Result<Vec<Account>, Problem> {
    let settings = config::load(&place.locations).settings;
    let lync = settings.lync.map(|lync| {
        let address = lync.address.value.to_string();
        let bare = address.strip_prefix("sip:").unwrap_or(&address);
        account(Side::Lync, bare, lync.password_file.value)
    });
    let xmpp = settings.xmpp.map(|xmpp| {
        account(
            Side::Xmpp,
            xmpp.address.value.as_str(),
            xmpp.password_file.value,
        )
    });
    let (sides, found) = match only {
        None => (causeway_engine::Sides::BOTH, [lync, xmpp]),
        Some(args::Account::Lync) => (causeway_engine::Sides::LYNC, [lync, None]),
        Some(args::Account::Xmpp) => (causeway_engine::Sides::XMPP, [None, xmpp]),
    };
    let found: Vec<_> = found.into_iter().flatten().collect();
    match found.is_empty() {
        true => Err(not_configured(place, sides)),
        false => Ok(found),
    }
}

fn account(side: Side, address: &str, password_file: Option<PathBuf>) -> Account {
    Account {
        side,
        address: address.into(),
        password_file,
    }
}

/// A password in a file wins over the key store: one stored there would never be used.
fn with_key_store(accounts: Vec<Account>) -> Result<Vec<Account>, Problem> {
    let (in_files, rest): (Vec<_>, Vec<_>) = accounts
        .into_iter()
        .partition(|account| account.password_file.is_some());
    match (
        rest.is_empty(),
        in_files
            .first()
            .and_then(|account| account.password_file.as_ref()),
    ) {
        (true, Some(file)) => Err(Problem::new(
            Code::BadConfig,
            "password",
            format!("The password is read from {}", file.display()),
            "Write the password into that file, or remove password_file from the configuration",
        )),
        _ => Ok(rest),
    }
}

/// One line for each account.
async fn read_lines(accounts: &[Account]) -> Result<Vec<SecretString>, Problem> {
    let limit = LONGEST * accounts.len() as u64;
    let mut lines = BufReader::new(tokio::io::stdin().take(limit)).lines();
    let mut passwords = Vec::new();
    for account in accounts {
        let line = lines
            .next_line()
            .await
            .map_err(|_| usage("stdin cannot be read as UTF-8 text"))?;
        let Some(line) = line.filter(|line| !line.is_empty()) else {
            return Err(missing(account));
        };
        passwords.push(SecretString::from(line));
    }
    Ok(passwords)
}

/// Asks on the terminal, without showing what is typed.
async fn prompt(accounts: Vec<Account>) -> Result<Vec<SecretString>, Problem> {
    if !std::io::stdin().is_terminal() {
        return Err(usage(
            "There is no terminal to ask for the password; use --password-stdin",
        ));
    }
    let asked = tokio::task::spawn_blocking(move || {
        let ask = |account: &Account| {
            let question = format!(
                "Password of {} ({}): ",
                account.address,
                words::side(account.side)
            );
            match rpassword::prompt_password(question) {
                Ok(password) if !password.is_empty() => Ok(SecretString::from(password)),
                Ok(_) => Err(missing(account)),
                Err(error) => Err(usage(format!(
                    "The password cannot be read from the terminal: {error}"
                ))),
            }
        };
        accounts.iter().map(ask).collect()
    });
    asked
        .await
        .unwrap_or_else(|_| Err(internal("The question was cut off")))
}

fn missing(account: &Account) -> Problem {
    usage(format!(
        "The password of {} is empty or missing",
        account.address
    ))
}

/// Tells a running engine that there is a new password. It asks the key store by itself when it starts, so a failure
/// here takes nothing away from what was stored.
async fn sign_in_again(place: &Place, side: Side) {
    let Ok(Some(client)) = Client::connect(&place.data_dir, PROGRAM).await else {
        return;
    };
    if let Err(problem) = client.request(Command::SignIn { side }).await {
        tracing::warn!(code = %problem.code, "the running Causeway did not sign in again");
    }
}
