//! The question whether the server may send us to a foreign host (CW-1104), where there is a terminal to ask it on.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};

use causeway_api::{Code, Problem};
use serde_json::Value;

use super::{Ctl, config};
use crate::outcome::internal;
use crate::text::plain;

const KEY: &str = "lync.trusted_domains";

/// Asks, and writes a yes into the configuration; true where it is worth trying again. Without a terminal, or where the
/// organisation decides, nobody is asked: the remedy names the command.
///
/// # Errors
/// Of writing the configuration; [`Code::Interrupted`].
pub(super) async fn ask(ctl: &mut Ctl, problem: Option<&Problem>) -> Result<bool, Problem> {
    let Some(host) = problem.and_then(foreign_host) else {
        return Ok(false);
    };
    if ctl.json || !stdin().is_terminal() || !stderr().is_terminal() {
        return Ok(false);
    }
    let question = format!(
        "The server sends us to {host}, where a password would go. Trust {host}? [y/N] ",
        host = plain(&host)
    );
    if !ctl.interrupts.or(yes(question)).await? {
        return Ok(false);
    }
    let mut hosts = ctl.interrupts.or(config::texts(&ctl.place, KEY)).await?;
    hosts.push(host);
    let set = config::set(&ctl.place, KEY.to_owned(), hosts.join(","));
    ctl.interrupts.or(set).await?;
    Ok(true)
}

/// The host that a person may let the server send us to.
fn foreign_host(problem: &Problem) -> Option<String> {
    let managed = problem.detail.get("managed") == Some(&Value::Bool(true));
    let host = problem.detail.get("to")?.as_str()?;
    (problem.code == Code::ForeignDomain && !managed).then(|| host.to_owned())
}

/// Anything but a yes is a no.
async fn yes(question: String) -> Result<bool, Problem> {
    let asked = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        write!(stderr(), "{question}")?;
        stdin().read_line(&mut answer)?;
        Ok::<_, std::io::Error>(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    });
    match asked.await {
        Ok(Ok(yes)) => Ok(yes),
        // A terminal that is gone says nothing.
        Ok(Err(_)) => Ok(false),
        Err(_) => Err(internal("The question was cut off")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_that_the_person_may_judge_is_asked_about() {
        let problem = |code| Problem::new(code, "finding-server", "m", "r").with("to", "a.example");
        let asked = |problem: Problem| foreign_host(&problem);
        let foreign = problem(Code::ForeignDomain);
        assert_eq!(asked(foreign.clone()).as_deref(), Some("a.example"));
        assert_eq!(asked(foreign.with("managed", true)), None);
        assert_eq!(asked(problem(Code::CertificateIssuer)), None);
    }
}
