//! Scripted exchanges with a moving clock. What the server says is written by hand after the reference.

mod chat;
mod directory;
mod edits;
mod life;
mod people;
mod privacy;
mod script;
