//! The contact list with its groups.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use url::Url;

use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::request::{Content, Response};
use super::timers::Timer;
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::people::{self, ContactsAndGroupsSubscription, Group, MyGroups};
use crate::wire::words::EventType;
use crate::wire::{Href, Links, Many};
use crate::{Contact, ContactGroup, Event, GroupKind, PhoneKind, SipUri};

#[derive(Default)]
pub(super) struct ContactList {
    pub(super) list: Vec<Contact>,
    /// It has been told once.
    told: bool,
    pub(super) loading: Option<Loading>,
    /// Something changed while it was being loaded.
    stale: bool,
    /// The groups that were read last.
    pub(super) groups: Vec<KnownGroup>,
    /// What was told of them, and whether the list can be changed.
    told_groups: Option<(Vec<ContactGroup>, bool)>,
    /// When the server's watch was last started or refreshed.
    watched: Option<Instant>,
    reload_planned: bool,
}

/// A group of the list, and where it stands.
#[derive(Clone)]
pub(super) struct KnownGroup {
    pub(super) href: Url,
    /// For inputs.
    pub(super) id: Option<String>,
    pub(super) told: ContactGroup,
}

/// A list on its way.
#[derive(Default)]
pub(super) struct Loading {
    /// Answers still missing.
    open: usize,
    /// myContacts was read: without it an empty list would be told.
    complete: bool,
    contacts: BTreeMap<SipUri, Contact>,
    /// Contacts that were only named by links, by group name (empty: of the list itself).
    named: Vec<(Url, String)>,
    groups: HashMap<SipUri, Vec<String>>,
    /// The groups themselves, once myGroups was read.
    found: Option<Vec<KnownGroup>>,
}

/// Minutes for which the server watches the list for us.
const WATCHED_MINUTES: &str = "30";
/// Refreshed so often, besides the event that asks for it.
const REFRESH: Duration = Duration::from_secs(20 * 60);
/// An event that the watch runs out is believed when it has not been refreshed just before.
const JUST_REFRESHED: Duration = Duration::from_secs(5 * 60);
/// Changes of the list that come together are read together.
const GATHER: Duration = Duration::from_millis(200);

impl Session {
    /// Starts or refreshes the server's watch over the list; without it no change is told.
    pub(super) fn keep_contact_list(&mut self, now: Now) {
        if let Some(url) = self.people_link("myContactsAndGroupsSubscription") {
            self.contacts.watched = Some(now.instant);
            self.get(url, What::Ordinary(Ordinary::ContactListSubscription));
            self.timers
                .set(now.instant + REFRESH, Timer::RefreshContactList);
        }
    }

    /// myContactsAndGroupsSubscription updated: it began, or is about to run out.
    pub(super) fn contact_list_watch_changed(&mut self, now: Now) {
        let just_now = self
            .contacts
            .watched
            .is_some_and(|since| now.instant.duration_since(since) < JUST_REFRESHED);
        if !just_now {
            self.keep_contact_list(now);
        }
    }

    /// A group came, went or changed. Those that are there already are told as added when the watch begins.
    pub(super) fn group_event(&mut self, href: &Url, event: &WireEvent, now: Now) {
        let found = self.contacts.loading.as_ref();
        let found = found.and_then(|loading| loading.found.as_ref());
        let mut known = self
            .contacts
            .groups
            .iter()
            .chain(found.into_iter().flatten());
        if event.kind != EventType::Added || !known.any(|group| group.href == *href) {
            self.reload_contacts_soon(now);
        }
    }

    pub(super) fn contact_list_subscription_read(&mut self, response: &Response) {
        let Some(subscription) =
            resource::<ContactsAndGroupsSubscription>(response.status, &response.body)
        else {
            return;
        };
        let Some(mut url) = subscription
            .links
            .href("startOrRefreshSubscriptionToContactsAndGroups")
            .and_then(|href| self.resolve(href))
        else {
            return;
        };
        url.query_pairs_mut()
            .append_pair("duration", WATCHED_MINUTES);
        self.post(
            url,
            Content::Empty,
            What::Ordinary(Ordinary::RefreshContactList),
        );
    }

    pub(super) fn load_contacts(&mut self, now: Now) {
        self.contacts.reload_planned = false;
        if self.contacts.loading.is_some() {
            self.contacts.stale = true;
            return;
        }
        self.edits.reading_begins();
        let mut loading = Loading::default();
        for (rel, what) in [
            ("myContacts", Ordinary::MyContacts),
            ("myGroups", Ordinary::MyGroups),
        ] {
            if let Some(url) = self.people_link(rel) {
                loading.open += 1;
                self.get(url, What::Ordinary(what));
            }
        }
        let nothing = loading.open == 0;
        self.contacts.loading = Some(loading);
        if nothing {
            self.contacts_loaded(now);
        }
    }

    pub(super) fn reload_contacts_soon(&mut self, now: Now) {
        if !std::mem::replace(&mut self.contacts.reload_planned, true) {
            self.timers.set(now.instant + GATHER, Timer::ReloadContacts);
        }
    }

    pub(super) fn my_contacts_read(&mut self, response: &Response, now: Now) {
        if let Some(list) = resource::<people::ContactList>(response.status, &response.body) {
            if let Some(loading) = &mut self.contacts.loading {
                loading.complete = true;
            }
            self.take_contacts(list, "");
        }
        self.one_more_loaded(now);
    }

    pub(super) fn my_groups_read(&mut self, response: &Response, now: Now) {
        if let Some(groups) = resource::<MyGroups>(response.status, &response.body) {
            if let Some(loading) = &mut self.contacts.loading {
                loading.found = Some(Vec::new());
            }
            for (group, kind) in by_kind(groups.embedded) {
                self.read_members(&group, kind);
            }
            for (rel, kind) in [
                ("pinnedGroup", GroupKind::Pinned),
                ("defaultGroup", GroupKind::Default),
                ("group", GroupKind::Own),
                ("distributionGroup", GroupKind::Distribution),
            ] {
                for href in hrefs(&groups.links, rel) {
                    self.load_one_more(&href, Fetch::Group(kind));
                }
            }
        }
        self.one_more_loaded(now);
    }

    pub(super) fn group_read(&mut self, kind: GroupKind, status: u16, body: &[u8], now: Now) {
        if let Some(group) = resource::<Group>(status, body) {
            self.read_members(&group, kind);
        }
        self.one_more_loaded(now);
    }

    /// Groups were read for another reason than to load the list.
    pub(super) fn learn_groups(&mut self, groups: MyGroups) {
        let read = by_kind(groups.embedded);
        self.contacts.groups = read
            .filter_map(|(group, kind)| self.known_group(&group, kind))
            .collect();
    }

    fn known_group(&self, group: &Group, kind: GroupKind) -> Option<KnownGroup> {
        Some(KnownGroup {
            href: self.resolve(group.links.href("self")?)?,
            id: group.id.clone(),
            told: ContactGroup {
                name: group.name.clone()?,
                kind,
                address: group.uri.as_deref().and_then(|uri| uri.parse().ok()),
            },
        })
    }

    fn read_members(&mut self, group: &Group, kind: GroupKind) {
        let known = self.known_group(group, kind);
        if kind == GroupKind::Distribution {
            self.learn_group(group);
        }
        if let Some(loading) = &mut self.contacts.loading {
            loading.found.get_or_insert_default().extend(known);
        }
        if let (Some(name), Some(href)) = (
            group.name.clone(),
            group.links.href("groupContacts").cloned(),
        ) {
            self.load_one_more(&href, Fetch::Members { group: name });
        }
    }

    pub(super) fn members_read(&mut self, group: &str, status: u16, body: &[u8], now: Now) {
        if let Some(list) = resource::<people::ContactList>(status, body) {
            self.take_contacts(list, group);
        }
        self.one_more_loaded(now);
    }

    fn load_one_more(&mut self, href: &Href, fetch: Fetch) {
        let (Some(url), Some(loading)) = (self.resolve(href), &mut self.contacts.loading) else {
            return;
        };
        loading.open += 1;
        self.fetch_in_bulk(url, fetch);
    }

    fn take_contacts(&mut self, list: people::ContactList, group: &str) {
        let named: Vec<Href> = hrefs(&list.links, "contact").collect();
        for contact in list.embedded.contact {
            if let Some(contact) = self.learn_contact(&contact) {
                self.take_contact(contact, group);
            }
        }
        for href in named {
            let Some(url) = self.resolve(&href) else {
                continue;
            };
            if let Some(loading) = &mut self.contacts.loading {
                loading.named.push((url.clone(), group.to_owned()));
                if self.book.address_of(&url).is_none() || group.is_empty() {
                    loading.open += 1;
                    self.fetch_in_bulk(url.clone(), Fetch::Contact(url));
                }
            }
        }
    }

    fn take_contact(&mut self, contact: Contact, group: &str) {
        let Some(loading) = &mut self.contacts.loading else {
            return;
        };
        if !group.is_empty() {
            loading
                .groups
                .entry(contact.uri.clone())
                .or_default()
                .push(group.to_owned());
        }
        loading
            .contacts
            .entry(contact.uri.clone())
            .or_insert(contact);
    }

    /// A contact that was only named, by the list or by an event.
    pub(super) fn contact_read(&mut self, href: &Url, status: u16, body: &[u8], now: Now) {
        let contact = resource::<people::Contact>(status, body);
        let contact = contact.and_then(|contact| self.learn_contact_at(href, &contact));
        let listed = self
            .contacts
            .loading
            .as_ref()
            .is_some_and(|loading| loading.named.iter().any(|(named, _)| named == href));
        if let Some(contact) = contact {
            if listed {
                self.take_contact(contact, "");
            } else {
                self.fetch_presence_of(&contact.uri);
            }
        }
        if listed {
            self.one_more_loaded(now);
        }
    }

    fn one_more_loaded(&mut self, now: Now) {
        let Some(loading) = &mut self.contacts.loading else {
            return;
        };
        loading.open = loading.open.saturating_sub(1);
        if loading.open == 0 {
            self.contacts_loaded(now);
        }
    }

    fn contacts_loaded(&mut self, now: Now) {
        let Some(mut loading) = self.contacts.loading.take() else {
            return;
        };
        for (href, group) in loading.named {
            if let Some(address) = self.book.address_of(&href).filter(|_| !group.is_empty()) {
                loading.groups.entry(address).or_default().push(group);
            }
        }
        if let Some(groups) = loading.found {
            let before = std::mem::replace(&mut self.contacts.groups, groups);
            self.collapse_groups_that_left(&before);
        }
        self.tell_groups();
        if loading.complete {
            let mut list: Vec<Contact> = loading.contacts.into_values().collect();
            for contact in &mut list {
                contact.groups = loading.groups.remove(&contact.uri).unwrap_or_default();
                contact.groups.dedup();
            }
            if list != self.contacts.list || !self.contacts.told {
                self.contacts.told = true;
                self.contacts.list.clone_from(&list);
                self.tell(Event::Contacts(list));
            }
        } else {
            tracing::warn!("the contact list could not be read");
        }
        self.edits.reading_ended();
        self.read_privacy_levels();
        self.subscribe_missing(now);
        self.expand_again();
        self.contacts_are_there(now);
        if std::mem::take(&mut self.contacts.stale) {
            self.reload_contacts_soon(now);
        }
    }

    fn tell_groups(&mut self) {
        let groups = self.contacts.groups.iter();
        let groups: Vec<ContactGroup> = groups.map(|group| group.told.clone()).collect();
        let told = Some((groups.clone(), self.can_edit_contacts()));
        if self.contacts.told_groups != told {
            self.contacts.told_groups = told;
            let editable = self.can_edit_contacts();
            self.tell(Event::ContactGroups { groups, editable });
        }
    }

    /// Reads a contact and remembers where its presence stands. `None` for those that have no SIP address.
    pub(super) fn learn_contact(&mut self, contact: &people::Contact) -> Option<Contact> {
        let href = contact
            .links
            .href("self")
            .and_then(|href| self.resolve(href));
        match href {
            Some(href) => self.learn_contact_at(&href, contact),
            None => read_contact(contact),
        }
    }

    pub(super) fn learn_contact_at(
        &mut self,
        href: &Url,
        contact: &people::Contact,
    ) -> Option<Contact> {
        let read = read_contact(contact)?;
        let presence = contact
            .links
            .href("contactPresence")
            .and_then(|href| self.resolve(href));
        let note = contact
            .links
            .href("contactNote")
            .and_then(|href| self.resolve(href));
        self.book.stands_at(&read.uri, href.clone(), presence, note);
        Some(read)
    }

    /// Groups of a person of the list, for people found by other ways.
    pub(super) fn groups_of(&self, address: &SipUri) -> Vec<String> {
        self.contacts
            .list
            .iter()
            .find(|contact| contact.uri == *address)
            .map(|contact| contact.groups.clone())
            .unwrap_or_default()
    }
}

/// The groups of a list with what kind they are.
fn by_kind(groups: people::MyGroupsEmbedded) -> impl Iterator<Item = (Group, GroupKind)> {
    let of = |groups: Many<Group>, kind| groups.into_iter().map(move |group| (group, kind));
    of(groups.pinned_group, GroupKind::Pinned)
        .chain(of(groups.default_group, GroupKind::Default))
        .chain(of(groups.group, GroupKind::Own))
        .chain(of(groups.distribution_group, GroupKind::Distribution))
}

fn read_contact(contact: &people::Contact) -> Option<Contact> {
    Some(Contact {
        uri: contact.uri.as_deref()?.parse().ok()?,
        name: contact.name.clone().unwrap_or_default(),
        groups: Vec::new(),
        email_addresses: contact.email_addresses.0.clone(),
        title: contact.title.clone().unwrap_or_default(),
        department: contact.department.clone().unwrap_or_default(),
        company: contact.company.clone().unwrap_or_default(),
        office: contact.office.clone().unwrap_or_default(),
        phones: phones(contact),
        source_network: contact.source_network.clone().unwrap_or_default(),
    })
}

fn phones(contact: &people::Contact) -> Vec<(PhoneKind, String)> {
    let numbers = [
        (PhoneKind::Work, &contact.work_phone_number),
        (PhoneKind::Mobile, &contact.mobile_phone_number),
        (PhoneKind::Home, &contact.home_phone_number),
        (PhoneKind::Other, &contact.other_phone_number),
    ];
    let written = |number: &String| number.trim_start_matches("tel:").to_owned();
    numbers
        .into_iter()
        .filter_map(|(kind, number)| Some((kind, number.as_ref().map(written)?)))
        .filter(|(_, number)| !number.is_empty())
        .collect()
}

fn hrefs(links: &Links, rel: &str) -> impl Iterator<Item = Href> {
    links
        .all(rel)
        .map(|link| link.href.clone())
        .collect::<Vec<_>>()
        .into_iter()
}
