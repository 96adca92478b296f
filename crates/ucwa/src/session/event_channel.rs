//! The event channel: one request pending at any time, each answer journalled before it is acknowledged by the next.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use url::Url;

use super::envelope;
use super::outbox::What;
use super::request::Response;
use super::timers::Timer;
use super::{Now, Phase, Session};
use crate::wire::Reason;
use crate::wire::events::EventPage;
use crate::{Error, ErrorKind, Event, PageId};

#[derive(Default)]
pub(super) struct EventChannel {
    /// What to ask next: as the server gave it, never made or changed.
    pub(super) url: Option<Url>,
    /// Number of the pending request, and since when it is.
    issue: u64,
    since: Option<Instant>,
    /// Failures since the last answer.
    failures: u32,
    /// Nothing has been answered since the application was created or taken over.
    fresh: bool,
    /// A set of events was read, or a request has been held open for a while.
    pub(super) stands: bool,
    /// The page that is being journalled.
    journalling: Option<Journalling>,
    /// Pages that have been read, oldest first, with the number of reasons why they are not done.
    open: VecDeque<(PageId, u32)>,
    /// Pages of an earlier run are being read: nothing is done, only texts and deliveries are told. What a text needs
    /// is asked for when its application turns out to be there still.
    pub(super) replaying: bool,
}

struct Journalling {
    page: EventPage,
    envelope: Option<Vec<u8>>,
}

/// Held open for so long, an event request tells that the channel stands.
const HELD: Duration = Duration::from_secs(1);
/// A request that was held longer than this before it broke met a proxy's idle limit: it is repeated at once.
const IDLE_LIMIT: Duration = Duration::from_secs(5);
/// Failures after which the connection counts as broken.
const FAILURES: u32 = 3;

impl EventChannel {
    pub(super) fn close(&mut self) {
        self.url = None;
        self.since = None;
        self.journalling = None;
        self.stands = false;
        self.failures = 0;
    }
}

impl Session {
    pub(super) fn open_events(&mut self, url: Option<Url>, now: Now) {
        self.channel.close();
        self.channel.fresh = true;
        self.channel.url = url.map(|url| with_parameters(&url));
        self.ask_for_events(now);
    }

    pub(super) fn ask_for_events(&mut self, now: Now) {
        let Some(url) = self.channel.url.clone() else {
            return;
        };
        if self.channel.since.is_some() || self.channel.journalling.is_some() {
            return;
        }
        self.channel.issue += 1;
        self.channel.since = Some(now.instant);
        self.timers
            .set(now.instant + HELD, Timer::EventsHeld(self.channel.issue));
        self.get(url, What::Events);
    }

    pub(super) fn events_held(&mut self, issue: u64, now: Now) {
        if self.channel.issue == issue && self.channel.since.is_some() {
            self.channel.stands = true;
            self.ready_if_so(now);
        }
    }

    pub(super) fn events_answered(&mut self, response: Response, now: Now) {
        if response.status != 200 {
            self.events_refused(&response, now);
            return;
        }
        let page = match EventPage::read(&response.body) {
            Ok(page)
                if ["next", "resync", "resume"]
                    .iter()
                    .any(|rel| page.links.href(rel).is_some()) =>
            {
                page
            }
            Ok(_) | Err(_) => {
                let kind = ErrorKind::Protocol(
                    "the answer of the event channel is not readable".to_owned(),
                );
                self.events_failed(
                    Error {
                        kind,
                        facts: Box::new(response.facts),
                    },
                    now,
                );
                return;
            }
        };
        self.channel.since = None;
        self.channel.failures = 0;
        if page.sender.is_empty() {
            self.acknowledge(page, None, now);
        } else {
            let envelope = self.envelope(&response.body, now);
            self.channel.journalling = Some(Journalling {
                page,
                envelope: Some(envelope),
            });
        }
    }

    /// A page to be put on disk. Its safe arrival there is told by [`Session::journalled`]; until then nothing
    /// further is asked of the event channel.
    pub fn poll_journal(&mut self) -> Option<Bytes> {
        self.channel
            .journalling
            .as_mut()?
            .envelope
            .take()
            .map(Bytes::from)
    }

    /// What became of the page given by [`Session::poll_journal`].
    pub fn journalled(&mut self, result: io::Result<PageId>, now: Now) {
        let Some(Journalling { page, .. }) = self.channel.journalling.take() else {
            return;
        };
        match result {
            Ok(id) => self.acknowledge(page, Some(id), now),
            // Not acknowledged: the server gives the same page again.
            Err(error) => self.broken(Error::new(ErrorKind::Journal(error.to_string())), now),
        }
    }

    /// Asks for the next page, which acknowledges this one, and only then reads it.
    fn acknowledge(&mut self, page: EventPage, id: Option<PageId>, now: Now) {
        let fresh = std::mem::replace(&mut self.channel.fresh, false);
        let link = |rel| page.links.href(rel).and_then(|href| self.resolve(href));
        let (next, resync, resume) = (link("next"), link("resync"), link("resume"));
        let goes_on = next.is_some() && resume.is_none();
        // A channel taken over from an earlier run answers `resync` to its first acknowledgement; nothing is lost then.
        let lost = (resync.is_some() && next.is_none() && !fresh) || resume.is_some();
        let resumed = resume.map(|url| with_parameters(&url));
        if let Some(url) = resumed.or(next).or(resync) {
            self.channel.url = Some(url);
        }
        self.ask_for_events(now);
        if let Some(id) = id {
            self.channel.open.push_back((id, 1));
            self.read_page(&page, id, now);
            self.release(id);
        }
        if lost {
            self.reload(now);
        }
        // `resync` and `resume` only say where to ask next; what happened meanwhile comes after them.
        if goes_on {
            self.recovery.all_is_well();
            self.channel.stands = true;
        }
        self.ready_if_so(now);
    }

    /// A page is not done before what it started is.
    pub(super) fn hold(&mut self, page: PageId) {
        if let Some((_, reasons)) = self.channel.open.iter_mut().find(|(open, _)| *open == page) {
            *reasons += 1;
        }
    }

    pub(super) fn release(&mut self, page: PageId) {
        if let Some((_, reasons)) = self.channel.open.iter_mut().find(|(open, _)| *open == page) {
            *reasons = reasons.saturating_sub(1);
        }
        while let Some((page, 0)) = self.channel.open.front().copied() {
            self.channel.open.pop_front();
            self.tell(Event::PageDone(page));
        }
    }

    /// Nothing that pages wait for will come any more.
    pub(super) fn release_all(&mut self) {
        for (page, _) in std::mem::take(&mut self.channel.open) {
            self.tell(Event::PageDone(page));
        }
    }

    fn events_refused(&mut self, response: &Response, now: Now) {
        let reason = Reason::read(&response.body).unwrap_or_default();
        match response.status {
            409 if reason.is("PGetReplaced") => {
                // Our own requests are never two at a time: another process runs under the same endpointId.
                tracing::warn!("another program uses the same endpointId; a new one is taken");
                self.setup.endpoint_id = self.random.uuid();
                self.application_gone(ErrorKind::SessionEnded, response.facts.clone(), now);
            }
            410 => self.application_gone(ErrorKind::SessionEnded, response.facts.clone(), now),
            _ => self.events_failed(Self::error_of(response), now),
        }
    }

    /// The pending request broke: the same URL gives the same set again.
    pub(super) fn events_failed(&mut self, error: Error, now: Now) {
        let held = self
            .channel
            .since
            .take()
            .map(|since| now.instant.duration_since(since))
            .unwrap_or_default();
        if !matches!(self.phase, Phase::Opening | Phase::Online) {
            return;
        }
        if held >= IDLE_LIMIT {
            self.channel.failures = 0;
            tracing::info!(seconds = held.as_secs(), "the event request was cut");
        }
        self.channel.failures += 1;
        match self.channel.failures {
            1 => self.ask_for_events(now),
            failures if failures < FAILURES => {
                let wait = self.random.jitter(self.setup.limits.back_off_first);
                self.timers.set(now.instant + wait, Timer::AskForEvents);
            }
            _ => {
                let telling = matches!(
                    error.kind,
                    ErrorKind::Silent { .. } | ErrorKind::Connection(_) | ErrorKind::Busy { .. }
                );
                let kind = if telling {
                    error.kind
                } else {
                    ErrorKind::EventsStopped
                };
                self.broken(
                    Error {
                        kind,
                        facts: error.facts,
                    },
                    now,
                );
            }
        }
    }

    /// Reads a page that an earlier run journalled and did not get done: texts and deliveries are told again. A text
    /// whose writer has to be asked for holds its page until the application answers, or is gone.
    pub fn replay(&mut self, page: PageId, envelope: &[u8], clock: Now) {
        self.channel.replaying = true;
        self.channel.open.push_back((page, 1));
        match envelope::open(envelope) {
            Ok(envelope) => {
                let at = envelope.at.timestamp().unwrap_or(clock.clock);
                self.take_context(&envelope);
                match EventPage::read(envelope.body.get().as_bytes()) {
                    Ok(events) => self.read_page(&events, page, Now { clock: at, ..clock }),
                    Err(_) => tracing::warn!("a journalled page is not readable and is skipped"),
                }
            }
            Err(_) => tracing::warn!("a journalled page is not readable and is skipped"),
        }
        self.release(page);
        self.channel.replaying = false;
    }
}

/// Presence that feels live, and a time limit below that of most proxies. What the server wrote itself stays.
fn with_parameters(url: &Url) -> Url {
    let mut with = url.clone();
    for (name, value) in [("low", "15"), ("medium", "5"), ("timeout", "180")] {
        if !url
            .query_pairs()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
        {
            with.query_pairs_mut().append_pair(name, value);
        }
    }
    with
}
