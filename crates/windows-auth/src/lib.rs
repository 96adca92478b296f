//! Integrated Windows authentication as an HTTP client needs it (RFC 4559, MS-NLMP): which mechanism comes next is decided
//! by a [`Chain`], a pure value; a [`Handshake`] turns the server's tokens into ours. There is no HTTP here and no
//! socket of our own; only a [`Handshake`] by Kerberos lets the system's library speak with the domain controller, and may
//! therefore block.
//!
//! ```
//! use windows_auth::{Chain, Circumstances, Mechanism, Move, Offer};
//! let offer = Offer::of(["Negotiate", "NTLM"]);
//! let around = Circumstances { host: "web.contoso.example", ticket: Ok(()), password: true };
//! let mut chain = Chain::new(&offer, around);
//! let Move::Try(first) = chain.next() else { panic!("there is a ticket") };
//! assert_eq!((first.mechanism, first.scheme.name()), (Mechanism::Kerberos, "Negotiate"));
//! ```

mod binding;
mod cause;
mod chain;
mod handshake;
mod logon;
mod offer;
#[cfg(any(windows, test))]
mod status;

// What makes the tokens, by system and build.
#[cfg(windows)]
mod sspi_windows;
#[cfg(windows)]
use sspi_windows::{kerberos, ntlm};

#[cfg(all(unix, feature = "gssapi"))]
#[path = "kerberos_gssapi.rs"]
mod kerberos;
#[cfg(not(any(windows, all(unix, feature = "gssapi"))))]
#[path = "kerberos_absent.rs"]
mod kerberos;

#[cfg(all(not(windows), feature = "ntlm"))]
mod ntlm;
#[cfg(not(any(windows, feature = "ntlm")))]
#[path = "ntlm_absent.rs"]
mod ntlm;

/// How this system goes about it.
const WAYS: chain::Ways = if cfg!(windows) {
    chain::Ways::CHOSEN_BY_WINDOWS
} else {
    chain::Ways::APART
};

pub use binding::tls_server_end_point;
pub use cause::{Cause, Scope};
pub use chain::{Attempt, Chain, Circumstances, Mechanism, Move, PassedOver};
pub use handshake::{Credentials, Handshake, Step, Target};
pub use kerberos::ticket;
pub use logon::{LogonName, Ticket};
pub use offer::{Offer, Scheme};
