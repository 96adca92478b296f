//! `login` and `logout`: passwords in the key store of the system.

use std::io::IsTerminal;
use std::path::PathBuf;

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk, Problem, Reply, Side};
use causeway_engine::secrets::{Account, Secrets};
use causeway_engine::{Refusals, config};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::{Ctl, trust};
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
    // A password does not help where the sign-in waits for another answer.
    if side != Some(args::Account::Xmpp) {
        loop {
            let waits_for = lync_waits_for(&ctl.place).await;
            if !trust::ask(ctl, waits_for.as_ref()).await? {
                break;
            }
        }
    }
    let (in_files, accounts): (Vec<_>, Vec<_>) = accounts(&ctl.place, side)?
        .into_iter()
        .partition(|account| account.password_file.is_some());
    // What stands in a file is not asked for. A running Causeway is told to read it again; without one nothing happens that
    // could be meant as another try.
    let refusals = Refusals::of(&ctl.place.data_dir);
    let running = is_running(&ctl.place).await;
    let mut signing_in = Vec::new();
    for account in in_files.iter().filter(|_| running) {
        if is_signed_in(&ctl.place, account.side).await {
            continue;
        }
        refusals.forget(account.side);
        if sign_in_again(&ctl.place, account.side).await {
            signing_in.push(account.clone());
        }
    }
    if accounts.is_empty() {
        return match signing_in.is_empty() {
            true if from_stdin => Err(in_file(&in_files)),
            true => nothing_to_store(&in_files, running),
            false => done(&[], &signing_in),
        };
    }
    let passwords = if from_stdin {
        ctl.interrupts.or(read_lines(&accounts)).await?
    } else {
        ctl.interrupts.or(prompt(accounts.clone())).await?
    };
    let secrets = Secrets::system();
    for (account, password) in accounts.iter().zip(passwords) {
        ctl.interrupts.or(secrets.store(account, password)).await?;
        refusals.forget(account.side);
        if sign_in_again(&ctl.place, account.side).await {
            signing_in.push(account.clone());
        }
    }
    done(&accounts, &signing_in)
}

pub(super) async fn logout(ctl: &mut Ctl, side: Option<args::Account>) -> Result<Outcome, Problem> {
    let secrets = Secrets::system();
    let mut deleted = Vec::new();
    let mut page = String::new();
    for account in accounts(&ctl.place, side)? {
        let name = name(&account);
        if ctl.interrupts.or(secrets.delete(&account)).await? {
            page.push_str(&format!("Deleted the password of {name}\n"));
            deleted.push(account);
        } else {
            page.push_str(&format!("No password of {name} was stored\n"));
        }
    }
    Outcome::new(&json!({ "deleted": listed(&deleted) }), page)
}

fn done(stored: &[Account], signing_in: &[Account]) -> Result<Outcome, Problem> {
    let mut page = String::new();
    for account in stored {
        page.push_str(&format!("Stored the password of {}\n", name(account)));
    }
    for account in signing_in {
        page.push_str(&format!(
            "Causeway signs in again as {}; see 'causewayctl status get' or 'watch'\n",
            name(account)
        ));
    }
    let document = json!({ "stored": listed(stored), "signing_in": listed(signing_in) });
    Outcome::new(&document, page)
}

/// Every password stands in a file, and nobody had to be told.
fn nothing_to_store(in_files: &[Account], running: bool) -> Result<Outcome, Problem> {
    let mut page = String::new();
    for account in in_files {
        if let Some(file) = &account.password_file {
            let (name, file) = (name(account), file.display());
            page.push_str(&match running {
                true => format!("The running Causeway reads the password of {name} from {file}\n"),
                false => {
                    format!("The password of {name} is read from {file} when Causeway starts\n")
                }
            });
        }
    }
    if !running {
        page.push_str(
            "One that was refused is not sent again before the file has changed. 'causewayctl check' tries it at once\n",
        );
    }
    Outcome::new(&json!({ "stored": [], "signing_in": [] }), page)
}

fn listed(accounts: &[Account]) -> Vec<Value> {
    accounts
        .iter()
        .map(|account| json!({ "side": account.side, "address": account.address }))
        .collect()
}

fn name(account: &Account) -> String {
    format!("{} ({})", account.address, words::side(account.side))
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
fn in_file(accounts: &[Account]) -> Problem {
    let files: Vec<_> = accounts
        .iter()
        .filter_map(|account| account.password_file.as_ref())
        .map(|file| file.display().to_string())
        .collect();
    Problem::new(
        Code::BadConfig,
        "password",
        format!("The password is read from {}", files.join(" and ")),
        "Write the password into that file, or remove password_file from the configuration",
    )
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

/// Why the Lync link of a running engine does not sign in.
async fn lync_waits_for(place: &Place) -> Option<Problem> {
    let client = Client::connect(&place.data_dir, PROGRAM).await.ok()??;
    let Ok(Reply::People { links, .. }) = client.request(Command::Contacts).await else {
        return None;
    };
    let lync = links.into_iter().find(|link| link.side == Side::Lync);
    lync.and_then(|link| link.error)
}

/// Whether an engine runs that could be told.
async fn is_running(place: &Place) -> bool {
    matches!(Client::connect(&place.data_dir, PROGRAM).await, Ok(Some(_)))
}

/// A link that works is left alone.
async fn is_signed_in(place: &Place, side: Side) -> bool {
    let Ok(Some(client)) = Client::connect(&place.data_dir, PROGRAM).await else {
        return false;
    };
    match client.request(Command::Links).await {
        Ok(Reply::Links { links, .. }) => links
            .iter()
            .any(|(link, state)| *link == side && state.is_ready()),
        Ok(_) | Err(_) => false,
    }
}

/// Tells a running engine that there may be a new password; true where there is one that took it up. It looks for it by
/// itself when it starts, so a failure here takes nothing away from what was stored.
async fn sign_in_again(place: &Place, side: Side) -> bool {
    let Ok(Some(client)) = Client::connect(&place.data_dir, PROGRAM).await else {
        return false;
    };
    match client.request(Command::SignIn { side }).await {
        Ok(_) => true,
        Err(problem) => {
            tracing::warn!(code = %problem.code, "the running Causeway did not sign in again");
            false
        }
    }
}
