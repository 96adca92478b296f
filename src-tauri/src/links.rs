//! Links that a person follows.

use causeway_api::{Code, Problem};
use url::Url;

/// What may be handed to other programs of the person. Everything else could start anything.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Opens a link in the person's own browser, mail or telephone program.
#[tauri::command]
pub(crate) fn open_link(url: &str) -> Result<(), Problem> {
    let url = allowed(url).ok_or_else(|| {
        refused(
            "Only links to web pages, mail addresses and telephone numbers are opened from here",
        )
    })?;
    open::that_detached(url.as_str())
        .map_err(|error| refused(&format!("The link cannot be opened: {error}")))
}

fn allowed(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    SCHEMES.contains(&url.scheme()).then_some(url)
}

fn refused(message: &str) -> Problem {
    Problem::new(
        Code::NotOffered,
        "link",
        message,
        "Copy the link and open it in a program that you trust with it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_pages_mail_and_telephone_leave_the_window() {
        for url in [
            "https://contoso.example/a?b",
            "http://x.example",
            "mailto:a@b.example",
            "tel:+4930",
        ] {
            assert!(allowed(url).is_some(), "{url}");
        }
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "smb://host/share",
            "/etc/passwd",
            "vscode://x",
        ] {
            assert!(allowed(url).is_none(), "{url}");
        }
    }
}
