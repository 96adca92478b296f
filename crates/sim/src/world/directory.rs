//! Distribution groups of the directory, and who has them in the contact list (UCWA reference, distributionGroup,
//! expandDistributionGroup, addToContactList, removeFromContactList).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{App, World, link};
use crate::href::Kind;
use crate::input::Address;
use crate::reply::Refusal;

/// Members of a group that is still expanded. The reference knows that there is a limit; 100 is that of Lync's address
/// book web query as it is installed (`MaxGroupSizeToExpand`).
const EXPANDED: usize = 100;
/// Distribution groups in one list; the real number is not documented.
const LISTED: usize = 64;

/// A distribution group.
pub(crate) struct Distribution {
    pub(crate) address: Address,
    pub(crate) id: String,
    pub(crate) name: String,
    /// People, and other such groups.
    pub(crate) members: Vec<Address>,
}

impl World {
    /// Makes a group, or gives it another name and other members. Whoever has it in the list is told.
    pub(crate) fn set_distribution(
        &mut self,
        address: Address,
        name: String,
        members: Vec<Address>,
    ) {
        let id = match self.directory.get(&address) {
            Some(known) => known.id.clone(),
            None => self.random.id(),
        };
        let group = Distribution {
            address: address.clone(),
            id,
            name,
            members,
        };
        self.directory.insert(address.clone(), group);
        self.tell_distribution(&address, "updated");
    }

    /// Takes a group out of the directory, and with it out of every list.
    pub(crate) fn remove_distribution(&mut self, address: &Address) -> bool {
        if self.directory.remove(address).is_none() {
            return false;
        }
        self.tell_distribution(address, "deleted");
        for person in self.people.values_mut() {
            person
                .distribution_groups
                .retain(|listed| listed != address);
        }
        true
    }

    pub(crate) fn distribution(&self, address: &Address) -> Result<&Distribution, Refusal> {
        self.directory
            .get(address)
            .ok_or_else(|| Refusal::not_found("distribution group"))
    }

    /// Those in a person's contact list.
    pub(crate) fn listed_distributions(
        &self,
        owner: &Address,
    ) -> impl Iterator<Item = &Distribution> {
        let listed = self.people.get(owner).into_iter();
        listed
            .flat_map(|person| &person.distribution_groups)
            .filter_map(|address| self.directory.get(address))
    }

    pub(crate) fn distribution_value(&self, app: &App, group: &Distribution) -> Value {
        let one = [group.address.as_str()];
        let id = [group.id.as_str()];
        let subscribe = app.hrefs.to(Kind::SubscribeToGroupPresence, &id);
        let mut links = json!({
            "self": link(app.hrefs.to(Kind::DistributionGroup, &one)),
            "expandDistributionGroup": link(app.hrefs.to(Kind::ExpandDistributionGroup, &one)),
            "subscribeToGroupPresence": link(format!("{subscribe}?groupId={}", group.id)),
        });
        if !self.list_is_read_only {
            for kind in [Kind::AddToContactList, Kind::RemoveFromContactList] {
                links[kind.rel()] = self.list_link(app.hrefs.to(kind, &[]));
            }
        }
        json!({ "rel": "distributionGroup", "id": group.id, "uri": group.address.uri(), "name": group.name, "_links": links })
    }

    /// The group with its members, as long as there are not too many.
    pub(crate) fn expanded_value(&self, app: &App, address: &Address) -> Result<Value, Refusal> {
        let group = self.distribution(address)?;
        if group.members.len() > EXPANDED {
            return Err(
                Refusal::forbidden("There are too many contacts in this group.")
                    .sub("TooManyContacts"),
            );
        }
        let (groups, people): (Vec<&Address>, Vec<&Address>) = group
            .members
            .iter()
            .partition(|member| self.directory.contains_key(*member));
        let people: Vec<Value> = people
            .into_iter()
            .map(|member| self.contact_value(app, member))
            .collect();
        let groups: Vec<Value> = groups
            .into_iter()
            .filter_map(|member| self.directory.get(member))
            .map(|group| self.distribution_value(app, group))
            .collect();
        let mut value = self.distribution_value(app, group);
        value["_embedded"] = json!({ "contact": people, "distributionGroup": groups });
        Ok(value)
    }

    /// The people of the group with this id, for its presence.
    pub(crate) fn people_of_distribution(&self, id: &str) -> Option<BTreeSet<Address>> {
        let group = self.directory.values().find(|group| group.id == id)?;
        let people = group.members.iter();
        let people = people.filter(|member| !self.directory.contains_key(*member));
        Some(people.cloned().collect())
    }

    /// Groups whose name or address holds the words of the query.
    pub(crate) fn find_distributions(&self, query: &str) -> Vec<&Distribution> {
        let query = query.trim().to_lowercase();
        let query = query.strip_prefix("sip:").unwrap_or(&query);
        let fits = |group: &&Distribution| {
            let texts = [group.name.to_lowercase(), group.address.to_string()];
            query
                .split_whitespace()
                .all(|word| texts.iter().any(|text| text.contains(word)))
        };
        self.directory.values().filter(fits).collect()
    }

    /// addToContactList.
    pub(crate) fn list_distribution(
        &mut self,
        owner: &Address,
        address: &Address,
    ) -> Result<(), Refusal> {
        self.distribution(address)?;
        let person = self
            .people
            .get_mut(owner)
            .ok_or_else(|| Refusal::not_found("person"))?;
        if person.distribution_groups.contains(address) {
            return Err(Refusal::wrong_state("The group is in the list.").sub("AlreadyExists"));
        }
        if person.distribution_groups.len() >= LISTED {
            return Err(Refusal::wrong_state("There are too many groups.").sub("TooManyGroups"));
        }
        person.distribution_groups.push(address.clone());
        self.tell_listed_distribution(owner, address, "added");
        Ok(())
    }

    /// removeFromContactList.
    pub(crate) fn unlist_distribution(&mut self, owner: &Address, id: &str) -> Result<(), Refusal> {
        let found = self
            .listed_distributions(owner)
            .find(|group| group.id == id);
        let address = found
            .map(|group| group.address.clone())
            .ok_or_else(|| Refusal::not_found("group in the list"))?;
        if let Some(person) = self.people.get_mut(owner) {
            person
                .distribution_groups
                .retain(|listed| *listed != address);
        }
        self.tell_listed_distribution(owner, &address, "deleted");
        Ok(())
    }

    fn tell_distribution(&mut self, address: &Address, change: &'static str) {
        let has = |person: &&super::Person| person.distribution_groups.contains(address);
        let owners: Vec<Address> = self
            .people
            .values()
            .filter(has)
            .map(|person| person.address.clone())
            .collect();
        for owner in owners {
            self.tell_listed_distribution(&owner, address, change);
        }
    }

    fn tell_listed_distribution(
        &mut self,
        owner: &Address,
        address: &Address,
        change: &'static str,
    ) {
        let kind = Kind::DistributionGroup;
        self.tell_group_at(owner, (kind, address.as_str()), kind.rel(), change);
    }
}
