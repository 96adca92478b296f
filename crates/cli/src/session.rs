//! The engine that answers: the running one, or one of our own for as long as the command takes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use causeway_api::door::{Client, Reached, reach};
use causeway_api::{Code, Command, ConfigIssue, Desk, Problem, Reply, Severity};
use causeway_engine::config::{self, Locations, default_data_dir};
use causeway_engine::secrets::Secrets;
use causeway_engine::{Engine, Options, Sides};
use tokio::time::timeout;

use crate::args::Global;
use crate::interrupts::Interrupts;
use crate::outcome::{self, internal};
use crate::words;

/// Told to the other end of the door.
pub(crate) const PROGRAM: &str = "causewayctl";

/// No command takes longer: each of its steps has a shorter limit of its own, and this one is for their sum.
const LIMIT: Duration = Duration::from_secs(180);

/// A person who waits so long is told for what.
const SILENCE: Duration = Duration::from_secs(3);

/// Where files and data are.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) locations: Locations,
    pub(crate) data_dir: PathBuf,
}

impl Place {
    /// # Errors
    /// [`Code::BadConfig`] where the home directory is not known and the options do not name all.
    pub(crate) fn of(global: &Global) -> Result<Self, Problem> {
        Ok(Self {
            locations: Locations::standard(global.config.clone())?,
            data_dir: match global.data_dir.clone() {
                Some(data_dir) => data_dir,
                None => default_data_dir()?,
            },
        })
    }
}

/// A file that was named has to be there; the usual one need not.
///
/// # Errors
/// [`Code::BadConfig`] with the path.
pub(crate) fn must_exist(config: Option<&Path>) -> Result<(), Problem> {
    match config {
        Some(file) if !file.exists() => {
            let path = file.display().to_string();
            Err(Problem::new(
                Code::BadConfig,
                "configuration",
                format!("The configuration file {path} does not exist"),
                "Correct --config; 'causewayctl config set' writes a new file",
            )
            .with("file", path))
        }
        Some(_) | None => Ok(()),
    }
}

/// What an engine of our own is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The links that the command speaks through.
    pub(crate) sides: Sides,
    /// It relays and keeps the presence of both sides equal.
    pub(crate) bridge: bool,
    /// It may change the person's presence.
    pub(crate) presence: bool,
    /// A sign-in that fails is the answer; else it is tried on.
    pub(crate) one_shot: bool,
}

impl Needs {
    /// To look, search or send, once.
    pub(crate) fn once(sides: Sides) -> Self {
        Self {
            sides,
            bridge: false,
            presence: false,
            one_shot: true,
        }
    }
}

/// An engine that answers.
pub(crate) enum Session {
    /// Somebody else's.
    Running(Client),
    /// Ours.
    Ours(Engine),
}

impl Session {
    /// Reaches the engine of the data directory, or starts one.
    ///
    /// # Errors
    /// Those of [`reach`]; [`Code::BadConfig`] where no account is configured that would be needed.
    pub(crate) async fn open(place: &Place, needs: Needs) -> Result<Self, Problem> {
        let reached = reach(&place.data_dir, PROGRAM, async || start(place, needs).await);
        Ok(match reached.await? {
            Reached::Running(client) => Self::Running(client),
            Reached::Ours(engine) => Self::Ours(engine),
        })
    }

    /// Reaches the engine that runs on the data directory.
    ///
    /// # Errors
    /// `otherwise` where none does; those of [`reach`].
    pub(crate) async fn running(place: &Place, otherwise: Problem) -> Result<Self, Problem> {
        let client = Client::connect(&place.data_dir, PROGRAM).await?;
        client.map(Self::Running).ok_or(otherwise)
    }

    /// Carries out one command.
    ///
    /// # Errors
    /// The engine's; [`Code::TimeLimit`].
    pub(crate) async fn request(&self, command: Command) -> Result<Reply, Problem> {
        let reply = async {
            match self {
                Self::Running(client) => client.request(command).await,
                Self::Ours(engine) => engine.handle().request(command).await,
            }
        };
        let reply = async {
            tokio::pin!(reply);
            tokio::select! {
                biased;
                reply = &mut reply => return reply,
                () = tokio::time::sleep(SILENCE) => {}
            }
            tokio::select! {
                biased;
                reply = &mut reply => return reply,
                waits = self.waits() => outcome::warn(&waits),
            }
            reply.await
        };
        timeout(LIMIT, reply)
            .await
            .unwrap_or_else(|_| Err(too_long()))
    }

    /// What an answer that takes long is waiting for.
    async fn waits(&self) -> String {
        let links = match self {
            Self::Running(client) => client.request(Command::Links).await,
            Self::Ours(engine) => engine.handle().request(Command::Links).await,
        };
        let states: Vec<_> = match links {
            Ok(Reply::Links { links, .. }) => links
                .iter()
                .map(|(side, state)| format!("{}: {}", words::side(*side), words::state(*state)))
                .collect(),
            Ok(_) | Err(_) => Vec::new(),
        };
        match states.is_empty() {
            true => "still waiting for the answer".to_owned(),
            false => format!("still waiting for the answer ({})", states.join(", ")),
        }
    }

    /// Ends an engine of our own in order.
    pub(crate) async fn close(self) {
        match self {
            Self::Running(_) => {}
            Self::Ours(engine) => engine.stop().await,
        }
    }
}

/// Starts an engine of our own.
///
/// # Errors
/// [`Code::BadConfig`] where none of the accounts is configured; those of [`Engine::start`].
pub(crate) async fn start(place: &Place, needs: Needs) -> Result<Engine, Problem> {
    let settings = config::load(&place.locations).settings;
    let sides = Sides {
        lync: needs.sides.lync && settings.lync.is_some(),
        xmpp: needs.sides.xmpp && settings.xmpp.is_some(),
    };
    if !sides.lync && !sides.xmpp {
        return Err(not_configured(place, needs.sides));
    }
    Engine::start(options(place, Needs { sides, ..needs })).await
}

/// The engine's options.
pub(crate) fn options(place: &Place, needs: Needs) -> Options {
    Options {
        locations: place.locations.clone(),
        data_dir: place.data_dir.clone(),
        sides: needs.sides,
        bridge: needs.bridge,
        watch_only: !needs.presence,
        one_shot: needs.one_shot,
        // Scripts and services run again and again by themselves.
        unattended: true,
        log_files: false,
        secrets: Secrets::system(),
    }
}

/// One command to whoever answers.
///
/// # Errors
/// Those of [`Session::open`] and [`Session::request`]; [`Code::Interrupted`].
pub(crate) async fn ask(
    place: &Place,
    interrupts: &mut Interrupts,
    needs: Needs,
    command: Command,
) -> Result<Reply, Problem> {
    let session = interrupts.or(Session::open(place, needs)).await?;
    let reply = interrupts.or(session.request(command)).await;
    session.close().await;
    reply
}

/// The engine answered something that does not belong to the question.
pub(crate) fn wrong_reply() -> Problem {
    internal("The answer does not belong to the question")
}

/// The first error in the configuration files.
pub(crate) fn wrong_configuration(issues: &[ConfigIssue]) -> Option<Problem> {
    let first = issues
        .iter()
        .find(|issue| issue.severity == Severity::Error)?;
    let mut problem = Problem::new(
        Code::BadConfig,
        "configuration",
        issue_line(first),
        "Correct the file; a wrong value is not used, the others hold",
    )
    .with("file", first.file.clone());
    if let Some(line) = first.line {
        problem = problem.with("line", line);
    }
    match &first.key {
        Some(key) => Some(problem.with("key", key.clone())),
        None => Some(problem),
    }
}

/// Names on stderr what is wrong with the files: a verb that works with less than what is written should say so.
/// Where nothing is left to work with, the verb itself fails with it.
pub(crate) async fn name_errors(place: &Place) {
    let config::Configuration {
        settings, issues, ..
    } = config::load(&place.locations);
    let usable = settings.lync.is_some() || settings.xmpp.is_some();
    let errors: Vec<_> = issues
        .iter()
        .filter(|issue| issue.severity == Severity::Error)
        .collect();
    if errors.is_empty() {
        return;
    }
    let running = Client::connect(&place.data_dir, PROGRAM).await;
    if usable || matches!(running, Ok(Some(_))) {
        for issue in errors {
            outcome::warn(&issue_line(issue));
        }
    }
}

pub(crate) fn issue_line(issue: &ConfigIssue) -> String {
    match &issue.key {
        Some(key) => format!("{}: {key}: {}", place_of(issue), issue.message),
        None => format!("{}: {}", place_of(issue), issue.message),
    }
}

/// `file:line`
pub(crate) fn place_of(issue: &ConfigIssue) -> String {
    match issue.line {
        Some(line) => format!("{}:{line}", issue.file),
        None => issue.file.clone(),
    }
}

/// Neither of the accounts that a command needs is configured, or what stands there cannot be used.
pub(crate) fn not_configured(place: &Place, sides: Sides) -> Problem {
    if let Some(problem) = wrong_configuration(&config::load(&place.locations).issues) {
        return problem;
    }
    let keys = match sides {
        Sides {
            lync: true,
            xmpp: true,
        } => "lync.address or xmpp.address",
        Sides {
            lync: true,
            xmpp: false,
        } => "lync.address",
        Sides { lync: false, .. } => "xmpp.address",
    };
    let file = place.locations.user_file.display();
    Problem::new(
        Code::BadConfig,
        "configuration",
        format!("No account is configured: {keys} is not set"),
        format!(
            "Run 'causewayctl config set {} …', or write it into {file}",
            keys.split(' ').next().unwrap_or(keys)
        ),
    )
    .with("file", file.to_string())
}

fn too_long() -> Problem {
    Problem::new(
        Code::TimeLimit,
        "command",
        format!("No answer within {} s", LIMIT.as_secs()),
        "Run 'causewayctl check' to see where it hangs",
    )
}
