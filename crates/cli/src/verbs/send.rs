//! `send`: a text and its outcome.

use causeway_api::{Code, Command, DeliveryState, Problem, Reply, SendState, SendWhen, Sent};
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::{Ctl, presence::sides_of};
use crate::outcome::{Outcome, usage};
use crate::session::{Needs, ask, wrong_reply};

/// Far more than either network carries in one message.
const LONGEST: u64 = 1 << 20;

pub(super) async fn run(
    ctl: &mut Ctl,
    address: String,
    text: String,
    when: SendWhen,
) -> Result<Outcome, Problem> {
    let text = match text.as_str() {
        "-" => ctl.interrupts.or(from_stdin()).await?,
        _ => text,
    };
    if text.trim().is_empty() {
        return Err(usage("The text is empty"));
    }
    let needs = Needs::once(sides_of(std::iter::once(address.as_str())));
    let command = Command::Send {
        address,
        text,
        token: None,
        when,
    };
    let reply = ask(&ctl.place, &mut ctl.interrupts, needs, command).await?;
    if let Reply::Sent(sent) = &reply {
        return outcome(sent);
    }
    let Reply::Done = reply else {
        return Err(wrong_reply());
    };
    Outcome::new(
        &json!({ "state": DeliveryState::Queued }),
        "Kept until the reader is back\n",
    )
}

async fn from_stdin() -> Result<String, Problem> {
    let mut bytes = Vec::new();
    tokio::io::stdin()
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .await
        .map_err(|error| usage(format!("The text cannot be read from stdin: {error}")))?;
    if bytes.len() as u64 > LONGEST {
        return Err(usage(format!(
            "The text on stdin is longer than {LONGEST} bytes"
        )));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| usage("The text on stdin is not UTF-8"))?;
    // `echo` and files end with a newline that nobody means.
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(text)
}

fn outcome(sent: &Sent) -> Result<Outcome, Problem> {
    let (people, problem) = match sent.state {
        SendState::Delivered => ("Delivered\n", None),
        SendState::Sent => ("Sent; this network confirms no delivery\n", None),
        SendState::Failed => ("", Some(not_delivered(sent))),
    };
    Ok(Outcome::new(sent, people)?.but(problem))
}

/// By the engine's words for the cause: some of them no later try will change.
fn remedy(reason: &str) -> &'static str {
    if reason.starts_with("you have blocked") {
        "Let the person through again first: causewayctl contacts unblock ADDRESS"
    } else if reason.starts_with("not allowed") {
        "Sending it again does not help: ask your administrator whether this person may be written to from here"
    } else if reason.starts_with("no such address") {
        "Check the address"
    } else if reason.starts_with("the person's program cannot chat") {
        "Reach the person another way"
    } else {
        "Send it again later, or reach the person another way"
    }
}

fn not_delivered(sent: &Sent) -> Problem {
    let message = match &sent.reason {
        Some(reason) => format!("Message not delivered: {reason}"),
        None => "Message not delivered".into(),
    };
    let code = sent.code.unwrap_or(Code::NotDelivered);
    let remedy = if code == Code::OutcomeUnknown {
        "Ask the person whether it arrived before you send it again"
    } else {
        remedy(sent.reason.as_deref().unwrap_or_default())
    };
    Problem::new(code, "send", message, remedy).with("id", sent.id.clone())
}

#[cfg(test)]
mod tests {
    use super::remedy;

    #[test]
    fn later_is_advised_only_where_later_may_help() {
        let forbidden = remedy("not allowed by policy (Forbidden/FederationRequired)");
        assert!(forbidden.contains("does not help"), "{forbidden}");
        assert_eq!(
            remedy("no such address (NotFound/DestinationNotFound)"),
            "Check the address"
        );
        assert!(remedy("you have blocked this person").contains("unblock"));
        let offline = remedy("the person is offline (RemoteFailure/Unreachable)");
        assert!(offline.contains("later"), "{offline}");
    }
}
