//! Commands that change the contact lists.

use causeway_api::{Code, Command, GroupKind, Problem, Reply, Side};
use causeway_xmpp::RosterItem;
use jid::BareJid;
use tokio::{sync::oneshot, time::timeout};
use ucwa::{ContactEdit, PrivacyLevel, PrivacyWish, SipUri};
use uuid::Uuid;

use super::{Wish, privacy::privacy_given, reply};
use crate::{
    address::Target,
    core::Core,
    directory,
    link::Readiness,
    lists::RosterAnswer,
    presence::Coming,
    problems,
    send::{Answer, side_of},
};

/// A server has changed its list, and we have read it, within this time. A few requests after each other, each of which
/// may be tried again.
pub(super) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(45);
/// Longest name of a group (UCWA reference, group).
const LONGEST_NAME: usize = 256;
/// The command, as it stands in `Problem::step`.
const STEP: &str = "contact-list";

/// Answers of servers on their way.
#[derive(Default)]
struct Answers {
    lync: Option<Coming<()>>,
    xmpp: Vec<RosterAnswer>,
    blocked: Blocking,
}

/// Whom the servers let through is being changed.
#[derive(Default)]
struct Blocking {
    lync: Option<Coming<PrivacyLevel>>,
    xmpp: Option<RosterAnswer>,
    /// A network where the person has an address too, and where nothing could be done.
    left_out: Option<Problem>,
}

impl Core {
    /// Changes a contact list. Gives the command back where the list is not there yet.
    pub(super) fn edit_lists(
        &mut self,
        command: Command,
        answer: Answer,
    ) -> Option<(Wish, Answer)> {
        match self.lists_edited(&command) {
            Ok(Some(coming)) => {
                tokio::spawn(async move { reply(answer, all_done(coming).await) });
                None
            }
            Ok(None) => Some((Wish::Command(command), answer)),
            Err(problem) => {
                reply(answer, Err(problem));
                None
            }
        }
    }

    /// `None`: not yet possible.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the commands that come here are named one by one in dispatch.rs"
    )]
    fn lists_edited(&mut self, command: &Command) -> Result<Option<Answers>, Problem> {
        match command {
            Command::AddContact {
                address,
                group,
                name,
            } => {
                let group = group.as_deref().map(group_name).transpose()?;
                let Some(target) = self.list_target(address)? else {
                    return Ok(None);
                };
                match target {
                    Target::Lync(who) => self.edit_lync(ContactEdit::Add { who, group }).map(Some),
                    Target::Xmpp(jid) => self.add_to_roster(jid, group, name.as_deref()).map(Some),
                }
            }
            Command::RemoveContact { address, group } => {
                let Some(target) = self.list_target(address)? else {
                    return Ok(None);
                };
                match (target, group.clone()) {
                    (Target::Lync(who), Some(group)) => {
                        self.must_be_in_lync(&who)?;
                        self.edit_lync(ContactEdit::Leave { who, group }).map(Some)
                    }
                    (Target::Lync(who), None) => {
                        self.must_be_in_lync(&who)?;
                        self.edit_lync(ContactEdit::Remove { who }).map(Some)
                    }
                    (Target::Xmpp(jid), Some(group)) => {
                        let item = self.roster_contact(&jid)?;
                        let groups = item.groups.clone();
                        let groups = groups.into_iter().filter(|known| *known != group);
                        self.set_contact(item.clone(), groups.collect()).map(Some)
                    }
                    (Target::Xmpp(jid), None) => {
                        self.roster_contact(&jid)?;
                        self.remove_from_roster(jid).map(Some)
                    }
                }
            }
            Command::AddDirectoryGroup { address } => {
                let group = directory::group_address(address)?;
                self.edit_when_ready(ContactEdit::AddDirectoryGroup { group })
            }
            Command::RemoveDirectoryGroup { address } => {
                let group = directory::group_address(address)?;
                self.edit_when_ready(ContactEdit::RemoveDirectoryGroup { group })
            }
            Command::Block { address, on } => self.block(address, *on),
            Command::MoveContact { address, to, from } => {
                let to = group_name(to)?;
                let Some(target) = self.list_target(address)? else {
                    return Ok(None);
                };
                match target {
                    Target::Lync(who) => {
                        self.must_be_in_lync(&who)?;
                        let from = from.clone();
                        self.edit_lync(ContactEdit::Move { who, from, to })
                            .map(Some)
                    }
                    Target::Xmpp(jid) => {
                        let item = self.roster_contact(&jid)?;
                        let stays = |known: &String| {
                            *known != to && from.as_ref().is_some_and(|from| from != known)
                        };
                        let kept = item.groups.iter().filter(|known| stays(known)).cloned();
                        let groups = kept.chain([to.clone()]).collect();
                        self.set_contact(item.clone(), groups).map(Some)
                    }
                }
            }
            Command::CreateGroup { name } => {
                let name = group_name(name)?;
                self.edit_when_ready(ContactEdit::CreateGroup { name })
            }
            Command::RenameGroup { name, to } => {
                let to = group_name(to)?;
                self.edit_group(name, Some(to))
            }
            Command::DeleteGroup { name } => self.edit_group(name, None),
            _ => Err(problems::internal("this command changes no list")),
        }
    }

    /// Whom a command means, with the list where they are; `None`: not known yet.
    pub(super) fn list_target(&self, address: &str) -> Result<Option<Target>, Problem> {
        let Some(target) = self.target(address)? else {
            return Ok(None);
        };
        let side = side_of(&target);
        let own = match &target {
            Target::Lync(who) => who.as_str().eq_ignore_ascii_case(&self.own_address(side)),
            Target::Xmpp(jid) => jid.to_string() == self.own_address(side),
        };
        if own {
            return Err(Problem::new(
                Code::BadAddress,
                STEP,
                "This is your own address.",
                "Give the address of somebody else.",
            ));
        }
        Ok(self.is_ready(side)?.then_some(target))
    }

    /// Can this side's list be changed? `false`: not yet.
    fn is_ready(&self, side: Side) -> Result<bool, Problem> {
        if !self.sides().any(|configured| configured == side) {
            return Err(problems::not_configured(side));
        }
        let told = match side {
            Side::Lync => self.lists.lync_is_editable().is_some(),
            Side::Xmpp | Side::Gateway => true,
        };
        match self.readiness(side) {
            Readiness::Ready => Ok(told),
            Readiness::Coming => Ok(false),
            Readiness::Failed(problem) => Err(problem),
        }
    }

    fn must_be_in_lync(&self, who: &SipUri) -> Result<(), Problem> {
        let listed = self.lync_list.contains(&who.as_str().to_lowercase());
        listed.then_some(()).ok_or_else(|| not_listed(who.as_str()))
    }

    fn roster_contact(&self, jid: &BareJid) -> Result<RosterItem, Problem> {
        let item = self.lists.contact(jid).cloned();
        item.ok_or_else(|| not_listed(&jid.to_string()))
    }

    fn edit_when_ready(&self, edit: ContactEdit) -> Result<Option<Answers>, Problem> {
        if self.is_ready(Side::Lync)? {
            self.edit_lync(edit).map(Some)
        } else {
            Ok(None)
        }
    }

    fn edit_lync(&self, edit: ContactEdit) -> Result<Answers, Problem> {
        if self.lists.lync_is_editable() != Some(true) {
            return Err(problems::read_only_list());
        }
        let Some(link) = &self.lync.link else {
            return Err(problems::signed_out(Side::Lync));
        };
        let (told, coming) = oneshot::channel();
        let answer = ucwa::Answer::new(move |result| {
            // Who asked may have lost patience.
            let _ = told.send(result);
        });
        link.send(ucwa::Command::EditContacts(edit, answer));
        Ok(Answers {
            lync: Some(coming),
            ..Answers::default()
        })
    }

    fn add_to_roster(
        &mut self,
        jid: BareJid,
        group: Option<String>,
        name: Option<&str>,
    ) -> Result<Answers, Problem> {
        let known = self.lists.contact(&jid).cloned();
        let mut item = known.unwrap_or(RosterItem {
            jid: jid.clone(),
            name: String::new(),
            groups: Vec::new(),
            subscription: causeway_xmpp::Subscription {
                to: false,
                from: false,
                asked: false,
            },
        });
        if let Some(name) = name {
            name.trim().clone_into(&mut item.name);
        }
        let mut groups = item.groups.clone();
        groups.extend(group.filter(|group| !item.groups.contains(group)));
        let sees = item.subscription.to || item.subscription.asked;
        let coming = self.set_contact(item, groups)?;
        if let Some(link) = self.xmpp.link.as_ref().filter(|_| !sees) {
            link.send(causeway_xmpp::Command::Subscribe(jid));
        }
        Ok(coming)
    }

    fn set_contact(&mut self, item: RosterItem, groups: Vec<String>) -> Result<Answers, Problem> {
        self.change_roster(|id| causeway_xmpp::Command::SetContact {
            id,
            jid: item.jid,
            name: item.name,
            groups,
        })
    }

    fn remove_from_roster(&mut self, jid: BareJid) -> Result<Answers, Problem> {
        self.change_roster(|id| causeway_xmpp::Command::RemoveContact { id, jid })
    }

    /// Blocks a person on every network where they have an address. What cannot be done on one of them is told once the
    /// other has done it.
    fn block(&mut self, address: &str, on: bool) -> Result<Option<Answers>, Problem> {
        let Some(target) = self.list_target(address)? else {
            return Ok(None);
        };
        let (mut lync, mut xmpp) = match &target {
            Target::Lync(who) => (Some(who.clone()), None),
            Target::Xmpp(jid) => (None, Some(jid.clone())),
        };
        let typed = match &target {
            Target::Lync(who) => who.as_str().to_owned(),
            Target::Xmpp(jid) => jid.to_string(),
        };
        if let Some(person) = self.bridge.person(&typed) {
            let sip = person.lync.and_then(|sip| sip.parse().ok());
            let jid = person.xmpp.and_then(|jid| jid.parse().ok());
            (lync, xmpp) = (lync.or(sip), xmpp.or(jid));
        }
        let mut blocked = Blocking::default();
        for side in [Side::Lync, Side::Xmpp] {
            let concerned = match side {
                Side::Lync => lync.is_some(),
                Side::Xmpp | Side::Gateway => xmpp.is_some(),
            };
            match self.is_ready(side) {
                _ if !concerned => {}
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(problem) if side == side_of(&target) => return Err(problem),
                Err(problem) => {
                    blocked.left_out = Some(problem);
                    match side {
                        Side::Lync => lync = None,
                        Side::Xmpp | Side::Gateway => xmpp = None,
                    }
                }
            }
        }
        if let Some(who) = lync {
            blocked.lync = self.block_in_lync(who, on)?;
        }
        if let Some(jid) = xmpp {
            blocked.xmpp = Some(self.block_in_xmpp(jid, on)?);
        }
        Ok(Some(Answers {
            blocked,
            ..Answers::default()
        }))
    }

    /// Who is let through again has the level that the server gives by itself. Whoever has another one keeps it.
    fn block_in_lync(
        &self,
        who: SipUri,
        on: bool,
    ) -> Result<Option<Coming<PrivacyLevel>>, Problem> {
        let known = self.privacy.of_lync(&who);
        let wish = match (on, known) {
            (true, _) => PrivacyWish::Give(PrivacyLevel::Blocked),
            (false, None | Some(causeway_api::PrivacyLevel::Blocked)) => PrivacyWish::Reset,
            (false, Some(_)) => return Ok(None),
        };
        self.wish_privacy(who, wish).map(Some)
    }

    /// A request is refused first: who is blocked cannot be written to any more (XEP-0191 section 3.2).
    fn block_in_xmpp(&mut self, jid: BareJid, on: bool) -> Result<RosterAnswer, Problem> {
        if on && self.people.is_wanted(&jid) {
            self.subscribe(jid.as_str(), false)?;
        }
        self.ask_xmpp(|id| causeway_xmpp::Command::Block { id, jid, on })
    }

    fn change_roster(
        &mut self,
        command: impl FnOnce(String) -> causeway_xmpp::Command,
    ) -> Result<Answers, Problem> {
        Ok(Answers {
            xmpp: vec![self.ask_xmpp(command)?],
            ..Answers::default()
        })
    }

    fn ask_xmpp(
        &mut self,
        command: impl FnOnce(String) -> causeway_xmpp::Command,
    ) -> Result<RosterAnswer, Problem> {
        let Some(link) = &self.xmpp.link else {
            return Err(problems::signed_out(Side::Xmpp));
        };
        let id = Uuid::new_v4().to_string();
        let answer = self.lists.ask(&id);
        link.send(command(id));
        Ok(answer)
    }

    /// Another name for a group of our person's own, or none any more, in every list that has it.
    fn edit_group(&mut self, name: &str, to: Option<String>) -> Result<Option<Answers>, Problem> {
        let mut ready = Vec::new();
        for side in [Side::Lync, Side::Xmpp] {
            if !self.sides().any(|configured| configured == side) {
                continue;
            }
            match self.is_ready(side) {
                Ok(true) => ready.push(side),
                Ok(false) => return Ok(None),
                Err(problem) if self.options.one_shot => return Err(problem),
                Err(_) => {}
            }
        }
        let in_lync = self
            .lists
            .lync_group(name)
            .filter(|_| ready.contains(&Side::Lync));
        let members: Vec<RosterItem> = self.lists.in_group(name).cloned().collect();
        let members = if ready.contains(&Side::Xmpp) {
            members
        } else {
            Vec::new()
        };
        let mut coming = match in_lync {
            Some(GroupKind::Own) => self.edit_lync(match &to {
                Some(to) => ContactEdit::RenameGroup {
                    name: name.to_owned(),
                    to: to.clone(),
                },
                None => ContactEdit::DeleteGroup {
                    name: name.to_owned(),
                },
            })?,
            None if !members.is_empty() => Answers::default(),
            Some(_) | None => return Err(no_own_group(name)),
        };
        for item in members {
            let others = item.groups.iter().filter(|known| *known != name);
            let mut groups: Vec<String> = others.cloned().collect();
            groups.extend(to.clone().filter(|to| !item.groups.contains(to)));
            coming.xmpp.extend(self.set_contact(item, groups)?.xmpp);
        }
        Ok(Some(coming))
    }
}

/// All answers are there; the first bad one counts.
async fn all_done(coming: Answers) -> Result<Reply, Problem> {
    if let Some(answer) = coming.lync {
        match timeout(PATIENCE, answer).await {
            Ok(Ok(result)) => result.map_err(|error| problems::list_refused(&error))?,
            Ok(Err(_)) | Err(_) => return Err(problems::no_answer(Side::Lync, STEP)),
        }
    }
    for answer in coming.xmpp {
        match timeout(PATIENCE, answer).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(condition))) => return Err(problems::list_refused_by_xmpp(&condition)),
            Ok(Err(_)) | Err(_) => return Err(problems::no_answer(Side::Xmpp, STEP)),
        }
    }
    coming.blocked.done().await?;
    Ok(Reply::Done)
}

impl Blocking {
    /// Both servers are heard before the first bad answer counts.
    async fn done(self) -> Result<(), Problem> {
        let lync = match self.lync {
            Some(coming) => privacy_given(coming).await.map(drop),
            None => Ok(()),
        };
        let xmpp = match self.xmpp {
            None => Ok(()),
            Some(answer) => match timeout(PATIENCE, answer).await {
                Ok(Ok(None)) => Ok(()),
                Ok(Ok(Some(condition))) => Err(problems::block_refused(&condition)),
                Ok(Err(_)) | Err(_) => Err(problems::no_answer(Side::Xmpp, STEP)),
            },
        };
        lync.and(xmpp)?;
        self.left_out
            .map_or(Ok(()), |problem| Err(problems::blocked_in_part(problem)))
    }
}

fn group_name(typed: &str) -> Result<String, Problem> {
    let name = typed.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if fits && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(problems::usage(
        STEP,
        "Give the group a name of 1 to 256 characters.",
    ))
}

fn not_listed(address: &str) -> Problem {
    Problem::new(
        Code::BadAddress,
        STEP,
        format!("{address} is not in the contact list."),
        "causewayctl contacts shows who is.",
    )
    .with("address", address)
}

fn no_own_group(name: &str) -> Problem {
    Problem::new(
        Code::BadConfig,
        STEP,
        "There is no group of your own with this name.",
        "causewayctl contacts groups shows which there are; those of the system and of the directory stay.",
    )
    .with("group", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_a_name() {
        assert_eq!(group_name(" Team ").unwrap(), "Team");
        for wrong in ["", "  ", "a\nb", &"x".repeat(257)] {
            assert!(group_name(wrong).is_err(), "{wrong}");
        }
    }
}
