//! Passwords: from a private file, else from the system's key store, else typed and held in memory.
//!
//! They never stand in configuration files, logs or errors.

mod file;
mod key_store;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use causeway_api::{Code, Kept, Problem, Side};
use secrecy::SecretString;

use key_store::{Failure, KeyStore, SystemKeyStore};

/// Whose password, and where the configuration says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which link.
    pub side: Side,
    /// Sign-in address without a scheme, e.g. `anna@contoso.example`: the name of the entry in the key store.
    pub address: String,
    /// `lync.password_file` or `xmpp.password_file`; wins over the key store.
    pub password_file: Option<PathBuf>,
}

/// Where passwords come from. Clones share what they hold in memory.
#[derive(Clone)]
pub struct Secrets {
    key_store: Arc<dyn KeyStore>,
    /// Passwords typed in this run that the key store would not take.
    held: Arc<Mutex<HashMap<(Side, String), SecretString>>>,
    cookies: Arc<Mutex<HashMap<(Side, String), Cookies>>>,
}

/// What sign-in pages gave in this run, by the origin of the token URL.
pub(crate) type Cookies = HashMap<String, SecretString>;

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// With the key store of the system.
    #[must_use]
    pub fn system() -> Self {
        Self::with(Arc::new(SystemKeyStore))
    }

    fn with(key_store: Arc<dyn KeyStore>) -> Self {
        Self {
            key_store,
            held: Arc::default(),
            cookies: Arc::default(),
        }
    }

    /// The password of an account: its file if one is configured, else what is held in memory, else the key store.
    ///
    /// # Errors
    /// `PasswordMissing` or `XmppPasswordMissing` where none is known, for want of a key store too; `SecretFileMode` where others can read the
    /// file, `BadConfig` where the file cannot be used.
    pub async fn password(&self, account: &Account) -> Result<SecretString, Problem> {
        if let Some(path) = account.password_file.clone() {
            return in_file(path).await;
        }
        if let Some(secret) = self.held().get(&account.name()) {
            return Ok(secret.clone());
        }
        let user = account.entry();
        self.ask(move |key_store| key_store.get(&user))
            .await
            .map_err(|failure| Problem {
                // Whatever the key store lacks: to the sign-in it is one thing, no password is known.
                code: account.password_missing(),
                ..account.problem(&failure)
            })
    }

    /// Keeps a password in the key store (`login`).
    ///
    /// # Errors
    /// `KeyStore` where there is none, or it is locked or full. [`Secrets::hold`] is then the way to go on in this run.
    pub async fn store(&self, account: &Account, secret: SecretString) -> Result<(), Problem> {
        let user = account.entry();
        self.ask(move |key_store| key_store.set(&user, &secret))
            .await
            .map_err(|failure| account.problem(&failure))?;
        self.held().remove(&account.name());
        Ok(())
    }

    /// Keeps a password in memory, until the program ends.
    pub fn hold(&self, account: &Account, secret: SecretString) {
        self.held().insert(account.name(), secret);
    }

    /// Whether a password is kept in memory.
    pub(crate) fn holds(&self, account: &Account) -> bool {
        self.held().contains_key(&account.name())
    }

    /// The cookies of the sign-in pages of an account.
    pub(crate) fn cookies(&self, account: &Account) -> Cookies {
        let cookies = self.cookies.lock();
        let cookies = cookies.unwrap_or_else(PoisonError::into_inner);
        cookies.get(&account.name()).cloned().unwrap_or_default()
    }

    /// Keeps what a sign-in page gave, in memory; `None` forgets it.
    pub(crate) fn keep_cookies(
        &self,
        account: &Account,
        origin: String,
        cookies: Option<SecretString>,
    ) {
        let mut kept = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.entry(account.name()).or_default();
        match cookies {
            Some(cookies) => drop(kept.insert(origin, cookies)),
            None => drop(kept.remove(&origin)),
        }
    }

    /// Forgets a password, in memory and in the key store (`logout`). A password file is the person's own and stays.
    /// True where there was one in the key store.
    ///
    /// # Errors
    /// `KeyStore` where there is none to look into, or it would not delete the entry.
    pub async fn delete(&self, account: &Account) -> Result<bool, Problem> {
        self.forget_held(account);
        let user = account.entry();
        match self.ask(move |key_store| key_store.delete(&user)).await {
            Ok(()) => Ok(true),
            Err(Failure::NotFound) => Ok(false),
            Err(failure) => Err(account.problem(&failure)),
        }
    }

    /// Forgets a password as [`Secrets::delete`] does; where there is no key store there is nothing to forget in it.
    ///
    /// # Errors
    /// `KeyStore` where there is one that would not delete the entry.
    pub async fn forget(&self, account: &Account) -> Result<(), Problem> {
        self.forget_held(account);
        let user = account.entry();
        match self.ask(move |key_store| key_store.delete(&user)).await {
            Ok(()) | Err(Failure::NotFound | Failure::NoKeyStore(_)) => Ok(()),
            Err(failure @ (Failure::Locked(_) | Failure::TimeLimit | Failure::Other(_))) => {
                Err(account.problem(&failure))
            }
        }
    }

    /// Keeps a password where it can be kept: in the key store if that is wanted and there is one, else in memory.
    pub async fn keep(&self, account: &Account, secret: SecretString, wanted: bool) -> Kept {
        if wanted {
            match self.store(account, secret.clone()).await {
                Ok(()) => return Kept::KeyStore,
                Err(problem) => {
                    tracing::warn!(code = %problem.code, cause = %problem.message, "a password is kept in memory alone")
                }
            }
        }
        self.hold(account, secret);
        Kept::Memory
    }

    /// Is there a key store in this session, locked or not?
    pub async fn key_store_is_there(&self) -> bool {
        let asked = self.ask(|key_store| key_store.get("is-one-there")).await;
        !matches!(asked, Err(Failure::NoKeyStore(_)))
    }

    /// Off the run-time's threads: the key store's library runs a run-time of its own and panics inside another one.
    async fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn KeyStore) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        let key_store = self.key_store.clone();
        let answer = tokio::task::spawn_blocking(move || question(key_store.as_ref()));
        match tokio::time::timeout(TIME_LIMIT, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Failure::Other("its library was cut off".into())),
            Err(_) => Err(Failure::TimeLimit),
        }
    }

    fn forget_held(&self, account: &Account) {
        self.held().remove(&account.name());
        self.forget_cookies(account);
    }

    /// Forgets what all sign-in pages of an account gave.
    pub(crate) fn forget_cookies(&self, account: &Account) {
        let cookies = self.cookies.lock();
        cookies
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&account.name());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<(Side, String), SecretString>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The secret that stands in a private file.
///
/// # Errors
/// `SecretFileMode` where others can read the file, `BadConfig` where it cannot be used.
pub(crate) async fn in_file(path: PathBuf) -> Result<SecretString, Problem> {
    tokio::task::spawn_blocking(move || file::read(&path))
        .await
        .unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                STEP,
                "Reading a password file was cut off",
                "Try again",
            ))
        })
}

impl Account {
    fn name(&self) -> (Side, String) {
        (self.side, self.address.to_lowercase())
    }

    /// Name of the entry in the key store.
    fn entry(&self) -> String {
        format!("{}:{}", self.section(), self.address.to_lowercase())
    }

    fn section(&self) -> &'static str {
        match self.side {
            Side::Lync => "lync",
            Side::Xmpp => "xmpp",
            Side::Gateway => "gateway",
        }
    }

    fn problem(&self, failure: &Failure) -> Problem {
        let (code, message, remedy) = match failure {
            // A locked key store that cannot ask says "not found" as well.
            Failure::NotFound => (
                self.password_missing(),
                format!(
                    "No password for {} is stored, or the key store is locked",
                    self.address
                ),
                format!(
                    "Run 'causewayctl login' (or unlock the key store), or set {}.password_file",
                    self.section()
                ),
            ),
            Failure::NoKeyStore(_) => (
                Code::KeyStore,
                "This session has no key store (Secret Service)".into(),
                format!(
                    "Set {}.password_file to a file of mode 0600, or start a key store such as gnome-keyring",
                    self.section()
                ),
            ),
            Failure::Locked(_) => (
                Code::KeyStore,
                "The key store is locked".into(),
                format!("Unlock it, or set {}.password_file", self.section()),
            ),
            Failure::TimeLimit => (
                Code::KeyStore,
                "The key store does not answer".into(),
                format!(
                    "Look for its question on the screen, or set {}.password_file",
                    self.section()
                ),
            ),
            Failure::Other(_) => (
                Code::KeyStore,
                "The key store failed".into(),
                format!("Try again, or set {}.password_file", self.section()),
            ),
        };
        let problem =
            Problem::new(code, STEP, message, remedy).with("account", self.address.clone());
        match failure.detail() {
            Some(detail) => problem.with("key_store", detail),
            None => problem,
        }
    }

    fn password_missing(&self) -> Code {
        match self.side {
            Side::Lync => Code::PasswordMissing,
            Side::Xmpp | Side::Gateway => Code::XmppPasswordMissing,
        }
    }
}

const STEP: &str = "password";

/// Long enough for a person to answer the key store's question.
const TIME_LIMIT: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    /// A key store that keeps what it gets, or fails as told.
    #[derive(Default)]
    struct FakeKeyStore {
        entries: Mutex<HashMap<String, SecretString>>,
        fails: Option<Failure>,
    }

    impl FakeKeyStore {
        fn failing(failure: Failure) -> Secrets {
            Secrets::with(Arc::new(Self {
                fails: Some(failure),
                ..Self::default()
            }))
        }

        fn works(&self) -> Result<(), Failure> {
            self.fails.clone().map_or(Ok(()), Err)
        }
    }

    impl KeyStore for FakeKeyStore {
        fn get(&self, user: &str) -> Result<SecretString, Failure> {
            self.works()?;
            self.entries
                .lock()
                .unwrap()
                .get(user)
                .cloned()
                .ok_or(Failure::NotFound)
        }

        fn set(&self, user: &str, secret: &SecretString) -> Result<(), Failure> {
            self.works()?;
            self.entries
                .lock()
                .unwrap()
                .insert(user.to_owned(), secret.clone());
            Ok(())
        }

        fn delete(&self, user: &str) -> Result<(), Failure> {
            self.works()?;
            self.entries
                .lock()
                .unwrap()
                .remove(user)
                .map(drop)
                .ok_or(Failure::NotFound)
        }
    }

    fn account(side: Side) -> Account {
        Account {
            side,
            address: "Anna@contoso.example".into(),
            password_file: None,
        }
    }

    async fn password(secrets: &Secrets, account: &Account) -> Result<String, Code> {
        let secret = secrets
            .password(account)
            .await
            .map_err(|problem| problem.code)?;
        Ok(secret.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn what_login_stores_is_found_until_logout() {
        let secrets = Secrets::with(Arc::new(FakeKeyStore::default()));
        let (lync, xmpp) = (account(Side::Lync), account(Side::Xmpp));
        assert_eq!(password(&secrets, &lync).await, Err(Code::PasswordMissing));
        assert_eq!(
            password(&secrets, &xmpp).await,
            Err(Code::XmppPasswordMissing)
        );
        secrets.store(&lync, "s3cret".into()).await.unwrap();
        assert_eq!(password(&secrets, &lync).await, Ok("s3cret".into()));
        assert_eq!(
            password(&secrets, &xmpp).await,
            Err(Code::XmppPasswordMissing),
            "each side has its own"
        );
        let otherwise_written = Account {
            address: "anna@CONTOSO.example".into(),
            ..lync.clone()
        };
        assert_eq!(
            password(&secrets, &otherwise_written).await,
            Ok("s3cret".into())
        );
        assert_eq!(secrets.delete(&lync).await, Ok(true));
        assert_eq!(password(&secrets, &lync).await, Err(Code::PasswordMissing));
        assert_eq!(secrets.delete(&lync).await, Ok(false));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_password_file_wins_over_the_key_store_even_where_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, "from the file\n").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        let secrets = Secrets::with(Arc::new(FakeKeyStore::default()));
        let lync = Account {
            password_file: Some(path.clone()),
            ..account(Side::Lync)
        };
        secrets
            .store(&lync, "from the key store".into())
            .await
            .unwrap();
        assert_eq!(password(&secrets, &lync).await, Ok("from the file".into()));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert_eq!(password(&secrets, &lync).await, Err(Code::SecretFileMode));
    }

    #[tokio::test]
    async fn without_a_key_store_a_password_lives_in_memory_and_the_problem_names_the_way_out() {
        let secrets = FakeKeyStore::failing(Failure::NoKeyStore("no session bus".into()));
        let lync = account(Side::Lync);
        let problem = secrets.store(&lync, "s3cret".into()).await.unwrap_err();
        assert_eq!(problem.code, Code::KeyStore);
        assert!(
            problem.remedy.contains("lync.password_file"),
            "{}",
            problem.remedy
        );
        assert!(!format!("{problem:?}").contains("s3cret"));
        assert_eq!(password(&secrets, &lync).await, Err(Code::PasswordMissing));
        secrets.hold(&lync, "s3cret".into());
        assert_eq!(password(&secrets.clone(), &lync).await, Ok("s3cret".into()));
        let problem = secrets.delete(&lync).await.unwrap_err();
        assert_eq!(problem.code, Code::KeyStore);
        assert_eq!(password(&secrets, &lync).await, Err(Code::PasswordMissing));
    }

    #[tokio::test]
    async fn a_password_is_kept_where_that_is_wanted_and_possible_and_forgotten_on_sign_out() {
        let secrets = Secrets::with(Arc::new(FakeKeyStore::default()));
        let lync = account(Side::Lync);
        assert!(secrets.key_store_is_there().await);
        let typed = || SecretString::from("s3cret");
        assert_eq!(secrets.keep(&lync, typed(), false).await, Kept::Memory);
        assert_eq!(secrets.keep(&lync, typed(), true).await, Kept::KeyStore);
        secrets.forget(&lync).await.unwrap();
        assert_eq!(password(&secrets, &lync).await, Err(Code::PasswordMissing));
        let without = FakeKeyStore::failing(Failure::NoKeyStore("no session bus".into()));
        assert!(!without.key_store_is_there().await);
        assert_eq!(without.keep(&lync, typed(), true).await, Kept::Memory);
        assert_eq!(password(&without, &lync).await, Ok("s3cret".into()));
        without.forget(&lync).await.unwrap();
        assert_eq!(password(&without, &lync).await, Err(Code::PasswordMissing));
    }

    #[tokio::test]
    async fn every_failure_of_the_key_store_has_a_cause_and_a_remedy() {
        for failure in [
            Failure::Locked("dismissed".into()),
            Failure::TimeLimit,
            Failure::Other("broken pipe".into()),
            Failure::NoKeyStore("no session bus".into()),
        ] {
            let secrets = FakeKeyStore::failing(failure.clone());
            let problem = secrets.password(&account(Side::Xmpp)).await.unwrap_err();
            assert_eq!(problem.code, Code::XmppPasswordMissing, "{failure:?}");
            assert!(
                problem.remedy.contains("xmpp.password_file"),
                "{}",
                problem.remedy
            );
        }
    }

    /// By hand: `dbus-run-session -- sh -c 'printf x | gnome-keyring-daemon --unlock --components=secrets --daemonize &&
    /// cargo test -p causeway-engine key_store_of_the_system -- --ignored'`
    #[tokio::test(flavor = "multi_thread")]
    #[cfg_attr(not(windows), ignore = "needs a session with an unlocked key store")]
    async fn the_key_store_of_the_system_keeps_a_password() {
        let secrets = Secrets::system();
        let account = Account {
            address: "causeway-test@contoso.example".into(),
            ..account(Side::Lync)
        };
        secrets.store(&account, "lösen ord".into()).await.unwrap();
        assert_eq!(
            password(&Secrets::system(), &account).await,
            Ok("lösen ord".into())
        );
        assert_eq!(secrets.delete(&account).await, Ok(true));
        assert_eq!(
            password(&secrets, &account).await,
            Err(Code::PasswordMissing)
        );
    }
}
