//! The UCWA link against the simulated front end: signing in, staying in, and texts in both directions.

mod account;
mod sign_in;
mod staying;
mod texts;
