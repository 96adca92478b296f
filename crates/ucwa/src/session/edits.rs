//! Changing the contact list: one wish after the other, each a few requests in their order (UCWA reference,
//! myGroupMemberships, myGroups, group, removeContactFromAllGroups, addToContactList, removeFromContactList; all in
//! revision 2).
//!
//! Every step may be repeated: what is there already and what is gone already counts as done. A wish that is cut off by
//! the end of the application begins anew in the next one.

use std::collections::VecDeque;

use serde_json::json;
use url::Url;

use super::contacts::KnownGroup;
use super::fetch::resource;
use super::outbox::{Ordinary, What};
use super::questions::answer;
use super::request::{Content, Response, Verb};
use super::{Now, Session};
use crate::wire::people::{ContactList, MyGroupMembership, MyGroupMemberships, MyGroups};
use crate::wire::{Links, Reason};
use crate::{Answer, Command, ContactEdit, Error, ErrorKind, GroupKind, SipUri};

#[derive(Default)]
pub(super) struct Edits {
    waiting: VecDeque<(ContactEdit, Answer<()>)>,
    running: Option<Running>,
    /// Done, and told when the list has been read anew: whoever looks then sees it.
    done: Vec<Answer<()>>,
    /// The same, with the reading under way.
    being_read: Vec<Answer<()>>,
}

struct Running {
    wish: ContactEdit,
    answer: Answer<()>,
    /// The first one is on its way.
    steps: VecDeque<Step>,
}

/// One request.
#[derive(Clone)]
enum Step {
    /// POST myGroups.
    Create(String),
    /// GET myGroups: what was created has an id now.
    ReadGroups,
    /// POST myGroupMemberships; `None`: the default group.
    Join(SipUri, Option<String>),
    /// GET myGroupMemberships: how to get out.
    Find(SipUri, From),
    /// POST removeContactFromAllGroups.
    Remove(Url, SipUri),
    /// PUT group.
    Rename(Url, Option<String>, String),
    /// DELETE of a membership or a group.
    Delete(Url),
    /// GET search: a group of the directory says where it is put into the list.
    FindGroup(SipUri),
    /// POST addToContactList.
    List(SipUri),
    /// POST removeFromContactList.
    Unlist(SipUri),
}

/// Out of which groups.
#[derive(Clone)]
enum From {
    All,
    One(String),
    AllBut(String),
}

impl Edits {
    pub(super) fn refuse_all(&mut self) {
        let running = self.running.take().map(|running| running.answer);
        let waiting = self.waiting.drain(..).map(|(_, answer)| answer);
        for to in running.into_iter().chain(waiting) {
            answer(to, Err(Error::new(ErrorKind::SessionEnded)));
        }
        for to in self.done.drain(..).chain(self.being_read.drain(..)) {
            answer(to, Ok(()));
        }
    }

    /// The list is being read from now on.
    pub(super) fn reading_begins(&mut self) {
        self.being_read.append(&mut self.done);
    }

    /// The list was read.
    pub(super) fn reading_ended(&mut self) {
        for to in self.being_read.drain(..) {
            answer(to, Ok(()));
        }
    }
}

impl Session {
    /// The links to change the list are there and of the revision that can.
    pub(super) fn can_edit_contacts(&self) -> bool {
        let people = &self.application.people;
        let has = |rel| people.get(rel).is_some_and(|link| link.revision() >= 2);
        has("myGroupMemberships")
    }

    pub(super) fn edit_contacts(&mut self, wish: ContactEdit, to: Answer<()>, now: Now) {
        self.edits.waiting.push_back((wish, to));
        self.next_edit(now);
    }

    /// The application ended: what was not done is done in the next one.
    pub(super) fn edits_wait(&mut self) {
        let Edits {
            done, being_read, ..
        } = &mut self.edits;
        for to in done.drain(..).chain(being_read.drain(..)) {
            answer(to, Ok(()));
        }
        let running = self.edits.running.take();
        let running = running.map(|running| (running.wish, running.answer));
        let all = running.into_iter().chain(self.edits.waiting.drain(..));
        self.waiting
            .extend(all.map(|(wish, to)| Command::EditContacts(wish, to)));
    }

    fn next_edit(&mut self, now: Now) {
        while self.edits.running.is_none()
            && let Some((wish, to)) = self.edits.waiting.pop_front()
        {
            match self.steps_of(&wish) {
                Ok(steps) => {
                    self.edits.running = Some(Running {
                        wish,
                        answer: to,
                        steps,
                    });
                    self.take_step(now);
                }
                Err(kind) => answer(to, Err(kind.into())),
            }
        }
    }

    fn steps_of(&self, wish: &ContactEdit) -> Result<VecDeque<Step>, ErrorKind> {
        if !self.can_edit_contacts() {
            return Err(ErrorKind::NotPossible("myGroupMemberships of revision 2"));
        }
        let steps = match wish.clone() {
            ContactEdit::Add { who, group: None } => vec![Step::Join(who, None)],
            ContactEdit::Add {
                who,
                group: Some(group),
            } => self.joining(who, group),
            ContactEdit::Remove { who } => vec![Step::Find(who, From::All)],
            ContactEdit::Leave { who, group } => vec![Step::Find(who, From::One(group))],
            ContactEdit::Move { who, from, to } => {
                let out = from.map_or(From::AllBut(to.clone()), From::One);
                let mut steps = self.joining(who.clone(), to);
                steps.push(Step::Find(who, out));
                steps
            }
            ContactEdit::AddDirectoryGroup { group } if self.directory.knows(&group) => {
                vec![Step::List(group)]
            }
            ContactEdit::AddDirectoryGroup { group } => {
                vec![Step::FindGroup(group.clone()), Step::List(group)]
            }
            // What is not in the list counts as done.
            ContactEdit::RemoveDirectoryGroup { group } => {
                let groups = self.contacts.groups.iter();
                let mut listed = groups.filter(|known| known.told.address.as_ref() == Some(&group));
                listed
                    .next()
                    .map(|_| Step::Unlist(group.clone()))
                    .into_iter()
                    .collect()
            }
            ContactEdit::CreateGroup { name } => vec![Step::Create(name)],
            ContactEdit::RenameGroup { name, to } => {
                let group = self.own_group(&name)?;
                vec![Step::Rename(group.href.clone(), group.id.clone(), to)]
            }
            ContactEdit::DeleteGroup { name } => {
                let group = self.own_group(&name)?;
                // What becomes of people who are in no other group is not documented: they shall stay in the list.
                let alone = self
                    .contacts
                    .list
                    .iter()
                    .filter(|contact| contact.groups == [name.clone()]);
                let mut steps: Vec<Step> = alone
                    .map(|contact| Step::Join(contact.uri.clone(), None))
                    .collect();
                steps.push(Step::Delete(group.href.clone()));
                steps
            }
        };
        Ok(steps.into())
    }

    /// Into a group, which is made where there is none of this name.
    fn joining(&self, who: SipUri, group: String) -> Vec<Step> {
        let join = Step::Join(who, Some(group.clone()));
        if self.group_named(&group).is_some() {
            vec![join]
        } else {
            vec![Step::Create(group), Step::ReadGroups, join]
        }
    }

    fn group_named(&self, name: &str) -> Option<&KnownGroup> {
        let groups = &self.contacts.groups;
        groups.iter().find(|group| group.told.name == name)
    }

    fn own_group(&self, name: &str) -> Result<&KnownGroup, ErrorKind> {
        self.group_named(name)
            .filter(|group| group.told.kind == GroupKind::Own)
            .ok_or(ErrorKind::NotPossible("group of this name that is our own"))
    }

    /// Sends the first step's request.
    fn take_step(&mut self, now: Now) {
        let Some(running) = &self.edits.running else {
            return;
        };
        let Some(step) = running.steps.front().cloned() else {
            return self.edit_done(now);
        };
        let is_search = matches!(step, Step::FindGroup(_));
        let request = match step {
            Step::Create(name) => self
                .people_link("myGroups")
                .map(|url| (Verb::Post, url, Some(json!({ "displayName": name })))),
            Step::ReadGroups => self
                .people_link("myGroups")
                .map(|url| (Verb::Get, url, None)),
            Step::Join(who, group) => self.people_link("myGroupMemberships").and_then(|url| {
                let mut input = json!({ "contactUri": who.as_str() });
                let group = match &group {
                    Some(name) => self.group_named(name)?.id.clone(),
                    None => self.default_group(),
                };
                if let Some(id) = group {
                    input["groupId"] = id.into();
                }
                Some((Verb::Post, url, Some(input)))
            }),
            Step::Find(..) => self
                .people_link("myGroupMemberships")
                .map(|url| (Verb::Get, url, None)),
            Step::Remove(url, who) => {
                Some((Verb::Post, url, Some(json!({ "contactUri": who.as_str() }))))
            }
            Step::Rename(url, id, name) => {
                Some((Verb::Put, url, Some(json!({ "id": id, "name": name }))))
            }
            Step::Delete(url) => Some((Verb::Delete, url, None)),
            Step::FindGroup(group) => self
                .search_url(group.address(), "5")
                .map(|url| (Verb::Get, url, None)),
            Step::List(group) => match self.directory.listing(&group) {
                Ok(url) => url.map(|url| (Verb::Post, url, None)),
                Err(kind) => return self.edit_failed(kind.into(), now),
            },
            Step::Unlist(group) => self
                .directory
                .unlisting(&group)
                .map(|url| (Verb::Post, url, None)),
        };
        let Some((verb, url, input)) = request else {
            return self.edit_failed(ErrorKind::NotPossible("group of this name").into(), now);
        };
        let content = match verb {
            Verb::Get if is_search => self.search_content(),
            Verb::Get => Content::Empty,
            Verb::Post | Verb::Put | Verb::Delete => {
                Content::Edit(input.map(|input| input.to_string()))
            }
        };
        self.post_or(verb, url, content, What::Ordinary(Ordinary::Edit));
    }

    fn default_group(&self) -> Option<String> {
        let mut groups = self.contacts.groups.iter();
        groups
            .find(|group| group.told.kind == GroupKind::Default)?
            .id
            .clone()
    }

    pub(super) fn edit_answered(&mut self, response: &Response, now: Now) {
        let Some(running) = &mut self.edits.running else {
            return;
        };
        let Some(step) = running.steps.pop_front() else {
            return;
        };
        let is = |subcode| Reason::read(&response.body).is_some_and(|reason| reason.is(subcode));
        let is_done = match (response.status, &step) {
            (200..300, _) => true,
            (409, Step::Create(_) | Step::Join(..) | Step::List(_)) => is("AlreadyExists"),
            (404, Step::Remove(..) | Step::Delete(_) | Step::Unlist(_)) => {
                !is("APIVersionNotSupported")
            }
            _ => false,
        };
        if !is_done {
            return self.edit_failed(Self::error_of(response), now);
        }
        let understood = match step {
            Step::ReadGroups => resource::<MyGroups>(response.status, &response.body)
                .map(|groups| self.learn_groups(groups)),
            Step::Find(who, from) => {
                resource::<MyGroupMemberships>(response.status, &response.body)
                    .map(|memberships| self.found_memberships(&who, &from, &memberships))
            }
            Step::FindGroup(_) => resource::<ContactList>(response.status, &response.body)
                .map(|found| drop(self.learn_directory(&found.embedded.distribution_group))),
            Step::Create(_)
            | Step::Join(..)
            | Step::Remove(..)
            | Step::Rename(..)
            | Step::Delete(_)
            | Step::List(_)
            | Step::Unlist(_) => Some(()),
        };
        match understood {
            Some(()) => self.take_step(now),
            None => self.edit_failed(
                ErrorKind::Protocol("the contact list cannot be read".to_owned()).into(),
                now,
            ),
        }
    }

    /// The ways out of these groups are the next steps.
    fn found_memberships(&mut self, who: &SipUri, from: &From, found: &MyGroupMemberships) {
        let of_contact: Vec<&MyGroupMembership> = found
            .embedded
            .my_group_membership
            .iter()
            .filter(|membership| self.leads_to(&membership.links, who))
            .collect();
        let at_once = found.links.href("removeContactFromAllGroups");
        let at_once = at_once
            .and_then(|href| self.resolve(href))
            .filter(|_| matches!(from, From::All));
        let mut steps = Vec::new();
        if let Some(url) = at_once {
            steps.push(Step::Remove(url, who.clone()));
        } else {
            for membership in of_contact {
                let group = self.group_of(&membership.links);
                let leaves = match (from, group) {
                    (From::All, _) => true,
                    (From::One(name), group) => group.is_some_and(|group| group == name),
                    (From::AllBut(name), group) => group.is_some_and(|group| group != name),
                };
                let own = membership.links.href("self").filter(|_| leaves);
                steps.extend(own.and_then(|href| self.resolve(href)).map(Step::Delete));
            }
        }
        if let Some(running) = &mut self.edits.running {
            running.steps.extend(steps);
        }
    }

    fn leads_to(&self, links: &Links, who: &SipUri) -> bool {
        let contact = links.href("contact").and_then(|href| self.resolve(href));
        contact.is_some_and(|url| self.book.address_of(&url).is_some_and(|of| of == *who))
    }

    /// Name of the group that a membership belongs to, where it is one that can be left.
    fn group_of(&self, links: &Links) -> Option<&str> {
        ["group", "defaultGroup", "pinnedGroup"]
            .iter()
            .filter_map(|rel| self.resolve(links.href(rel)?))
            .find_map(|url| {
                let mut groups = self.contacts.groups.iter();
                groups.find(|group| group.href == url)
            })
            .map(|group| group.told.name.as_str())
    }

    fn edit_done(&mut self, now: Now) {
        if let Some(running) = self.edits.running.take() {
            self.edits.done.push(running.answer);
            self.load_contacts(now);
        }
        self.next_edit(now);
    }

    pub(super) fn edit_failed(&mut self, error: Error, now: Now) {
        if let Some(running) = self.edits.running.take() {
            answer(running.answer, Err(error));
            // Some of its steps may have been taken.
            self.reload_contacts_soon(now);
        }
        self.next_edit(now);
    }
}
