//! What our person lets others see, and whom they block, on both networks.

use std::collections::{BTreeMap, BTreeSet};

use causeway_api::{Kind, Privacy, PrivacyLevel};
use causeway_bridge::Input;
use jid::BareJid;
use ucwa::SipUri;

use crate::core::Core;

/// Levels as told last.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    /// By SIP URI in small letters.
    lync: BTreeMap<String, PrivacyLevel>,
    xmpp: BTreeSet<BareJid>,
}

impl Levels {
    /// Lync told everybody's level. Gives what differs.
    pub(crate) fn lync_all(&mut self, levels: Vec<(SipUri, ucwa::PrivacyLevel)>) -> Vec<Privacy> {
        let now: BTreeMap<String, PrivacyLevel> = levels
            .into_iter()
            .map(|(who, level)| (key(&who), told(&level)))
            .collect();
        let before = std::mem::replace(&mut self.lync, now);
        let gone = before.keys().filter(|who| !self.lync.contains_key(*who));
        let gone = gone.map(|who| privacy(who.clone(), None));
        let differs = |(who, level): &(&String, &PrivacyLevel)| before.get(*who) != Some(*level);
        let changed = self.lync.iter().filter(differs);
        let changed = changed.map(|(who, level)| privacy(who.clone(), Some(*level)));
        gone.chain(changed).collect()
    }

    /// Lync told one person's level. Gives what differs.
    pub(crate) fn lync(&mut self, who: &SipUri, level: &ucwa::PrivacyLevel) -> Option<Privacy> {
        let level = told(level);
        let before = self.lync.insert(key(who), level);
        (before != Some(level)).then(|| privacy(key(who), Some(level)))
    }

    /// XMPP told everybody who is blocked. Gives what differs.
    pub(crate) fn xmpp_all(&mut self, jids: Vec<BareJid>) -> Vec<Privacy> {
        let before = std::mem::replace(&mut self.xmpp, jids.into_iter().collect());
        let gone = before.difference(&self.xmpp).map(|jid| of_jid(jid, false));
        let came = self.xmpp.difference(&before).map(|jid| of_jid(jid, true));
        gone.chain(came).collect()
    }

    /// XMPP told who is blocked or let through again. Gives what differs.
    pub(crate) fn xmpp(&mut self, jids: Vec<BareJid>, on: bool) -> Vec<Privacy> {
        let mut changed = Vec::new();
        for jid in jids {
            let told = of_jid(&jid, on);
            let differs = if on {
                self.xmpp.insert(jid)
            } else {
                self.xmpp.remove(&jid)
            };
            changed.extend(differs.then_some(told));
        }
        changed
    }

    /// What is known of a Lync person.
    pub(crate) fn of_lync(&self, who: &SipUri) -> Option<PrivacyLevel> {
        self.lync.get(&key(who)).copied()
    }

    pub(crate) fn of_xmpp(&self, jid: &BareJid) -> Privacy {
        of_jid(jid, self.xmpp.contains(jid))
    }

    /// Everything, sorted by address.
    pub(crate) fn told(&self) -> Vec<Privacy> {
        let lync = self.lync.iter();
        let lync = lync.map(|(who, level)| privacy(who.clone(), Some(*level)));
        let xmpp = self.xmpp.iter().map(|jid| of_jid(jid, true));
        lync.chain(xmpp).collect()
    }

    /// Addresses of everybody who is blocked, as the bridge writes them.
    fn blocked(&self) -> Vec<String> {
        let is_blocked = |(_, level): &(&String, &PrivacyLevel)| **level == PrivacyLevel::Blocked;
        let lync = self.lync.iter().filter(is_blocked);
        let lync = lync.map(|(who, _)| who.clone());
        lync.chain(self.xmpp.iter().map(ToString::to_string))
            .collect()
    }
}

impl Core {
    /// Levels are others than before: everybody is told, and the bridge lets nothing of the blocked cross.
    pub(crate) fn privacy_changed(&mut self, levels: impl IntoIterator<Item = Privacy>) {
        let levels: Vec<Privacy> = levels.into_iter().collect();
        if levels.is_empty() {
            return;
        }
        self.tell(Kind::Privacy { levels });
        let blocked = self.privacy.blocked();
        self.bridge_alone(Input::Blocked(blocked));
    }
}

fn key(who: &SipUri) -> String {
    who.as_str().to_lowercase()
}

fn privacy(address: String, level: Option<PrivacyLevel>) -> Privacy {
    Privacy { address, level }
}

fn of_jid(jid: &BareJid, blocked: bool) -> Privacy {
    privacy(
        format!("xmpp:{jid}"),
        blocked.then_some(PrivacyLevel::Blocked),
    )
}

/// The server's word as told through the door.
pub(crate) fn told(level: &ucwa::PrivacyLevel) -> PrivacyLevel {
    match level {
        ucwa::PrivacyLevel::External => PrivacyLevel::External,
        ucwa::PrivacyLevel::Colleagues => PrivacyLevel::Colleagues,
        ucwa::PrivacyLevel::Workgroup => PrivacyLevel::Workgroup,
        ucwa::PrivacyLevel::FriendsAndFamily => PrivacyLevel::FriendsAndFamily,
        ucwa::PrivacyLevel::Blocked => PrivacyLevel::Blocked,
        // The type is open: a later server may invent values.
        ucwa::PrivacyLevel::Unknown | ucwa::PrivacyLevel::Other(_) | _ => PrivacyLevel::Unknown,
    }
}

/// The word that the server knows.
pub(crate) fn asked(level: PrivacyLevel) -> ucwa::PrivacyLevel {
    match level {
        PrivacyLevel::Unknown => ucwa::PrivacyLevel::Unknown,
        PrivacyLevel::External => ucwa::PrivacyLevel::External,
        PrivacyLevel::Colleagues => ucwa::PrivacyLevel::Colleagues,
        PrivacyLevel::Workgroup => ucwa::PrivacyLevel::Workgroup,
        PrivacyLevel::FriendsAndFamily => ucwa::PrivacyLevel::FriendsAndFamily,
        PrivacyLevel::Blocked => ucwa::PrivacyLevel::Blocked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sip(name: &str) -> SipUri {
        format!("sip:{name}@contoso.example").parse().unwrap()
    }

    #[test]
    fn only_what_differs_is_told_and_who_has_no_level_any_more() {
        let mut levels = Levels::default();
        let colleague = |name| (sip(name), ucwa::PrivacyLevel::Colleagues);
        assert_eq!(
            levels
                .lync_all(vec![colleague("ben"), colleague("Ida")])
                .len(),
            2
        );
        assert!(
            levels
                .lync_all(vec![colleague("ben"), colleague("ida")])
                .is_empty()
        );
        assert_eq!(
            levels.lync_all(vec![(sip("ben"), ucwa::PrivacyLevel::Blocked)]),
            [
                privacy("sip:ida@contoso.example".into(), None),
                privacy(
                    "sip:ben@contoso.example".into(),
                    Some(PrivacyLevel::Blocked)
                ),
            ]
        );
        let tom: BareJid = "tom@xmpp.example".parse().unwrap();
        assert_eq!(levels.xmpp(vec![tom.clone()], true), [of_jid(&tom, true)]);
        assert!(levels.xmpp(vec![tom.clone()], true).is_empty());
        assert_eq!(
            levels.blocked(),
            ["sip:ben@contoso.example", "tom@xmpp.example"]
        );
        assert_eq!(levels.xmpp_all(Vec::new()), [of_jid(&tom, false)]);
    }
}
