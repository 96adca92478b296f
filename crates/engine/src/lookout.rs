//! People of whom our person wants to know when they are available, once or every time. Kept over a restart, with
//! whether they were there when last seen: who was there before is no news.

use causeway_api::{Availability, HowOften, Kind, Reply, Side};
use serde::{Deserialize, Serialize};
use tracing::info;

use crate::{
    address::Target,
    bridging,
    core::Core,
    send::Answer,
    unit::{Then, Unit, Write},
};

/// So many people can be looked out for.
const MOST: usize = 500;

/// Who is looked out for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lookouts(Vec<Lookout>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lookout {
    /// SIP URI, or `xmpp:` and a bare JID, in small letters.
    address: String,
    how: HowOften,
    /// Available when last seen.
    there: bool,
}

impl Lookouts {
    /// As told through the door.
    pub(crate) fn told(&self) -> impl Iterator<Item = Kind> {
        self.0.iter().map(|lookout| Kind::Lookout {
            address: lookout.address.clone(),
            how: Some(lookout.how),
        })
    }

    fn put(&mut self, address: &str, how: Option<HowOften>, there: bool) {
        self.0.retain(|lookout| lookout.address != address);
        self.0.extend(how.map(|how| Lookout {
            address: address.to_owned(),
            how,
            there,
        }));
    }

    /// Somebody was seen. Gives how they are looked out for where they were not there before and are now; `changed`
    /// says that this is to be stored.
    fn saw(&mut self, address: &str, availability: Availability) -> (Option<HowOften>, bool) {
        let there = match availability {
            // Nothing is known: that is no news in either direction.
            Availability::Unknown => return (None, false),
            Availability::Available | Availability::AvailableIdle => true,
            Availability::Busy
            | Availability::BusyIdle
            | Availability::DoNotDisturb
            | Availability::BeRightBack
            | Availability::Away
            | Availability::OffWork
            | Availability::Offline => false,
        };
        let mut all = self.0.iter_mut();
        let Some(lookout) = all.find(|lookout| lookout.address == address) else {
            return (None, false);
        };
        let was = std::mem::replace(&mut lookout.there, there);
        let how = lookout.how;
        let came = there && !was;
        if came && how == HowOften::Once {
            self.put(address, None, true);
        }
        (came.then_some(how), was != there)
    }
}

impl Core {
    /// Looks out for somebody, or not any more.
    pub(crate) fn look_out_for(&mut self, target: &Target, how: Option<HowOften>, answer: Answer) {
        let (side, address) = named(target);
        if how.is_some() {
            let full = self.lookouts.0.len() >= MOST;
            let possible = match self.can_look_out(target) {
                Ok(()) if full => Err(crate::problems::usage(
                    "presence",
                    "You are told of too many people already; take some out.",
                )),
                possible => possible,
            };
            if let Err(problem) = possible {
                return crate::commands::reply(answer, Err(problem));
            }
        }
        let there = self.is_there(target);
        self.lookouts.put(&address, how, there);
        let mut unit = Unit::default();
        unit.write(Write::Lookouts(self.lookouts.clone()));
        unit.tell(Kind::Lookout { address, how });
        unit.then.push(Then::Answer(answer, Ok(Reply::Done)));
        self.carry_out(unit);
        if side == Side::Lync {
            self.watch_lync();
        }
    }

    fn is_there(&self, target: &Target) -> bool {
        let known = match target {
            Target::Lync(sip) => self.people.lync_presence(sip.as_str()).cloned(),
            Target::Xmpp(jid) => self.people.xmpp_presence(jid),
        };
        known.is_some_and(|presence| {
            matches!(
                presence.availability,
                Availability::Available | Availability::AvailableIdle
            )
        })
    }

    /// Presence of somebody was told.
    pub(crate) fn saw_person(&mut self, target: &Target, availability: Availability) {
        let (side, address) = named(target);
        let bare = match target {
            Target::Lync(sip) => sip.as_str().to_owned(),
            Target::Xmpp(jid) => jid.to_string(),
        };
        self.reader_seen(side, &bare, availability);
        let (came, changed) = self.lookouts.saw(&address, availability);
        if !changed {
            return;
        }
        let mut unit = Unit::default();
        unit.write(Write::Lookouts(self.lookouts.clone()));
        if let Some(how) = came {
            info!(side = ?side, "somebody awaited is available");
            let name = self.bridge.person(&bare).map(|person| person.name);
            let name = name.unwrap_or_else(|| bare.trim_start_matches("sip:").to_owned());
            unit.tell(Kind::CameAvailable {
                address: address.clone(),
                name,
            });
            if how == HowOften::Once {
                unit.tell(Kind::Lookout { address, how: None });
            }
        }
        self.carry_out(unit);
    }

    /// Has the server tell the presence of everybody on whom something waits, also outside of the contact list.
    pub(crate) fn watch_lync(&self) {
        let Some(link) = &self.lync.link else { return };
        let looked_out = self
            .lookouts
            .0
            .iter()
            .map(|lookout| lookout.address.as_str());
        let mut people: Vec<&str> = looked_out
            .filter(|address| address.starts_with("sip:"))
            .chain(self.held.readers(Side::Lync))
            .collect();
        people.sort_unstable();
        people.dedup();
        let people = people.into_iter().filter_map(bridging::sip).collect();
        link.send(ucwa::Command::Watch(people));
    }
}

/// Side and name of somebody, as looked out for.
fn named(target: &Target) -> (Side, String) {
    match target {
        Target::Lync(sip) => (Side::Lync, sip.as_str().to_lowercase()),
        Target::Xmpp(jid) => (Side::Xmpp, format!("xmpp:{jid}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEN: &str = "sip:ben@contoso.example";

    #[test]
    fn somebody_is_told_once_or_every_time_they_come() {
        let mut lookouts = Lookouts::default();
        lookouts.put(BEN, Some(HowOften::Always), false);
        let mut came = |availability| lookouts.saw(BEN, availability).0.is_some();
        assert!(!came(Availability::Busy));
        assert!(came(Availability::Available));
        assert!(!came(Availability::AvailableIdle), "still there");
        assert!(!came(Availability::Unknown) && !came(Availability::Available));
        assert!(!came(Availability::Offline) && came(Availability::Available));

        lookouts.put(BEN, Some(HowOften::Once), false);
        let mut came = |availability| lookouts.saw(BEN, availability).0.is_some();
        assert!(came(Availability::Available));
        assert!(!came(Availability::Away) && !came(Availability::Available));
        assert!(lookouts.0.is_empty());
    }
}
