//! Names for what can be wrong with a server's certificate.

use std::io;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::{Error, ErrorKind};

/// Names the cause of a failed handshake.
pub(super) fn cause(
    error: &io::Error,
    domain: &str,
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
        other => ErrorKind::Tls(other.to_string()),
    }
    .into()
}

/// What a certificate says about itself.
#[derive(Debug, Default)]
struct Shown {
    issuer: String,
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
