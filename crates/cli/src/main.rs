//! `causewayctl` as a program of its own, for computers without a screen.

use std::process::ExitCode;

fn main() -> ExitCode {
    causeway_cli::main()
}
