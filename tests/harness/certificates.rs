//! Certificates of the real servers, by an authority of their own.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// `ca.crt`, and `host.crt` with `host.key` for these names, signed by it.
pub(crate) fn certificates(dir: &Path, names: &[&str]) {
    let key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::default();
    ca.distinguished_name
        .push(rcgen::DnType::CommonName, "Story CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&key).expect("a CA certificate");
    let issuer = Issuer::new(ca, key);

    let host_key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut host = CertificateParams::new(names).expect("valid names");
    host.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let host_certificate = host
        .signed_by(&host_key, &issuer)
        .expect("a host certificate");
    for (name, text) in [
        ("ca.crt", ca_certificate.pem()),
        ("host.crt", host_certificate.pem()),
        ("host.key", host_key.serialize_pem()),
    ] {
        std::fs::write(dir.join(name), text).expect("the certificate can be written");
    }
}
