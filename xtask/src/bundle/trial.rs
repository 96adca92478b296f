//! The packages are tried in a clean system of their own: installed, started, replaced, removed.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::{Made, Package};
use crate::run::{root, step, works};

pub(super) fn walk(made: &[Made]) -> Result<()> {
    lint(made)?;
    if !works("unshare", &["--mount", "true"]) {
        eprintln!(
            "\n── this account may not set up a system of its own: the packages were wrapped and looked at, but not installed; run this as root for that"
        );
        return Ok(());
    }
    install(made)
}

/// What the formats' own critics say; errors stop the run.
fn lint(made: &[Made]) -> Result<()> {
    for made in made {
        let name = made.package.name();
        step(
            &format!("lintian: {name}"),
            Command::new("lintian")
                .args(["--allow-root", "--fail-on=error", "--tag-display-limit=0"])
                .arg(&made.deb),
        )?;
        step(
            &format!("rpmlint: {name}"),
            Command::new("rpmlint")
                .arg("--config")
                .arg(root().join("packaging/rpmlint.toml"))
                .arg(&made.rpm),
        )?;
    }
    Ok(())
}

/// A fresh system of this computer's release, in which `packaging/trial.sh` walks the packages' lives.
fn install(made: &[Made]) -> Result<()> {
    let release = std::fs::read_to_string("/etc/os-release").context("/etc/os-release")?;
    let release = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .context("/etc/os-release names no release")?;
    let file = |package: Package| made.iter().find(|made| made.package == package);
    let desktop = file(Package::Desktop).context("the package was made")?;
    let headless = file(Package::Headless).context("the package was made")?;
    let mut command = Command::new("mmdebstrap");
    command.args(["--quiet", "--variant=apt", "--format=null"]);
    for (from, to) in [
        (&desktop.deb, "causeway.deb"),
        (&desktop.rpm, "causeway.rpm"),
        (&headless.deb, "causewayctl.deb"),
        (&headless.rpm, "causewayctl.rpm"),
        (&root().join("packaging/trial.sh"), "trial.sh"),
    ] {
        let from = from.canonicalize()?;
        command.arg(format!(
            "--customize-hook=upload '{}' /tmp/{to}",
            from.display()
        ));
    }
    step(
        "packages in a clean system: installed, started, replaced, removed",
        command
            .arg("--customize-hook=chroot \"$1\" sh /tmp/trial.sh")
            .args([release, "-"]),
    )
}
