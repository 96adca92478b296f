//! Starting, the loop, stopping.

use std::time::Duration;

use causeway_api::{Problem, Side};
use jiff::Timestamp;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tracing::{error, info, warn};

use crate::{
    Handle, Options,
    chats::Unread,
    config::{self, Configuration},
    core::{Core, Found, STORE_BACKLOG, Start},
    handle::Ask,
    log,
    lookout::Lookouts,
    network,
    outbox::{Row, Stage},
    problems,
    store::{ChosenStatus, DataDir, Keep, Outgoing, Pause, PersonLink, Slot, Store},
    unit::Committed,
};

/// Questions that may wait for the loop.
const ASKS: usize = 256;
/// Everything is closed within this time, or left as it is: all that counts is on disk.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// The links say goodbye within this time.
const GOODBYE: Duration = Duration::from_millis(2500);
/// A deadline further away is looked at again after this time; clocks are set and computers sleep.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// A running engine. Dropping it without [`Engine::stop`] ends the loop without waiting for it.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Engine {
    /// Reads the configuration, opens the store and starts the links. Returns as soon as the loop runs: how the
    /// sign-ins go is told as `state` events. Works without any configuration; both sides are `signed-out` then.
    ///
    /// # Errors
    /// [`causeway_api::Code::DataDirBusy`], [`causeway_api::Code::Storage`].
    pub async fn start(options: Options) -> Result<Self, Problem> {
        let opening = options.clone();
        let opened = tokio::task::spawn_blocking(move || open(&opening)).await;
        let (configuration, store, damage) =
            opened.unwrap_or_else(|_| Err(problems::internal("opening the store was cut off")))?;
        let one_shot = options.one_shot;
        let left = store
            .transaction(Keep::Kill, move |transaction| {
                Left::read(transaction, one_shot)
            })
            .await?;
        let (asks, asked) = mpsc::channel(ASKS);
        let (found, founds) = mpsc::unbounded_channel();
        let (stop, stopping) = oneshot::channel();
        let start = Start {
            options,
            configuration,
            store,
            left,
            damage,
            found,
            now: Timestamp::now(),
        };
        let task = tokio::spawn(run(Core::new(start), asked, founds, stopping));
        Ok(Self {
            handle: Handle::new(asks),
            stop: Some(stop),
            task,
        })
    }

    /// The way to ask and to listen.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Resolves when the engine has ended by itself, after `Command::Quit`: queue on disk, links closed.
    pub async fn ended(&mut self) {
        if (&mut self.task).await.is_err() {
            error!("the engine's loop was cut off");
        }
    }

    /// Puts the queue on disk and closes the links in order, within five seconds.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that it has ended already.
            let _ = stop.send(());
        }
        if !self.task.is_finished() && timeout(STOP_LIMIT, &mut self.task).await.is_err() {
            warn!("the links took too long to close");
            self.task.abort();
        }
    }
}

fn open(options: &Options) -> Result<(Configuration, Store, Option<Problem>), Problem> {
    let configuration = config::load(&options.locations);
    let dir = DataDir::open(&options.data_dir)?;
    if options.log_files {
        log::to_files(dir.path(), configuration.settings.log_level.value);
    }
    for issue in &configuration.issues {
        warn!(file = %issue.file, line = issue.line, key = issue.key, message = %issue.message, "configuration");
    }
    let (store, damage) = Store::open(dir, configuration.settings.history)?;
    if let Some(problem) = &damage {
        error!(code = %problem.code, message = %problem.message, "a fresh database was begun");
    }
    Ok((configuration, store, damage))
}

/// What an earlier run left in the store.
#[derive(Debug, Default)]
pub(crate) struct Left {
    pub(crate) outgoing: Vec<Row>,
    /// Texts that wait for their readers.
    pub(crate) held: Vec<Row>,
    pub(crate) lookouts: Lookouts,
    pub(crate) facts: Vec<(String, String, serde_json::Value)>,
    pub(crate) keys: Vec<(Side, String)>,
    pub(crate) links: Vec<PersonLink>,
    pub(crate) pause: Option<Pause>,
    pub(crate) status: Option<ChosenStatus>,
    pub(crate) unread: Unread,
}

impl Left {
    pub(crate) fn read(
        transaction: &crate::store::Transaction<'_>,
        one_shot: bool,
    ) -> rusqlite::Result<Self> {
        // One command sends its own text and goes: it would leave in the middle of what else waits, which is the
        // lasting installation's to send.
        let outgoing = if one_shot {
            Vec::new()
        } else {
            transaction.unfinished()?
        };
        let waiting = transaction.slot(Slot::HELD)?.unwrap_or_default();
        let (held, outgoing): (Vec<Row>, Vec<Row>) = outgoing
            .into_iter()
            .map(row)
            .partition(|row| waiting.contains(&row.id));
        Ok(Self {
            outgoing,
            held,
            lookouts: if one_shot {
                Lookouts::default()
            } else {
                transaction.slot(Slot::LOOKOUTS)?.unwrap_or_default()
            },
            facts: transaction.facts()?,
            keys: transaction.last_seen(8192)?,
            links: transaction.person_links()?,
            pause: transaction.slot(Slot::PAUSE)?,
            unread: transaction.all_unread()?.into_iter().collect(),
            status: if one_shot {
                None
            } else {
                transaction.slot(Slot::OWN_STATUS)?
            },
        })
    }
}

fn row(outgoing: Outgoing) -> Row {
    let stage = match outgoing.state {
        causeway_api::DeliveryState::Queued => Stage::Queued,
        causeway_api::DeliveryState::Sending => Stage::Sending,
        causeway_api::DeliveryState::Sent
        | causeway_api::DeliveryState::Delivered
        | causeway_api::DeliveryState::Failed => Stage::Sent,
    };
    Row {
        id: outgoing.id,
        side: outgoing.side,
        account: outgoing.account,
        to: outgoing.to,
        thread: outgoing.thread.unwrap_or_default(),
        text: outgoing.text,
        written: outgoing.created,
        origin: outgoing.origin,
        stage,
    }
}

/// Everything that can happen.
enum Tick {
    Lync(Option<ucwa::Event>),
    Xmpp(Option<causeway_xmpp::Event>),
    Ask(Ask),
    Stored(Committed),
    Found(Found),
    Timer,
    Shutdown,
}

async fn run(
    mut core: Core,
    mut asks: mpsc::Receiver<Ask>,
    mut founds: mpsc::UnboundedReceiver<Found>,
    mut stop: oneshot::Receiver<()>,
) {
    core.start(Side::Lync);
    core.start(Side::Xmpp);
    // One command is over before the network changes.
    let watch = (!core.options.one_shot).then(|| network::watch(core.found.clone()));
    loop {
        let tick = next(&mut core, &mut asks, &mut founds, &mut stop).await;
        core.now = Timestamp::now();
        match tick {
            Tick::Lync(event) => core.on_lync(event),
            Tick::Xmpp(event) => core.on_xmpp(event),
            Tick::Ask(ask) => core.on_ask(ask),
            Tick::Stored(committed) => core.committed(committed),
            Tick::Found(Found::Prepared {
                side,
                generation,
                prepared,
            }) => core.prepared(side, generation, prepared),
            Tick::Found(Found::Configuration(configuration)) => core.reconfigure(*configuration),
            Tick::Found(Found::Unread {
                conversation,
                count,
            }) => core.set_unread(conversation, count),
            Tick::Found(Found::Network) => core.network_changed(),
            Tick::Found(Found::Password(side)) => core.start(side),
            Tick::Found(Found::Retry { text, when, answer }) => {
                core.send_again(&text, when, answer)
            }
            Tick::Timer => core.timer(),
            Tick::Shutdown => break,
        }
        core.attempt_waiting();
        if core.is_quitting() {
            break;
        }
    }
    if let Some(watch) = watch {
        watch.abort();
    }
    close(core).await;
}

async fn next(
    core: &mut Core,
    asks: &mut mpsc::Receiver<Ask>,
    founds: &mut mpsc::UnboundedReceiver<Found>,
    stop: &mut oneshot::Receiver<()>,
) -> Tick {
    // A store that does not keep up: the links wait, the far sides keep what they have.
    let listening = core.uncommitted() < STORE_BACKLOG;
    let pause = core.deadline().map_or(LONGEST_SLEEP, |deadline| {
        Duration::try_from(deadline.duration_since(Timestamp::now()))
            .unwrap_or(Duration::ZERO)
            .min(LONGEST_SLEEP)
    });
    let Core {
        lync,
        xmpp,
        commits,
        ..
    } = core;
    tokio::select! {
        biased;
        // Also when the engine was dropped.
        _ = stop => Tick::Shutdown,
        committed = commits.next() => Tick::Stored(committed),
        Some(found) = founds.recv() => Tick::Found(found),
        event = lync.next(), if listening => Tick::Lync(event),
        event = xmpp.next(), if listening => Tick::Xmpp(event),
        Some(ask) = asks.recv() => Tick::Ask(ask),
        () = sleep(pause) => Tick::Timer,
    }
}

/// Says goodbye to both sides while the store finishes; what happens meanwhile still counts.
async fn close(mut core: Core) {
    info!("ending");
    core.say_goodbye();
    let mut lync_open = core.lync.link.is_some();
    let mut xmpp_open = core.xmpp.link.is_some();
    let goodbye = async {
        while lync_open || xmpp_open || core.uncommitted() > 0 {
            let Core {
                lync,
                xmpp,
                commits,
                ..
            } = &mut core;
            let tick = tokio::select! {
                committed = commits.next() => Tick::Stored(committed),
                event = lync.next(), if lync_open => Tick::Lync(event),
                event = xmpp.next(), if xmpp_open => Tick::Xmpp(event),
            };
            core.now = Timestamp::now();
            match tick {
                Tick::Stored(committed) => core.committed(committed),
                Tick::Lync(event) => {
                    core.on_lync(event);
                    lync_open = core.lync.link.is_some();
                }
                Tick::Xmpp(event) => {
                    core.on_xmpp(event);
                    xmpp_open = core.xmpp.link.is_some();
                }
                Tick::Ask(_) | Tick::Found(_) | Tick::Timer | Tick::Shutdown => {}
            }
        }
    };
    if timeout(GOODBYE, goodbye).await.is_err() {
        warn!("a link did not close in time");
    }
    core.store.close().await;
}
