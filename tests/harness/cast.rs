//! The people of the stories, and a configuration for the one whose accounts are bridged.
//!
//! Anna works on Lync (`anna@contoso.example`) and has an XMPP account; her texts are relayed to her phone, a second
//! XMPP account. Ben, Carla and Emil are colleagues on Lync, Dora is a friend on XMPP.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::ctl::Ctl;
use crate::prosody::{HOST, Prosody};
use crate::sim::Sim;

/// Anna's Lync address.
pub const ANNA: &str = "anna@contoso.example";
/// Ben's Lync address.
pub const BEN: &str = "ben@contoso.example";
/// Carla's Lync address.
pub const CARLA: &str = "carla@contoso.example";
/// Emil's Lync address; he is offline at the start.
pub const EMIL: &str = "emil@contoso.example";

/// The accounts on the XMPP server: name and password.
pub const XMPP: &[(&str, &str)] = &[("anna", "an na&na"), ("phone", "ph>one"), ("dora", "do<ra")];

/// The people file of the simulator.
pub const PEOPLE: &str = r#"
[[person]]
address = "anna@contoso.example"
name = "Anna Berg"
user = 'CONTOSO\anna'
password = "Pässwörd&<1>+%"
title = "Engineer"

[[person.group]]
name = "Favorites"
members = ["ben@contoso.example"]

[[person.group]]
name = "Project Atlas"
members = ["carla@contoso.example", "emil@contoso.example"]

[[person]]
address = "ben@contoso.example"
name = "Ben Carter"
password = "ben"
title = "Architect"
office = "3.12"
phone = "tel:+4681234567"
availability = "Busy"
activity = "in-a-meeting"
note = "Review until three"

[[person]]
address = "carla@contoso.example"
name = "Carla Diaz"
password = "carla"

[[person]]
address = "emil@contoso.example"
name = "Emil Fors"
password = "emil"
availability = "Offline"
"#;

/// Simulator, XMPP server and Anna's configuration. Nothing of Causeway runs yet.
pub struct World {
    /// The Lync side.
    pub sim: Sim,
    /// The XMPP side.
    pub prosody: Prosody,
    /// Anna's `causewayctl`.
    pub ctl: Ctl,
    /// Where her files lie.
    pub dir: TempDir,
}

impl World {
    /// Starts both servers and writes the configuration.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// As [`new`](Self::new), with further lines for the `[bridge]` table, the last one of the file.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn with(bridge: &str) -> Self {
        Self::build(bridge, &[]).await
    }

    /// As [`new`](Self::new), with so many generated contacts in Anna's Lync list.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn with_contacts(count: usize) -> Self {
        Self::build("", &["--contacts", &count.to_string()]).await
    }

    /// As [`new`](Self::new), with a Lync server that lets nobody but the Lync client change contact lists.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn with_read_only_list() -> Self {
        Self::build("", &["--read-only-contacts"]).await
    }

    async fn build(bridge: &str, arguments: &[&str]) -> Self {
        let (sim, prosody) = tokio::join!(Sim::start(PEOPLE, arguments), Prosody::start(XMPP));
        Self::around(sim, prosody, bridge)
    }

    /// A world of servers that run already; `anna` has to be in the simulator's cast.
    ///
    /// # Panics
    /// When the configuration cannot be written.
    pub fn around(sim: Sim, prosody: Prosody, bridge: &str) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        secret(
            &dir.path().join("lync.password"),
            &sim.account("anna").password,
        );
        secret(&dir.path().join("xmpp.password"), password("anna"));
        let ctl = Ctl {
            config: dir.path().join("config.toml"),
            data_dir: dir.path().join("data"),
        };
        let world = Self {
            sim,
            prosody,
            ctl,
            dir,
        };
        world.configure(bridge);
        world
    }

    /// Anna's `causewayctl` on another computer: the same accounts, files of its own.
    pub fn elsewhere(&self) -> Ctl {
        Ctl {
            config: self.ctl.config.clone(),
            data_dir: self.dir.path().join("elsewhere"),
        }
    }

    /// Writes Anna's configuration anew.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn configure(&self, bridge: &str) {
        let dir = self.dir.path().display();
        let text = format!(
            r#"[lync]
address = "{ANNA}"
user = 'CONTOSO\anna'
discovery_url = "{discovery}"
password_file = "{dir}/lync.password"
ca_file = "{lync_ca}"

[xmpp]
address = "anna@{HOST}"
server = "{server}"
password_file = "{dir}/xmpp.password"
ca_file = "{xmpp_ca}"

[bridge]
enabled = true
relay_to = "phone@{HOST}"
{bridge}
"#,
            discovery = self.sim.ready().discovery,
            lync_ca = self.sim.ready().ca.display(),
            server = self.prosody.server(),
            xmpp_ca = self.prosody.ca().display(),
        );
        std::fs::write(&self.ctl.config, text).expect("the configuration can be written");
    }

    /// Writes a password file that is not Anna's password.
    pub fn forget_password(&self, side: &str) {
        secret(
            &self.dir.path().join(format!("{side}.password")),
            "not the password",
        );
    }
}

/// Anna of the simulator's own cast with her Lync account alone, and no XMPP server.
pub struct Solo {
    /// Her `causewayctl`.
    pub ctl: Ctl,
    dir: TempDir,
}

impl Solo {
    /// Her address, logon name and password, the simulator's authority, and further lines for the `[lync]` table.
    ///
    /// # Panics
    /// When the configuration cannot be written.
    pub fn new(sim: &Sim, lines: &str) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let ctl = Ctl {
            config: dir.path().join("config.toml"),
            data_dir: dir.path().join("data"),
        };
        let solo = Self { ctl, dir };
        solo.configure(sim, "anna", lines);
        solo
    }

    /// As [`new`](Self::new), with the way to the simulator.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn at(sim: &Sim) -> Self {
        Self::new(sim, &way_to(sim))
    }

    /// Somebody else's account takes the place of hers.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn becomes(&self, sim: &Sim, name: &str) {
        self.configure(sim, name, &way_to(sim));
    }

    /// Takes a key out of the configuration.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn without(&self, key: &str) {
        let text = std::fs::read_to_string(&self.ctl.config).expect("a configuration");
        let kept = text.lines().filter(|line| !line.starts_with(key));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        std::fs::write(&self.ctl.config, kept).expect("the configuration can be written");
    }

    /// Where her password stands.
    pub fn password_file(&self) -> PathBuf {
        self.dir.path().join("lync.password")
    }

    fn configure(&self, sim: &Sim, name: &str, lines: &str) {
        let account = sim.account(name);
        secret(&self.password_file(), &account.password);
        let text = format!(
            "[lync]\naddress = \"{}\"\nuser = '{}'\npassword_file = \"{}\"\nca_file = \"{}\"\n{lines}",
            account.address,
            account.user,
            self.password_file().display(),
            sim.ready().ca.display()
        );
        std::fs::write(&self.ctl.config, text).expect("the configuration can be written");
    }
}

fn way_to(sim: &Sim) -> String {
    format!("discovery_url = \"{}\"\n", sim.ready().discovery)
}

/// The password of an account of [`XMPP`].
///
/// # Panics
/// When there is no such account.
pub fn password(name: &str) -> &'static str {
    let account = XMPP.iter().find(|(account, _)| *account == name);
    account.unwrap_or_else(|| panic!("{name} has no account")).1
}

/// Writes a file that only its owner can read.
///
/// # Panics
/// When it cannot be written.
pub fn secret(path: &Path, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .expect("the secret can be written");
    file.write_all(text.as_bytes())
        .expect("the secret can be written");
}
