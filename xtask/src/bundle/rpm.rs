//! The package for Fedora's family, wrapped by rpmbuild.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{HOMEPAGE, MAINTAINER, Package, Size, VERSION, source_date};
use crate::run::output;

pub(super) fn wrap(package: Package, size: Size, tree: &Path, to: &Path) -> Result<PathBuf> {
    let work = tree.with_extension("rpm");
    fs::create_dir_all(&work)?;
    let spec = work.join("package.spec");
    fs::write(&spec, text(package, tree)?)?;
    let compression = match size {
        Size::Small => "w9.xzdio",
        Size::Quick => "w1.gzdio",
    };
    let define = |name: &str, value: &dyn std::fmt::Display| format!("{name} {value}");
    output(
        Command::new("rpmbuild")
            .arg("-bb")
            .arg("--quiet")
            .arg("--define")
            .arg(define("_topdir", &work.display()))
            .arg("--define")
            .arg(define("_rpmdir", &to.display()))
            .arg("--define")
            .arg(define("_binary_payload", &compression))
            .args([
                "--define",
                "_build_name_fmt %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
            ])
            .arg(&spec)
            .env("SOURCE_DATE_EPOCH", source_date()),
    )?;
    let machine = output(Command::new("uname").arg("-m"))?;
    let file = to.join(format!(
        "{}-{VERSION}-1.{}.rpm",
        package.name(),
        machine.trim()
    ));
    file.metadata()
        .with_context(|| format!("rpmbuild did not make {}", file.display()))?;
    Ok(file)
}

fn text(package: Package, tree: &Path) -> Result<String> {
    let recommends = match package {
        Package::Desktop => "Requires: hicolor-icon-theme\nRecommends: xdg-utils\n",
        Package::Headless => "",
    };
    Ok(format!(
        // Already stripped, and compressed as they shall be; the dates are those of the sources.
        "%global debug_package %{{nil}}\n%global __os_install_post %{{nil}}\n%global _build_id_links none\n\
         %global use_source_date_epoch_as_buildtime 1\n%global clamp_mtime_to_source_date_epoch 1\n\n\
         Name: {name}\nVersion: {VERSION}\nRelease: 1\nSummary: {summary}\nLicense: MIT OR Apache-2.0\nURL: {HOMEPAGE}\n\
         Packager: {MAINTAINER}\nRequires: ca-certificates\n{recommends}Conflicts: {other}\n\n\
         %description\n{description}\n\n\
         %install\ncp -a {tree}/. %{{buildroot}}/\n\n\
         %files\n%defattr(-,root,root,-)\n{files}",
        name = package.name(),
        summary = capital(package.summary()),
        other = package.other().name(),
        description = package.description().join("\n"),
        tree = tree.display(),
        files = files(package, tree)?,
    ))
}

/// What the package owns: every file and link, and the folders that nobody else brings.
fn files(package: Package, tree: &Path) -> Result<String> {
    let found = output(
        Command::new("find")
            .args([".", "-not", "-type", "d", "-printf", "/%P\\n"])
            .current_dir(tree),
    )?;
    let mut found: Vec<&str> = found.lines().collect();
    found.sort_unstable();
    let mark = |path: &str| {
        if path.starts_with("/etc/") {
            "%config(noreplace) "
        } else if path.starts_with("/usr/share/doc/") {
            "%doc "
        } else {
            ""
        }
    };
    let own = format!(
        "%dir /usr/share/doc/{0}\n%dir /usr/share/doc/{0}/errors\n",
        package.name()
    );
    let files = found.iter().map(|path| format!("{}{path}\n", mark(path)));
    Ok(std::iter::once(own).chain(files).collect())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
