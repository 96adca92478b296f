//! A session, its clock, and the server's side of the exchange.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use url::Url;

use crate::session::{Content, Failure, Now, Request, Response, Session, Setup, Verb};
use crate::{Command, Error, ErrorKind, Event, Limits, Outcome, PageId, SipUri, State};

pub(super) const APP: &str = "/ucwa/oauth/v1/applications/77";

/// A session in the middle of an exchange.
pub(super) struct Script {
    pub(super) session: Session,
    pub(super) now: Now,
    /// Requests that have come out and are not answered.
    pub(super) open: Vec<Request>,
    /// The contact list can be changed, as on every server after Lync Server 2013.
    pub(super) editable: bool,
    /// search is of revision 2 and finds groups.
    pub(super) search_revised: bool,
    /// There is a list of privacy relationships.
    pub(super) privacy: bool,
    /// Answer to myGroups.
    pub(super) groups: Value,
    pages: i64,
}

pub(super) fn error(kind: ErrorKind) -> Error {
    Error::new(kind)
}

pub(super) fn lost() -> Failure {
    Failure::Lost(error(ErrorKind::Connection("cut".to_owned())))
}

pub(super) fn not_sent() -> Failure {
    Failure::NotSent(error(ErrorKind::Silent {
        host: "pool.example".to_owned(),
        refused: false,
    }))
}

pub(super) fn application(available: bool) -> Value {
    let me = if available {
        json!({"self": link("/me"), "presence": link("/me/presence"), "note": link("/me/note"), "reportMyActivity": link("/me/reportMyActivity")})
    } else {
        json!({"self": link("/me"), "makeMeAvailable": link("/me/makeMeAvailable")})
    };
    json!({"rel": "application", "_links": {"self": link(""), "batch": link("/batch"), "events": link("/events?ack=1")}, "_embedded": {
        "me": {"name": "Lina Berg", "uri": "sip:lina@example.org", "_links": me},
        "people": {"_links": {"myContacts": link("/people/contacts"), "myGroups": link("/people/groups"), "myGroupMemberships": link("/people/memberships"),
            "presenceSubscriptions": link("/people/presenceSubscriptions"), "search": link("/people/search"),
            "myContactsAndGroupsSubscription": link("/people/list")}},
        "communication": {"_links": {"startMessaging": link("/communication/invitations"), "conversations": link("/communication/conversations")}}}})
}

pub(super) fn link(path: &str) -> Value {
    json!({ "href": format!("{APP}{path}") })
}

pub(super) fn rel(rel: &str, path: &str) -> Value {
    json!({ "rel": rel, "href": format!("{APP}{path}") })
}

pub(super) fn contact(name: &str) -> Value {
    json!({"uri": format!("sip:{name}@example.org"), "name": name, "_links": {"self": link(&format!("/people/{name}")),
        "contactPresence": link(&format!("/people/{name}/presence")), "contactNote": link(&format!("/people/{name}/note"))}})
}

pub(super) fn olaf() -> SipUri {
    "sip:olaf@example.org".parse().unwrap()
}

impl Script {
    /// A session that has been told where applications are created.
    pub(super) fn new(available: bool) -> Self {
        let mut script = Self::unlocated(available);
        script.session.located(
            "https://pool.example/ucwa/oauth/v1/applications"
                .parse()
                .unwrap(),
            script.now,
        );
        script
    }

    /// A session that waits to be told where applications are created.
    pub(super) fn unlocated(available: bool) -> Self {
        Self::seeded(available, 7)
    }

    /// The same with other chances.
    pub(super) fn seeded(available: bool, seed: u64) -> Self {
        let setup = Setup {
            address: "sip:Lina@example.org".parse().unwrap(),
            available,
            endpoint_id: uuid::Uuid::nil(),
            culture: "en-US".to_owned(),
            user_agent: "Test/1".to_owned(),
            limits: Limits::default(),
            seed,
        };
        let now = Now {
            instant: Instant::now(),
            clock: "2026-11-25T08:00:00Z".parse().unwrap(),
        };
        Self {
            session: Session::new(setup),
            now,
            open: Vec::new(),
            editable: true,
            search_revised: false,
            privacy: false,
            groups: json!({}),
            pages: 0,
        }
    }

    /// A session that is online, with these contacts, and an event request pending.
    pub(super) fn online(contacts: &[&str]) -> Self {
        let mut script = Self::new(true);
        script.goes_online(201, contacts);
        script
    }

    /// Answers everything that signing in asks.
    pub(super) fn goes_online(&mut self, status: u16, contacts: &[&str]) {
        let application = |available| {
            let mut application = application(available);
            if self.editable {
                let links = &mut application["_embedded"]["people"]["_links"];
                links["myGroups"]["revision"] = "2".into();
                links["myGroupMemberships"]["revision"] = "2".into();
            }
            if self.privacy {
                let links = &mut application["_embedded"]["people"]["_links"];
                links["myPrivacyRelationships"] = link("/people/privacy");
            }
            if self.search_revised {
                application["_embedded"]["people"]["_links"]["search"]["revision"] = "2".into();
            }
            application
        };
        let (before, after) = (application(false), application(true));
        self.answer("/applications", status, &before);
        self.answer("/makeMeAvailable", 204, &Value::Null);
        self.answer(APP, 200, &after);
        self.answer("/me/presence", 200, &json!({"availability": "Online"}));
        self.answer("/me/note", 404, &Value::Null);
        self.answer("/people/list", 404, &Value::Null);
        let contacts: Vec<Value> = contacts.iter().map(|name| contact(name)).collect();
        self.answer(
            "/people/contacts",
            200,
            &json!({"_embedded": {"contact": contacts}}),
        );
        let groups = self.groups.clone();
        self.answer("/people/groups", 200, &groups);
    }

    fn collect(&mut self) {
        while let Some(request) = self.session.poll_request() {
            self.open.push(request);
        }
    }

    /// The unanswered requests, as method and path with query.
    pub(super) fn asked(&mut self) -> Vec<String> {
        self.collect();
        self.open.iter().map(line).collect()
    }

    /// Takes the unanswered request whose path ends so; its query does not count.
    pub(super) fn take(&mut self, end: &str) -> Request {
        self.collect();
        let at = self
            .open
            .iter()
            .position(|request| request.url.path().ends_with(end));
        let at = at.unwrap_or_else(|| {
            panic!(
                "nothing asked of {end}; asked: {:?}",
                self.open.iter().map(line).collect::<Vec<_>>()
            )
        });
        self.open.remove(at)
    }

    pub(super) fn asks(&mut self, end: &str) -> bool {
        self.collect();
        self.open
            .iter()
            .any(|request| request.url.path().ends_with(end))
    }

    pub(super) fn answer(&mut self, end: &str, status: u16, body: &Value) -> Request {
        self.answer_with(
            end,
            Response {
                status,
                body: text(body).into(),
                ..Response::default()
            },
        )
    }

    pub(super) fn created(&mut self, end: &str, location: &str) -> Request {
        self.answer_with(
            end,
            Response {
                status: 201,
                location: Some(format!("{APP}{location}")),
                ..Response::default()
            },
        )
    }

    pub(super) fn answer_with(&mut self, end: &str, response: Response) -> Request {
        let request = self.take(end);
        let response = Response {
            content_type: "application/json".to_owned(),
            ..response
        };
        self.session.handle_response(request.id, response, self.now);
        request
    }

    pub(super) fn fail(&mut self, end: &str, failure: Failure) -> Request {
        let request = self.take(end);
        self.session.handle_failure(request.id, failure, self.now);
        request
    }

    /// The event channel answers with these senders; the page is journalled.
    pub(super) fn page(&mut self, senders: &Value) -> Vec<u8> {
        self.page_with("next", senders)
    }

    pub(super) fn page_with(&mut self, onward: &str, senders: &Value) -> Vec<u8> {
        let ack = self.pages + 2;
        let body =
            json!({"_links": {onward: link(&format!("/events?ack={ack}"))}, "sender": senders});
        self.answer("/events", 200, &body);
        let envelope = self
            .session
            .poll_journal()
            .expect("a page with events is journalled");
        assert!(
            !self.asks("/events"),
            "the next page was asked for before this one was safe"
        );
        self.pages += 1;
        self.session.journalled(Ok(PageId(self.pages)), self.now);
        envelope.to_vec()
    }

    pub(super) fn conversation_page(&mut self, events: &Value) -> Vec<u8> {
        self.page(&json!([{"rel": "conversation", "href": format!("{APP}/communication/conversations/c1"), "events": events}]))
    }

    pub(super) fn communication_page(&mut self, events: &Value) -> Vec<u8> {
        self.page(&json!([{"rel": "communication", "href": format!("{APP}/communication"), "events": events}]))
    }

    /// Olaf invites us with a text.
    pub(super) fn olaf_invites(&mut self, text: &str) -> Vec<u8> {
        self.communication_page(&json!([{"link": rel("messagingInvitation", "/communication/invitations/i1"), "type": "started", "_embedded": {
            "messagingInvitation": {"direction": "Incoming", "threadId": "t1", "_links": {"conversation": link("/communication/conversations/c1"),
                "accept": link("/communication/invitations/i1/accept"), "message": {"href": crate::wire::data_uri::encode_plain(text)}},
                "_embedded": {"from": {"uri": "sip:Olaf@example.org", "name": "Olaf Ek"}}}}}]))
    }

    /// The conversation is open for texts.
    pub(super) fn connected(&mut self) {
        self.conversation_page(&json!([{"link": rel("messaging", "/communication/conversations/c1/messaging"), "type": "updated", "_embedded": {
            "messaging": {"state": "Connected", "_links": {"sendMessage": link("/communication/conversations/c1/messages"),
                "setIsTyping": link("/communication/conversations/c1/typing")}}}}]));
    }

    pub(super) fn incoming(&mut self, number: u32, text: &str) -> Vec<u8> {
        self.conversation_page(&message(number, "Incoming", text))
    }

    pub(super) fn send(&mut self, id: &str, text: &str) {
        let command = Command::Send {
            id: id.to_owned(),
            to: olaf(),
            thread: "t0".to_owned(),
            text: text.to_owned(),
        };
        self.session.command(command, self.now);
    }

    /// Lets time pass, doing what becomes due on the way.
    pub(super) fn wait(&mut self, time: Duration) {
        let end = self.now.instant + time;
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= end) {
            self.step_to(due.max(self.now.instant));
        }
        self.step_to(end);
    }

    fn step_to(&mut self, instant: Instant) {
        let passed = instant - self.now.instant;
        self.now = Now {
            instant,
            clock: self.now.clock + passed,
        };
        self.session.handle_timeout(self.now);
        self.collect();
    }

    pub(super) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// The events in short, presence and own status left out.
    pub(super) fn told(&mut self) -> Vec<String> {
        self.events().iter().filter_map(short).collect()
    }
}

pub(super) fn message(number: u32, direction: &str, text: &str) -> Value {
    json!([{"link": rel("message", &format!("/communication/conversations/c1/messages/{number}")), "type": "completed", "status": "Success", "_embedded": {
        "message": {"direction": direction, "timeStamp": "/Date(1764057600000)/",
            "_links": {"plainMessage": {"href": crate::wire::data_uri::encode_plain(text)}}}}}])
}

fn short(event: &Event) -> Option<String> {
    Some(match event {
        Event::State(State::Ready { available, resumed }) => {
            format!("ready available={available} resumed={resumed}")
        }
        Event::State(State::Reconnecting { attempt, error, .. }) => {
            format!("reconnecting {attempt}: {error}")
        }
        Event::State(State::Stopped(error)) => format!(
            "stopped {}",
            error.as_ref().map(ToString::to_string).unwrap_or_default()
        ),
        Event::State(_)
        | Event::OwnPresence { .. }
        | Event::OwnNote(_)
        | Event::Presence(_)
        | Event::GroupMembers(_)
        | Event::PrivacyLevels(_)
        | Event::Privacy { .. }
        | Event::ContactGroups { .. } => {
            return None;
        }
        Event::Me(me) => format!("me {}", me.uri),
        Event::Contacts(list) => format!("contacts {}", list.len()),
        Event::Message(message) => {
            let (crate::Body::Plain(text) | crate::Body::Html(text)) = &message.body;
            format!("message {} {} {text}", message.with, message.thread)
        }
        Event::Delivery { id, outcome } => match outcome {
            Outcome::Failed(failure) => format!("{id} failed {} {}", failure.code, failure.subcode),
            Outcome::Accepted | Outcome::Delivered | Outcome::Unknown => {
                format!("{id} {outcome:?}")
            }
        },
        Event::Typing { on, .. } => format!("typing {on}"),
        Event::Conversation { thread, active, .. } => format!("conversation {thread} {active}"),
        Event::Located(Some(_)) => return None,
        Event::Located(None) => "located nowhere".to_owned(),
        Event::SignedIn(how) => format!("signed in by {}", how.by),
        Event::PageDone(page) => format!("page {}", page.0),
    })
}

fn line(request: &Request) -> String {
    let verb = match request.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Delete => "DELETE",
    };
    let path = &request.url[url::Position::BeforePath..];
    format!("{verb} {path}")
}

fn text(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        body.to_string()
    }
}

pub(super) fn json_of(request: &Request) -> Value {
    let Content::Json(body) = &request.content else {
        panic!("not JSON: {request:?}")
    };
    serde_json::from_str(body).unwrap()
}

pub(super) fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
}
