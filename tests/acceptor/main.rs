//! A server's end of a Windows handshake, by MIT's GSSAPI library and gss-ntlmssp: another hand than any client of ours. A
//! program of its own, since the library reads keys and accounts from its environment.
//!
//! `causeway-acceptor CERTIFICATE.der`: a line in is the client's token in Base64. A line out is `more TOKEN`, `in NAME bound` or `in
//! NAME unbound`, each perhaps with a last token, or `refused CODE WORDS`.

use std::io::{BufRead as _, Write as _};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use libgssapi::context::{SecurityContext as _, ServerCtx};
use libgssapi::error::Error;
use sha2::{Digest as _, Sha256};

/// GSS_C_CHANNEL_BOUND_FLAG (gssapi_ext.h): the client named the same channel.
const BOUND: u32 = 0x800;

fn main() -> anyhow::Result<()> {
    let certificate = std::fs::read(std::env::args().nth(1).unwrap_or_default())?;
    // It has a signature with SHA-256, so that this is its hash (RFC 5929 section 4.1).
    let hash = Sha256::digest(certificate);
    let binding = [b"tls-server-end-point:".as_slice(), &hash].concat();
    let mut context = ServerCtx::new(None);
    for line in std::io::stdin().lock().lines() {
        let token = BASE64_STANDARD.decode(line?.trim())?;
        let answer = step(&mut context, &token, &binding).unwrap_or_else(|error| {
            let words = error.to_string().replace(['\0', '\n'], " ");
            format!("refused {:#010x} {words}", error.major.bits())
        });
        let mut out = std::io::stdout();
        writeln!(out, "{}", answer.trim_end())?;
        out.flush()?;
    }
    Ok(())
}

fn step(context: &mut ServerCtx, token: &[u8], binding: &[u8]) -> Result<String, Error> {
    let token = context.step(token, Some(binding))?;
    let token = token.map_or_else(String::new, |token| BASE64_STANDARD.encode(&*token));
    if !context.is_complete() {
        return Ok(format!("more {token}"));
    }
    let name = context.source_name()?.display_name()?;
    let bound = if context.flags()?.bits() & BOUND == 0 {
        "unbound"
    } else {
        "bound"
    };
    Ok(format!(
        "in {} {bound} {token}",
        String::from_utf8_lossy(&name)
    ))
}
