//! The programs, and the play on them.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Wish};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, World, XMPP};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use causeway_tests::prosody::Prosody;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use serde_json::Value;

use crate::screenplay::{CHANGES, Change, EXCHANGES, Exchange};
use crate::transcript::{Network, aside, line};

const ACCOUNT: &str = "anna@xmpp.example";
/// People need this long to read a line.
const PAUSE: Duration = Duration::from_millis(1200);

/// Two servers, the bridge between them, and two people with XMPP clients.
pub(crate) struct Stage {
    world: World,
    /// The resident agent, where a window is shown; else the bridge runs in the terminal.
    agent: Option<Agent>,
    bridge: Stream,
    phone: Person,
    dora: Person,
    /// The last change of each Lync person.
    shown: HashMap<&'static str, &'static Change>,
    to_xmpp: usize,
    to_lync: usize,
}

impl Stage {
    /// Starts everything and waits until the bridge is signed in on both sides.
    pub(crate) async fn set(window: bool) -> Self {
        let (sim, prosody) = tokio::join!(Sim::with_its_own_cast(), Prosody::start(XMPP));
        let world = World::around(sim, prosody, "");
        let (agent, mut bridge) = if window {
            let agent = Agent::start_here(&world.ctl).await;
            (Some(agent), world.ctl.stream(&["watch"]))
        } else {
            (None, world.ctl.stream(&["bridge", "run"]))
        };
        let (phone, dora, ()) = tokio::join!(
            Person::sign_in(&world.prosody, "phone"),
            Person::sign_in(&world.prosody, "dora"),
            bridge.both_sides_ready(),
        );
        if window {
            open_window(&world).await;
        }
        Self {
            world,
            agent,
            bridge,
            phone,
            dora,
            shown: HashMap::new(),
            to_xmpp: 0,
            to_lync: 0,
        }
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The contact list and the first exchange.
    pub(crate) async fn opening(&mut self) {
        let contacts = self.world.ctl.run(&["contacts"]).await.done();
        for person in contacts["people"].as_array().into_iter().flatten() {
            line(
                Network::Lync,
                text(&person["name"]),
                &format!("is {}", presence(person)),
            );
        }
        for exchange in EXCHANGES.iter().take(1) {
            self.exchange(exchange).await;
        }
    }

    /// Everything, again and again.
    pub(crate) async fn play_on(&mut self) {
        // The first exchange was the opening.
        let exchanges = EXCHANGES.iter().cycle().skip(1);
        for (turn, (exchange, change)) in exchanges.zip(CHANGES.iter().cycle()).enumerate() {
            self.change(change).await;
            self.exchange(exchange).await;
            match turn % CHANGES.len() {
                2 => self.between_friends().await,
                4 => self.own_status().await,
                _ => {}
            }
        }
    }

    /// A Lync person writes, the text reaches the phone, the answer reaches the Lync person.
    async fn exchange(&mut self, exchange: &Exchange) {
        let name = self.name(exchange.who);
        self.phone.forget();
        self.world
            .sim
            .writes(exchange.who, ANNA, exchange.says)
            .await;
        line(Network::Lync, &name, &format!("→ Anna: {}", exchange.says));
        let received = self.phone.receives(exchange.says).await;
        self.to_xmpp += 1;
        line(
            Network::Xmpp,
            "Anna's phone",
            &format!("reads “{}”", received.body),
        );
        tokio::time::sleep(PAUSE).await;

        let before = self.world.sim.inbox(exchange.who).await.len();
        self.phone
            .writes_in(ACCOUNT, exchange.answer, received.thread.as_deref());
        line(
            Network::Xmpp,
            "Anna's phone",
            &format!("→ {name}: {}", exchange.answer),
        );
        let answer = until(&format!("{name} reads the answer"), async || {
            let inbox = self.world.sim.inbox(exchange.who).await;
            inbox
                .into_iter()
                .skip(before)
                .find(|text| text == exchange.answer)
        })
        .await;
        self.to_lync += 1;
        line(Network::Lync, &name, &format!("reads “{answer}”"));
        tokio::time::sleep(PAUSE).await;
    }

    /// A Lync person changes their presence, and the bridge sees it. Whoever is so already says nothing.
    async fn change(&mut self, change: &'static Change) {
        if self.shown.insert(change.who, change) == Some(change) {
            return;
        }
        let wanted = format!("sip:{}", change.who);
        self.world
            .sim
            .goes(
                change.who,
                change.availability,
                change.activity,
                change.note,
            )
            .await;
        let seen = self
            .bridge
            .next("a change of presence", |event| {
                event["kind"] == "presence"
                    && event["address"] == wanted.as_str()
                    && event["availability"] == change.seen
                    && event["note"].as_str().unwrap_or_default() == change.note
            })
            .await;
        line(
            Network::Lync,
            &self.name(change.who),
            &format!("is now {}", presence(&seen)),
        );
        tokio::time::sleep(PAUSE).await;
    }

    /// A friend on XMPP writes to Anna's account, and Anna answers from her desk.
    async fn between_friends(&mut self) {
        let question = "Cinema tonight? 🎬";
        self.dora.writes(ACCOUNT, question);
        line(Network::Xmpp, "Dora", &format!("→ Anna: {question}"));
        self.bridge
            .next("Dora's text", |event| {
                event["kind"] == "message" && event["text"] == question
            })
            .await;
        line(
            Network::Xmpp,
            "Anna",
            &format!("reads “{question}” in Causeway"),
        );
        let answer = "Gladly, eight o'clock";
        self.dora.forget();
        self.world
            .ctl
            .run(&["send", "xmpp:dora@xmpp.example", answer])
            .await
            .done();
        let received = self.dora.receives(answer).await;
        line(Network::Xmpp, "Dora", &format!("reads “{}”", received.body));
        tokio::time::sleep(PAUSE).await;
    }

    /// Anna sets her status once; both networks show it.
    async fn own_status(&mut self) {
        for arguments in [
            ["status", "set", "busy", "--note", "On the train"].as_slice(),
            ["status", "reset"].as_slice(),
        ] {
            let status = self.world.ctl.run(arguments).await.done();
            line(
                Network::Lync,
                "Anna",
                &format!(
                    "is {} in both networks (causewayctl {})",
                    presence(&status),
                    arguments.join(" ")
                ),
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn name(&self, address: &str) -> String {
        let account = address.split('@').next().unwrap_or(address);
        self.world.sim.account(account).name.clone()
    }

    /// Ends every program. Success only if texts crossed in both directions.
    pub(crate) async fn close(mut self) -> ExitCode {
        self.bridge.program.terminate().await;
        if let Some(mut agent) = self.agent {
            agent.program.terminate().await;
        }
        self.world.prosody.stop().await;
        aside(&format!(
            "\n{} texts crossed from Lync to XMPP, {} from XMPP to Lync.",
            self.to_xmpp, self.to_lync
        ));
        if self.to_xmpp > 0 && self.to_lync > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// As a click on the tray item does it.
async fn open_window(world: &World) {
    let door = Client::connect(&world.ctl.data_dir, "causeway-demo").await;
    let shown = match door {
        Ok(Some(door)) => door.request(Command::Show(Wish::default())).await,
        Ok(None) => panic!("the agent has ended"),
        Err(problem) => Err(problem),
    };
    if let Err(problem) = shown {
        panic!("{} {}", problem.message, problem.remedy);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// `busy (in-a-meeting), “Release review”`
fn presence(of: &Value) -> String {
    let mut words = text(&of["availability"]).to_owned();
    if let Some(activity) = of["activity"]
        .as_str()
        .filter(|activity| !activity.is_empty())
    {
        words.push_str(&format!(" ({activity})"));
    }
    if let Some(note) = of["note"].as_str().filter(|note| !note.is_empty()) {
        words.push_str(&format!(", “{note}”"));
    }
    words
}
