//! SIP addresses of people.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// A SIP URI of a person, such as `sip:olaf@example.org`. Keeps its spelling and compares without case, because the
/// directory's spelling and that of hrefs differ (UCWA reference, contact). Copies share the text: an address stands in
/// many places, for each of thousands of people.
#[derive(Clone)]
pub struct SipUri {
    /// `sip:user@host`, parameters included. INVARIANT: begins with `sip:` and holds an `@` with text on both sides.
    text: Arc<str>,
    /// The same without case: what is compared.
    folded: Arc<str>,
}

/// The text is not the address of a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SIP address of the form sip:name@domain")]
pub struct NotASipUri;

/// Longest accepted address in bytes; conference URIs, the longest known, have about 150.
const LONGEST: usize = 1024;

impl SipUri {
    /// The whole URI, with `sip:`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `name@domain`, without scheme and parameters.
    #[must_use]
    pub fn address(&self) -> &str {
        without_parameters(self.text.get(SCHEME.len()..).unwrap_or_default())
    }

    /// What follows the `@`, without a port and in small letters: the domain that autodiscovery asks.
    #[must_use]
    pub fn domain(&self) -> &str {
        let address = without_parameters(self.folded.get(SCHEME.len()..).unwrap_or_default());
        let host = address.rsplit_once('@').map_or("", |(_, host)| host);
        host.split_once(':').map_or(host, |(name, _port)| name)
    }
}

const SCHEME: &str = "sip:";

fn without_parameters(rest: &str) -> &str {
    rest.split([';', '?']).next().unwrap_or(rest)
}

impl FromStr for SipUri {
    type Err = NotASipUri;

    /// Accepts `sip:name@domain`, `sips:` likewise, and the bare `name@domain` that people type.
    fn from_str(text: &str) -> Result<Self, NotASipUri> {
        let text = text.trim();
        if text.len() > LONGEST
            || text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>\"'\\".contains(c))
        {
            return Err(NotASipUri);
        }
        let rest = match text.split_once(':') {
            Some((scheme, rest))
                if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") =>
            {
                rest
            }
            Some((scheme, _)) if !scheme.contains('@') => return Err(NotASipUri),
            Some(_) | None => text,
        };
        let (name, host) = without_parameters(rest).split_once('@').ok_or(NotASipUri)?;
        if name.is_empty() || host.is_empty() || host.contains('@') || host.starts_with(':') {
            return Err(NotASipUri);
        }
        let text: Arc<str> = format!("{SCHEME}{rest}").into();
        let folded = text.to_lowercase();
        Ok(Self {
            folded: if *folded == *text {
                Arc::clone(&text)
            } else {
                folded.into()
            },
            text,
        })
    }
}

impl PartialEq for SipUri {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for SipUri {}

impl Hash for SipUri {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl PartialOrd for SipUri {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SipUri {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spelling_is_kept_and_case_does_not_count() {
        let one: SipUri = "sip:Olaf.Ek@Example.org".parse().unwrap();
        let other: SipUri = "olaf.ek@example.ORG".parse().unwrap();
        assert_eq!(one, other);
        assert_eq!(one.as_str(), "sip:Olaf.Ek@Example.org");
        assert_eq!(one.domain(), "example.org");
    }

    #[test]
    fn parameters_and_port_belong_neither_to_address_nor_to_domain() {
        let uri: SipUri = "sips:lina@example.org:5061;gruu;opaque=app:conf"
            .parse()
            .unwrap();
        assert_eq!(uri.address(), "lina@example.org:5061");
        assert_eq!(uri.domain(), "example.org");
    }

    #[test]
    fn what_is_no_address_of_a_person_is_refused() {
        for text in [
            "",
            "sip:",
            "olaf",
            "sip:olaf",
            "@example.org",
            "olaf@",
            "tel:+4681234567",
            "sip : olaf@example.org",
            "a@b@c",
            "\"sip:a@b\"",
        ] {
            assert_eq!(text.parse::<SipUri>(), Err(NotASipUri), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Ok(uri) = text.parse::<SipUri>() {
                prop_assert!(uri.address().contains('@'));
                prop_assert_eq!(uri.as_str().parse::<SipUri>().unwrap(), uri);
            }
        }
    }
}
