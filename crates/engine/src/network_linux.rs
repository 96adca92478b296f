//! rtnetlink(7): the kernel says that something moved. What it looks like then is read, since renewals of what is there
//! already are told too, and mean nothing to us.

use std::io;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use tokio::net::UnixDatagram;

/// `RTMGRP_LINK`, and addresses and routes of both kinds of IP.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/// `ENOBUFS`.
const NO_ROOM: i32 = 105;

/// What moves, and what it looked like when that was last asked.
pub(super) struct Moves {
    socket: UnixDatagram,
    known: Vec<String>,
}

impl Moves {
    pub(super) fn new() -> io::Result<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        // No protocol: that is NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        // It is read as any socket of packets is; the run-time has a type for one family only.
        Ok(Self {
            socket: UnixDatagram::from_std(socket.into())?,
            known: look(),
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> io::Result<()> {
        match self.socket.recv(&mut [0_u8; 8192]).await {
            Ok(_) => Ok(()),
            // More came than the kernel kept: something moved, which is all that counts.
            Err(error) if error.raw_os_error() == Some(NO_ROOM) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn made_a_difference(&mut self) -> bool {
        let seen = look();
        seen != std::mem::replace(&mut self.known, seen.clone())
    }
}

/// Addresses and routes without what only tells their age (proc_net(5)).
fn look() -> Vec<String> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/self/net/{name}"));
    let addresses = read("if_inet6").unwrap_or_default();
    let trie = read("fib_trie").unwrap_or_default();
    let routes = read("route").unwrap_or_default();
    vec![addresses, trie, routes]
}
