//! The sign-in page of the organisation (the passive grant of UCWA) in a window of its own.
//!
//! The page is foreign: the window has no capability and so reaches no command of ours, its cookies live in memory and are
//! gone with it, it goes nowhere but over HTTPS, and its title is the host that is asked for the password.

mod network;

use std::sync::{Mutex, PoisonError};

use causeway_api::{Changes as _, Code, Command, Desk as _, Kind, Problem, Side, SideState};
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use self::network::Network;
use crate::shell::Shell;
use crate::window::{self, front};

/// It stands in no capability.
pub(crate) const LABEL: &str = "sign-in";
/// Wide enough for the pages of AD FS.
const SIZE: (f64, f64) = (560.0, 720.0);

/// What the window was opened for, and what it has handed over already.
struct Errand {
    token_url: Url,
    handed: Mutex<String>,
}

/// Opens the page that the server wants, or brings it to the person.
#[tauri::command]
pub(crate) async fn sign_in_page(
    app: AppHandle,
    page: &str,
    token_url: &str,
) -> Result<(), Problem> {
    if let Some(window) = app.get_webview_window(LABEL) {
        front(&window);
        return Ok(());
    }
    let https = |text: &str| {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| url.scheme() == "https");
        url.ok_or_else(|| refused("The sign-in page has no address over HTTPS"))
    };
    let errand = Errand {
        token_url: https(token_url)?,
        handed: Mutex::default(),
    };
    let network = Network::of(&app).await?;
    open(&app, https(page)?, errand, network)
        .map_err(|error| refused(&format!("The window cannot be opened: {error}")))
}

fn open(app: &AppHandle, page: Url, errand: Errand, network: Network) -> tauri::Result<()> {
    // It begins empty, so that proxy and authority are known before the first connection.
    let blank = WebviewUrl::External(Url::parse("about:blank").map_err(tauri::Error::InvalidUrl)?);
    let errand = std::sync::Arc::new(errand);
    let window = WebviewWindowBuilder::new(app, LABEL, blank)
        .title(host(&page))
        .inner_size(SIZE.0, SIZE.1)
        .incognito(true)
        .visible(false)
        .on_navigation(|url| url.scheme() == "https" || url.as_str() == "about:blank")
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_page_load(move |window, load| {
            if load.url().scheme() != "https" {
                return;
            }
            let _ = window.set_title(&host(load.url()));
            if load.event() == PageLoadEvent::Finished
                && load.url().origin() == errand.token_url.origin()
            {
                let errand = errand.clone();
                tauri::async_runtime::spawn(async move { hand_over(&window, &errand).await });
            }
        })
        .build()?;
    network.rules(&window)?;
    window.navigate(page)?;
    front(&window);
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            window::end_if_unseen(&app);
        }
    });
    Ok(())
}

/// The page is back at the host that wants its cookies. What they are worth is said by the link that tries them: the
/// window goes when they count, and stays as long as the person may not be through.
async fn hand_over(window: &WebviewWindow, errand: &Errand) {
    let Ok(cookies) = window.cookies_for_url(errand.token_url.clone()) else {
        return;
    };
    let pairs = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
    let cookies = pairs.collect::<Vec<_>>().join("; ");
    {
        let mut handed = errand.handed.lock().unwrap_or_else(PoisonError::into_inner);
        if cookies.is_empty() || *handed == cookies {
            return;
        }
        handed.clone_from(&cookies);
    }
    // An agent that is gone takes no cookies; the person sees it in the main window.
    if let Ok(true) = counts(window, errand, cookies).await {
        let _ = window.close();
    }
}

/// Whether the server takes these cookies, or something else ends the sign-in.
async fn counts(window: &WebviewWindow, errand: &Errand, cookies: String) -> Result<bool, Problem> {
    let client = window.state::<Shell>().client().await?;
    let (_, mut changes) = client.subscribe().await?;
    let command = Command::WebSignIn {
        token_url: errand.token_url.to_string(),
        cookies: cookies.into(),
    };
    client.request(command).await?;
    while let Some(event) = changes.next().await {
        let Kind::State {
            side: Side::Lync,
            state,
            ..
        } = event.kind
        else {
            continue;
        };
        if state == SideState::NeedsSignIn {
            return Ok(false);
        }
        // What comes after the sign-in, or a failure that no page can mend.
        let signing_in = matches!(
            state,
            SideState::SignedOut
                | SideState::FindingServer
                | SideState::CheckingCertificate
                | SideState::AskingMethods
                | SideState::SigningIn
        );
        if !signing_in {
            return Ok(true);
        }
    }
    Ok(true)
}

/// The host as a person reads it, nothing else of the address.
fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn refused(message: &str) -> Problem {
    Problem::new(
        Code::Internal,
        "sign-in page",
        message,
        "Show the details to your administrator",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foreign_page_has_no_capability() {
        let capability = include_str!("../capabilities/default.json");
        let capability: serde_json::Value = serde_json::from_str(capability).expect("JSON");
        let windows = capability["windows"].as_array().expect("windows");
        let reaches = |pattern: &str| {
            let start = pattern.trim_end_matches('*');
            pattern == LABEL || (start != pattern && LABEL.starts_with(start))
        };
        assert!(!windows.iter().filter_map(|name| name.as_str()).any(reaches));
        assert!(capability.get("remote").is_none());
    }
}
