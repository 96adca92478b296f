//! Faults that can be asked for (`POST /faults`), each documented in `docs/simulator.md`.

use serde::{Deserialize, Serialize};

use crate::world::Reason;

/// Every fault there is, and what it does. `docs/simulator.md` lists the same.
pub(crate) const FAULTS: &[(&str, &str)] = &[
    (
        "status",
        "answers `status` (default 503) without doing anything",
    ),
    (
        "html",
        "answers 200 with an HTML page, as a proxy's sign-in page does",
    ),
    (
        "garbage",
        "answers 200 with a body that is not JSON although it says so",
    ),
    (
        "oversize",
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
    ("slow", "answers `seconds` (default 2) later"),
    (
        "pget-cut",
        "closes the connection of a held request for events after `seconds` (default 30)",
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
    ("absolute-hrefs", "hrefs below the application are absolute"),
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
