//! Into which Lync conversation an answer goes: the five rules of the product, in their order.

use causeway_tests::cast::{ANNA, BEN, CARLA, World};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use causeway_tests::stranger::Stranger;

const ME: &str = "anna@xmpp.example";

/// Ben wrote first, Carla last; both texts are on the phone.
async fn two_conversations() -> (World, Person, Stream) {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    world.sim.writes(BEN, ANNA, "from Ben").await;
    phone.receives("from Ben").await;
    world.sim.writes(CARLA, ANNA, "from Carla").await;
    phone.receives("from Carla").await;
    (world, phone, bridge)
}

async fn only(world: &World, to: &str, other: &str, text: &str) {
    world.sim.receives(to, text).await;
    assert!(
        !world
            .sim
            .inbox(other)
            .await
            .iter()
            .any(|received| received.contains(text)),
        "{text:?} went to {other}, too"
    );
}

#[tokio::test]
async fn an_answer_in_a_thread_goes_into_that_conversation() {
    let (world, mut phone, _bridge) = two_conversations().await;
    let thread = phone.receives("from Ben").await.thread;
    phone.writes_in(ME, "an answer by thread", thread.as_deref());
    only(&world, BEN, CARLA, "an answer by thread").await;
}

#[tokio::test]
async fn a_leading_name_says_who_is_meant() {
    let (world, mut phone, _bridge) = two_conversations().await;
    phone.writes(ME, "@ben an answer by name");
    only(&world, BEN, CARLA, "an answer by name").await;
    assert_eq!(
        world.sim.receives(BEN, "an answer by name").await,
        "an answer by name",
        "the name is cut off"
    );
}

#[tokio::test]
async fn else_it_goes_to_whoever_wrote_last() {
    let (world, mut phone, _bridge) = two_conversations().await;
    phone.writes(ME, "an answer to the last");
    only(&world, CARLA, BEN, "an answer to the last").await;
}

#[tokio::test]
async fn who_is_meant_is_asked_when_nobody_wrote_and_the_text_is_kept() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;

    phone.writes(ME, "to whom does this go");
    let question = phone.receives("do you mean").await;
    bridge
        .find("kept", |event| {
            event["kind"] == "bridge" && event["action"] == "queued"
        })
        .await;
    phone.writes_in(ME, "@carla", question.thread.as_deref());
    only(&world, CARLA, BEN, "to whom does this go").await;
}

#[tokio::test]
async fn a_reply_goes_to_the_text_that_it_refers_to_whatever_its_thread() {
    let (world, mut phone, _bridge) = two_conversations().await;
    let ben = phone.receives("from Ben").await;
    let carla = phone.receives("from Carla").await;
    let mut client = Stranger::sign_in(&world.prosody, "phone").await;
    client
        .writes(&format!(
            "<message type='chat' to='{ME}' id='r1'><body>&gt; from Ben\nan answer by reply</body>\
             <thread>{thread}</thread>\
             <reply xmlns='urn:xmpp:reply:0' to='{ME}' id='{id}'/>\
             <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='11'/></fallback>\
             </message>",
            thread = carla.thread.unwrap_or_default(),
            id = ben.origin_id.or(ben.id).unwrap_or_default(),
        ))
        .await;
    only(&world, BEN, CARLA, "an answer by reply").await;
    assert_eq!(
        world.sim.receives(BEN, "an answer by reply").await,
        "an answer by reply",
        "the quotation is cut off"
    );
}

#[tokio::test]
async fn the_question_and_the_text_that_waits_outlive_a_kill() {
    let world = World::new().await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    phone.writes(ME, "kept over a crash");
    phone.receives("do you mean").await;
    bridge.program.kill().await;

    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge.both_sides_ready().await;
    phone.writes(ME, "@ben");
    only(&world, BEN, CARLA, "kept over a crash").await;
}
