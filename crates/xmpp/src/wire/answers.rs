//! Answers to what others ask: who are you, are you there, what time is it.

use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned};
use minidom::Element;
use xmpp_parsers::caps::{Caps, compute_disco, hash_caps};
use xmpp_parsers::disco::{
    DiscoInfoQuery, DiscoInfoResult, DiscoItemsQuery, DiscoItemsResult, Identity,
};
use xmpp_parsers::hashes::Algo;
use xmpp_parsers::iq::{Iq, IqHeader, IqPayload};
use xmpp_parsers::ns;
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};
use xmpp_parsers::version::VersionResult;

use super::element::{LAST, LastActivity, REPLY, element};

/// Identifies the program in entity capabilities (XEP-0115).
const NODE: &str = "https://causeway-im.github.io";

/// What the answers depend on.
#[derive(Clone, Debug)]
pub struct About {
    /// Now, in the person's time zone.
    pub now: Zoned,
    /// Since when the person has been idle.
    pub idle_since: Option<Timestamp>,
    /// Whether who asks may see the person's presence (XEP-0012 section 6).
    pub sees_presence: bool,
}

/// The answer to an IQ `get` or `set`; `None` for results and errors, which are never answered (RFC 6120 section 8.2.3).
#[must_use]
pub fn answer(iq: &Iq, about: &About) -> Option<Iq> {
    let (from, id, result) = match iq {
        Iq::Get {
            from, id, payload, ..
        } => (from, id, ask(payload, about)),
        Iq::Set { from, id, .. } => (from, id, Err(UNKNOWN)),
        Iq::Result { .. } | Iq::Error { .. } => return None,
    };
    let header = IqHeader {
        from: None,
        to: from.clone(),
        id: id.clone(),
    };
    Some(header.assemble(match result {
        Ok(payload) => IqPayload::Result(payload),
        Err(refusal) => IqPayload::Error(refusal.into()),
    }))
}

fn ask(payload: &Element, about: &About) -> Result<Option<Element>, Refusal> {
    if payload.is("ping", ns::PING) {
        return Ok(None);
    }
    if payload.is("query", ns::VERSION) {
        let version = VersionResult {
            name: "Causeway".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os: None,
        };
        return Ok(Some(version.into()));
    }
    if payload.is("time", ns::TIME) {
        return Ok(Some(time(&about.now)));
    }
    if payload.is("query", ns::DISCO_INFO) {
        return match DiscoInfoQuery::try_from(payload.clone()) {
            Ok(query) => info(query.node),
            Err(_) => Err(Refusal(ErrorType::Modify, DefinedCondition::BadRequest)),
        };
    }
    if payload.is("query", ns::DISCO_ITEMS) {
        return match DiscoItemsQuery::try_from(payload.clone()) {
            Ok(query) => Ok(Some(
                DiscoItemsResult {
                    node: query.node,
                    items: Vec::new(),
                    rsm: None,
                }
                .into(),
            )),
            Err(_) => Err(Refusal(ErrorType::Modify, DefinedCondition::BadRequest)),
        };
    }
    if payload.is("query", LAST) {
        if !about.sees_presence {
            return Err(Refusal(ErrorType::Auth, DefinedCondition::Forbidden));
        }
        let now = about.now.timestamp();
        let idle = about
            .idle_since
            .map_or(0, |since| now.as_second().saturating_sub(since.as_second()));
        let seconds = u64::try_from(idle).unwrap_or(0);
        return Ok(element(&LastActivity {
            seconds: Some(seconds),
        }));
    }
    Err(UNKNOWN)
}

/// An error answer without text.
pub(crate) struct Refusal(ErrorType, DefinedCondition);

/// To what we do not know, or not from this sender (RFC 6120 section 8.3.3.19).
pub(crate) const UNKNOWN: Refusal =
    Refusal(ErrorType::Cancel, DefinedCondition::ServiceUnavailable);

impl From<Refusal> for StanzaError {
    fn from(Refusal(type_, defined_condition): Refusal) -> Self {
        Self {
            type_,
            by: None,
            defined_condition,
            texts: BTreeMap::new(),
            other: None,
        }
    }
}

fn time(now: &Zoned) -> Element {
    let offset = now.offset().seconds();
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    let tzo = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    Element::builder("time", ns::TIME)
        .append(Element::builder("tzo", ns::TIME).append(tzo))
        .append(Element::builder("utc", ns::TIME).append(format!("{:.0}", now.timestamp())))
        .build()
}

fn info(node: Option<String>) -> Result<Option<Element>, Refusal> {
    let ours = node.is_none() || node == caps_node();
    if !ours {
        return Err(Refusal(ErrorType::Cancel, DefinedCondition::ItemNotFound));
    }
    Ok(Some(DiscoInfoResult { node, ..disco() }.into()))
}

/// What this client is and knows (XEP-0030).
#[must_use]
pub fn disco() -> DiscoInfoResult {
    let features = [
        ns::CAPS,
        ns::CHATSTATES,
        ns::DELAY,
        ns::DISCO_INFO,
        ns::DISCO_ITEMS,
        ns::IDLE,
        LAST,
        ns::PING,
        ns::RECEIPTS,
        REPLY,
        ns::SID,
        ns::TIME,
        ns::VERSION,
    ];
    DiscoInfoResult {
        node: None,
        identities: vec![Identity {
            category: "client".to_owned(),
            type_: "pc".to_owned(),
            lang: None,
            name: Some("Causeway".to_owned()),
        }],
        features: features.into_iter().map(str::to_owned).collect(),
        extensions: Vec::new(),
    }
}

/// Entity capabilities of [`disco`].
pub(super) fn caps() -> Option<Caps> {
    let hash = hash_caps(&compute_disco(&disco()), Algo::Sha_1).ok()?;
    Some(Caps::new(NODE, hash))
}

fn caps_node() -> Option<String> {
    xmpp_parsers::caps::query_caps(caps()?).node
}
