//! Reading the archive (XEP-0313) from where we were, page by page. Pure.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use xmpp_parsers::iq::Iq;

use crate::wire::{ArchiveFrom, ArchivePage, ArchiveText, archive_query};

/// Clocks of two computers differ, and a text is stored a little after it was written.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// Most pages read at once, twenty thousand texts; the rest follows at the next try.
const MOST_PAGES: u32 = 200;

/// Where in the archive we are, over all connections.
#[derive(Debug)]
pub(super) struct Place {
    /// Archive id of the last text known.
    last: Option<String>,
    /// A time at which every text was known.
    since: Option<Timestamp>,
    /// Archive id of the last text that came by itself while reading, or while behind.
    ahead: Option<String>,
    reading: Option<Reading>,
    /// So many readings in a row did not reach the end: what lies between is still to be read.
    behind: u32,
}

#[derive(Debug)]
struct Reading {
    query: String,
    first: ArchiveFrom,
    after: Option<String>,
    pages: u32,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// Send this query.
    Query(Box<Iq>),
    /// The reading has ended.
    Done {
        /// Everything was told.
        whole: bool,
    },
}

impl Place {
    pub(super) fn new(since: Option<Timestamp>) -> Self {
        Self {
            last: None,
            since,
            ahead: None,
            reading: None,
            behind: 0,
        }
    }

    /// A fresh session: begins to read.
    pub(super) fn begin(&mut self, now: Timestamp) -> Next {
        self.ahead = None;
        let first = match (&self.last, self.since) {
            (Some(last), _) => ArchiveFrom::After(last.clone()),
            (None, Some(since)) => ArchiveFrom::Since(since),
            (None, None) => {
                // The first time ever: nothing can have been missed before now.
                self.since = before(now);
                return self.end(true);
            }
        };
        self.ask(first, None, 0)
    }

    /// Id of the query on its way.
    pub(super) fn query(&self) -> Option<&str> {
        self.reading.as_ref().map(|reading| reading.query.as_str())
    }

    /// A text came by itself, with this archive id.
    pub(super) fn live(&mut self, stanza_id: Option<&str>, now: Timestamp) {
        let gap = self.behind > 0 || self.reading.is_some();
        if let Some(id) = stanza_id {
            let place = if gap { &mut self.ahead } else { &mut self.last };
            *place = Some(id.to_owned());
        }
        if !gap {
            self.since = before(now);
        }
    }

    /// A text of a page.
    pub(super) fn found(&mut self, text: &ArchiveText) {
        self.last = Some(text.id.clone());
        if let Some(written) = text.message.as_ref().and_then(|message| message.delayed) {
            self.since = self.since.max(before(written));
        }
    }

    /// Where something is left to be read that nobody asks for now: how often that was tried in vain.
    pub(super) fn behind(&self) -> Option<u32> {
        (self.behind > 0 && self.reading.is_none()).then_some(self.behind)
    }

    /// A page is complete.
    pub(super) fn page(&mut self, page: ArchivePage) -> Next {
        let Some(reading) = self.reading.take() else {
            return self.end(self.behind == 0);
        };
        let stuck = page.last.is_some() && page.last == reading.after;
        if page.complete || stuck || reading.pages >= MOST_PAGES {
            return self.end(page.complete);
        }
        self.ask(reading.first, page.last, reading.pages + 1)
    }

    /// The server answered with this error condition.
    pub(super) fn refused(&mut self, condition: &str) -> Next {
        let Some(reading) = self.reading.take() else {
            return self.end(self.behind == 0);
        };
        let expired =
            matches!(reading.first, ArchiveFrom::After(_)) && condition == "item-not-found";
        match self.since {
            // The text that we know is no longer in the archive.
            Some(since) if expired => self.ask(ArchiveFrom::Since(since), None, 0),
            _ if matches!(condition, "feature-not-implemented" | "service-unavailable") => {
                // There is no archive, so there is nothing to try again for.
                self.behind = 0;
                Next::Done { whole: false }
            }
            _ => self.end(false),
        }
    }

    /// Ends the reading; not `whole` where the server does not answer, for example.
    pub(super) fn end(&mut self, whole: bool) -> Next {
        self.reading = None;
        self.behind = if whole {
            0
        } else {
            self.behind.saturating_add(1)
        };
        if whole && let Some(ahead) = self.ahead.take() {
            self.last = Some(ahead);
        }
        Next::Done { whole }
    }

    fn ask(&mut self, first: ArchiveFrom, after: Option<String>, pages: u32) -> Next {
        let query = Uuid::new_v4().to_string();
        let iq = archive_query(&query, &first, after.as_deref());
        self.reading = Some(Reading {
            query,
            first,
            after,
            pages,
        });
        Next::Query(Box::new(iq))
    }
}

fn before(time: Timestamp) -> Option<Timestamp> {
    time.checked_sub(MARGIN).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn asks(next: Next) -> Option<String> {
        match next {
            Next::Query(iq) => {
                let Iq::Set { payload, .. } = *iq else {
                    panic!("a set")
                };
                Some(String::from(&payload))
            }
            Next::Done { .. } => None,
        }
    }

    fn page(complete: bool, last: &str) -> ArchivePage {
        ArchivePage {
            complete,
            last: Some(last.to_owned()),
        }
    }

    #[test]
    fn reading_begins_at_the_time_given_and_goes_on_after_the_last_text_seen() {
        let mut place = Place::new(Some(NOW));
        let first = asks(place.begin(NOW)).unwrap();
        assert!(first.contains("1970-01-01T00:00:00.000Z"), "{first}");
        let second = asks(place.page(page(false, "a7"))).unwrap();
        assert!(
            second.contains("<after>a7</after>") && second.contains("1970-01-01"),
            "{second}"
        );
        place.found(&ArchiveText {
            id: "a9".to_owned(),
            message: None,
        });
        assert!(asks(place.page(page(true, "a9"))).is_none());
        let later = asks(place.begin(NOW)).unwrap();
        assert!(
            later.contains("<after>a9</after>") && !later.contains("1970"),
            "{later}"
        );
    }

    #[test]
    fn a_text_that_comes_while_reading_counts_only_after_it() {
        let mut place = Place::new(Some(NOW));
        place.begin(NOW);
        place.live(Some("new"), NOW);
        // The connection breaks here: what lies between is read again.
        assert!(!asks(place.begin(NOW)).unwrap().contains("new"));
        place.live(Some("new"), NOW);
        place.page(page(true, "a1"));
        assert!(
            asks(place.begin(NOW))
                .unwrap()
                .contains("<after>new</after>")
        );
    }

    #[test]
    fn what_a_silent_archive_still_holds_is_asked_for_again_whatever_came_meanwhile() {
        let mut place = Place::new(Some(NOW));
        place.begin(NOW);
        assert!(matches!(place.end(false), Next::Done { whole: false }));
        assert_eq!(place.behind(), Some(1));
        place.live(Some("new"), NOW + SignedDuration::from_hours(1));
        let again = asks(place.begin(NOW)).unwrap();
        assert!(
            again.contains("1970-01-01T00:00:00.000Z") && !again.contains("new"),
            "{again}"
        );
        assert!(matches!(
            place.page(page(true, "new")),
            Next::Done { whole: true }
        ));
        assert_eq!(place.behind(), None);
    }

    #[test]
    fn a_refused_page_and_too_many_of_them_are_not_the_whole_archive() {
        let mut place = Place::new(Some(NOW));
        place.begin(NOW);
        let refused = place.refused("internal-server-error");
        assert!(matches!(refused, Next::Done { whole: false }));
        place.begin(NOW);
        let ended = (0..=MOST_PAGES)
            .map(|number| place.page(page(false, &number.to_string())))
            .find(|next| matches!(next, Next::Done { .. }));
        assert!(matches!(ended, Some(Next::Done { whole: false })));
        place.begin(NOW);
        assert!(matches!(
            place.page(page(true, "end")),
            Next::Done { whole: true }
        ));
    }

    #[test]
    fn a_server_without_an_archive_is_not_asked_again_and_tells_nothing() {
        let mut place = Place::new(Some(NOW));
        place.begin(NOW);
        let refused = place.refused("service-unavailable");
        assert!(matches!(refused, Next::Done { whole: false }));
        assert_eq!(place.behind(), None);
    }

    #[test]
    fn an_expired_id_falls_back_to_the_time() {
        let mut place = Place::new(Some(NOW));
        place.last = Some("gone".to_owned());
        place.begin(NOW);
        assert!(
            asks(place.refused("item-not-found"))
                .unwrap()
                .contains("1970")
        );
        assert!(asks(place.refused("item-not-found")).is_none());
    }

    #[test]
    fn an_archive_that_turns_in_a_circle_ends() {
        let mut place = Place::new(Some(NOW));
        place.begin(NOW);
        assert!(asks(place.page(page(false, "a"))).is_some());
        assert!(asks(place.page(page(false, "a"))).is_none());
    }

    #[test]
    fn nothing_is_read_the_first_time_ever() {
        let mut place = Place::new(None);
        assert!(asks(place.begin(NOW)).is_none());
        assert!(asks(place.begin(NOW)).is_some());
    }
}
