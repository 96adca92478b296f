//! Contacts, groups, what others show, and the subscriptions to it (UCWA reference: people).

use serde::{Deserialize, Serialize};

use super::words::{Availability, PrivacyLevel, SubscriptionState};
use super::{Date, Links, Many, More};

pub use super::Note as ContactNote;

/// contact. Links: `contactPresence`, `contactNote`, `contactPhoto`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Contact {
    /// Usually `sip:`, `tel:` for phone contacts.
    pub uri: Option<String>,
    /// Display name; may be empty.
    pub name: Option<String>,
    /// Mail addresses.
    pub email_addresses: Many<String>,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Office.
    pub office: Option<String>,
    /// A `tel:` URI, as each of the following.
    pub work_phone_number: Option<String>,
    /// Mobile.
    pub mobile_phone_number: Option<String>,
    /// At home.
    pub home_phone_number: Option<String>,
    /// Another one.
    pub other_phone_number: Option<String>,
    /// `SameEnterprise`, `Federated`, ….
    pub source_network: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// A list of contacts: myContacts, groupContacts, subscribedContacts, search. Members stand in `_embedded`, or in
/// `_links` alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactList {
    /// search: there are more than were asked for.
    pub more_results_available: Option<bool>,
    /// Links; `contact` where the members are not embedded.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The members.
    #[serde(rename = "_embedded")]
    pub embedded: ContactListEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What a list of contacts embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactListEmbedded {
    /// People.
    pub contact: Many<Contact>,
    /// Directory groups (search, revision 2; distributionGroup).
    pub distribution_group: Many<Group>,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// group, pinnedGroup, defaultGroup, distributionGroup, delegatesGroup, …. Links: `groupContacts`,
/// `subscribeToGroupPresence`; of a distributionGroup `expandDistributionGroup`, which gives it with its members,
/// `addToContactList`, `removeFromContactList`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Id for inputs.
    pub id: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// What kind of group, where it says so.
    pub rel: Option<String>,
    /// Address of a distributionGroup.
    pub uri: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// Members of a distributionGroup that was expanded: people and groups.
    #[serde(rename = "_embedded")]
    pub embedded: ContactListEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// myGroups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MyGroups {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The groups by kind.
    #[serde(rename = "_embedded")]
    pub embedded: MyGroupsEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// The groups by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MyGroupsEmbedded {
    /// Favourites.
    pub pinned_group: Many<Group>,
    /// Other contacts.
    pub default_group: Many<Group>,
    /// Made by the user.
    pub group: Many<Group>,
    /// From the directory.
    pub distribution_group: Many<Group>,
    /// The rest: groups by policy.
    #[serde(flatten)]
    pub more: More,
}

/// myGroupMemberships. Links: `removeContactFromAllGroups`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MyGroupMemberships {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// Who is in which group.
    #[serde(rename = "_embedded")]
    pub embedded: MyGroupMembershipsEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What myGroupMemberships embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MyGroupMembershipsEmbedded {
    /// One for each contact and group.
    pub my_group_membership: Many<MyGroupMembership>,
}

/// myGroupMembership. Links: `contact`, and the group under its kind: `group`, `defaultGroup`, `pinnedGroup`, ….
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MyGroupMembership {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// contactPresence: what others see of a contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactPresence {
    /// Value.
    pub availability: Option<Availability>,
    /// Token or localised words.
    pub activity: Option<String>,
    /// `PC`, `Mobile`, ….
    pub device_type: Option<String>,
    /// Last activity.
    pub last_active: Option<Date>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// contactPrivacyRelationship. Links: `resetContactPrivacyRelationship`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactPrivacyRelationship {
    /// The level.
    pub relationship_level: Option<PrivacyLevel>,
    /// What a PUT names in `If-Match`.
    pub etag: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// myPrivacyRelationships.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MyPrivacyRelationships {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The levels.
    #[serde(rename = "_embedded")]
    pub embedded: MyPrivacyRelationshipsEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What myPrivacyRelationships embeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MyPrivacyRelationshipsEmbedded {
    /// One for each level that somebody has.
    pub my_privacy_relationship: Many<MyPrivacyRelationship>,
}

/// myPrivacyRelationship. Links: `contact`, those who have the level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MyPrivacyRelationship {
    /// The level.
    pub relationship_level: Option<PrivacyLevel>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// Input of POST presenceSubscriptions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PresenceSubscriptionInput {
    /// Minutes, 10 to 30.
    pub duration: u8,
    /// SIP URIs.
    pub uris: Vec<String>,
}

/// presenceSubscription. Links: `memberships`, `addToPresenceSubscription`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PresenceSubscription {
    /// Id.
    pub id: Option<String>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// presenceSubscriptionMembership. Links: `contact`, `presenceSubscription`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PresenceSubscriptionMembership {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// presenceSubscriptions and presenceSubscriptionMemberships.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubscriptionList {
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// Members.
    #[serde(rename = "_embedded")]
    pub embedded: SubscriptionListEmbedded,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}

/// What the lists of subscriptions embed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubscriptionListEmbedded {
    /// Subscriptions.
    pub presence_subscription: Many<PresenceSubscription>,
    /// Memberships.
    pub presence_subscription_membership: Many<PresenceSubscriptionMembership>,
}

/// myContactsAndGroupsSubscription. Links: `startOrRefreshSubscriptionToContactsAndGroups`,
/// `stopSubscriptionToContactsAndGroups`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactsAndGroupsSubscription {
    /// Whether it runs.
    pub state: Option<SubscriptionState>,
    /// Links.
    #[serde(rename = "_links")]
    pub links: Links,
    /// The rest.
    #[serde(flatten)]
    pub more: More,
}
