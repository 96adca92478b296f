//! Commands: carried out at once, or as soon as the links they need are there.

use causeway_api::{Code, Command, Kind, Network, Problem, Reply, Side};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::{
    bridging,
    config::{self},
    core::{Core, Found},
    handle::Ask,
    link::Readiness,
    presence, problems,
    send::{Answer, Taking, Typed},
    store::{Pause, PersonLink},
    unit::{Then, Unit, Write},
};

/// A command waits so long for the links it needs.
const LINK_PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// Presences arrive so long after the sign-in at most.
pub(crate) const SETTLING: SignedDuration = SignedDuration::from_secs(2);
/// After so long without a presence or note, those that were to be had are there.
/// The Lync session gathers what events name for 200 ms before it reads it, and the reading takes its time.
const QUIET: SignedDuration = SignedDuration::from_millis(800);

/// Something that is not possible yet.
pub(crate) struct Waiting {
    pub(crate) what: Wish,
    pub(crate) answer: Answer,
    pub(crate) deadline: Timestamp,
}

/// What is waited for.
pub(crate) enum Wish {
    /// To carry out a command.
    Command(Command),
    /// That the network shows the status that was set.
    Confirmation,
    /// That the network shows what it makes of a reset.
    Change(u64),
}

impl Core {
    /// Somebody asks.
    pub(crate) fn on_ask(&mut self, ask: Ask) {
        match ask {
            Ask::Subscribe(answer) => {
                let known = self.snapshot();
                // Who asked may be gone.
                let _ = answer.send(self.audience.subscribe(self.now, known));
            }
            Ask::Request(command, answer) => {
                let deadline = self.now + LINK_PATIENCE;
                self.attempt(Waiting {
                    what: Wish::Command(command),
                    answer,
                    deadline,
                });
            }
        }
    }

    /// Looks again at everything that waits.
    pub(crate) fn attempt_waiting(&mut self) {
        let held_back = self.waits_for_own_status();
        for waiting in std::mem::take(&mut self.waiting) {
            self.attempt(waiting);
        }
        if held_back {
            self.tell_own_status();
        }
    }

    /// Somebody waits for the network to show what they made of the own status.
    pub(crate) fn waits_for_own_status(&self) -> bool {
        self.waiting
            .iter()
            .any(|waiting| matches!(waiting.what, Wish::Confirmation | Wish::Change(_)))
    }

    /// When something that waits has waited long enough.
    pub(crate) fn waiting_deadline(&self) -> Option<Timestamp> {
        let first = self.waiting.iter().map(|waiting| waiting.deadline).min()?;
        let moments = [self.settle_until, self.presence_at + QUIET];
        let next = moments.into_iter().filter(|moment| *moment > self.now);
        Some(next.fold(first, Timestamp::min))
    }

    pub(crate) fn attempt(&mut self, waiting: Waiting) {
        let Waiting {
            what,
            answer,
            deadline,
        } = waiting;
        let again = match what {
            Wish::Command(command) => self.command(command, answer),
            Wish::Confirmation if self.own.is_confirmed() => {
                reply(answer, Ok(Reply::Status(self.own.told(self.standing()))));
                None
            }
            Wish::Change(seen) if self.own.changes() != seen && self.own.shows_note() => {
                reply(answer, Ok(Reply::Status(self.own.told(self.standing()))));
                None
            }
            Wish::Confirmation | Wish::Change(_) => Some((what, answer)),
        };
        let Some((what, answer)) = again else { return };
        if deadline > self.now {
            self.waiting.push(Waiting {
                what,
                answer,
                deadline,
            });
            return;
        }
        match what {
            Wish::Command(_) => {
                let side = self
                    .sides()
                    .find(|side| self.readiness(*side) == Readiness::Coming)
                    .unwrap_or(Side::Lync);
                reply(
                    answer,
                    Err(problems::no_answer(
                        side,
                        problems::step_name(self.state(side)),
                    )),
                );
            }
            Wish::Confirmation => reply(answer, Err(problems::no_answer(Side::Lync, "status"))),
            // An own status that was automatic already does not change.
            Wish::Change(_) => reply(answer, Ok(Reply::Status(self.own.told(self.standing())))),
        }
    }

    /// Carries out a command. Gives it back where that is not possible yet.
    fn command(&mut self, command: Command, answer: Answer) -> Option<(Wish, Answer)> {
        if let Command::Send { .. }
        | Command::SetStatus { .. }
        | Command::ResetStatus
        | Command::Typing { .. } = command
        {
            self.person_acted();
        }
        let result = match command {
            Command::Check => {
                let options = self.options.clone();
                tokio::spawn(async move {
                    reply(answer, Ok(Reply::Check(crate::check(&options).await)))
                });
                return None;
            }
            Command::Contacts => match self.contacts_known() {
                Some(Ok(())) => Ok(self.people_reply()),
                Some(Err(problem)) => Err(problem),
                None => return Some((Wish::Command(Command::Contacts), answer)),
            },
            Command::Presence { addresses } => return self.presence_of(addresses, answer),
            Command::GetStatus => return self.get_status(answer),
            Command::SetStatus { .. } | Command::ResetStatus => {
                return self.change_status(command, answer);
            }
            Command::Send {
                address,
                text,
                token,
            } => match self.taking(&address, &text) {
                Taking::Now(target) => {
                    let typed = Typed {
                        text: &text,
                        token,
                        in_place_of: None,
                    };
                    self.send(&target, typed, answer);
                    return None;
                }
                Taking::Later => {
                    let send = Command::Send {
                        address,
                        text,
                        token,
                    };
                    return Some((Wish::Command(send), answer));
                }
                Taking::Never(problem) => Err(problem),
            },
            Command::Typing { address, on } => self.typing(&address, on),
            Command::Search { text } => return self.search(text, answer),
            Command::Subscribe { address, allow } => self.subscribe(&address, allow),
            Command::PauseBridge { until } => {
                self.pause_bridge(Some(Pause { until }), answer);
                return None;
            }
            Command::ResumeBridge => {
                self.pause_bridge(None, answer);
                return None;
            }
            Command::LinkPeople {
                lync,
                xmpp,
                link,
                default,
            } => {
                self.link_people(lync, xmpp, link, default, answer);
                return None;
            }
            Command::Chat { address } => match self.target(&address) {
                Ok(Some(target)) => {
                    self.chat_with(&target, answer);
                    return None;
                }
                Ok(None) => return Some((Wish::Command(Command::Chat { address }), answer)),
                Err(problem) => Err(problem),
            },
            Command::Chats => {
                self.list_chats(answer);
                return None;
            }
            Command::History {
                conversations,
                before,
                around,
                limit,
            } => {
                self.history(conversations, before, around, limit, answer);
                return None;
            }
            Command::SearchHistory {
                text,
                conversations,
                limit,
            } => {
                self.search_history(text, conversations, limit, answer);
                return None;
            }
            Command::MarkRead { conversations } => {
                conversations.iter().for_each(|id| self.mark_read(id));
                Ok(Reply::Done)
            }
            Command::MarkUnread { conversation, from } => {
                self.mark_unread(conversation, from, answer);
                return None;
            }
            Command::PinChat { conversations, on } => {
                self.pin_chat(conversations, on, answer);
                return None;
            }
            Command::CloseChat { conversations } => {
                self.close_chat(conversations, answer);
                return None;
            }
            Command::Retry { id, when } => {
                self.retry(id, when, answer);
                return None;
            }
            Command::SaveDraft { conversation, text } => {
                self.save_draft(conversation, text, answer);
                return None;
            }
            Command::Discard { id } => {
                self.discard(id, answer);
                return None;
            }
            Command::ShowConfig => Ok(Reply::Config {
                entries: self.configuration.entries.clone(),
                issues: self.configuration.issues.clone(),
                file: self.options.locations.user_file.display().to_string(),
            }),
            Command::SetConfig { key, value } => {
                self.set_config(key, value, answer);
                return None;
            }
            Command::Links => Ok(Reply::Links {
                links: self.sides().map(|side| (side, self.state(side))).collect(),
                bridge: self.options.bridge
                    && self.configuration.settings.bridge.enabled.value
                    && self.pause.is_none(),
            }),
            Command::SignIn { side } => {
                self.start(side);
                Ok(Reply::Done)
            }
            Command::CancelSignIn { side } => {
                self.stopped(side, None);
                Ok(Reply::Done)
            }
            Command::Show(_) | Command::Looking(_) => Err(problems::no_window()),
            Command::Quit => {
                self.quit();
                Ok(Reply::Done)
            }
        };
        reply(answer, result);
        None
    }

    /// Are the contact lists there, with the presences that belong to them? `None`: not yet.
    fn contacts_known(&self) -> Option<Result<(), Problem>> {
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

    fn people_reply(&self) -> Reply {
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

    fn search(&mut self, text: String, answer: Answer) -> Option<(Wish, Answer)> {
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

    fn typing(&mut self, address: &str, on: bool) -> Result<Reply, Problem> {
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

    fn subscribe(&mut self, address: &str, allow: bool) -> Result<Reply, Problem> {
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

    fn link_people(
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

    /// Writes the user's file away from the loop; the answer comes when the new configuration is in force.
    fn set_config(&mut self, key: String, value: String, answer: Answer) {
        let (locations, found) = (self.options.locations.clone(), self.found.clone());
        tokio::task::spawn_blocking(move || {
            let result = config::set(&locations, &key, &value);
            if result.is_ok() {
                // The loop may have ended meanwhile.
                let _ = found.send(Found::Configuration(Box::new(config::load(&locations))));
            }
            reply(answer, result.map(|()| Reply::Done));
        });
    }

    /// Everything known now, as the events that lead there.
    fn snapshot(&self) -> Vec<Kind> {
        let mut known: Vec<Kind> = Vec::new();
        if self.sides().next().is_none() {
            // Who listens should not have to guess why nothing comes.
            known.extend([Side::Lync, Side::Xmpp].map(|side| Kind::State {
                side,
                state: causeway_api::SideState::SignedOut,
                error: Some(problems::not_configured(side)),
            }));
        }
        known.extend(self.sides().map(|side| match side {
            Side::Lync => self.lync.told(),
            Side::Xmpp | Side::Gateway => self.xmpp.told(),
        }));
        known.push(self.own_kind());
        known.push(self.pause_kind());
        known.extend(
            self.bridge
                .people()
                .into_iter()
                .map(|person| Kind::Person(bridging::person(person))),
        );
        known.extend(self.people.presences());
        known.extend(self.unread_kinds());
        if !self.notices.is_empty() {
            known.push(self.notices.kind());
        }
        known.extend(
            self.people
                .subscriptions()
                .into_iter()
                .map(Kind::Subscription),
        );
        known
    }
}

/// Answers; whoever asked may be gone.
pub(crate) fn reply(
    answer: oneshot::Sender<Result<Reply, Problem>>,
    result: Result<Reply, Problem>,
) {
    let _ = answer.send(result);
}
