//! X11: the counter IDLETIME of the SYNC extension, with an alarm at each side of the limit. Nothing is polled.

use tokio::sync::watch;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::sync::{
    ConnectionExt as _, Counter, CreateAlarmAux, Int64, TESTTYPE, VALUETYPE,
};
use x11rb::rust_connection::RustConnection;

use super::IDLE;

#[derive(Debug)]
enum Failure {
    Display(x11rb::errors::ConnectError),
    Talk(ReplyOrIdError),
    NoCounter,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Display(error) => error.fmt(f),
            Self::Talk(error) => error.fmt(f),
            Self::NoCounter => f.write_str("the display counts no idle time"),
        }
    }
}

impl<E: Into<ReplyOrIdError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Talk(error.into())
    }
}

/// True: it was there, and is gone.
pub(super) async fn follow(
    active: &watch::Sender<bool>,
    seen: &watch::Sender<Option<&'static str>>,
) -> bool {
    super::in_a_thread("x11", active, seen, |active, begins| talk(&active, begins)).await
}

fn talk(active: &watch::Sender<bool>, begins: &dyn Fn()) -> Result<(), Failure> {
    let (display, _) = RustConnection::connect(None).map_err(Failure::Display)?;
    display.sync_initialize(3, 1)?.reply()?;
    let counters = display.sync_list_system_counters()?.reply()?.counters;
    let idle = counters
        .iter()
        .find(|counter| counter.name == b"IDLETIME")
        .ok_or(Failure::NoCounter)?
        .counter;
    let limit = i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX);
    let gone = alarm(&display, idle, limit, TESTTYPE::POSITIVE_TRANSITION)?;
    let back = alarm(&display, idle, limit, TESTTYPE::NEGATIVE_TRANSITION)?;
    let now = display.sync_query_counter(idle)?.reply()?.counter_value;
    active.send_replace((i64::from(now.hi) << 32 | i64::from(now.lo)) < limit);
    begins();
    loop {
        if let Event::SyncAlarmNotify(told) = display.wait_for_event()? {
            if told.alarm == gone {
                active.send_replace(false);
            } else if told.alarm == back {
                active.send_replace(true);
            }
        }
    }
}

fn alarm(
    display: &RustConnection,
    counter: Counter,
    limit: i64,
    test: TESTTYPE,
) -> Result<u32, Failure> {
    let id = display.generate_id()?;
    let wish = CreateAlarmAux::new()
        .counter(counter)
        .value_type(VALUETYPE::ABSOLUTE)
        .value(Int64 {
            hi: (limit >> 32) as i32,
            lo: limit as u32,
        })
        .test_type(test)
        .delta(Int64 { hi: 0, lo: 0 })
        .events(1);
    display.sync_create_alarm(id, &wish)?.check()?;
    Ok(id)
}
