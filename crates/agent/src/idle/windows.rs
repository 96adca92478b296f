//! Windows: the time of the last input of the session. It calls nobody, so it is asked: seldom while somebody is there, and
//! more often while nobody is. Behind a locked screen nobody types.

use std::time::Duration;

use tokio::sync::watch;
use windows_native::activity;

use super::IDLE;

/// Within so long a person who comes back is noticed.
const GLANCE: Duration = Duration::from_secs(10);

/// As long as the system tells.
pub(super) async fn look(active: &watch::Sender<bool>, seen: &watch::Sender<Option<&'static str>>) {
    while let Some(idle) = activity::idle() {
        seen.send_replace(Some("windows"));
        let (is_there, pause) = judge(idle);
        active.send_if_modified(|active| std::mem::replace(active, is_there) != is_there);
        tokio::time::sleep(pause).await;
    }
}

/// Whether somebody is there, and when to look again.
fn judge(idle: Duration) -> (bool, Duration) {
    match IDLE.checked_sub(idle) {
        Some(left) if !left.is_zero() => (true, left),
        Some(_) | None => (false, GLANCE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_types_nothing_for_two_minutes_is_away() {
        let seconds = Duration::from_secs;
        assert_eq!(judge(seconds(0)), (true, IDLE));
        assert_eq!(judge(seconds(119)), (true, seconds(1)));
        assert_eq!(judge(IDLE), (false, GLANCE));
        assert_eq!(judge(seconds(7200)), (false, GLANCE));
    }

    #[tokio::test]
    async fn the_system_is_asked() {
        let (active, _) = watch::channel(false);
        let (seen, mut who) = watch::channel(None);
        tokio::select! {
            () = look(&active, &seen) => panic!("it tells nothing"),
            told = who.wait_for(|who| *who == Some("windows")) => { told.unwrap(); }
        }
    }
}
