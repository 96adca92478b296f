//! Certificate authorities besides the system's.

use std::path::Path;

use causeway_api::{Code, Problem};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{Error, PemObject};

use super::plain_file;

/// Largest file in bytes; the whole Mozilla list has a quarter of it.
const LONGEST: usize = 1024 * 1024;

/// Reads the certificates of a PEM file. What else stands in it (keys, text between the blocks) is passed over. Blocking.
///
/// # Errors
/// `Code::BadConfig` where the file cannot be read, is too large, is broken, or holds no certificate.
pub fn read_ca_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let unusable = |what: String, remedy: &str| {
        Problem::new(
            Code::BadConfig,
            "configuration",
            format!("The CA file {} {what}", path.display()),
            remedy,
        )
        .with("file", path.display().to_string())
    };
    let bytes = plain_file::open(path)
        .and_then(|file| plain_file::read(&file, LONGEST))
        .map_err(|error| {
            unusable(
                format!("cannot be read: {error}"),
                "Correct the path in ca_file, or the rights of the file",
            )
        })?;
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, Error>>()
        .map_err(|error| {
            unusable(
                format!("is not right PEM: {error}"),
                "Export the certificate again as PEM (Base64)",
            )
        })?;
    if certificates.is_empty() {
        return Err(unusable(
            "holds no certificate".into(),
            "Save it as PEM, the form that begins with -----BEGIN CERTIFICATE-----",
        ));
    }
    Ok(certificates)
}
