//! Text that may stand in XML.

/// The text with every character that XML 1.0 forbids (production `Char`) replaced by U+FFFD.
///
/// Such characters arrive from Lync clients; a stream that carries one is closed by the server.
#[must_use]
pub fn xml_text(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
            _ => c,
        })
        .collect()
}

/// The text without the characters from `start` up to `end`, counted in code points (XEP-0426).
pub(super) fn without_range(text: &str, start: usize, end: usize) -> String {
    text.chars()
        .enumerate()
        .filter(|(at, _)| *at < start || *at >= end)
        .map(|(_, c)| c)
        .collect()
}
