//! me: availability, presence, note, location, activity, photo, policies (UCWA reference, me).
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds that come here are named one by one where they are routed, in mod.rs"
)]

use serde_json::json;

use super::Call;
use crate::href::Kind;
use crate::reply::{Answer, Content, Refusal, Reply};
use crate::world::{Available, Format, World, link};

/// `PreferredAvailability`: what can be set.
const SETTABLE: &[&str] = &[
    "Online",
    "Busy",
    "DoNotDisturb",
    "BeRightBack",
    "Away",
    "Offwork",
];
const MODALITIES: &[&str] = &[
    "Messaging",
    "PhoneAudio",
    "Audio",
    "Video",
    "ApplicationSharing",
    "DataCollaboration",
    "PanoramicVideo",
];
/// The documented length of a location; that of a note is not documented.
const LOCATION: usize = 60;
const NOTE: usize = 500;

pub(super) fn serve(world: &mut World, call: &Call<'_>) -> Answer {
    match call.kind {
        Kind::MakeMeAvailable => make_me_available(world, call),
        Kind::Presence | Kind::Note | Kind::Location | Kind::ReportMyActivity => {
            if world
                .apps
                .get(call.key)
                .is_some_and(|app| app.available.is_none())
            {
                return Err(Refusal::wrong_state("makeMeAvailable has to come first.")
                    .sub("MakeMeAvailableRequired"));
            }
            if call.is_get() {
                read(world, call)
            } else {
                write(world, call)
            }
        }
        Kind::Photo => photo(world, call),
        _ => read(world, call),
    }
}

fn make_me_available(world: &mut World, call: &Call<'_>) -> Answer {
    let input = call.input()?;
    let modalities = input.texts("supportedModalities")?;
    if let Some(wrong) = modalities.iter().find(|modality| {
        !MODALITIES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(modality))
    }) {
        return Err(Refusal::parameter(
            "supportedModalities",
            &format!("has the unknown value {wrong}"),
        ));
    }
    let mut formats = Vec::new();
    for format in input.texts("supportedMessageFormats")? {
        match format.to_ascii_lowercase().as_str() {
            "plain" => formats.push(Format::Plain),
            "html" => formats.push(Format::Html),
            _ => {
                return Err(Refusal::parameter(
                    "supportedMessageFormats",
                    &format!("has the unknown value {format}"),
                ));
            }
        }
    }
    if formats.is_empty() {
        formats.push(Format::Plain);
    }
    let sign_in_as = input
        .text("signInAs", 100)?
        .map(|value| settable("signInAs", &value))
        .transpose()?;
    if world
        .apps
        .get(call.key)
        .is_some_and(|app| app.available.is_some())
    {
        return Err(
            Refusal::wrong_state("This application is available already.").sub("AlreadyExists"),
        );
    }
    if modalities.iter().any(|modality| {
        !modality.eq_ignore_ascii_case("Messaging") && !modality.eq_ignore_ascii_case("PhoneAudio")
    }) {
        return Err(Refusal::forbidden(
            "Only Messaging and PhoneAudio are allowed here.",
        ));
    }
    world.make_available(
        call.key,
        Available {
            formats,
            modalities,
        },
        sign_in_as,
    );
    Ok(Reply::no_content())
}

fn settable(name: &str, value: &str) -> Result<String, Refusal> {
    let known = SETTABLE
        .iter()
        .find(|known| known.eq_ignore_ascii_case(value));
    known
        .map(|known| (*known).to_owned())
        .ok_or_else(|| Refusal::parameter(name, &format!("is not one of {}", SETTABLE.join(", "))))
}

fn read(world: &World, call: &Call<'_>) -> Answer {
    let app = world
        .apps
        .get(call.key)
        .ok_or_else(Refusal::no_application)?;
    let person = world
        .people
        .get(call.owner)
        .ok_or_else(|| Refusal::not_found("person"))?;
    let own = link(app.hrefs.to(call.kind, &[]));
    let mut value = match call.kind {
        Kind::Me => return Ok(Reply::json(world.me_value(app))),
        Kind::Presence => person.presence_value(),
        Kind::Note => json!({ "message": person.note, "type": "Personal" }),
        Kind::Location => json!({ "location": person.location }),
        Kind::Phones => {
            let phones: Vec<_> = Some(&person.phone).filter(|phone| !phone.is_empty()).map(|phone| json!({ "rel": "phone", "number": phone, "type": "Work", "includeInContactCard": true })).into_iter().collect();
            json!({ "_embedded": { "phone": phones } })
        }
        Kind::Policies => json!({
            "emoticons": "Enabled", "htmlMessaging": "Enabled", "messagingUrls": "Enabled", "messageArchiving": "Disabled", "photos": "Enabled", "saveMessagingHistory": "Enabled",
            "saveCredentials": "Enabled", "exchangeUnifiedMessaging": "Disabled", "clientExchangeConnectivity": "Disabled", "telephonyMode": "None",
            "customerExperienceImprovementProgram": "Disabled", "logging": "Disabled", "loggingLevel": "Off",
        }),
        Kind::OnlineMeetings => json!({}),
        _ => return Err(Refusal::forbidden("The user is not enabled for voice.")),
    };
    value["rel"] = call.kind.rel().into();
    value["_links"] = json!({ "self": own });
    Ok(Reply::json(value))
}

fn write(world: &mut World, call: &Call<'_>) -> Answer {
    let input = call.input()?;
    match call.kind {
        Kind::Presence => {
            // An empty POST resets to what the clients show by themselves.
            let chosen = if input.is_empty() {
                None
            } else {
                Some(settable(
                    "availability",
                    &input.required("availability", 100)?,
                )?)
            };
            if let Some(person) = world.people.get_mut(call.owner) {
                person.manual = chosen.filter(|value| value != "Online");
            }
            world.report_activity(call.key);
        }
        Kind::Note => {
            let note = input.text("message", NOTE)?.unwrap_or_default();
            world.set_note(call.owner, note);
        }
        Kind::Location => {
            let location = input.text("location", LOCATION)?.unwrap_or_default();
            world.set_location(call.owner, location);
        }
        _ => world.report_activity(call.key),
    }
    Ok(Reply::no_content())
}

fn photo(world: &World, call: &Call<'_>) -> Answer {
    let address = call.address(0)?;
    let person = world
        .people
        .get(&address)
        .filter(|person| person.has_photo)
        .ok_or_else(|| Refusal::not_found("photo"))?;
    let size = call
        .request
        .parameter("size")
        .unwrap_or_else(|| "HR48X48".to_owned())
        .to_ascii_uppercase();
    let side = match size.as_str() {
        "HR48X48" => 48,
        "HR64X64" => 64,
        "HR96X96" => 96,
        "HR120X120" => 120,
        "HR240X240" => 240,
        "HR360X360" => 360,
        "HR432X432" => 432,
        "HR504X504" => 504,
        "HR648X648" => 648,
        _ => {
            return Err(Refusal::parameter(
                "size",
                "is not a known size such as HR48X48",
            ));
        }
    };
    let jpeg = crate::photo::jpeg(person.address.as_str(), side);
    Ok(Reply {
        status: 200,
        headers: Vec::new(),
        content: Content::Raw("image/jpeg", jpeg),
    }
    .with("cache-control", "private, max-age=86400"))
}
