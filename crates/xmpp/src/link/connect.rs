//! From an address to a signed-in stream.

use futures::SinkExt;
use tokio::net::TcpStream;
use tokio_xmpp::xmlstream::{RecvFeaturesError, XmppStreamElement, initiate_stream};
use xmpp_parsers::ns::JABBER_CLIENT;
use xmpp_parsers::starttls;
use xmpp_parsers::stream_features::StreamFeatures;

use super::dns::{self, Target};
use super::ladder::Ladder;
use super::login::{Method, login};
use super::settings::{Settings, Tls};
use super::step::{Step, StepFacts};
use super::stream::{
    Incoming, Io, Stream, Transport, broken, guarded, header, next, stream_error, timeouts,
};
use super::tls::{Encrypted, encrypt};
use crate::{Error, ErrorKind};

/// A stream that is signed in and not yet bound, with the features offered there.
pub(super) struct SignedIn {
    pub(super) stream: Stream,
    pub(super) features: StreamFeatures,
    /// Name of the SASL mechanism.
    pub(super) mechanism: &'static str,
}

/// Climbs from finding the server to being signed in.
pub(super) async fn sign_in(
    settings: &Settings,
    ladder: &mut Ladder<'_>,
) -> Result<SignedIn, Error> {
    let domain = dns::ascii(settings.jid.domain().as_str())?;
    let limit = settings.limits.step;
    // Each host has a limit of its own for the connection.
    let whole = limit + settings.limits.connect * 4;
    let (tcp, target) = ladder
        .climb(Step::FindingServer, "", whole, find(settings, &domain))
        .await?;
    let at = |error: Error| error.at(&target.host, target.port);
    let securing = secure(settings, &domain, tcp, target.direct);
    let (io, binding) = ladder
        .climb(Step::CheckingCertificate, &target.host, limit, securing)
        .await
        .map_err(at)?;
    let asking = methods(settings, &domain, io, binding.as_ref());
    let (stream, method) = ladder
        .climb(Step::AskingMethods, &target.host, limit, asking)
        .await
        .map_err(at)?;
    let signing = authenticate(settings, &domain, stream, &method);
    let (stream, features) = ladder
        .climb(Step::SigningIn, &target.host, limit, signing)
        .await
        .map_err(at)?;
    Ok(SignedIn {
        stream,
        features,
        mechanism: method.word(),
    })
}

async fn find(
    settings: &Settings,
    domain: &str,
) -> Result<((TcpStream, Target), StepFacts), Error> {
    let (targets, tried) = dns::targets(settings, domain).await?;
    let looked_up = tried.join(" ");
    let (tcp, target) = dns::connect(&targets, tried, settings).await?;
    let mut facts = vec![
        ("host", target.host.clone()),
        ("port", target.port.to_string()),
    ];
    if let Ok(address) = tcp.peer_addr() {
        facts.push(("address", address.to_string()));
    }
    if !looked_up.is_empty() {
        facts.push(("looked_up", looked_up));
    }
    Ok(((tcp, target), StepFacts(facts)))
}

type Secured = ((Io, Option<Vec<u8>>), StepFacts);

async fn secure(
    settings: &Settings,
    domain: &str,
    tcp: TcpStream,
    direct: bool,
) -> Result<Secured, Error> {
    if settings.tls == Tls::None {
        // INVARIANT: only an address that may be spoken to in clear text got here, see `dns::connect`.
        return Ok((
            (guarded(Box::new(tcp)), None),
            StepFacts(vec![("tls", "none".to_owned())]),
        ));
    }
    let transport: Box<dyn Transport> = if direct {
        Box::new(tcp)
    } else {
        start_tls(settings, domain, Box::new(tcp)).await?
    };
    let Encrypted {
        stream,
        binding,
        version,
    } = encrypt(transport, domain, direct, &settings.extra_roots).await?;
    let kind = if direct { "direct" } else { "starttls" };
    let facts = StepFacts(vec![("tls", kind.to_owned()), ("version", version)]);
    Ok(((guarded(Box::new(stream)), binding), facts))
}

/// RFC 6120 section 5. What arrives together with `<proceed/>` was not encrypted and is thrown away.
async fn start_tls(
    settings: &Settings,
    domain: &str,
    tcp: Box<dyn Transport>,
) -> Result<Box<dyn Transport>, Error> {
    let (features, mut stream) = open(guarded(tcp), settings, domain).await?;
    if !features.can_starttls() {
        return Err(ErrorKind::NoTls.into());
    }
    let request = XmppStreamElement::Starttls(starttls::Nonza::Request(starttls::Request));
    stream.send(&request).await.map_err(broken)?;
    loop {
        match next(&mut stream).await? {
            Incoming::Element(XmppStreamElement::Starttls(starttls::Nonza::Proceed(_))) => break,
            Incoming::Quiet | Incoming::Unknown => {}
            Incoming::Element(_) | Incoming::BrokenStanza { .. } | Incoming::BrokenNonza { .. } => {
                return Err(ErrorKind::NoTls.into());
            }
        }
    }
    Ok(stream.into_inner().into_inner().into_inner())
}

type Asked = ((Stream, Method), StepFacts);

async fn methods(
    settings: &Settings,
    domain: &str,
    io: Io,
    binding: Option<&Vec<u8>>,
) -> Result<Asked, Error> {
    let (features, stream) = open(io, settings, domain).await?;
    let method = Method::choose(&features, binding)?;
    let offered: Vec<&str> = features
        .sasl_mechanisms
        .iter()
        .map(String::as_str)
        .collect();
    let facts = StepFacts(vec![
        ("offered", offered.join(" ")),
        ("chosen", method.word().to_owned()),
    ]);
    Ok(((stream, method), facts))
}

type Authenticated = ((Stream, StreamFeatures), StepFacts);

async fn authenticate(
    settings: &Settings,
    domain: &str,
    stream: Stream,
    method: &Method,
) -> Result<Authenticated, Error> {
    let user = settings
        .jid
        .node()
        .map(|node| node.as_str())
        .unwrap_or_default();
    let stream = login(stream, method, user, &settings.password).await?;
    let pending = stream.send_header(header(domain)).await.map_err(broken)?;
    let (features, stream) = pending.recv_features().await.map_err(no_features)?;
    if !features.can_bind() {
        return Err(ErrorKind::Protocol("the server offers no resource binding".to_owned()).into());
    }
    Ok(((stream, features), StepFacts::default()))
}

async fn open(
    io: Io,
    settings: &Settings,
    domain: &str,
) -> Result<(StreamFeatures, Stream), Error> {
    let pending = initiate_stream(
        io,
        JABBER_CLIENT,
        header(domain),
        timeouts(&settings.limits),
    )
    .await
    .map_err(broken)?;
    pending.recv_features().await.map_err(no_features)
}

fn no_features(error: RecvFeaturesError) -> Error {
    match error {
        RecvFeaturesError::Io(error) => broken(error),
        RecvFeaturesError::StreamError(error) => stream_error(&error.0),
    }
}
