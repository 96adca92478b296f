//! A certificate named in the configuration, and names for what can be wrong with a server's certificate.

use std::io;

use jiff::Timestamp;
use rustls::client::danger::ServerCertVerified;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::{Error, ErrorKind};

/// Judges a certificate that stands in `ca_file` itself: such as `openssl req -x509` makes it, a server's certificate is an
/// authority, too, and the platform takes no authority for a server. Who issued it is settled; name and dates are not.
pub(super) fn judge_named(
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

/// Names the cause of a failed handshake.
pub(super) fn cause(
    error: &io::Error,
    domain: &str,
    direct: bool,
    refused: &Option<CertificateDer<'static>>,
) -> Error {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(tls) = tls else {
        // Closed or reset in the middle: the peer speaks no TLS, or something between cuts it.
        return ErrorKind::Tls(error.to_string()).into();
    };
    if *tls == rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) {
        // RFC 6066 section 3: the server knows that it has no certificate for the domain.
        let (wanted, found) = (domain.to_owned(), Vec::new());
        return ErrorKind::CertificateName { wanted, found }.into();
    }
    if direct && *tls == rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) {
        // The server answers in the clear, as it does at the port for STARTTLS.
        return ErrorKind::NotDirect.into();
    }
    let rustls::Error::InvalidCertificate(wrong) = tls else {
        return ErrorKind::Tls(tls.to_string()).into();
    };
    let shown = refused
        .as_ref()
        .and_then(|der| Shown::read(der))
        .unwrap_or_default();
    let host = domain.to_owned();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library adds causes; they have no remedy of their own"
    )]
    match wrong {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => ErrorKind::CertificateExpired {
            host,
            not_before: shown.not_before,
            not_after: shown.not_after,
        },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ErrorKind::CertificateName {
                wanted: host,
                found: shown.names,
            }
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            ErrorKind::CertificateIssuer {
                host,
                issuer: shown.issuer,
            }
        }
        // What signs itself is refused for other reasons too, such as being an authority: to a person it is the same.
        _ if shown.self_signed => ErrorKind::CertificateIssuer {
            host,
            issuer: shown.issuer,
        },
        other => ErrorKind::Tls(other.to_string()),
    }
    .into()
}

/// What a certificate says about itself.
#[derive(Debug, Default)]
struct Shown {
    issuer: String,
    self_signed: bool,
    names: Vec<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl Shown {
    fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names
            .map(|extension| &extension.value.general_names)
            .into_iter()
            .flatten();
        let second = |time: i64| Timestamp::from_second(time).ok();
        Some(Self {
            issuer: certificate.issuer().to_string(),
            self_signed: certificate.issuer().as_raw() == certificate.subject().as_raw(),
            names: names
                .filter_map(|name| {
                    let GeneralName::DNSName(name) = name else {
                        return None;
                    };
                    Some((*name).to_owned())
                })
                .take(20)
                .collect(),
            not_before: second(certificate.validity().not_before.timestamp()),
            not_after: second(certificate.validity().not_after.timestamp()),
        })
    }
}
