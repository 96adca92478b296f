//! The form of an answer: entity tags, XML where it is preferred, compression, the headers that servers write.

use std::hash::Hasher as _;
use std::io::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;

use super::Shared;
use crate::input::Request;
use crate::reply::{Content, Reply};

/// Bodies below this are not worth compressing.
const SMALL: usize = 1400;

/// Body and headers of an answer, not yet HTTP.
pub(super) struct Formed {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// Writes the body in the form which the client prefers; `is_resource`: it can be cached by its tag.
pub(super) fn form(
    request: &Request,
    mut reply: Reply,
    shared: &Shared,
    is_resource: bool,
) -> Formed {
    let mut formed = Formed {
        status: reply.status,
        content_type: None,
        etag: None,
        headers: reply.headers,
        body: Vec::new(),
    };
    if is_resource && request.method == Method::GET && reply.status == 200 {
        let etag = tag(&mut reply.content);
        let known = request.header("if-none-match").is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/").trim_matches('"') == etag)
        });
        formed.etag = Some(etag);
        if known {
            formed.status = 304;
            return formed;
        }
    }
    match reply.content {
        Content::Empty => {}
        Content::Json(mut value) => {
            if shared.world().faults.take("absolute-hrefs", None).is_some() {
                make_absolute(&mut value, &format!("https://{}", request.host));
            }
            if prefers_xml(request) && request.path.starts_with("/ucwa/") {
                formed.content_type = Some("application/xml; charset=utf-8".to_owned());
                formed.body = crate::xml::resource(&value).into_bytes();
            } else {
                formed.content_type = Some("application/json; charset=utf-8".to_owned());
                formed.body = value.to_string().into_bytes();
            }
        }
        Content::Raw(kind, body) => {
            formed.content_type = Some(kind.to_owned());
            formed.body = body;
        }
        Content::Typed(kind, body) => {
            formed.content_type = Some(kind);
            formed.body = body;
        }
    }
    formed
}

/// The answer as HTTP.
pub(super) fn response(
    request: &Request,
    reply: Reply,
    shared: &Shared,
    is_resource: bool,
) -> Response<Body> {
    let mut formed = form(request, reply, shared, is_resource);
    let correlation = format!("{:016x}", shared.world().random.number());
    let mut response = Response::new(Body::empty());
    *response.status_mut() =
        StatusCode::from_u16(formed.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let accepts_gzip = request.header("accept-encoding").is_some_and(|codings| {
        codings
            .split(',')
            .any(|coding| coding.trim().split(';').next() == Some("gzip"))
    });
    if accepts_gzip
        && formed.body.len() >= SMALL
        && formed.content_type.as_deref() != Some("image/jpeg")
    {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        if encoder.write_all(&formed.body).is_ok()
            && let Ok(packed) = encoder.finish()
        {
            formed.body = packed;
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        }
    }
    headers.insert(
        "x-ms-server-fqdn",
        HeaderValue::from_static("sim.contoso.example"),
    );
    headers.insert("x-ms-ucwaversion", HeaderValue::from_static("2.0"));
    let own = formed
        .content_type
        .iter()
        .map(|value| ("content-type", value.clone()))
        .chain(
            formed
                .etag
                .iter()
                .map(|etag| ("etag", format!("\"{etag}\""))),
        );
    let own = own
        .chain([("x-ms-correlation-id", correlation)])
        .collect::<Vec<_>>();
    for (name, value) in own.into_iter().chain(formed.headers) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    *response.body_mut() = Body::from(formed.body);
    response
}

/// The tag of a resource covers its own properties, not its links and not what is embedded. Where the body has room for it, it is there too.
fn tag(content: &mut Content) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    match content {
        Content::Json(value) => {
            if let Some(tag) = value.get("etag").and_then(Value::as_str) {
                return tag.to_owned();
            }
            let own = value
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(name, _)| !matches!(name.as_str(), "_links" | "_embedded"));
            for (name, value) in own {
                hasher.write(name.as_bytes());
                hasher.write(value.to_string().as_bytes());
            }
            // A collection has no properties of its own: what it holds is its state.
            if value.as_object().is_some_and(|members| members.len() <= 3) {
                hasher.write(value.to_string().as_bytes());
            }
            let tag = format!("{:x}", hasher.finish());
            value["etag"] = tag.clone().into();
            tag
        }
        Content::Raw(_, bytes) | Content::Typed(_, bytes) => {
            hasher.write(bytes);
            format!("{:x}", hasher.finish())
        }
        Content::Empty => "0".to_owned(),
    }
}

fn prefers_xml(request: &Request) -> bool {
    let accept = request
        .header("accept")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let first = accept
        .split(',')
        .map(|one| one.split(';').next().unwrap_or_default().trim().to_owned())
        .find(|one| one.starts_with("application/"));
    first.is_some_and(|first| {
        first == "application/xml" || first == "application/vnd.microsoft.com.ucwa+xml"
    })
}

fn make_absolute(value: &mut Value, base: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member
                    .as_str()
                    .filter(|text| name == "href" && text.starts_with("/ucwa/"))
                {
                    Some(path) => *member = format!("{base}{path}").into(),
                    None => make_absolute(member, base),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| make_absolute(item, base)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
