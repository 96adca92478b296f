//! Small payloads that the parser library does not have.

use minidom::Element;
use xso::{AsXml, FromXml};

/// Namespace of XEP-0461.
pub(super) const REPLY: &str = "urn:xmpp:reply:0";
/// Namespace of XEP-0428.
const FALLBACK: &str = "urn:xmpp:fallback:0";
/// Namespace of XEP-0334.
const HINTS: &str = "urn:xmpp:hints";
/// Namespace of XEP-0012.
pub(super) const LAST: &str = "jabber:iq:last";

/// XEP-0461: which message this one replies to.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = REPLY, name = "reply")]
pub(super) struct Reply {
    /// Id of that message.
    #[xml(attribute)]
    pub(super) id: String,
    /// Its writer.
    #[xml(attribute(default))]
    pub(super) to: Option<String>,
}

/// XEP-0428: which part of the body is only for clients that do not know the extension.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = FALLBACK, name = "fallback")]
pub(super) struct Fallback {
    /// Namespace of the extension.
    #[xml(attribute(name = "for", default))]
    pub(super) extension: Option<String>,
    /// Parts of the body.
    #[xml(child(n = ..))]
    pub(super) parts: Vec<FallbackBody>,
}

/// XEP-0428: a part of the body, in code points.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = FALLBACK, name = "body")]
pub(super) struct FallbackBody {
    /// First character.
    #[xml(attribute(default))]
    pub(super) start: Option<usize>,
    /// Character after the last.
    #[xml(attribute(default))]
    pub(super) end: Option<usize>,
}

/// XEP-0334: not for the archive, not for offline storage.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = HINTS, name = "no-store")]
pub(super) struct NoStore;

/// XEP-0334: for the archive, although there is no body.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = HINTS, name = "store")]
pub(super) struct Store;

/// XEP-0012: how long nobody has been active.
#[derive(FromXml, AsXml, Debug)]
#[xml(namespace = LAST, name = "query")]
pub(super) struct LastActivity {
    /// Seconds.
    #[xml(attribute(default))]
    pub(super) seconds: Option<u64>,
}

/// The first payload of this type that can be read.
pub(super) fn payload<T: TryFrom<Element>>(
    payloads: &[Element],
    name: &str,
    namespace: &str,
) -> Option<T> {
    payloads
        .iter()
        .filter(|element| element.is(name, namespace))
        .find_map(|element| T::try_from(element.clone()).ok())
}

/// The element of an own payload. Own payloads always serialise, so nothing is lost in practice.
pub(super) fn element<T: AsXml>(payload: &T) -> Option<Element> {
    xso::transform(payload).ok()
}
