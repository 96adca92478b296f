//! Secrets of people and servers are fed in by every way there is and looked for wherever they must not be.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use causeway_api::door::Client;
use causeway_api::{Changes as _, Command, Desk as _, Password, Side};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, PEOPLE, World, XMPP, secret};
use causeway_tests::ctl::Ctl;
use causeway_tests::island::{Name, name_server, story};
use causeway_tests::person::Person;
use causeway_tests::prosody::Prosody;
use causeway_tests::report;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use causeway_tests::web_proxy::WebProxy;
use serde_json::json;

/// What nobody but a server is told. The last is how tokens begin.
const PASSWORDS: [&str; 6] = [
    "canary-of-lync",
    "canary of xmpp",
    "canary-of-proxy",
    "canary-refused",
    "canary-typed",
    "cwt=",
];
/// What stays out of logs, but not of answers and history.
const WORDS: [&str; 3] = ["canary text", "canary note", "canary search"];
/// The verbs that are not told anything secret by the story itself.
const VERBS: [&[&str]; 14] = [
    &["check"],
    &["contacts"],
    &["contacts", "groups"],
    &["presence", "sip:ben@contoso.example"],
    &["status", "get"],
    &["status", "reset"],
    &["config", "show"],
    &["config", "check"],
    &["config", "schema"],
    &["config", "set", "lync.user", "anna"],
    &["login", "--password-stdin"],
    &["logout"],
    &["explain", "CW-1201"],
    &["completion", "bash"],
];
const POOL: &str = "pool.contoso.example";

/// Where something must not be, and what is there.
struct Place(String, Vec<u8>);

impl Place {
    fn file(path: &Path) -> Self {
        Self(
            path.display().to_string(),
            std::fs::read(path).unwrap_or_default(),
        )
    }

    fn has_none_of(&self, canaries: &[&str]) {
        let Self(place, content) = self;
        let text = String::from_utf8_lossy(content);
        for canary in canaries {
            let coded = canary.replace(' ', "%20");
            for form in [*canary, &coded] {
                if let Some(at) = text.find(form) {
                    let around: String = text[..at].chars().rev().take(120).collect();
                    let around: String = around.chars().rev().collect();
                    panic!("{form:?} in {place}, after: {around}");
                }
            }
        }
    }
}

/// Command line and environment of a process.
fn process(pid: u32) -> [Place; 2] {
    ["cmdline", "environ"].map(|what| Place::file(Path::new(&format!("/proc/{pid}/{what}"))))
}

fn files(directory: &Path) -> Vec<Place> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(Place::file(&path)),
            Ok(_) | Err(_) => {}
        }
    }
    found
}

/// Everything that a page of the window is told from now on, and what it asks for when it is opened.
struct Page {
    told: Arc<Mutex<Vec<u8>>>,
    door: Client,
}

impl Page {
    async fn open(ctl: &Ctl) -> Self {
        let door = Client::connect(&ctl.data_dir, "causeway-window").await;
        let door = door.expect("the door answers").expect("the agent runs");
        let (snapshot, mut changes) = door.subscribe().await.expect("it may listen");
        let snapshot = serde_json::to_vec(&snapshot).expect("a snapshot is JSON");
        let told = Arc::new(Mutex::new(snapshot));
        let into = Arc::clone(&told);
        tokio::spawn(async move {
            while let Some(event) = changes.next().await {
                let event = serde_json::to_vec(&event).expect("an event is JSON");
                into.lock().expect("nobody panicked").extend(event);
            }
        });
        Self { told, door }
    }

    async fn asks_for_everything(&self) {
        for command in [
            Command::Contacts,
            Command::Lists,
            Command::Chats,
            Command::ShowConfig,
            Command::Links,
            Command::Bridge,
            Command::About,
            Command::Desktop,
            Command::GetStatus,
            Command::Check { again: true },
        ] {
            let reply = self.door.request(command).await;
            let reply = format!("{}", json!(reply.map_err(|problem| json!(problem))));
            self.told
                .lock()
                .expect("nobody panicked")
                .extend(reply.into_bytes());
        }
    }

    fn place(&self) -> Place {
        let told = self.told.lock().expect("nobody panicked").clone();
        Place("what the page was told".into(), told)
    }
}

/// What a verb says at its most talkative.
async fn says(ctl: &Ctl, arguments: &[&str]) -> [Place; 2] {
    let line = [&["--log", "trace"], arguments].concat();
    let answer = ctl.run(&line).await;
    [
        Place(
            format!("the answer of {arguments:?}"),
            answer.json.to_string().into(),
        ),
        Place(format!("the log of {arguments:?}"), answer.stderr.into()),
    ]
}

#[test]
fn secrets_are_told_to_servers_alone() {
    story(
        module_path!(),
        "secrets_are_told_to_servers_alone",
        async || {
            name_server(&[(POOL, Name::At(Ipv4Addr::LOCALHOST))]).await;
            let people = PEOPLE.replace("Pässwörd&<1>+%", PASSWORDS[0]);
            let accounts: Vec<(&str, &str)> = XMPP
                .iter()
                .map(|(name, password)| {
                    (
                        *name,
                        if *name == "anna" {
                            PASSWORDS[1]
                        } else {
                            password
                        },
                    )
                })
                .collect();
            let (sim, prosody, proxy) = tokio::join!(
                Sim::start(&people, &[]),
                Prosody::start(&accounts),
                WebProxy::with_login("anna", PASSWORDS[2]),
            );
            let world = World::around(sim, prosody, "");
            secret(&world.dir.path().join("xmpp.password"), PASSWORDS[1]);
            secret(&world.dir.path().join("proxy.password"), PASSWORDS[2]);
            through(&world, &proxy);
            let mut places = Vec::new();

            // One command after the other, each signing in by itself.
            for arguments in [
                ["check"].as_slice(),
                &["contacts"],
                &["search", WORDS[2]],
                &["config", "show"],
                &["send", &format!("sip:{BEN}"), WORDS[0]],
            ] {
                let [answer, log] = says(&world.ctl, arguments).await;
                log.has_none_of(&WORDS);
                places.extend([answer, log]);
            }

            // The resident program, with texts and notes in both directions.
            let mut agent = Agent::start_with_log(&world.ctl, "trace").await;
            let log = world.ctl.data_dir.with_extension("agent.log");
            world
                .ctl
                .run(&["config", "set", "log.level", "trace"])
                .await
                .done();
            let page = Page::open(&world.ctl).await;
            let mut phone = Person::sign_in(&world.prosody, "phone").await;
            until("lync ready", async || {
                let status = world.ctl.run(&["status", "get"]).await;
                (status.json["availability"] == "available").then_some(())
            })
            .await;
            let note = ["status", "set", "busy", "--note", WORDS[1]];
            places.extend(says(&world.ctl, &note).await);
            world.sim.writes(BEN, ANNA, WORDS[0]).await;
            phone.receives(WORDS[0]).await;
            world.sim.goes(BEN, "Busy", "", WORDS[1]).await;
            places.extend(process(agent.program.pid()));

            // A token that ends in the middle, a password that is refused, and one that somebody types.
            world.sim.fault(json!({"what": "revoke-tokens"})).await;
            world.sim.writes(BEN, ANNA, "canary text, the second").await;
            phone.receives("canary text, the second").await;
            secret(&world.dir.path().join("lync.password"), PASSWORDS[3]);
            let door = Client::connect(&world.ctl.data_dir, "the stories")
                .await
                .expect("the door answers")
                .expect("the agent runs");
            let again = Command::SignIn { side: Side::Lync };
            door.request(again).await.expect("it is tried");
            until("the refusal", async || {
                let contacts = world.ctl.run(&["contacts"]).await;
                (contacts.code() == "CW-1201").then(|| {
                    places.push(Place(
                        "the refusal".into(),
                        contacts.json.to_string().into(),
                    ));
                })
            })
            .await;
            let text = std::fs::read_to_string(&world.ctl.config).expect("a configuration");
            let lines = text
                .lines()
                .filter(|line| !line.contains("lync.password\""));
            let text: String = lines.map(|line| format!("{line}\n")).collect();
            std::fs::write(&world.ctl.config, text).expect("the configuration can be written");
            // Any change has it read anew.
            world
                .ctl
                .run(&["config", "set", "lync.culture", "sv-SE"])
                .await
                .done();
            let typed = Command::SetPassword {
                side: Side::Lync,
                password: Password::from(PASSWORDS[4].to_owned()),
                keep: true,
            };
            let taken = door.request(typed).await;
            places.push(Place(
                "the answer to a typed password".into(),
                format!("{taken:?}").into(),
            ));
            until("the second refusal", async || {
                (world.ctl.run(&["contacts"]).await.code() == "CW-1201").then_some(())
            })
            .await;
            page.asks_for_everything().await;
            let told = page.place();
            for word in &WORDS[..2] {
                let told = String::from_utf8_lossy(&told.1);
                assert!(told.contains(word), "the page is shown {word:?}");
            }
            places.push(told);
            for arguments in VERBS {
                let [answer, log] = says(&world.ctl, arguments).await;
                log.has_none_of(&WORDS);
                places.extend([answer, log]);
            }

            // Two reports for a help desk: by the resident program and, once that is gone, by the verb alone.
            let [by_agent, alone] =
                ["agent.zip", "alone.zip"].map(|name| world.dir.path().join(name));
            let file = by_agent.to_str().expect("a path of ours");
            places.extend(says(&world.ctl, &["diagnose", file]).await);
            agent.program.terminate().await;
            let file = alone.to_str().expect("a path of ours");
            places.extend(says(&world.ctl, &["diagnose", file]).await);
            for report in [by_agent, alone] {
                let files = report::unpacked(&report);
                let files: Vec<Place> = files
                    .into_iter()
                    .map(|(name, content)| Place(name, content))
                    .collect();
                let logged = files.iter().find(|file| file.0.starts_with("logs/"));
                let logged = logged.expect("the agent has kept a log");
                assert!(logged.1.len() > 10_000, "the log in the report is one");
                assert!(files.len() >= 7, "{} files", files.len());
                for file in files {
                    file.has_none_of(&WORDS);
                    places.push(file);
                }
            }
            let log = Place::file(&log);
            assert!(log.1.len() > 10_000, "the log is one");
            log.has_none_of(&WORDS);
            places.push(log);
            places.extend(files(&world.ctl.data_dir));
            places.push(Place::file(&world.ctl.config));
            for place in places {
                place.has_none_of(&PASSWORDS);
            }
            // They were there: the servers took them.
            assert!(proxy.was_asked_for(POOL));
            let sent = world.sim.count(ANNA, "startMessaging").await;
            assert!(sent > 0, "nothing was sent");
        },
    );
}

/// The way to Lync leads through the proxy, to a name that is not loopback's.
fn through(world: &World, proxy: &WebProxy) {
    let text = std::fs::read_to_string(&world.ctl.config).expect("a configuration");
    let text = text.replace("https://127.0.0.1:", &format!("https://{POOL}:"));
    let file = world.dir.path().join("proxy.password");
    let lines = format!(
        "[lync]\nproxy = \"{}\"\nproxy_user = \"anna\"\nproxy_password_file = \"{}\"\n",
        proxy.url(),
        file.display()
    );
    std::fs::write(&world.ctl.config, text.replacen("[lync]\n", &lines, 1))
        .expect("the configuration can be written");
}
