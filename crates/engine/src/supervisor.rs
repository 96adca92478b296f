//! Starting and stopping links. A link that was refused stays down until a person acts.

use std::path::PathBuf;

use causeway_api::{Code, Kind, LinkState, Problem, Side, SideState};
use futures::{FutureExt, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};
use tokio::{sync::mpsc, time::timeout};
use tracing::{info, warn};

use crate::{
    config::Configuration,
    core::{Core, Found},
    link::{Readiness, Slot},
    prepare::{Preparation, Prepared},
    problems,
    refusals::Refusals,
};

/// A link that closes may take so long.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(3);

impl Core {
    /// The sides that are configured and wanted.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> + use<> {
        let settings = &self.configuration.settings;
        let lync = settings.lync.is_some() && self.options.sides.lync;
        let xmpp = settings.xmpp.is_some() && self.options.sides.xmpp;
        [(lync, Side::Lync), (xmpp, Side::Xmpp)]
            .into_iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, side)| side)
    }

    pub(crate) fn state(&self, side: Side) -> SideState {
        match side {
            Side::Lync => self.lync.state(),
            Side::Xmpp => self.xmpp.state(),
            Side::Gateway => SideState::SignedOut,
        }
    }

    pub(crate) fn link_state(&self, side: Side) -> LinkState {
        match side {
            Side::Lync => self.lync.link_state(),
            Side::Xmpp => self.xmpp.link_state(),
            Side::Gateway => LinkState {
                side,
                state: SideState::SignedOut,
                error: None,
            },
        }
    }

    /// A link that was lost and is tried again by itself.
    pub(crate) fn is_coming_back(&self, side: Side) -> bool {
        match side {
            Side::Lync => self.lync.is_coming_back(),
            Side::Xmpp => self.xmpp.is_coming_back(),
            Side::Gateway => false,
        }
    }

    pub(crate) fn readiness(&self, side: Side) -> Readiness {
        if !self.sides().any(|configured| configured == side) {
            return Readiness::Failed(problems::not_configured(side));
        }
        match side {
            Side::Lync => self.lync.readiness(),
            Side::Xmpp => self.xmpp.readiness(),
            Side::Gateway => Readiness::Failed(problems::not_configured(side)),
        }
    }

    /// A link changed its state: told, and whatever waits for it looks again.
    pub(crate) fn enter(&mut self, side: Side, state: SideState, problem: Option<Problem>) {
        let now = self.now;
        let (step, told) = match side {
            Side::Lync => changed(&mut self.lync, state, problem.clone(), now),
            Side::Xmpp => changed(&mut self.xmpp, state, problem.clone(), now),
            Side::Gateway => return,
        };
        let Some(kind) = told else { return };
        match &problem {
            Some(problem) => {
                warn!(?side, state = problems::step_name(state), code = %problem.code, cause = %problem.message, "state")
            }
            None => info!(?side, state = problems::step_name(state), "state"),
        }
        self.tell(kind);
        if let Some(step) = step {
            self.tell(step);
        }
        self.tell_own_status();
        if state.is_ready() {
            self.note_offer(side, None);
        }
        if let (true, Readiness::Failed(problem)) = (self.options.one_shot, self.readiness(side)) {
            self.take_back(side, &problem);
        }
    }

    /// A link that is broken is tried again after `delay`.
    pub(crate) fn tries_again(&mut self, side: Side, delay: std::time::Duration) {
        let next_at = SignedDuration::try_from(delay)
            .ok()
            .and_then(|delay| self.now.checked_add(delay).ok());
        let told = match side {
            Side::Lync => {
                self.lync.next_at = next_at;
                self.lync.next_try()
            }
            Side::Xmpp => {
                self.xmpp.next_at = next_at;
                self.xmpp.next_try()
            }
            Side::Gateway => None,
        };
        if let Some(kind) = told {
            self.tell(kind);
        }
    }

    /// The network is another one: links look for their servers at once, also one that rests because of what it met in
    /// the network before. A refusal by the server, or what a person has to decide, stays.
    pub(crate) fn network_changed(&mut self) {
        info!("the network changed");
        if let Some(link) = &self.lync.link {
            link.send(ucwa::Command::NetworkChanged);
        }
        if let Some(link) = &self.xmpp.link {
            link.send(causeway_xmpp::Command::NetworkChanged);
        }
        for side in [Side::Lync, Side::Xmpp] {
            let LinkState { state, error, .. } = self.link_state(side);
            if state.is_final()
                && error.is_some_and(|problem| problems::is_of_the_network(&problem))
            {
                self.start(side);
            }
        }
    }

    /// Starts the link of a side anew; one that runs is closed first.
    pub(crate) fn start(&mut self, side: Side) {
        let closing = self.let_go(side);
        if !self.sides().any(|configured| configured == side) {
            self.enter(side, SideState::SignedOut, None);
            return;
        }
        self.enter(side, SideState::FindingServer, None);
        let generation = match side {
            Side::Lync => self.lync.generation,
            Side::Xmpp => self.xmpp.generation,
            Side::Gateway => return,
        };
        let preparation = Preparation {
            configuration: self.configuration.clone(),
            secrets: self.options.secrets.clone(),
            refusals: self.options.unattended.then(|| self.refusals()),
            watch_only: self.options.watch_only,
            // One command leaves no trace: an application of its own, and nothing of the archive.
            store: (!self.options.one_shot).then(|| self.store.clone()),
            archive_from: self.outbox.oldest_in_doubt(Side::Xmpp),
        };
        let found = self.found.clone();
        tokio::spawn(async move {
            // The new link has the endpointId of the old one: it must not meet that one's goodbye.
            if timeout(GOODBYE, closing).await.is_err() {
                warn!(?side, "the old link did not close in time");
            }
            let prepared = match side {
                Side::Lync => preparation.lync().await,
                Side::Xmpp | Side::Gateway => {
                    let prepared = preparation.xmpp().await;
                    prepared.map(|(settings, offer)| Prepared::Xmpp(Box::new(settings), offer))
                }
            };
            // The loop may have ended meanwhile.
            let _ = found.send(Found::Prepared {
                side,
                generation,
                prepared,
            });
        });
    }

    /// A link can be started, or why not.
    pub(crate) fn prepared(
        &mut self,
        side: Side,
        generation: u64,
        prepared: Result<Prepared, Problem>,
    ) {
        let current = match side {
            Side::Lync => self.lync.generation,
            Side::Xmpp => self.xmpp.generation,
            Side::Gateway => return,
        };
        if generation != current {
            return;
        }
        match prepared {
            Ok(Prepared::Lync(settings, offer)) => {
                (self.lync.offer, self.password_missing) = match offer {
                    Ok(offer) => (Some(offer), None),
                    Err(missing) => (None, Some(missing)),
                };
                let (link, events) = ucwa::client::start(*settings, self.journal());
                self.lync.started(link, events);
            }
            Ok(Prepared::Xmpp(settings, offer)) => {
                self.xmpp.offer = Some(offer);
                let (link, events) = causeway_xmpp::link::start(*settings);
                if !self.options.watch_only {
                    link.send(self.presence.command());
                }
                self.xmpp.started(link, events);
            }
            Err(problem) => {
                let state = problems::resting(&problem);
                self.enter(side, state, Some(problem));
            }
        }
    }

    /// What is said of a failure on the way.
    pub(crate) fn next_try(&self) -> problems::Next {
        if self.options.one_shot {
            problems::Next::Ask
        } else {
            problems::Next::ByItself
        }
    }

    fn password_file(&self, side: Side) -> Option<PathBuf> {
        let settings = &self.configuration.settings;
        match side {
            Side::Lync => settings.lync.as_ref()?.password_file.value.clone(),
            Side::Xmpp => settings.xmpp.as_ref()?.password_file.value.clone(),
            Side::Gateway => None,
        }
    }

    fn refusals(&self) -> Refusals {
        Refusals::of(&self.options.data_dir)
    }

    /// What became of the password that a link was started with: `None`, it was accepted. In the loop, so that it is on
    /// disk before one command ends; it happens once for each sign-in.
    fn note_offer(&mut self, side: Side, code: Option<Code>) {
        let offer = match side {
            Side::Lync => self.lync.offer.take(),
            Side::Xmpp => self.xmpp.offer.take(),
            Side::Gateway => None,
        };
        if let Some(offer) = offer {
            self.refusals().note(&offer, code);
        }
    }

    /// The link ended by itself.
    pub(crate) fn stopped(&mut self, side: Side, problem: Option<Problem>) {
        drop(self.let_go(side));
        let file = self.password_file(side);
        let trusted = match &self.configuration.settings.lync {
            Some(lync) if side == Side::Lync => Some(&lync.trusted_domains),
            Some(_) | None => None,
        };
        let problem = problem.map(|problem| {
            // Whoever looked for it knows better why there is none.
            let problem = match &self.password_missing {
                Some(missing) if problem.code == Code::PasswordMissing => missing.clone(),
                Some(_) | None => problem,
            };
            let problem = problems::in_password_file(problem, file.as_deref());
            match trusted {
                Some(trusted) => problems::foreign_domain(problem, &trusted.value, trusted.origin),
                None => problem,
            }
        });
        if let Some(problem) = &problem {
            self.note_offer(side, Some(problem.code));
        }
        let state = problem
            .as_ref()
            .map_or(SideState::SignedOut, problems::resting);
        self.enter(side, state, problem);
        let lost = match side {
            Side::Lync => causeway_bridge::Side::Lync,
            Side::Xmpp | Side::Gateway => causeway_bridge::Side::Xmpp,
        };
        self.bridge_alone(causeway_bridge::Input::Lost(lost));
        self.tell_list();
    }

    /// Ends what runs for a side; the future resolves when it is closed. Texts that were handed over are in doubt,
    /// what was told of events is kept.
    fn let_go(&mut self, side: Side) -> BoxFuture<'static, ()> {
        self.outbox.lost(side);
        match side {
            Side::Lync => {
                self.doubts_until = None;
                for unit in self.page.abandon() {
                    self.carry_out(unit);
                }
                if let Some(link) = &self.lync.link {
                    link.send(ucwa::Command::SignOut);
                }
                drained(self.lync.ended()).boxed()
            }
            Side::Xmpp => {
                if let Some(link) = &self.xmpp.link {
                    link.send(causeway_xmpp::Command::SignOut);
                }
                drained(self.xmpp.ended()).boxed()
            }
            Side::Gateway => std::future::ready(()).boxed(),
        }
    }

    fn journal(&self) -> std::sync::Arc<dyn ucwa::client::Journal> {
        // One command signs in beside everything else: what it sees of events is nobody's loss.
        if self.options.one_shot {
            std::sync::Arc::new(ucwa::client::MemoryJournal::default())
        } else {
            self.store.journal(&self.own_address(Side::Lync))
        }
    }

    /// The configuration was read anew: restarts only what it concerns.
    pub(crate) fn reconfigure(&mut self, configuration: Configuration) {
        let before = std::mem::replace(&mut self.configuration, configuration);
        let now = &self.configuration.settings;
        let lync = before.settings.lync != now.lync;
        let xmpp = before.settings.xmpp != now.xmpp;
        if before.settings.history != now.history {
            let (store, history) = (self.store.clone(), now.history);
            tokio::spawn(async move {
                if let Err(problem) = store.set_history(history).await {
                    warn!(code = %problem.code, "the history settings could not be applied");
                }
            });
        }
        crate::log::set_level_of_files(now.log_level.value);
        self.set_rules();
        self.note_accounts();
        if lync {
            self.start(Side::Lync);
        }
        if xmpp {
            self.start(Side::Xmpp);
        }
    }
}

/// Changes the state of a link. Gives the step that ended by it and what is to be told of the state.
fn changed<L, E>(
    slot: &mut Slot<L, E>,
    state: SideState,
    problem: Option<Problem>,
    now: Timestamp,
) -> (Option<Kind>, Option<Kind>) {
    // A sign-in that was given up has no result.
    let ended = problem.is_some() || state.is_step() || state.is_ready();
    let step = slot
        .step_ended(problem.as_ref(), now)
        .filter(|_| ended && slot.state() != state);
    let told = slot.enter(state, problem);
    if let Some(Kind::State { error, .. }) = &told {
        slot.recent.note(now, state, error.as_ref());
        slot.since = Some(now);
        slot.next_at = None;
    }
    (step, told)
}

/// Waits for the end of a link that was told to close. What it tells meanwhile is in the journal or in doubt.
async fn drained<E>(events: Option<mpsc::Receiver<E>>) {
    if let Some(mut events) = events {
        while events.recv().await.is_some() {}
    }
}
