//! The page in the real window: 5,000 people, and keys while much happens.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, EMIL, World};
use causeway_tests::wait::until;
use causeway_tests::window::Window;
use fantoccini::key::Key;
use serde_json::{Value, json};
use tokio::time::interval;

use crate::contacts::COUNTS;
use crate::run::{round, spread};

/// How often the list of people is opened.
const OPENED: usize = 10;
/// Keys that are pressed.
const KEYS: usize = 80;
/// Between two changes of somebody's status: 50 a second.
const BETWEEN: Duration = Duration::from_millis(20);

/// From the next key to the rows on the screen: when a frame with them is out.
const FROM_KEY_TO_ROWS: &str = "
    window.painted = new Promise((resolve) => addEventListener('keydown', () => {
        const from = performance.now();
        const look = () => document.querySelector('[role=treeitem]')
            ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)))
            : setTimeout(look);
        look();
    }, { once: true, capture: true }))";

/// Frames while 12,000 pixels go by in steps of 100.
const SCROLLED: &str = "
    const list = document.querySelector('#people');
    const frames = [];
    let last = performance.now();
    const step = (now) => {
        frames.push(now - last);
        last = now;
        list.scrollTop += 100;
        if (frames.length < 122) requestAnimationFrame(step);
        else done(frames.slice(2));
    };
    requestAnimationFrame(step)";

/// From each key in the input to the frame with its character.
const FROM_KEY_TO_CHARACTER: &str = "
    window.waits = [];
    document.querySelector('.composer textarea').addEventListener('keydown', () => {
        const from = performance.now();
        requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - from)));
    })";

/// Measures all of it.
pub(crate) async fn measure() -> Result<Value> {
    let [_, contacts] = COUNTS;
    eprintln!("{contacts} people in the window, and keys at 50 changes a second");
    let world = World::with_contacts(contacts).await;
    let _agent = Agent::start_with_log(&world.ctl, "info").await;
    until("everybody's presence", async || {
        let answer = world.ctl.run(&["contacts"]).await;
        let people = answer.json["people"].as_array()?;
        let unknown = people.iter().any(|one| one["availability"] == "unknown");
        (people.len() >= contacts && !unknown).then_some(())
    })
    .await;
    world.sim.writes(BEN, ANNA, "hello").await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".row[role=option]").await;

    let mut opened = Vec::new();
    for _ in 0..OPENED {
        window.asks(FROM_KEY_TO_ROWS).await;
        window.types("body", &chord("2")).await;
        opened.push(number(&window.awaits("window.painted.then(done)").await)?);
        window.types("body", &chord("3")).await;
        window.loses("[role=treeitem]").await;
    }
    window.types("body", &chord("2")).await;
    window.see("[role=treeitem]").await;
    let frames = numbers(&window.awaits(SCROLLED).await)?;

    window.types("body", &chord("1")).await;
    window.click(".row[role=option]").await;
    window.see(".composer textarea").await;
    window.asks(FROM_KEY_TO_CHARACTER).await;
    let begin = Instant::now();
    let mut changes = 0_u32;
    let typing = async {
        for _ in 0..KEYS {
            window.types(".composer textarea", "a").await;
        }
    };
    let changing = async {
        let mut ticks = interval(BETWEEN);
        loop {
            ticks.tick().await;
            let who = [BEN, CARLA, EMIL][changes as usize % 3];
            let value = ["Busy", "Away", "Online", "BeRightBack"][changes as usize / 3 % 4];
            world.sim.goes(who, value, "", "").await;
            changes += 1;
        }
    };
    tokio::select! {
        () = typing => {}
        () = changing => {}
    }
    let per_second = f64::from(changes) / begin.elapsed().as_secs_f64();
    let waits = numbers(&window.asks("return window.waits").await)?;
    Ok(json!({
        "people": contacts,
        "key_to_rows": spread(opened),
        "scroll_frames": spread(frames),
        "key_to_character": spread(waits),
        "changes_per_second": round(per_second),
    }))
}

/// Alt and a key.
fn chord(key: &str) -> String {
    format!("{}{key}{}", char::from(Key::Alt), char::from(Key::Null))
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("the page tells a number")
}

fn numbers(value: &Value) -> Result<Vec<f64>> {
    let all = value.as_array().context("the page tells numbers")?;
    all.iter().map(number).collect()
}
