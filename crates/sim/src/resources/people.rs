//! people: contact list, groups, contacts, subscriptions, search (UCWA reference, people).
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds that come here are named one by one where they are routed, in mod.rs"
)]

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::Call;
use crate::href::Kind;
use crate::input::Address;
use crate::reply::{Answer, Content, Refusal, Reply};
use crate::world::{Level, World, link};

pub(super) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    match call.kind {
        Kind::PresenceSubscriptions
        | Kind::PresenceSubscription
        | Kind::PresenceSubscriptionMemberships
        | Kind::PresenceSubscriptionMembership
        | Kind::SubscribeToGroupPresence => subscriptions(world, call),
        Kind::StartContactsSubscription => {
            let duration = call.duration(10..=60)?;
            world.subscribe_to_contacts(call.key, duration);
            Ok(Reply::no_content())
        }
        Kind::StopContactsSubscription => {
            world.unsubscribe_from_contacts(call.key);
            Ok(Reply::no_content())
        }
        Kind::ContactPrivacyRelationship | Kind::ResetContactPrivacyRelationship => {
            privacy(world, call)
        }
        Kind::ContactPresence
        | Kind::ContactNote
        | Kind::ContactLocation
        | Kind::ContactSupportedModalities => {
            let address = call.address(0)?;
            world
                .about_contact(call.key, call.kind, &address)
                .map(Reply::json)
                .ok_or_else(Refusal::no_application)
        }
        _ if call.is_get() => read(world, call).map(Reply::json),
        _ => edit(world, call),
    }
}

fn read(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    let own = |kind| app.hrefs.to(kind, &[]);
    let expand = call
        .request
        .parameter("expand")
        .is_none_or(|value| !value.eq_ignore_ascii_case("false"));
    let groups = world
        .people
        .get(call.owner)
        .map(|person| person.groups.as_slice())
        .unwrap_or_default();
    let group = |id: &str| {
        groups
            .iter()
            .find(|group| group.id == id)
            .ok_or_else(|| Refusal::not_found("group"))
    };
    match call.kind {
        Kind::People => Ok(world.people_value(app)),
        Kind::MyContacts => {
            let people = match call.request.parameter("groupId") {
                Some(id) => group(&id)?.members.clone(),
                None => world.contacts_of(call.owner),
            };
            Ok(world.contacts_value(
                app,
                Kind::MyContacts,
                own(Kind::MyContacts),
                people.iter(),
                expand,
            ))
        }
        Kind::GroupContacts => {
            let href = app.hrefs.to(Kind::GroupContacts, &[call.argument(0)]);
            Ok(world.contacts_value(
                app,
                Kind::GroupContacts,
                href,
                group(call.argument(0))?.members.iter(),
                expand,
            ))
        }
        Kind::MyGroups => Ok(world.groups_value(app)),
        Kind::Group => Ok(world.group_value(app, group(call.argument(0))?)),
        Kind::MyGroupMemberships => Ok(world.group_memberships_value(app)),
        Kind::MyGroupMembership => world
            .group_membership_value(app, call.argument(0), &call.address(1)?)
            .ok_or_else(|| Refusal::not_found("member of this group")),
        Kind::SubscribedContacts => Ok(world.contacts_value(
            app,
            Kind::SubscribedContacts,
            own(Kind::SubscribedContacts),
            app.subscribed().iter(),
            expand,
        )),
        Kind::MyPrivacyRelationships => Ok(world.privacy_relationships_value(app)),
        Kind::DistributionGroup => {
            Ok(world.distribution_value(app, world.distribution(&call.address(0)?)?))
        }
        Kind::ExpandDistributionGroup => world.expanded_value(app, &call.address(0)?),
        Kind::ContactsSubscription => {
            let state = if app.contacts_subscription.is_some() {
                "Connected"
            } else {
                "Disconnected"
            };
            Ok(
                json!({ "rel": "myContactsAndGroupsSubscription", "state": state, "_links": {
                "self": link(own(Kind::ContactsSubscription)),
                "startOrRefreshSubscriptionToContactsAndGroups": link(own(Kind::StartContactsSubscription)),
                "stopSubscriptionToContactsAndGroups": link(own(Kind::StopContactsSubscription)),
            } }),
            )
        }
        Kind::Search => search(world, call),
        _ => Ok(world.contact_value(app, &call.address(0)?)),
    }
}

fn search(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    let input = call.input()?;
    let limit = input.number("limit", 1..=100)?.unwrap_or(50);
    let query = match input.text("mail", 256)? {
        Some(mail) => mail,
        None => input.required("query", 256)?,
    };
    let limit = usize::try_from(limit).unwrap_or(100);
    let (found, more) = world.find_people(&query, limit);
    // Groups come with revision 2, to whoever asks for it.
    let groups = if call.asks_for_revision_2() {
        world.find_distributions(&query)
    } else {
        Vec::new()
    };
    let own = json!({ "href": app.hrefs.to(Kind::Search, &[]), "revision": "2" });
    let mut value = json!({ "rel": "search", "moreResultsAvailable": more || groups.len() > limit, "_links": { "self": own } });
    if !found.is_empty() {
        value["_embedded"] = json!({ "contact": found.iter().map(|address| world.contact_value(app, address)).collect::<Vec<Value>>() });
    }
    if !groups.is_empty() {
        let groups = groups.into_iter().take(limit);
        value["_embedded"]["distributionGroup"] = groups
            .map(|group| world.distribution_value(app, group))
            .collect();
    }
    Ok(value)
}

/// contactPrivacyRelationship: read, changed, given back to the usual one.
fn privacy(world: &mut World, call: &Call<'_>) -> Answer {
    let contact = call.address(0)?;
    if !call.is_get() {
        call.needs_revision_2(!world.list_is_read_only)?;
        if contact == *call.owner {
            return Err(Refusal::forbidden(
                "Nobody has a relationship with themselves.",
            ));
        }
        let level = if call.kind == Kind::ResetContactPrivacyRelationship {
            None
        } else {
            let now = world.privacy(call.owner, &contact);
            call.must_match(now.etag())?;
            let word = call.input()?.text("relationshipLevel", 256)?;
            Some(match word {
                Some(word) => Level::parse(&word)?,
                None => now,
            })
        };
        world.set_privacy(call.owner, &contact, level);
        return Ok(Reply {
            status: 200,
            ..Reply::no_content()
        });
    }
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    Ok(Reply::json(world.privacy_value(app, &contact)))
}

fn edit(world: &mut World, call: &Call<'_>) -> Answer {
    call.needs_revision_2(!world.list_is_read_only)?;
    let input = call.input()?;
    let is_delete = call.request.method == Method::DELETE;
    match call.kind {
        Kind::MyGroups => {
            let id = world.create_group(call.owner, input.required("displayName", 256)?)?;
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            Ok(Reply::created(
                app.hrefs.to(Kind::Group, &[&id]),
                Content::Empty,
            ))
        }
        Kind::Group if is_delete => world
            .delete_group(call.owner, call.argument(0))
            .map(|()| Reply::no_content()),
        Kind::Group => {
            let id = input.text("id", 256)?;
            if id.is_some_and(|id| id != call.argument(0)) {
                return Err(Refusal::parameter("id", "is that of another group"));
            }
            world
                .rename_group(call.owner, call.argument(0), input.required("name", 256)?)
                .map(|()| Reply::no_content())
        }
        Kind::MyGroupMemberships => {
            let contact = Address::parse_uri("contactUri", &input.required("contactUri", 250)?)?;
            let group = world.add_contact(
                call.owner,
                input.text("groupId", 256)?.as_deref(),
                contact.clone(),
            )?;
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            Ok(Reply::created(
                app.hrefs
                    .to(Kind::MyGroupMembership, &[&group, contact.as_str()]),
                Content::Empty,
            ))
        }
        Kind::AddToContactList => {
            input.required("displayName", 256)?;
            let address = input.required("smtpAddress", 250)?;
            let address = Address::parse(&address)
                .ok_or_else(|| Refusal::parameter("smtpAddress", "is not an address"))?;
            world
                .list_distribution(call.owner, &address)
                .map(|()| Reply::no_content())
        }
        Kind::RemoveFromContactList => world
            .unlist_distribution(call.owner, &input.required("groupId", 256)?)
            .map(|()| Reply::no_content()),
        Kind::MyGroupMembership => world
            .remove_contact(call.owner, Some(call.argument(0)), &call.address(1)?)
            .map(|()| Reply::no_content()),
        _ => {
            let contact = Address::parse_uri("contactUri", &input.required("contactUri", 250)?)?;
            world
                .remove_contact(call.owner, None, &contact)
                .map(|()| Reply::no_content())
        }
    }
}

fn subscriptions(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.argument(0);
    match (call.kind, call.request.method.as_str()) {
        (Kind::PresenceSubscriptions, "POST") => {
            let input = call.input()?;
            let duration = call.duration(10..=30)?;
            let members = match input.text("groupId", 256)? {
                Some(group) => group_members(world, call.owner, &group)?,
                None => addresses("uris", &input.texts("uris")?)?,
            };
            created(world, call, members, duration)
        }
        (Kind::SubscribeToGroupPresence, _) => {
            let duration = call.duration(10..=30)?;
            let members = group_members(world, call.owner, id)?;
            created(world, call, members, duration)
        }
        (Kind::PresenceSubscriptions, _) => {
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            let all: Vec<Value> = app
                .subscriptions
                .keys()
                .map(|id| app.subscription_value(id))
                .collect();
            Ok(Reply::json(
                json!({ "rel": "presenceSubscriptions", "_links": { "self": link(app.hrefs.to(Kind::PresenceSubscriptions, &[])) }, "_embedded": { "presenceSubscription": all } }),
            ))
        }
        (Kind::PresenceSubscription, "DELETE") => world
            .unsubscribe(call.key, id, None)
            .map(|()| Reply::no_content()),
        (Kind::PresenceSubscription, method) => {
            if method == "POST" {
                world.extend_subscription(call.key, id, call.duration(10..=30)?)?;
            }
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            app.subscriptions
                .get(id)
                .ok_or_else(|| Refusal::not_found("presence subscription"))?;
            Ok(Reply::json(app.subscription_value(id)))
        }
        (Kind::PresenceSubscriptionMemberships, method) => {
            let input = call.input()?;
            let id = input.text("presenceSubscriptionId", 256)?;
            let mut status = 200;
            if method == "POST" {
                let id = id
                    .as_deref()
                    .ok_or_else(|| Refusal::parameter("presenceSubscriptionId", "is missing"))?;
                world.add_to_subscription(
                    call.key,
                    id,
                    addresses("contactUris", &input.texts("contactUris")?)?,
                )?;
                status = 201;
            }
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            Ok(Reply {
                status,
                ..Reply::json(app.memberships_value(id.as_deref()))
            })
        }
        (_, "DELETE") => world
            .unsubscribe(call.key, id, Some(&call.address(1)?))
            .map(|()| Reply::no_content()),
        _ => {
            let (app, address) = (
                world
                    .apps
                    .get(call.key)
                    .ok_or_else(Refusal::no_application)?,
                call.address(1)?,
            );
            let is_member = app
                .subscriptions
                .get(id)
                .is_some_and(|subscription| subscription.members.contains(&address));
            if is_member {
                Ok(Reply::json(app.membership_value(id, &address)))
            } else {
                Err(Refusal::not_found("member of this subscription"))
            }
        }
    }
}

fn created(
    world: &mut World,
    call: &Call<'_>,
    members: BTreeSet<Address>,
    duration: std::time::Duration,
) -> Answer {
    let id = world.subscribe(call.key, members, duration)?;
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    let location = app.hrefs.to(Kind::PresenceSubscription, &[&id]);
    Ok(Reply::created(
        location,
        Content::Json(app.subscription_value(&id)),
    ))
}

fn group_members(world: &World, owner: &Address, id: &str) -> Result<BTreeSet<Address>, Refusal> {
    let groups = world
        .people
        .get(owner)
        .map(|person| person.groups.as_slice())
        .unwrap_or_default();
    let own = groups.iter().find(|group| group.id == id);
    own.map(|group| group.members.iter().cloned().collect())
        .or_else(|| world.people_of_distribution(id))
        .ok_or_else(|| Refusal::not_found("group"))
}

fn addresses(name: &str, uris: &[String]) -> Result<BTreeSet<Address>, Refusal> {
    if uris.is_empty() {
        return Err(Refusal::parameter(name, "is missing or empty"));
    }
    uris.iter()
        .map(|uri| Address::parse_uri(name, uri))
        .collect()
}
