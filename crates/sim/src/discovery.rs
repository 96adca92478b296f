//! Autodiscovery: the root document and the user step, in the three shapes that servers write (UCWA documentation; MS-OCDISCWS).

use serde_json::json;

use crate::href::APPLICATIONS;
use crate::input::Request;
use crate::reply::{Content, Reply};

/// Path of the root document, which is also served at `/`.
pub(crate) const ROOT: &str = "/Autodiscover/AutodiscoverService.svc/root";
/// Path of the user step.
pub(crate) const USER: &str = "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
/// Path of the token URL.
pub(crate) const TOKEN: &str = "/WebTicket/oauthtoken";
const XML: &str = "application/vnd.microsoft.rtc.autodiscover+xml;v=1";

/// Which shape the `Accept` header asks for.
enum Shape {
    Links,
    OldJson,
    Xml,
}

fn shape(request: &Request) -> Shape {
    let accept = request
        .header("accept")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match accept
        .split(',')
        .map(|one| one.split(';').next().unwrap_or_default().trim())
        .find(|one| !one.is_empty())
    {
        Some("application/vnd.microsoft.rtc.autodiscover+xml" | "application/xml" | "text/xml") => {
            Shape::Xml
        }
        Some("application/vnd.microsoft.rtc.autodiscover+json") => Shape::OldJson,
        _ => Shape::Links,
    }
}

/// The root document: who to ask next. `own` is the domain of the pool, for clients that name none.
pub(crate) fn root(request: &Request, own: &str) -> Reply {
    let base = format!("https://{}", request.host);
    let asked = request
        .parameter("sipuri")
        .and_then(|uri| uri.rsplit_once('@').map(|(_, domain)| domain.to_owned()));
    let host = request.host.split(':').next().unwrap_or_default();
    let named = host
        .strip_prefix("lyncdiscoverinternal.")
        .or_else(|| host.strip_prefix("lyncdiscover."));
    let domain = asked.filter(|domain| {
        domain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    });
    let domain = domain.unwrap_or_else(|| named.unwrap_or(own).to_owned());
    let user = format!("{base}{USER}?originalDomain={domain}");
    match shape(request) {
        Shape::Links => Reply::json(json!({ "_links": {
            "self": { "href": format!("{base}{ROOT}") }, "user": { "href": user }, "xframe": { "href": format!("{base}/Autodiscover/XFrame/XFrame.html") },
        } })),
        Shape::OldJson => Reply::json(json!({ "AccessLocation": "Internal", "Root": { "Links": [
            { "href": format!("{base}{ROOT}"), "token": "Self" }, { "href": user, "token": "OAuth" }, { "href": user, "token": "User" },
        ] } })),
        Shape::Xml => xml(
            "Root",
            &[
                ("Self", format!("{base}{ROOT}")),
                ("OAuth", user.clone()),
                ("User", user),
            ],
        ),
    }
}

/// The root document of a pool that is not the user's: `redirect` in place of `user`.
pub(crate) fn redirect(request: &Request, location: &str) -> Reply {
    match shape(request) {
        Shape::Links => Reply::json(
            json!({ "_links": { "self": { "href": format!("https://{}{ROOT}", request.host) }, "redirect": { "href": location } } }),
        ),
        Shape::OldJson => Reply::json(
            json!({ "AccessLocation": "External", "Root": { "Links": [{ "href": location, "token": "Redirect" }] } }),
        ),
        Shape::Xml => xml("Root", &[("Redirect", location.to_owned())]),
    }
}

/// The user step: where applications are created. `pool` is host and port of the home pool.
pub(crate) fn user(request: &Request, pool: &str) -> Reply {
    let own = format!("https://{}{USER}", request.host);
    let applications = format!("https://{pool}{APPLICATIONS}");
    match shape(request) {
        Shape::Links => Reply::json(json!({ "_links": {
            "self": { "href": own }, "applications": { "href": applications }, "xframe": { "href": format!("https://{pool}/Autodiscover/XFrame/XFrame.html") },
        } })),
        Shape::OldJson => Reply::json(
            json!({ "AccessLocation": "Internal", "User": { "Links": [{ "href": applications, "token": "Ucwa" }, { "href": own, "token": "Self" }] } }),
        ),
        Shape::Xml => xml("User", &[("Ucwa", applications), ("Self", own)]),
    }
}

fn xml(element: &str, links: &[(&str, String)]) -> Reply {
    let links: String = links
        .iter()
        .map(|(token, href)| {
            format!(
                "<Link token=\"{token}\" href=\"{}\"/>",
                quick_xml::escape::escape(href.as_str())
            )
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><AutodiscoverResponse xmlns=\"http://schemas.microsoft.com/rtc/2011/01/autodiscover\" AccessLocation=\"Internal\"><{element}>{links}</{element}></AutodiscoverResponse>"
    );
    Reply {
        status: 200,
        headers: Vec::new(),
        content: Content::Raw(XML, body.into_bytes()),
    }
}
