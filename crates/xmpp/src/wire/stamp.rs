//! XEP-0082 times.

use jiff::Timestamp;
use xmpp_parsers::date::DateTime;

/// XEP-0082: the time in UTC with milliseconds; `None` outside the years that the format knows.
#[must_use]
pub fn stamp(time: Timestamp) -> Option<DateTime> {
    format!("{time:.3}").parse().ok()
}

/// The time of an XEP-0082 stamp; `None` outside the years −9999 to 9999.
#[must_use]
pub fn from_stamp(stamp: &DateTime) -> Option<Timestamp> {
    Timestamp::from_millisecond(stamp.0.timestamp_millis()).ok()
}
