//! One task that follows the engine and shows it to the person: in the tray and as notifications.
//!
//! It sleeps until something happens. The engine never waits for it.

mod clicks;

use std::time::Duration;

use causeway_api::{Command, Event, Kind, Looking, Reply, Wish};
use causeway_engine::{Handle, Subscription};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::{info, warn};

use crate::closing;
use crate::desktop::{self, Bus};
use crate::notify::choice::Choice;
use crate::notify::rules::{Banners, Order, Subject, View};
use crate::notify::{self, Inquiry, Response};
use crate::scene::Scene;
use crate::session::Asked;
use crate::tray::draw::Panel;
use crate::tray::item::TrayItem;
use crate::tray::{Click, Look};
use crate::window::Window;
use crate::words::Reader;

/// Panels start late in a session that begins.
const PANEL_AT_LOGIN: Duration = Duration::from_secs(30);
/// In a session that runs the panel is there, or it is not.
const PANEL: Duration = Duration::from_secs(1);

/// Follows the engine until it or `ending` ends, and takes the notifications away. Without the services of a desktop there is nothing to show anything on, and this returns.
pub(crate) async fn attend(
    engine: Handle,
    window: Window,
    configured: watch::Receiver<u64>,
    asked: Asked,
    autostart: bool,
    ending: oneshot::Receiver<()>,
) {
    let Asked {
        host: host_told,
        inquiries,
    } = asked;
    let Some(bus) = desktop::session().await else {
        host_told.send_replace(Some(false));
        return;
    };
    let host = host_told.subscribe();
    let (panel_told, panel) = watch::channel(desktop::first_panel());
    tokio::spawn(desktop::watch_host(bus.clone(), host_told));
    tokio::spawn(desktop::watch_panel(bus.clone(), panel_told));
    if desktop::has_screen() {
        tokio::spawn(be_visible(window.clone(), host.clone(), autostart));
    }
    let (mut attention, notifications) = Attention::new(engine, window, inquiries, &bus);
    tokio::select! {
        () = attention.follow(configured, host, panel) => {}
        _ = ending => {}
    }
    drop(attention);
    let _ = notifications.await;
}

/// Where no tray comes, a person finds the window instead.
async fn be_visible(window: Window, mut host: watch::Receiver<Option<bool>>, autostart: bool) {
    let patience = if autostart { PANEL_AT_LOGIN } else { PANEL };
    let came = host.wait_for(|host| *host == Some(true));
    if tokio::time::timeout(patience, came).await.is_ok() {
        return;
    }
    info!("this desktop has no tray: opening the window");
    if let Err(problem) = window.show(Wish::default(), None) {
        warn!(%problem, "there is neither tray nor window");
    }
}

struct Attention {
    engine: Handle,
    window: Window,
    looking: watch::Receiver<Looking>,
    closed: watch::Receiver<u64>,
    reader: Reader,
    scene: Scene,
    banners: Banners,
    tray: Option<TrayItem>,
    /// The item was refused; it is offered again when another host comes.
    refused: bool,
    had_host: bool,
    clicks: (mpsc::UnboundedSender<Click>, mpsc::UnboundedReceiver<Click>),
    orders: mpsc::UnboundedSender<Order>,
    responses: mpsc::UnboundedReceiver<Response>,
}

/// Something to react to.
enum News {
    Event(Option<Event>),
    Click(Click),
    Response(Option<Response>),
    Looking,
    Closed,
    Configured,
    Host,
    Panel,
    Time,
}

impl Attention {
    fn new(
        engine: Handle,
        window: Window,
        inquiries: mpsc::UnboundedReceiver<Inquiry>,
        bus: &Bus,
    ) -> (Self, JoinHandle<()>) {
        let reader = Reader::of_session();
        let (orders, ordered) = mpsc::unbounded_channel();
        let (responded, responses) = mpsc::unbounded_channel();
        let notifications = tokio::spawn(notify::run(
            bus.clone(),
            reader.clone(),
            ordered,
            inquiries,
            responded,
        ));
        let attention = Self {
            engine,
            looking: window.looking(),
            closed: window.closed(),
            window,
            reader,
            scene: Scene::default(),
            banners: Banners::default(),
            tray: None,
            refused: false,
            had_host: false,
            clicks: mpsc::unbounded_channel(),
            orders,
            responses,
        };
        (attention, notifications)
    }

    async fn follow(
        &mut self,
        mut configured: watch::Receiver<u64>,
        mut host: watch::Receiver<Option<bool>>,
        mut panel: watch::Receiver<Panel>,
    ) {
        let mut responding = true;
        while let Ok(mut changes) = self.engine.subscribe().await {
            self.begin(&changes).await;
            let mut looks = *panel.borrow_and_update();
            self.refresh(looks).await;
            loop {
                let pause = self.pause();
                let news = tokio::select! {
                    event = changes.next() => News::Event(event),
                    Some(click) = self.clicks.1.recv() => News::Click(click),
                    response = self.responses.recv(), if responding => News::Response(response),
                    Ok(()) = self.looking.changed() => News::Looking,
                    Ok(()) = self.closed.changed() => News::Closed,
                    Ok(()) = configured.changed() => News::Configured,
                    Ok(()) = host.changed() => News::Host,
                    Ok(()) = panel.changed() => News::Panel,
                    () = sleep(pause.unwrap_or_default()), if pause.is_some() => News::Time,
                };
                match news {
                    News::Event(None) => return,
                    News::Event(Some(event)) if event.kind == Kind::Resync => break,
                    News::Event(Some(event)) => {
                        let differs = self.scene.take(&event);
                        self.decide(|banners, view| banners.take(&event, view));
                        if !differs {
                            continue;
                        }
                    }
                    News::Click(click) => self.act(click),
                    News::Response(None) => responding = false,
                    News::Response(Some(response)) => self.respond(response),
                    News::Looking => {
                        let looking = self.looking.borrow_and_update().clone();
                        self.decide(|banners, _| banners.looked(&looking));
                    }
                    News::Closed => self.window_closed(),
                    News::Configured => self.read_configuration().await,
                    News::Host => self.host_changed(*host.borrow_and_update()),
                    News::Panel => looks = *panel.borrow_and_update(),
                    News::Time => self.time(),
                }
                self.refresh(looks).await;
            }
        }
    }

    /// Everything anew from a snapshot.
    async fn begin(&mut self, changes: &Subscription) {
        self.scene.begin(changes.snapshot());
        self.read_configuration().await;
        if self.scene.unread.is_empty() {
            return;
        }
        if let Ok(Reply::Chats { chats }) = self.engine.request(Command::Chats).await {
            self.scene.name(&chats);
        }
    }

    async fn read_configuration(&mut self) {
        if let Ok(Reply::Config { entries, .. }) = self.engine.request(Command::ShowConfig).await {
            self.scene.bridge = entries
                .iter()
                .any(|entry| entry.key == "bridge.enabled" && entry.value == true);
            self.scene.choice = Choice::read(&entries);
            let locked = entries.into_iter().filter(|entry| entry.managed);
            self.scene.locked = locked.map(|entry| entry.key).collect();
        }
    }

    /// Brings the tray up to date.
    async fn refresh(&mut self, panel: Panel) {
        let look = Look::of(&self.scene, &self.reader, Timestamp::now());
        match &mut self.tray {
            Some(tray) => tray.show(look, panel).await,
            // Offered before a host is there, it could miss its coming; later ones it is told of.
            None if self.refused || !self.had_host => {}
            None => match TrayItem::offer(look, panel, self.clicks.0.clone()).await {
                Ok(tray) => self.tray = Some(tray),
                Err(error) => {
                    warn!(%error, "no tray icon");
                    self.refused = true;
                }
            },
        }
    }

    /// The first time the person is told where the window went.
    fn window_closed(&mut self) {
        let data_dir = self.window.data_dir().to_owned();
        if closing::was_told(&data_dir) {
            return;
        }
        let tray = self.had_host;
        if self.decide(|banners, view| banners.window_closed(view, tray)) {
            closing::note_told(&data_dir);
        }
    }

    /// True where something is to be done on the screen.
    fn decide(&mut self, decide: impl FnOnce(&mut Banners, &View<'_>) -> Vec<Order>) -> bool {
        let looking = self.looking.borrow().clone();
        let view = View {
            scene: &self.scene,
            looking: &looking,
            reader: &self.reader,
            now: Timestamp::now(),
        };
        let orders = decide(&mut self.banners, &view);
        let any = !orders.is_empty();
        for order in orders {
            // An error means that notifications are not possible, which has been said.
            let _ = self.orders.send(order);
        }
        any
    }

    fn host_changed(&mut self, host: Option<bool>) {
        match host {
            Some(true) => {
                self.refused = false;
                self.decide(|_, _| vec![Order::Withdraw(Subject::Tray)]);
            }
            // It was there, else nobody would miss it.
            Some(false) if self.had_host && !self.looking.borrow().shown => {
                self.decide(Banners::tray_gone);
            }
            Some(false) | None => {}
        }
        self.had_host = host == Some(true);
    }

    /// Until something is due by itself.
    fn pause(&self) -> Option<Duration> {
        let due = [self.banners.deadline(), self.scene.quiet_until];
        let due = due.into_iter().flatten().min()?;
        Some(Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default())
    }

    fn time(&mut self) {
        let now = Timestamp::now();
        if self.scene.quiet_until.is_some_and(|until| until <= now) {
            self.scene.quiet_until = None;
        }
        self.decide(Banners::tick);
    }
}
