//! Names for texts on the way, derived from what they name: the same message gets the same id however often it is
//! replayed, so that a queue or a server that has it already knows it.

use uuid::Uuid;

use crate::LyncText;

/// Marks every text that a Causeway writes to XMPP by itself. It is the hop mark: a text with it that is not ours was
/// carried by another Causeway, and is not carried again.
const MARK: &str = "cwb-";

const NAMESPACE: Uuid = Uuid::from_u128(0x8d3c_6f54_2f0a_4e0d_9a51_6b1f_0c7e_21d4);

/// What to derive a name from. Parts are told apart by their lengths, so no two lists give the same name.
pub(crate) fn name(parts: &[&str]) -> Uuid {
    let mut source = Vec::new();
    for part in parts {
        source.extend_from_slice(&part.len().to_be_bytes());
        source.extend_from_slice(part.as_bytes());
    }
    Uuid::new_v5(&NAMESPACE, &source)
}

/// Part `index` of a relayed Lync text.
pub(crate) fn relayed(text: &LyncText, index: usize) -> Uuid {
    name(&[
        "relayed",
        &text.id,
        &text.thread,
        &text.text,
        &index.to_string(),
    ])
}

/// The id as it stands in the stanza.
pub(crate) fn stanza(id: Uuid) -> String {
    format!("{MARK}{id}")
}

/// The name in a stanza's id where a Causeway wrote it.
pub(crate) fn marked(stanza: &str) -> Option<Uuid> {
    stanza
        .strip_prefix(MARK)
        .and_then(|id| Uuid::try_parse(id).ok())
}
