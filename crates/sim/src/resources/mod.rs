//! The resources below an application: which verb does what.

mod communication;
mod me;
mod people;

use std::time::Duration;

use axum::http::Method;

use crate::href::Kind;
use crate::input::{Address, Input, Request};
use crate::reply::{Answer, Refusal, Reply};
use crate::world::World;

/// The newest revision of any resource here.
const REVISION: f64 = 2.0;

/// A request to one resource of one application.
pub(crate) struct Call<'a> {
    pub(crate) key: &'a str,
    pub(crate) owner: &'a Address,
    pub(crate) kind: Kind,
    pub(crate) arguments: &'a [String],
    pub(crate) request: &'a Request,
}

impl Call<'_> {
    fn argument(&self, index: usize) -> &str {
        self.arguments.get(index).map_or("", String::as_str)
    }

    fn address(&self, index: usize) -> Result<Address, Refusal> {
        Address::parse(self.argument(index)).ok_or_else(|| Refusal::not_found("person"))
    }

    fn input(&self) -> Result<Input, Refusal> {
        Input::read(self.request)
    }

    fn is_get(&self) -> bool {
        self.request.method == Method::GET
    }

    fn wrong_method(&self) -> Refusal {
        Refusal::new(
            405,
            "MethodNotAllowed",
            format!("{} does not have this verb.", self.kind.rel()),
        )
        .with("allow", self.kind.verbs())
    }

    /// `duration` in minutes, within its documented range.
    fn duration(&self, range: std::ops::RangeInclusive<u64>) -> Result<Duration, Refusal> {
        let minutes = self.input()?.number("duration", range)?.unwrap_or(10);
        Ok(Duration::from_secs(minutes * 60))
    }

    /// Inputs of revision 2 count only where the client asks for it and the server has it.
    fn needs_revision_2(&self, there_is: bool) -> Result<(), Refusal> {
        match requested_revision(self.request) {
            Some(revision) if revision >= REVISION && there_is => Ok(()),
            Some(revision) if revision >= REVISION => Err(no_such_revision()),
            Some(_) | None => Err(self.wrong_method()),
        }
    }
}

impl Call<'_> {
    fn asks_for_revision_2(&self) -> bool {
        requested_revision(self.request).is_some_and(|revision| revision >= REVISION)
    }

    /// A PUT replaces what the client has read: it names it in `If-Match` (UCWA documentation, PUT).
    fn must_match(&self, etag: &str) -> Result<(), Refusal> {
        match self.request.header("if-match") {
            None => Err(Refusal::new(
                428,
                "PreconditionRequired",
                "A PUT has to say in If-Match what it replaces.",
            )),
            Some(known) if known.trim().trim_matches('"') == etag => Ok(()),
            Some(_) => Err(Refusal::new(
                412,
                "PreconditionFailed",
                "It was changed meanwhile.",
            )),
        }
    }
}

fn no_such_revision() -> Refusal {
    Refusal::new(
        404,
        "NotFound",
        "This server does not have the revision asked for.",
    )
    .sub("APIVersionNotSupported")
}

fn requested_revision(request: &Request) -> Option<f64> {
    request
        .header("x-ms-requiresminresourceversion")?
        .trim()
        .parse()
        .ok()
}

/// Does what a request asks for. `batch` and `events` are served elsewhere, because they wait.
pub(crate) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    if requested_revision(call.request).is_some_and(|revision| revision > REVISION) {
        return Err(no_such_revision());
    }
    let verb = call.request.method.as_str();
    if !call.kind.verbs().split(", ").any(|known| known == verb) {
        return Err(call.wrong_method());
    }
    match call.kind {
        Kind::Application if !call.is_get() => {
            world.close_application(call.key);
            Ok(Reply::no_content())
        }
        Kind::Application => {
            let app = world
                .apps
                .get(call.key)
                .ok_or_else(Refusal::no_application)?;
            Ok(Reply::json(world.application_value(app)))
        }
        Kind::Events | Kind::Batch => Err(Refusal::new(
            400,
            "BadRequest",
            "This resource cannot be used here.",
        )),
        Kind::Me
        | Kind::MakeMeAvailable
        | Kind::Presence
        | Kind::Note
        | Kind::Location
        | Kind::ReportMyActivity
        | Kind::Phones
        | Kind::CallForwardingSettings
        | Kind::Photo
        | Kind::Policies
        | Kind::OnlineMeetings => me::serve(world, call),
        Kind::People
        | Kind::MyContacts
        | Kind::MyGroups
        | Kind::Group
        | Kind::GroupContacts
        | Kind::SubscribeToGroupPresence
        | Kind::MyGroupMemberships
        | Kind::MyGroupMembership
        | Kind::RemoveContactFromAllGroups
        | Kind::DistributionGroup
        | Kind::ExpandDistributionGroup
        | Kind::AddToContactList
        | Kind::RemoveFromContactList
        | Kind::ResetContactPrivacyRelationship
        | Kind::PresenceSubscriptions
        | Kind::PresenceSubscription
        | Kind::PresenceSubscriptionMemberships
        | Kind::PresenceSubscriptionMembership
        | Kind::SubscribedContacts
        | Kind::MyPrivacyRelationships
        | Kind::ContactsSubscription
        | Kind::StartContactsSubscription
        | Kind::StopContactsSubscription
        | Kind::Search
        | Kind::Contact
        | Kind::ContactPresence
        | Kind::ContactNote
        | Kind::ContactLocation
        | Kind::ContactSupportedModalities
        | Kind::ContactPrivacyRelationship => people::serve(world, call),
        Kind::Communication
        | Kind::Conversations
        | Kind::StartMessaging
        | Kind::MessagingInvitation
        | Kind::Accept
        | Kind::Decline
        | Kind::Cancel
        | Kind::Conversation
        | Kind::Participants
        | Kind::LocalParticipant
        | Kind::Participant
        | Kind::ParticipantMessaging
        | Kind::Messaging
        | Kind::AddMessaging
        | Kind::StopMessaging
        | Kind::SetIsTyping
        | Kind::TypingParticipants
        | Kind::SendMessage
        | Kind::Message => communication::serve(world, call),
    }
}

/// Creates an application (UCWA reference, applications).
pub(crate) fn create_application(world: &mut World, owner: &Address, request: &Request) -> Answer {
    if request.method != Method::POST {
        return Err(
            Refusal::new(405, "MethodNotAllowed", "Applications are created by POST.")
                .with("allow", "POST"),
        );
    }
    let input = Input::read(request)?;
    let user_agent = input.required("userAgent", 100)?;
    let culture = input.required("culture", 100)?;
    let endpoint = input.required("endpointId", 100)?;
    let instance = input.text("instanceId", 100)?;
    input.text("type", 100)?;
    let (key, is_new) =
        world.open_application(owner, instance.unwrap_or(endpoint), user_agent, culture)?;
    let app = world.apps.get(&key).ok_or_else(Refusal::no_application)?;
    let reply = Reply::json(world.application_value(app))
        .with("location", app.hrefs.to(Kind::Application, &[]));
    Ok(Reply {
        status: if is_new { 201 } else { 200 },
        ..reply
    })
}
