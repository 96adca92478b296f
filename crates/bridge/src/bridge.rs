//! The bridge as one value.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::{
    Input, Memory, Output, Person, Rules, Side,
    conversations::Conversations,
    delivery::Answers,
    guard::{Heard, Rounds},
    memory::{CHOICE, QUESTION},
    own::Own,
    people::{People, is_idle},
    question::Question,
    status::LyncState,
    typing::Typing,
};

/// The bridge.
pub struct Bridge {
    pub(crate) rules: Rules,
    pub(crate) people: People,
    pub(crate) own: Own,
    pub(crate) conversations: Conversations,
    pub(crate) heard: Heard,
    pub(crate) rounds: Rounds,
    pub(crate) answers: Answers,
    pub(crate) question: Option<Question>,
    pub(crate) typing: Typing,
    /// Whom a subscription was asked of in this run; the roster tells only once the server has it.
    pub(crate) asked: HashSet<String>,
}

impl Bridge {
    /// A bridge with these rules, which goes on where an earlier run stopped.
    #[must_use]
    pub fn new(rules: Rules, memory: Memory) -> Self {
        let mut people = People::default();
        people.join(&rules);
        let mut own = Own::default();
        if let Some((_, choice)) = memory.of(CHOICE).last() {
            own.restore(choice);
        }
        Self {
            people,
            own,
            conversations: Conversations::restore(&memory),
            heard: Heard::restore(&memory),
            rounds: Rounds::new(),
            answers: Answers::restore(&memory),
            question: memory.of(QUESTION).last().map(|(_, question)| question),
            typing: Typing::default(),
            asked: HashSet::new(),
            rules,
        }
    }

    /// Takes in what happened at `now`, and says what is to be done, in this order.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Output> {
        let mut out = Vec::new();
        // What fell due before this happened comes first, also when the caller was late with its tick.
        self.due(now, &mut out);
        self.take(input, now, &mut out);
        self.due(now, &mut out);
        out
    }

    fn due(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.own.tick(&self.rules, now, out);
        self.expire_question(now, out);
    }

    fn take(&mut self, input: Input, now: Timestamp, out: &mut Vec<Output>) {
        let rules = &self.rules;
        match input {
            Input::LyncMessage(text) => {
                self.typing_ended(&text.address);
                self.relay(&text, false, now, out);
            }
            Input::LyncOwnMessage(text) => self.relay(&text, true, now, out),
            Input::XmppMessage(text) => self.xmpp_text(text, now, out),
            Input::LyncTyping { address, on } => self.lync_typing(&address, on, now, out),
            Input::XmppTyping { from, on } => self.xmpp_typing(&from, on, now, out),
            Input::LyncPresence {
                address,
                availability,
                activity,
                note,
            } => self
                .people
                .lync_presence(&address, availability, activity, note),
            Input::XmppPresence {
                from,
                show,
                status,
                priority,
                idle_since,
            } => {
                self.people
                    .xmpp_presence(&from, show, status, priority, is_idle(idle_since, now));
            }
            Input::OwnLync {
                availability,
                activity,
                note,
                out_of_office,
            } => {
                self.own.seen_in_lync(
                    LyncState {
                        availability,
                        activity,
                        note,
                        out_of_office,
                    },
                    rules,
                    now,
                    out,
                );
            }
            Input::OwnXmpp {
                resource,
                show,
                status,
                idle_since,
            } => {
                self.own.seen_in_xmpp(
                    &resource,
                    show,
                    &status,
                    is_idle(idle_since, now),
                    rules,
                    now,
                );
            }
            Input::OwnChosen {
                status,
                note,
                until,
            } => self.own.chosen(status, note, until, rules, now, out),
            Input::OwnReset => self.own.reset(rules, now, out),
            Input::DeliveryLync { id, outcome } => self.delivered_in_lync(&id, outcome, now, out),
            Input::DeliveryXmpp { id, outcome } => self.delivered_in_xmpp(&id, outcome, out),
            Input::Contacts(contacts) => self.people.set_contacts(contacts, rules),
            Input::Roster(roster) => self.people.set_roster(roster, rules),
            Input::RosterItem(contact) => self.people.set_roster_item(contact, rules),
            Input::RosterRemoved(jid) => self.people.remove_roster_item(&jid, rules),
            Input::Blocked(addresses) => self.people.set_blocked(&addresses),
            Input::Lost(side) => {
                self.people.forget_presence(side);
                if side == Side::Xmpp {
                    self.own.xmpp_lost();
                }
            }
            // What is due is done after every input.
            Input::Tick => {}
        }
    }

    /// When [`Input::Tick`] is due, if at all.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let question = self.question.as_ref().and_then(Question::deadline);
        [self.own.next_deadline(), question]
            .into_iter()
            .flatten()
            .min()
    }

    /// The configuration changed, or the relay was paused or resumed.
    pub fn set_rules(&mut self, rules: Rules, now: Timestamp) {
        self.people.join(&rules);
        if rules.table != self.rules.table {
            self.own.translate_anew(&rules, now);
        }
        self.rules = rules;
    }

    /// Everybody on either contact list, in no particular order.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        self.people.all(&self.rules)
    }

    /// Whether our person blocks whoever has this address, on whatever network: the stricter of both wins.
    #[must_use]
    pub fn is_blocked(&self, address: &str) -> bool {
        self.people.is_blocked(address)
    }

    /// The person behind an address: SIP URI or JID.
    #[must_use]
    pub fn person(&self, address: &str) -> Option<Person> {
        self.people.at(address, &self.rules)
    }
}
