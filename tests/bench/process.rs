//! What a process has used so far, as the kernel tells it.

use std::fs;

use anyhow::{Context as _, Result};
use causeway_tests::program;

use crate::run::round;

/// Sums over all threads since their start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Used {
    /// Time on a processor, to the nanosecond where the kernel tells it.
    pub(crate) cpu_ms: f64,
    /// Voluntary context switches: each one is a wake-up.
    pub(crate) switches: u64,
}

impl Used {
    /// What the process has used until now. A thread that has ended takes its share with it.
    pub(crate) fn read(pid: u32) -> Result<Self> {
        let mut used = Self {
            cpu_ms: 0.0,
            switches: 0,
        };
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?.path();
            let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
            let switches = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            used.switches += switches
                .and_then(|count| count.trim().parse::<u64>().ok())
                .unwrap_or(0);
            let times = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
            let nanoseconds = times.split(' ').next();
            used.cpu_ms += nanoseconds
                .and_then(|time| time.parse::<f64>().ok())
                .unwrap_or(0.0)
                / 1e6;
        }
        Ok(used)
    }
}

/// PSS of a process and of all that it has started, in MiB. Those that are just ending count nothing.
pub(crate) fn tree(pid: u32) -> f64 {
    let below = program::below(pid).into_iter().map(|(child, _)| child);
    let all = std::iter::once(pid).chain(below);
    round(all.map(|pid| memory(pid, "Pss:").unwrap_or(0.0)).sum())
}

/// A row of `smaps_rollup`, in MiB.
pub(crate) fn memory(pid: u32, row: &str) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kib = text
        .lines()
        .find_map(|line| line.strip_prefix(row))
        .context("smaps_rollup has the row")?;
    let kib: f64 = kib.trim().trim_end_matches(" kB").parse()?;
    Ok(round(kib / 1024.0))
}
