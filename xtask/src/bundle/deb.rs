//! The Debian package, wrapped by dpkg-deb (deb-control(5), Debian Policy 4.6).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{HOMEPAGE, MAINTAINER, Package, Size, VERSION, source_date};
use crate::run::output;

pub(super) fn wrap(package: Package, size: Size, tree: &Path, to: &Path) -> Result<PathBuf> {
    let control = tree.join("DEBIAN");
    fs::create_dir_all(&control)?;
    let architecture = output(Command::new("dpkg").arg("--print-architecture"))?;
    let architecture = architecture.trim();
    fs::write(
        control.join("control"),
        fields(package, tree, architecture)?,
    )?;
    let sums = output(
        Command::new("sh")
            .args(["-c", "find usr -type f -print0 | sort -z | xargs -0 md5sum"])
            .current_dir(tree),
    )?;
    fs::write(control.join("md5sums"), sums)?;
    if package == Package::Desktop {
        let settings = "/etc/xdg/autostart/im.causeway.Causeway.desktop\n";
        fs::write(control.join("conffiles"), settings)?;
    }
    let file = to.join(format!("{}_{VERSION}-1_{architecture}.deb", package.name()));
    let compression = match size {
        Size::Small => "-Zxz",
        Size::Quick => "-Zgzip",
    };
    output(
        Command::new("dpkg-deb")
            .args(["--root-owner-group", compression, "--build"])
            .arg(tree)
            .arg(&file)
            .env("SOURCE_DATE_EPOCH", source_date()),
    )?;
    Ok(file)
}

fn fields(package: Package, tree: &Path, architecture: &str) -> Result<String> {
    let name = package.name();
    let other = package.other().name();
    let size = output(
        Command::new("du")
            .args(["-sk", "--exclude=DEBIAN"])
            .arg(tree),
    )?;
    let size = size.split_whitespace().next().context("du says no size")?;
    let depends = libraries(package, tree)?;
    let recommends = match package {
        // Links open in the person's programs; passwords lie in the session's key store.
        Package::Desktop => "Recommends: xdg-utils, gnome-keyring | kwalletmanager | keepassxc\n",
        Package::Headless => "",
    };
    let description: String = package
        .description()
        .iter()
        .map(|line| format!(" {line}\n"))
        .collect();
    Ok(format!(
        "Package: {name}\nVersion: {VERSION}-1\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n\
         Installed-Size: {size}\nDepends: {depends}\n{recommends}\
         Conflicts: {other}\nReplaces: {other}\n\
         Section: net\nPriority: optional\nHomepage: {HOMEPAGE}\n\
         Description: {}\n{description}",
        package.summary()
    ))
}

/// The packages of the shared libraries that the programs are linked to, with the oldest versions that will do.
fn libraries(package: Package, tree: &Path) -> Result<String> {
    // dpkg-shlibdeps wants to stand in a source package.
    let source = tree.with_extension("source");
    fs::create_dir_all(source.join("debian"))?;
    fs::write(
        source.join("debian/control"),
        format!(
            "Source: causeway\n\nPackage: {}\nArchitecture: any\n",
            package.name()
        ),
    )?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.args(["-O", "--warnings=0"]).current_dir(&source);
    for program in package.programs() {
        command.arg("-e").arg(tree.join("usr/bin").join(program));
    }
    let found = output(&mut command)?;
    let found = found
        .trim()
        .strip_prefix("shlibs:Depends=")
        .context("dpkg-shlibdeps names no libraries")?;
    // Without certificates of authorities no server can be trusted.
    let files = match package {
        Package::Desktop => "ca-certificates, hicolor-icon-theme",
        Package::Headless => "ca-certificates",
    };
    Ok(format!("{found}, {files}"))
}
