//! The end of a sleep, as Windows tells it: connections that look as if they stood are then mostly dead, and waits have not
//! gone on meanwhile.

use causeway_engine::Handle;
use tokio::sync::mpsc;
use tracing::{debug, info};
use windows_native::power::Resumes;

/// Tells the engine of each end of a sleep. Comes back where nobody tells.
pub(crate) async fn attend(engine: Handle) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let resumes = Resumes::tell(move || {
        // Nobody waits any more when the agent ends.
        let _ = tell.send(());
    });
    let _resumes = match resumes {
        Ok(resumes) => resumes,
        Err(error) => {
            debug!(%error, "nobody tells of sleep and waking");
            return;
        }
    };
    while told.recv().await.is_some() {
        info!("the computer woke up");
        engine.woke_up().await;
    }
}
