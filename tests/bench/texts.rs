//! How long a text takes over the bridge, and how many it carries per second.
//!
//! The floor is what the same text costs without a bridge: a bare client of the same library to another one over the
//! same Prosody, and a bare UCWA client to another one over the same simulator. What the bridge adds is the rest.

use anyhow::{Context as _, Result};
use causeway_tests::cast::{ANNA, BEN, CARLA, PEOPLE, World, XMPP};
use causeway_tests::person::Person;
use causeway_tests::prosody::Prosody;
use causeway_tests::sim::Sim;
use serde_json::{Value, json};
use ucwa::SipUri;

use crate::lync::Account;
use crate::process::Used;
use crate::run::{Series, number, round, series};

const SINGLE: usize = 300;
const MANY: usize = 3000;
const OUTSTANDING: usize = 64;

/// Measures both directions and both floors.
pub(crate) async fn measure() -> Result<Value> {
    let (sim, prosody) = tokio::join!(
        Sim::start(PEOPLE, &[]),
        Prosody::start_for_measurements(XMPP)
    );
    let world = World::around(sim, prosody, "");
    let sip = |address: &str| address.parse::<SipUri>();
    let (anna, ben, carla) = (sip(ANNA)?, sip(BEN)?, sip(CARLA)?);
    let mut ben_account = Account::sign_in(&world.sim, "ben").await?;
    let mut carla_account = Account::sign_in(&world.sim, "carla").await?;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    let mut dora = Person::sign_in(&world.prosody, "dora").await;
    let mut bridge = world.ctl.stream(&["--log", "error", "bridge", "run"]);
    bridge.both_sides_ready().await;

    ben_account.write(&anna, THREAD, "hello".to_owned());
    let thread = phone.receives("hello").await.thread;
    let bridge_pid = bridge.program.pid();
    drain(bridge);

    let mut report = serde_json::Map::new();
    for (name, count, outstanding) in [
        ("one_at_a_time", SINGLE, 1),
        ("64_outstanding", MANY, OUTSTANDING),
    ] {
        eprintln!("{name}: {count} texts each way, and the floors");
        let xmpp_floor = {
            let to = dora.jid().to_string();
            series(
                count,
                outstanding,
                |number| drop(phone.writes(&to, &format!("floor #{number}"))),
                async || next_number(&mut dora).await,
            )
            .await
            .context("XMPP floor")?
        };
        let lync_floor = {
            let from = &ben_account;
            series(
                count,
                outstanding,
                |number| from.write(&carla, FLOOR_THREAD, format!("floor #{number}")),
                async || next_lync(&mut carla_account).await,
            )
            .await
            .context("Lync floor")?
        };
        let before = Used::read(bridge_pid)?;
        let to_xmpp = {
            let from = &ben_account;
            series(
                count,
                outstanding,
                |number| from.write(&anna, THREAD, format!("text #{number}")),
                async || next_number(&mut phone).await,
            )
            .await
            .context("Lync to XMPP")?
        };
        let to_lync = {
            let mut send = |number: usize| {
                drop(phone.writes_in(
                    "anna@xmpp.example",
                    &format!("answer #{number}"),
                    thread.as_deref(),
                ))
            };
            series(count, outstanding, &mut send, async || {
                next_lync(&mut ben_account).await
            })
            .await
            .context("XMPP to Lync")?
        };
        let after = Used::read(bridge_pid)?;
        let mut figures = compared(&xmpp_floor, &lync_floor, &to_xmpp, &to_lync);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let texts = count as f64;
        figures["there_and_back_cpu_ms"] = round((after.cpu_ms - before.cpu_ms) / texts).into();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand at most")]
        let wake_ups = after.switches.saturating_sub(before.switches) as f64;
        figures["there_and_back_wake_ups"] = round(wake_ups / texts).into();
        report.insert(name.to_owned(), figures);
    }
    let _ = ben;
    Ok(Value::Object(report))
}

const THREAD: &str = "0123456789abcdef0123456789abcdef";
const FLOOR_THREAD: &str = "fedcba9876543210fedcba9876543210";

fn compared(xmpp_floor: &Series, lync_floor: &Series, to_xmpp: &Series, to_lync: &Series) -> Value {
    let added = |series: &Series| {
        let floor = |quantile| xmpp_floor.quantile(quantile) + lync_floor.quantile(quantile);
        json!({
            "p50_over_floors": round(series.quantile(0.5) / floor(0.5)),
            "p95_over_floors": round(series.quantile(0.95) / floor(0.95)),
            "p99_over_floors": round(series.quantile(0.99) / floor(0.99)),
            "rate_of_slower_floor": round(series.rate() / xmpp_floor.rate().min(lync_floor.rate())),
        })
    };
    json!({
        "floor_xmpp_client_to_client": xmpp_floor.report(),
        "floor_lync_client_to_client": lync_floor.report(),
        "lync_to_xmpp": to_xmpp.report(),
        "lync_to_xmpp_ratio": added(to_xmpp),
        "xmpp_to_lync": to_lync.report(),
        "xmpp_to_lync_ratio": added(to_lync),
    })
}

async fn next_number(person: &mut Person) -> usize {
    loop {
        if let Some(number) = person.next_text().await.and_then(|text| number(&text)) {
            return number;
        }
    }
}

async fn next_lync(account: &mut Account) -> usize {
    loop {
        if let Some(number) = number(&account.text().await) {
            return number;
        }
    }
}

/// Reads the bridge's events away, so that its pipe never fills.
fn drain(mut stream: causeway_tests::ctl::Stream) {
    tokio::spawn(async move { while stream.skip().await {} });
}
