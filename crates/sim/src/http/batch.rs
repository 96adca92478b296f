//! batch: several requests in one, answered in their order (UCWA reference, batch).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::{Outstanding, Route, Shared, form, note, owns};
use crate::href::Kind;
use crate::input::Request;
use crate::reply::{Answer, Content, Refusal, Reply};
use crate::resources::{self, Call};

/// Serves a batch; above the limit of outstanding requests nothing of it is done.
pub(super) fn serve(shared: &Arc<Shared>, call: &Call<'_>) -> Answer {
    let request = call.request;
    let boundary = request
        .media_parameter("boundary")
        .filter(|boundary| !boundary.is_empty());
    let Some(boundary) = boundary.filter(|_| request.media_type() == "multipart/batching") else {
        return Err(Refusal::unsupported_media_type(
            "A batch is multipart/batching with a boundary.",
        ));
    };
    let parts = split(&request.body, boundary)?;
    let _all = Outstanding::take(shared, call.owner, parts.len().max(1))?;
    let mut body = Vec::new();
    for part in &parts {
        let inner = inner_request(part, request)?;
        let formed = answer(shared, call, &inner);
        let status =
            StatusCode::from_u16(formed.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut head = format!(
            "--{boundary}\r\nContent-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 {} {}\r\n",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default()
        );
        let etag = formed.etag.map(|etag| ("etag", format!("\"{etag}\"")));
        let kind = formed.content_type.map(|kind| ("content-type", kind));
        for (name, value) in kind.into_iter().chain(etag).chain(formed.headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", formed.body.len()));
        body.extend(head.as_bytes());
        body.extend(formed.body);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").as_bytes());
    Ok(Reply {
        status: 200,
        headers: Vec::new(),
        content: Content::Typed(format!("multipart/batching; boundary=\"{boundary}\""), body),
    })
}

fn answer(shared: &Arc<Shared>, outer: &Call<'_>, inner: &Request) -> form::Formed {
    let (reply, rel) = {
        let mut world = shared.world();
        let route = Route::of(&world, &inner.path);
        let rel = route.rel();
        let fault =
            super::trouble::fault_for(&mut world, rel).filter(|fault| fault.what == "status");
        let answer = match &route {
            _ if fault.is_some() => Err(Refusal::new(
                fault.and_then(|fault| fault.status).unwrap_or(503),
                "ServiceUnavailable",
                "The service is unavailable.",
            )),
            Route::Below(_, Kind::Batch | Kind::Events | Kind::Photo, _) => Err(Refusal::new(
                400,
                "BadRequest",
                "batch, events and photos cannot be in a batch.",
            )),
            Route::Below(key, kind, arguments) if owns(&world, key, outer.owner) => {
                resources::serve(
                    &mut world,
                    &Call {
                        key,
                        owner: outer.owner,
                        kind: *kind,
                        arguments,
                        request: inner,
                    },
                )
            }
            Route::Below(..) => Err(super::foreign()),
            Route::NoApplication => Err(Refusal::no_application()),
            Route::Root
            | Route::User
            | Route::Token
            | Route::XFrame
            | Route::SignInPage
            | Route::Adfs
            | Route::Applications
            | Route::Invented(_)
            | Route::Nothing => Err(Refusal::not_found("resource")),
        };
        (answer.unwrap_or_else(Reply::from), rel)
    };
    note(shared, inner, rel, reply.status, Some(outer.owner), true);
    form::form(inner, reply, shared, true)
}

/// The parts between the boundaries; the closing one may lack its dashes, as in a documented sample.
fn split(body: &[u8], boundary: &str) -> Result<Vec<String>, Refusal> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::deserialization("The batch is not UTF-8."))?;
    let delimiter = format!("--{boundary}");
    let mut pieces = text.split(delimiter.as_str());
    pieces.next();
    let parts: Vec<String> = pieces
        .take_while(|piece| !piece.starts_with("--"))
        .filter(|piece| !piece.trim().is_empty())
        .map(str::to_owned)
        .collect();
    if parts.is_empty() {
        Err(Refusal::deserialization("The batch has no part."))
    } else {
        Ok(parts)
    }
}

/// Reads the request inside a part; token and host come from the outer one.
fn inner_request(part: &str, outer: &Request) -> Result<Request, Refusal> {
    let wrong = |what: &str| {
        Refusal::deserialization(format!("A part of the batch is not a request: {what}."))
    };
    let part = part.replace("\r\n", "\n");
    let (head, inner) = part
        .trim_start_matches('\n')
        .split_once("\n\n")
        .ok_or_else(|| wrong("no empty line after its headers"))?;
    let lower = head.to_ascii_lowercase();
    if !lower.contains("application/http") || !lower.contains("msgtype=request") {
        return Err(wrong("its type is not application/http; msgtype=request"));
    }
    let (head, body) = inner.split_once("\n\n").unwrap_or((inner, ""));
    let mut lines = head.trim_start_matches('\n').lines();
    let mut words = lines.next().unwrap_or_default().split_whitespace();
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong("no request line"));
    };
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong("unknown verb"))?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| wrong("a header without colon"))?;
        let name: HeaderName = name
            .trim()
            .parse()
            .map_err(|_| wrong("a header with a wrong name"))?;
        headers.append(
            name,
            HeaderValue::from_str(value.trim())
                .map_err(|_| wrong("a header with a wrong value"))?,
        );
    }
    let path = target
        .strip_prefix("https://")
        .map_or(Some(target), |rest| {
            rest.find('/').and_then(|at| rest.get(at..))
        })
        .ok_or_else(|| wrong("no path"))?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let body = bytes::Bytes::from(body.trim_end_matches('\n').to_owned());
    Ok(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body,
        host: outer.host.clone(),
    })
}
