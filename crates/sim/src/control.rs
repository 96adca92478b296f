//! The control interface: plain HTTP on loopback, JSON; its verbs are in contract.md and `docs/simulator.md`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::faults::{FAULTS, Fault};
use crate::http::Shared;
use crate::input::Address;
use crate::people::AVAILABILITIES;
use crate::world::{Level, Played, Text};

type Front = State<Arc<Shared>>;

/// The verbs.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/people", get(people))
        .route("/people/{address}", get(person))
        .route("/people/{address}/status", post(status))
        .route("/people/{address}/message", post(message))
        .route("/people/{address}/typing", post(typing))
        .route("/people/{address}/inbox", get(inbox).delete(empty_inbox))
        .route("/people/{address}/outbox", get(outbox))
        .route("/people/{address}/revoke", post(revoke))
        .route("/people/{address}/password", post(password))
        .route("/people/{address}/privacy", post(privacy))
        .route("/people/{address}/end", post(end))
        .route("/people/{address}/event", post(unknown_event))
        .route("/groups", get(groups))
        .route("/groups/{address}", post(set_group).delete(remove_group))
        .route(
            "/faults",
            get(list_faults).post(set_fault).delete(clear_faults),
        )
        .route("/requests", get(requests).delete(forget_requests))
        .route("/clock", get(clock).post(advance))
        .with_state(shared)
}

/// A control request that cannot be done, and why.
struct Wrong(StatusCode, String);

/// The JSON body of a verb, whatever its `Content-Type`: `curl -d` names a form's.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Wrong;

    async fn from_request(request: Request, state: &S) -> Result<Self, Wrong> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Wrong(error.status(), error.body_text()))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            Wrong(
                StatusCode::BAD_REQUEST,
                format!("the body is not the JSON that this verb expects: {error}"),
            )
        })
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn known(shared: &Shared, address: &str) -> Result<Address, Wrong> {
    let found =
        Address::parse(address).filter(|address| shared.world().people.contains_key(address));
    found.ok_or_else(|| {
        Wrong(
            StatusCode::NOT_FOUND,
            format!("there is nobody with the address \"{address}\"; GET /people lists everyone"),
        )
    })
}

async fn people(State(shared): Front) -> Json<Value> {
    let world = shared.world();
    let all: Vec<Value> = world.order.iter().filter_map(|address| world.people.get(address)).map(|person| json!({ "address": person.address.as_str(), "name": person.name, "availability": person.published.availability })).collect();
    Json(json!({ "people": all }))
}

async fn person(State(shared): Front, Path(address): Path<String>) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let world = shared.world();
    let Some(person) = world.people.get(&address) else {
        return Err(Wrong(StatusCode::NOT_FOUND, "gone".to_owned()));
    };
    let apps: Vec<Value> = person
        .apps
        .iter()
        .filter_map(|key| world.apps.get(key))
        .map(|app| json!({ "endpointId": app.endpoint, "userAgent": app.user_agent, "available": app.available.is_some(), "waiting": app.channel.released.is_none(), "conversations": app.conversations.len(), "subscribed": app.subscribed().len() }))
        .collect();
    Ok(Json(json!({
        "address": address.as_str(), "name": person.name, "availability": person.published.availability, "activity": person.published.activity, "note": person.note, "location": person.location,
        "own_client": person.played.is_some(), "applications": apps,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    availability: Option<String>,
    activity: Option<String>,
    note: Option<String>,
    location: Option<String>,
}

async fn status(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(asked): Asked<Status>,
) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let mut world = shared.world();
    if let Some(availability) = asked.availability {
        let offwork = availability.eq_ignore_ascii_case("Offwork");
        let found = AVAILABILITIES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&availability))
            .copied()
            .or(offwork.then_some("Away"));
        let Some(availability) = found else {
            return Err(Wrong(
                StatusCode::BAD_REQUEST,
                format!(
                    "availability is one of {}, Offwork",
                    AVAILABILITIES.join(", ")
                ),
            ));
        };
        let activity = asked.activity.unwrap_or_else(|| {
            if offwork {
                "off-work".to_owned()
            } else {
                String::new()
            }
        });
        let signed_in = !world
            .apps_of(&address, |app| app.available.is_some())
            .is_empty();
        if let Some(person) = world.people.get_mut(&address) {
            if signed_in {
                // As from another client of the same user: a choice by hand.
                person.manual = Some(if offwork {
                    "Offwork".to_owned()
                } else {
                    availability.to_owned()
                })
                .filter(|value| value != "Online" && value != "Offline");
            } else {
                person.played = (availability != "Offline").then(|| Played {
                    availability: availability.to_owned(),
                    activity,
                });
            }
        }
        world.refresh_presence(&address);
    }
    if let Some(note) = asked.note {
        world.set_note(&address, note);
    }
    if let Some(location) = asked.location {
        world.set_location(&address, location);
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    to: String,
    text: String,
    #[serde(default)]
    html: bool,
}

async fn message(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(asked): Asked<Message>,
) -> Result<Json<Value>, Wrong> {
    let from = known(&shared, &address)?;
    let Some(to) = Address::parse(&asked.to) else {
        return Err(Wrong(
            StatusCode::BAD_REQUEST,
            "to is not an address".to_owned(),
        ));
    };
    let format = if asked.html {
        crate::world::Format::Html
    } else {
        crate::world::Format::Plain
    };
    let outcome = shared.world().write_played(
        &from,
        &to,
        Text {
            format,
            body: asked.text,
        },
    );
    match outcome {
        Ok(id) => Ok(Json(json!({ "id": id }))),
        Err(reason) => Err(Wrong(
            StatusCode::CONFLICT,
            format!("{}/{}", reason.code, reason.subcode),
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typing {
    to: String,
}

async fn typing(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(asked): Asked<Typing>,
) -> Result<Json<Value>, Wrong> {
    let from = known(&shared, &address)?;
    let to = known(&shared, &asked.to)?;
    if shared.world().type_played(&from, &to) {
        Ok(Json(json!({})))
    } else {
        Err(Wrong(
            StatusCode::CONFLICT,
            "there is no conversation between the two".to_owned(),
        ))
    }
}

async fn inbox(State(shared): Front, Path(address): Path<String>) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let world = shared.world();
    Ok(Json(
        json!({ "messages": world.people.get(&address).map(|person| &person.inbox) }),
    ))
}

async fn empty_inbox(
    State(shared): Front,
    Path(address): Path<String>,
) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    if let Some(person) = shared.world().people.get_mut(&address) {
        person.inbox.clear();
        person.outbox.clear();
    }
    Ok(Json(json!({})))
}

async fn outbox(State(shared): Front, Path(address): Path<String>) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let world = shared.world();
    Ok(Json(
        json!({ "messages": world.people.get(&address).map(|person| &person.outbox) }),
    ))
}

async fn revoke(State(shared): Front, Path(address): Path<String>) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let mut world = shared.world();
    let before = world.tokens.len();
    world.tokens.retain(|_, token| token.owner != address);
    Ok(Json(json!({ "revoked": before - world.tokens.len() })))
}

/// A new password, as from a change elsewhere: the tokens that the old one gave are void.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    password: String,
}

async fn password(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(new): Asked<NewPassword>,
) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let mut world = shared.world();
    world.tokens.retain(|_, token| token.owner != address);
    if let Some(person) = world.people.get_mut(&address) {
        person.password = new.password;
    }
    Ok(Json(json!({})))
}

/// How much the person lets somebody see, as from that person's own client; `level` left out: the usual again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Privacy {
    to: String,
    level: Option<String>,
}

async fn privacy(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(asked): Asked<Privacy>,
) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let bad = |wrong: String| Wrong(StatusCode::BAD_REQUEST, wrong);
    let to = Address::parse(&asked.to).ok_or_else(|| bad("to is not an address".to_owned()))?;
    let level = asked.level.as_deref().map(Level::parse).transpose();
    let level = level.map_err(|refusal| bad(refusal.message))?;
    shared.world().set_privacy(&address, &to, level);
    Ok(Json(json!({})))
}

async fn groups(State(shared): Front) -> Json<Value> {
    let world = shared.world();
    let all: Vec<Value> = world.directory.values().map(|group| json!({ "address": group.address.as_str(), "name": group.name, "members": group.members.iter().map(Address::as_str).collect::<Vec<&str>>() })).collect();
    Json(json!({ "groups": all }))
}

/// A distribution group of the directory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    members: Vec<String>,
}

async fn set_group(
    State(shared): Front,
    Path(address): Path<String>,
    Asked(asked): Asked<Group>,
) -> Result<Json<Value>, Wrong> {
    let read = |text: &String| {
        let wrong = || {
            Wrong(
                StatusCode::BAD_REQUEST,
                format!("\"{text}\" is not an address"),
            )
        };
        Address::parse(text).ok_or_else(wrong)
    };
    let address = read(&address)?;
    let members = asked.members.iter().map(read).collect::<Result<_, _>>()?;
    let mut world = shared.world();
    if world.people.contains_key(&address) {
        let text = format!("{address} is a person");
        return Err(Wrong(StatusCode::CONFLICT, text));
    }
    world.set_distribution(address, asked.name, members);
    Ok(Json(json!({})))
}

async fn remove_group(
    State(shared): Front,
    Path(address): Path<String>,
) -> Result<Json<Value>, Wrong> {
    let found = Address::parse(&address);
    if found.is_some_and(|address| shared.world().remove_distribution(&address)) {
        return Ok(Json(json!({})));
    }
    let text = format!("there is no group \"{address}\"; GET /groups lists all");
    Err(Wrong(StatusCode::NOT_FOUND, text))
}

async fn end(State(shared): Front, Path(address): Path<String>) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let mut world = shared.world();
    let keys = world.apps_of(&address, |_| true);
    for key in &keys {
        world.close_application(key);
    }
    Ok(Json(json!({ "ended": keys.len() })))
}

async fn unknown_event(
    State(shared): Front,
    Path(address): Path<String>,
) -> Result<Json<Value>, Wrong> {
    let address = known(&shared, &address)?;
    let mut world = shared.world();
    let keys = world.apps_of(&address, |_| true);
    for key in &keys {
        world.tell_unknown(key);
    }
    Ok(Json(json!({ "told": keys.len() })))
}

async fn list_faults(State(shared): Front) -> Json<Value> {
    let world = shared.world();
    let all: Vec<Value> = FAULTS
        .iter()
        .map(|(what, does)| json!({ "what": what, "does": does }))
        .collect();
    Json(json!({ "active": world.faults.list(), "known": all }))
}

async fn set_fault(State(shared): Front, Asked(fault): Asked<Fault>) -> Result<Json<Value>, Wrong> {
    let what = fault.what.clone();
    let mut world = shared.world();
    match what.as_str() {
        // These happen at once.
        "revoke-tokens" => world.tokens.clear(),
        "end-web-sessions" => world.passive.end_sessions(),
        "application-gone" => {
            let keys: Vec<String> = world.apps.keys().cloned().collect();
            keys.iter().for_each(|key| world.close_application(key));
        }
        _ if world.faults.set(fault) => world.cut_waiting(),
        _ => {
            let names: Vec<&str> = FAULTS.iter().map(|(what, _)| *what).collect();
            return Err(Wrong(
                StatusCode::BAD_REQUEST,
                format!("there is no fault \"{what}\"; known: {}", names.join(", ")),
            ));
        }
    }
    Ok(Json(json!({})))
}

async fn clear_faults(State(shared): Front) -> Json<Value> {
    shared.world().faults.clear();
    Json(json!({}))
}

async fn requests(State(shared): Front) -> Json<Value> {
    Json(json!({ "requests": shared.world().requests }))
}

async fn forget_requests(State(shared): Front) -> Json<Value> {
    shared.world().requests.clear();
    Json(json!({}))
}

async fn clock(State(shared): Front) -> Json<Value> {
    Json(json!({ "now": Moment::rfc3339(shared.world().now()) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: f64,
}

async fn advance(State(shared): Front, Asked(asked): Asked<Advance>) -> Result<Json<Value>, Wrong> {
    let Ok(by) = Duration::try_from_secs_f64(asked.advance_s) else {
        return Err(Wrong(
            StatusCode::BAD_REQUEST,
            "advance_s is a number of seconds, not negative".to_owned(),
        ));
    };
    let mut world = shared.world();
    world.clock.advance(by);
    world.keep_appointments();
    Ok(Json(json!({ "now": world.now().rfc3339() })))
}
