//! What Windows tells of its desktop: it always has a taskbar with room for icons, and says in the registry what that looks
//! like.

use std::future::ready;

use tokio::sync::{mpsc, watch};
use tracing::debug;
use windows_native::registry;
use windows_registry::CURRENT_USER;

use crate::tray::draw::{Ground, Panel};

/// Colours that the person chose.
const COLOURS: &str = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";
/// Whether they asked for more contrast.
const CONTRAST: &str = r"Control Panel\Accessibility\HighContrast";
/// The language of dates and numbers.
const LOCALE: &str = r"Control Panel\International";

/// What a desktop's services are reached by. Here they are calls of the system, and always there.
#[derive(Clone, Debug)]
pub(crate) struct Bus;

pub(crate) fn session() -> impl Future<Output = Option<Bus>> {
    ready(Some(Bus))
}

/// Windows tells windows of the end of the session otherwise than by closing them.
pub(crate) fn session_ends() -> impl Future<Output = bool> {
    ready(false)
}

/// Keeps `host` true. While the taskbar starts anew the icon waits for it.
pub(crate) async fn watch_host(_: Bus, host: watch::Sender<Option<bool>>) {
    host.send_replace(Some(true));
    host.closed().await;
}

/// Keeps `panel` as the taskbar looks.
pub(crate) async fn watch_panel(_: Bus, panel: watch::Sender<Panel>) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let thread = std::thread::Builder::new().name("colours".into());
    // It ends with the first change that nobody hears of any more, or with the program.
    let started = thread.spawn(move || {
        let Ok(colours) = CURRENT_USER.create(COLOURS) else {
            return;
        };
        while registry::wait_for_change(&colours).is_ok() && tell.send(()).is_ok() {}
    });
    if let Err(error) = started {
        debug!(%error, "changes of the colours are not seen");
    }
    while told.recv().await.is_some() {
        let looks = first_panel();
        panel.send_if_modified(|panel| std::mem::replace(panel, looks) != looks);
    }
}

/// The taskbar. It is dark where nobody chose otherwise.
pub(crate) fn first_panel() -> Panel {
    let colours = CURRENT_USER.open(COLOURS);
    let light = colours.and_then(|colours| colours.get_u32("SystemUsesLightTheme"));
    let contrast = CURRENT_USER.open(CONTRAST);
    let flags = contrast.and_then(|contrast| contrast.get_string("Flags"));
    Panel {
        ground: if light.is_ok_and(|light| light == 1) {
            Ground::Light
        } else {
            Ground::Dark
        },
        // HCF_HIGHCONTRASTON
        contrast: flags.is_ok_and(|flags| flags.parse::<u32>().is_ok_and(|flags| flags & 1 == 1)),
    }
}

/// None is needed.
pub(crate) fn tray_package() -> Option<&'static str> {
    None
}

/// Every session has one.
pub(crate) fn has_screen() -> bool {
    true
}

/// As a language tag (`de-DE`).
pub(crate) fn language() -> Option<String> {
    CURRENT_USER
        .open(LOCALE)
        .ok()?
        .get_string("LocaleName")
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test]
    async fn the_taskbar_is_as_the_person_chose_also_when_they_choose_again() {
        let colours = CURRENT_USER.create(COLOURS).unwrap();
        let choose = |light| colours.set_u32("SystemUsesLightTheme", light).unwrap();
        choose(0);
        assert_eq!(first_panel().ground, Ground::Dark);
        let (tell, mut panel) = watch::channel(first_panel());
        tokio::spawn(watch_panel(Bus, tell));
        let again = async {
            // It may not have begun to look when the first choice is made.
            for number in 0.. {
                colours.set_u32("causeway-test", number).unwrap();
                choose(1);
                sleep(Duration::from_millis(50)).await;
            }
        };
        let light = panel.wait_for(|panel| panel.ground == Ground::Light);
        let seen = timeout(Duration::from_secs(60), async {
            tokio::select! { light = light => light.map(drop), () = again => Ok(()) }
        });
        seen.await.unwrap().unwrap();
        choose(0);
        let dark = panel.wait_for(|panel| panel.ground == Ground::Dark);
        timeout(Duration::from_secs(60), dark)
            .await
            .unwrap()
            .unwrap();
    }
}
