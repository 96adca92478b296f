//! Messages: texts, receipts, chat states, carbons, bounces.

use jid::{BareJid, Jid};
use jiff::Timestamp;
use minidom::Element;
use xmpp_parsers::carbons;
use xmpp_parsers::chatstates::ChatState;
use xmpp_parsers::delay::Delay;
use xmpp_parsers::message::{Id, Lang, Message as Stanza, MessageType, Thread};
use xmpp_parsers::ns;
use xmpp_parsers::receipts;
use xmpp_parsers::stanza_error::StanzaError;
use xmpp_parsers::stanza_id::{OriginId, StanzaId};

use super::element::{Fallback, NoStore, REPLY, Reply, Store, element, payload};
use super::stamp::{from_stamp, stamp};
use super::text::{without_range, xml_text};
use crate::{Event, Message};

/// Namespaces whose element in a message means that the body is only a stand-in (XEP-0380 lists them).
const ENCRYPTIONS: [&str; 6] = [
    ns::EME,
    "eu.siacs.conversations.axolotl",
    "urn:xmpp:omemo:1",
    "urn:xmpp:omemo:2",
    "urn:xmpp:openpgp:0",
    "jabber:x:encrypted",
];

/// What a message tells, for the account `own`. Results of archive queries are not for here, see [`super::archive_text`].
///
/// A carbon counts only when it comes from the own account (XEP-0280 section 11, CVE-2017-5589).
#[must_use]
pub fn message_events(own: &BareJid, stanza: &Stanza) -> Vec<Event> {
    if let Some(inner) = carbon(own, stanza) {
        let text = inner.and_then(|inner| {
            let mut text = text(own, &inner)?;
            text.carbon = true;
            text.wants_receipt = false;
            Some(Event::Message(text))
        });
        return text.into_iter().collect();
    }
    let Some(from) = stanza.from.clone() else {
        return Vec::new();
    };
    match stanza.type_ {
        MessageType::Error => return bounce(from, stanza).into_iter().collect(),
        MessageType::Groupchat | MessageType::Headline => return Vec::new(),
        MessageType::Chat | MessageType::Normal => {}
    }
    let mut events = Vec::new();
    let payloads = &stanza.payloads;
    if let Some(receipts::Received { id }) = payload(payloads, "received", ns::RECEIPTS) {
        events.push(Event::Received {
            from: from.clone(),
            id,
        });
    }
    match text(own, stanza) {
        Some(text) => events.push(Event::Message(text)),
        None => {
            let state = payloads
                .iter()
                .find(|element| element.has_ns(ns::CHATSTATES));
            if let Some(Ok(state)) = state.cloned().map(ChatState::try_from) {
                events.push(Event::ChatState {
                    from,
                    composing: state == ChatState::Composing,
                });
            }
        }
    }
    events
}

/// The text of a message or of what an archive or a carbon forwards; `None` where there is none to show.
pub(super) fn text(own: &BareJid, stanza: &Stanza) -> Option<Message> {
    if !matches!(stanza.type_, MessageType::Chat | MessageType::Normal) {
        return None;
    }
    let payloads = &stanza.payloads;
    let encrypted = payloads.iter().any(|element| {
        ENCRYPTIONS
            .iter()
            .any(|namespace| element.has_ns(*namespace))
    });
    let body = stanza
        .get_best_body(Vec::new())
        .map(|(_, body)| body.as_str());
    let reply: Option<Reply> = payload(payloads, "reply", REPLY);
    let body = match (body, encrypted) {
        (Some(body), _) if reply.is_some() => without_quotation(body, payloads),
        (Some(body), _) => body.to_owned(),
        (None, true) => String::new(),
        (None, false) => return None,
    };
    if body.is_empty() && !encrypted {
        return None;
    }
    let from = stanza.from.clone()?;
    let id = stanza.id.clone().map(|id| id.0);
    let requested = payloads
        .iter()
        .any(|element| element.is("request", ns::RECEIPTS));
    Some(Message {
        to: stanza.to.clone().unwrap_or_else(|| own.clone().into()),
        wants_receipt: requested && id.is_some() && from.to_bare() != *own,
        from,
        id,
        origin_id: payload::<OriginId>(payloads, "origin-id", ns::SID).map(|origin| origin.id),
        stanza_id: payloads
            .iter()
            .filter(|element| element.is("stanza-id", ns::SID))
            .filter_map(|element| StanzaId::try_from(element.clone()).ok())
            // XEP-0359 section 3.1: only the id by the own account is to be trusted.
            .find(|found| found.by == *own)
            .map(|found| found.id),
        thread: stanza.thread.clone().map(|thread| thread.id),
        reply_to: reply.map(|reply| reply.id),
        body,
        delayed: delayed(payloads),
        carbon: false,
        archived: false,
        encrypted,
    })
}

/// XEP-0203: the earliest time at which somebody on the way held the stanza.
fn delayed(payloads: &[Element]) -> Option<Timestamp> {
    payloads
        .iter()
        .filter(|element| element.is("delay", ns::DELAY))
        .filter_map(|element| Delay::try_from(element.clone()).ok())
        .filter_map(|delay| from_stamp(&delay.stamp))
        .min()
}

/// The body without the quotation that XEP-0461 puts in front for other clients. One that covers everything stays.
fn without_quotation(body: &str, payloads: &[Element]) -> String {
    let part = payloads
        .iter()
        .filter_map(|element| Fallback::try_from(element.clone()).ok())
        .filter(|fallback| fallback.extension.as_deref() == Some(REPLY))
        .flat_map(|fallback| fallback.parts)
        .find_map(|part| Some((part.start?, part.end?)));
    let Some((start, end)) = part else {
        return body.to_owned();
    };
    let rest = without_range(body, start, end);
    if rest.trim().is_empty() {
        body.to_owned()
    } else {
        rest
    }
}

/// `None`: no carbon. `Some(None)`: one that must not be believed.
fn carbon(own: &BareJid, stanza: &Stanza) -> Option<Option<Stanza>> {
    let element = stanza
        .payloads
        .iter()
        .find(|element| element.is("received", ns::CARBONS) || element.is("sent", ns::CARBONS))?;
    let believed = stanza.from.as_ref().is_none_or(|from| *from == *own);
    if !believed {
        tracing::warn!("dropped a carbon that is not from the own account");
        return Some(None);
    }
    let inner = if element.name() == "sent" {
        let sent = carbons::Sent::try_from(element.clone()).ok();
        sent.map(|sent| sent.forwarded.message).filter(|inner| {
            inner
                .from
                .as_ref()
                .is_some_and(|from| from.to_bare() == *own)
        })
    } else {
        let received = carbons::Received::try_from(element.clone()).ok();
        received
            .map(|received| received.forwarded.message)
            .filter(|inner| inner.to.as_ref().is_none_or(|to| to.to_bare() == *own))
    };
    Some(inner)
}

fn bounce(from: Jid, stanza: &Stanza) -> Option<Event> {
    let id = stanza.id.clone()?.0;
    let error: Option<StanzaError> = payload(&stanza.payloads, "error", ns::DEFAULT_NS);
    let (condition, text) = error.map_or_else(
        || ("undefined-condition".to_owned(), String::new()),
        |error| {
            let text = error.texts.values().next().cloned().unwrap_or_default();
            (condition(&error), text)
        },
    );
    Some(Event::Bounced {
        from,
        id,
        condition,
        text,
    })
}

/// Name of the defined condition (RFC 6120 section 8.3.3).
#[must_use]
pub fn condition(error: &StanzaError) -> String {
    element(&error.defined_condition).map_or_else(
        || "undefined-condition".to_owned(),
        |element| element.name().to_owned(),
    )
}

/// A text with receipt request (XEP-0184), origin-id (XEP-0359) and `<active/>` (XEP-0085).
#[must_use]
pub fn chat_message(
    id: &str,
    to: Jid,
    body: &str,
    thread: Option<&str>,
    delayed: Option<Timestamp>,
) -> Stanza {
    let mut stanza = Stanza::chat(to)
        .with_body(Lang::new(), xml_text(body))
        .with_payload(receipts::Request)
        .with_payload(OriginId { id: id.to_owned() })
        .with_payload(ChatState::Active);
    stanza.id = Some(Id(id.to_owned()));
    stanza.thread = thread.map(|id| Thread {
        parent: None,
        id: xml_text(id),
    });
    if let Some(stamp) = delayed.and_then(stamp) {
        stanza = stanza.with_payload(Delay {
            from: None,
            stamp,
            data: None,
        });
    }
    stanza
}

/// XEP-0184: the text with this id is safe. Stored, so that it also arrives at somebody who is offline.
#[must_use]
pub fn receipt(to: Jid, id: &str) -> Stanza {
    let mut stanza = Stanza::chat(to).with_payload(receipts::Received { id: xml_text(id) });
    stanza.id = Some(Id(uuid::Uuid::new_v4().to_string()));
    stanza.payloads.extend(element(&Store));
    stanza
}

/// XEP-0085: typing started or paused. Never stored.
#[must_use]
pub fn chat_state(to: Jid, composing: bool) -> Stanza {
    let state = if composing {
        ChatState::Composing
    } else {
        ChatState::Paused
    };
    let mut stanza = Stanza::chat(to).with_payload(state);
    stanza.payloads.extend(element(&NoStore));
    stanza
}
