//! In place of NTLM, in a build without it.

use crate::{Cause, Credentials, Step, Target};

/// There is none.
pub(crate) enum Context {}

impl Context {
    pub(crate) fn begin(_: Target, _: &Credentials) -> Result<Self, Cause> {
        Err(Cause::NotBuilt)
    }

    pub(crate) fn step(&mut self, _: Option<&[u8]>) -> Result<Step, Cause> {
        match *self {}
    }
}
