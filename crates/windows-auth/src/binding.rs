//! Channel binding: what ties a handshake to the TLS connection that it runs over.

use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::SignatureAlgorithm;

/// `tls-server-end-point` (RFC 5929 section 4) of a server's certificate in DER: `tls-server-end-point:` and the hash of the
/// certificate, by the hash of its signature, SHA-256 in place of MD5 and SHA-1. `None` where it is undefined, as for Ed25519.
#[must_use]
pub fn tls_server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let algorithm = &parsed.signature_algorithm;
    let hash = match SignatureAlgorithm::try_from(algorithm).ok()? {
        SignatureAlgorithm::RSASSA_PSS(parameters) => {
            by_hash(&parameters.hash_algorithm_oid().to_id_string(), certificate)
        }
        SignatureAlgorithm::RSA | SignatureAlgorithm::ECDSA => {
            by_signature(&algorithm.algorithm.to_id_string(), certificate)
        }
        SignatureAlgorithm::DSA
        | SignatureAlgorithm::RSAAES_OAEP(_)
        | SignatureAlgorithm::ED25519 => None,
    }?;
    Some([b"tls-server-end-point:".as_slice(), &hash].concat())
}

/// Identifiers of RFC 3279, RFC 4055 and RFC 5758.
fn by_signature(signature: &str, certificate: &[u8]) -> Option<Vec<u8>> {
    match signature {
        // MD5 and SHA-1 with RSA, SHA-1 with ECDSA; then SHA-256 with either.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.10045.4.1"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.3.2" => Some(Sha256::digest(certificate).to_vec()),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => {
            Some(Sha384::digest(certificate).to_vec())
        }
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => {
            Some(Sha512::digest(certificate).to_vec())
        }
        _ => None,
    }
}

fn by_hash(hash: &str, certificate: &[u8]) -> Option<Vec<u8>> {
    match hash {
        // SHA-1, which RSASSA-PSS has where it says nothing, and SHA-256.
        "1.3.14.3.2.26" | "2.16.840.1.101.3.4.2.1" => Some(Sha256::digest(certificate).to_vec()),
        "2.16.840.1.101.3.4.2.2" => Some(Sha384::digest(certificate).to_vec()),
        "2.16.840.1.101.3.4.2.3" => Some(Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, SignatureAlgorithm};

    fn length(algorithm: &'static SignatureAlgorithm) -> Option<usize> {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let names = vec!["web.contoso.example".to_owned()];
        let certificate = CertificateParams::new(names)
            .unwrap()
            .self_signed(&key)
            .unwrap();
        tls_server_end_point(certificate.der()).map(|binding| {
            assert!(binding.starts_with(b"tls-server-end-point:"));
            binding.len() - b"tls-server-end-point:".len()
        })
    }

    #[test]
    fn the_hash_of_the_binding_is_that_of_the_signature() {
        assert_eq!(length(&rcgen::PKCS_ECDSA_P256_SHA256), Some(32));
        assert_eq!(length(&rcgen::PKCS_ECDSA_P384_SHA384), Some(48));
        assert_eq!(length(&rcgen::PKCS_ED25519), None);
        assert_eq!(
            by_hash("1.3.14.3.2.26", b"x").map(|hash| hash.len()),
            Some(32)
        );
        assert_eq!(
            by_signature("1.2.840.113549.1.1.13", b"x").map(|hash| hash.len()),
            Some(64)
        );
    }

    #[test]
    fn what_is_no_certificate_has_no_binding() {
        assert_eq!(tls_server_end_point(b"no certificate"), None);
    }
}
