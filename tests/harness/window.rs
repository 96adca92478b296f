//! The real window on a display without a screen, with a hand that clicks and types in it: WebKitWebDriver.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::program::{self, Program};
use crate::screen::Screen;
use crate::sim::free_port;
use crate::wait::{PATIENCE, until};

/// All text of an element: the driver's own idea of it leaves out what is cut short with an ellipsis.
const TEXT: &str = "innerText";
/// A page is looked at again after this time.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A window under the hand of a driver.
pub struct Window {
    client: Client,
    driver: Program,
    screen: Screen,
    dir: TempDir,
}

impl Window {
    /// Opens a window of the agent with this data directory.
    ///
    /// # Panics
    /// When driver, display or window do not start.
    pub async fn open(data_dir: &Path) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let screen = Screen::new(dir.path()).await;
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("DISPLAY", screen.name())
            .env("HOME", dir.path())
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("LANG", "en_GB.UTF-8")
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdout(Stdio::null());
        let driver = Program::start(command, &dir.path().join("driver.log"));
        let data_dir = data_dir
            .to_str()
            .expect("a directory of ours has a plain name");
        let wanted = json!({ "webkitgtk:browserOptions": {
            "binary": program::window(),
            "args": ["--data-dir", data_dir],
        }});
        let wanted = wanted.as_object().expect("an object").clone();
        let url = format!("http://127.0.0.1:{port}");
        let client = until("a window under the driver's hand", async || {
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
                .capabilities(wanted.clone())
                .connect(&url)
                .await
                .ok()
        })
        .await;
        Self {
            client,
            driver,
            screen,
            dir,
        }
    }

    /// The first of these, once it is there.
    ///
    /// # Panics
    /// When it does not appear.
    pub async fn see(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("{css} is not there: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the first of these shows a text that is as wanted, and returns it.
    ///
    /// # Panics
    /// When it does not.
    pub async fn reads(&self, css: &str, wanted: impl Fn(&str) -> bool) -> String {
        let found = async {
            loop {
                let element = self.client.find(Locator::Css(css)).await;
                if let Ok(element) = element
                    && let Ok(Some(text)) = element.prop(TEXT).await
                    && wanted(&text)
                {
                    return text;
                }
                sleep(BETWEEN_LOOKS).await;
            }
        };
        match timeout(PATIENCE, found).await {
            Ok(text) => text,
            Err(_) => panic!(
                "{css} never read as wanted; the page:\n{}",
                self.text().await
            ),
        }
    }

    /// Waits until nothing of the kind is there any more.
    ///
    /// # Panics
    /// When it stays.
    pub async fn loses(&self, css: &str) {
        until(&format!("{css} to go"), async || {
            let all = self.client.find_all(Locator::Css(css)).await.ok()?;
            all.is_empty().then_some(())
        })
        .await;
    }

    /// Clicks the first of these, once it is there.
    ///
    /// # Panics
    /// When it cannot be clicked.
    pub async fn click(&self, css: &str) {
        self.see(css).await;
        // A row may be drawn anew between the look and the click.
        until(&format!("a click on {css}"), async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.click().await.ok()
        })
        .await;
    }

    /// Types into the first of these.
    ///
    /// # Panics
    /// When it takes no text.
    pub async fn types(&self, css: &str, text: &str) {
        let input = self.see(css).await;
        if let Err(error) = input.send_keys(text).await {
            panic!("{css} takes no text: {error}");
        }
    }

    /// Types a line: a text and the Enter key.
    ///
    /// # Panics
    /// When it takes no text.
    pub async fn enters(&self, css: &str, text: &str) {
        let line = format!("{text}{}", char::from(Key::Enter));
        self.types(css, &line).await;
    }

    /// What the page's own language says to this.
    ///
    /// # Panics
    /// When it is no sentence of it.
    pub async fn asks(&self, script: &str) -> Value {
        match self.client.execute(script, Vec::new()).await {
            Ok(value) => value,
            Err(error) => panic!("the page cannot run {script}: {error}"),
        }
    }

    /// The windows of the program that the driver knows.
    ///
    /// # Panics
    /// When the driver does not say.
    pub async fn windows(&self) -> Vec<WindowHandle> {
        let windows = self.client.windows().await;
        windows.expect("the driver knows its windows")
    }

    /// Goes on in this window.
    ///
    /// # Panics
    /// When it is gone.
    pub async fn goes_to(&self, window: &WindowHandle) {
        let gone = self.client.switch_to_window(window.clone()).await;
        gone.expect("the window is there");
    }

    /// As [`asks`](Self::asks), for something that comes later: `done(value)` in the sentence gives it.
    ///
    /// # Panics
    /// When it is no sentence of the page's language, or nothing comes.
    pub async fn awaits(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        match self.client.execute_async(&script, Vec::new()).await {
            Ok(value) => value,
            Err(error) => panic!("the page cannot run {script}: {error}"),
        }
    }

    /// All that can be read on the page.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await;
        match body {
            Ok(body) => body.prop(TEXT).await.ok().flatten().unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// What it takes for the person's home.
    pub fn home(&self) -> &Path {
        self.dir.path()
    }

    /// The display that it is on.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Ends the window's process without asking it, as a crash would.
    ///
    /// # Panics
    /// When there is none.
    pub fn kill(self) {
        let pid = self.pid();
        kill_process(pid, Signal::KILL).expect("a window is there");
    }

    /// The window's process: a child of the driver.
    ///
    /// # Panics
    /// When there is none.
    pub fn pid(&self) -> Pid {
        let driver = self.driver.pid();
        let children = PathBuf::from(format!("/proc/{driver}/task/{driver}/children"));
        let children = std::fs::read_to_string(children).unwrap_or_default();
        let child = children
            .split_whitespace()
            .next()
            .and_then(|child| Pid::from_raw(child.parse().ok()?));
        child.expect("the driver has started a window")
    }
}
