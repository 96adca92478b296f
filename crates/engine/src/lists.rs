//! The contact lists as they can be changed: their groups, and whether the server lets us.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use causeway_api::{ContactGroup, ContactList, GroupKind, Kind, Network};
use causeway_xmpp::RosterItem;
use jid::BareJid;
use tokio::sync::oneshot;

/// What is known of both lists.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    lync: Option<ContactList>,
    /// As told last; `None` before the first roster.
    xmpp: Option<ContactList>,
    roster: BTreeMap<BareJid, RosterItem>,
    /// Changes of the roster that the server has not answered: where the answer goes.
    asked: HashMap<String, oneshot::Sender<Option<String>>>,
}

/// What the server answered to a change of the roster: the condition of a refusal.
pub(crate) type RosterAnswer = oneshot::Receiver<Option<String>>;

impl Lists {
    /// Lync told its groups.
    pub(crate) fn lync(&mut self, groups: Vec<ucwa::ContactGroup>, editable: bool) -> Kind {
        let groups = groups.into_iter().map(|group| ContactGroup {
            name: group.name,
            kind: match group.kind {
                ucwa::GroupKind::Own => GroupKind::Own,
                ucwa::GroupKind::Pinned => GroupKind::Pinned,
                ucwa::GroupKind::Default => GroupKind::Default,
                ucwa::GroupKind::Distribution => GroupKind::Directory,
            },
            address: group.address.map(|address| address.as_str().to_owned()),
        });
        let list = ContactList {
            network: Network::Lync,
            editable,
            groups: groups.collect(),
        };
        self.lync = Some(list.clone());
        Kind::ContactList(list)
    }

    /// The Lync list can be changed; `None` before it was told.
    pub(crate) fn lync_is_editable(&self) -> Option<bool> {
        self.lync.as_ref().map(|list| list.editable)
    }

    /// Kind of a group of the Lync list.
    pub(crate) fn lync_group(&self, name: &str) -> Option<GroupKind> {
        let groups = self.lync.iter().flat_map(|list| &list.groups);
        let mut named = groups.filter(|group| group.name == name);
        named.next().map(|group| group.kind)
    }

    /// The whole roster was read. Gives what is to be told.
    pub(crate) fn roster(&mut self, items: &[RosterItem]) -> Option<Kind> {
        self.roster = items
            .iter()
            .map(|item| (item.jid.clone(), item.clone()))
            .collect();
        self.xmpp_changed()
    }

    /// A roster item came or changed.
    pub(crate) fn roster_item(&mut self, item: &RosterItem) -> Option<Kind> {
        self.roster.insert(item.jid.clone(), item.clone());
        self.xmpp_changed()
    }

    /// A roster item went.
    pub(crate) fn roster_removed(&mut self, jid: &BareJid) -> Option<Kind> {
        self.roster.remove(jid);
        self.xmpp_changed()
    }

    /// An XMPP contact as the roster has it.
    pub(crate) fn contact(&self, jid: &BareJid) -> Option<&RosterItem> {
        self.roster.get(jid)
    }

    /// XMPP contacts in a group.
    pub(crate) fn in_group<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a RosterItem> {
        let is_in = move |item: &&RosterItem| item.groups.iter().any(|group| group == name);
        self.roster.values().filter(is_in)
    }

    /// A change of the roster is asked for under this id.
    pub(crate) fn ask(&mut self, id: &str) -> RosterAnswer {
        let (told, answer) = oneshot::channel();
        // Whose asker lost patience is not waited for.
        self.asked.retain(|_, told| !told.is_closed());
        self.asked.insert(id.to_owned(), told);
        answer
    }

    /// The server answered a change of the roster.
    pub(crate) fn answered(&mut self, id: &str, refused: Option<String>) {
        if let Some(told) = self.asked.remove(id) {
            // Who asked may have lost patience.
            let _ = told.send(refused);
        }
    }

    /// Both lists, as told last.
    pub(crate) fn told(&self) -> Vec<ContactList> {
        self.lync.iter().chain(&self.xmpp).cloned().collect()
    }

    fn xmpp_changed(&mut self) -> Option<Kind> {
        let names: BTreeSet<&String> = self.roster.values().flat_map(|item| &item.groups).collect();
        let groups = names.into_iter().map(|name| ContactGroup {
            name: name.clone(),
            kind: GroupKind::Own,
            address: None,
        });
        let list = ContactList {
            network: Network::Xmpp,
            editable: true,
            groups: groups.collect(),
        };
        if self.xmpp.as_ref() == Some(&list) {
            return None;
        }
        self.xmpp = Some(list.clone());
        Some(Kind::ContactList(list))
    }
}
