//! One handshake by hand, or by a test: tokens go in and out as lines in Base64, whoever carries them.
//!
//! `handshake session|password Negotiate|NTLM HOST [CERTIFICATE.der]`. With `password` the first two lines are logon name and
//! password. It answers `send MECHANISM TOKEN`, `done` or `fails CODE WORDS`; a line is the server's token, `accepted` or
//! `accepted TOKEN` its consent, which is answered by `in by Kerberos, proved` or `in by NTLM`.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use windows_auth::{
    Attempt, Cause, Credentials, Handshake, LogonName, Mechanism, Scheme, Step, Target,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [whose, scheme, host, certificate @ ..] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    let mechanism = match whose.as_str() {
        "session" => Mechanism::Kerberos,
        _ => Mechanism::Ntlm,
    };
    let scheme = match scheme.as_str() {
        "NTLM" => Scheme::Ntlm,
        _ => Scheme::Negotiate,
    };
    let Ok(certificate) = certificate.first().map(std::fs::read).transpose() else {
        return ExitCode::from(2);
    };
    let target = Target::behind_tls(host, certificate.as_deref());
    let attempt = Attempt { mechanism, scheme };
    let last = match converse(attempt, target) {
        Ok(words) => words,
        Err(cause) => format!("fails {} {cause}", cause.code()),
    };
    say(&last);
    ExitCode::SUCCESS
}

fn converse(attempt: Attempt, target: Target) -> Result<String, Cause> {
    let credentials = (attempt.mechanism == Mechanism::Ntlm).then(|| Credentials {
        name: LogonName::read(&hear().unwrap_or_default()),
        password: hear().unwrap_or_default().into(),
    });
    let mut handshake = Handshake::begin(attempt, target, credentials.as_ref())?;
    let mut step = handshake.step(None)?;
    loop {
        match step {
            Step::Send(token) => {
                let token = BASE64_STANDARD.encode(token);
                say(&format!("send {} {token}", handshake.mechanism()));
            }
            Step::Done => say("done"),
        }
        let Some(line) = hear() else {
            return Ok("nobody answers".to_owned());
        };
        if let Some(token) = line.strip_prefix("accepted") {
            let token = Some(token.trim()).filter(|token| !token.is_empty());
            let token = token.map(read).transpose()?;
            let proved = handshake.accepted(token.as_deref())?;
            let proof = if proved { ", proved" } else { "" };
            return Ok(format!("in by {}{proof}", handshake.mechanism()));
        }
        step = handshake.step(Some(&read(&line)?))?;
    }
}

fn read(token: &str) -> Result<Vec<u8>, Cause> {
    BASE64_STANDARD
        .decode(token)
        .map_err(|error| Cause::BadToken(error.to_string()))
}

fn hear() -> Option<String> {
    let line = std::io::stdin().lock().lines().next()?.ok()?;
    Some(line.trim_end_matches('\r').to_owned())
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
