//! A chat in a window of its own.

use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;
use fantoccini::key::Key;

use super::{INPUT, ROW, chat, chord, signed_in};

/// Whose chat it is.
const HEADER: &str = "main header h1";
/// Whether this is a window of one chat.
const OWN: &str = "return document.querySelector('.composer') !== null && document.querySelector('.rail') === null";

#[tokio::test]
async fn a_chat_in_a_window_of_its_own_is_told_what_comes_in() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    world.sim.writes(BEN, ANNA, "come apart").await;
    let set = ["config", "set", "window.end_hidden_after", "1"];
    world.ctl.run(&set).await.done();
    let window = Window::open(&world.ctl.data_dir).await;
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

    until("a window without other pages", async || {
        for other in window.windows().await {
            window.goes_to(&other).await;
            if window.asks(OWN).await == true {
                return Some(());
            }
        }
        None
    })
    .await;
    window.reads(HEADER, |name| name.contains("Ben")).await;
    world.sim.writes(BEN, ANNA, "still there?").await;
    window
        .reads("[role=feed]", |texts| texts.contains("still there?"))
        .await;
    window.enters(INPUT, "Here, apart").await;
    world.sim.receives(BEN, "Here, apart").await;
}
