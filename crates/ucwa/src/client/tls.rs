//! TLS by the platform's trust store and our extra roots; keeps what a certificate says, for those who must judge it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{CertificateFacts, ErrorKind};

/// The last certificate of each host, trusted or not.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<HashMap<String, CertificateFacts>>>);

impl Seen {
    pub(super) fn of(&self, host: &str) -> Option<CertificateFacts> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(host)
            .cloned()
    }
}

/// The configuration for all connections. HTTP/1.1 only, so no ALPN.
///
/// # Errors
/// When there is no trusted authority at all, or an extra one is not a certificate.
pub(super) fn config(
    extra_roots: Vec<CertificateDer<'static>>,
    seen: Seen,
) -> Result<ClientConfig, ErrorKind> {
    let tls = |error: rustls::Error| ErrorKind::Tls(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let watching = Watching::new(extra_roots, seen, provider.clone()).map_err(tls)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        // The name is rustls's: all but what the person named stays with the platform's verifier.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(watching))
        .with_no_client_auth();
    Ok(config)
}

/// Remembers what was presented, and lets the platform decide.
#[derive(Debug)]
struct Watching {
    platform: Verifier,
    /// Trusted as servers' certificates, too.
    named: Vec<CertificateDer<'static>>,
    seen: Seen,
}

impl Watching {
    fn new(
        named: Vec<CertificateDer<'static>>,
        seen: Seen,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, rustls::Error> {
        // Windows keeps certificates that were named apart from its own, and looks twice.
        let platform = if named.is_empty() {
            Verifier::new(provider)?
        } else {
            Verifier::new_with_extra_roots(named.iter().cloned(), provider)?
        };
        Ok(Self {
            platform,
            named,
            seen,
        })
    }
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(facts) = read(end_entity) {
            let host = server_name.to_str().into_owned();
            self.seen
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(host, facts);
        }
        if self.named.contains(end_entity) {
            return judge_named(end_entity, server_name, now);
        }
        self.platform
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.platform
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.platform
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

/// Judges a certificate that stands in `ca_file` itself: such as `openssl req -x509` makes it, a server's certificate is an
/// authority, too, and the platform takes no authority for a server. Who issued it is settled; name and dates are not.
fn judge_named(
    certificate: &CertificateDer<'_>,
    server_name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, rustls::Error> {
    verify_server_name(&ParsedCertificate::try_from(certificate)?, server_name)?;
    let (_, parsed) =
        X509Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < parsed.validity().not_before.timestamp() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > parsed.validity().not_after.timestamp() {
        return Err(CertificateError::Expired.into());
    }
    Ok(ServerCertVerified::assertion())
}

fn read(certificate: &CertificateDer<'_>) -> Option<CertificateFacts> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let time = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    let names = parsed
        .subject_alternative_name()
        .ok()
        .flatten()
        .map(|names| names.value.general_names.iter().filter_map(name).collect());
    Some(CertificateFacts {
        names: names.unwrap_or_default(),
        issuer: parsed.issuer().to_string(),
        self_signed: parsed.issuer().as_raw() == parsed.subject().as_raw(),
        fingerprint: fingerprint(certificate),
        not_before: time(parsed.validity().not_before),
        not_after: time(parsed.validity().not_after),
    })
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
    let pairs: Vec<String> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only names that a host can have are of interest"
)]
fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(std::net::Ipv4Addr::from(v4).to_string()),
            Err(_) => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// What a failed handshake with that host says.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls's errors are open-ended; all others are told as they are"
)]
pub(super) fn error_kind(error: &rustls::Error, host: &str, seen: &Seen) -> ErrorKind {
    let facts = seen.of(host);
    match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => ErrorKind::CertificateExpired {
                host: host.to_owned(),
                not_before: facts.as_ref().and_then(|facts| facts.not_before),
                not_after: facts.as_ref().and_then(|facts| facts.not_after),
            },
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ErrorKind::CertificateName {
                    wanted: host.to_owned(),
                    found: facts.map(|facts| facts.names).unwrap_or_default(),
                }
            }
            CertificateError::UnknownIssuer => unknown_issuer(host, facts),
            // What signs itself is refused for other reasons too, such as being an authority: to a person it is the same.
            other => match facts {
                Some(facts) if facts.self_signed => unknown_issuer(host, Some(facts)),
                Some(_) | None => ErrorKind::Tls(other.to_string()),
            },
        },
        other => ErrorKind::Tls(other.to_string()),
    }
}

fn unknown_issuer(host: &str, facts: Option<CertificateFacts>) -> ErrorKind {
    ErrorKind::CertificateIssuer {
        host: host.to_owned(),
        issuer: facts.map(|facts| facts.issuer).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

    use super::*;

    /// As `openssl req -x509` makes it: an authority that signs itself.
    fn own(name: &str, until: i32) -> CertificateDer<'static> {
        let mut own = CertificateParams::new([name.to_owned()]).unwrap();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.not_before = date_time_ymd(2020, 1, 1);
        own.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        own.self_signed(&key).unwrap().der().clone()
    }

    #[test]
    fn a_certificate_that_signs_itself_is_taken_once_it_is_named_for_its_name_and_time_only() {
        const HOST: &str = "pool.contoso.example";
        let verdict = |shown: &CertificateDer<'static>, named: &CertificateDer<'static>| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let seen = Seen::default();
            let watching = Watching::new(vec![named.clone()], seen.clone(), provider).unwrap();
            let name = ServerName::try_from(HOST).unwrap();
            let verdict = watching.verify_server_cert(shown, &[], &name, &[], UnixTime::now());
            verdict.map_err(|error| error_kind(&error, HOST, &seen))
        };
        let (right, elsewhere, old) =
            (own(HOST, 2200), own("other.example", 2200), own(HOST, 2021));
        assert!(verdict(&right, &right).is_ok());
        let unknown = verdict(&right, &elsewhere);
        assert!(matches!(unknown, Err(ErrorKind::CertificateIssuer { .. })));
        let name = verdict(&elsewhere, &elsewhere);
        assert!(matches!(name, Err(ErrorKind::CertificateName { .. })));
        let expired = verdict(&old, &old);
        assert!(matches!(expired, Err(ErrorKind::CertificateExpired { .. })));
    }

    #[test]
    fn what_a_certificate_lacks_is_told_apart() {
        let seen = Seen::default();
        let facts = CertificateFacts {
            names: vec!["web.contoso.example".to_owned()],
            issuer: "CN=Contoso CA".to_owned(),
            not_after: Some(Timestamp::UNIX_EPOCH),
            ..CertificateFacts::default()
        };
        seen.0
            .lock()
            .unwrap()
            .insert("pool.contoso.example".to_owned(), facts);
        let kind = |problem| {
            error_kind(
                &rustls::Error::InvalidCertificate(problem),
                "pool.contoso.example",
                &seen,
            )
        };
        let host = "pool.contoso.example".to_owned();
        let expired = ErrorKind::CertificateExpired {
            host: host.clone(),
            not_before: None,
            not_after: Some(Timestamp::UNIX_EPOCH),
        };
        assert_eq!(kind(CertificateError::Expired), expired);
        assert_eq!(kind(CertificateError::NotValidYet), expired);
        assert_eq!(
            kind(CertificateError::UnknownIssuer),
            ErrorKind::CertificateIssuer {
                host: host.clone(),
                issuer: "CN=Contoso CA".to_owned()
            }
        );
        assert_eq!(
            kind(CertificateError::NotValidForName),
            ErrorKind::CertificateName {
                wanted: host,
                found: vec!["web.contoso.example".to_owned()]
            }
        );
        assert!(matches!(kind(CertificateError::Revoked), ErrorKind::Tls(_)));
        let own = CertificateFacts {
            self_signed: true,
            ..CertificateFacts::default()
        };
        seen.0
            .lock()
            .unwrap()
            .insert("pool.contoso.example".to_owned(), own);
        assert!(matches!(
            kind(CertificateError::InvalidPurpose),
            ErrorKind::CertificateIssuer { .. }
        ));
    }
}
