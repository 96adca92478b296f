//! First run and sign-in: what is found out before an account is configured, passwords, who is signed in.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A password, or what is as good as one, on its way through the door. It is written to the local socket and to nothing
/// else.
#[derive(Clone)]
#[cfg_attr(test, derive(ts_rs::TS), ts(as = "String"))]
pub struct Password(SecretString);

impl Password {
    /// For who signs in with it or keeps it.
    #[must_use]
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Self(password.into())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

/// Where a password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// In the key store of this session.
    KeyStore,
    /// In memory, until the program ends.
    Memory,
}

/// A way to sign in that the server offers and this program can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SignInMethod {
    /// Without a password, by the ticket of the session.
    Windows,
    /// User name and password, in the server's form or by NTLM.
    Forms,
    /// On a page of the organisation, in a window of its own.
    Web,
}

/// The server of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Discovered {
    /// Its host name.
    pub server: String,
    /// Ways to sign in, at least one.
    pub methods: Vec<SignInMethod>,
    /// The account of the ticket, for [`SignInMethod::Windows`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub windows_account: Option<String>,
    /// The server has a form for user name and password; without it they go by NTLM.
    pub form: bool,
    /// Where a password would be kept; absent where it would be forgotten with the end of the program.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keep_in: Option<Kept>,
}

/// About the program and who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct About {
    /// `0.1.0`.
    pub version: String,
    /// Own display name as the directory has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Where the organisation helps (`support.url`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub support_url: Option<String>,
}
