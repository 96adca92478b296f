//! Autodiscovery documents in all their shapes: link JSON, the older JSON, and XML (MS-OCDISCWS).

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;

use super::{Href, Links, Many};

/// What an autodiscovery document says about the way on, whatever its shape. Decide by what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Next step; needs a token.
    pub user: Option<Href>,
    /// Ask there instead.
    pub redirect: Option<Href>,
    /// Where applications are created.
    pub applications: Option<Href>,
}

/// The body is no autodiscovery document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an autodiscovery document")]
pub struct NotDiscovery;

impl Document {
    /// Reads the body of an autodiscovery answer; JSON or XML is told by its first character.
    ///
    /// # Errors
    /// When it is neither, or has none of the known shapes.
    pub fn read(body: &[u8]) -> Result<Self, NotDiscovery> {
        let text = std::str::from_utf8(body).map_err(|_| NotDiscovery)?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            read_xml(text)
        } else {
            read_json(text)
        }
    }
}

#[derive(Deserialize)]
struct Json {
    #[serde(rename = "_links")]
    links: Option<Links>,
    #[serde(rename = "AccessLocation", alias = "accessLocation")]
    location: Option<String>,
    #[serde(rename = "Root", alias = "root")]
    root: Option<TokenLinks>,
    #[serde(rename = "User", alias = "user")]
    user: Option<TokenLinks>,
}

#[derive(Deserialize)]
struct TokenLinks {
    #[serde(rename = "Links", alias = "links", default)]
    links: Many<TokenLink>,
}

#[derive(Deserialize)]
struct TokenLink {
    #[serde(alias = "Token")]
    token: String,
    #[serde(alias = "Href")]
    href: Href,
}

fn read_json(text: &str) -> Result<Document, NotDiscovery> {
    let json: Json = serde_json::from_str(text).map_err(|_| NotDiscovery)?;
    if let Some(links) = json.links {
        let href = |rel| links.href(rel).cloned();
        return Ok(Document {
            user: href("user"),
            redirect: href("redirect"),
            applications: href("applications"),
        });
    }
    let location = json.location.unwrap_or_default();
    match (json.root, json.user) {
        (None, None) => Err(NotDiscovery),
        (root, user) => {
            let links =
                |part: Option<TokenLinks>| part.map(|part| part.links.0).unwrap_or_default();
            Ok(by_tokens(&location, &links(root), &links(user)))
        }
    }
}

/// The older shapes name links by tokens. The user's UCWA link comes in up to three forms; the one for where the
/// server sees us is taken first.
fn by_tokens(location: &str, root: &[TokenLink], user: &[TokenLink]) -> Document {
    let find = |links: &[TokenLink], token: &str| {
        links
            .iter()
            .find(|link| link.token.eq_ignore_ascii_case(token))
            .map(|link| link.href.clone())
    };
    let ucwa = if location.eq_ignore_ascii_case("Internal") {
        ["Ucwa", "Internal/Ucwa", "External/Ucwa"]
    } else {
        ["Ucwa", "External/Ucwa", "Internal/Ucwa"]
    };
    Document {
        user: find(root, "OAuth").or_else(|| find(root, "User")),
        redirect: find(root, "Redirect").or_else(|| find(user, "Redirect")),
        applications: ucwa.iter().find_map(|token| find(user, token)),
    }
}

fn read_xml(text: &str) -> Result<Document, NotDiscovery> {
    let mut reader = Reader::from_str(text);
    let mut location = None;
    let (mut root, mut user) = (Vec::new(), Vec::new());
    let mut in_user = false;
    loop {
        match reader.read_event().map_err(|_| NotDiscovery)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "AutodiscoverResponse" => {
                    location = Some(attribute(&element, "AccessLocation").unwrap_or_default())
                }
                "User" => in_user = true,
                "Root" => in_user = false,
                "Link" => {
                    if let (Some(token), Some(href)) =
                        (attribute(&element, "token"), attribute(&element, "href"))
                    {
                        let link = TokenLink {
                            token,
                            href: Href::from_header(&href),
                        };
                        if in_user {
                            user.push(link)
                        } else {
                            root.push(link)
                        }
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    location
        .map(|location| by_tokens(&location, &root, &user))
        .ok_or(NotDiscovery)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element
        .attributes()
        .flatten()
        .find(|own| own.key.local_name().as_ref().eq_ignore_ascii_case(name))?;
    quick_xml::escape::unescape(&attribute.value)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(body: &str, user: Option<&str>, redirect: Option<&str>, applications: Option<&str>) {
        let href = |text: Option<&str>| text.map(Href::from_header);
        let expected = Document {
            user: href(user),
            redirect: href(redirect),
            applications: href(applications),
        };
        assert_eq!(Document::read(body.as_bytes()), Ok(expected), "{body}");
    }

    #[test]
    fn link_json_is_read_at_each_step() {
        check(
            r#"{"_links":{"self":{"href":"https://d/"},"user":{"href":"https://w/u?originalDomain=x"}}}"#,
            Some("https://w/u?originalDomain=x"),
            None,
            None,
        );
        check(
            r#"{"_links":{"redirect":{"href":"https://w/"}}}"#,
            None,
            Some("https://w/"),
            None,
        );
        check(
            "\u{feff}{\"_links\":{\"applications\":{\"href\":\"https://p/a\"}}}",
            None,
            None,
            Some("https://p/a"),
        );
    }

    #[test]
    fn older_json_is_read_at_each_step() {
        check(
            r#"{"AccessLocation":"External","Root":{"Links":[{"href":"https://w/User","token":"User"},{"href":"https://w/oauth/user","token":"OAuth"}]}}"#,
            Some("https://w/oauth/user"),
            None,
            None,
        );
        check(
            r#"{"AccessLocation":"Internal","User":{"Links":[{"token":"External/Ucwa","href":"https://e/a"},{"token":"Internal/Ucwa","href":"https://i/a"}]}}"#,
            None,
            None,
            Some("https://i/a"),
        );
    }

    #[test]
    fn xml_is_read_with_its_references_resolved() {
        check(
            r#"<?xml version="1.0"?><AutodiscoverResponse xmlns="http://schemas.microsoft.com/x" AccessLocation="External"><Root><Link token="OAuth" href="https://w/oauth/user?a=1&amp;b=2"/><Link token="Redirect" href="https://r/"/></Root></AutodiscoverResponse>"#,
            Some("https://w/oauth/user?a=1&b=2"),
            Some("https://r/"),
            None,
        );
        check(
            r#"<AutodiscoverResponse AccessLocation="External"><User><SipClientInternalAccess fqdn="x" port="1"/><Link token="Internal/Ucwa" href="https://i/a"/><Link token="External/Ucwa" href="https://e/a"/></User></AutodiscoverResponse>"#,
            None,
            None,
            Some("https://e/a"),
        );
    }

    #[test]
    fn a_page_of_a_guest_network_is_no_document() {
        for body in [
            "<html><body>Welcome</body></html>",
            "{}",
            "[]",
            "",
            "hello",
            "<AutodiscoverResponse",
        ] {
            assert_eq!(Document::read(body.as_bytes()), Err(NotDiscovery), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200), xml in "<[<>/a-z\"= &;!\\[\\]-]{0,80}") {
            let _ = Document::read(&body);
            let _ = Document::read(xml.as_bytes());
        }
    }
}
