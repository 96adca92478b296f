//! Texts that our person sends.

use causeway_api::{Code, Direction, Kind, Message, Network, Problem, Reply, SendWhen, Side};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    address::{self, Address, Target},
    core::Core,
    link::Readiness,
    outbox::{Row, Stage},
    problems,
    store::Outgoing,
    unit::{Batch, Then, Unit, Write},
};

/// Longest text taken from a person, in characters.
const LONGEST: usize = 100_000;

/// Where an answer goes.
pub(crate) type Answer = oneshot::Sender<Result<Reply, Problem>>;

/// Can a text be taken for this address now?
pub(crate) enum Taking {
    /// Yes, for this one.
    Now(Target),
    /// Not yet: the contact lists that say which network is meant, or the sign-in, are on their way.
    Later,
    /// No.
    Never(Problem),
}

/// What a person typed.
pub(crate) struct Typed<'a> {
    pub(crate) text: &'a str,
    /// Repeated to whoever wants to know its own text in the stream.
    pub(crate) token: Option<String>,
    /// The text that failed and that this one replaces.
    pub(crate) in_place_of: Option<&'a str>,
    pub(crate) when: SendWhen,
}

impl Core {
    /// Decides about a text for `address`.
    pub(crate) fn taking(&self, address: &str, text: &str) -> Taking {
        if let Err(problem) = check_text(text) {
            return Taking::Never(problem);
        }
        match self.target(address) {
            Err(problem) => Taking::Never(problem),
            Ok(None) => Taking::Later,
            Ok(Some(target)) => match self.can_queue(side_of(&target)) {
                Some(problem) => Taking::Never(problem),
                None => Taking::Now(target),
            },
        }
    }

    /// The network meant by an address; `None` while that cannot be said yet.
    ///
    /// # Errors
    /// The address is none, or known nowhere.
    pub(crate) fn target(&self, typed: &str) -> Result<Option<Target>, Problem> {
        let address = address::parse(typed)?;
        if let Address::Either(..) = &address
            && self
                .sides()
                .any(|side| self.readiness(side) == Readiness::Coming)
        {
            return Ok(None);
        }
        address::choose(address, |sip, jid| {
            let (sip_text, jid_text) = (sip.as_str(), jid.to_string());
            let person = self
                .bridge
                .person(sip_text)
                .or_else(|| self.bridge.person(&jid_text));
            if let Some(person) = person {
                let is = |known: Option<&String>, address: &str| {
                    known.is_some_and(|known| known.eq_ignore_ascii_case(address))
                };
                return match (
                    is(person.lync.as_ref(), sip_text),
                    is(person.xmpp.as_ref(), &jid_text),
                ) {
                    (true, false) => Some(Network::Lync),
                    (false, true) => Some(Network::Xmpp),
                    (true, true) | (false, false) => Some(crate::bridging::network(person.default)),
                };
            }
            self.network_of_domain(sip.domain(), jid.domain().as_str())
        })
        .map(Some)
    }

    /// Nobody we know: our own domains say which network it is, or that there is only one.
    fn network_of_domain(&self, sip_domain: &str, jid_domain: &str) -> Option<Network> {
        let settings = &self.configuration.settings;
        let lync = settings.lync.as_ref().filter(|_| self.options.sides.lync);
        let xmpp = settings.xmpp.as_ref().filter(|_| self.options.sides.xmpp);
        let in_lync = lync.is_some_and(|lync| lync.address.value.domain() == sip_domain);
        let in_xmpp = xmpp.is_some_and(|xmpp| xmpp.address.value.domain().as_str() == jid_domain);
        match (in_lync, in_xmpp, lync.is_some(), xmpp.is_some()) {
            (true, false, _, _) | (false, false, true, false) => Some(Network::Lync),
            (false, true, _, _) | (false, false, false, true) => Some(Network::Xmpp),
            (true, true, _, _) | (false, false, true, true) | (false, false, false, false) => None,
        }
    }

    /// Why a text for this side cannot even be queued.
    fn can_queue(&self, side: Side) -> Option<Problem> {
        if !self.sides().any(|configured| configured == side) {
            return Some(problems::not_configured(side));
        }
        match self.readiness(side) {
            Readiness::Ready | Readiness::Coming => None,
            // A link that comes back by itself: the text waits for it, unless the program does not.
            Readiness::Failed(_) if !self.options.one_shot && !self.state(side).is_final() => None,
            Readiness::Failed(problem) => Some(problem),
        }
    }

    /// Takes a text from our person: on disk first, then on its way, or kept until its reader is back.
    pub(crate) fn send(&mut self, target: &Target, typed: Typed<'_>, answer: Answer) {
        let waits = match typed.when {
            SendWhen::Now => false,
            SendWhen::WhenBack => match self.has_to_wait(target) {
                Ok(waits) => waits,
                Err(problem) => return crate::commands::reply(answer, Err(problem)),
            },
        };
        let side = side_of(target);
        let (to, conversation, thread) = match target {
            Target::Lync(sip) => {
                let to = sip.as_str().to_owned();
                let thread = self
                    .threads
                    .entry(to.to_lowercase())
                    .or_insert_with(|| Uuid::new_v4().simple().to_string());
                let thread = thread.clone();
                (to.clone(), crate::lync::conversation(&to), thread)
            }
            Target::Xmpp(jid) => (
                jid.to_string(),
                crate::xmpp::conversation(jid),
                String::new(),
            ),
        };
        let name = self.bridge.person(&to).map(|person| person.name);
        let mut parts = Vec::new();
        let mut units = Vec::new();
        for part in parts_of(typed.text, side) {
            let id = Uuid::new_v4().simple().to_string();
            let message = Message {
                id: id.clone(),
                conversation: conversation.clone(),
                side,
                direction: Direction::Out,
                from: self.own_address(side),
                to: to.clone(),
                name: name.clone(),
                text: part.to_owned(),
                sent_at: self.now,
                late: false,
                relay: false,
            };
            self.seen.insert(side, &id);
            let mut unit = Unit {
                text: Some((message.clone(), id.clone())),
                ..Unit::default()
            };
            if let Some(old) = typed.in_place_of.filter(|_| parts.is_empty()) {
                unit.write(Write::Discard(old.to_owned()));
                unit.tell(Kind::Discarded {
                    conversation: conversation.clone(),
                    id: old.to_owned(),
                });
            }
            unit.tell(Kind::Message(message));
            if let Some(token) = &typed.token {
                let (id, token) = (id.clone(), token.clone());
                unit.tell(Kind::Accepted { id, token });
            }
            let row = Row {
                id: id.clone(),
                side,
                account: self.own_address(side),
                to: to.clone(),
                thread: thread.clone(),
                text: part.to_owned(),
                written: self.now,
                origin: None,
                stage: Stage::Queued,
            };
            let state = if waits {
                self.keep(row, &mut unit)
            } else {
                self.enqueue(row, &mut unit)
            };
            parts.push((id, state));
            units.push(unit);
        }
        if waits {
            let kept = Unit {
                then: vec![Then::Answer(answer, Ok(Reply::Done))],
                ..Unit::default()
            };
            units.push(kept);
            self.watch_lync();
        } else {
            self.sends.wait(parts, self.now, answer);
        }
        self.commit(Batch::new(units, None));
    }

    /// Sends a text that failed as a new one in its place.
    pub(crate) fn send_again(&mut self, failed: &Outgoing, when: SendWhen, answer: Answer) {
        let address = match failed.side {
            Side::Lync => failed.to.clone(),
            Side::Xmpp | Side::Gateway => format!("xmpp:{}", failed.to),
        };
        match self.taking(&address, &failed.text) {
            Taking::Now(target) => {
                let typed = Typed {
                    text: &failed.text,
                    token: None,
                    in_place_of: Some(&failed.id),
                    when,
                };
                self.send(&target, typed, answer);
            }
            Taking::Later => crate::commands::reply(answer, Err(problems::signed_out(failed.side))),
            Taking::Never(problem) => crate::commands::reply(answer, Err(problem)),
        }
    }
}

fn check_text(text: &str) -> Result<(), Problem> {
    let refuse =
        |message: &str, remedy: &str| Err(Problem::new(Code::BadConfig, "send", message, remedy));
    if text.trim().is_empty() {
        return refuse(
            "There is no text to send.",
            "Write a text; - reads it from standard input.",
        );
    }
    if text.chars().count() > LONGEST {
        return refuse(
            "The text is too long.",
            "Send at most 100,000 characters at once.",
        );
    }
    Ok(())
}

/// SIP servers cut long texts; XMPP takes them whole.
fn parts_of(text: &str, side: Side) -> Vec<&str> {
    match side {
        Side::Lync => causeway_bridge::text::split(text, causeway_bridge::text::LYNC_LIMIT),
        Side::Xmpp | Side::Gateway => vec![text],
    }
}

pub(crate) fn side_of(target: &Target) -> Side {
    match target {
        Target::Lync(_) => Side::Lync,
        Target::Xmpp(_) => Side::Xmpp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_wrong_usage() {
        assert!(check_text(" \n").is_err());
        assert!(check_text(&"x".repeat(LONGEST + 1)).is_err());
        assert!(check_text("hej").is_ok());
    }
}
