//! Reading and answering.

use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;

use super::{INPUT, ROW, UNREAD, chat, signed_in};

#[tokio::test]
async fn a_text_is_read_and_answered_and_a_window_killed_in_mid_chat_loses_nothing() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    world
        .sim
        .writes(BEN, ANNA, "Can you see this? <b>&amp;")
        .await;
    let window = Window::open(&world.ctl.data_dir).await;

    window.reads(UNREAD, |count| count.starts_with('1')).await;
    window.click(ROW).await;
    window
        .reads("article", |text| {
            text.contains("Can you see this? <b>&amp;")
        })
        .await;
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
    world.sim.writes(BEN, ANNA, "Still there?").await;

    let window = Window::open(&world.ctl.data_dir).await;
    let input = window.see(INPUT).await;
    until("the draft is there again", async || {
        let text = input.prop("value").await.ok()??;
        (text == "half a sen").then_some(())
    })
    .await;
    window
        .reads("[role=feed]", |texts| {
            texts.contains("Yes, I can") && texts.contains("Still there?")
        })
        .await;
    let sent = world.sim.inbox(BEN).await;
    let times = sent.iter().filter(|text| text.contains("Yes, I can"));
    assert_eq!(times.count(), 1, "sent once: {sent:?}");
}
