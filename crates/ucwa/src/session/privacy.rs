//! What our person lets others see, and whom they block (UCWA reference, contactPrivacyRelationship,
//! myPrivacyRelationships). A level is changed by who has read it: contact, relationship, then PUT or reset.

use serde_json::json;
use url::Url;

use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::questions::answer;
use super::request::{Content, Response, Verb};
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::people::{self, ContactPrivacyRelationship, MyPrivacyRelationships};
use crate::{Answer, Error, ErrorKind, Event, PrivacyLevel, PrivacyWish, SipUri};

/// A wish on its way.
pub(super) struct PrivacyAsk {
    who: SipUri,
    wish: PrivacyWish,
    step: Step,
    to: Answer<PrivacyLevel>,
}

/// What was asked for last.
enum Step {
    /// GET contact.
    Contact,
    /// GET search, for somebody who was not met yet.
    Search,
    /// GET contactPrivacyRelationship; how often what was read had changed by the time of the PUT.
    Relationship { url: Url, outdated: u8 },
    /// PUT or reset.
    Change { url: Url, outdated: u8 },
}

/// A level that keeps changing under our hands is given up.
const OUTDATED: u8 = 3;

impl PrivacyAsk {
    pub(super) fn refuse(self, error: &Error) {
        answer(self.to, Err(error.clone()));
    }
}

impl Session {
    /// Reads everybody's level, those of the list and of whoever was given one.
    pub(super) fn read_privacy_levels(&mut self) {
        if let Some(url) = self.people_link("myPrivacyRelationships") {
            self.get(url, What::Ordinary(Ordinary::PrivacyLevels));
        }
    }

    pub(super) fn privacy_levels_read(&mut self, response: &Response) {
        let Some(all) = resource::<MyPrivacyRelationships>(response.status, &response.body) else {
            return;
        };
        let mut levels = Vec::new();
        for relationship in &all.embedded.my_privacy_relationship {
            let Some(level) = &relationship.relationship_level else {
                continue;
            };
            for contact in relationship.links.all("contact") {
                let Some(href) = self.resolve(&contact.href) else {
                    continue;
                };
                match self.book.address_of(&href) {
                    Some(who) => levels.push((who, level.clone())),
                    None => {
                        self.fetch_in_bulk(href.clone(), Fetch::ContactOfLevel(href, level.clone()))
                    }
                }
            }
        }
        self.tell(Event::PrivacyLevels(levels));
    }

    pub(super) fn contact_of_level_read(
        &mut self,
        href: &Url,
        level: PrivacyLevel,
        status: u16,
        body: &[u8],
    ) {
        let contact = resource::<people::Contact>(status, body);
        if let Some(contact) = contact.and_then(|contact| self.learn_contact_at(href, &contact)) {
            let address = contact.uri;
            self.tell(Event::Privacy { address, level });
        }
    }

    /// contactPrivacyRelationship updated, told by its link.
    pub(super) fn privacy_event(&mut self, href: &Url, event: &WireEvent, now: Now) {
        let contact = event.in_.as_ref();
        let contact = contact.and_then(|contact| self.resolve(&contact.link.href));
        let of = contact.and_then(|contact| self.book.address_of(&contact));
        if let Some(of) = of {
            self.fetch_gathered(href.clone(), Fetch::Privacy(of), now);
        }
    }

    pub(super) fn privacy_read(&mut self, address: SipUri, status: u16, body: &[u8]) {
        let read = resource::<ContactPrivacyRelationship>(status, body);
        if let Some(level) = read.and_then(|read| read.relationship_level) {
            self.tell(Event::Privacy { address, level });
        }
    }

    pub(super) fn ask_privacy(&mut self, who: SipUri, wish: PrivacyWish, to: Answer<PrivacyLevel>) {
        let (url, step) = match self.book.contact_url(&who) {
            Some(url) => (Some(url), Step::Contact),
            None => (self.search_url(who.address(), "5"), Step::Search),
        };
        let ask = PrivacyAsk {
            who,
            wish,
            step,
            to,
        };
        match url {
            Some(url) => self.get(url, What::Ordinary(Ordinary::Privacy(ask))),
            None => ask.refuse(&ErrorKind::NotPossible("search").into()),
        }
    }

    pub(super) fn privacy_answered(&mut self, ask: PrivacyAsk, response: &Response) {
        let (status, body) = (response.status, &response.body);
        let unreadable = Self::error_of(response);
        match ask.step {
            Step::Contact => match resource::<people::Contact>(status, body) {
                Some(contact) => self.read_relationship(ask, &contact),
                None => ask.refuse(&unreadable),
            },
            Step::Search => {
                let Some(found) = resource::<people::ContactList>(status, body) else {
                    return ask.refuse(&unreadable);
                };
                let mut found = found.embedded.contact.into_iter();
                let is_it = |contact: &people::Contact| {
                    let uri = contact.uri.as_deref().and_then(|uri| uri.parse().ok());
                    uri.as_ref() == Some(&ask.who)
                };
                match found.find(is_it) {
                    Some(contact) => self.read_relationship(ask, &contact),
                    None => ask.refuse(&ErrorKind::NotInDirectory.into()),
                }
            }
            Step::Relationship { ref url, outdated } => {
                let read = resource::<ContactPrivacyRelationship>(status, body);
                match read.and_then(|read| Some((read.relationship_level.clone()?, read))) {
                    Some((level, read)) => {
                        let url = url.clone();
                        let etag = tag(response, &read);
                        self.change_relationship(ask, (url, outdated), level, (&read, etag));
                    }
                    None => ask.refuse(&unreadable),
                }
            }
            Step::Change { url, outdated } if status < 300 || status == 412 => {
                let (wish, outdated) = match (ask.wish, status) {
                    (_, ..300) => (PrivacyWish::Read, 0),
                    (wish, _) => (wish, outdated + 1),
                };
                let step = Step::Relationship {
                    url: url.clone(),
                    outdated,
                };
                let ask = PrivacyAsk {
                    who: ask.who,
                    wish,
                    step,
                    to: ask.to,
                };
                if outdated > OUTDATED {
                    ask.refuse(&unreadable);
                } else {
                    self.get(url, What::Ordinary(Ordinary::Privacy(ask)));
                }
            }
            Step::Change { .. } => ask.refuse(&unreadable),
        }
    }

    fn read_relationship(&mut self, ask: PrivacyAsk, contact: &people::Contact) {
        self.learn_contact(contact);
        let link = contact.links.get("contactPrivacyRelationship");
        let can_change = link.is_some_and(|link| link.revision() >= 2);
        let url = link.and_then(|link| self.resolve(&link.href));
        match url {
            Some(url) if can_change || ask.wish == PrivacyWish::Read => {
                let step = Step::Relationship {
                    url: url.clone(),
                    outdated: 0,
                };
                let ask = PrivacyAsk { step, ..ask };
                self.get(url, What::Ordinary(Ordinary::Privacy(ask)));
            }
            Some(_) | None => {
                let missing = "contactPrivacyRelationship of revision 2";
                ask.refuse(&ErrorKind::NotPossible(missing).into());
            }
        }
    }

    /// The level was read: it is what was wished for, or is changed now.
    fn change_relationship(
        &mut self,
        ask: PrivacyAsk,
        (url, outdated): (Url, u8),
        level: PrivacyLevel,
        (read, etag): (&ContactPrivacyRelationship, String),
    ) {
        let request = match &ask.wish {
            PrivacyWish::Give(wanted) if *wanted != level => {
                let body =
                    json!({ "rel": "contactPrivacyRelationship", "relationshipLevel": wanted });
                let body = body.to_string();
                let content = Content::Replace { body, etag };
                Some((Verb::Put, Some(url.clone()), content))
            }
            PrivacyWish::Reset => {
                let link = read.links.href("resetContactPrivacyRelationship");
                let link = link.and_then(|href| self.resolve(href));
                Some((Verb::Post, link, Content::Edit(None)))
            }
            PrivacyWish::Read | PrivacyWish::Give(_) => None,
        };
        match request {
            None => {
                let address = ask.who;
                let told = level.clone();
                self.tell(Event::Privacy { address, level });
                answer(ask.to, Ok(told));
            }
            Some((verb, Some(to), content)) => {
                let step = Step::Change { url, outdated };
                let ask = PrivacyAsk { step, ..ask };
                self.post_or(verb, to, content, What::Ordinary(Ordinary::Privacy(ask)));
            }
            Some((_, None, _)) => {
                let missing = "resetContactPrivacyRelationship";
                ask.refuse(&ErrorKind::NotPossible(missing).into());
            }
        }
    }
}

/// The tag of what was read: in the header, else in the body, where it stands without quotation marks.
fn tag(response: &Response, read: &ContactPrivacyRelationship) -> String {
    let header = response.etag.clone();
    let body = || read.etag.as_ref().map(|etag| format!("\"{etag}\""));
    // Any version at all, where the server gives none.
    header.or_else(body).unwrap_or_else(|| "*".to_owned())
}
