//! The key store of the system, behind the three things that are asked of it.

use keyring::v1::{Entry, Error};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// Name of the program in the key store.
const SERVICE: &str = "causeway";

/// Why the key store did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No entry, or locked and not able to ask.
    NotFound,
    /// This session has none.
    NoKeyStore(String),
    /// Locked, and the person did not unlock it.
    Locked(String),
    /// It waits for a person who does not come.
    TimeLimit,
    /// Anything else.
    Other(String),
}

impl Failure {
    /// What the library said, for a help desk.
    pub(super) fn detail(&self) -> Option<&str> {
        match self {
            Self::NotFound | Self::TimeLimit => None,
            Self::NoKeyStore(text) | Self::Locked(text) | Self::Other(text) => Some(text),
        }
    }
}

/// A key store. Its calls block, perhaps until a person has answered a question on the screen.
pub(super) trait KeyStore: Send + Sync {
    /// The secret of an entry.
    fn get(&self, user: &str) -> Result<SecretString, Failure>;
    /// Creates or replaces an entry.
    fn set(&self, user: &str, secret: &SecretString) -> Result<(), Failure>;
    /// Removes an entry.
    fn delete(&self, user: &str) -> Result<(), Failure>;
}

/// Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
pub(super) struct SystemKeyStore;

impl KeyStore for SystemKeyStore {
    fn get(&self, user: &str) -> Result<SecretString, Failure> {
        let password = entry(user)?.get_password().map_err(failure)?;
        Ok(SecretString::from(password))
    }

    fn set(&self, user: &str, secret: &SecretString) -> Result<(), Failure> {
        let entry = entry(user)?;
        entry
            .set_password(secret.expose_secret())
            .map_err(failure)?;
        // Some stores say yes and keep nothing; better to know it now than after the next start.
        let kept = Zeroizing::new(entry.get_password().map_err(failure)?);
        if kept.as_str() == secret.expose_secret() {
            Ok(())
        } else {
            Err(Failure::Other(
                "it gives back something else than was stored".into(),
            ))
        }
    }

    fn delete(&self, user: &str) -> Result<(), Failure> {
        entry(user)?.delete_credential().map_err(failure)
    }
}

fn entry(user: &str) -> Result<Entry, Failure> {
    if let Err(error) = Entry::store_status() {
        return Err(Failure::NoKeyStore(error.to_string()));
    }
    Entry::new(SERVICE, user).map_err(failure)
}

/// INVARIANT: the text of `BadEncoding` and `BadDataFormat` never goes on: they carry the secret's bytes.
fn failure(error: Error) -> Failure {
    match error {
        Error::NoEntry => Failure::NotFound,
        Error::NoDefaultStore => Failure::NoKeyStore(error.to_string()),
        Error::NoStorageAccess(cause) => Failure::Locked(cause.to_string()),
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            Failure::Other("the entry is not a password of this program".into())
        }
        Error::PlatformFailure(_)
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::Ambiguous(_)
        | Error::NotSupportedByStore(_)
        | _ => Failure::Other(error.to_string()),
    }
}
