//! Commands about people: the list, the directory, subscriptions, who is one person.

use causeway_api::{Code, Command, Network, Problem, Reply, Side};

use super::{QUIET, Wish, reply};
use crate::{
    bridging,
    core::Core,
    link::Readiness,
    presence, problems,
    send::Answer,
    store::PersonLink,
    unit::{Then, Unit, Write},
};

impl Core {
    /// Are the contact lists there, with the presences that belong to them? `None`: not yet.
    pub(super) fn contacts_known(&self) -> Option<Result<(), Problem>> {
        let mut problem = None;
        let mut known = 0;
        for side in self.sides() {
            let (readiness, was_ready) = match side {
                Side::Lync => (self.lync.readiness(), self.lync.was_ready()),
                Side::Xmpp | Side::Gateway => (self.xmpp.readiness(), self.xmpp.was_ready()),
            };
            match readiness {
                Readiness::Coming if !was_ready => return None,
                // Half a list is no answer to a script that will not ask again.
                Readiness::Failed(failure) if self.options.one_shot => return Some(Err(failure)),
                Readiness::Failed(failure) if !was_ready => problem = problem.or(Some(failure)),
                Readiness::Ready | Readiness::Coming | Readiness::Failed(_) => known += 1,
            }
        }
        if known == 0 {
            return Some(Err(problem.unwrap_or_else(problems::nothing_configured)));
        }
        let complete = self
            .lync_list
            .iter()
            .all(|address| self.people.lync_presence(address).is_some());
        // The lists are there; their presences and notes follow within a moment. XMPP contacts tell theirs only to who
        // is there.
        let told = self.options.watch_only || self.sides().all(|side| side == Side::Lync);
        let quiet = self.presence_at + QUIET <= self.now;
        ((complete && told && quiet) || self.settle_until <= self.now).then_some(Ok(()))
    }

    pub(super) fn people_reply(&self) -> Reply {
        let mut people: Vec<_> = self
            .bridge
            .people()
            .into_iter()
            .map(bridging::person)
            .collect();
        people.sort_by_cached_key(|person| {
            (person.name.to_lowercase(), person.addresses.lync.clone())
        });
        Reply::People {
            people,
            subscriptions: self.people.subscriptions(),
            links: self.sides().map(|side| self.link_state(side)).collect(),
        }
    }

    pub(super) fn search(&mut self, text: String, answer: Answer) -> Option<(Wish, Answer)> {
        let length = text.trim().chars().count();
        if !(1..=256).contains(&length) {
            let problem = Problem::new(
                Code::BadConfig,
                "search",
                "There is nothing to search for.",
                "Give 1 to 256 characters of a name or address.",
            );
            reply(answer, Err(problem));
            return None;
        }
        match self.readiness(Side::Lync) {
            Readiness::Coming => return Some((Wish::Command(Command::Search { text }), answer)),
            Readiness::Failed(problem) => reply(answer, Err(problem)),
            Readiness::Ready => presence::search(self, text, answer),
        }
        None
    }

    pub(super) fn typing(&mut self, address: &str, on: bool) -> Result<Reply, Problem> {
        match self.target(address)? {
            Some(crate::address::Target::Lync(to)) if on => {
                if let Some(link) = &self.lync.link {
                    link.send(ucwa::Command::Typing { to });
                }
            }
            Some(crate::address::Target::Xmpp(to)) => {
                if let Some(link) = &self.xmpp.link {
                    link.send(causeway_xmpp::Command::ChatState {
                        to: to.into(),
                        composing: on,
                    });
                }
            }
            // Lync's typing ends by itself. An address that cannot be told yet: nobody sees us typing, no harm done.
            Some(crate::address::Target::Lync(_)) | None => {}
        }
        Ok(Reply::Done)
    }

    pub(super) fn subscribe(&mut self, address: &str, allow: bool) -> Result<Reply, Problem> {
        let jid = match crate::address::parse(address)? {
            crate::address::Address::Xmpp(jid) | crate::address::Address::Either(_, jid) => jid,
            crate::address::Address::Lync(_) => {
                return Err(Problem::new(
                    Code::BadAddress,
                    "subscription",
                    "Subscriptions are for XMPP addresses; Lync has none.",
                    "Give an XMPP address, such as carol@xmpp.example.",
                ));
            }
        };
        if let Readiness::Failed(problem) = self.readiness(Side::Xmpp) {
            return Err(problem);
        }
        let Some(link) = &self.xmpp.link else {
            return Err(problems::signed_out(Side::Xmpp));
        };
        if self.people.is_wanted(&jid) || !allow {
            link.send(causeway_xmpp::Command::AnswerSubscription {
                to: jid.clone(),
                allow,
            });
            let told = if allow {
                None
            } else {
                self.people.refused_subscription(&jid)
            };
            if let Some(kind) = told {
                self.tell(kind);
            }
        } else {
            link.send(causeway_xmpp::Command::Subscribe(jid));
        }
        Ok(Reply::Done)
    }

    pub(super) fn link_people(
        &mut self,
        lync: String,
        xmpp: String,
        joined: bool,
        default: Network,
        answer: Answer,
    ) {
        let parsed = (lync.parse::<ucwa::SipUri>(), xmpp.parse::<jid::BareJid>());
        let (Ok(lync), Ok(xmpp)) = parsed else {
            let problem = Problem::new(
                Code::BadAddress,
                "link",
                "Two people's addresses are needed.",
                "Give a SIP URI such as sip:bob@contoso.example and a bare JID such as bob@xmpp.example.",
            );
            return reply(answer, Err(problem));
        };
        let link = PersonLink {
            lync: lync.to_string(),
            xmpp: xmpp.to_string(),
            joined,
            default,
        };
        self.links_by_hand
            .retain(|known| (&known.lync, &known.xmpp) != (&link.lync, &link.xmpp));
        self.links_by_hand.push(link.clone());
        self.set_rules();
        self.tell_list();
        let mut unit = Unit::default();
        unit.write(Write::Link(link));
        unit.then.push(Then::Answer(answer, Ok(Reply::Done)));
        self.carry_out(unit);
    }
}
