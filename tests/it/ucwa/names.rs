//! Finding the server by the names of the domain. A proxy stands in for the name server of the outside world: it knows
//! some names, and tunnels to the front end what is asked for under them.

use std::sync::Arc;

use causeway_tests::sim::Sim;
use reqwest::Url;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, copy_bidirectional,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use ucwa::client::{Proxy, Settings};

use super::account::{Account, is_ready, settings};

/// A proxy that knows these names and the front end's own address, and tells which hosts it was asked for.
async fn names(
    sim: &Sim,
    known: &'static [&'static str],
) -> (Proxy, mpsc::UnboundedReceiver<String>) {
    let root: Url = sim.ready().discovery.parse().expect("a URL");
    let (own, port) = (
        root.host_str().expect("a host").to_owned(),
        root.port_or_known_default().expect("a port"),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (asked, hosts) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (asked, own) = (asked.clone(), own.clone());
            tokio::spawn(async move {
                // Whoever hangs up here is the client, which is done with the test.
                let _ = tunnel(client, own, port, known, asked).await;
            });
        }
    });
    (Proxy::Url(url.parse().expect("a URL")), hosts)
}

async fn tunnel(
    client: impl AsyncRead + AsyncWrite + Unpin,
    own: String,
    port: u16,
    known: &[&str],
    asked: mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let (mut first, mut line) = (String::new(), String::new());
    client.read_line(&mut first).await?;
    while client.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let target = first
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split(':').next());
    let host = target.unwrap_or_default();
    let _ = asked.send(host.to_owned());
    if host != own && !known.contains(&host) {
        return client
            .write_all(b"HTTP/1.1 502 No such name\r\nContent-Length: 0\r\n\r\n")
            .await;
    }
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

fn by_name(sim: &Sim, proxy: Proxy) -> Settings {
    Settings {
        discovery_url: None,
        cookies: std::collections::HashMap::new(),
        applications: None,
        trusted_domains: vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
        proxy,
        ..settings(sim, "anna")
    }
}

#[tokio::test]
async fn server_is_found_by_the_outer_name_where_the_inner_one_is_not_known() {
    let sim = Sim::with_its_own_cast().await;
    let (proxy, mut hosts) = names(&sim, &["lyncdiscover.contoso.example"]).await;
    let mut anna = Account::start(by_name(&sim, proxy));
    anna.until("ready", is_ready).await;
    let mut first = [
        hosts.recv().await.expect("asked"),
        hosts.recv().await.expect("asked"),
    ];
    first.sort();
    assert_eq!(
        first,
        [
            "lyncdiscover.contoso.example",
            "lyncdiscoverinternal.contoso.example"
        ]
    );
}

#[tokio::test]
async fn server_is_found_by_the_inner_name_where_only_that_is_known() {
    let sim = Sim::with_its_own_cast().await;
    let (proxy, _hosts) = names(&sim, &["lyncdiscoverinternal.contoso.example"]).await;
    let mut anna = Account::start(by_name(&sim, proxy));
    anna.until("ready", is_ready).await;
}

#[tokio::test]
async fn a_proxy_that_is_spoken_to_by_tls_is_used_and_its_certificate_checked() {
    let sim = Sim::with_its_own_cast().await;
    let root: Url = sim.ready().discovery.parse().expect("a URL");
    let port = root.port().expect("a port of its own");
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let own = own.expect("a certificate");
    let certificate = own.cert.der().clone();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|tls| {
            tls.with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key)
        });
    let acceptor = TlsAcceptor::from(Arc::new(tls.expect("a TLS server")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = listener.local_addr().expect("bound").port();
    let (asked, mut hosts) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, asked) = (acceptor.clone(), asked.clone());
            tokio::spawn(async move {
                let client = acceptor.accept(client).await?;
                let known = &["lyncdiscover.contoso.example"];
                tunnel(client, String::new(), port, known, asked).await
            });
        }
    });
    let proxy = format!("https://localhost:{proxy}").parse().expect("a URL");
    let mut by_tls = by_name(&sim, Proxy::Url(proxy));
    by_tls.trusted_domains.clear();
    by_tls.trusted_domains.push("127.0.0.1".to_owned());
    let unknown = ucwa::client::check(by_tls.clone()).await;
    let unknown = unknown.last().expect("a report").result.clone();
    let kind = unknown.expect_err("nobody knows that proxy").kind;
    assert!(kind.is_about_certificate(), "{kind:?}");
    assert!(hosts.try_recv().is_err(), "nothing is told to it");
    by_tls.extra_roots.push(certificate);
    let mut anna = Account::start(by_tls);
    anna.until("ready", is_ready).await;
    assert!(hosts.try_recv().is_ok());
}
