//! Groups of the directory: who is in them, into the list and out of it.

use causeway_api::{Command, DirectoryGroup, GroupMembers, Person, Presence, Problem, Reply, Side};
use tokio::sync::oneshot;
use ucwa::SipUri;

use crate::{
    address::{self, Address},
    commands::{Wish, reply},
    core::Core,
    link::Readiness,
    presence::{answer_to, found_person, wait, with_presence},
    problems,
    send::Answer,
};

/// The command, as it stands in `Problem::step`.
const STEP: &str = "directory-group";

impl Core {
    /// Reads who is in a group. Gives the command back where the link is not there yet.
    pub(crate) fn group_members(
        &mut self,
        address: String,
        answer: Answer,
    ) -> Option<(Wish, Answer)> {
        let group = match group_address(&address) {
            Ok(group) => group,
            Err(problem) => {
                reply(answer, Err(problem));
                return None;
            }
        };
        match (self.readiness(Side::Lync), &self.lync.link) {
            (Readiness::Coming, _) => {
                return Some((Wish::Command(Command::GroupMembers { address }), answer));
            }
            (Readiness::Failed(problem), _) => reply(answer, Err(problem)),
            (Readiness::Ready, None) => reply(answer, Err(problems::signed_out(Side::Lync))),
            (Readiness::Ready, Some(link)) => {
                let link = link.clone();
                tokio::spawn(async move {
                    reply(answer, expand(&link, group).await);
                });
            }
        }
        None
    }
}

async fn expand(link: &ucwa::client::Link, group: SipUri) -> Result<Reply, Problem> {
    let (found, coming) = oneshot::channel();
    link.send(ucwa::Command::ExpandGroup(group, answer_to(found)));
    match wait(Some(coming)).await {
        Some(Ok(members)) => {
            let people = with_presence(link, members.people.clone()).await;
            let members = told(members, |_| None);
            Ok(Reply::GroupMembers(GroupMembers {
                people: sorted(people),
                ..members
            }))
        }
        Some(Err(error)) => Err(problems::group_refused(&error)),
        None => Err(problems::no_answer(Side::Lync, STEP)),
    }
}

/// A group as told through the door, with what is known of its members' presence.
pub(crate) fn told<'a>(
    members: ucwa::GroupMembers,
    presence: impl Fn(&str) -> Option<&'a Presence>,
) -> GroupMembers {
    let people = members.people.into_iter().map(|contact| {
        let known = presence(contact.uri.as_str());
        let person = found_person(contact);
        match known {
            Some(known) => Person {
                availability: known.availability,
                activity: known.activity.clone().unwrap_or_default(),
                note: known.note.clone().unwrap_or_default(),
                ..person
            },
            None => person,
        }
    });
    GroupMembers {
        people: sorted(people.collect()),
        groups: groups(members.groups),
        address: members.group.address.as_str().to_owned(),
        name: members.group.name,
    }
}

pub(crate) fn groups(found: Vec<ucwa::DirectoryGroup>) -> Vec<DirectoryGroup> {
    let groups = found.into_iter().map(|group| DirectoryGroup {
        address: group.address.as_str().to_owned(),
        name: group.name,
    });
    groups.collect()
}

fn sorted(mut people: Vec<Person>) -> Vec<Person> {
    people.sort_by_cached_key(|person| person.name.to_lowercase());
    people
}

/// Groups of the directory are Lync's.
pub(crate) fn group_address(typed: &str) -> Result<SipUri, Problem> {
    match address::parse(typed)? {
        Address::Lync(group) | Address::Either(group, _) => Ok(group),
        Address::Xmpp(_) => Err(problems::no_group_in_xmpp(STEP)),
    }
}
