//! Scripted exchanges with a moving clock. What the server says is written by hand after the reference.

mod chat;
mod edits;
mod life;
mod people;
mod script;
