//! What is said to an agent that runs already.

use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk, Problem, Wish};
use tokio::time::timeout;

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

/// Asks the other program to open its window.
///
/// # Errors
/// [`Code::NotOffered`] where it has none.
pub(crate) async fn show(client: &Client, wish: Wish) -> Result<(), Problem> {
    client.request(Command::Show(wish)).await.map(drop)
}
