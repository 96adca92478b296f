//! Faults that can be asked for (`POST /faults`), each documented in `docs/simulator.md`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::world::Reason;

/// Every fault there is, and what it does. `docs/simulator.md` lists the same.
pub(crate) const FAULTS: &[(&str, &str)] = &[
    (
        "status",
        "answers `status` (default 503), with `code` and `subcode` as a reason, else as an HTML page",
    ),
    (
        "html",
        "answers 200 with an HTML page, as a proxy's sign-in page does",
    ),
    (
        "garbage-json",
        "answers 200 with a body that is not JSON although it says so",
    ),
    (
        "oversize-body",
        "answers 200 with a JSON body of `bytes` (default 64 MiB)",
    ),
    ("drop", "closes the connection without an answer"),
    (
        "drop-after",
        "does what was asked, then closes the connection without an answer",
    ),
    (
        "silent",
        "holds the request for `seconds` (default: for ever) and closes the connection",
    ),
    ("slow", "does what was asked `seconds` (default 2) later"),
    (
        "late",
        "does what was asked and answers `seconds` (default 2) later, so that the events come first",
    ),
    (
        "pget-cut",
        "closes the connection of a held request for events after `seconds`; without `seconds` at once, those that wait now included",
    ),
    ("resync", "the next answer on the event channel is `resync`"),
    (
        "resume",
        "the event channel is rebuilt: the next answer is `resume`, conversations and subscriptions are gone",
    ),
    (
        "no-sender",
        "answers the next request for events at once and without `sender`",
    ),
    ("application-gone", "at once: every application ends"),
    ("revoke-tokens", "at once: every token is void"),
    (
        "short-token",
        "the next token lives for `seconds` (default 60)",
    ),
    (
        "joined-challenge",
        "the next 401 has both challenges in one header",
    ),
    (
        "modern-auth",
        "the next 401 offers modern authentication (OAuth at Azure AD) alone",
    ),
    (
        "end-web-sessions",
        "at once: the cookies of every sign-in page are void",
    ),
    (
        "unquoted-challenge",
        "the next 401 has its href without quotation marks",
    ),
    (
        "limit-exceeded",
        "the next presence subscription is refused with LimitExceeded",
    ),
    (
        "unknown-availability",
        "the next contactPresence has values that no client knows",
    ),
    (
        "unknown-event",
        "after the next incoming message comes an event that no client knows",
    ),
    (
        "bad-data-uri",
        "the next incoming message has a data URI that is not what it says",
    ),
    (
        "base64",
        "the next incoming message has a data URI in base64",
    ),
    (
        "started-too",
        "the next incoming message is told as `started` and then as `completed`",
    ),
    (
        "completed-only",
        "the next invitation event `started` is left out, as if merged away",
    ),
    (
        "decline",
        "the next invitation is declined by the person called",
    ),
    ("no-answer", "the next invitation rings until it lapses"),
    (
        "fail-message",
        "the next message is accepted, then fails with `reason` (default RemoteFailure/Unreachable)",
    ),
    (
        "redirect",
        "the root document has a `redirect` (in a 200) to `location` in place of `user`",
    ),
    ("redirect-302", "the root document is a 302 to `location`"),
    (
        "redirect-loop",
        "the root document redirects to itself under another query",
    ),
    (
        "no-user-link",
        "the root document has no `user` link, as that of an old pool",
    ),
    (
        "split-domain",
        "the user step names `applications` under another host name, whose tokens are its own",
    ),
    ("absolute-hrefs", "hrefs in the next answer are absolute"),
];

/// One fault and for how often it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) what: String,
    /// How often; negative: until cleared; 0 clears it.
    #[serde(default = "once")]
    pub(crate) count: i64,
    /// Only for this rel, such as `events`, `sendMessage`, `token`, `discovery`.
    #[serde(default)]
    pub(crate) on: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) seconds: Option<f64>,
    #[serde(default)]
    pub(crate) bytes: Option<usize>,
    #[serde(default)]
    pub(crate) location: Option<String>,
    /// `code/subcode`, such as `RemoteFailure/Busy`.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// `code` and `subcode` of a refusal in place of an HTML page.
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) subcode: Option<String>,
    /// `Retry-After` of `status`, in seconds.
    #[serde(default)]
    pub(crate) retry_after: Option<u64>,
}

fn once() -> i64 {
    1
}

/// The faults in force.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Puts a fault in force, in place of an equal one; false: there is no such fault.
    pub(crate) fn set(&mut self, fault: Fault) -> bool {
        self.0
            .retain(|other| other.what != fault.what || other.on != fault.on);
        let known = FAULTS.iter().any(|(what, _)| *what == fault.what);
        if known && fault.count != 0 {
            self.0.push(fault);
        }
        known
    }

    /// The fault, where it is in force and of this kind; uses it up by one.
    pub(crate) fn take_if(&mut self, what: &str, which: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let on = self
            .0
            .iter()
            .find(|fault| fault.what == what && which(fault))?
            .on
            .clone();
        self.take(what, on.as_deref())
    }

    /// Seconds of a fault that is in force; uses it up by one.
    pub(crate) fn take_seconds(&mut self, what: &str, default: f64) -> Option<Duration> {
        let seconds = self.take(what, None)?.seconds.unwrap_or(default);
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO))
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.0
    }

    /// The fault, where it is in force here; uses it up by one.
    pub(crate) fn take(&mut self, what: &str, on: Option<&str>) -> Option<Fault> {
        let index = self.0.iter().position(|fault| {
            fault.what == what && (fault.on.is_none() || fault.on.as_deref() == on)
        })?;
        let fault = self.0.get_mut(index)?;
        let taken = fault.clone();
        if fault.count > 0 {
            fault.count -= 1;
        }
        if fault.count == 0 {
            self.0.remove(index);
        }
        Some(taken)
    }

    /// A reason with which the next message is to fail.
    pub(crate) fn take_failure(&mut self) -> Option<Reason> {
        let fault = self.take("fail-message", None)?;
        let asked = fault.reason.unwrap_or_default();
        Some(
            REASONS
                .iter()
                .find(|reason| asked == format!("{}/{}", reason.code, reason.subcode))
                .copied()
                .unwrap_or(Reason::UNREACHABLE),
        )
    }
}

/// Reasons that `fail-message` knows.
const REASONS: &[Reason] = &[
    Reason::UNREACHABLE,
    Reason::NO_ANSWER,
    Reason::DECLINED,
    Reason::DO_NOT_DISTURB,
    Reason::UNKNOWN,
    Reason::NO_FEDERATION,
    Reason::new("RemoteFailure", "Busy"),
    Reason::new("RemoteFailure", "TemporarilyUnavailable"),
    Reason::new("RemoteFailure", "NotAcceptable"),
    Reason::new("Forbidden", "NotAllowed"),
    Reason::new("ServiceFailure", "CallbackChannelError"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_stands_in_the_documentation() {
        let page = include_str!("../../../docs/simulator.md");
        for (what, does) in FAULTS {
            assert!(page.contains(&format!("| `{what}` | {does} |")), "{what}");
        }
    }

    #[test]
    fn a_fault_holds_as_often_as_asked_and_only_where_it_is_meant() {
        let mut faults = Faults::default();
        let fault = |count, on: Option<&str>| {
            serde_json::from_value(
                serde_json::json!({ "what": "status", "count": count, "on": on }),
            )
            .unwrap()
        };
        assert!(faults.set(fault(2, Some("me"))));
        assert!(faults.take("status", Some("people")).is_none());
        assert!(
            faults.take("status", Some("me")).is_some()
                && faults.take("status", Some("me")).is_some()
        );
        assert!(faults.take("status", Some("me")).is_none());
        faults.set(fault(-1, None));
        assert!((0..100).all(|_| faults.take("status", Some("me")).is_some()));
        faults.set(fault(0, None));
        assert!(faults.take("status", None).is_none());
    }
}
