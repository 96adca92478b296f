//! The application resource: created, made available, read, and ended.

use url::Url;

use super::outbox::{Ordinary, What};
use super::request::{Content, Response, Verb};
use super::{Now, Phase, Session};
use crate::wire::words::MessageFormat;
use crate::wire::{self, Href, Links};
use crate::{Error, ErrorKind, Event, Me, SipUri, State};

/// What is known of the running application.
#[derive(Default)]
pub(super) struct Application {
    /// URL where applications are created; links are resolved against it.
    pub(super) base: Option<Url>,
    /// That URL comes from an earlier run, and nothing in this one has proved it yet.
    pub(super) hearsay: bool,
    /// `self` of the running one.
    pub(super) own: Option<Url>,
    /// The server still had it from an earlier run.
    pub(super) resumed: bool,
    /// It is somebody else's: why it is ended again.
    pub(super) not_ours: Option<Error>,
    /// makeMeAvailable was done.
    pub(super) available: bool,
    /// Contacts and subscriptions are done; what is missing for `Ready` is word from the event channel.
    pub(super) loaded: bool,
    /// Our own address, as the server spells it.
    pub(super) uri: Option<SipUri>,
    pub(super) links: Links,
    pub(super) me: Links,
    pub(super) people: Links,
    pub(super) communication: Links,
}

impl Session {
    /// Applications are created here.
    pub fn located(&mut self, applications: Url, now: Now) {
        self.create_at(applications, false, now);
    }

    /// Applications were created here in an earlier run. A refusal is not told: it has to be found out anew.
    pub fn located_before(&mut self, applications: Url, now: Now) {
        self.create_at(applications, true, now);
    }

    fn create_at(&mut self, applications: Url, hearsay: bool, now: Now) {
        if self.phase != Phase::Unlocated {
            return;
        }
        self.application.base = Some(applications);
        self.application.hearsay = hearsay;
        self.phase = Phase::Registering;
        self.register(now);
    }

    /// The URL where applications are created is wrong.
    pub(super) fn dislocated(&mut self) {
        self.phase = Phase::Unlocated;
        self.tell(Event::Located(None));
    }

    pub(super) fn register(&mut self, _now: Now) {
        let (Phase::Registering, Some(url)) = (self.phase, self.application.base.clone()) else {
            return;
        };
        self.tell_state(State::OpeningSession);
        let input = wire::ApplicationInput {
            user_agent: self.setup.user_agent.clone(),
            endpoint_id: self.setup.endpoint_id.to_string(),
            culture: self.setup.culture.clone(),
        };
        self.post(url, json(&input), What::Register);
    }

    pub(super) fn registered(&mut self, response: &Response, now: Now) {
        if !matches!(response.status, 200 | 201) {
            self.registering_refused(response, now);
            return;
        }
        let application = match serde_json::from_slice::<wire::Application>(&response.body) {
            Ok(application) if application.links.href("self").is_some() => application,
            Ok(_) | Err(_) => {
                let kind = ErrorKind::Protocol("the new application is not readable".to_owned());
                self.registering_failed(
                    Error {
                        kind,
                        facts: Box::new(response.facts.clone()),
                    },
                    now,
                );
                return;
            }
        };
        let own = application
            .links
            .href("self")
            .and_then(|href| self.resolve(href));
        let me = application.embedded.me.first().and_then(read_me);
        if let Some(found) = me.as_ref().map(|me| &me.uri)
            && *found != self.setup.address
        {
            let kind = ErrorKind::OtherPerson {
                wanted: self.setup.address.clone(),
                found: found.clone(),
            };
            self.application.not_ours = Some(Error {
                kind,
                facts: Box::new(response.facts.clone()),
            });
            self.application.own = own;
            return self.leave();
        }
        if !std::mem::take(&mut self.application.hearsay) {
            self.tell(Event::Located(self.application.base.clone()));
        }
        let same = own.is_some() && own == self.application.own;
        self.application.resumed = response.status == 200;
        if same && self.application.resumed && self.channel.url.is_some() {
            // The application outlived the connection: its event channel goes on where it was.
            self.read_application(application);
            self.back_online(now);
            return;
        }
        if !same && self.application.own.is_some() {
            // The one before went unnoticed, while the server could not be reached.
            self.everything_is_gone(now);
        } else if !self.application.resumed {
            // So are the URLs of texts that an earlier run left.
            self.drop_requests(now);
            self.conversations_are_gone(now);
        }
        self.application.own = own;
        self.application.available = false;
        self.application.loaded = false;
        if let Some(me) = me {
            self.application.uri = Some(me.uri.clone());
            self.tell(Event::Me(me));
        }
        let events = application
            .links
            .href("events")
            .and_then(|href| self.resolve(href));
        self.read_application(application);
        self.phase = Phase::Opening;
        self.open_events(events, now);
        if self.setup.available {
            self.make_available(now);
        } else {
            self.load(now);
        }
    }

    pub(super) fn read_application(&mut self, application: wire::Application) {
        let wire::ApplicationEmbedded {
            me,
            people,
            communication,
            ..
        } = application.embedded;
        let first = |links: Option<Links>| links.unwrap_or_default();
        self.application.links = application.links;
        self.application.me = first(me.into_iter().next().map(|me| me.links));
        self.application.people = first(people.into_iter().next().map(|people| people.links));
        self.application.communication = first(
            communication
                .into_iter()
                .next()
                .map(|communication| communication.links),
        );
    }

    /// The event request is already on its way, so that no invitation is missed.
    pub(super) fn make_available(&mut self, now: Now) {
        let Some(url) = self.my_link("makeMeAvailable") else {
            // An application of an earlier run is available already.
            self.application.available = self.application.me.href("presence").is_some();
            self.load(now);
            return;
        };
        let input = wire::MakeMeAvailableInput {
            supported_modalities: vec!["Messaging".to_owned()],
            supported_message_formats: vec![MessageFormat::Plain, MessageFormat::Html],
            sign_in_as: None,
        };
        self.post(url, json(&input), What::Ordinary(Ordinary::MakeAvailable));
    }

    pub(super) fn made_available(&mut self, response: &Response, now: Now) {
        // 409: done before, for example by a request whose answer was lost.
        self.application.available = response.status < 300 || response.status == 409;
        if !self.application.available {
            tracing::warn!(status = response.status, diagnostics = ?response.facts.diagnostics, "makeMeAvailable refused");
        }
        match self.application.own.clone() {
            Some(own) => self.get(
                own,
                What::Ordinary(Ordinary::ReadApplication { rebuilt: false }),
            ),
            None => self.load(now),
        }
    }

    pub(super) fn application_read(&mut self, rebuilt: bool, response: &Response, now: Now) {
        match serde_json::from_slice(&response.body) {
            Ok(application) if response.status == 200 => self.read_application(application),
            Ok(_) | Err(_) => tracing::warn!(status = response.status, "application not readable"),
        }
        if rebuilt && self.setup.available {
            self.make_available(now);
        } else {
            self.load(now);
        }
    }

    /// Reads everything that a fresh channel does not tell: own status, contacts, conversations of an earlier run.
    pub(super) fn load(&mut self, now: Now) {
        self.tell_state(State::LoadingContacts);
        self.read_own_presence_and_note();
        if self.application.resumed {
            self.read_conversations();
        }
        self.keep_contact_list(now);
        self.load_contacts(now);
    }

    /// Contacts are told and their presence is subscribed.
    pub(super) fn contacts_are_there(&mut self, now: Now) {
        self.application.loaded = true;
        self.ready_if_so(now);
    }

    /// Ready is told when the event channel of a resumed application has spoken or stands: what the server accepted
    /// in an earlier run is known by then.
    pub(super) fn ready_if_so(&mut self, now: Now) {
        let heard = !self.application.resumed || self.channel.stands;
        if self.phase != Phase::Opening || !self.application.loaded || !heard {
            return;
        }
        self.phase = Phase::Online;
        self.recovery.online_since(now.instant);
        self.tell_state(State::Ready {
            available: self.application.available,
            resumed: self.application.resumed,
        });
        self.resume_work(now);
    }

    /// Does what had to wait while the session was not online.
    pub(super) fn resume_work(&mut self, now: Now) {
        for command in std::mem::take(&mut self.waiting) {
            self.obey(command, now);
        }
        self.await_all_news_anew(now);
        self.send_all_texts();
    }

    /// Ends the application, or stops at once where there is none.
    pub(super) fn leave(&mut self) {
        // Whoever says it twice, or says it and lets go of the link, still leaves in good order.
        if matches!(self.phase, Phase::Leaving) {
            return;
        }
        match self.application.own.clone() {
            Some(own) if !matches!(self.phase, Phase::Stopped | Phase::Unlocated) => {
                self.phase = Phase::Leaving;
                self.outbox.clear();
                self.timers.clear();
                self.post_or(Verb::Delete, own, Content::Empty, What::Leave);
            }
            Some(_) | None => self.stop(None),
        }
    }

    pub(super) fn my_link(&self, rel: &str) -> Option<Url> {
        self.resolve(self.application.me.href(rel)?)
    }

    pub(super) fn people_link(&self, rel: &str) -> Option<Url> {
        self.resolve(self.application.people.href(rel)?)
    }

    pub(super) fn communication_link(&self, rel: &str) -> Option<Url> {
        self.resolve(self.application.communication.href(rel)?)
    }

    /// A link of the application that is given as text, e.g. in `Location`.
    pub(super) fn resolve_text(&self, location: Option<&str>) -> Option<Url> {
        self.resolve(&Href::from_header(location?))
    }
}

fn read_me(me: &wire::Me) -> Option<Me> {
    Some(Me {
        uri: me.uri.as_deref()?.parse().ok()?,
        name: me.name.clone().unwrap_or_default(),
        email_addresses: me.email_addresses.0.clone(),
    })
}

/// Inputs are plain structs of texts: writing them cannot fail.
pub(super) fn json(input: &impl serde::Serialize) -> Content {
    Content::Json(serde_json::to_string(input).unwrap_or_default())
}
