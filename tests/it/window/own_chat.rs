//! A chat in a window of its own.

use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;
use fantoccini::key::Key;

use super::{ROW, chat, chord, signed_in};

/// Whose chat it is.
const HEADER: &str = "main header h1";

#[tokio::test]
async fn a_chat_in_a_window_of_its_own_is_told_what_comes_in() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    world.sim.writes(BEN, ANNA, "come apart").await;
    let window = Window::open_with(&world.ctl.data_dir, &["--end-hidden-after", "1"]).await;
    window.click(ROW).await;
    window.reads(HEADER, |name| name.contains("Ben")).await;
    chat(&world, "a chat that is read", |chat| chat.unread == 0).await;

    window.types("body", &chord(&[Key::Control], "k")).await;
    window.types("[role=dialog] input", "ben").await;
    window.see("[role=dialog] [role=option]").await;
    let apart = chord(&[Key::Control], &char::from(Key::Enter).to_string());
    window.types("[role=dialog] input", &apart).await;
    // The main window gives the chat away.
    window.see(".page:not(.opened)").await;

    // What comes in is before the person's eyes there.
    let windows = until("two windows", async || {
        let windows = window.windows().await;
        (windows.len() == 2).then_some(windows)
    })
    .await;
    window.goes_to(&windows[1]).await;
    window.reads(HEADER, |name| name.contains("Ben")).await;
    world.sim.writes(BEN, ANNA, "still there?").await;
    window
        .reads("[role=feed]", |texts| texts.contains("still there?"))
        .await;
    assert_eq!(
        window
            .asks("return document.querySelectorAll('.rail').length")
            .await,
        0
    );
}
