//! The way to the desktop's notification service on the session bus.

mod service;

use std::time::Duration;

use causeway_api::NotificationTest;
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::rules::Order;
use super::{Inquiry, Response};
use crate::desktop::Bus;
use crate::words::{Reader, plain};
use service::Service;

/// A service that takes longer is not waited for.
const LIMIT: Duration = Duration::from_secs(2);
/// Characters of a service's own words.
const REASON: usize = 200;

/// Carries out orders and tells what people do with the notifications, until nobody orders any more; then nothing is left on the screen. Runs in a task of
/// its own: no message ever waits for it. Orders about one subject that came meanwhile are merged: the last one counts.
pub(crate) async fn run(
    bus: Bus,
    reader: Reader,
    mut orders: mpsc::UnboundedReceiver<Order>,
    mut inquiries: mpsc::UnboundedReceiver<Inquiry>,
    responses: mpsc::UnboundedSender<Response>,
) {
    let service = Service::new(&bus, reader).await;
    let (mut service, mut signals, mut owners) = match service {
        Ok(service) => service,
        Err(error) => {
            warn!(%error, "notifications are not possible");
            return;
        }
    };
    loop {
        tokio::select! {
            biased;
            signal = signals.next() => {
                let Some(signal) = signal else { return };
                if let Some(response) = service.heard(&signal) {
                    let _ = responses.send(response);
                }
            }
            owner = owners.next() => {
                if owner.is_none() { return }
                debug!("another notification service");
                service.forget();
            }
            Some(inquiry) = inquiries.recv() => answer(&mut service, inquiry).await,
            order = orders.recv() => {
                let Some(order) = order else {
                    // Whether it worked changes nothing any more.
                    let _ = timeout(LIMIT, service.withdraw_all()).await;
                    return;
                };
                let mut merged = vec![order];
                while let Ok(order) = orders.try_recv() {
                    merged.retain(|earlier| earlier.subject() != order.subject());
                    merged.push(order);
                }
                for order in merged {
                    perform(&mut service, order).await;
                }
            }
        }
    }
}

async fn perform(service: &mut Service, order: Order) {
    match timeout(LIMIT, service.perform(order)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!(%error, "a notification was not shown"),
        Err(_) => warn!(
            seconds = LIMIT.as_secs(),
            "the notification service does not answer"
        ),
    }
}

async fn answer(service: &mut Service, inquiry: Inquiry) {
    // An error means that whoever asked is gone.
    match inquiry {
        Inquiry::Name(answer) => {
            let name = timeout(LIMIT, service.name()).await;
            let _ = answer.send(name.ok().and_then(Result::ok));
        }
        Inquiry::Test(answer) => {
            let test = match timeout(LIMIT, service.test()).await {
                Ok(Ok(test)) => test,
                Ok(Err(error)) if is_absent(&error) => NotificationTest::NoService,
                Ok(Err(error)) => NotificationTest::Refused {
                    reason: plain(&error.to_string(), REASON),
                },
                Err(_) => NotificationTest::Refused {
                    reason: format!("no answer within {} s", LIMIT.as_secs()),
                },
            };
            let _ = answer.send(test);
        }
    }
}

/// Nobody has the service's name, and the bus can start nobody (D-Bus Specification, standard errors).
fn is_absent(error: &zbus::Error) -> bool {
    let zbus::Error::MethodError(name, ..) = error else {
        return false;
    };
    [
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
    ]
    .contains(&name.as_str())
}
