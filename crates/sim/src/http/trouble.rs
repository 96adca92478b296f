//! Faults that hit a request as a whole, whatever it asks for.

use std::time::Duration;

use super::Shared;
use crate::faults::Fault;
use crate::reply::{Content, Reply};
use crate::tls::Connection;
use crate::world::World;

/// The first of these faults that is in force for a rel.
pub(super) fn fault_for(world: &mut World, rel: &str) -> Option<Fault> {
    let faults = [
        "slow",
        "late",
        "status",
        "html",
        "garbage-json",
        "oversize-body",
        "drop",
        "drop-after",
        "silent",
    ];
    faults
        .iter()
        .find_map(|what| world.faults.take(what, Some(rel)))
}

/// The answer of a fault that keeps the request from being served.
pub(super) async fn spoil(shared: &Shared, connection: &Connection, fault: &Fault) -> Reply {
    match fault.what.as_str() {
        "status" => {
            let status = fault
                .status
                .filter(|status| (400..600).contains(status))
                .unwrap_or(503);
            let reply = match &fault.code {
                None => Reply::html(status, "The service is unavailable."),
                Some(code) => {
                    let reason = serde_json::json!({ "code": code, "subcode": fault.subcode, "message": "A fault that was asked for." });
                    Reply {
                        status,
                        ..Reply::json(reason)
                    }
                }
            };
            match fault.retry_after {
                Some(seconds) => reply.with("retry-after", seconds.to_string()),
                None => reply,
            }
        }
        "html" => Reply::html(200, "Sign in to continue"),
        "garbage-json" => Reply {
            status: 200,
            headers: Vec::new(),
            content: Content::Raw(
                "application/json",
                b"{\"_links\":{\"self\":{\"href\":".to_vec(),
            ),
        },
        "oversize-body" => {
            let mut body = b"{\"rel\":\"".to_vec();
            body.resize(
                fault
                    .bytes
                    .unwrap_or(64 * 1024 * 1024)
                    .clamp(16, 1024 * 1024 * 1024),
                b'x',
            );
            body.extend(b"\"}");
            Reply {
                status: 200,
                headers: Vec::new(),
                content: Content::Raw("application/json", body),
            }
        }
        "silent" => {
            match fault.seconds {
                Some(seconds) => wait(shared, seconds).await,
                None => std::future::pending().await,
            }
            connection.cut();
            Reply::no_content()
        }
        _ => {
            connection.cut();
            Reply::no_content()
        }
    }
}

pub(super) async fn wait(shared: &Shared, seconds: f64) {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
    let woken = shared.world().wait(time);
    // The sender lives as long as the pool.
    drop(woken.await);
}
