//! Text on its way from one network to the other.

/// Plain text of an HTML text.
#[must_use]
pub fn from_html(html: &str) -> String {
    html.to_owned()
}
