//! UCWA 2.0, the HTTP interface of Lync Server 2013 and Skype for Business Server, seen from a client.
//!
//! [`wire`] holds what is written and read; with the feature `client`, `client` signs in, keeps the event
//! channel open and turns everything into [`Event`]s.

mod address;
#[cfg(feature = "client")]
pub mod client;
mod error;
mod event;
mod limits;
pub mod session;
pub mod wire;

pub use address::{NotASipUri, SipUri};
pub use error::{CertificateFacts, Error, ErrorKind, Facts, Retry};
pub use event::*;
pub use limits::Limits;
pub use windows_auth::{Cause, Mechanism, PassedOver, Ticket};
pub use wire::words::{Availability, PreferredAvailability, PrivacyLevel, activity};
