//! Moments as they are told: RFC 3339 in UTC with milliseconds, always three digits (contract.md, "Event stream").

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

/// `2026-11-21T22:10:00.123Z`
pub(crate) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{at:.3}"))
}

/// Any precision.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(from)
}

/// The same for a moment that may be missing.
pub(crate) mod option {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// As [`super::serialize`].
    pub(crate) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::serialize(at, to),
            None => to.serialize_none(),
        }
    }

    /// Any precision.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Availability, Event, Kind, OwnStatus};

    #[test]
    fn moments_have_three_digits_after_the_second_whatever_was_measured() {
        for (measured, told) in [
            ("2026-11-21T22:10:00Z", "2026-11-21T22:10:00.000Z"),
            ("2026-11-21T22:10:00.1Z", "2026-11-21T22:10:00.100Z"),
            ("2026-11-21T22:10:00.123456789Z", "2026-11-21T22:10:00.123Z"),
        ] {
            let at = measured.parse().unwrap();
            let event = Event {
                seq: 1,
                at,
                kind: Kind::Resync,
            };
            assert_eq!(serde_json::to_value(event).unwrap()["at"], told);
            let status = OwnStatus {
                availability: Availability::Busy,
                activity: None,
                note: None,
                until: Some(at),
                reason: crate::Reason::You,
            };
            let status = serde_json::to_value(status).unwrap();
            assert_eq!(status["until"], told);
            assert_eq!(
                serde_json::from_value::<OwnStatus>(status).unwrap().until,
                Some(told.parse().unwrap())
            );
        }
    }
}
