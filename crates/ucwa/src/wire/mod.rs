//! What travels between client and server, as typed values. Needs no feature; a server can be written with it too.

pub mod words;
