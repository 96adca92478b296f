//! Named pipes that one user alone may open.

use std::ptr;

use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use windows::Win32::Security::SECURITY_ATTRIBUTES;

use crate::security::Descriptor;

/// One more instance of the pipe of that name, for this `user` ([`crate::security::user`]) on this computer. Who made the
/// first one decides who may connect: compare its owner ([`crate::security::owner`]).
///
/// # Errors
/// Where another user made the pipe and keeps us out, and of the system.
pub fn serve(name: &str, user: &str) -> std::io::Result<NamedPipeServer> {
    // Owner and group; nothing is inherited; everything (`GA`) is granted to this user.
    let descriptor = Descriptor::of(&format!("O:{user}G:{user}D:P(A;;GA;;;{user})"))?;
    let mut attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>().try_into().unwrap_or(0),
        lpSecurityDescriptor: descriptor.as_ptr(),
        bInheritHandle: false.into(),
    };
    let attributes = ptr::from_mut(&mut attributes).cast();
    // SAFETY: the attributes are whole, and they and the descriptor outlive the call, which copies them.
    unsafe { ServerOptions::new().create_with_security_attributes_raw(name, attributes) }
}
