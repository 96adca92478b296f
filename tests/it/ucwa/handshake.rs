//! Servers that do not keep to the handshake of Windows authentication. A password goes out at most once, whatever they do.

use std::sync::{Arc, Mutex};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::Url;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use ucwa::client::{Method, Mode, Proxy, Settings, check};
use ucwa::{Cause, Error, ErrorKind, Limits, Mechanism};

/// CHALLENGE of the example in MS-NLMP 4.2.4.3.
const CHALLENGE: &[u8] = b"NTLMSSP\0\x02\0\0\0\x0c\0\x0c\0\x38\0\0\0\x33\x82\x8a\xe2\x01\x23\x45\x67\x89\xab\xcd\xef\0\0\0\0\0\0\0\0\x24\0\x24\0\x44\0\0\0\x06\0\x70\x17\0\0\0\x0fS\0e\0r\0v\0e\0r\0\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0";

/// What a token URL answers to a message of NTLM, 1 or 3, and to a request without one, 0.
type Script = fn(u8) -> Turn;

/// An answer of the token URL.
enum Turn {
    /// 401 with this `WWW-Authenticate`; whether the connection ends with it.
    Asks(String, bool),
    /// The connection ends without an answer.
    Ends,
}

fn asks(challenge: &str) -> Turn {
    Turn::Asks(challenge.to_owned(), false)
}

fn challenge() -> String {
    format!("NTLM {}", BASE64_STANDARD.encode(CHALLENGE))
}

/// Lets somebody with a password sign in: the failure, and the messages of NTLM that the server saw, by their numbers.
async fn signs_in(script: Script) -> (Error, Vec<u8>) {
    let (error, seen) = signs_in_at(None, script).await;
    let numbers = seen.iter().map(|message| number(message)).collect();
    (error, numbers)
}

/// Of a message of NTLM; nothing is 0.
fn number(message: &[u8]) -> u8 {
    message.get(8).copied().unwrap_or(0)
}

/// The same where the challenge names this token URL in place of the server's own, and with the whole messages.
async fn signs_in_at(token_url: Option<String>, script: Script) -> (Error, Vec<Vec<u8>>) {
    let key =
        rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("a certificate");
    let certificate = key.cert.der().clone();
    let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
    let tls =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|tls| {
                tls.with_no_client_auth()
                    .with_single_cert(vec![certificate.clone()], private)
            })
            .expect("a TLS server");
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    let token_url = token_url.unwrap_or_else(|| format!("https://127.0.0.1:{port}/token"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), log.clone());
            tokio::spawn(serve(
                acceptor,
                stream,
                port,
                token_url.clone(),
                script,
                log,
            ));
        }
    });
    let error = check(settings(port, certificate))
        .await
        .pop()
        .expect("a report")
        .result
        .expect_err("nobody is let in");
    server.abort();
    let seen = seen.lock().expect("no test panics here").clone();
    (error, seen)
}

fn settings(port: u16, certificate: CertificateDer<'static>) -> Settings {
    let discovery = format!("https://127.0.0.1:{port}/");
    Settings {
        address: "anna@contoso.example".parse().expect("an address"),
        user: Some(r"CONTOSO\anna".to_owned()),
        method: Method::Automatic,
        password: Some(SecretString::from("secret")),
        discovery_url: Some(Url::parse(&discovery).expect("a URL")),
        cookies: std::collections::HashMap::new(),
        applications: None,
        trusted_domains: Vec::new(),
        extra_roots: vec![certificate],
        proxy: Proxy::None,
        proxy_resolver: None,
        proxy_login: None,
        proxy_bypass: Vec::new(),
        mode: Mode::WatchOnly,
        endpoint_id: uuid::Uuid::new_v4(),
        culture: "en-US".to_owned(),
        user_agent: "CausewayTests/1".to_owned(),
        limits: Limits::default(),
    }
}

async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    port: u16,
    token_url: String,
    script: Script,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let value = |name: &str| {
            head.lines().find_map(|line| {
                let (key, value) = line.split_once(": ")?;
                key.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        let length = value("content-length").and_then(|length| length.parse().ok());
        stream.read_exact(&mut vec![0; length.unwrap_or(0)]).await?;
        let (status, headers, body, ends) = if head.starts_with("GET / ") {
            let user = format!("https://127.0.0.1:{port}/user");
            let body = serde_json::json!({"_links": {"user": {"href": user}}}).to_string();
            (
                "200 OK",
                "Content-Type: application/json".to_owned(),
                body,
                false,
            )
        } else if head.starts_with("GET /user ") {
            let challenge = format!(
                "WWW-Authenticate: MsRtcOAuth href=\"{token_url}\",grant_type=\"urn:microsoft.rtc:windows\""
            );
            ("401 Unauthorized", challenge, String::new(), false)
        } else {
            let token = value("authorization").and_then(|value| {
                let (_, token) = value.split_once(' ')?;
                BASE64_STANDARD.decode(token).ok()
            });
            let message = token.unwrap_or_default();
            let turn = script(number(&message));
            seen.lock().expect("no test panics here").push(message);
            match turn {
                Turn::Asks(challenge, ends) => {
                    let close = if ends { "\r\nConnection: close" } else { "" };
                    let headers = format!("WWW-Authenticate: {challenge}{close}");
                    ("401 Unauthorized", headers, String::new(), ends)
                }
                Turn::Ends => return stream.shutdown().await,
            }
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
        if ends {
            return stream.shutdown().await;
        }
    }
}

/// NTLM failed by that cause, after these messages.
async fn check_cause(script: Script, wanted: &str, messages: &[u8]) {
    let (error, seen) = signs_in(script).await;
    let passed = &error.facts.passed_over;
    let ntlm = passed
        .iter()
        .find(|passed| passed.mechanism == Mechanism::Ntlm)
        .map(|passed| passed.cause.code());
    assert_eq!(ntlm, Some(wanted), "{error:?}");
    assert_eq!(seen, messages, "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_is_broken_off_is_no_refused_password() {
    // Before the password is used.
    let ends = |message| {
        if message == 0 {
            asks("NTLM")
        } else {
            Turn::Ends
        }
    };
    check_cause(ends, "connection-ended", &[0, 1]).await;
    let (error, _) = signs_in(ends).await;
    let cause = Cause::ConnectionEnded;
    assert_eq!(error.kind, ErrorKind::WindowsFailed { cause });
    // A proxy that closes after each answer: the next message would be on another connection.
    let closes = |message| match message {
        0 => asks("NTLM"),
        _ => Turn::Asks(challenge(), true),
    };
    check_cause(closes, "connection-ended", &[0, 1]).await;
}

#[tokio::test]
async fn a_challenge_that_makes_no_sense_is_not_answered() {
    let no_base64 = |message| asks(if message == 0 { "NTLM" } else { "NTLM -" });
    check_cause(no_base64, "bad-token", &[0, 1]).await;
    let no_ntlm = |message| {
        asks(if message == 0 {
            "NTLM"
        } else {
            "NTLM AAAAAAAAAAAAAAAA"
        })
    };
    check_cause(no_ntlm, "bad-token", &[0, 1]).await;
}

#[tokio::test]
async fn whoever_asks_again_and_again_gets_the_password_once() {
    // All in one header, with a comma in it that parts nothing.
    let endless = |message| match message {
        0 => asks("Negotiate, NTLM, Basic realm=\"pool, of contoso\""),
        _ => Turn::Asks(challenge(), false),
    };
    check_cause(endless, "bad-token", &[0, 1, 3]).await;
    let refuses = |message| match message {
        1 => Turn::Asks(challenge(), false),
        _ => asks("Negotiate, NTLM"),
    };
    let (error, seen) = signs_in(refuses).await;
    assert_eq!(
        (error.kind, seen),
        (ErrorKind::PasswordRefused, vec![0, 1, 3])
    );
}

#[tokio::test]
async fn a_token_url_in_the_clear_is_not_even_asked() {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((_client, _)) = listener.accept().await {
            *count.lock().expect("no test panics here") += 1;
        }
    });
    let clear = format!("http://127.0.0.1:{port}/token");
    let (error, seen) = signs_in_at(Some(clear), |_| asks("Negotiate, NTLM")).await;
    assert!(
        matches!(error.kind, ErrorKind::ForeignRedirect { .. }),
        "{error:?}"
    );
    assert_eq!((seen.len(), *asked.lock().expect("nobody")), (0, 0));
}

#[tokio::test]
async fn a_password_is_bound_to_the_certificate_of_the_connection() {
    // MsvAvChannelBindings in the AUTHENTICATE message (MS-NLMP 2.2.2.1): a hash of 16 bytes.
    let binding = async || {
        let (_, seen) = signs_in_at(None, |message| match message {
            1 => Turn::Asks(challenge(), false),
            _ => asks("NTLM"),
        })
        .await;
        let sent = seen.last().expect("a message").clone();
        assert_eq!(number(&sent), 3);
        let head = [0x0a, 0, 16, 0];
        let at = sent.windows(4).position(|bytes| bytes == head);
        let at = at.expect("a binding is sent") + 4;
        sent[at..at + 16].to_vec()
    };
    // Each of the two servers has a certificate of its own.
    let (one, other) = (binding().await, binding().await);
    assert_ne!(one, [0; 16]);
    assert_ne!(one, other);
}
