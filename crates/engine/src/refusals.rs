//! Passwords that a server refused. They are noted beside the database, so that no program sends them again unasked: a few
//! of those, and the account is locked.
//!
//! Nothing is kept of a password itself, not even a hash. Where it came from, and when that was changed, tells whether it may
//! be another one by now.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use causeway_api::{Code, Problem, Side};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    config, own_files,
    prepare::{lync_account, xmpp_account},
    problems,
    secrets::{Account, Secrets},
};

/// In the data directory.
const FILE: &str = "refused.json";

/// What was offered to a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    side: Side,
    account: String,
    /// `lync.user`.
    user: Option<String>,
    source: Source,
}

/// Where a password came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Source {
    /// Typed, in this run alone.
    Memory,
    KeyStore,
    File {
        path: PathBuf,
        changed: Option<Timestamp>,
    },
}

impl Offer {
    pub(crate) fn lync(lync: &config::Lync, secrets: &Secrets) -> Self {
        let user = lync.user.value.clone();
        Self::of(&lync_account(lync), user, secrets)
    }

    pub(crate) fn xmpp(xmpp: &config::Xmpp, secrets: &Secrets) -> Self {
        Self::of(&xmpp_account(xmpp), None, secrets)
    }

    /// To be made before the password is read: a file that changes in between then counts as changed.
    fn of(account: &Account, user: Option<String>, secrets: &Secrets) -> Self {
        let source = match &account.password_file {
            Some(path) => Source::File {
                path: path.clone(),
                changed: changed(path),
            },
            None if secrets.holds(account) => Source::Memory,
            None => Source::KeyStore,
        };
        Self {
            side: account.side,
            account: account.address.to_lowercase(),
            user,
            source,
        }
    }

    fn file(&self) -> Option<&Path> {
        match &self.source {
            Source::File { path, .. } => Some(path),
            Source::Memory | Source::KeyStore => None,
        }
    }
}

fn changed(path: &Path) -> Option<Timestamp> {
    let time = std::fs::metadata(path).and_then(|file| file.modified());
    Timestamp::try_from(time.ok()?).ok()
}

#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    at: Timestamp,
    offer: Offer,
}

/// The notes of a data directory. Reading and writing block; it is one short file, written after a refusal alone.
#[derive(Clone, Debug)]
pub struct Refusals {
    file: PathBuf,
}

impl Refusals {
    /// Of a data directory, which need not be there.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self {
            file: data_dir.join(FILE),
        }
    }

    /// Why a password is not sent: this very one was refused.
    pub(crate) fn why_not(&self, offer: &Offer) -> Option<Problem> {
        let notes = self.read();
        let refusal = notes
            .get(&word(offer.side))
            .filter(|note| note.offer == *offer)?;
        let code = match offer.side {
            Side::Lync => Code::PasswordRefused,
            Side::Xmpp | Side::Gateway => Code::XmppPasswordRefused,
        };
        let at = refusal.at.to_zoned(TimeZone::system());
        let problem = Problem::new(
            code,
            "signing-in",
            format!(
                "The password of {} was refused on {} and is not sent again until it is changed.",
                offer.account,
                at.strftime("%F at %H:%M")
            ),
            "Type it again: causewayctl login",
        );
        let problem = problems::in_password_file(problem, offer.file());
        Some(problem.with("refused_at", refusal.at.to_string()))
    }

    /// Notes what became of a password that was sent.
    pub(crate) fn note(&self, offer: &Offer, code: Option<Code>) {
        match code {
            Some(Code::PasswordRefused | Code::XmppPasswordRefused) => {
                let refusal = Refusal {
                    at: Timestamp::now(),
                    offer: offer.clone(),
                };
                let mut notes = self.read();
                notes.insert(word(offer.side), refusal);
                self.write(&notes);
            }
            Some(_) => {}
            None => self.forget(offer.side),
        }
    }

    /// A person acted, or the password was accepted.
    pub fn forget(&self, side: Side) {
        let mut notes = self.read();
        if notes.remove(&word(side)).is_some() {
            self.write(&notes);
        }
    }

    /// A damaged file says nothing: then a password is sent once more, and noted anew.
    fn read(&self) -> BTreeMap<String, Refusal> {
        let text = std::fs::read(&self.file).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn write(&self, notes: &BTreeMap<String, Refusal>) {
        let next = self.file.with_extension("json.new");
        let written = serde_json::to_vec(notes)
            .map_err(std::io::Error::from)
            .and_then(|text| {
                let options = &mut own_files::file();
                let file = options.create(true).truncate(true).write(true);
                file.open(&next)?.write_all(&text)
            })
            .and_then(|()| std::fs::rename(&next, &self.file));
        if let Err(error) = written {
            warn!(file = %self.file.display(), %error, "a refused password could not be noted");
        }
    }
}

fn word(side: Side) -> String {
    match side {
        Side::Lync => "lync",
        Side::Xmpp => "xmpp",
        Side::Gateway => "gateway",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(path: &Path) -> Offer {
        let account = Account {
            side: Side::Lync,
            address: "Anna@contoso.example".into(),
            password_file: Some(path.to_owned()),
        };
        Offer::of(&account, None, &Secrets::system())
    }

    #[test]
    fn a_refusal_holds_for_the_same_password_of_the_same_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        std::fs::write(&file, "canary").unwrap();
        let offer = in_file(&file);
        let refusals = Refusals::of(dir.path());
        assert_eq!(refusals.why_not(&offer), None);
        refusals.note(&offer, Some(Code::PasswordRefused));
        let problem = refusals.why_not(&offer).unwrap();
        assert_eq!(problem.code, Code::PasswordRefused);
        assert!(
            problem
                .message
                .contains("anna@contoso.example was refused on")
        );
        assert!(problem.remedy.contains(&file.display().to_string()));
        let note = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(!note.contains("canary"), "{note}");

        let other_user = Offer {
            user: Some("CONTOSO\\anna".into()),
            ..offer.clone()
        };
        assert_eq!(refusals.why_not(&other_user), None);
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(1);
        let opened = std::fs::File::options().write(true).open(&file).unwrap();
        opened.set_modified(later).unwrap();
        assert_eq!(refusals.why_not(&in_file(&file)), None);
        assert!(refusals.why_not(&offer).is_some());
    }

    #[test]
    fn what_a_person_does_and_what_is_accepted_end_it_and_other_trouble_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let offer = in_file(&dir.path().join("password"));
        let refusals = Refusals::of(dir.path());
        for end in [
            |refusals: &Refusals, _: &Offer| refusals.forget(Side::Lync),
            |refusals: &Refusals, offer: &Offer| refusals.note(offer, None),
        ] {
            refusals.note(&offer, Some(Code::PasswordRefused));
            refusals.note(&offer, Some(Code::Tls));
            refusals.forget(Side::Xmpp);
            assert!(refusals.why_not(&offer).is_some());
            end(&refusals, &offer);
            assert_eq!(refusals.why_not(&offer), None);
        }
    }
}
