//! Dates in JSON: `/Date(milliseconds)/`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A point in time as the server wrote it: `/Date(ms)/`, or ISO 8601 as in inputs and XML. A text that is neither
/// is kept and has no [`Date::timestamp`]; it never makes a resource unreadable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(pub String);

impl Date {
    /// The time meant.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        let text = self.0.trim();
        let Some(inner) = text
            .strip_prefix("/Date(")
            .and_then(|rest| rest.strip_suffix(")/"))
        else {
            return text.parse().ok();
        };
        // A zone (`+0200`) may follow; the number before it is UTC all the same.
        let end = inner
            .char_indices()
            .skip(1)
            .find(|(_, c)| !c.is_ascii_digit())
            .map_or(inner.len(), |(at, _)| at);
        Timestamp::from_millisecond(inner.get(..end)?.parse().ok()?).ok()
    }
}

impl From<Timestamp> for Date {
    fn from(time: Timestamp) -> Self {
        Self(format!("/Date({})/", time.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_zone_and_iso_are_read_and_the_rest_is_no_time() {
        let time = |text: &str| {
            Date(text.to_owned())
                .timestamp()
                .map(Timestamp::as_millisecond)
        };
        assert_eq!(time("/Date(1769000000000)/"), Some(1_769_000_000_000));
        assert_eq!(time("/Date(-5)/"), Some(-5));
        assert_eq!(time("/Date(1769000000000+0200)/"), Some(1_769_000_000_000));
        assert_eq!(time("1970-01-01T00:00:01Z"), Some(1000));
        for text in [
            "",
            "/Date()/",
            "/Date(x)/",
            "/Date(99999999999999999999)/",
            "yesterday",
            "/Date(é)/",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
