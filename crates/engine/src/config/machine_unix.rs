//! What the administrator of this computer says, on Unix: files in a directory that only root can write.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use causeway_api::{ConfigIssue, Origin};

use super::layers::{Layer, read_layer, warning};

/// Most files read from `policy.d`.
const MOST_FILES: usize = 256;

/// Where the administrator's layers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `defaults.toml`, `policy.toml` and `policy.d` are here. No environment variable moves it: who could, could undo the policy.
    pub(super) dir: PathBuf,
    /// User id that must own the policy files.
    pub(super) owner: u32,
}

impl Machine {
    /// The place of contract.md.
    pub(super) fn standard() -> Self {
        Self {
            dir: "/etc/causeway".into(),
            owner: 0,
        }
    }

    /// One on which no administrator has said anything.
    #[cfg(test)]
    pub(crate) fn untouched(dir: &Path) -> Self {
        Self {
            dir: dir.join("machine"),
            owner: 0,
        }
    }

    /// The layers that a person may overrule, weakest first.
    pub(super) fn defaults(&self, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
        let file = self.dir.join("defaults.toml");
        let layer = read_layer(&file, Origin::MachineDefault, issues);
        layer.into_iter().collect()
    }

    /// The enforced layers, weakest first.
    pub(super) fn policies(&self, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
        let trusted = |path: &Path, issues: &mut Vec<ConfigIssue>| match only_owner_writes(
            path, self.owner,
        ) {
            Ok(trusted) => trusted,
            Err(why) => {
                issues.push(warning(path, &format!("Ignored: {why}")));
                false
            }
        };
        if !trusted(&self.dir, issues) {
            return Vec::new();
        }
        let mut files = vec![self.dir.join("policy.toml")];
        let drop_ins = self.dir.join("policy.d");
        if trusted(&drop_ins, issues) {
            files.extend(in_name_order(&drop_ins, issues));
        }
        files.retain(|file| trusted(file, issues));
        files
            .iter()
            .filter_map(|file| read_layer(file, Origin::Enforced, issues))
            .collect()
    }
}

/// False: it is not there. An error says why it is not to be trusted.
fn only_owner_writes(path: &Path, owner: u32) -> Result<bool, String> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    if metadata.uid() != owner {
        return Err(format!(
            "it belongs to user {}, expected {owner}",
            metadata.uid()
        ));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(format!(
            "mode {:04o} lets others write to it, expected 0644 or stricter",
            metadata.mode() & 0o7777
        ));
    }
    Ok(true)
}

fn in_name_order(dir: &Path, issues: &mut Vec<ConfigIssue>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            issues.push(warning(dir, &format!("Ignored: {error}")));
            return Vec::new();
        }
    };
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    if files.len() > MOST_FILES {
        issues.push(warning(
            dir,
            &format!("Only the first {MOST_FILES} files are read"),
        ));
        files.truncate(MOST_FILES);
    }
    files
}
