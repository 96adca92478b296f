//! The real window: its page, through the agent's door, with a Lync server behind it.

mod chats;
mod closing;
mod first_run;
mod hostile;
mod own_chat;
mod pages;
mod saving;
mod start;
mod staying;
mod web_sign_in;

use causeway_api::door::Client;
use causeway_api::{Chat, Command, Desk as _, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{World, XMPP};
use causeway_tests::ctl::Stream;
use causeway_tests::prosody::Prosody;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use fantoccini::key::Key;

/// Where a text is typed.
const INPUT: &str = ".composer textarea";
/// A row of the list of chats.
const ROW: &str = ".row[role=option]";
/// Number of unread texts in it.
const UNREAD: &str = ".row[role=option] .count";

/// An agent that is signed in on both sides, and its stream.
async fn signed_in(world: &World) -> (Agent, Stream) {
    let agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    (agent, watch)
}

/// A world with this cast of the Lync side.
async fn world_of(people: &str) -> World {
    let (sim, prosody) = tokio::join!(Sim::start(people, &[]), Prosody::start(XMPP));
    World::around(sim, prosody, "")
}

/// Waits until the agent has a chat that is as wanted.
async fn chat(world: &World, what: &str, wanted: impl Fn(&Chat) -> bool) {
    until(what, async || {
        let Ok(Reply::Chats { chats }) = asked(world, Command::Chats).await else {
            return None;
        };
        chats.iter().any(&wanted).then_some(())
    })
    .await;
}

async fn asked(world: &World, command: Command) -> Result<Reply, causeway_api::Problem> {
    let door = Client::connect(&world.ctl.data_dir, "the stories");
    let door = door.await.expect("the door lets us in");
    door.expect("an agent runs").request(command).await
}

/// Keys held together, for the page as a whole.
fn chord(held: &[Key], key: &str) -> String {
    let held: String = held.iter().copied().map(char::from).collect();
    format!("{held}{key}{}", char::from(Key::Null))
}
