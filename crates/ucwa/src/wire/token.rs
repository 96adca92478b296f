//! The token URL's answers (2.3, 2.4 of OAuth 2.0 as UCWA uses it).

use secrecy::SecretString;
use serde::Deserialize;

/// A token. Opaque; `cwt=` belongs to the value.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// Value for `Authorization: Bearer`.
    #[serde(deserialize_with = "secret")]
    pub access_token: SecretString,
    /// Seconds.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Why there is no token.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenError {
    /// `invalid_grant`, `unsupported_grant_type`, `invalid_request`, ….
    pub error: String,
    /// For the log.
    #[serde(default)]
    pub error_description: Option<String>,
    /// Page of the passive sign-in (ADFS).
    #[serde(default)]
    pub ms_rtc_passiveauthuri: Option<String>,
}
