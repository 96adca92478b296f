//! Tests of the configuration, by subject, with the few things that all of them need.

mod generated;
mod layers;
mod set;
mod values;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use causeway_api::{ConfigEntry, ConfigIssue, Origin, Severity};

use super::{Configuration, Locations, load, machine};

/// A machine with configuration files of its own, in a temporary directory.
struct Machine {
    dir: tempfile::TempDir,
    locations: Locations,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let machine_dir = dir.path().join("etc");
        fs::create_dir_all(machine_dir.join("policy.d")).unwrap();
        let locations = Locations {
            user_file: dir.path().join("home/config.toml"),
            machine: machine::Machine {
                owner: fs::metadata(&machine_dir).unwrap().uid(),
                dir: machine_dir,
            },
        };
        let machine = Self { dir, locations };
        for dir in ["etc", "etc/policy.d"] {
            machine.mode(dir, 0o755);
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self.mode(name, 0o644);
    }

    fn user(&self, text: &str) {
        self.write("home/config.toml", text);
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), PermissionsExt::from_mode(mode)).unwrap();
    }

    fn load(&self) -> Configuration {
        load(&self.locations)
    }
}

fn user_file(text: &str) -> Configuration {
    let machine = Machine::new();
    machine.user(text);
    machine.load()
}

fn entry(configuration: &Configuration, key: &str) -> ConfigEntry {
    configuration
        .entries
        .iter()
        .find(|entry| entry.key == key)
        .unwrap()
        .clone()
}

/// The only issue there is.
fn only_issue(configuration: &Configuration) -> ConfigIssue {
    match configuration.issues.as_slice() {
        [issue] => issue.clone(),
        issues => panic!("one issue expected: {issues:#?}"),
    }
}

/// What is wrong, besides files that are named and not there.
fn errors(configuration: &Configuration) -> Vec<ConfigIssue> {
    let issues = configuration.issues.iter();
    issues
        .filter(|issue| issue.severity == Severity::Error)
        .cloned()
        .collect()
}
