//! Pages beside the chats.

use causeway_api::{Command, Reply};
use causeway_tests::cast::{ANNA, BEN, PEOPLE, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;
use fantoccini::key::Key;

use super::{INPUT, ROW, asked, chord, signed_in, world_of};

/// The pages' buttons, in their order.
const CHATS: &str = ".rail .item:nth-child(1)";
const PEOPLE_PAGE: &str = ".rail .item:nth-child(2)";
const BRIDGE: &str = ".rail .item:nth-child(3)";

/// In the directory, in nobody's list.
const FIONA: &str = r#"
[[person]]
address = "fiona@contoso.example"
name = "Fiona Grant"
password = "fiona"
"#;

#[tokio::test]
async fn people_are_found_in_the_directory_and_texts_in_the_history() {
    let world = world_of(&format!("{PEOPLE}{FIONA}")).await;
    let (_agent, _watch) = signed_in(&world).await;
    for text in [
        "the invoice of October",
        "lunch?",
        "the invoice of November",
    ] {
        world.sim.writes(BEN, ANNA, text).await;
    }
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(ROW).await;

    window.click(PEOPLE_PAGE).await;
    window.types("[role=search] input", "fiona").await;
    window
        .reads("section li", |text| text.contains("Fiona Grant"))
        .await;
    window.click("section li button").await;
    window.enters(INPUT, "Welcome!").await;
    world
        .sim
        .receives("fiona@contoso.example", "Welcome!")
        .await;

    window
        .types("body", &chord(&[Key::Control, Key::Shift], "f"))
        .await;
    window.types("[role=dialog] input", "invoice octo").await;
    window
        .reads("#history-list", |text| {
            text.contains("October") && !text.contains("November")
        })
        .await;
    window.enters("[role=dialog] input", "").await;
    window
        .reads("[role=feed]", |texts| {
            texts.contains("the invoice of October")
        })
        .await;
}

#[tokio::test]
async fn the_bridge_page_pauses_and_follows_who_else_does() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.click(BRIDGE).await;
    window
        .reads("main header", |text| {
            text.contains("status and messages cross")
        })
        .await;

    window.click("main header button").await;
    window.click(".menu-item:last-of-type").await;
    window
        .reads("main header", |text| {
            text.contains("Paused until you resume it")
        })
        .await;
    until("a bridge that is paused", async || {
        let links = asked(&world, Command::Links).await;
        matches!(links, Ok(Reply::Links { bridge: false, .. })).then_some(())
    })
    .await;

    let resumed = asked(&world, Command::ResumeBridge).await;
    resumed.expect("whoever may ask can resume it");
    window
        .reads("main header", |text| {
            text.contains("status and messages cross")
        })
        .await;
    window.click(CHATS).await;
}
