//! Events of the event channel (UCWA reference, events): what is told, and how urgently.

use serde_json::{Value, json};

use super::person::Received;
use crate::href::Kind;
use crate::input::Address;

/// How long an event may be collected before a waiting request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    Low,
    Medium,
    High,
}

/// Why something failed or was changed by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) code: &'static str,
    pub(crate) subcode: &'static str,
}

impl Reason {
    pub(crate) const DECLINED: Self = Self::new("RemoteFailure", "Declined");
    pub(crate) const DO_NOT_DISTURB: Self = Self::new("RemoteFailure", "DoNotDisturb");
    pub(crate) const NO_ANSWER: Self = Self::new("RemoteFailure", "Timeout");
    pub(crate) const UNREACHABLE: Self = Self::new("RemoteFailure", "Unreachable");
    pub(crate) const NOT_ALLOWED: Self = Self::new("Forbidden", "NotAllowed");
    pub(crate) const UNKNOWN: Self = Self::new("NotFound", "DestinationNotFound");
    pub(crate) const NO_FEDERATION: Self = Self::new("Forbidden", "FederationRequired");
    pub(crate) const CANCELED: Self = Self::new("LocalFailure", "Canceled");
    pub(crate) const ENDED_HERE: Self = Self::new("LocalFailure", "Ended");
    pub(crate) const ENDED_THERE: Self = Self::new("Informational", "Ended");
    pub(crate) const ELSEWHERE: Self = Self::new("Informational", "ConnectedElsewhere");
    pub(crate) const MISSED: Self = Self::new("Informational", "Missed");

    pub(crate) const fn new(code: &'static str, subcode: &'static str) -> Self {
        Self { code, subcode }
    }

    pub(crate) fn value(self) -> Value {
        json!({ "code": self.code, "subcode": self.subcode, "message": format!("{}: {}", self.code, self.subcode) })
    }
}

/// Names the message that failed if this event is never fetched.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    /// Application of the sender; `None` where a played client sent it.
    pub(crate) app: Option<String>,
    /// Conversation of the sender; the sender's address where a played client sent it.
    pub(crate) conversation: String,
    /// Empty for the first text of an invitation, of whose arrival the invitation tells.
    pub(crate) message: String,
    /// What the person who fetches it has then received.
    pub(crate) received: Option<Box<(Address, Received)>>,
}

/// One event, not yet in a response.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) sender: (&'static str, String),
    pub(crate) urgency: Urgency,
    pub(crate) kind: &'static str,
    pub(crate) rel: &'static str,
    pub(crate) href: String,
    title: Option<String>,
    within: Option<(&'static str, String)>,
    status: Option<&'static str>,
    reason: Option<Reason>,
    embedded: Option<(&'static str, Value)>,
    pub(crate) ticket: Option<Ticket>,
}

impl Event {
    pub(crate) fn new(
        sender: (Kind, String),
        urgency: Urgency,
        kind: &'static str,
        link: (Kind, String),
    ) -> Self {
        Self {
            sender: (sender.0.rel(), sender.1),
            urgency,
            kind,
            rel: link.0.rel(),
            href: link.1,
            title: None,
            within: None,
            status: None,
            reason: None,
            embedded: None,
            ticket: None,
        }
    }

    /// The collection or contact it belongs to.
    pub(crate) fn within(mut self, kind: Kind, href: String) -> Self {
        self.within = Some((kind.rel(), href));
        self
    }

    /// Another rel than the resource's own, such as a group's.
    pub(crate) fn named(mut self, rel: &'static str) -> Self {
        self.rel = rel;
        self
    }

    /// Another rel of the collection it belongs to.
    pub(crate) fn within_named(mut self, rel: &'static str, href: String) -> Self {
        self.within = Some((rel, href));
        self
    }

    pub(crate) fn titled(mut self, title: String) -> Self {
        self.title = Some(title);
        self
    }

    pub(crate) fn embed(mut self, resource: Value) -> Self {
        self.embedded = Some((self.rel, resource));
        self
    }

    pub(crate) fn success(mut self) -> Self {
        self.status = Some("Success");
        self
    }

    pub(crate) fn failure(mut self, reason: Reason) -> Self {
        self.status = Some("Failure");
        self.reason = Some(reason);
        self
    }

    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    pub(crate) fn ticket(mut self, ticket: Ticket) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// Whether this event says nothing that the older one did not: only the last `updated` of a resource counts.
    pub(crate) fn replaces(&self, older: &Event) -> bool {
        self.kind == "updated"
            && older.kind == "updated"
            && self.embedded.is_none()
            && older.embedded.is_none()
            && self.reason.is_none()
            && self.href == older.href
    }

    pub(crate) fn value(self) -> Value {
        let mut link = json!({ "rel": self.rel, "href": self.href });
        if let Some(title) = self.title {
            link["title"] = title.into();
        }
        let mut event = json!({ "link": link, "type": self.kind });
        if let Some((rel, href)) = self.within {
            event["in"] = json!({ "rel": rel, "href": href });
        }
        if let Some(status) = self.status {
            event["status"] = status.into();
        }
        if let Some(reason) = self.reason {
            event["reason"] = reason.value();
        }
        if let Some((rel, resource)) = self.embedded {
            event["_embedded"] = json!({ rel: resource });
        }
        event
    }
}
