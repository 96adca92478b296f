//! The archive (XEP-0313): what was missed.

use jid::BareJid;
use jiff::Timestamp;
use xmpp_parsers::data_forms::{DataForm, DataFormType, Field};
use xmpp_parsers::iq::Iq;
use xmpp_parsers::mam::{Fin, Query, QueryId, Result_};
use xmpp_parsers::message::Message as Stanza;
use xmpp_parsers::ns;
use xmpp_parsers::rsm::SetQuery;

use super::message::text;
use super::stamp::from_stamp;
use crate::Message;

/// Texts in one page of the archive.
const PAGE: usize = 100;

/// Where to begin reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveFrom {
    /// After the text with this archive id.
    After(String),
    /// At this time.
    Since(Timestamp),
}

/// Asks for a page of the own archive. `first` is where the whole reading began, `after` the last id of the page before.
#[must_use]
pub fn archive_query(id: &str, first: &ArchiveFrom, after: Option<&str>) -> Iq {
    let (since, first_id) = match first {
        ArchiveFrom::After(id) => (None, Some(id.as_str())),
        ArchiveFrom::Since(time) => (Some(*time), None),
    };
    let form = since.map(|time| {
        let start = Field::text_single("start", &format!("{time:.3}"));
        DataForm::new(DataFormType::Submit, ns::MAM, vec![start])
    });
    let set = SetQuery {
        max: Some(PAGE),
        after: after.or(first_id).map(str::to_owned),
        before: None,
        index: None,
    };
    let query = Query {
        queryid: Some(QueryId(id.to_owned())),
        node: None,
        form,
        set: Some(set),
        flip_page: false,
    };
    Iq::from_set(id, query)
}

/// A result of an archive query.
#[derive(Debug)]
pub struct ArchiveText {
    /// Id in the archive.
    pub id: String,
    /// The text; `None` for an entry without one, or one that cannot be read.
    pub message: Option<Message>,
}

/// `None`: the message is no archive result. `Some(None)`: one that must not be believed, since it is not from the own
/// account or answers no query of ours (`query`).
#[must_use]
pub fn archive_text(
    own: &BareJid,
    query: Option<&str>,
    stanza: &Stanza,
) -> Option<Option<ArchiveText>> {
    let element = stanza
        .payloads
        .iter()
        .find(|element| element.is("result", ns::MAM))?;
    let believed = stanza.from.as_ref().is_none_or(|from| *from == *own)
        && query.is_some()
        && element.attr("queryid") == query;
    if !believed {
        tracing::warn!("dropped an archived text that nobody asked the own account for");
        return Some(None);
    }
    let id = element.attr("id").unwrap_or_default().to_owned();
    let message = Result_::try_from(element.clone()).ok().and_then(|result| {
        let stored = result
            .forwarded
            .delay
            .and_then(|delay| from_stamp(&delay.stamp));
        let mut message = text(own, &result.forwarded.message)?;
        // The writer's stamp may be wrong; the archive had the text when it says so.
        message.delayed = [message.delayed, stored].into_iter().flatten().min();
        message.stanza_id = Some(result.id);
        message.archived = true;
        Some(message)
    });
    Some(Some(ArchiveText { id, message }))
}

/// The end of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct ArchivePage {
    /// Nothing follows.
    pub complete: bool,
    /// Id of its last text.
    pub last: Option<String>,
}

/// The answer to [`archive_query`]; `None` when it is something else.
#[must_use]
pub fn archive_page(payload: Option<minidom::Element>) -> Option<ArchivePage> {
    let fin = Fin::try_from(payload?).ok()?;
    Some(ArchivePage {
        // A page without a last id cannot be continued.
        complete: fin.complete || fin.set.last.is_none(),
        last: fin.set.last,
    })
}
