//! Signing in, and being refused.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use causeway_tests::old_server::OldServer;
use causeway_tests::prosody::{HOST, Prosody};
use causeway_xmpp::ErrorKind;
use causeway_xmpp::link::{Settings, Step, Tls, check};
use jid::BareJid;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::client::{ACCOUNTS, Client, settings};

async fn steps(settings: Settings) -> (Vec<Step>, Option<ErrorKind>) {
    let reports = check(settings).await;
    let error = reports
        .iter()
        .find_map(|report| report.result.as_ref().err())
        .map(|error| error.kind.clone());
    (reports.iter().map(|report| report.step).collect(), error)
}

#[tokio::test]
async fn both_kinds_of_encryption_lead_to_the_top_of_the_ladder() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let starttls = settings(&prosody, "alice");
    assert_eq!(steps(starttls).await, (Step::ALL.to_vec(), None));
    let mut direct = settings(&prosody, "alice");
    direct.tls = Tls::Direct;
    direct.server = Some(("127.0.0.1".to_owned(), prosody.direct_port()));
    assert_eq!(steps(direct.clone()).await, (Step::ALL.to_vec(), None));
    let client = Client::online(direct).await;
    client.sign_out().await;
}

#[tokio::test]
async fn a_refused_password_is_sent_once() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut wrong = settings(&prosody, "alice");
    wrong.password = "wrong".into();
    let mut client = Client::start(wrong);
    let error = client.stopped().await.unwrap();
    assert_eq!(error.kind, ErrorKind::PasswordRefused);
    let attempts = prosody.log().matches("]: <auth ").count();
    assert_eq!(attempts, 1, "{}", prosody.log());
}

#[tokio::test]
async fn a_certificate_is_refused_with_the_reason() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut stranger = settings(&prosody, "alice");
    stranger.extra_roots.clear();
    let (seen, error) = steps(stranger).await;
    assert_eq!(seen.last(), Some(&Step::CheckingCertificate));
    match error {
        Some(ErrorKind::CertificateIssuer { host, issuer }) => {
            assert_eq!(host, HOST);
            assert!(issuer.contains("Story CA"), "{issuer}");
        }
        // Where the machine has no authority at all.
        Some(ErrorKind::Tls(_)) => {}
        other => panic!("{other:?}"),
    }
    let mut elsewhere = settings(&prosody, "alice");
    elsewhere.jid = BareJid::new("alice@elsewhere.example").unwrap();
    elsewhere.tls = Tls::Direct;
    elsewhere.server = Some(("127.0.0.1".to_owned(), prosody.direct_port()));
    let (_, error) = steps(elsewhere).await;
    assert_eq!(
        error,
        Some(ErrorKind::CertificateName {
            wanted: "elsewhere.example".to_owned(),
            found: Vec::new(),
        })
    );
}

#[tokio::test]
async fn a_server_without_tls_1_2_is_refused() {
    let (prosody, old) = tokio::join!(Prosody::start(ACCOUNTS), OldServer::start("-tls1_1"));
    let mut anna = settings(&prosody, "alice");
    anna.tls = Tls::Direct;
    anna.server = Some(("127.0.0.1".to_owned(), old.port()));
    let (seen, error) = steps(anna).await;
    assert_eq!(seen.last(), Some(&Step::CheckingCertificate));
    assert!(matches!(error, Some(ErrorKind::Tls(_))), "{error:?}");
}

#[tokio::test]
async fn an_absent_and_a_silent_server_are_told_apart() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut absent = settings(&prosody, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    absent.server = Some(("127.0.0.1".to_owned(), port));
    let mut silent = absent.clone();
    silent.limits.step = Duration::from_millis(300);
    let (_, error) = steps(silent).await;
    let step = "checking-certificate";
    assert_eq!(error, Some(ErrorKind::TimeLimit { step }));
    drop(listener);
    let (_, error) = steps(absent.clone()).await;
    let host = format!("127.0.0.1:{port}");
    assert_eq!(error, Some(ErrorKind::Silent { host }));
    absent.server = Some(("no-such-host.invalid".to_owned(), port));
    let (_, error) = steps(absent).await;
    let tried = vec!["no-such-host.invalid".to_owned()];
    assert_eq!(error, Some(ErrorKind::NotFound { tried }));
}

#[tokio::test]
async fn a_second_program_with_the_same_resource_takes_over_and_the_first_one_stops() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let mut desk = settings(&prosody, "alice");
    desk.resource = Some("desk".to_owned());
    let mut first = Client::online(desk.clone()).await;
    let second = Client::online(desk).await;
    let error = first.stopped().await.unwrap();
    assert_eq!(error.kind, ErrorKind::Conflict);
    second.sign_out().await;
}

#[tokio::test]
async fn a_server_that_offers_no_tls_gets_no_password() {
    let prosody = Prosody::start(ACCOUNTS).await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(String::new()));
    let into = heard.clone();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await?;
        let features = format!(
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
             version='1.0' id='x' from='{HOST}'><stream:features>\
             <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism>\
             <mechanism>PLAIN</mechanism></mechanisms></stream:features>"
        );
        client.write_all(features.as_bytes()).await?;
        let mut piece = [0; 1024];
        loop {
            let read = client.read(&mut piece).await?;
            if read == 0 {
                return std::io::Result::Ok(());
            }
            let text = String::from_utf8_lossy(&piece[..read]).into_owned();
            into.lock().unwrap().push_str(&text);
        }
    });
    let mut alice = settings(&prosody, "alice");
    alice.server = Some(("127.0.0.1".to_owned(), port));
    let (_, error) = steps(alice).await;
    assert_eq!(error, Some(ErrorKind::NoTls));
    let heard = heard.lock().unwrap().clone();
    assert!(!heard.contains("<auth"), "{heard}");
}
