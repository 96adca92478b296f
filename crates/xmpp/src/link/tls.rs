//! TLS to the server, and names for what can be wrong with its certificate.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ProtocolVersion, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sasl::common::ChannelBinding;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate::{cause, judge_named};
use crate::{Error, ErrorKind};

/// RFC 9266: label of the exporter for channel binding.
const EXPORTER: &[u8] = b"EXPORTER-Channel-Binding";
/// XEP-0368 section 3: what direct TLS asks for.
const ALPN: &[u8] = b"xmpp-client";

/// An encrypted connection and what signs it.
pub(super) struct Encrypted<Io> {
    /// The connection.
    pub(super) stream: TlsStream<Io>,
    /// Data for SCRAM-*-PLUS; `None` below TLS 1.3.
    pub(super) binding: Option<Vec<u8>>,
    /// `TLSv1_3` or `TLSv1_2`.
    pub(super) version: String,
}

impl<Io> std::fmt::Debug for Encrypted<Io> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encrypted")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Encrypts a connection to the server of `domain` (in ASCII): the certificate must be for the domain of the address,
/// whatever host SRV records name (RFC 6120 section 13.7.2).
pub(super) async fn encrypt<Io: AsyncRead + AsyncWrite + Unpin>(
    io: Io,
    domain: &str,
    direct: bool,
    extra_roots: &[CertificateDer<'static>],
) -> Result<Encrypted<Io>, Error> {
    let name = ServerName::try_from(domain.to_owned())
        .map_err(|_| ErrorKind::Tls(format!("{domain} cannot stand in a certificate")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let witness = Arc::new(Witness::new(extra_roots, Arc::clone(&provider))?);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ErrorKind::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    if direct {
        config.alpn_protocols = vec![ALPN.to_vec()];
    }
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, io)
        .await
        .map_err(|error| cause(&error, domain, direct, &witness.refused()))?;
    let (_, connection) = stream.get_ref();
    let version = connection.protocol_version();
    let binding = match version {
        Some(ProtocolVersion::TLSv1_3) => connection
            .export_keying_material(vec![0; 32], EXPORTER, None)
            .ok(),
        // Below TLS 1.3 the exporter binds nothing without the extended master secret (RFC 9266 section 3).
        _ => None,
    };
    let version = version.map_or_else(String::new, |version| format!("{version:?}"));
    Ok(Encrypted {
        stream,
        binding,
        version,
    })
}

/// What SCRAM says about channel binding; `usable` when the server takes `tls-exporter`, `offered` when it has -PLUS at all.
pub(super) fn channel_binding(
    data: Option<&Vec<u8>>,
    usable: bool,
    offered: bool,
) -> ChannelBinding {
    match data {
        Some(data) if usable => ChannelBinding::TlsExporter(data.clone()),
        // "y" would be a false alarm at a server that knows that it offered -PLUS.
        _ if offered => ChannelBinding::None,
        Some(_) => ChannelBinding::Unsupported,
        None => ChannelBinding::None,
    }
}

/// The verifier of the system, which also keeps a refused certificate for the report.
#[derive(Debug)]
struct Witness {
    inner: Verifier,
    /// Trusted as servers' certificates, too.
    named: Vec<CertificateDer<'static>>,
    refused: Mutex<Option<CertificateDer<'static>>>,
}

impl Witness {
    fn new(
        extra_roots: &[CertificateDer<'static>],
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        // Windows keeps certificates that were named apart from its own, and looks twice.
        let inner = if extra_roots.is_empty() {
            Verifier::new(provider)
        } else {
            Verifier::new_with_extra_roots(extra_roots.iter().cloned(), provider)
        };
        let inner =
            inner.map_err(|error| ErrorKind::Tls(format!("no trusted authorities: {error}")))?;
        Ok(Self {
            inner,
            named: extra_roots.to_vec(),
            refused: Mutex::new(None),
        })
    }

    fn refused(&self) -> Option<CertificateDer<'static>> {
        self.refused
            .lock()
            .ok()
            .and_then(|mut refused| refused.take())
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = if self.named.contains(end_entity) {
            judge_named(end_entity, server_name, now)
        } else {
            self.inner.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            )
        };
        if verdict.is_err()
            && let Ok(mut refused) = self.refused.lock()
        {
            *refused = Some(end_entity.clone().into_owned());
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
    };
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// What a client for `alpha.example` says to a server whose certificate is for `names` and ends in the year `until`.
    async fn verdict(names: &[&str], until: i32, trusted: bool) -> Result<String, ErrorKind> {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.distinguished_name
            .push(DnType::CommonName, "Test Enterprise CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = ca.self_signed(&ca_key).unwrap().der().clone();
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut host = CertificateParams::new(names).unwrap();
        host.not_before = date_time_ymd(2020, 1, 1);
        host.not_after = date_time_ymd(until, 1, 1);
        let certificate = host
            .signed_by(&key, &Issuer::new(ca, ca_key))
            .unwrap()
            .der()
            .clone();
        // Something has to be trusted, or there is no verifier at all on a machine without authorities.
        let root = if trusted { root } else { stranger() };
        presents(certificate, &key, root).await
    }

    /// The same about a server whose certificate is the one that `openssl req -x509` makes: an authority that signs itself.
    async fn verdict_of_own(name: &str, until: i32, trusted: bool) -> Result<String, ErrorKind> {
        let key = KeyPair::generate().unwrap();
        let mut own = CertificateParams::new([name.to_owned()]).unwrap();
        own.distinguished_name.push(DnType::CommonName, "My Server");
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.not_before = date_time_ymd(2020, 1, 1);
        own.not_after = date_time_ymd(until, 1, 1);
        let own = own.self_signed(&key).unwrap().der().clone();
        let root = if trusted { own.clone() } else { stranger() };
        presents(own, &key, root).await
    }

    fn stranger() -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let other = CertificateParams::default().self_signed(&key).unwrap();
        other.der().clone()
    }

    /// What a client for `alpha.example` that trusts `root` says to a server with this certificate.
    async fn presents(
        certificate: CertificateDer<'static>,
        key: &KeyPair,
        root: CertificateDer<'static>,
    ) -> Result<String, ErrorKind> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let roots = [root];
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (result, _) = tokio::join!(
            encrypt(near, "alpha.example", false, &roots),
            TlsAcceptor::from(Arc::new(config)).accept(far),
        );
        let encrypted = result.map_err(|error| error.kind)?;
        assert_eq!(encrypted.binding.map(|data| data.len()), Some(32));
        Ok(encrypted.version)
    }

    #[tokio::test]
    async fn a_good_certificate_is_taken() {
        assert_eq!(
            verdict(&["alpha.example"], 2200, true).await,
            Ok("TLSv1_3".to_owned())
        );
    }

    #[tokio::test]
    async fn a_certificate_for_others_is_refused_with_its_names() {
        let found = vec!["beta.example".to_owned(), "*.gamma.example".to_owned()];
        let wanted = "alpha.example".to_owned();
        assert_eq!(
            verdict(&["beta.example", "*.gamma.example"], 2200, true).await,
            Err(ErrorKind::CertificateName { wanted, found })
        );
    }

    #[tokio::test]
    async fn an_old_certificate_is_refused_with_its_dates() {
        let error = verdict(&["alpha.example"], 2021, true).await.unwrap_err();
        assert_eq!(
            error,
            ErrorKind::CertificateExpired {
                host: "alpha.example".to_owned(),
                not_before: Some("2020-01-01T00:00:00Z".parse().unwrap()),
                not_after: Some("2021-01-01T00:00:00Z".parse().unwrap()),
            }
        );
    }

    #[tokio::test]
    async fn a_port_that_answers_in_the_clear_is_no_old_tls() {
        let (near, mut far) = tokio::io::duplex(64 * 1024);
        let xml = b"<?xml version='1.0'?><stream:stream>";
        let roots = [stranger()];
        let (result, written) = tokio::join!(
            encrypt(near, "alpha.example", true, &roots),
            tokio::io::AsyncWriteExt::write_all(&mut far, xml),
        );
        written.unwrap();
        assert_eq!(result.unwrap_err().kind, ErrorKind::NotDirect);
    }

    #[tokio::test]
    async fn an_unknown_issuer_is_named() {
        let error = verdict(&["alpha.example"], 2200, false).await.unwrap_err();
        let ErrorKind::CertificateIssuer { host, issuer } = error else {
            panic!("{error:?}");
        };
        assert_eq!(host, "alpha.example");
        assert!(issuer.contains("Test Enterprise CA"), "{issuer}");
    }

    #[tokio::test]
    async fn a_certificate_that_signs_itself_is_taken_once_it_is_named_for_its_name_and_time_only()
    {
        let unknown = verdict_of_own("alpha.example", 2200, false).await;
        let ErrorKind::CertificateIssuer { issuer, .. } = unknown.unwrap_err() else {
            panic!("another cause");
        };
        assert!(issuer.contains("My Server"), "{issuer}");
        let named = verdict_of_own("alpha.example", 2200, true).await;
        assert_eq!(named, Ok("TLSv1_3".to_owned()));
        let other = verdict_of_own("beta.example", 2200, true).await;
        assert!(matches!(other, Err(ErrorKind::CertificateName { .. })));
        let old = verdict_of_own("alpha.example", 2021, true).await;
        assert!(matches!(old, Err(ErrorKind::CertificateExpired { .. })));
    }
}
