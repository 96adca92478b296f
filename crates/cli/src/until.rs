//! `--until`: when a status ends.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

const EXPECTED: &str = "expected a time such as 15:00, or a date and time such as 2026-12-24T10:00";

/// A local time (its next occurrence), a local date and time, or a date and time with its offset.
///
/// # Errors
/// What was expected; a time that has passed is refused.
pub(crate) fn parse(text: &str, now: &Zoned) -> Result<Timestamp, String> {
    let zone = now.time_zone();
    // A date alone would be read as its midnight: nobody means that.
    if !text.contains(':') {
        return Err(EXPECTED.into());
    }
    // First what carries its offset: read as a local time it would lose it.
    let until = if let Ok(until) = text.parse::<Timestamp>() {
        until
    } else if !text.contains('-') {
        let time = text.parse::<Time>().map_err(|_| EXPECTED.to_owned())?;
        next(time, now)?
    } else {
        let moment = text.parse::<DateTime>().map_err(|_| EXPECTED.to_owned())?;
        local(moment, zone)?
    };
    let ahead = until.duration_since(now.timestamp());
    if ahead <= SignedDuration::ZERO {
        return Err("this time has passed; expected one to come".into());
    }
    Ok(until)
}

fn next(time: Time, now: &Zoned) -> Result<Timestamp, String> {
    let today = local(now.date().to_datetime(time), now.time_zone())?;
    if today > now.timestamp() {
        return Ok(today);
    }
    let tomorrow = now
        .date()
        .checked_add(1.day())
        .map_err(|_| EXPECTED.to_owned())?;
    local(tomorrow.to_datetime(time), now.time_zone())
}

/// A time that the clocks jump over is taken an hour later, one that comes twice the first time.
fn local(moment: DateTime, zone: &TimeZone) -> Result<Timestamp, String> {
    zone.to_ambiguous_timestamp(moment)
        .compatible()
        .map_err(|_| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-25T14:30:00+01:00[Europe/Berlin]";

    fn check(text: &str, expected: &str) {
        let now: Zoned = NOW.parse().unwrap();
        assert_eq!(
            parse(text, &now).map(|until| until.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
    }

    #[test]
    fn a_time_is_its_next_occurrence() {
        check("15:00", "2026-11-25T14:00:00Z");
        check("14:30:01", "2026-11-25T13:30:01Z");
        check("14:30", "2026-11-26T13:30:00Z");
        check("08:00", "2026-11-26T07:00:00Z");
    }

    #[test]
    fn a_date_and_time_are_local_unless_they_say_otherwise() {
        check("2026-12-24T10:00", "2026-12-24T09:00:00Z");
        check("2026-12-24 10:00", "2026-12-24T09:00:00Z");
        check("2026-12-24T10:00:00Z", "2026-12-24T10:00:00Z");
        check("2026-12-24T10:00+03:00", "2026-12-24T07:00:00Z");
    }

    #[test]
    fn clocks_that_jump_do_not_confuse_it() {
        let eve: Zoned = "2026-03-28T20:00:00+01:00[Europe/Berlin]".parse().unwrap();
        // 02:30 does not exist on the 29th.
        assert_eq!(
            parse("02:30", &eve).unwrap().to_string(),
            "2026-03-29T01:30:00Z"
        );
    }

    #[test]
    fn what_has_passed_or_is_no_time_is_refused() {
        let now: Zoned = NOW.parse().unwrap();
        for wrong in [
            "",
            "soon",
            "25:00",
            "15",
            "15:00 pm",
            "2026-12-24",
            "2026-13-01T10:00",
        ] {
            assert_eq!(parse(wrong, &now), Err(EXPECTED.to_owned()), "{wrong}");
        }
        for gone in [
            "2026-11-25T14:30",
            "2020-01-01T00:00",
            "2026-11-25T13:00:00Z",
        ] {
            assert!(
                parse(gone, &now).unwrap_err().contains("has passed"),
                "{gone}"
            );
        }
    }
}
