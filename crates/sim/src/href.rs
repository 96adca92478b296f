//! Every URL below an application: one table of resources, and hrefs that only the server can write.
//!
//! An href reads like the documented ones but ends in a mark made with the application's secret. A client that builds
//! or changes a URL therefore misses, as it may against a real server, and one application's hrefs are void in any other.

use std::fmt::Write as _;
use std::hash::Hasher as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Where applications are created; the user step of discovery links to it.
pub(crate) const APPLICATIONS: &str = "/ucwa/oauth/v1/applications";

/// Kept readable inside a path segment: what addresses are made of.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');

macro_rules! resources {
    ($($kind:ident $rel:literal $pattern:literal $verbs:literal,)*) => {
        /// A resource below an application, named by its rel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($kind,)* }

        impl Kind {
            const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// The link name under which clients find it.
            pub(crate) fn rel(self) -> &'static str {
                match self { $(Kind::$kind => $rel,)* }
            }

            fn pattern(self) -> &'static str {
                match self { $(Kind::$kind => $pattern,)* }
            }

            /// The verbs it has, for the `Allow` header.
            pub(crate) fn verbs(self) -> &'static str {
                match self { $(Kind::$kind => $verbs,)* }
            }
        }
    };
}

resources! {
    Application "application" "" "GET, DELETE",
    Policies "policies" "policies" "GET",
    Batch "batch" "batch" "POST",
    Events "events" "events" "GET",
    Me "me" "me" "GET",
    MakeMeAvailable "makeMeAvailable" "me/makeMeAvailable" "POST",
    Presence "presence" "me/presence" "GET, POST",
    Note "note" "me/note" "GET, POST",
    Location "location" "me/location" "GET, POST",
    ReportMyActivity "reportMyActivity" "reportMyActivity" "POST",
    Phones "phones" "me/phones" "GET",
    CallForwardingSettings "callForwardingSettings" "me/callForwardingSettings" "GET",
    Photo "photo" "photos/{}" "GET",
    People "people" "people" "GET",
    MyContacts "myContacts" "people/contacts" "GET",
    MyGroups "myGroups" "people/groups" "GET, POST",
    Group "group" "people/groups/{}" "GET, PUT, DELETE",
    GroupContacts "groupContacts" "people/groups/{}/contacts" "GET",
    SubscribeToGroupPresence "subscribeToGroupPresence" "people/groups/{}/presenceSubscriptions" "POST",
    MyGroupMemberships "myGroupMemberships" "people/groupMemberships" "GET, POST",
    MyGroupMembership "myGroupMembership" "people/groupMemberships/{}/{}" "GET, DELETE",
    RemoveContactFromAllGroups "removeContactFromAllGroups" "people/groupMemberships/removeContactFromAllGroups" "POST",
    AddToContactList "addToContactList" "people/distributionGroups/addToContactList" "POST",
    RemoveFromContactList "removeFromContactList" "people/distributionGroups/removeFromContactList" "POST",
    DistributionGroup "distributionGroup" "people/distributionGroups/{}" "GET",
    ExpandDistributionGroup "expandDistributionGroup" "people/distributionGroups/{}/expand" "GET",
    PresenceSubscriptions "presenceSubscriptions" "people/presenceSubscriptions" "GET, POST",
    PresenceSubscription "presenceSubscription" "people/presenceSubscriptions/{}" "GET, POST, DELETE",
    PresenceSubscriptionMemberships "presenceSubscriptionMemberships" "people/presenceSubscriptionMemberships" "GET, POST",
    PresenceSubscriptionMembership "presenceSubscriptionMembership" "people/presenceSubscriptionMemberships/{}/{}" "GET, DELETE",
    SubscribedContacts "subscribedContacts" "people/subscribedContacts" "GET",
    MyPrivacyRelationships "myPrivacyRelationships" "people/privacyRelationships" "GET",
    ContactsSubscription "myContactsAndGroupsSubscription" "people/contactsAndGroupsSubscription" "GET",
    StartContactsSubscription "startOrRefreshSubscriptionToContactsAndGroups" "people/contactsAndGroupsSubscription/start" "POST",
    StopContactsSubscription "stopSubscriptionToContactsAndGroups" "people/contactsAndGroupsSubscription/stop" "POST",
    Search "search" "people/search" "GET",
    Contact "contact" "people/{}" "GET",
    ContactPresence "contactPresence" "people/{}/presence" "GET",
    ContactNote "contactNote" "people/{}/note" "GET",
    ContactLocation "contactLocation" "people/{}/location" "GET",
    ContactSupportedModalities "contactSupportedModalities" "people/{}/supportedMedia" "GET",
    ContactPrivacyRelationship "contactPrivacyRelationship" "people/{}/privacyRelationship" "GET, PUT",
    ResetContactPrivacyRelationship "resetContactPrivacyRelationship" "people/{}/privacyRelationship/reset" "POST",
    OnlineMeetings "onlineMeetings" "onlineMeetings" "GET",
    Communication "communication" "communication" "GET, PUT",
    Conversations "conversations" "communication/conversations" "GET",
    StartMessaging "startMessaging" "communication/startMessaging" "POST",
    MessagingInvitation "messagingInvitation" "communication/invitations/{}" "GET",
    Accept "accept" "communication/invitations/{}/accept" "POST",
    Decline "decline" "communication/invitations/{}/decline" "POST",
    Cancel "cancel" "communication/invitations/{}/cancel" "POST",
    Conversation "conversation" "communication/conversations/{}" "GET, DELETE",
    Participants "participants" "communication/conversations/{}/participants" "GET",
    LocalParticipant "localParticipant" "communication/conversations/{}/localParticipant" "GET",
    Participant "participant" "communication/conversations/{}/participants/{}" "GET",
    ParticipantMessaging "participantMessaging" "communication/conversations/{}/participants/{}/messaging" "GET",
    Messaging "messaging" "communication/conversations/{}/messaging" "GET",
    AddMessaging "addMessaging" "communication/conversations/{}/messaging/add" "POST",
    StopMessaging "stopMessaging" "communication/conversations/{}/messaging/terminate" "POST",
    SetIsTyping "setIsTyping" "communication/conversations/{}/messaging/typing" "POST",
    TypingParticipants "typingParticipants" "communication/conversations/{}/messaging/typingParticipants" "GET",
    SendMessage "sendMessage" "communication/conversations/{}/messaging/messages" "POST",
    Message "message" "communication/conversations/{}/messaging/messages/{}" "GET",
}

/// Writes and reads the hrefs of one application.
#[derive(Clone)]
pub(crate) struct Hrefs {
    key: String,
    secret: u128,
}

impl Hrefs {
    pub(crate) fn new(key: String, secret: u128) -> Self {
        Self { key, secret }
    }

    /// The href of a resource; `arguments` fill the placeholders of its path.
    pub(crate) fn to(&self, kind: Kind, arguments: &[&str]) -> String {
        let mut path = format!("{APPLICATIONS}/{}", self.key);
        if kind == Kind::Application {
            return path;
        }
        let start = path.len();
        let mut arguments = arguments.iter();
        for segment in kind.pattern().split('/') {
            path.push('/');
            match segment {
                "{}" => path.extend(utf8_percent_encode(
                    arguments.next().copied().unwrap_or_default(),
                    SEGMENT,
                )),
                fixed => path.push_str(fixed),
            }
        }
        let mark = self.mark(path.get(start..).unwrap_or_default());
        let _ = write!(path, "/{mark:016x}");
        path
    }

    /// What a path below this application names; `rest` is what follows the application's key.
    pub(crate) fn read(&self, rest: &str) -> Option<(Kind, Vec<String>)> {
        if rest.is_empty() {
            return Some((Kind::Application, Vec::new()));
        }
        let (path, mark) = rest.rsplit_once('/')?;
        if mark.len() != 16 || u64::from_str_radix(mark, 16).ok()? != self.mark(path) {
            return None;
        }
        Kind::ALL
            .iter()
            .find_map(|kind| Some((*kind, arguments(kind.pattern(), path.strip_prefix('/')?)?)))
    }

    fn mark(&self, path: &str) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write_u128(self.secret);
        hasher.write(path.as_bytes());
        hasher.finish()
    }
}

/// The placeholders' values where `path` fits `pattern`.
fn arguments(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if expected == "{}" {
            found.push(percent_decode_str(segment).decode_utf8().ok()?.into_owned());
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(hrefs: &Hrefs, href: &str) -> Option<(Kind, Vec<String>)> {
        let prefix = format!("{APPLICATIONS}/k");
        hrefs.read(href.strip_prefix(&prefix)?)
    }

    #[test]
    fn every_resource_is_found_again_by_its_href() {
        let hrefs = Hrefs::new("k".into(), 7);
        for kind in Kind::ALL {
            let given: Vec<&str> = kind
                .pattern()
                .matches("{}")
                .map(|_| "olaf+ek@contoso.example")
                .collect();
            let (found, arguments) = below(&hrefs, &hrefs.to(*kind, &given)).unwrap();
            assert_eq!(
                (found.rel(), arguments),
                (kind.rel(), given.iter().map(|s| (*s).to_owned()).collect())
            );
        }
    }

    #[test]
    fn an_href_that_was_built_or_comes_from_elsewhere_is_not_found() {
        let hrefs = Hrefs::new("k".into(), 7);
        let me = hrefs.to(Kind::Me, &[]);
        assert!(below(&hrefs, &format!("{me}/presence")).is_none());
        assert!(below(&hrefs, &me.replace("/me/", "/policies/")).is_none());
        assert!(below(&hrefs, &Hrefs::new("k".into(), 8).to(Kind::Me, &[])).is_none());
    }
}
