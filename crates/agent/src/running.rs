//! What is said to an agent that runs already.

use std::path::Path;
use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk, Problem};
use tokio::time::timeout;

use crate::args::Args;

/// The engine ends within five seconds; the rest is for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends the other program and waits for its end.
///
/// # Errors
/// [`Code::TimeLimit`] where it does not end.
pub(crate) async fn quit(client: &Client) -> Result<(), Problem> {
    let ended = async {
        match client.request(Command::Quit).await {
            Ok(_) => {}
            // It may be gone before its answer is.
            Err(problem) if problem.code == Code::AgentGone => {}
            Err(problem) => return Err(problem),
        }
        client.ended().await;
        Ok(())
    };
    timeout(PATIENCE, ended).await.unwrap_or_else(|_| {
        Err(Problem::new(
            Code::TimeLimit,
            "quit",
            format!(
                "The running Causeway did not end within {} s",
                PATIENCE.as_secs()
            ),
            "Look at its log; what it had accepted is on disk, so it may be killed",
        ))
    })
}

/// What to tell a person who starts a second agent. There is no window yet that could come to the front.
pub(crate) fn already(args: &Args, data_dir: &Path) -> String {
    let wish = match (&args.uri, args.show) {
        (Some(_), _) => {
            "; this version has no window yet that could open the chat, 'causewayctl send' reaches the person"
        }
        (None, Some(_)) => "; this version has no window yet that it could show",
        (None, None) => "",
    };
    format!("Causeway runs already on {}{wish}", data_dir.display())
}
