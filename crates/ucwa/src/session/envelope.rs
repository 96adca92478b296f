//! What is journalled of an event page: its body, and what a later run needs to understand it alone.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::conversation::Conversation;
use super::{Now, Session};
use crate::Body;
use crate::wire::Date;

/// A journalled page.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    /// When it was read.
    pub(super) at: Date,
    /// URL that links are resolved against.
    base: Url,
    conversations: Vec<Known>,
    /// Messages and invitations on their way, by their URL: `operationId`.
    sent: Vec<(Url, String)>,
    /// The page as the server sent it.
    pub(super) body: Box<RawValue>,
}

/// What was known of a conversation when the page was read.
#[derive(Serialize, Deserialize)]
struct Known {
    href: Url,
    thread: String,
    with: String,
    name: String,
    /// The invitation's text, as long as its repetition may still come.
    first: Option<First>,
}

#[derive(Serialize, Deserialize)]
struct First {
    html: bool,
    text: String,
}

/// Reads an envelope.
pub(super) fn open(envelope: &[u8]) -> Result<Envelope, serde_json::Error> {
    serde_json::from_slice(envelope)
}

impl Session {
    /// Wraps a page with what is known at this moment, when all pages before it have been read.
    pub(super) fn envelope(&self, body: &[u8], now: Now) -> Vec<u8> {
        let known = self
            .conversations
            .by_href
            .iter()
            .filter_map(|(href, conversation)| {
                Some(Known {
                    href: href.clone(),
                    thread: conversation.thread.clone(),
                    with: conversation.with.as_ref()?.as_str().to_owned(),
                    name: conversation.name.clone(),
                    first: conversation.first_text.as_ref().map(|body| match body {
                        Body::Plain(text) => First {
                            html: false,
                            text: text.clone(),
                        },
                        Body::Html(text) => First {
                            html: true,
                            text: text.clone(),
                        },
                    }),
                })
            });
        let body = String::from_utf8_lossy(body).into_owned();
        let (Some(base), Ok(body)) = (self.application.base.clone(), RawValue::from_string(body))
        else {
            return Vec::new();
        };
        let envelope = Envelope {
            at: now.clock.into(),
            base,
            conversations: known.collect(),
            sent: self.texts.on_their_way(),
            body,
        };
        serde_json::to_vec(&envelope).unwrap_or_default()
    }

    pub(super) fn take_context(&mut self, envelope: &Envelope) {
        self.application.base = Some(envelope.base.clone());
        for known in &envelope.conversations {
            let Ok(with) = known.with.parse() else {
                continue;
            };
            let first = known.first.as_ref().map(|First { html, text }| {
                if *html {
                    Body::Html(text.clone())
                } else {
                    Body::Plain(text.clone())
                }
            });
            let conversation =
                Conversation::known(known.thread.clone(), with, known.name.clone(), first);
            self.conversations
                .by_href
                .entry(known.href.clone())
                .or_insert(conversation);
        }
        for (href, id) in &envelope.sent {
            self.texts.is_on_its_way(href.clone(), id.clone());
        }
    }
}
