//! Waiting for something to become true. Nothing here waits longer than it has to.

use std::time::Duration;

/// How long a story waits for anything before it calls it missing: generous, since the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until `probe` answers with a value.
///
/// # Panics
/// When it did not within [`PATIENCE`]; `what` says what was missing.
pub async fn until<T, F: AsyncFnMut() -> Option<T>>(what: &str, mut probe: F) -> T {
    let asked = async {
        loop {
            if let Some(value) = probe().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(value) => value,
        Err(_) => panic!("waited {} s in vain for: {what}", PATIENCE.as_secs()),
    }
}
