//! Two bare clients of the link, to measure what a server and this library cost without a bridge.
//!
//! ```sh
//! cargo run --release -p causeway-xmpp --example xmpp_echo -- echo bob@xmpp.example 127.0.0.1:5222 ca.crt < bob.password
//! cargo run --release -p causeway-xmpp --example xmpp_echo -- ping alice@xmpp.example 127.0.0.1:5222 ca.crt bob@xmpp.example 1000 64 < alice.password
//! ```
//!
//! `echo` sends every text back until it is interrupted. `ping` sends so many texts, so many of them outstanding, and
//! prints one JSON object with round-trip times in milliseconds.

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use causeway_xmpp::link::{Limits, Link, Settings, Tls, start};
use causeway_xmpp::{Command, Event, Message, Show, State};
use jid::{BareJid, Jid};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::sync::mpsc::Receiver;

const USAGE: &str = "echo echo|ping ADDRESS HOST:PORT CA.pem [PEER COUNT OUTSTANDING] < password";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["echo", address, server, ca] => echo(sign_in(address, server, ca).await?).await,
        ["ping", address, server, ca, peer, count, outstanding] => {
            let client = sign_in(address, server, ca).await?;
            ping(client, peer.parse()?, count.parse()?, outstanding.parse()?).await
        }
        _ => Err(USAGE.into()),
    }
}

type Client = (Link, Receiver<Event>);

async fn sign_in(address: &str, server: &str, ca: &str) -> Result<Client, Box<dyn Error>> {
    let (host, port) = server.rsplit_once(':').ok_or(USAGE)?;
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let (link, mut events) = start(Settings {
        jid: BareJid::new(address)?,
        password: password.trim_end_matches('\n').into(),
        resource: None,
        server: Some((host.to_owned(), port.parse()?)),
        tls: Tls::StartTls,
        plaintext_anywhere: false,
        extra_roots: CertificateDer::pem_file_iter(ca)?.collect::<Result<_, _>>()?,
        archive_since: None,
        limits: Limits::default(),
    });
    link.send(Command::SetPresence {
        show: Show::Available,
        status: String::new(),
        idle_since: None,
    });
    while let Some(event) = events.recv().await {
        if let Event::State(State::Stopped(Some(error))) = event {
            return Err(error.into());
        }
        if matches!(event, Event::CaughtUp { .. }) {
            return Ok((link, events));
        }
    }
    Err("the link ended".into())
}

async fn echo((link, mut events): Client) -> Result<(), Box<dyn Error>> {
    let mut number = 0_u64;
    while let Some(message) = text(&mut events).await {
        number += 1;
        send(&link, number, message.from, message.body);
    }
    Ok(())
}

async fn ping(
    (link, mut events): Client,
    peer: Jid,
    count: usize,
    outstanding: usize,
) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let mut sent: Vec<Instant> = Vec::with_capacity(count);
    let mut times: Vec<Duration> = Vec::with_capacity(count);
    while times.len() < count {
        while sent.len() < count && sent.len() < times.len() + outstanding.max(1) {
            send(&link, 0, peer.clone(), sent.len().to_string());
            sent.push(Instant::now());
        }
        let message = text(&mut events).await.ok_or("the link ended")?;
        let start = message.body.parse().ok().and_then(|at: usize| sent.get(at));
        times.extend(start.map(Instant::elapsed));
    }
    let elapsed = began.elapsed();
    times.sort();
    let at = |part: f64| {
        let at = (times.len() as f64 * part) as usize;
        times
            .get(at.min(times.len().saturating_sub(1)))
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let rate = count as f64 / elapsed.as_secs_f64();
    let (p50, p95, p99) = (at(0.5), at(0.95), at(0.99));
    writeln!(
        std::io::stdout(),
        r#"{{"count":{count},"outstanding":{outstanding},"per_second":{rate:.0},"p50":{p50:.3},"p95":{p95:.3},"p99":{p99:.3}}}"#
    )?;
    link.send(Command::SignOut);
    while events.recv().await.is_some() {}
    Ok(())
}

/// The next text; `None` at the end of the link.
async fn text(events: &mut Receiver<Event>) -> Option<Message> {
    loop {
        if let Event::Message(message) = events.recv().await? {
            return Some(message);
        }
    }
}

fn send(link: &Link, number: u64, to: Jid, body: String) {
    let id = format!("{number}-{body}");
    link.send(Command::Send {
        id,
        to,
        body,
        thread: None,
        delayed: None,
    });
}
