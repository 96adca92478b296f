//! An event as a line for people.

use std::collections::HashSet;

use causeway_api::{
    Availability, BridgeAction, Conversation, ConversationState, Delivery, DeliveryState,
    Direction, Event, Kind, Message, Person, Presence, Problem, Side, SideState, Subscription,
    YesNo,
};
use jiff::Timestamp;

use crate::text::{Colour, Paint, columns, plain};
use crate::words;

/// Turns events into lines.
pub(super) struct Lines {
    paint: Paint,
    /// Addresses of listed people: their presence is told with their name.
    listed: HashSet<String>,
    /// The bridge, as it was told last.
    paused: bool,
}

impl Lines {
    pub(super) fn new(paint: Paint) -> Self {
        Self {
            paint,
            listed: HashSet::new(),
            paused: false,
        }
    }

    /// Time, side, and what happened; `None` for what only programs care about.
    pub(super) fn of(&mut self, event: &Event) -> Option<String> {
        let paint = self.paint;
        let (side, what) = match &event.kind {
            Kind::State { side, state, error } => {
                (Some(*side), state_line(*state, error.as_ref(), paint))
            }
            Kind::Person(person) => {
                let addresses = [&person.addresses.lync, &person.addresses.xmpp];
                self.listed.extend(addresses.into_iter().flatten().cloned());
                (None, person_line(person, paint))
            }
            Kind::Presence { presence, .. } if self.listed.contains(&presence.address) => {
                return None;
            }
            Kind::Presence { side, presence } => (Some(*side), presence_line(presence, paint)),
            Kind::Message(message) => (Some(message.side), message_line(message)),
            Kind::Delivery(delivery) => (None, delivery_line(delivery, paint)?),
            Kind::Typing {
                address, on: true, ..
            } => (None, format!("{} is typing", plain(address))),
            Kind::Typing { on: false, .. }
            | Kind::Step { .. }
            | Kind::NextTry { .. }
            | Kind::PersonGone(_)
            | Kind::ContactList(_)
            | Kind::GroupMembers(_)
            | Kind::Privacy { .. }
            | Kind::Lookout { .. }
            | Kind::Accepted { .. }
            | Kind::Unread { .. }
            | Kind::Discarded { .. }
            | Kind::Own { .. }
            | Kind::Show(_)
            | Kind::Hide => {
                return None;
            }
            Kind::CameAvailable { name, .. } => (None, format!("{} is available", plain(name))),
            Kind::Conversation(conversation) => {
                (Some(conversation.side), conversation_line(conversation))
            }
            Kind::Bridge {
                action,
                from_side,
                to_side,
                reason,
                id,
            } => (
                None,
                bridge_line(
                    *action,
                    (*from_side, *to_side),
                    id,
                    reason.as_deref(),
                    paint,
                ),
            ),
            Kind::Subscription(subscription) => (Some(Side::Xmpp), subscription_line(subscription)),
            Kind::Paused { paused, until } => {
                if !std::mem::replace(&mut self.paused, *paused) && !paused {
                    return None;
                }
                (None, pause_line(*paused, *until))
            }
            Kind::Notices { problems } if problems.is_empty() => return None,
            Kind::Notices { problems } => {
                let lines = problems.iter().map(|problem| problem_line(problem, paint));
                (None, lines.collect::<Vec<_>>().join("; "))
            }
            Kind::Resync => (
                None,
                paint.paint(
                    Colour::Yellow,
                    "Some changes were missed; everything known follows",
                ),
            ),
        };
        let side = side.map(words::side).unwrap_or_default();
        Some(format!("{}  {side:<4}  {what}", words::clock(event.at)))
    }
}

/// What is wrong, with its code and the way out.
fn problem_line(problem: &Problem, paint: Paint) -> String {
    format!(
        "{} ({}). {}",
        paint.paint(Colour::Yellow, &plain(&problem.message)),
        problem.code,
        plain(&problem.remedy)
    )
}

fn state_line(state: SideState, error: Option<&Problem>, paint: Paint) -> String {
    let colour = match (state.is_ready(), state.is_final()) {
        (true, _) => Colour::Green,
        (false, true) => Colour::Red,
        (false, false) => Colour::Grey,
    };
    let name = paint.paint(colour, words::state(state));
    match error {
        Some(problem) => format!(
            "{name}: {} ({}). {}",
            plain(&problem.message),
            problem.code,
            plain(&problem.remedy)
        ),
        None => name,
    }
}

fn pause_line(paused: bool, until: Option<Timestamp>) -> String {
    match (paused, until) {
        (false, _) => "The bridge goes on".into(),
        (true, None) => "The bridge is paused until it is resumed".into(),
        (true, Some(until)) => format!("The bridge is paused until {}", words::clock(until)),
    }
}

fn person_line(person: &Person, paint: Paint) -> String {
    seen(
        person.availability,
        &person.name,
        &person.activity,
        &person.note,
        paint,
    )
}

fn presence_line(presence: &Presence, paint: Paint) -> String {
    let activity = presence.activity.as_deref().unwrap_or_default();
    let note = presence.note.as_deref().unwrap_or_default();
    seen(
        presence.availability,
        &presence.address,
        activity,
        note,
        paint,
    )
}

fn seen(availability: Availability, who: &str, activity: &str, note: &str, paint: Paint) -> String {
    let row = [
        words::shape(availability),
        who.into(),
        words::availability(availability).into(),
        activity.into(),
        note.into(),
    ];
    columns(paint, &[row]).trim_end().to_owned()
}

fn message_line(message: &Message) -> String {
    let text = plain(&message.text);
    let late = if message.late {
        format!(" (written {})", words::time(message.sent_at))
    } else {
        String::new()
    };
    match message.direction {
        Direction::In => {
            let name = message.name.as_deref().unwrap_or(&message.from);
            format!("← {}: {text}{late}", plain(name))
        }
        Direction::Out => format!("→ {}: {text}{late}", plain(&message.to)),
    }
}

/// The steps on the way are for programs; people want to know what became of it.
fn delivery_line(delivery: &Delivery, paint: Paint) -> Option<String> {
    let reason = delivery
        .reason
        .as_deref()
        .map(|reason| format!(": {}", plain(reason)))
        .unwrap_or_default();
    match delivery.state {
        DeliveryState::Queued if delivery.when_back => {
            Some("text waits until its reader is back".into())
        }
        DeliveryState::Queued => Some(format!("text waits in the queue{reason}")),
        DeliveryState::Sending | DeliveryState::Sent => None,
        DeliveryState::Delivered => Some("text delivered".into()),
        DeliveryState::Failed => {
            Some(paint.paint(Colour::Red, &format!("text not delivered{reason}")))
        }
    }
}

fn conversation_line(conversation: &Conversation) -> String {
    let people = plain(&conversation.people.join(", "));
    let state = match conversation.state {
        ConversationState::Active => "open",
        ConversationState::Ended => "ended",
    };
    match &conversation.subject {
        Some(subject) => format!("conversation with {people} {state}: {}", plain(subject)),
        None => format!("conversation with {people} {state}"),
    }
}

fn bridge_line(
    action: BridgeAction,
    (from, to): (Side, Side),
    id: &str,
    reason: Option<&str>,
    paint: Paint,
) -> String {
    let (action, colour) = match action {
        BridgeAction::Relayed => ("relayed", Colour::Green),
        BridgeAction::Answered => ("answered", Colour::Green),
        BridgeAction::Queued => ("queued", Colour::Yellow),
        BridgeAction::Dropped => ("dropped", Colour::Grey),
        BridgeAction::Bounced => ("bounced", Colour::Red),
    };
    let reason = reason
        .map(|reason| format!(": {}", plain(reason)))
        .unwrap_or_default();
    format!(
        "⇄ {} {} → {} {}{reason}",
        paint.paint(colour, action),
        words::side(from),
        words::side(to),
        plain(id)
    )
}

fn subscription_line(subscription: &Subscription) -> String {
    format!(
        "{}: you {}, they {}",
        plain(&subscription.address),
        match subscription.you_see_them {
            YesNo::Yes => "see them",
            YesNo::No => "do not see them",
            YesNo::Asked => "have asked to see them",
            YesNo::Wanted => "are asked to see them",
        },
        match subscription.they_see_you {
            YesNo::Yes => "see you",
            YesNo::No => "do not see you",
            YesNo::Asked => "have been asked to see you",
            YesNo::Wanted => "ask to see you",
        },
    )
}

#[cfg(test)]
mod tests {
    use causeway_api::{Addresses, Code, Network};
    use jiff::Timestamp;

    use super::*;

    /// The line without its time, which depends on the zone.
    fn check(kind: Kind, expected: Option<&str>) {
        assert_eq!(
            tell(&mut Lines::new(Paint { on: false }), kind).as_deref(),
            expected
        );
    }

    fn tell(lines: &mut Lines, kind: Kind) -> Option<String> {
        let event = Event {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            kind,
        };
        lines
            .of(&event)
            .map(|line| line["00:00:00  ".len()..].to_owned())
    }

    #[test]
    fn presence_of_listed_people_is_told_once_with_their_name() {
        let mut lines = Lines::new(Paint { on: false });
        let presence = |address: &str| Kind::Presence {
            side: Side::Lync,
            presence: Presence {
                address: address.into(),
                availability: Availability::Busy,
                activity: None,
                note: None,
                until: None,
                last_active: None,
                device: None,
            },
        };
        let bob = "sip:bob@contoso.example";
        assert_eq!(
            tell(&mut lines, presence(bob)).as_deref(),
            Some("Lync  ■  sip:bob@contoso.example  Busy")
        );
        let person = Kind::Person(Person {
            name: "Bob Smith".into(),
            addresses: Addresses {
                lync: Some(bob.into()),
                xmpp: None,
            },
            default: Network::Lync,
            availability: Availability::Busy,
            activity: String::new(),
            note: String::new(),
            groups: Vec::new(),
        });
        assert_eq!(
            tell(&mut lines, person).as_deref(),
            Some("      ■  Bob Smith  Busy")
        );
        assert_eq!(tell(&mut lines, presence(bob)), None);
        assert!(tell(&mut lines, presence("sip:eve@contoso.example")).is_some());
    }

    #[test]
    fn a_bad_state_says_cause_code_and_remedy() {
        let error = Problem::new(
            Code::PasswordRefused,
            "signing-in",
            "Password not accepted",
            "Type it again",
        );
        check(
            Kind::State {
                side: Side::Lync,
                state: SideState::NeedsPassword,
                error: Some(error),
            },
            Some("Lync  needs a password: Password not accepted (CW-1201). Type it again"),
        );
    }

    #[test]
    fn a_text_cannot_pretend_to_be_a_second_line() {
        let message = Message {
            id: "1".into(),
            conversation: "c".into(),
            side: Side::Xmpp,
            direction: Direction::In,
            from: "carol@xmpp.example".into(),
            to: "anna@xmpp.example".into(),
            name: None,
            text: "hi\n12:00:00  Lync  ready-available".into(),
            sent_at: Timestamp::UNIX_EPOCH,
            late: false,
            relay: false,
        };
        check(
            Kind::Message(message),
            Some("XMPP  ← carol@xmpp.example: hi 12:00:00  Lync  ready-available"),
        );
    }

    #[test]
    fn steps_that_only_programs_care_about_are_left_out() {
        let delivery = |state| {
            Kind::Delivery(Delivery {
                id: "1".into(),
                state,
                reason: None,
                when_back: false,
            })
        };
        check(delivery(DeliveryState::Sending), None);
        check(
            delivery(DeliveryState::Delivered),
            Some("      text delivered"),
        );
        check(
            Kind::Typing {
                conversation: "c".into(),
                address: "a".into(),
                on: false,
            },
            None,
        );
    }
}
