//! Signs in, tells what happens, and answers each text with itself.
//!
//! `echo ADDRESS PASSWORD [DISCOVERY_URL [CA_FILE]] [--to ADDRESS TEXT]`, for example against the simulator.
#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use ucwa::client::{self, MemoryJournal, Method, Mode, Proxy, Settings};
use ucwa::{Body, Command, Event, Limits, State};

type Problem = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let mut arguments = std::env::args().skip(1);
    let usage = "echo ADDRESS PASSWORD [DISCOVERY_URL [CA_FILE [TO TEXT]]]";
    let address = arguments.next().ok_or(usage)?.parse()?;
    let password = arguments.next().ok_or(usage)?;
    let discovery_url = arguments.next().map(|url| url.parse()).transpose()?;
    let extra_roots = match arguments.next() {
        Some(file) => CertificateDer::pem_file_iter(file)?.collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    let first = arguments.next().zip(arguments.next());
    let settings = Settings {
        address,
        user: None,
        method: Method::Automatic,
        password: Some(SecretString::from(password)),
        discovery_url,
        cookies: std::collections::HashMap::new(),
        applications: None,
        trusted_domains: Vec::new(),
        extra_roots,
        proxy: Proxy::System,
        proxy_resolver: None,
        proxy_login: None,
        proxy_bypass: Vec::new(),
        mode: Mode::Available,
        endpoint_id: uuid::Uuid::new_v4(),
        culture: "en-US".to_owned(),
        user_agent: "ucwa-echo/0.1".to_owned(),
        limits: Limits::default(),
    };
    for report in client::check(settings.clone()).await {
        println!("{report:?}");
    }
    let (link, mut events) = client::start(settings, Arc::new(MemoryJournal::default()));
    let mut count = 0_u32;
    while let Some(event) = events.recv().await {
        println!("{event:?}");
        if let (Event::State(State::Ready { .. }), Some((to, text))) = (&event, &first) {
            let id = uuid::Uuid::new_v4().to_string();
            let thread = uuid::Uuid::new_v4().simple().to_string();
            link.send(Command::Send {
                id,
                to: to.parse()?,
                thread,
                text: text.clone(),
            });
        } else if let Event::Message(message) = event
            && !message.outgoing
        {
            count += 1;
            let (Body::Plain(text) | Body::Html(text)) = message.body;
            link.send(Command::Send {
                id: format!("echo-{count}"),
                to: message.with,
                thread: message.thread,
                text,
            });
        }
    }
    Ok(())
}
