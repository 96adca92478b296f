//! Reads what a request carries: parameters from query and body, whose names compare without case.

use std::collections::HashMap;

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde_json::Value;

use crate::reply::Refusal;

/// A request as the resources see it, alone or from inside a batch.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Host and port under which the client knows this server.
    pub(crate) host: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A query parameter, its name in any case.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// Media type of the body in lower case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let whole = self.header("content-type").unwrap_or_default();
        whole
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// A parameter of the media type, without quotes.
    pub(crate) fn media_parameter(&self, name: &str) -> Option<&str> {
        self.header("content-type")?
            .split(';')
            .skip(1)
            .find_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                key.trim()
                    .eq_ignore_ascii_case(name)
                    .then(|| value.trim().trim_matches(['"', '\'']))
            })
    }
}

/// Parameters of a POST or PUT.
pub(crate) struct Input(HashMap<String, Value>);

impl Input {
    /// Query and JSON or XML body together; the body wins.
    pub(crate) fn read(request: &Request) -> Result<Self, Refusal> {
        let mut fields: HashMap<String, Value> =
            url::form_urlencoded::parse(request.query.as_bytes())
                .map(|(key, value)| (key.to_ascii_lowercase(), value.into_owned().into()))
                .collect();
        if request.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(fields));
        }
        let members = match request.media_type().as_str() {
            "application/json" | "application/vnd.microsoft.com.ucwa+json" | "text/json" => {
                json_members(&request.body)?
            }
            "application/xml" | "application/vnd.microsoft.com.ucwa+xml" | "text/xml" => {
                crate::xml::members(&request.body)?
            }
            other => {
                return Err(Refusal::unsupported_media_type(&format!(
                    "The body has the media type \"{other}\"; application/json is expected."
                )));
            }
        };
        fields.extend(
            members
                .into_iter()
                .map(|(key, value)| (key.to_ascii_lowercase(), value)),
        );
        Ok(Self(fields))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_ascii_lowercase())
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .get(&name.to_ascii_lowercase())
            .filter(|value| !value.is_null())
    }

    /// A text of at most `limit` characters.
    pub(crate) fn text(&self, name: &str, limit: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let Some(text) = value.as_str() else {
            return Err(Refusal::deserialization(format!("{name} is not a text.")));
        };
        if text.chars().count() > limit {
            return Err(Refusal::parameter(
                name,
                &format!("is longer than {limit} characters"),
            ));
        }
        Ok(Some(text.to_owned()))
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required(&self, name: &str, limit: usize) -> Result<String, Refusal> {
        self.text(name, limit)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Refusal::parameter(name, "is missing or empty"))
    }

    /// A whole number within a range, as number or as text.
    pub(crate) fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = value
            .as_u64()
            .or_else(|| value.as_str()?.trim().parse().ok());
        let wrong = || {
            Refusal::parameter(
                name,
                &format!("is not a number from {} to {}", range.start(), range.end()),
            )
        };
        number
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or_else(wrong)
    }

    /// A list of texts; one alone counts as a list of one.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let wrong = || Refusal::deserialization(format!("{name} is not a list of texts."));
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one.clone()]),
            Some(Value::Array(many)) => many
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
                .collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                Err(wrong())
            }
        }
    }

    /// The href under `_links.<name>`.
    pub(crate) fn link(&self, name: &str) -> Option<&str> {
        let link = self.value("_links")?.get(name)?;
        link.as_str().or_else(|| link.get("href")?.as_str())
    }
}

fn json_members(body: &[u8]) -> Result<Vec<(String, Value)>, Refusal> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members.into_iter().collect()),
        Ok(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        ) => Err(Refusal::deserialization("The body is not a JSON object.")),
        Err(error) => Err(Refusal::deserialization(format!(
            "The body is not JSON: {error}."
        ))),
    }
}

/// A SIP address in the form in which this server keeps it: lower case, without `sip:`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Address(String);

impl Address {
    /// Reads `sip:user@domain` or, with `sip` optional, `user@domain`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let scheme = text
            .get(..4)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
        let bare = if scheme { text.get(4..)? } else { text };
        let (user, domain) = bare.split_once('@')?;
        let plain = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "\"<>@;?/\\".contains(c)
                })
        };
        (plain(user) && plain(domain) && !user.contains(':') && bare.len() <= 250)
            .then(|| Self(bare.to_lowercase()))
    }

    /// Reads the strict form of UCWA inputs: `sip:` is part of it.
    pub(crate) fn parse_uri(name: &str, text: &str) -> Result<Self, Refusal> {
        let scheme = text
            .get(..4)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
        Self::parse(text).filter(|_| scheme).ok_or_else(|| {
            Refusal::parameter(name, "is not a SIP URI such as sip:olaf@contoso.example")
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    pub(crate) fn uri(&self) -> String {
        format!("sip:{}", self.0)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
