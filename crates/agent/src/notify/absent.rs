//! Where no way to a notification service is built: nothing is shown, and whoever asks is told so.

use causeway_api::NotificationTest;
use tokio::sync::mpsc;

use super::rules::Order;
use super::{Inquiry, Response};
use crate::desktop::Bus;
use crate::words::Reader;

/// Runs until nobody orders any more.
pub(crate) async fn run(
    _: Bus,
    _: Reader,
    mut orders: mpsc::UnboundedReceiver<Order>,
    mut inquiries: mpsc::UnboundedReceiver<Inquiry>,
    _responses: mpsc::UnboundedSender<Response>,
) {
    loop {
        tokio::select! {
            order = orders.recv() => if order.is_none() { return },
            // An error means that whoever asked is gone.
            Some(inquiry) = inquiries.recv() => match inquiry {
                Inquiry::Name(answer) => drop(answer.send(None)),
                Inquiry::Test(answer) => drop(answer.send(NotificationTest::NoService)),
            },
        }
    }
}
