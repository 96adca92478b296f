//! The passive grant (UCWA documentation, "Authentication in UCWA"): the token URL names a page, the page sends the browser to an
//! AD FS, that asks for name and password and sends it back with a ticket (WS-Federation 1.2, 13.2), and the page's cookie
//! gives the token.

use std::collections::{HashMap, HashSet};

use axum::http::Method;
use serde_json::json;

use crate::input::{Address, Request};
use crate::reply::{Content, Reply};
use crate::token;
use crate::world::World;

/// Path of the page that the token URL names.
pub(crate) const PAGE: &str = "/PassiveAuth/PassiveAuth.aspx";
/// Path of the AD FS. It lives at the other name of this front end: its host is a foreign one, as in the real world.
pub(crate) const ADFS: &str = "/adfs/ls/";
/// The cookie of the page.
const COOKIE: &str = "FedAuth";

/// Browsers on their way and those that are through.
#[derive(Default)]
pub(crate) struct Passive {
    /// `wctx` of those that were sent to the AD FS.
    sent: HashSet<String>,
    /// Tickets of the AD FS that were not shown yet: for which `wctx`, and who it is.
    tickets: HashMap<String, (String, Address)>,
    /// Values of cookies: who it is, and at which host.
    sessions: HashMap<String, (Address, String)>,
}

impl Passive {
    /// Every cookie is void.
    pub(crate) fn end_sessions(&mut self) {
        self.sessions.clear();
    }
}

/// The token URL, asked for this grant.
pub(crate) fn issue(world: &mut World, request: &Request) -> Reply {
    if let Some(person) = signed_in(world, request) {
        return token::token(world, request, person);
    }
    let body = json!({ "error": "invalid_grant", "ms_rtc_passiveauthuri": format!("https://{}{PAGE}", request.host) });
    Reply {
        status: 400,
        ..Reply::json(body)
    }
    .with("cache-control", "no-store")
    .with(
        "x-ms-diagnostics",
        "28020;source=\"sim.contoso.example\";reason=\"No valid security token.\"",
    )
}

/// The page: sends the browser to the AD FS, takes its ticket, and says that all is done.
pub(crate) fn page(world: &mut World, request: &Request) -> Reply {
    if request.method == Method::POST {
        return take_ticket(world, request);
    }
    if signed_in(world, request).is_some() {
        return html(
            "Signed in",
            "<p>You are signed in. This page can be closed.</p>",
        );
    }
    let wctx = secret(world);
    world.passive.sent.insert(wctx.clone());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("wa", "wsignin1.0")
        .append_pair("wtrealm", &format!("https://{}{PAGE}", request.host))
        .append_pair("wctx", &wctx)
        .finish();
    redirect(&format!(
        "https://{}{ADFS}?{query}",
        other_name(&request.host)
    ))
}

/// The AD FS: a form, and after the right password a form that the browser carries back by itself.
pub(crate) fn adfs(world: &mut World, request: &Request) -> Reply {
    let (Some(realm), Some(wctx)) = (request.parameter("wtrealm"), request.parameter("wctx"))
    else {
        return Reply::html(400, "Bad Request");
    };
    let own = format!("https://{}{PAGE}", other_name(&request.host));
    if request.parameter("wa").as_deref() != Some("wsignin1.0")
        || realm != own
        || !world.passive.sent.contains(&wctx)
    {
        return Reply::html(400, "Bad Request");
    }
    if request.method != Method::POST {
        return sign_in_form("");
    }
    let Some(form) = token::form(&request.body) else {
        return Reply::html(400, "Bad Request");
    };
    let person = world
        .by_logon(&field(&form, "UserName"))
        .filter(|person| person.password == field(&form, "Password"));
    let Some(person) = person.map(|person| person.address.clone()) else {
        return sign_in_form(
            "<p role=\"alert\">Incorrect user ID or password. Type the correct user ID and password, and try again.</p>",
        );
    };
    let ticket = secret(world);
    world
        .passive
        .tickets
        .insert(ticket.clone(), (wctx.clone(), person));
    html(
        "Working",
        &format!(
            "<form method=\"post\" action=\"{own}\"><input type=\"hidden\" name=\"wa\" value=\"wsignin1.0\">\
             <input type=\"hidden\" name=\"wresult\" value=\"{ticket}\"><input type=\"hidden\" name=\"wctx\" value=\"{wctx}\">\
             <noscript><button>Go on</button></noscript></form><script>document.forms[0].submit()</script>"
        ),
    )
}

fn take_ticket(world: &mut World, request: &Request) -> Reply {
    let form = token::form(&request.body).unwrap_or_default();
    // A ticket is shown once, by the browser that was sent for it.
    let ticket = world.passive.tickets.remove(&field(&form, "wresult"));
    let Some((_, person)) = ticket.filter(|(wctx, _)| *wctx == field(&form, "wctx")) else {
        return Reply::html(403, "Forbidden");
    };
    world.passive.sent.remove(&field(&form, "wctx"));
    let value = secret(world);
    world
        .passive
        .sessions
        .insert(value.clone(), (person, request.host.clone()));
    redirect(PAGE).with(
        "set-cookie",
        format!("{COOKIE}={value}; path=/; secure; HttpOnly"),
    )
}

/// Whose cookie the request carries. It counts at the host that gave it, and nowhere else.
fn signed_in(world: &World, request: &Request) -> Option<Address> {
    let cookies = request.header("cookie")?.split(';');
    let value = cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)?
        .1;
    let (person, host) = world.passive.sessions.get(value)?;
    (*host == request.host).then(|| person.clone())
}

fn field(form: &[(String, String)], name: &str) -> String {
    let found = form.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn secret(world: &mut World) -> String {
    format!("{:032x}", world.random.wide())
}

/// `localhost` and `127.0.0.1` are two hosts to a browser.
fn other_name(host: &str) -> String {
    match host.strip_prefix("localhost") {
        Some(port) => format!("127.0.0.1{port}"),
        None => format!("localhost{}", host.rfind(':').map_or("", |at| &host[at..])),
    }
}

fn redirect(location: &str) -> Reply {
    Reply::html(302, "Object moved")
        .with("location", location)
        .with("cache-control", "no-store")
}

fn sign_in_form(alert: &str) -> Reply {
    html(
        "Sign in",
        &format!(
            "{alert}<form method=\"post\"><p><label>User <input name=\"UserName\" autocomplete=\"username\" autofocus></label></p>\
             <p><label>Password <input name=\"Password\" type=\"password\" autocomplete=\"current-password\"></label></p>\
             <p><button>Sign in</button></p></form>"
        ),
    )
}

fn html(title: &str, body: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\r\n<html lang=\"en\"><head><title>{title}</title></head><body>{body}</body></html>\r\n"
    );
    let content = Content::Typed("text/html; charset=utf-8".to_owned(), page.into_bytes());
    Reply {
        status: 200,
        headers: vec![("cache-control", "no-store".to_owned())],
        content,
    }
}
