//! Who is who: two addresses, one person.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::{Availability, LyncContact, Rules, Show, Side, XmppContact, status::Table};

/// The most resources remembered for one XMPP account.
const RESOURCES: usize = 32;
/// Anybody can send a presence; beyond this many accounts only those in the roster are remembered.
const ACCOUNTS: usize = 10_000;

/// A person of the contact list: one row, one or two networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Display name; the address where nobody gave one.
    pub name: String,
    /// SIP URI.
    pub lync: Option<String>,
    /// Bare JID.
    pub xmpp: Option<String>,
    /// Where the next text goes when nothing else is said.
    pub default: Side,
    /// The more telling of the presences of both networks.
    pub availability: Availability,
    /// Token or localised words that belong to it, empty where there are none.
    pub activity: String,
    /// Note or status text, empty where there is none.
    pub note: String,
    /// Names of the groups that the person is in, on either side.
    pub groups: Vec<String>,
}

/// Both contact lists, joined, with the presence told so far.
#[derive(Default)]
pub(crate) struct People {
    lync: BTreeMap<String, LyncContact>,
    xmpp: BTreeMap<String, XmppContact>,
    lync_presence: HashMap<String, Seen>,
    xmpp_presence: HashMap<String, BTreeMap<String, Resource>>,
    /// Keys of addresses that our person blocks.
    blocked: HashSet<String>,
    /// Whether the roster was told; before that nobody's subscription is known.
    roster_known: bool,
    /// Lower-case SIP URI → bare JID and back, from equal addresses and the rules.
    to_xmpp: HashMap<String, String>,
    to_lync: HashMap<String, String>,
}

#[derive(Clone, Default)]
struct Seen {
    availability: Availability,
    activity: String,
    note: String,
}

struct Resource {
    show: Show,
    status: String,
    priority: i8,
    idle: bool,
}

/// `sip:Anna@Contoso.example;transport=tls` → `sip:anna@contoso.example`: SIP addresses are compared without case here, as every client does.
pub(crate) fn sip_key(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    let bare = lower
        .strip_prefix("sip:")
        .or_else(|| lower.strip_prefix("sips:"))
        .unwrap_or(&lower);
    format!("sip:{}", bare.split(';').next().unwrap_or(bare))
}

/// The bare JID of a full one, in lower case.
pub(crate) fn bare_key(jid: &str) -> String {
    let jid = jid.trim();
    let jid = jid.strip_prefix("xmpp:").unwrap_or(jid);
    jid.split('/').next().unwrap_or(jid).to_lowercase()
}

impl People {
    pub(crate) fn set_contacts(&mut self, contacts: Vec<LyncContact>, rules: &Rules) {
        self.lync = contacts
            .into_iter()
            .map(|contact| (sip_key(&contact.address), contact))
            .collect();
        self.join(rules);
    }

    pub(crate) fn set_roster(&mut self, roster: Vec<XmppContact>, rules: &Rules) {
        self.xmpp = roster
            .into_iter()
            .map(|contact| (bare_key(&contact.jid), contact))
            .collect();
        self.roster_known = true;
        self.join(rules);
    }

    pub(crate) fn set_roster_item(&mut self, contact: XmppContact, rules: &Rules) {
        self.xmpp.insert(bare_key(&contact.jid), contact);
        self.join(rules);
    }

    pub(crate) fn remove_roster_item(&mut self, jid: &str, rules: &Rules) {
        self.xmpp.remove(&bare_key(jid));
        self.join(rules);
    }

    /// Finds out anew who is one person: joined by hand first, then equal addresses, never what was split by hand.
    pub(crate) fn join(&mut self, rules: &Rules) {
        self.to_xmpp.clear();
        self.to_lync.clear();
        let by_hand = rules
            .links
            .iter()
            .map(|(sip, jid)| (sip_key(sip), bare_key(jid)));
        let equal = self.lync.keys().filter_map(|sip| {
            let bare = sip.strip_prefix("sip:")?;
            self.xmpp
                .contains_key(bare)
                .then(|| (sip.clone(), bare.to_owned()))
        });
        let split = |sip: &str, jid: &str| {
            rules
                .splits
                .iter()
                .any(|(s, j)| sip_key(s) == sip && bare_key(j) == jid)
        };
        let pairs: Vec<_> = by_hand
            .chain(equal)
            .filter(|(sip, jid)| !split(sip, jid))
            .collect();
        for (sip, jid) in pairs {
            if !self.to_xmpp.contains_key(&sip) && !self.to_lync.contains_key(&jid) {
                self.to_xmpp.insert(sip.clone(), jid.clone());
                self.to_lync.insert(jid, sip);
            }
        }
    }

    pub(crate) fn set_blocked(&mut self, addresses: &[String]) {
        let keys = addresses.iter().map(|address| {
            if address.starts_with("sip:") {
                sip_key(address)
            } else {
                bare_key(address)
            }
        });
        self.blocked = keys.collect();
    }

    /// Blocked on one network is blocked on both.
    pub(crate) fn is_blocked(&self, address: &str) -> bool {
        let (sip, jid) = (sip_key(address), bare_key(address));
        let other = match address.starts_with("sip:") {
            true => self.to_xmpp.get(&sip),
            false => self.to_lync.get(&jid),
        };
        let own = if address.starts_with("sip:") {
            &sip
        } else {
            &jid
        };
        self.blocked.contains(own) || other.is_some_and(|other| self.blocked.contains(other))
    }

    pub(crate) fn lync_presence(
        &mut self,
        address: &str,
        availability: Availability,
        activity: String,
        note: String,
    ) {
        self.lync_presence.insert(
            sip_key(address),
            Seen {
                availability,
                activity,
                note,
            },
        );
    }

    pub(crate) fn xmpp_presence(
        &mut self,
        from: &str,
        show: Show,
        status: String,
        priority: i8,
        idle: bool,
    ) {
        let resource = from.split_once('/').map_or("", |(_, resource)| resource);
        let key = bare_key(from);
        let stranger = !self.xmpp.contains_key(&key) && !self.xmpp_presence.contains_key(&key);
        if stranger && self.xmpp_presence.len() >= ACCOUNTS {
            return;
        }
        let resources = self.xmpp_presence.entry(key).or_default();
        if show == Show::Unavailable && resource.is_empty() {
            // From the bare address: a gateway's contact, or a server that speaks for all resources.
            resources.clear();
        } else if show == Show::Unavailable {
            resources.remove(resource);
        } else if resources.contains_key(resource) || resources.len() < RESOURCES {
            resources.insert(
                resource.to_owned(),
                Resource {
                    show,
                    status,
                    priority,
                    idle,
                },
            );
        }
    }

    /// The link to a side was lost: what it told about presence is no longer known.
    pub(crate) fn forget_presence(&mut self, side: Side) {
        match side {
            Side::Lync => self.lync_presence.clear(),
            Side::Xmpp => self.xmpp_presence.clear(),
        }
    }

    /// Whether asking for this contact's presence is still to be done.
    pub(crate) fn not_subscribed(&self, jid: &str) -> bool {
        self.roster_known
            && self
                .xmpp
                .get(&bare_key(jid))
                .is_none_or(|contact| !contact.subscribed)
    }

    /// Lync people of the contact list: SIP URI and display name.
    pub(crate) fn in_lync(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lync
            .values()
            .map(|contact| (contact.address.as_str(), contact.name.as_str()))
    }

    pub(crate) fn all(&self, rules: &Rules) -> Vec<Person> {
        let from_lync = self.lync.keys().map(|sip| {
            (
                Some(sip.as_str()),
                self.to_xmpp.get(sip).map(String::as_str),
            )
        });
        let only_xmpp = self.xmpp.keys().filter(|jid| {
            self.to_lync
                .get(*jid)
                .is_none_or(|sip| !self.lync.contains_key(sip))
        });
        let from_xmpp = only_xmpp.map(|jid| {
            (
                self.to_lync.get(jid).map(String::as_str),
                Some(jid.as_str()),
            )
        });
        from_lync
            .chain(from_xmpp)
            .map(|(sip, jid)| self.person(sip, jid, rules))
            .collect()
    }

    /// The person behind a SIP URI or a JID; `None` where neither list knows the address.
    pub(crate) fn at(&self, address: &str, rules: &Rules) -> Option<Person> {
        let (sip, jid) = (sip_key(address), bare_key(address));
        if self.lync.contains_key(&sip) || self.to_xmpp.contains_key(&sip) {
            return Some(self.person(
                Some(&sip),
                self.to_xmpp.get(&sip).map(String::as_str),
                rules,
            ));
        }
        let known = self.xmpp.contains_key(&jid) || self.to_lync.contains_key(&jid);
        known.then(|| {
            self.person(
                self.to_lync.get(&jid).map(String::as_str),
                Some(&jid),
                rules,
            )
        })
    }

    fn person(&self, sip: Option<&str>, jid: Option<&str>, rules: &Rules) -> Person {
        let lync = sip.and_then(|sip| self.lync.get(sip));
        let xmpp = jid.and_then(|jid| self.xmpp.get(jid));
        let lync_address = lync
            .map(|contact| contact.address.clone())
            .or(sip.map(str::to_owned));
        let names = [
            lync.map(|contact| contact.name.as_str()),
            xmpp.map(|contact| contact.name.as_str()),
        ];
        let address = lync_address
            .as_deref()
            .map(|sip| sip.strip_prefix("sip:").unwrap_or(sip))
            .or(jid);
        let name = names
            .into_iter()
            .flatten()
            .find(|name| !name.is_empty())
            .or(address)
            .unwrap_or_default()
            .to_owned();
        let mut groups: Vec<String> = Vec::new();
        for group in lync
            .iter()
            .flat_map(|contact| &contact.groups)
            .chain(xmpp.iter().flat_map(|contact| &contact.groups))
        {
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        let there = sip.and_then(|sip| self.lync_presence.get(sip)).cloned();
        let here = jid.and_then(|jid| self.account_presence(jid, &rules.table));
        let seen = more_telling(there, here);
        Person {
            name,
            default: default_side(sip, jid, rules),
            lync: lync_address,
            xmpp: xmpp
                .map(|contact| contact.jid.clone())
                .or(jid.map(str::to_owned)),
            availability: seen.availability,
            activity: seen.activity,
            note: seen.note,
            groups,
        }
    }

    /// What the resource with the highest priority says; offline where all resources left; `None` where none was ever seen.
    fn account_presence(&self, jid: &str, table: &Table) -> Option<Seen> {
        let resources = self.xmpp_presence.get(jid)?;
        let Some(speaker) = resources.values().max_by_key(|resource| resource.priority) else {
            return Some(Seen {
                availability: Availability::Offline,
                ..Seen::default()
            });
        };
        let availability = table.seen_in_xmpp(speaker.show, &speaker.status, speaker.idle);
        Some(Seen {
            availability,
            activity: String::new(),
            note: speaker.status.clone(),
        })
    }
}

/// Chosen by hand, else Lync where the person has a Lync address.
fn default_side(sip: Option<&str>, jid: Option<&str>, rules: &Rules) -> Side {
    let (Some(sip), Some(jid)) = (sip, jid) else {
        return if sip.is_some() {
            Side::Lync
        } else {
            Side::Xmpp
        };
    };
    let chosen = rules
        .defaults
        .iter()
        .find(|(address, _)| sip_key(address) == sip || bare_key(address) == jid);
    chosen.map_or(Side::Lync, |(_, side)| *side)
}

/// The presence that says more about whether and how the person can be reached; the other's note where it has none.
fn more_telling(lync: Option<Seen>, xmpp: Option<Seen>) -> Seen {
    let (lync, xmpp) = match (lync, xmpp) {
        (Some(lync), Some(xmpp)) => (lync, xmpp),
        (one, other) => return one.or(other).unwrap_or_default(),
    };
    let (mut more, less) = if telling(xmpp.availability) > telling(lync.availability) {
        (xmpp, lync)
    } else {
        (lync, xmpp)
    };
    if more.note.is_empty() && telling(less.availability) > telling(Availability::Offline) {
        more.note = less.note;
    }
    more
}

/// "Do not disturb" must be respected wherever it is said; then being there counts more than being away somewhere else.
fn telling(availability: Availability) -> u8 {
    match availability {
        Availability::DoNotDisturb => 9,
        Availability::Busy => 8,
        Availability::IdleBusy => 7,
        Availability::Online => 6,
        Availability::IdleOnline => 5,
        Availability::BeRightBack => 4,
        Availability::Away => 3,
        Availability::OffWork => 2,
        Availability::Offline => 1,
        Availability::Unknown => 0,
    }
}

/// Whether a state is idle by the time given (XEP-0319).
pub(crate) fn is_idle(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| since <= now)
}

#[cfg(test)]
mod tests;
