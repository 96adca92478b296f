//! What a package consists of, laid out as it will be on the system.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{HOMEPAGE, MAINTAINER, Package, VERSION, source_date};
use crate::licences;
use crate::run::{output, root, step};

/// The application's name for desktops.
const ID: &str = "im.causeway.Causeway";

/// Pages of `docs/` that are for people who run it.
const DOCS: &[&str] = &[
    "agent.md",
    "bridge.md",
    "causewayctl.md",
    "configuration.md",
    "errors.md",
    "config.toml",
    "config.schema.json",
];

/// Shells, and where they look for completions.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/causewayctl"),
    (
        "fish",
        "usr/share/fish/vendor_completions.d/causewayctl.fish",
    ),
    ("zsh", "usr/share/zsh/vendor-completions/_causewayctl"),
];

pub(super) fn lay_out(package: Package, programs: &Path, tree: &Path) -> Result<()> {
    for program in package.programs() {
        let to = tree.join("usr/bin").join(program);
        let file = package.file_of(program);
        if file == *program {
            put(&programs.join(program), &to, 0o755)?;
            step(
                &format!("{program}: without symbols"),
                Command::new("strip").arg("--strip-unneeded").arg(&to),
            )?;
        } else {
            symlink(file, &to).with_context(|| to.display().to_string())?;
        }
        manual(program, programs, tree)?;
    }
    completions(programs, tree)?;
    let share = tree.join("usr/share");
    let packaging = root().join("packaging");
    put(
        &packaging.join("causeway-bridge.service"),
        &tree.join("usr/lib/systemd/user/causeway-bridge.service"),
        0o644,
    )?;
    if package == Package::Desktop {
        let desktop = format!("{ID}.desktop");
        put(
            &packaging.join(&desktop),
            &share.join("applications").join(&desktop),
            0o644,
        )?;
        put(
            &packaging.join("autostart.desktop"),
            &tree.join("etc/xdg/autostart").join(&desktop),
            0o644,
        )?;
        let metainfo = format!("{ID}.metainfo.xml");
        put(
            &packaging.join(&metainfo),
            &share.join("metainfo").join(&metainfo),
            0o644,
        )?;
        icons(&share.join("icons/hicolor"))?;
    }
    documents(package, &share.join("doc").join(package.name()))
}

fn icons(to: &Path) -> Result<()> {
    for (file, folder, extension) in [
        ("32x32.png", "32x32", "png"),
        ("128x128.png", "128x128", "png"),
        ("128x128@2x.png", "256x256", "png"),
        ("icon.png", "512x512", "png"),
        ("causeway.svg", "scalable", "svg"),
    ] {
        put(
            &root().join("icons").join(file),
            &to.join(folder)
                .join("apps")
                .join(format!("{ID}.{extension}")),
            0o644,
        )?;
    }
    Ok(())
}

fn documents(package: Package, to: &Path) -> Result<()> {
    for page in DOCS {
        put(&root().join("docs").join(page), &to.join(page), 0o644)?;
    }
    for page in fs::read_dir(root().join("docs/errors"))? {
        let page = page?;
        let to = to.join("errors").join(page.file_name());
        put(&page.path(), &to, 0o644)?;
    }
    let mut copyright = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: Causeway\nSource: {}\n\n\
         Files: *\nCopyright: 2026 Causeway developers\nLicense: Expat or Apache-2.0\n\
         Comment: The programs carry libraries of others; their licences stand in third-party-licences.gz.\n\n",
        HOMEPAGE
    );
    copyright.push_str("License: Expat\n");
    copyright.push_str(&indented(&fs::read_to_string(root().join("LICENSE-MIT"))?));
    copyright.push_str(
        "\nLicense: Apache-2.0\n On Debian systems the text stands in /usr/share/common-licenses/Apache-2.0.\n",
    );
    write(&to.join("copyright"), &copyright)?;
    let licences = to.join("third-party-licences");
    write(&licences, &licences::texts(package.programs())?)?;
    compress(&licences)?;
    let date =
        output(Command::new("date").args(["--utc", "-R", "-d", &format!("@{}", source_date())]))?;
    let changelog = to.join("changelog.Debian");
    write(
        &changelog,
        &format!(
            "{} ({VERSION}-1) unstable; urgency=medium\n\n  * What is new stands in changelog.gz.\n\n -- {MAINTAINER}  {date}",
            package.name()
        ),
    )?;
    compress(&changelog)?;
    let changelog = to.join("changelog");
    write(
        &changelog,
        &fs::read_to_string(root().join("CHANGELOG.md"))?,
    )?;
    compress(&changelog)
}

/// As a field of a Debian control file wants it.
fn indented(text: &str) -> String {
    let line = |line: &str| {
        if line.trim().is_empty() {
            " .\n".to_owned()
        } else {
            format!(" {line}\n")
        }
    };
    text.trim().lines().map(line).collect()
}

/// Manual pages from what the programs say of themselves, so that they cannot say something else.
fn manual(program: &str, programs: &Path, tree: &Path) -> Result<()> {
    let more = root().join(format!("packaging/{program}.h2m"));
    page(
        program,
        "--include",
        &more.display().to_string(),
        programs,
        tree,
    )?;
    if program != "causewayctl" {
        return Ok(());
    }
    // help2man asks a program: each verb gets one for the moment.
    let asked = tree.with_extension("verbs");
    for (verb, summary) in verbs(programs)? {
        let name = format!("{program}-{verb}");
        let file = asked.join(&name);
        let script = format!(
            "#!/bin/sh\nexec '{}' {verb} \"$@\"\n",
            programs.join(program).display()
        );
        write(&file, &script)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
        page(&name, "--name", &summary, &asked, tree)?;
    }
    Ok(())
}

/// One page; `option` with its `value` brings the line about the program.
fn page(name: &str, option: &str, value: &str, programs: &Path, tree: &Path) -> Result<()> {
    let mut command = Command::new("help2man");
    command
        .args(["--no-info", "--locale=C.UTF-8", "--manual=Causeway"])
        .arg(format!("--source=Causeway {VERSION}"))
        .arg(format!("--version-string={VERSION}"))
        .args([option, value])
        .arg(programs.join(name))
        .env("SOURCE_DATE_EPOCH", source_date());
    let text = output(&mut command).with_context(|| format!("manual page of {name}"))?;
    let file = tree.join("usr/share/man/man1").join(format!("{name}.1"));
    write(&file, &text)?;
    compress(&file)
}

/// The verbs of `causewayctl` and what they do, from its own help.
fn verbs(programs: &Path) -> Result<Vec<(String, String)>> {
    let help = output(Command::new(programs.join("causewayctl")).arg("--help"))?;
    Ok(help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        // A long summary goes on below itself.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.trim().split_once(' '))
        .filter(|(verb, _)| *verb != "help")
        .map(|(verb, summary)| (verb.to_owned(), summary.trim().to_owned()))
        .collect())
}

fn completions(programs: &Path, tree: &Path) -> Result<()> {
    for (shell, to) in SHELLS {
        let script =
            output(Command::new(programs.join("causewayctl")).args(["completion", shell]))?;
        write(&tree.join(to), &script)?;
    }
    Ok(())
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    make_folder(to)?;
    fs::copy(from, to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<()> {
    make_folder(to)?;
    fs::write(to, text).with_context(|| to.display().to_string())?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o644))?;
    Ok(())
}

fn make_folder(file: &Path) -> Result<()> {
    let folder = file.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}

fn compress(file: &Path) -> Result<()> {
    output(Command::new("gzip").args(["-9", "--no-name"]).arg(file)).map(drop)
}
