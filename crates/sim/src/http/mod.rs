//! HTTP on top of the pool: what every request passes through, in this order: limits, faults asked for, origin, token,
//! the resource, and then the form of the answer.

mod batch;
mod events;
mod form;
mod outstanding;
mod route;
mod trouble;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{Method, request::Parts};
use axum::response::Response;

use self::outstanding::Outstanding;
use self::route::Route;
use crate::discovery;
use crate::faults::Fault;
use crate::href::Kind;
use crate::input::{Address, Request};
use crate::passive;
use crate::reply::{Answer, Content, Refusal, Reply};
use crate::resources::{self, Call};
use crate::tls::Connection;
use crate::token::{self, Grants};
use crate::world::{Seen, World};

/// Bytes of a request body at most.
const BODY: usize = 1024 * 1024;

/// What all connections share.
pub(crate) struct Shared {
    world: Mutex<World>,
    pub(crate) port: u16,
    pub(crate) grants: Grants,
    /// Origins of browser clients that may come in.
    pub(crate) origins: Vec<String>,
}

impl Shared {
    pub(crate) fn new(world: World, port: u16, grants: Grants, origins: Vec<String>) -> Self {
        Self {
            world: Mutex::new(world),
            port,
            grants,
            origins,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The front end.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let request = match read(&shared, &parts, body).await {
        Ok(request) => request,
        Err(refusal) => {
            let request = bare(&parts, &shared);
            let rel = Route::of(&shared.world(), &request.path).rel();
            note(&shared, &request, rel, refusal.status, None, false);
            return form::response(&request, refusal.into(), &shared, false);
        }
    };
    let (route, user, fault) = {
        let mut world = shared.world();
        let route = Route::of(&world, &request.path);
        let user = token::owner(&mut world, &request);
        let fault = trouble::fault_for(&mut world, route.rel());
        (route, user, fault)
    };
    let reply = serve_with(
        &shared,
        &connection,
        &route,
        user.as_ref(),
        &request,
        fault.as_ref(),
    )
    .await;
    // A connection that was cut has no status.
    let status = if connection.is_cut() { 0 } else { reply.status };
    note(&shared, &request, route.rel(), status, user.as_ref(), false);
    let is_resource = matches!(route, Route::Below(_, kind, _) if kind != Kind::Events);
    form::response(&request, reply, &shared, is_resource)
}

/// Serves a request, and does around it or in its place what the fault says.
async fn serve_with(
    shared: &Arc<Shared>,
    connection: &Connection,
    route: &Route,
    user: Option<&Address>,
    request: &Request,
    fault: Option<&Fault>,
) -> Reply {
    let Some(fault) = fault else {
        return serve(shared, connection, route, user, request).await;
    };
    let seconds = fault.seconds.unwrap_or(2.0);
    match fault.what.as_str() {
        "slow" => {
            trouble::wait(shared, seconds).await;
            serve(shared, connection, route, user, request).await
        }
        "late" => {
            let reply = serve(shared, connection, route, user, request).await;
            trouble::wait(shared, seconds).await;
            reply
        }
        "drop-after" => {
            let reply = serve(shared, connection, route, user, request).await;
            connection.cut();
            reply
        }
        _ => trouble::spoil(shared, connection, fault).await,
    }
}

/// Takes a request off the wire, within limits.
async fn read(shared: &Shared, parts: &Parts, body: Body) -> Result<Request, Refusal> {
    let mut request = bare(parts, shared);
    let has_length = parts.headers.contains_key("content-length")
        || parts.headers.contains_key("transfer-encoding");
    if (parts.method == Method::POST || parts.method == Method::PUT) && !has_length {
        return Err(Refusal::new(
            411,
            "LengthRequired",
            "Content-Length is missing.",
        ));
    }
    request.body = axum::body::to_bytes(body, BODY)
        .await
        .map_err(|_| Refusal::new(413, "EntityTooLarge", "The body is too large."))?;
    Ok(request)
}

/// A request without its body.
fn bare(parts: &Parts, shared: &Shared) -> Request {
    let named = parts
        .headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    // Links carry the name under which the client asked, as on a server that is published under several.
    let plain = |host: &&str| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    Request {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: bytes::Bytes::new(),
        host: named.filter(plain).map_or_else(
            || format!("127.0.0.1:{}", shared.port),
            str::to_ascii_lowercase,
        ),
    }
}

async fn serve(
    shared: &Arc<Shared>,
    connection: &Connection,
    route: &Route,
    user: Option<&Address>,
    request: &Request,
) -> Reply {
    // Pages are for browsers, which name an origin with every form.
    let is_page = matches!(route, Route::SignInPage | Route::Adfs);
    if let Some(reply) = foreign_origin(shared, request).filter(|_| !is_page) {
        return reply;
    }
    match route {
        Route::SignInPage | Route::Adfs if !shared.grants.passive => Reply::html(404, "Not Found"),
        Route::SignInPage | Route::Adfs
            if ![Method::GET, Method::POST].contains(&request.method) =>
        {
            Reply::html(405, "Method Not Allowed").with("allow", "GET, POST")
        }
        Route::SignInPage => passive::page(&mut shared.world(), request),
        Route::Adfs => passive::adfs(&mut shared.world(), request),
        Route::Root if request.method == Method::GET => root(shared, request),
        Route::XFrame if request.method == Method::GET => Reply::html(200, "XFrame"),
        Route::Token if request.method == Method::POST => {
            token::issue(&mut shared.world(), request, shared.grants)
        }
        Route::Token if request.method == Method::OPTIONS => Reply::html(400, "Bad Request").with(
            "x-ms-diagnostics",
            "28020;source=\"sim.contoso.example\";reason=\"No valid security token.\"",
        ),
        Route::Root | Route::XFrame | Route::Token => Reply::html(405, "Method Not Allowed").with(
            "allow",
            if matches!(route, Route::Token) {
                "POST"
            } else {
                "GET"
            },
        ),
        Route::Nothing => Reply::html(404, "Not Found"),
        Route::User
        | Route::Applications
        | Route::Below(..)
        | Route::Invented(_)
        | Route::NoApplication => {
            let Some(user) = user else {
                return token::challenge(&mut shared.world(), request, shared.grants);
            };
            with_token(shared, connection, route, user, request)
                .await
                .unwrap_or_else(Reply::from)
        }
    }
}

/// Pages from other origins are let in only where the administrator said so (UCWA documentation, cross-domain requests).
fn foreign_origin(shared: &Shared, request: &Request) -> Option<Reply> {
    let origin = request
        .header("x-ms-origin")
        .or_else(|| request.header("origin"))?;
    let allowed = shared
        .origins
        .iter()
        .any(|allowed| allowed.eq_ignore_ascii_case(origin.trim_end_matches('/')));
    let refused = || {
        Reply::html(403, "Forbidden").with("x-ms-diagnostics", "28070;source=\"sim.contoso.example\";reason=\"Service does not allow a cross domain request from this origin.\"")
    };
    (!allowed).then(refused)
}

fn root(shared: &Shared, request: &Request) -> Reply {
    let mut world = shared.world();
    if let Some(fault) = world.faults.take("redirect", Some("discovery")) {
        let location = fault
            .location
            .unwrap_or_else(|| format!("https://localhost:{}/", shared.port));
        return discovery::redirect(request, &location);
    }
    if let Some(fault) = world.faults.take("redirect-302", Some("discovery")) {
        let location = fault
            .location
            .unwrap_or_else(|| format!("https://localhost:{}/", shared.port));
        return Reply::html(302, "Object moved").with("location", location);
    }
    if world
        .faults
        .take("redirect-loop", Some("discovery"))
        .is_some()
    {
        let hop = request
            .parameter("hop")
            .and_then(|hop| hop.parse::<u64>().ok())
            .unwrap_or_default();
        return discovery::redirect(
            request,
            &format!("https://{}/?hop={}", request.host, (hop + 1) % 2),
        );
    }
    let own = world.order.first().map_or("", Address::domain);
    let mut reply = discovery::root(request, own);
    if world
        .faults
        .take("no-user-link", Some("discovery"))
        .is_some()
        && let Content::Json(body) = &mut reply.content
        && let Some(links) = body
            .get_mut("_links")
            .and_then(|links| links.as_object_mut())
    {
        links.remove("user");
    }
    reply
}

async fn with_token(
    shared: &Arc<Shared>,
    connection: &Connection,
    route: &Route,
    user: &Address,
    request: &Request,
) -> Answer {
    match route {
        Route::User if request.method == Method::GET => {
            let split = shared
                .world()
                .faults
                .take("split-domain", Some("user"))
                .is_some();
            // The same front end under its other name, for which a token has to be fetched anew.
            let other = if request.host.starts_with("localhost") {
                "127.0.0.1"
            } else {
                "localhost"
            };
            let pool = if split {
                format!("{other}:{}", shared.port)
            } else {
                request.host.clone()
            };
            Ok(discovery::user(request, &pool))
        }
        Route::User => Ok(Reply::html(405, "Method Not Allowed").with("allow", "GET")),
        Route::Applications => resources::create_application(&mut shared.world(), user, request),
        Route::Invented(key) if owns(&shared.world(), key, user) => {
            Err(Refusal::not_found("resource"))
        }
        Route::Invented(_) => Err(foreign()),
        Route::Below(key, kind, arguments) => {
            if !owns(&shared.world(), key, user) {
                return Err(foreign());
            }
            let call = Call {
                key,
                owner: user,
                kind: *kind,
                arguments,
                request,
            };
            if *kind == Kind::Batch && request.method == Method::POST {
                return batch::serve(shared, &call);
            }
            let _one = Outstanding::take(shared, user, 1)?;
            if *kind == Kind::Events && request.method == Method::GET {
                return events::serve(shared, connection, &call).await;
            }
            resources::serve(&mut shared.world(), &call)
        }
        Route::Root
        | Route::Token
        | Route::XFrame
        | Route::SignInPage
        | Route::Adfs
        | Route::Nothing
        | Route::NoApplication => Err(Refusal::no_application()),
    }
}

fn owns(world: &World, key: &str, user: &Address) -> bool {
    world.apps.get(key).is_some_and(|app| app.owner == *user)
}

fn foreign() -> Refusal {
    Refusal::forbidden("The application belongs to another user.")
}

fn note(
    shared: &Shared,
    request: &Request,
    rel: &'static str,
    status: u16,
    user: Option<&Address>,
    batched: bool,
) {
    let mut world = shared.world();
    let path = if request.query.is_empty() {
        request.path.clone()
    } else {
        format!("{}?{}", request.path, request.query)
    };
    let at = world.now().rfc3339();
    world.saw(Seen {
        at,
        method: request.method.to_string(),
        path,
        rel,
        status,
        user: user.map(Address::to_string),
        batched,
    });
}
