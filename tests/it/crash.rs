//! `kill -9` in the middle: what was accepted arrives, once.

use causeway_tests::cast::{ANNA, BEN, CARLA, World};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use causeway_tests::wait::until;

const ROUNDS: usize = 4;
const TEXTS: usize = 10;

async fn running(world: &World) -> Stream {
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    bridge
}

#[tokio::test]
async fn texts_in_both_directions_survive_a_killed_bridge_once_each() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = running(&world).await;
    world.sim.writes(BEN, ANNA, "the first").await;
    let thread = phone.receives("the first").await.thread;

    for round in 0..ROUNDS {
        for text in 0..TEXTS {
            world
                .sim
                .writes(BEN, ANNA, &format!("<lync {round}.{text}>"))
                .await;
            phone.writes_in(
                "anna@xmpp.example",
                &format!("<xmpp {round}.{text}>"),
                thread.as_deref(),
            );
            if text == TEXTS / 2 + round - 2 {
                bridge.program.kill().await;
            }
        }
        bridge = running(&world).await;
    }
    let answered = until("an end of the traffic", async || {
        let inbox = world.sim.inbox(BEN).await;
        (inbox
            .iter()
            .filter(|text| text.starts_with("<xmpp"))
            .count()
            == ROUNDS * TEXTS)
            .then_some(inbox)
    })
    .await;
    for round in 0..ROUNDS {
        for text in 0..TEXTS {
            let wanted = format!("<xmpp {round}.{text}>");
            let times = answered.iter().filter(|text| **text == wanted).count();
            assert_eq!(times, 1, "{wanted}");
        }
    }
    world.sim.writes(BEN, ANNA, "the last").await;
    phone.receives("the last").await;
    // A text that the server could not deliver while nobody was signed in is told to its writer by Lync itself; every
    // one that was taken from it has to arrive.
    let taken = world.sim.inbox(ANNA).await;
    assert!(
        taken.len() > ROUNDS * TEXTS / 2,
        "only {} taken",
        taken.len()
    );
    for round in 0..ROUNDS {
        for text in 0..TEXTS {
            let wanted = format!("<lync {round}.{text}>");
            let due = taken.iter().filter(|text| **text == wanted).count();
            assert_eq!(phone.count(&wanted), due, "{wanted}");
        }
    }
}

#[tokio::test]
async fn a_text_accepted_for_an_unreachable_side_is_sent_after_a_kill() {
    let mut world = World::new().await;
    let mut bridge = running(&world).await;
    world.prosody.kill().await;
    world.sim.writes(BEN, ANNA, "kept over the night").await;
    bridge
        .find("the text on its way", |event| {
            event["kind"] == "bridge" && event["action"] == "queued"
        })
        .await;
    bridge.program.kill().await;

    world.prosody.start_again().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let _bridge = running(&world).await;
    phone.receives("kept over the night").await;
    world.sim.writes(CARLA, ANNA, "good morning").await;
    phone.receives("good morning").await;
    assert_eq!(phone.count("kept over the night"), 1);
}
