//! In place of NTLM, in a build without it.

use crate::handshake::Context;
use crate::{Cause, Credentials, Scheme, Target};

pub(crate) fn begin(_: Scheme, _: Target, _: &Credentials) -> Result<Box<dyn Context>, Cause> {
    Err(Cause::NotBuilt)
}
