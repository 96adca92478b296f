//! The contact list, its groups, and what can be said of a contact (UCWA reference, contact, group, search).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::event::{Event, Urgency};
use super::person::OwnGroup;
use super::{App, World, link};
use crate::href::Kind;
use crate::input::Address;
use crate::people;
use crate::reply::Refusal;

/// Contacts that a list may be made to hold, and groups. A list that began with more keeps them.
const CONTACTS: usize = 250;
const GROUPS: usize = 64;

impl World {
    /// The contact list of a new person: what everyone has, and what is the person's own.
    pub(super) fn groups_of(
        &mut self,
        owner: &Address,
        shared: &[people::Group],
        own: &[people::Group],
    ) -> Vec<OwnGroup> {
        let mut groups: Vec<OwnGroup> = Vec::new();
        for (name, rel) in [
            (people::PINNED, "pinnedGroup"),
            (people::DEFAULT, "defaultGroup"),
        ] {
            groups.push(OwnGroup {
                id: self.random.id(),
                name: name.to_owned(),
                rel,
                members: Vec::new(),
            });
        }
        for group in shared.iter().chain(own) {
            let members = group
                .members
                .iter()
                .filter_map(|member| Address::parse(member))
                .filter(|member| member != owner);
            match groups.iter_mut().find(|other| other.name == group.name) {
                Some(known) => known.members.extend(members),
                None => groups.push(OwnGroup {
                    id: self.random.id(),
                    name: group.name.clone(),
                    rel: "group",
                    members: members.collect(),
                }),
            }
        }
        groups
    }

    /// Everyone in a person's contact list, once.
    pub(crate) fn contacts_of(&self, owner: &Address) -> Vec<Address> {
        let mut seen = HashSet::new();
        let groups = self
            .people
            .get(owner)
            .map(|person| person.groups.as_slice())
            .unwrap_or_default();
        groups
            .iter()
            .flat_map(|group| &group.members)
            .filter(|member| seen.insert((*member).clone()))
            .cloned()
            .collect()
    }

    /// The contact resource. Whoever is not in the directory has an address and no more.
    pub(crate) fn contact_value(&self, app: &App, address: &Address) -> Value {
        let one = [address.as_str()];
        let href = |kind| link(app.hrefs.to(kind, &one));
        let mut links = json!({
            "self": href(Kind::Contact), "contactPresence": href(Kind::ContactPresence), "contactNote": href(Kind::ContactNote),
            "contactLocation": href(Kind::ContactLocation), "contactSupportedModalities": href(Kind::ContactSupportedModalities),
            "contactPrivacyRelationship": self.list_link(app.hrefs.to(Kind::ContactPrivacyRelationship, &one)),
        });
        let Some(person) = self.people.get(address) else {
            let network = if self.domains.contains(address.domain()) {
                "SameEnterprise"
            } else {
                "Federated"
            };
            return json!({ "rel": "contact", "uri": address.uri(), "name": "", "type": "User", "sourceNetwork": network, "_links": links });
        };
        if person.has_photo {
            links["contactPhoto"] = href(Kind::Photo);
        }
        let mut contact = json!({ "rel": "contact", "uri": address.uri(), "name": person.name, "type": "User", "sourceNetwork": "SameEnterprise", "emailAddresses": [address.as_str()], "_links": links });
        let texts = [
            ("title", &person.title),
            ("department", &person.department),
            ("company", &person.company),
            ("office", &person.office),
            ("workPhoneNumber", &person.phone),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            contact[name] = text.clone().into();
        }
        contact
    }

    pub(crate) fn contacts_value<'a>(
        &self,
        app: &App,
        kind: Kind,
        own: String,
        people: impl Iterator<Item = &'a Address>,
        expand: bool,
    ) -> Value {
        if !expand {
            let links: Vec<Value> = people
                .map(|address| link(app.hrefs.to(Kind::Contact, &[address.as_str()])))
                .collect();
            return json!({ "rel": kind.rel(), "_links": { "self": link(own), "contact": links } });
        }
        let contacts: Vec<Value> = people
            .map(|address| self.contact_value(app, address))
            .collect();
        json!({ "rel": kind.rel(), "_links": { "self": link(own) }, "_embedded": { "contact": contacts } })
    }

    /// contactPresence, contactNote, contactLocation, contactSupportedModalities.
    pub(crate) fn about_contact(
        &mut self,
        key: &str,
        kind: Kind,
        address: &Address,
    ) -> Option<Value> {
        let unknown = kind == Kind::ContactPresence
            && self.faults.take("unknown-availability", None).is_some();
        let app = self.apps.get(key)?;
        let person = self.people.get(address);
        let blocked = self.blocks(address, &app.owner);
        let mut value = match (kind.rel(), person) {
            // Whoever is blocked sees what an absent person shows.
            ("contactPresence", Some(_)) if blocked => json!({ "availability": "Offline" }),
            (_, Some(_)) if blocked => json!({}),
            ("contactPresence", _) if unknown => {
                json!({ "availability": "Sleepwalking", "deviceType": "Toaster" })
            }
            ("contactPresence", None) => json!({ "availability": "None" }),
            ("contactPresence", Some(person)) => {
                let mut value = person.presence_value();
                value["deviceType"] = person.published.device.into();
                value["lastActive"] = person.last_active.ucwa().into();
                value
            }
            ("contactNote", Some(person)) if !person.note.is_empty() => {
                json!({ "message": person.note, "type": "Personal" })
            }
            ("contactLocation", Some(person)) if !person.location.is_empty() => {
                json!({ "location": person.location })
            }
            ("contactSupportedModalities", Some(person))
                if person.published.availability != "Offline" =>
            {
                json!({ "modalities": ["Messaging"] })
            }
            ("contactSupportedModalities", _) => json!({ "modalities": [] }),
            _ => json!({}),
        };
        value["rel"] = kind.rel().into();
        value["_links"] = json!({ "self": link(app.hrefs.to(kind, &[address.as_str()])), "contact": link(app.hrefs.to(Kind::Contact, &[address.as_str()])) });
        Some(value)
    }

    pub(crate) fn group_value(&self, app: &App, group: &OwnGroup) -> Value {
        let id = [group.id.as_str()];
        let subscribe = format!(
            "{}?groupId={}",
            app.hrefs.to(Kind::SubscribeToGroupPresence, &id),
            group.id
        );
        json!({ "rel": group.rel, "id": group.id, "name": group.name, "_links": {
            "self": self.list_link(app.hrefs.to(Kind::Group, &id)),
            "groupContacts": link(app.hrefs.to(Kind::GroupContacts, &id)), "subscribeToGroupPresence": link(subscribe),
        } })
    }

    pub(crate) fn groups_value(&self, app: &App) -> Value {
        let groups = self
            .people
            .get(&app.owner)
            .map(|person| person.groups.as_slice())
            .unwrap_or_default();
        let mut embedded = json!({ "group": [] });
        for group in groups {
            let value = self.group_value(app, group);
            match embedded[group.rel].as_array_mut() {
                Some(list) => list.push(value),
                None => embedded[group.rel] = value,
            }
        }
        let listed: Vec<Value> = self
            .listed_distributions(&app.owner)
            .map(|group| self.distribution_value(app, group))
            .collect();
        if !listed.is_empty() {
            embedded["distributionGroup"] = listed.into();
        }
        json!({ "rel": "myGroups", "_links": { "self": self.list_link(app.hrefs.to(Kind::MyGroups, &[])) }, "_embedded": embedded })
    }

    /// A link to a resource of the contact list: revision 2, the first that can be changed, unless this is a Lync
    /// Server 2013.
    pub(crate) fn list_link(&self, href: String) -> Value {
        let mut value = link(href);
        if !self.list_is_read_only {
            value["revision"] = "2".into();
        }
        value
    }

    pub(crate) fn group_memberships_value(&self, app: &App) -> Value {
        let groups = self
            .people
            .get(&app.owner)
            .map(|person| person.groups.as_slice())
            .unwrap_or_default();
        let memberships: Vec<Value> = groups
            .iter()
            .flat_map(|group| {
                group
                    .members
                    .iter()
                    .map(|member| self.membership_value(app, group, member))
            })
            .collect();
        let mut links =
            json!({ "self": self.list_link(app.hrefs.to(Kind::MyGroupMemberships, &[])) });
        if !self.list_is_read_only {
            links["removeContactFromAllGroups"] =
                self.list_link(app.hrefs.to(Kind::RemoveContactFromAllGroups, &[]));
        }
        json!({ "rel": "myGroupMemberships", "_links": links, "_embedded": { "myGroupMembership": memberships } })
    }

    pub(crate) fn group_membership_value(
        &self,
        app: &App,
        group: &str,
        address: &Address,
    ) -> Option<Value> {
        let group = self
            .people
            .get(&app.owner)?
            .groups
            .iter()
            .find(|other| other.id == group)?;
        group
            .members
            .contains(address)
            .then(|| self.membership_value(app, group, address))
    }

    fn membership_value(&self, app: &App, group: &OwnGroup, member: &Address) -> Value {
        let own = app
            .hrefs
            .to(Kind::MyGroupMembership, &[&group.id, member.as_str()]);
        json!({ "rel": "myGroupMembership", "_links": {
            "self": self.list_link(own),
            "contact": link(app.hrefs.to(Kind::Contact, &[member.as_str()])), group.rel: link(app.hrefs.to(Kind::Group, &[&group.id])),
        } })
    }

    /// Everyone whose name, address or phone number holds the words of the query.
    pub(crate) fn find_people(&self, query: &str, limit: usize) -> (Vec<Address>, bool) {
        let query = query.trim().to_lowercase();
        let query = query.strip_prefix("sip:").unwrap_or(&query);
        let matching = |person: &&super::Person| {
            let texts = [
                person.name.to_lowercase(),
                person.address.to_string(),
                person.phone.to_lowercase(),
                person.user.to_lowercase(),
            ];
            query
                .split_whitespace()
                .all(|word| texts.iter().any(|text| text.contains(word)))
        };
        let mut found: Vec<Address> = self
            .order
            .iter()
            .filter_map(|address| self.people.get(address))
            .filter(matching)
            .map(|person| person.address.clone())
            .take(limit + 1)
            .collect();
        let more = found.len() > limit;
        found.truncate(limit);
        (found, more)
    }

    pub(crate) fn create_group(
        &mut self,
        owner: &Address,
        name: String,
    ) -> Result<String, Refusal> {
        let id = self.random.id();
        let person = self
            .people
            .get_mut(owner)
            .ok_or_else(|| Refusal::not_found("person"))?;
        if has_group(person, &name, None) {
            return Err(taken());
        }
        if person.groups.len() >= GROUPS {
            return Err(Refusal::wrong_state("There are too many groups.").sub("TooManyGroups"));
        }
        person.groups.push(OwnGroup {
            id: id.clone(),
            name,
            rel: "group",
            members: Vec::new(),
        });
        self.tell_group(owner, &id, "group", "added");
        Ok(id)
    }

    pub(crate) fn rename_group(
        &mut self,
        owner: &Address,
        id: &str,
        name: String,
    ) -> Result<(), Refusal> {
        self.own_group(owner, id)?;
        if self
            .people
            .get(owner)
            .is_some_and(|person| has_group(person, &name, Some(id)))
        {
            return Err(taken());
        }
        self.own_group(owner, id)?.name = name;
        self.tell_group(owner, id, "group", "updated");
        Ok(())
    }

    /// Deletes a group. Whoever was in no other one stays in the list, in the default group.
    pub(crate) fn delete_group(&mut self, owner: &Address, id: &str) -> Result<(), Refusal> {
        let members = self.own_group(owner, id)?.members.clone();
        if let Some(person) = self.people.get_mut(owner) {
            person.groups.retain(|group| group.id != id);
        }
        self.tell_group(owner, id, "group", "deleted");
        let listed: HashSet<Address> = self.contacts_of(owner).into_iter().collect();
        for member in members
            .into_iter()
            .filter(|member| !listed.contains(member))
        {
            let default = self.people.get_mut(owner).and_then(|person| {
                person
                    .groups
                    .iter_mut()
                    .find(|group| group.rel == "defaultGroup")
            });
            if let Some(default) = default {
                default.members.push(member.clone());
                let id = default.id.clone();
                self.tell_membership(owner, (&id, "defaultGroup"), &member, "added");
            }
        }
        Ok(())
    }

    /// Puts a contact into a group, the default one where none is named. Gives the group's id.
    pub(crate) fn add_contact(
        &mut self,
        owner: &Address,
        group: Option<&str>,
        contact: Address,
    ) -> Result<String, Refusal> {
        let listed = self.contacts_of(owner);
        let is_new = !listed.contains(&contact);
        let person = self
            .people
            .get_mut(owner)
            .ok_or_else(|| Refusal::not_found("person"))?;
        let into = person
            .groups
            .iter_mut()
            .find(|other| group.map_or(other.rel == "defaultGroup", |id| other.id == id))
            .ok_or_else(|| Refusal::not_found("group"))?;
        if contact == *owner {
            return Err(Refusal::forbidden("Nobody is a contact of their own.")
                .sub("OperationNotSupported"));
        }
        if into.members.contains(&contact) {
            return Err(Refusal::wrong_state("The contact is in this group.").sub("AlreadyExists"));
        }
        if is_new && listed.len() >= CONTACTS {
            return Err(Refusal::wrong_state("There are too many contacts.").sub("LimitExceeded"));
        }
        into.members.push(contact.clone());
        let (id, rel) = (into.id.clone(), into.rel);
        self.tell_membership(owner, (&id, rel), &contact, "added");
        if is_new {
            self.tell_listed(owner, &contact, "added");
        }
        Ok(id)
    }

    /// Takes a contact out of one group, or out of all.
    pub(crate) fn remove_contact(
        &mut self,
        owner: &Address,
        group: Option<&str>,
        contact: &Address,
    ) -> Result<(), Refusal> {
        let person = self
            .people
            .get_mut(owner)
            .ok_or_else(|| Refusal::not_found("person"))?;
        let mut left = Vec::new();
        for from in person
            .groups
            .iter_mut()
            .filter(|other| group.is_none_or(|id| other.id == id))
        {
            let before = from.members.len();
            from.members.retain(|member| member != contact);
            if from.members.len() < before {
                left.push((from.id.clone(), from.rel));
            }
        }
        if left.is_empty() {
            return Err(Refusal::not_found("member of this group"));
        }
        for (id, rel) in left {
            self.tell_membership(owner, (&id, rel), contact, "deleted");
        }
        if !self.contacts_of(owner).contains(contact) {
            self.tell_listed(owner, contact, "deleted");
        }
        Ok(())
    }

    fn own_group(&mut self, owner: &Address, id: &str) -> Result<&mut OwnGroup, Refusal> {
        let group = self
            .people
            .get_mut(owner)
            .and_then(|person| person.groups.iter_mut().find(|group| group.id == id))
            .ok_or_else(|| Refusal::not_found("group"))?;
        if group.rel == "group" {
            Ok(group)
        } else {
            Err(Refusal::forbidden("This group belongs to the system.")
                .sub("OperationNotSupported"))
        }
    }

    fn tell_group(&mut self, owner: &Address, id: &str, rel: &'static str, change: &'static str) {
        self.tell_group_at(owner, (Kind::Group, id), rel, change);
    }

    pub(super) fn tell_group_at(
        &mut self,
        owner: &Address,
        (kind, id): (Kind, &str),
        rel: &'static str,
        change: &'static str,
    ) {
        for key in self.apps_of(owner, |app| app.contacts_subscription.is_some()) {
            let Some(app) = self.apps.get(&key) else {
                continue;
            };
            let event = Event::new(
                (Kind::People, app.hrefs.to(Kind::People, &[])),
                Urgency::High,
                change,
                (kind, app.hrefs.to(kind, &[id])),
            )
            .named(rel);
            let event = if change == "updated" {
                event
            } else {
                event.within(Kind::MyGroups, app.hrefs.to(Kind::MyGroups, &[]))
            };
            self.tell(&key, event);
        }
    }

    /// A contact came into a group (its id and kind) or left it.
    fn tell_membership(
        &mut self,
        owner: &Address,
        (group, rel): (&str, &'static str),
        contact: &Address,
        change: &'static str,
    ) {
        self.tell_contact_in(owner, contact, change, |event, app| {
            event.within_named(rel, app.hrefs.to(Kind::Group, &[group]))
        });
    }

    /// A contact came into the list or left it.
    fn tell_listed(&mut self, owner: &Address, contact: &Address, change: &'static str) {
        self.tell_contact_in(owner, contact, change, |event, app| {
            event.within(Kind::MyContacts, app.hrefs.to(Kind::MyContacts, &[]))
        });
    }

    fn tell_contact_in(
        &mut self,
        owner: &Address,
        contact: &Address,
        change: &'static str,
        within: impl Fn(Event, &App) -> Event,
    ) {
        for key in self.apps_of(owner, |app| app.contacts_subscription.is_some()) {
            let Some(app) = self.apps.get(&key) else {
                continue;
            };
            let event = Event::new(
                (Kind::People, app.hrefs.to(Kind::People, &[])),
                Urgency::High,
                change,
                (
                    Kind::Contact,
                    app.hrefs.to(Kind::Contact, &[contact.as_str()]),
                ),
            );
            let event = within(event, app);
            self.tell(&key, event);
        }
    }
}

fn has_group(person: &super::Person, name: &str, besides: Option<&str>) -> bool {
    person
        .groups
        .iter()
        .any(|group| Some(group.id.as_str()) != besides && group.name.eq_ignore_ascii_case(name))
}

fn taken() -> Refusal {
    Refusal::wrong_state("There is a group with this name.").sub("AlreadyExists")
}
