//! Our own programs as child processes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Once, OnceLock};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::wait::PATIENCE;

/// Path of one of our programs. They are built first where they are not there or are old, in the profile of the
/// running test, so that `cargo test -p causeway-tests` alone never tries yesterday's program.
///
/// # Panics
/// When the build fails.
pub fn path(name: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(build).join(name)
}

/// Path of the window. Its page has to be built before, as `cargo xtask test` does it.
///
/// # Panics
/// When the build fails.
pub fn window() -> PathBuf {
    static BUILT: Once = Once::new();
    let directory = directory();
    BUILT.call_once(|| {
        cargo_build(
            &directory,
            &["-p", "causeway-window", "--features", "custom-protocol"],
        );
    });
    directory.join("causeway-window")
}

/// Path of an example of one of our libraries.
///
/// # Panics
/// When the build fails.
pub fn example(package: &str, name: &str) -> PathBuf {
    let directory = directory();
    cargo_build(&directory, &["-p", package, "--example", name]);
    directory.join("examples").join(name)
}

fn build() -> PathBuf {
    let directory = directory();
    let packages = ["causeway-agent", "causeway-cli", "causeway-sim"];
    let arguments: Vec<&str> = packages.iter().flat_map(|name| ["-p", name]).collect();
    cargo_build(&directory, &arguments);
    directory
}

/// Where the running test lies, and our programs with it.
fn directory() -> PathBuf {
    let exe = std::env::current_exe().expect("a running program has a path");
    let parent = exe.parent().expect("a program lies in a directory");
    let above = parent.parent().filter(|_| parent.ends_with("deps"));
    above.unwrap_or(parent).to_owned()
}

/// Nothing where somebody says that it was done already.
fn cargo_build(directory: &Path, arguments: &[&str]) {
    if std::env::var_os("CAUSEWAY_BUILT").is_some() {
        return;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = std::process::Command::new(cargo);
    cargo
        .args(["build", "--quiet"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(target) = directory.parent() {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    if directory.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.status().expect("cargo runs");
    assert!(built.success(), "our programs do not build");
}

/// Is a program of somebody else there? Where it is not, that is said, so that nobody takes a story that was skipped for
/// one that was told.
pub fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    if !found {
        left_out(&format!("{name} is not installed"));
    }
    found
}

/// Whether all of these files of somebody else are there. Where they are not, that is said; in CI it is a failure.
///
/// # Panics
/// In CI (variable `CI`), when they are missing.
pub fn are_installed(what_follows: &str, paths: &[&str]) -> bool {
    let missing: Vec<&str> = paths
        .iter()
        .copied()
        .filter(|path| !Path::new(path).exists())
        .collect();
    if missing.is_empty() {
        return true;
    }
    let said = format!("{what_follows}: {} not installed", missing.join(", "));
    assert!(std::env::var_os("CI").is_none(), "{said}");
    left_out(&said);
    false
}

/// Says that a story was not told, and why: past the test runner, which keeps the words of tests that pass to itself.
pub(crate) fn left_out(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Processes below this one, children of children too, each with its name (`/proc/PID/comm`, cut at 15 characters).
pub fn below(process: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let mut parents = vec![process];
    while let Some(parent) = parents.pop() {
        // A child stands with the thread that started it.
        let threads = std::fs::read_dir(format!("/proc/{parent}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(thread.path().join("children"));
            for child in children.unwrap_or_default().split_whitespace() {
                let Ok(child) = child.parse::<u32>() else {
                    continue;
                };
                let name = std::fs::read_to_string(format!("/proc/{child}/comm"));
                found.push((child, name.unwrap_or_default().trim().to_owned()));
                parents.push(child);
            }
        }
    }
    found
}

/// Asks a process to end, or ends it.
///
/// # Panics
/// When there is none.
pub fn signal(process: u32, signal: Signal) {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("a number of a process"), signal).expect("the process is there");
}

/// A running program. Dropping it kills it.
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts `command` with its standard error in `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("the log can be written");
        let child = command
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stderr(file)
            .spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Self {
            child,
            log: log.to_owned(),
        }
    }

    /// The child process, for its streams.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Process id.
    ///
    /// # Panics
    /// When the program has ended.
    pub fn pid(&self) -> u32 {
        self.child
            .id()
            .unwrap_or_else(|| panic!("the program has ended: {}", self.log_text()))
    }

    /// Everything on its standard error so far.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) {
        let _ = self.child.kill().await;
    }

    /// SIGTERM, and waits for its end.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn terminate(&mut self) -> ExitStatus {
        if let Some(pid) = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?))
        {
            let _ = kill_process(pid, Signal::TERM);
        }
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => status.expect("a child of ours can be waited for"),
            Err(_) => panic!("the program did not end after SIGTERM: {}", self.log_text()),
        }
    }
}
