//! communication: invitations, conversations, messages (UCWA reference, communication).
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds that come here are named one by one where they are routed, in mod.rs"
)]

use axum::http::Method;
use serde_json::{Value, json};

use super::Call;
use crate::href::Kind;
use crate::input::{Address, Input};
use crate::reply::{Answer, Content, Refusal, Reply};
use crate::world::{
    App, Format, Invitation, MessagingState, Text, Wish, World, link, messaging_value,
    no_conversation,
};

/// Bytes of one message; the limit of real servers is not documented.
const MESSAGE: usize = 32 * 1024;

pub(super) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.argument(0);
    match call.kind {
        Kind::Communication if !call.is_get() => update_communication(world, call),
        Kind::StartMessaging => start_messaging(world, call),
        Kind::AddMessaging => {
            let input = call.input()?;
            let operation = input.required("operationId", 50)?;
            let invitation =
                world.add_messaging(call.key, id, operation, first_message(&input)?)?;
            created(world, call, Kind::MessagingInvitation, &[&invitation])
        }
        Kind::Accept => done(world.accept(call.key, id)),
        Kind::Decline => {
            let reason = call
                .input()?
                .text("reason", 100)?
                .unwrap_or_else(|| "Local".to_owned());
            let everywhere = match reason.to_ascii_lowercase().as_str() {
                "local" => false,
                "global" => true,
                _ => return Err(Refusal::parameter("reason", "is not Local or Global")),
            };
            done(world.decline(call.key, id, everywhere))
        }
        Kind::Cancel => done(world.cancel(call.key, id)),
        Kind::Conversation if call.request.method == Method::DELETE => {
            done(world.leave(call.key, id))
        }
        Kind::StopMessaging => done(world.stop_messaging(call.key, id)),
        Kind::SetIsTyping => done(world.is_typing(call.key, id)),
        Kind::SendMessage => send_message(world, call),
        _ => read(world, call).map(Reply::json),
    }
}

fn done(outcome: Result<(), Refusal>) -> Answer {
    outcome.map(|()| Reply::no_content())
}

fn created(world: &World, call: &Call<'_>, kind: Kind, arguments: &[&str]) -> Answer {
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    Ok(Reply::created(
        app.hrefs.to(kind, arguments),
        Content::Empty,
    ))
}

fn start_messaging(world: &mut World, call: &Call<'_>) -> Answer {
    let input = call.input()?;
    let operation = input.required("operationId", 50)?;
    let to = Address::parse_uri("to", &input.required("to", 1000)?)?;
    let importance = input
        .text("importance", 100)?
        .unwrap_or_else(|| "Normal".to_owned());
    let importance = ["Normal", "Urgent", "Emergency"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&importance))
        .ok_or_else(|| {
            Refusal::parameter("importance", "is not one of Normal, Urgent, Emergency")
        })?;
    let wish = Wish {
        to,
        operation,
        thread: input
            .text("threadId", 250)?
            .filter(|thread| !thread.is_empty()),
        subject: input.text("subject", 250)?.unwrap_or_default(),
        importance: importance.to_owned(),
        message: first_message(&input)?,
    };
    let invitation = world.start_messaging(call.key, wish)?;
    created(world, call, Kind::MessagingInvitation, &[&invitation])
}

fn first_message(input: &Input) -> Result<Option<Text>, Refusal> {
    let Some(uri) = input.link("message").filter(|uri| !uri.is_empty()) else {
        return Ok(None);
    };
    let text = Text::from_data_uri(uri).ok_or_else(|| {
        Refusal::parameter(
            "_links.message",
            "is not a data URI of text/plain or text/html in UTF-8",
        )
    })?;
    if text.body.len() > MESSAGE {
        Err(too_large())
    } else {
        Ok(Some(text).filter(|text| !text.body.is_empty()))
    }
}

fn too_large() -> Refusal {
    Refusal::new(413, "EntityTooLarge", "The message is too long.")
}

fn send_message(world: &mut World, call: &Call<'_>) -> Answer {
    let id = call.argument(0);
    world
        .conversation_of(call.key, id)
        .ok_or_else(no_conversation)?;
    let format = match call.request.media_type().as_str() {
        "text/plain" => Format::Plain,
        "text/html" => Format::Html,
        other => {
            return Err(Refusal::unsupported_media_type(&format!(
                "A message is text/plain or text/html, not \"{other}\"."
            )));
        }
    };
    if call
        .request
        .media_parameter("charset")
        .is_some_and(|charset| {
            !charset.eq_ignore_ascii_case("utf-8") && !charset.eq_ignore_ascii_case("utf8")
        })
    {
        return Err(Refusal::unsupported_media_type("A message is in UTF-8."));
    }
    // The reference says operationId, its sample OperationContext.
    let operation = call
        .request
        .parameter("operationId")
        .or_else(|| call.request.parameter("OperationContext"))
        .filter(|operation| !operation.is_empty());
    let operation = operation.ok_or_else(|| Refusal::parameter("operationId", "is missing"))?;
    if operation.chars().count() > 50 {
        return Err(Refusal::parameter(
            "operationId",
            "is longer than 50 characters",
        ));
    }
    if call.request.body.len() > MESSAGE {
        return Err(too_large());
    }
    let body = String::from_utf8(call.request.body.to_vec())
        .map_err(|_| Refusal::deserialization("The message is not UTF-8."))?;
    if body.is_empty() {
        return Err(Refusal::parameter("message", "is empty"));
    }
    let message = world.send_message(call.key, id, operation, Text { format, body })?;
    created(world, call, Kind::Message, &[id, &message])
}

/// PUT: the whole resource, with the GUID property and If-Match.
fn update_communication(world: &mut World, call: &Call<'_>) -> Answer {
    let input = call.input()?;
    let app = world
        .apps
        .get_mut(call.key)
        .ok_or_else(Refusal::no_application)?;
    let Some(etag) = call
        .request
        .header("if-match")
        .map(|etag| etag.trim().trim_start_matches("W/").trim_matches('"'))
    else {
        return Err(Refusal::new(
            428,
            "PreconditionRequired",
            "If-Match is missing.",
        ));
    };
    if etag != app.communication_version.to_string() {
        return Err(Refusal::new(
            412,
            "PreconditionFailed",
            "The resource has changed meanwhile.",
        ));
    }
    if !input.has(&app.guid) {
        return Err(Refusal::parameter(
            "please pass this in a PUT request",
            "is missing: the GUID property must come back",
        ));
    }
    let history = input
        .text("conversationHistory", 100)?
        .unwrap_or_else(|| "Disabled".to_owned());
    let history = ["Enabled", "Disabled"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&history))
        .ok_or_else(|| Refusal::parameter("conversationHistory", "is not Enabled or Disabled"))?;
    app.conversation_history = history.to_owned();
    app.communication_version += 1;
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    Ok(Reply::json(world.communication_value(app)))
}

fn read(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    let id = call.argument(0);
    match call.kind {
        Kind::Communication => return Ok(world.communication_value(app)),
        Kind::Conversations => return Ok(conversations(world, app)),
        Kind::MessagingInvitation => {
            let invitation: &Invitation = app
                .invitations
                .get(id)
                .ok_or_else(|| Refusal::not_found("invitation"))?;
            return Ok(world.invitation_value(app, invitation));
        }
        _ => {}
    }
    let (app, conversation) = world
        .conversation_of(call.key, id)
        .ok_or_else(no_conversation)?;
    let is_connected = conversation.messaging == MessagingState::Connected;
    let of_peer = |value: Value| {
        if is_connected && call.argument(1) == conversation.peer.as_str() {
            Ok(value)
        } else {
            Err(Refusal::not_found("participant"))
        }
    };
    match call.kind {
        Kind::Conversation => Ok(world.conversation_value(app, conversation)),
        Kind::LocalParticipant => Ok(world.participant_value(app, conversation, true)),
        Kind::Participants => {
            let peer =
                Some(world.participant_value(app, conversation, false)).filter(|_| is_connected);
            let all: Vec<Value> = std::iter::once(world.participant_value(app, conversation, true))
                .chain(peer)
                .collect();
            Ok(
                json!({ "rel": "participants", "_links": { "self": link(app.hrefs.to(Kind::Participants, &[id])) }, "_embedded": { "participant": all } }),
            )
        }
        // The inviter can be read while the invitation rings.
        Kind::Participant
            if conversation.incoming && call.argument(1) == conversation.peer.as_str() =>
        {
            Ok(world.participant_value(app, conversation, false))
        }
        Kind::Participant => of_peer(world.participant_value(app, conversation, false)),
        Kind::ParticipantMessaging => {
            let arguments = [id, conversation.peer.as_str()];
            let own = link(app.hrefs.to(Kind::ParticipantMessaging, &arguments));
            of_peer(
                json!({ "rel": "participantMessaging", "_links": { "self": own, "participant": link(app.hrefs.to(Kind::Participant, &arguments)) } }),
            )
        }
        Kind::TypingParticipants => Ok(world.typing_value(app, conversation)),
        Kind::Message => {
            let message = conversation
                .messages
                .iter()
                .find(|message| message.id == call.argument(1))
                .ok_or_else(|| Refusal::not_found("message"))?;
            Ok(world.message_value(app, conversation, message))
        }
        _ => Ok(messaging_value(app, conversation)),
    }
}

fn conversations(world: &World, app: &App) -> Value {
    let mut all: Vec<_> = app.conversations.values().collect();
    all.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    let all: Vec<Value> = all
        .into_iter()
        .map(|conversation| world.conversation_value(app, conversation))
        .collect();
    json!({ "rel": "conversations", "_links": { "self": link(app.hrefs.to(Kind::Conversations, &[])) }, "_embedded": { "conversation": all } })
}
