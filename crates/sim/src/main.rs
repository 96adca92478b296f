//! `causeway-sim`: starts the simulator, says where it is, and runs until its input closes.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use causeway_sim::{Certificate, Options, Sim};
use clap::Parser;
use tokio::io::AsyncReadExt as _;

/// A simulated Lync front end for trying out, demonstrating and testing UCWA clients.
#[derive(Parser)]
#[command(name = "causeway-sim", version)]
struct Arguments {
    /// Where clients come in; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the control verbs come in; loopback only
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Who exists; a built-in cast without it
    #[arg(long, value_name = "FILE.toml")]
    people: Option<PathBuf>,
    /// Keeps the certificate authority here across restarts
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Makes ids and tokens the same in every run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Generated contacts in the first person's list
    #[arg(long, value_name = "N", default_value_t = 0)]
    contacts: usize,
    /// Contact lists cannot be changed, as on a Lync Server 2013
    #[arg(long)]
    read_only_contacts: bool,
    /// Offers the Windows grant too; its handshake is always refused
    #[arg(long)]
    offer_windows: bool,
    /// Offers the Windows grant and believes X-Remote-User of a web server in front; loopback only, for tests
    #[arg(long)]
    trust_remote_user: bool,
    /// Leaves out the grant for user name and password
    #[arg(long)]
    no_forms: bool,
    /// Offers the passive grant too; its page leads to a sign-in page as that of AD FS
    #[arg(long)]
    passive: bool,
    /// Origin from which browser clients may come in; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// What is wrong with the certificate
    #[arg(long, value_enum, value_name = "FLAW", default_value = "good")]
    certificate: Certificate,
}

#[tokio::main]
async fn main() -> Result<()> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let sim = Sim::start(Options {
        listen: arguments.listen,
        control: arguments.control,
        people: arguments.people,
        dir: arguments.dir,
        seed: arguments.seed,
        contacts: arguments.contacts,
        read_only_contacts: arguments.read_only_contacts,
        offer_windows: arguments.offer_windows,
        trust_remote_user: arguments.trust_remote_user,
        no_forms: arguments.no_forms,
        passive: arguments.passive,
        allow_origin: arguments.allow_origin,
        certificate: arguments.certificate,
    })
    .await?;
    let line = serde_json::to_string(sim.ready())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .context("cannot say where the simulator is")?;
    drop(out);
    until_told().await;
    sim.stop().await;
    // Not by returning: the run-time would wait for its thread that reads an input which is still open.
    std::process::exit(0)
}

/// Input closed, interrupted or terminated.
async fn until_told() {
    let closed = async {
        let mut input = tokio::io::stdin();
        let mut rest = [0_u8; 1024];
        while matches!(input.read(&mut rest).await, Ok(count) if count > 0) {}
    };
    tokio::select! {
        () = closed => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
