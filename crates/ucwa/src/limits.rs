//! Time limits and sizes.

use std::time::Duration;

/// Time limits of the link. [`Limits::default`] holds the values for real servers; tests shorten them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Each attempt to find the server: connecting and answer of the autodiscovery root.
    pub discovery: Duration,
    /// From the first question for the server to a token for it, whatever the steps between take.
    pub sign_in: Duration,
    /// Any other request.
    pub request: Duration,
    /// The pending event request. The server answers after 180 s without events, a proxy may be slower.
    pub events: Duration,
    /// DELETE application on leaving.
    pub sign_out: Duration,
    /// First wait after a lost connection; doubled each time.
    pub back_off_first: Duration,
    /// Longest wait after a lost connection.
    pub back_off_last: Duration,
    /// From startMessaging to the end of the invitation.
    pub invitation: Duration,
    /// From a lost answer until a text without news counts as [`crate::Outcome::Unknown`].
    pub delivery: Duration,
    /// Shortest distance of two reportMyActivity.
    pub activity: Duration,
    /// Largest accepted response body in bytes. A list of 5,000 contacts, a kilobyte each, comes in one answer.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            discovery: Duration::from_secs(8),
            sign_in: Duration::from_secs(90),
            request: Duration::from_secs(30),
            events: Duration::from_secs(210),
            sign_out: Duration::from_secs(2),
            back_off_first: Duration::from_secs(1),
            back_off_last: Duration::from_secs(120),
            invitation: Duration::from_secs(60),
            delivery: Duration::from_secs(60),
            activity: Duration::from_secs(150),
            body: 16 * 1024 * 1024,
        }
    }
}
