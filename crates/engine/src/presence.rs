//! Questions that the Lync server answers: presence of anyone, and the directory.

use causeway_api::{
    Addresses, Availability, Command, Network, OwnStatus, Person, Presence, Problem, Reply, Side,
};
use tokio::{sync::oneshot, time::timeout};
use ucwa::SipUri;

use crate::{
    address::Target,
    commands::{Wish, reply},
    core::Core,
    directory,
    link::Readiness,
    lync::told_presence,
    problems,
    send::{Answer, side_of},
};

/// The server answers a question within this time.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
/// So many addresses are answered at once.
const MOST_ADDRESSES: usize = 1000;

/// An answer of the Lync server on its way.
pub(crate) type Coming<T> = oneshot::Receiver<Result<T, ucwa::Error>>;

impl Core {
    /// Presence of addresses, in the list or not.
    pub(crate) fn presence_of(
        &mut self,
        addresses: Vec<String>,
        answer: Answer,
    ) -> Option<(Wish, Answer)> {
        if addresses.is_empty() || addresses.len() > MOST_ADDRESSES {
            reply(
                answer,
                Err(problems::usage("presence", "Give 1 to 1000 addresses.")),
            );
            return None;
        }
        let mut targets = Vec::with_capacity(addresses.len());
        for address in &addresses {
            match self.target(address) {
                Ok(Some(target)) => targets.push(target),
                Ok(None) => return Some((Wish::Command(Command::Presence { addresses }), answer)),
                Err(problem) => {
                    reply(answer, Err(problem));
                    return None;
                }
            }
        }
        for side in [Side::Lync, Side::Xmpp] {
            if !targets.iter().any(|target| side_of(target) == side) {
                continue;
            }
            match self.readiness(side) {
                Readiness::Ready => {}
                Readiness::Coming => {
                    return Some((Wish::Command(Command::Presence { addresses }), answer));
                }
                Readiness::Failed(problem) => {
                    reply(answer, Err(problem));
                    return None;
                }
            }
        }
        // XMPP contacts tell their presence within a moment after the sign-in.
        if targets.iter().any(|target| self.xmpp_pending(target)) {
            return Some((Wish::Command(Command::Presence { addresses }), answer));
        }
        let sips = targets.iter().filter_map(|target| match target {
            Target::Lync(sip) => Some(sip.clone()),
            Target::Xmpp(_) => None,
        });
        let coming = self.ask_presence(sips.collect());
        let known: Vec<Presence> = targets
            .iter()
            .map(|target| self.known_presence(target))
            .collect();
        tokio::spawn(async move { reply(answer, assemble(coming, known).await) });
        None
    }

    fn xmpp_pending(&self, target: &Target) -> bool {
        match target {
            Target::Lync(_) => false,
            Target::Xmpp(jid) => {
                !self.options.watch_only
                    && self.settle_until > self.now
                    && self.people.xmpp_presence(jid).is_none()
            }
        }
    }

    /// Asks the server; nothing to ask is no question.
    fn ask_presence(&self, sips: Vec<SipUri>) -> Option<Coming<Vec<ucwa::Presence>>> {
        let link = self.lync.link.as_ref().filter(|_| !sips.is_empty())?;
        let (answer, coming) = oneshot::channel();
        link.send(ucwa::Command::GetPresence(sips, answer_to(answer)));
        Some(coming)
    }

    /// What is known without asking; a Lync address takes its value from the server's answer later.
    fn known_presence(&self, target: &Target) -> Presence {
        match target {
            Target::Lync(sip) => unknown(sip.as_str().to_owned()),
            Target::Xmpp(jid) => self
                .people
                .xmpp_presence(jid)
                .unwrap_or_else(|| unknown(jid.to_string())),
        }
    }
}

/// The own status in watch-only mode: the server does not tell it to us as ourselves, but as anybody's.
pub(crate) fn own_seen_from_outside(core: &Core, answer: Answer) {
    let mut status = core.own.told(core.standing());
    let own = core
        .configuration
        .settings
        .lync
        .as_ref()
        .map(|lync| lync.address.value.clone());
    let coming = core.ask_presence(own.into_iter().collect());
    tokio::spawn(async move {
        if let Some(Ok(presences)) = wait(coming).await
            && let Some(presence) = presences.first()
        {
            let told = told_presence(presence);
            status = OwnStatus {
                availability: told.availability,
                activity: told.activity,
                note: told.note,
                ..status
            };
        }
        reply(answer, Ok(Reply::Status(status)));
    });
}

/// Searches the directory.
pub(crate) fn search(core: &Core, text: String, answer: Answer) {
    let Some(link) = &core.lync.link else {
        return reply(answer, Err(problems::signed_out(Side::Lync)));
    };
    let link = link.clone();
    let step = "search";
    tokio::spawn(async move {
        let (found, coming) = oneshot::channel();
        link.send(ucwa::Command::Search(text, answer_to(found)));
        let result = match wait(Some(coming)).await {
            Some(Ok(found)) => {
                let people = with_presence(&link, found.people).await;
                Ok(Reply::Search {
                    people,
                    groups: directory::groups(found.groups),
                    more: found.more,
                })
            }
            Some(Err(error)) => Err(problems::lync(&error, step, problems::Next::Ask)),
            None => Err(problems::no_answer(Side::Lync, step)),
        };
        reply(answer, result);
    });
}

/// People found, with their presence where the server tells it.
pub(crate) async fn with_presence(
    link: &ucwa::client::Link,
    contacts: Vec<ucwa::Contact>,
) -> Vec<Person> {
    let (answer, coming) = oneshot::channel();
    if !contacts.is_empty() {
        let addresses = contacts.iter().map(|contact| contact.uri.clone()).collect();
        link.send(ucwa::Command::GetPresence(addresses, answer_to(answer)));
    }
    let mut people: Vec<Person> = contacts.into_iter().map(found_person).collect();
    if people.is_empty() {
        return people;
    }
    let Some(Ok(presences)) = wait(Some(coming)).await else {
        return people;
    };
    for presence in &presences {
        let told = told_presence(presence);
        let of = |person: &&mut Person| {
            let address = person.addresses.lync.as_deref();
            address.is_some_and(|address| address.eq_ignore_ascii_case(&told.address))
        };
        for person in people.iter_mut().filter(of) {
            person.availability = told.availability;
            person.activity = told.activity.clone().unwrap_or_default();
            person.note = told.note.clone().unwrap_or_default();
        }
    }
    people
}

async fn assemble(
    coming: Option<Coming<Vec<ucwa::Presence>>>,
    mut known: Vec<Presence>,
) -> Result<Reply, Problem> {
    let step = "presence";
    if coming.is_some() {
        let presences = match wait(coming).await {
            Some(Ok(presences)) => presences,
            Some(Err(error)) => return Err(problems::lync(&error, step, problems::Next::Ask)),
            None => return Err(problems::no_answer(Side::Lync, step)),
        };
        for presence in &presences {
            let told = told_presence(presence);
            for known in known
                .iter_mut()
                .filter(|known| known.address.eq_ignore_ascii_case(&told.address))
            {
                *known = told.clone();
            }
        }
    }
    Ok(Reply::Presence { presence: known })
}

/// `None`: the link ended, or the time limit ran out.
pub(crate) async fn wait<T>(coming: Option<Coming<T>>) -> Option<Result<T, ucwa::Error>> {
    timeout(PATIENCE, coming?).await.ok()?.ok()
}

pub(crate) fn answer_to<T: Send + 'static>(
    sender: oneshot::Sender<Result<T, ucwa::Error>>,
) -> ucwa::Answer<T> {
    ucwa::Answer::new(move |result| {
        // Who asked may have lost patience.
        let _ = sender.send(result);
    })
}

fn unknown(address: String) -> Presence {
    Presence {
        address,
        availability: Availability::Unknown,
        activity: None,
        note: None,
        until: None,
        last_active: None,
        device: None,
    }
}

pub(crate) fn found_person(contact: ucwa::Contact) -> Person {
    let address = contact.uri.as_str().to_owned();
    Person {
        name: if contact.name.is_empty() {
            contact.uri.address().to_owned()
        } else {
            contact.name
        },
        addresses: Addresses {
            lync: Some(address),
            xmpp: None,
        },
        default: Network::Lync,
        availability: Availability::Unknown,
        activity: String::new(),
        note: String::new(),
        groups: contact.groups,
    }
}
