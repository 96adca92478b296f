//! Groups of the directory: who is in them, kept current, with the presence of those (UCWA reference,
//! distributionGroup, expandDistributionGroup, subscribeToGroupPresence).

use std::collections::BTreeMap;

use url::Url;

use super::contacts::KnownGroup;
use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::questions::answer;
use super::request::{Response, Verb};
use super::{Now, Session};
use crate::wire::events::Event as WireEvent;
use crate::wire::words::EventType;
use crate::wire::{Many, people};
use crate::{Answer, Contact, DirectoryGroup, Error, ErrorKind, Event, GroupMembers, SipUri};

#[derive(Default)]
pub(super) struct Directory {
    /// Groups that were met in this application.
    known: BTreeMap<SipUri, Known>,
    /// Groups that somebody wanted to look into, with what was told of them last.
    expanded: BTreeMap<SipUri, GroupMembers>,
    /// Those have to be read again: the application is another one, or events were lost.
    stale: bool,
}

/// A group, and where one can go from it.
struct Known {
    name: String,
    id: Option<String>,
    own: Option<Url>,
    expand: Option<Url>,
    subscribe: Option<Url>,
    add: Option<Url>,
    remove: Option<Url>,
}

/// A group is being expanded; `to` is nobody where it is read again because it changed.
pub(super) struct Expansion {
    of: SipUri,
    to: Option<Answer<GroupMembers>>,
}

impl Expansion {
    pub(super) fn refuse(self, error: &Error) {
        if let Some(to) = self.to {
            answer(to, Err(error.clone()));
        }
    }
}

impl Directory {
    /// URLs of an application that is gone.
    pub(super) fn forget_urls(&mut self) {
        self.known.clear();
        self.stale = true;
    }

    pub(super) fn is_stale(&mut self) {
        self.stale = true;
    }

    pub(super) fn knows(&self, group: &SipUri) -> bool {
        self.known.contains_key(group)
    }

    /// Where the group is put into the list (UCWA reference, addToContactList).
    pub(super) fn listing(&self, group: &SipUri) -> Result<Option<Url>, ErrorKind> {
        let known = self.known.get(group).ok_or(ErrorKind::NotInDirectory)?;
        Ok(known.add.clone().map(|mut url| {
            url.query_pairs_mut()
                .append_pair("displayName", &known.name)
                .append_pair("smtpAddress", group.address());
            url
        }))
    }

    /// Where the group is taken out of the list (UCWA reference, removeFromContactList).
    pub(super) fn unlisting(&self, group: &SipUri) -> Option<Url> {
        let known = self.known.get(group)?;
        let mut url = known.remove.clone()?;
        url.query_pairs_mut()
            .append_pair("groupId", known.id.as_deref()?);
        Some(url)
    }

    /// Who was in the group when it was read last.
    pub(super) fn people_of(&self, group: &SipUri) -> Vec<SipUri> {
        let told = self.expanded.get(group).into_iter();
        let people = told.flat_map(|told| &told.people);
        people.map(|contact| contact.uri.clone()).collect()
    }

    fn told(&self, group: &SipUri) -> Option<DirectoryGroup> {
        let known = self.known.get(group)?;
        Some(DirectoryGroup {
            address: group.clone(),
            name: known.name.clone(),
        })
    }
}

impl Session {
    /// Reads who is in a group, and keeps it current from then on.
    pub(super) fn expand(&mut self, of: SipUri, to: Option<Answer<GroupMembers>>) {
        let expansion = Expansion { of, to };
        let Some(known) = self.directory.known.get(&expansion.of) else {
            return self.find_group(expansion);
        };
        match known.expand.clone() {
            Some(url) => self.get(url, What::Ordinary(Ordinary::Expand(expansion))),
            None => expansion.refuse(&ErrorKind::NotPossible("expandDistributionGroup").into()),
        }
    }

    fn find_group(&mut self, expansion: Expansion) {
        let Some(url) = self.search_url(expansion.of.address(), "5") else {
            return expansion.refuse(&ErrorKind::NotPossible("search").into());
        };
        let content = self.search_content();
        let what = What::Ordinary(Ordinary::FindGroup(expansion));
        self.post_or(Verb::Get, url, content, what);
    }

    pub(super) fn group_found(&mut self, expansion: Expansion, response: &Response) {
        let Some(found) = resource::<people::ContactList>(response.status, &response.body) else {
            return expansion.refuse(&Self::error_of(response));
        };
        self.learn_directory(&found.embedded.distribution_group);
        if self.directory.knows(&expansion.of) {
            self.expand(expansion.of, expansion.to);
        } else {
            self.directory.expanded.remove(&expansion.of);
            expansion.refuse(&ErrorKind::NotInDirectory.into());
        }
    }

    pub(super) fn group_expanded(
        &mut self,
        Expansion { of, to }: Expansion,
        response: &Response,
        now: Now,
    ) {
        let Some(group) = resource::<people::Group>(response.status, &response.body) else {
            let refused = Expansion { of, to };
            return refused.refuse(&Self::error_of(response));
        };
        let members = self.read_group(&of, &group);
        let told = self.directory.expanded.insert(of.clone(), members.clone());
        let fresh: Vec<SipUri> = members
            .people
            .iter()
            .map(|contact| contact.uri.clone())
            .filter(|who| !self.subscriptions.includes(who))
            .collect();
        let url = self.directory.known.get(&of);
        let url = url.and_then(|known| known.subscribe.clone());
        self.subscribe_to_group(&of, url, now);
        // Without waiting for the first events, as for the contact list.
        for of in fresh {
            if let (Some(url), _) = self.book.urls_of(&of) {
                self.fetch_in_bulk(url, Fetch::Presence { of, question: None });
            }
        }
        if told.is_some_and(|told| told != members) {
            self.tell(Event::GroupMembers(members.clone()));
        }
        if let Some(to) = to {
            answer(to, Ok(members));
        }
    }

    fn read_group(&mut self, of: &SipUri, group: &people::Group) -> GroupMembers {
        let people = group.embedded.contact.iter();
        let people: Vec<Contact> = people
            .filter_map(|contact| self.learn_contact(contact))
            .collect();
        let people = people.into_iter().map(|contact| Contact {
            groups: self.groups_of(&contact.uri),
            ..contact
        });
        let people = people.collect();
        let groups = self.learn_directory(&group.embedded.distribution_group);
        self.learn_group(group);
        let known = self.directory.told(of);
        GroupMembers {
            group: known.unwrap_or_else(|| DirectoryGroup {
                address: of.clone(),
                name: of.address().to_owned(),
            }),
            people,
            groups,
        }
    }

    /// Remembers where groups of the directory stand.
    pub(super) fn learn_directory(&mut self, groups: &Many<people::Group>) -> Vec<DirectoryGroup> {
        let groups = groups.iter();
        groups.filter_map(|group| self.learn_group(group)).collect()
    }

    pub(super) fn learn_group(&mut self, group: &people::Group) -> Option<DirectoryGroup> {
        let address: SipUri = group.uri.as_deref()?.parse().ok()?;
        let link = |rel| group.links.href(rel).and_then(|href| self.resolve(href));
        let name = group.name.clone().filter(|name| !name.is_empty());
        let known = Known {
            name: name.unwrap_or_else(|| address.address().to_owned()),
            id: group.id.clone(),
            own: link("self"),
            expand: link("expandDistributionGroup"),
            subscribe: link("subscribeToGroupPresence"),
            add: link("addToContactList"),
            remove: link("removeFromContactList"),
        };
        self.directory.known.insert(address.clone(), known);
        self.directory.told(&address)
    }

    /// distributionGroup updated: its name or its members are others.
    pub(super) fn distribution_event(&mut self, href: &Url, event: &WireEvent) {
        if event.kind != EventType::Updated {
            return;
        }
        let known = self.directory.known.iter();
        let mut at = known.filter(|(_, known)| known.own.as_ref() == Some(href));
        let of = at.next().map(|(of, _)| of.clone());
        if let Some(of) = of.filter(|of| self.directory.expanded.contains_key(of)) {
            self.expand(of, None);
        }
    }

    /// What was looked into before is looked into again: in a new application, or after a gap.
    pub(super) fn expand_again(&mut self) {
        if std::mem::take(&mut self.directory.stale) {
            let groups: Vec<SipUri> = self.directory.expanded.keys().cloned().collect();
            groups.into_iter().for_each(|of| self.expand(of, None));
        }
    }

    /// Nobody looks any more into a group that left the list.
    pub(super) fn collapse_groups_that_left(&mut self, before: &[KnownGroup]) {
        let is_listed = |address: &SipUri| {
            let mut groups = self.contacts.groups.iter();
            groups.any(|group| group.told.address.as_ref() == Some(address))
        };
        let left: Vec<SipUri> = before
            .iter()
            .filter_map(|group| group.told.address.clone())
            .filter(|address| !is_listed(address))
            .collect();
        for group in left {
            self.directory.expanded.remove(&group);
            self.unsubscribe_from_group(&group);
        }
    }
}
