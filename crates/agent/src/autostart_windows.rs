//! Whether Causeway starts with the person's session: the key `Run` of the registry, for this person or for everybody.

use std::path::PathBuf;

use causeway_api::{Code, Problem};
use windows_registry::{CURRENT_USER, LOCAL_MACHINE};

/// What starts with a session.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// What the person switched off among it in the settings of Windows: the first byte of a value is then odd.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// Our value in both.
const NAME: &str = "Causeway";

/// Of this session.
#[derive(Clone, Debug)]
pub(crate) struct Autostart {
    /// What is started.
    program: PathBuf,
}

impl Autostart {
    /// `None` where it is not known what could be started.
    pub(crate) fn of_session() -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        Some(Self { program })
    }

    /// It starts with the session.
    pub(crate) fn is_on(&self) -> bool {
        starts_for_everybody() || (has_entry() && !is_switched_off())
    }

    /// # Errors
    /// [`Code::ManagedByPolicy`] where an administrator has it start for everybody, [`Code::Storage`] where the registry
    /// cannot be written.
    pub(crate) fn choose(&self, on: bool) -> Result<(), Problem> {
        if on == self.is_on() {
            return Ok(());
        }
        if starts_for_everybody() {
            return Err(Problem::new(
                Code::ManagedByPolicy,
                "start at login",
                "An administrator has Causeway start with everybody's session",
                "Switch it off in the settings of Windows, under Apps and Startup",
            ));
        }
        self.write(on).map_err(|error| {
            Problem::new(
                Code::Storage,
                "start at login",
                format!(r"HKCU\{RUN} was not changed: {}", error.message()),
                "Choose it in the settings of Windows, under Apps and Startup",
            )
        })
    }

    fn write(&self, on: bool) -> windows_registry::Result<()> {
        let run = CURRENT_USER.create(RUN)?;
        if !on {
            return run.remove_value(NAME);
        }
        let approved = CURRENT_USER.create(APPROVED)?;
        if is_switched_off() {
            approved.remove_value(NAME)?;
        }
        let command = format!(r#""{}" --autostart"#, self.program.display());
        run.set_string(NAME, command)
    }
}

fn starts_for_everybody() -> bool {
    let run = LOCAL_MACHINE.open(RUN);
    run.and_then(|run| run.get_string(NAME)).is_ok()
}

fn has_entry() -> bool {
    let run = CURRENT_USER.open(RUN);
    run.and_then(|run| run.get_string(NAME)).is_ok()
}

fn is_switched_off() -> bool {
    let approved = CURRENT_USER.open(APPROVED);
    let value = approved.and_then(|approved| approved.get_value(NAME));
    value.is_ok_and(|value| value.first().is_some_and(|first| first & 1 == 1))
}

/// The choice has nowhere to be kept.
pub(crate) fn no_home() -> Problem {
    Problem::new(
        Code::NotOffered,
        "start at login",
        "The path of this program is not known",
        "Choose it in the settings of Windows, under Apps and Startup",
    )
}

#[cfg(test)]
mod tests {
    use windows_registry::Type;

    use super::*;

    #[test]
    fn the_choice_stands_in_the_registry_and_the_one_made_in_windows_counts() {
        let autostart = Autostart {
            program: r"C:\Program Files\Causeway\causeway.exe".into(),
        };
        assert!(!autostart.is_on());
        autostart.choose(true).unwrap();
        assert!(autostart.is_on());
        let command = CURRENT_USER.open(RUN).unwrap().get_string(NAME).unwrap();
        assert_eq!(
            command,
            r#""C:\Program Files\Causeway\causeway.exe" --autostart"#
        );
        let approved = CURRENT_USER.create(APPROVED).unwrap();
        approved
            .set_bytes(NAME, Type::Bytes, &[3, 0, 0, 0])
            .unwrap();
        assert!(!autostart.is_on(), "switched off in Windows");
        autostart.choose(true).unwrap();
        assert!(autostart.is_on());
        autostart.choose(false).unwrap();
        assert!(!autostart.is_on());
    }
}
