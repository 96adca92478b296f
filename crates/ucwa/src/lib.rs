//! UCWA 2.0, the HTTP interface of Lync Server 2013 and Skype for Business Server, seen from a client.
mod event;
pub use event::*;
