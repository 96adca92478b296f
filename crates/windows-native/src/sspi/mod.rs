//! The security packages of Windows (SSPI), as a client uses them: a context turns a server's tokens into ours, by what the
//! person typed or by the session itself. Windows alone sees the tickets of its logon sessions; no emulation does.
//!
//! Handles are freed when they are dropped, and the typed password is wiped once Windows has taken it.

mod account;
mod context;
mod credential;
mod status;

pub use account::domain_account;
pub use context::{Context, Protocol, Token};
pub use credential::{Identity, Package};
pub use status::Status;
