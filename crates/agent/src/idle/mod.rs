//! Whether the person uses this computer. While they do, Lync is told so at least every four minutes (reportMyActivity);
//! once they do not, nothing is told, and Lync shows them as inactive by itself. Where it cannot be seen nothing is
//! guessed: then only what they do in Causeway counts.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::time::Duration;

use causeway_engine::Handle;
use tokio::sync::watch;
use tracing::info;

/// Without any input for so long, nobody is there.
const IDLE: Duration = Duration::from_secs(120);
/// How often an active person is told: more seldom than the link allows, so that none of it is put off into a time in
/// which they are gone already, and often enough for the four minutes.
const EVERY: Duration = Duration::from_secs(160);

/// Tells the engine as long as it runs. `seen`: who shows whether somebody is there; stays empty where nobody does.
pub(crate) async fn attend(engine: Handle, seen: watch::Sender<Option<&'static str>>) {
    let (told, active) = watch::channel(false);
    let tell = |here| {
        let engine = engine.clone();
        async move { engine.person_is_here(here).await }
    };
    tokio::select! {
        () = system::look(&told, &seen) => {
            seen.send_replace(None);
            info!("this desktop does not show whether somebody uses it");
        }
        () = report(tell, active) => {}
    }
}

/// Tells whether somebody is there: again and again while they are, once when they are gone.
async fn report<T: Future<Output = ()>>(
    tell: impl Fn(bool) -> T,
    mut active: watch::Receiver<bool>,
) {
    loop {
        if active.wait_for(|active| *active).await.is_err() {
            return std::future::pending().await;
        }
        tell(true).await;
        let gone = active.wait_for(|active| !*active);
        if tokio::time::timeout(EVERY, gone).await.is_ok() {
            tell(false).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_is_active_is_told_at_least_every_four_minutes_and_who_is_idle_never() {
        const HOUR: Duration = Duration::from_secs(3600);
        let (shown, active) = watch::channel(false);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let begun = Instant::now();
        let into = heard.clone();
        let tell = move |here| {
            into.lock().unwrap().push((begun.elapsed(), here));
            std::future::ready(())
        };
        let reporting = tokio::spawn(report(tell, active));
        let taken = || std::mem::take(&mut *heard.lock().unwrap());
        sleep(HOUR).await;
        assert_eq!(taken(), [], "nobody has come");
        shown.send_replace(true);
        sleep(HOUR).await;
        let told = taken();
        assert!(told.iter().all(|(_, here)| *here), "{told:?}");
        let mut times: Vec<Duration> = told.iter().map(|(at, _)| *at).collect();
        times.extend([HOUR, 2 * HOUR]);
        times.sort();
        for pair in times.windows(2) {
            assert!(pair[1] - pair[0] <= Duration::from_secs(240), "{times:?}");
        }
        shown.send_replace(false);
        sleep(HOUR).await;
        let told: Vec<bool> = taken().into_iter().map(|(_, here)| here).collect();
        assert_eq!(told, [false], "gone, and told once");
        reporting.abort();
    }
}
