//! Notices that the computer is in another network: an address or a route came or went.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::core::Found;

/// A change comes in many pieces. It is told when nothing has moved for so long.
const CALM: Duration = Duration::from_millis(1500);
/// It is told by then, calm or not.
const LONGEST: Duration = Duration::from_secs(5);

/// `ENOBUFS`.
#[cfg(target_os = "linux")]
const NO_ROOM: i32 = 105;

/// Tells each change until it is aborted.
pub(crate) fn watch(found: mpsc::UnboundedSender<Found>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = follow(&found).await {
            tracing::info!(%error, "changes of the network cannot be seen; lost connections are noticed later");
        }
    })
}

/// rtnetlink(7): the kernel says that something moved. What it looks like then is read by [`look`], since renewals of
/// what is there already are told too, and mean nothing to us.
#[cfg(target_os = "linux")]
async fn follow(found: &mpsc::UnboundedSender<Found>) -> std::io::Result<()> {
    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
    use tokio::net::UnixDatagram;

    /// `RTMGRP_LINK`, and addresses and routes of both kinds of IP.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    // No protocol: that is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    // It is read as any socket of packets is; the run-time has a type for one family only.
    let socket = UnixDatagram::from_std(socket.into())?;
    let moved = async || -> std::io::Result<()> {
        match socket.recv(&mut [0_u8; 8192]).await {
            Ok(_) => Ok(()),
            // More came than the kernel kept: something moved, which is all that counts.
            Err(error) if error.raw_os_error() == Some(NO_ROOM) => Ok(()),
            Err(error) => Err(error),
        }
    };
    let mut known = look();
    loop {
        moved().await?;
        let _ = tokio::time::timeout(LONGEST, async {
            while let Ok(Ok(())) = tokio::time::timeout(CALM, moved()).await {}
        })
        .await;
        let seen = look();
        if seen != known {
            known = seen;
            if found.send(Found::Network).is_err() {
                return Ok(());
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
async fn follow(_found: &mpsc::UnboundedSender<Found>) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Addresses and routes without what only tells their age (proc_net(5)).
#[cfg(target_os = "linux")]
fn look() -> Vec<String> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/self/net/{name}"));
    let addresses = read("if_inet6").unwrap_or_default();
    let trie = read("fib_trie").unwrap_or_default();
    let routes = read("route").unwrap_or_default();
    vec![addresses, trie, routes]
}
