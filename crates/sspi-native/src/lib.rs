//! The security packages of Windows (SSPI), as a client uses them: a context turns a server's tokens into ours, by what the
//! person typed or by the session itself. Windows alone sees the tickets of its logon sessions; no emulation does.
//!
//! Everything unsafe stays inside: handles are freed when they are dropped, the typed password is wiped once Windows has
//! taken it, and no pointer outlives its call. On other systems this crate is empty.

#[cfg(windows)]
mod account;
#[cfg(windows)]
mod context;
#[cfg(windows)]
mod credential;
#[cfg(windows)]
mod status;

#[cfg(windows)]
pub use account::domain_account;
#[cfg(windows)]
pub use context::{Context, Protocol, Token};
#[cfg(windows)]
pub use credential::{Identity, Package};
#[cfg(windows)]
pub use status::Status;
