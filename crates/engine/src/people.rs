//! What is known of other people's presence, and what has been told of it.

use std::collections::HashMap;

use causeway_api::{Availability, Kind, OwnStatus, Person, Presence, Side, Subscription, YesNo};
use causeway_xmpp::RosterItem;
use jid::{BareJid, Jid};
use jiff::Timestamp;

/// Presence by address, persons as last told, subscriptions.
#[derive(Debug, Default)]
pub(crate) struct People {
    lync: HashMap<String, Presence>,
    xmpp: HashMap<BareJid, HashMap<String, Resource>>,
    told: HashMap<String, Person>,
    own: Option<(Side, Presence)>,
    own_status: Option<OwnStatus>,
    subscriptions: HashMap<BareJid, Subscription>,
}

/// Presence of one XMPP resource.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Resource {
    availability: Availability,
    status: String,
    priority: i8,
    idle_since: Option<Timestamp>,
}

impl People {
    /// Presence of a Lync person. Gives what is to be told.
    pub(crate) fn lync(&mut self, presence: Presence) -> Option<Kind> {
        let key = presence.address.to_lowercase();
        if self.lync.get(&key) == Some(&presence) {
            return None;
        }
        self.lync.insert(key, presence.clone());
        Some(Kind::Presence {
            side: Side::Lync,
            presence,
        })
    }

    /// Our own person's presence. Gives what is to be told.
    pub(crate) fn own(&mut self, side: Side, presence: Presence) -> Option<Kind> {
        let own = Some((side, presence.clone()));
        if self.own == own {
            return None;
        }
        self.own = own;
        Some(Kind::Presence { side, presence })
    }

    /// Own status. Does it differ from what was told last?
    pub(crate) fn own_status(&mut self, status: &OwnStatus) -> bool {
        if self.own_status.as_ref() == Some(status) {
            return false;
        }
        self.own_status = Some(status.clone());
        true
    }

    /// Presence of an XMPP resource. Gives what is to be told.
    pub(crate) fn xmpp(&mut self, presence: &causeway_xmpp::Presence) -> Option<Kind> {
        let bare = presence.from.to_bare();
        let before = self.xmpp_presence(&bare);
        let resources = self.xmpp.entry(bare.clone()).or_default();
        let resource = resource_of(&presence.from);
        let availability = availability(presence.show);
        resources.insert(
            resource,
            Resource {
                availability,
                status: presence.status.clone(),
                priority: presence.priority,
                idle_since: presence.idle_since,
            },
        );
        if availability == Availability::Offline {
            // The last one to go is kept: it is what tells offline from unknown.
            let online = resources
                .values()
                .any(|resource| resource.availability != Availability::Offline);
            if online {
                resources.retain(|_, resource| resource.availability != Availability::Offline);
            } else {
                let last = resource_of(&presence.from);
                resources.retain(|name, _| *name == last);
            }
        }
        let now = self.xmpp_presence(&bare);
        (now != before).then_some(())?;
        now.map(|presence| Kind::Presence {
            side: Side::Xmpp,
            presence,
        })
    }

    /// A fresh XMPP stream: whoever is there says so again, whoever went says nothing.
    pub(crate) fn forget_xmpp(&mut self) {
        self.xmpp.clear();
    }

    /// Presence of a Lync person as last told by the server.
    pub(crate) fn lync_presence(&self, address: &str) -> Option<&Presence> {
        self.lync.get(&address.to_lowercase())
    }

    /// Presence of an XMPP account: that of the resource with the highest priority.
    pub(crate) fn xmpp_presence(&self, jid: &BareJid) -> Option<Presence> {
        let resources = self.xmpp.get(jid)?;
        let best = resources.values().max_by_key(|resource| {
            (
                resource.availability != Availability::Offline,
                resource.priority,
            )
        })?;
        Some(Presence {
            address: jid.to_string(),
            availability: best.availability,
            activity: None,
            note: Some(best.status.clone()).filter(|status| !status.is_empty()),
            until: None,
            last_active: best.idle_since,
            device: None,
        })
    }

    /// Notes a person as told. Nothing where that is what was told last.
    pub(crate) fn person(&mut self, person: Person) -> Option<Kind> {
        let key = key(&person);
        if self.told.get(&key) == Some(&person) {
            return None;
        }
        self.told.insert(key, person.clone());
        Some(Kind::Person(person))
    }

    /// The list has changed: what is to be told of it, first of those who were told before and are not on it any more.
    pub(crate) fn list(&mut self, people: Vec<Person>) -> Vec<Kind> {
        let keys: std::collections::HashSet<String> = people.iter().map(key).collect();
        let mut told: Vec<Kind> = self
            .told
            .extract_if(|key, _| !keys.contains(key))
            .map(|(_, person)| Kind::PersonGone(person.addresses))
            .collect();
        told.extend(people.into_iter().filter_map(|person| self.person(person)));
        told
    }

    /// Subscription state of a roster item. Gives what is to be told.
    pub(crate) fn subscription(&mut self, item: &RosterItem) -> Option<Kind> {
        let asked_by_them = self
            .subscriptions
            .get(&item.jid)
            .is_some_and(|known| known.they_see_you == YesNo::Wanted);
        self.set_subscription(
            &item.jid,
            Subscription {
                address: item.jid.to_string(),
                you_see_them: match item.subscription {
                    causeway_xmpp::Subscription { to: true, .. } => YesNo::Yes,
                    causeway_xmpp::Subscription { asked: true, .. } => YesNo::Asked,
                    causeway_xmpp::Subscription { .. } => YesNo::No,
                },
                they_see_you: match item.subscription.from {
                    true => YesNo::Yes,
                    false if asked_by_them => YesNo::Wanted,
                    false => YesNo::No,
                },
            },
        )
    }

    /// A contact asks for our presence.
    pub(crate) fn wants_subscription(&mut self, jid: &BareJid) -> Option<Kind> {
        let you_see_them = self
            .subscriptions
            .get(jid)
            .map_or(YesNo::No, |known| known.you_see_them);
        let address = jid.to_string();
        self.set_subscription(
            jid,
            Subscription {
                address,
                you_see_them,
                they_see_you: YesNo::Wanted,
            },
        )
    }

    /// The request was refused by our person.
    pub(crate) fn refused_subscription(&mut self, jid: &BareJid) -> Option<Kind> {
        let known = self.subscriptions.get(jid)?.clone();
        self.set_subscription(
            jid,
            Subscription {
                they_see_you: YesNo::No,
                ..known
            },
        )
    }

    /// A roster item was removed.
    pub(crate) fn unsubscribed(&mut self, jid: &BareJid) {
        self.subscriptions.remove(jid);
        self.xmpp.remove(jid);
    }

    /// Does this contact wait for our person's answer?
    pub(crate) fn is_wanted(&self, jid: &BareJid) -> bool {
        self.subscriptions
            .get(jid)
            .is_some_and(|known| known.they_see_you == YesNo::Wanted)
    }

    /// All subscriptions, by address.
    pub(crate) fn subscriptions(&self) -> Vec<Subscription> {
        let mut all: Vec<Subscription> = self.subscriptions.values().cloned().collect();
        all.sort_by(|one, other| one.address.cmp(&other.address));
        all
    }

    /// All presences, for a snapshot.
    pub(crate) fn presences(&self) -> Vec<Kind> {
        let lync = self.lync.values().cloned().map(|presence| Kind::Presence {
            side: Side::Lync,
            presence,
        });
        let xmpp = self.xmpp.keys().filter_map(|jid| self.xmpp_presence(jid));
        let own = self
            .own
            .clone()
            .map(|(side, presence)| Kind::Presence { side, presence });
        lync.chain(xmpp.map(|presence| Kind::Presence {
            side: Side::Xmpp,
            presence,
        }))
        .chain(own)
        .collect()
    }

    fn set_subscription(&mut self, jid: &BareJid, subscription: Subscription) -> Option<Kind> {
        if self.subscriptions.get(jid) == Some(&subscription) {
            return None;
        }
        self.subscriptions.insert(jid.clone(), subscription.clone());
        Some(Kind::Subscription(subscription))
    }
}

/// `show` as the availability that people know (docs/bridge.md).
fn availability(show: causeway_xmpp::Show) -> Availability {
    match show {
        causeway_xmpp::Show::Available | causeway_xmpp::Show::Chat => Availability::Available,
        causeway_xmpp::Show::Away | causeway_xmpp::Show::Xa => Availability::Away,
        causeway_xmpp::Show::Dnd => Availability::DoNotDisturb,
        causeway_xmpp::Show::Unavailable => Availability::Offline,
    }
}

fn resource_of(jid: &Jid) -> String {
    jid.resource()
        .map(|resource| resource.as_str().to_owned())
        .unwrap_or_default()
}

/// A person is known by the Lync address, else by the XMPP one.
fn key(person: &Person) -> String {
    let addresses = &person.addresses;
    addresses
        .lync
        .as_deref()
        .or(addresses.xmpp.as_deref())
        .unwrap_or_default()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use causeway_api::{Addresses, Network};
    use causeway_xmpp::Show;

    use super::*;

    fn shows(from: &str, show: Show, priority: i8) -> causeway_xmpp::Presence {
        causeway_xmpp::Presence {
            from: from.parse().unwrap(),
            show,
            status: String::new(),
            priority,
            idle_since: None,
        }
    }

    fn told(kind: Option<Kind>) -> Option<Availability> {
        match kind {
            Some(Kind::Presence { presence, .. }) => Some(presence.availability),
            _other => None,
        }
    }

    fn person(name: &str, address: &str) -> Person {
        Person {
            name: name.to_owned(),
            addresses: Addresses {
                lync: Some(address.to_owned()),
                xmpp: None,
            },
            default: Network::Lync,
            availability: Availability::Unknown,
            activity: String::new(),
            note: String::new(),
            groups: Vec::new(),
        }
    }

    #[test]
    fn the_resource_with_the_highest_priority_speaks_for_the_account() {
        let mut people = People::default();
        assert_eq!(
            told(people.xmpp(&shows("carol@xmpp.example/phone", Show::Away, 0))),
            Some(Availability::Away)
        );
        assert_eq!(
            told(people.xmpp(&shows("carol@xmpp.example/desk", Show::Dnd, 5))),
            Some(Availability::DoNotDisturb)
        );
        assert_eq!(
            told(people.xmpp(&shows("carol@xmpp.example/phone", Show::Available, 0))),
            None
        );
        assert_eq!(
            told(people.xmpp(&shows("carol@xmpp.example/desk", Show::Unavailable, 0))),
            Some(Availability::Available)
        );
        assert_eq!(
            told(people.xmpp(&shows("carol@xmpp.example/phone", Show::Unavailable, 0))),
            Some(Availability::Offline)
        );
    }

    #[test]
    fn nothing_known_is_not_offline() {
        let mut people = People::default();
        people.xmpp(&shows("carol@xmpp.example/phone", Show::Away, 0));
        people.forget_xmpp();
        assert_eq!(
            people.xmpp_presence(&"carol@xmpp.example".parse().unwrap()),
            None
        );
    }

    #[test]
    fn a_person_is_told_again_only_when_something_differs() {
        let mut people = People::default();
        assert!(
            people
                .person(person("Ben", "sip:ben@contoso.example"))
                .is_some()
        );
        assert!(
            people
                .person(person("Ben", "sip:ben@contoso.example"))
                .is_none()
        );
        assert!(
            people
                .person(person("Ben B.", "sip:BEN@contoso.example"))
                .is_some()
        );
    }

    #[test]
    fn somebody_who_left_the_list_is_told_before_who_came() {
        let mut people = People::default();
        let told = people.list(vec![
            person("Ben", "sip:ben@c.example"),
            person("Ida", "sip:ida@c.example"),
        ]);
        assert_eq!(told.len(), 2);
        let told = people.list(vec![
            person("Ida", "sip:ida@c.example"),
            person("Tom", "sip:tom@c.example"),
        ]);
        let [Kind::PersonGone(gone), Kind::Person(came)] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(gone.lync.as_deref(), Some("sip:ben@c.example"));
        assert_eq!(came.name, "Tom");
    }

    #[test]
    fn a_request_stays_visible_until_it_is_answered() {
        let mut people = People::default();
        let jid: BareJid = "dora@xmpp.example".parse().unwrap();
        people.wants_subscription(&jid);
        let item = RosterItem {
            jid: jid.clone(),
            name: String::new(),
            groups: Vec::new(),
            subscription: causeway_xmpp::Subscription {
                to: false,
                from: false,
                asked: true,
            },
        };
        people.subscription(&item);
        assert!(people.is_wanted(&jid));
        assert_eq!(
            people.subscriptions().first().unwrap().you_see_them,
            YesNo::Asked
        );
        people.refused_subscription(&jid);
        assert!(!people.is_wanted(&jid));
    }
}
