//! A loop without links, for tests of what it decides: events go in, the store and the event stream show what follows.

use std::path::Path;

use causeway_api::{Kind, Problem, Reply};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

use crate::{
    Options, Sides, Subscription,
    config::{self, Configuration, Locations},
    core::{Core, Found, Start},
    engine::Left,
    outbox::Stage,
    secrets::Secrets,
    store::{DataDir, Keep, Outgoing, Store, Transaction},
};

/// Anna's accounts, as most tests have them.
pub(crate) const ANNA: &str =
    "[lync]\naddress = \"anna@contoso.example\"\n[xmpp]\naddress = \"anna@xmpp.example\"\n";

/// A loop, where it lives, and somebody who listens.
pub(crate) struct Scene {
    pub(crate) core: Box<Core>,
    pub(crate) dir: TempDir,
    listener: Subscription,
    _founds: mpsc::UnboundedReceiver<Found>,
}

impl Scene {
    /// Anna's, in a fresh data directory.
    pub(crate) async fn new() -> Self {
        Self::of(ANNA, tempfile::tempdir().unwrap(), false).await
    }

    /// With this configuration in a data directory that may have been used before.
    pub(crate) async fn of(configuration: &str, dir: TempDir, one_shot: bool) -> Self {
        let options = options(dir.path(), one_shot);
        let configuration = configured(dir.path(), configuration);
        let data = DataDir::open(dir.path()).unwrap();
        let (store, _) = Store::open(data, configuration.settings.history).unwrap();
        let left = store
            .transaction(Keep::Kill, move |transaction| {
                Left::read(transaction, one_shot)
            })
            .await
            .unwrap();
        let (found, founds) = mpsc::unbounded_channel();
        let core = Box::new(Core::new(Start {
            options,
            configuration,
            store,
            left,
            damage: None,
            found,
            now: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50),
        }));
        let listener = core.audience.subscribe(core.now, Vec::new());
        Self {
            core,
            dir,
            listener,
            _founds: founds,
        }
    }

    /// The program ends and another one, or the same, begins in its data directory.
    pub(crate) async fn restarted(self, configuration: &str, one_shot: bool) -> Self {
        let Self { core, dir, .. } = self;
        core.store.close().await;
        Self::of(configuration, dir, one_shot).await
    }

    /// The configuration was read anew, with this in it.
    pub(crate) fn reconfigured(&mut self, text: &str) {
        let configuration = configured(self.dir.path(), text);
        self.core.reconfigure(configuration);
    }

    /// Time passes.
    pub(crate) fn later(&mut self, seconds: i64) {
        self.core.now += SignedDuration::from_secs(seconds);
        self.core.timer();
    }

    /// Everything submitted is stored, and what follows from it is done.
    pub(crate) async fn settle(&mut self) {
        while self.core.commits.len() > 0 {
            let committed = self.core.commits.next().await;
            self.core.committed(committed);
        }
    }

    /// The Lync link is ready.
    pub(crate) fn lync_ready(&mut self, resumed: bool) {
        self.lync(ucwa::Event::State(ucwa::State::Ready {
            available: true,
            resumed,
        }));
    }

    pub(crate) fn lync(&mut self, event: ucwa::Event) {
        self.core.on_lync(Some(event));
    }

    pub(crate) fn xmpp(&mut self, event: causeway_xmpp::Event) {
        self.core.on_xmpp(Some(event));
    }

    /// The XMPP link is bound anew.
    pub(crate) fn xmpp_ready(&mut self) {
        self.xmpp(causeway_xmpp::Event::State(causeway_xmpp::State::Ready {
            jid: "anna@xmpp.example/causeway".parse().unwrap(),
            resumed: false,
        }));
    }

    /// A text from Carol's phone, as the server shows it now or in its archive.
    pub(crate) fn carol_writes(&mut self, id: &str, text: &str, archived: Option<&str>) {
        self.xmpp(causeway_xmpp::Event::Message(causeway_xmpp::Message {
            from: "carol@xmpp.example/phone".parse().unwrap(),
            to: "anna@xmpp.example".parse().unwrap(),
            id: Some(id.to_owned()),
            origin_id: None,
            stanza_id: archived.map(str::to_owned),
            thread: None,
            reply_to: None,
            body: text.to_owned(),
            delayed: archived.map(|_| self.core.now - SignedDuration::from_hours(1)),
            carbon: false,
            archived: archived.is_some(),
            wants_receipt: true,
            encrypted: false,
        }));
    }

    /// Anna writes; gives where the answer will come and the id of the (first part of the) text.
    pub(crate) fn anna_writes(
        &mut self,
        to: &str,
        text: &str,
    ) -> (String, oneshot::Receiver<Result<Reply, Problem>>) {
        let (answer, answered) = oneshot::channel();
        let target = self.core.target(to).unwrap().unwrap();
        let before = self.core.sends.ids();
        let typed = crate::send::Typed {
            text,
            token: None,
            in_place_of: None,
            when: causeway_api::SendWhen::Now,
        };
        self.core.send(&target, typed, answer);
        let mut ids = self.core.sends.ids();
        ids.retain(|id| !before.contains(id));
        (ids.first().cloned().unwrap_or_default(), answered)
    }

    /// What was told since the last look.
    pub(crate) fn told(&mut self) -> Vec<Kind> {
        std::iter::from_fn(|| self.listener.next().now_or_never().flatten())
            .map(|event| event.kind)
            .collect()
    }

    /// Where a text of the queue stands; `None`: it has left it.
    pub(crate) fn stage(&self, id: &str) -> Option<Stage> {
        self.core.outbox.get(id).map(|row| row.stage)
    }

    /// Reads from the store.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<R> + Send + 'static,
    ) -> R {
        self.core.store.transaction(Keep::Kill, work).await.unwrap()
    }

    /// A text of the queue as it is stored.
    pub(crate) async fn stored(&self, id: &str) -> Option<Outgoing> {
        let id = id.to_owned();
        self.read(move |transaction| transaction.outgoing(&id))
            .await
    }
}

fn options(dir: &Path, one_shot: bool) -> Options {
    Options {
        locations: locations(dir),
        data_dir: dir.to_owned(),
        sides: Sides::BOTH,
        bridge: true,
        watch_only: false,
        one_shot,
        unattended: false,
        log_files: false,
        secrets: Secrets::system(),
    }
}

fn locations(dir: &Path) -> Locations {
    Locations {
        user_file: dir.join("config.toml"),
        machine: config::Machine::untouched(dir),
    }
}

fn configured(dir: &Path, text: &str) -> Configuration {
    std::fs::write(dir.join("config.toml"), text).unwrap();
    config::load(&locations(dir))
}
