//! Texts and names that mean harm.

use causeway_tests::cast::{ANNA, BEN, PEOPLE, World};
use causeway_tests::window::Window;

use super::{INPUT, ROW, signed_in, world_of};

/// Set by whatever script a text or a name could run.
const HARM: &str = "return window.harm ?? document.documentElement.dataset.harm ?? null";

#[tokio::test]
async fn names_and_texts_with_script_markup_and_turned_letters_do_no_harm() {
    let name = r"<img src=x onerror=window.harm=1>\u202egnp.exe";
    let people = PEOPLE.replace("Ben Carter", name);
    let world = world_of(&people).await;
    let (_agent, _watch) = signed_in(&world).await;
    let script = "<script>window.harm=1</script><style>body{display:none}</style>\
        <a href=\"javascript:window.harm=1\">here</a> \u{202e}txet";
    world.sim.writes(BEN, ANNA, script).await;
    let window = Window::open(&world.ctl.data_dir).await;

    window
        .reads(ROW, |text| {
            text.contains("<img src=x onerror=window.harm=1>⟨U+202E⟩gnp.exe")
        })
        .await;
    window.click(ROW).await;
    window
        .reads("article", |text| {
            text.contains("<script>window.harm=1</script>")
        })
        .await;
    let inside = window
        .asks("return document.querySelectorAll('article a, article script, article style, .row img').length")
        .await;
    assert_eq!(inside, 0, "nothing of it became part of the page");
    assert!(window.asks(HARM).await.is_null());
}

#[tokio::test]
async fn a_text_of_a_megabyte_leaves_the_window_usable() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    let text = "a very long text ".repeat(1024 * 1024 / 17);
    world.sim.writes(BEN, ANNA, &text).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.click(ROW).await;
    window
        .reads("article", |shown| {
            shown.starts_with("Ben Carter") && shown.len() < 20_000
        })
        .await;
    window.enters(INPUT, "Too long").await;
    world.sim.receives(BEN, "Too long").await;
}
