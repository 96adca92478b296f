//! The real window: its page, through the agent's door, with a Lync server behind it.

use causeway_api::door::Client;
use causeway_api::{Chat, Command, Desk as _, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;

const INPUT: &str = ".composer textarea";
const ROW: &str = "[role=option]";
/// Number of unread texts in a row of the list.
const UNREAD: &str = "[role=option] .count";

#[tokio::test]
async fn a_text_is_read_and_answered_and_a_draft_survives_a_killed_window() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    world
        .sim
        .writes(BEN, ANNA, "Can you see this? <b>&amp;")
        .await;
    let window = Window::open(&world.ctl.data_dir).await;

    window.reads(UNREAD, |count| count.starts_with('1')).await;
    window.click(ROW).await;
    let text = window.see("article").await.text().await.unwrap();
    assert!(
        text.contains("Can you see this? <b>&amp;"),
        "shown as it was written, not as {text:?}"
    );
    window.loses(UNREAD).await;
    chat(&world, "a chat without unread texts", |chat| {
        chat.unread == 0
    })
    .await;
    window.enters(INPUT, "Yes, I can").await;
    world.sim.receives(BEN, "Yes, I can").await;
    window
        .reads("article.own", |text| text.contains("Delivered"))
        .await;

    window.types(INPUT, "half a sen").await;
    chat(&world, "the draft, kept", |chat| chat.draft == "half a sen").await;
    window.kill();

    let window = Window::open(&world.ctl.data_dir).await;
    let input = window.see(INPUT).await;
    until("the draft is there again", async || {
        let text = input.prop("value").await.ok()??;
        (text == "half a sen").then_some(())
    })
    .await;
}

/// Waits until the agent has a chat that is as wanted.
async fn chat(world: &World, what: &str, wanted: impl Fn(&Chat) -> bool) {
    let door = Client::connect(&world.ctl.data_dir, "the stories");
    let door = door.await.expect("the door lets us in");
    let door = door.expect("an agent runs");
    until(what, async || {
        let Ok(Reply::Chats { chats }) = door.request(Command::Chats).await else {
            return None;
        };
        chats.iter().any(&wanted).then_some(())
    })
    .await;
}
