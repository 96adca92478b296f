//! `cargo xtask …`: everything around the code that a person or a build machine runs, each as one command.

#![expect(clippy::print_stderr, reason = "a program for the terminal")]

mod bench;
mod build;
mod bundle;
mod demo;
mod generate;
mod licences;
mod run;
mod set_up;
mod test;
mod ui;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Set-up, demo, test, bench and packages of Causeway"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install the system packages that are missing.
    SetUp,
    /// Show people of both networks talking, on this machine, with a simulated Lync and a real Prosody.
    Demo(demo::Demo),
    /// Set-up, format, lints, documentation, every test. What has to pass before a change goes in.
    Test(test::Test),
    /// Measure the bridge beside the floor of the same run.
    Bench(bench::Bench),
    /// Write the files that come from the code anew: settings, error codes, the types of the window's page.
    Generate,
    /// Make the packages for Debian and Fedora families.
    Bundle(bundle::Bundle),
    /// What the build machine runs: `test`, and that it leaves the tree as it was.
    Ci,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::SetUp => set_up::set_up(&set_up::EVERYTHING),
        Task::Demo(demo) => demo.run(),
        Task::Test(test) => test.run(),
        Task::Bench(bench) => bench.run(),
        Task::Generate => generate::run(),
        Task::Bundle(bundle) => bundle.run(),
        Task::Ci => test::ci(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
