//! Commands of the page, passed through the agent's door.

use std::path::PathBuf;

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk as _, Problem, Reply};
use tauri::State;
use tokio::sync::Mutex;

/// Program name at the door.
const PROGRAM: &str = "causeway-window";

/// What all commands share.
pub(crate) struct Shell {
    data_dir: PathBuf,
    client: Mutex<Option<Client>>,
}

impl Shell {
    pub(crate) fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            client: Mutex::new(None),
        }
    }

    /// The connection to the agent; a new one where the old one has ended.
    ///
    /// # Errors
    /// [`Code::AgentGone`] where no agent runs; those of [`Client::connect`].
    pub(crate) async fn client(&self) -> Result<Client, Problem> {
        let mut slot = self.client.lock().await;
        if let Some(client) = slot.as_ref().filter(|client| client.is_connected()) {
            return Ok(client.clone());
        }
        let client = Client::connect(&self.data_dir, PROGRAM)
            .await?
            .ok_or_else(gone)?;
        Ok(slot.insert(client).clone())
    }
}

/// Carries out a command of the page.
#[tauri::command]
pub(crate) async fn door(shell: State<'_, Shell>, command: Command) -> Result<Reply, Problem> {
    if let Command::Diagnose { .. } = command {
        // Where files go, a person says: `saving.rs`.
        return Err(not_for_pages());
    }
    shell.client().await?.request(command).await
}

fn not_for_pages() -> Problem {
    Problem::new(
        Code::NotOffered,
        "window",
        "A page names no files",
        "Save the report with its button",
    )
}

pub(crate) fn gone() -> Problem {
    Problem::new(
        Code::AgentGone,
        "window",
        "Causeway does not run",
        "Start Causeway again; what was accepted is kept and is sent then",
    )
}
