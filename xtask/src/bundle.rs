//! `cargo xtask bundle`: the packages for Debian and Fedora families, made by the formats' own tools.
//!
//! What goes into a package is laid out once, as a tree ([`tree`]); `dpkg-deb` and `rpmbuild` only wrap it.

mod deb;
mod rpm;
mod tree;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::run::{output, root};
use crate::ui::Ui;
use crate::{build, set_up};

/// Builds the packages into `target/release/bundle`.
#[derive(Args)]
pub(crate) struct Bundle {
    /// Wrap the programs that lie in DIR instead of building them; the packages go to DIR/bundle
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Pack loosely, which takes seconds in place of minutes
    #[arg(long)]
    quick: bool,
    /// Then install, start and remove them in a clean system of their own, and have lintian and rpmlint look at them
    #[arg(long = "try")]
    trial: bool,
}

/// One package; both carry `causewayctl`, so that only one of them can be installed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Package {
    /// Agent, window and `causewayctl`.
    Desktop,
    /// `causewayctl` alone, for computers without a screen.
    Headless,
}

impl Package {
    const ALL: [Self; 2] = [Self::Desktop, Self::Headless];

    fn name(self) -> &'static str {
        match self {
            Self::Desktop => "causeway",
            Self::Headless => "causewayctl",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Desktop => Self::Headless,
            Self::Headless => Self::Desktop,
        }
    }

    /// One line, without a full stop.
    fn summary(self) -> &'static str {
        match self {
            Self::Desktop => "presence and chat across Lync and XMPP",
            Self::Headless => "bridge between Lync and XMPP without a screen",
        }
    }

    /// Lines of at most 80 characters.
    fn description(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &[
                "Causeway signs in to Microsoft Lync or Skype for Business Server, shows who",
                "is free, carries chat, and bridges both to XMPP: who writes to you in Lync",
                "reaches you in any XMPP client, and your answer goes back into the same",
                "conversation. It needs no change on the server and no rights there.",
            ],
            Self::Headless => &[
                "causewayctl signs in to Microsoft Lync or Skype for Business Server, and",
                "bridges instant messages and presence to an XMPP account. It checks set-ups,",
                "sends and reads from scripts, and runs the bridge on computers without a",
                "screen. The tray application is in the package causeway.",
            ],
        }
    }

    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &["causeway", "causeway-window", "causewayctl"],
            Self::Headless => &["causewayctl"],
        }
    }

    /// The program whose file goes by that name, too: the agent is `causewayctl` where it is called so.
    fn file_of(self, program: &'static str) -> &'static str {
        match (self, program) {
            (Self::Desktop, "causewayctl") => "causeway",
            _ => program,
        }
    }
}

const MAINTAINER: &str = "Causeway developers <developers@causeway.im>";
const HOMEPAGE: &str = env!("CARGO_PKG_REPOSITORY");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a package is made for.
#[derive(Clone, Copy)]
enum Size {
    /// For people: as small as the format allows.
    Small,
    /// To be tried at once and thrown away.
    Quick,
}

/// The files that were made.
struct Made {
    package: Package,
    deb: PathBuf,
    rpm: PathBuf,
}

impl Bundle {
    pub(crate) fn run(&self) -> Result<()> {
        set_up::set_up(&set_up::PACKAGING)?;
        if self.trial {
            set_up::set_up(&set_up::PACKAGING_TRIAL)?;
        }
        let programs = match &self.programs {
            Some(programs) => programs
                .canonicalize()
                .with_context(|| programs.display().to_string())?,
            None => {
                Ui::set_up()?.build()?;
                build::shipped()?
            }
        };
        let size = if self.quick { Size::Quick } else { Size::Small };
        let made = make(&programs, size)?;
        for file in made.iter().flat_map(|made| [&made.deb, &made.rpm]) {
            let mebibytes = file.metadata()?.len() as f64 / f64::from(1 << 20);
            eprintln!("{mebibytes:6.2} MiB  {}", file.display());
        }
        if self.trial {
            trial::walk(&made)?;
        }
        Ok(())
    }
}

/// Wraps programs that are built already, with the page in the window, and tries the packages.
pub(crate) fn trial(programs: &Path) -> Result<()> {
    trial::walk(&make(programs, Size::Quick)?)
}

/// Wraps the programs of that directory.
fn make(programs: &Path, size: Size) -> Result<Vec<Made>> {
    let place = programs.join("bundle");
    if place.exists() {
        fs::remove_dir_all(&place).with_context(|| place.display().to_string())?;
    }
    fs::create_dir_all(&place)?;
    let place = place.canonicalize()?;
    Package::ALL
        .into_iter()
        .map(|package| {
            eprintln!("\n── packages of {}", package.name());
            let tree = place.join("work").join(package.name());
            tree::lay_out(package, programs, &tree)?;
            Ok(Made {
                package,
                rpm: rpm::wrap(package, size, &tree, &place)?,
                deb: deb::wrap(package, size, &tree, &place)?,
            })
        })
        .collect()
}

/// When the last commit was made: the same sources give the same packages.
fn source_date() -> String {
    output(
        Command::new("git")
            .args(["log", "-1", "--format=%ct"])
            .current_dir(root()),
    )
    .map_or_else(|_| "0".to_owned(), |time| time.trim().to_owned())
}
