//! Bearer tokens: the challenge, the token URL with its grants and errors, and who a token belongs to (UCWA documentation; MS-OCAUTHWS).

use serde_json::{Value, json};

use crate::discovery::TOKEN;
use crate::input::{Address, Request};
use crate::passive;
use crate::reply::{Content, Reply};
use crate::world::{TOKEN_LIFE, Token, World};

const CLIENT: &str = "00000004-0000-0ff1-ce00-000000000000";
const GRANT_PASSIVE: &str = "urn:microsoft.rtc:passive";

/// Which grants this site offers, besides that for guests of a meeting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grants {
    pub(crate) windows: Windows,
    pub(crate) forms: bool,
    pub(crate) passive: bool,
}

/// What is behind the Windows grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Windows {
    NotOffered,
    /// Every handshake is refused.
    Refused,
    /// A web server in front does the handshake and says who it was.
    Front,
}

/// In which a front says who signed in: an account name as Kerberos or NTLM has it.
const REMOTE_USER: &str = "x-remote-user";

/// 401 with both challenges and an HTML body.
pub(crate) fn challenge(world: &mut World, request: &Request, grants: Grants) -> Reply {
    let windows = (grants.windows != Windows::NotOffered).then_some("urn:microsoft.rtc:windows");
    let forms = grants.forms.then_some("password");
    let passive = grants.passive.then_some(GRANT_PASSIVE);
    let offered = [
        windows,
        Some("urn:microsoft.rtc:anonmeeting"),
        forms,
        passive,
    ];
    let offered: Vec<&str> = offered.into_iter().flatten().collect();
    let offered = offered.join(",");
    let quote = if world.faults.take("unquoted-challenge", None).is_some() {
        ""
    } else {
        "\""
    };
    let bearer = format!("Bearer trusted_issuers=\"\", client_id=\"{CLIENT}\"");
    let ours = format!(
        "MsRtcOAuth href={quote}https://{}{TOKEN}{quote},grant_type=\"{offered}\"",
        request.host
    );
    let reply = Reply::html(
        401,
        "Unauthorized: Access is denied due to invalid credentials.",
    )
    .with(
        "x-ms-diagnostics",
        "28020;source=\"sim.contoso.example\";reason=\"No valid security token.\"",
    );
    if world.faults.take("modern-auth", None).is_some() {
        return reply.with(
            "www-authenticate",
            format!(
                "Bearer trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\", client_id=\"{CLIENT}\", \
                 authorization_uri=\"https://login.windows.net/common/oauth2/authorize\""
            ),
        );
    }
    if world.faults.take("joined-challenge", None).is_some() {
        return reply.with("www-authenticate", format!("{bearer}, {ours}"));
    }
    reply
        .with("www-authenticate", bearer)
        .with("www-authenticate", ours)
}

/// Whose valid token the request carries.
pub(crate) fn owner(world: &mut World, request: &Request) -> Option<Address> {
    let (scheme, value) = request.header("authorization")?.split_once(' ')?;
    let value = value.trim();
    let now = world.now();
    let token = world.tokens.get(value)?;
    if token.expires <= now {
        world.tokens.remove(value);
        return None;
    }
    (scheme.eq_ignore_ascii_case("bearer") && token.host.eq_ignore_ascii_case(&request.host))
        .then(|| token.owner.clone())
}

/// The token URL.
pub(crate) fn issue(world: &mut World, request: &Request, grants: Grants) -> Reply {
    if request.media_type() != "application/x-www-form-urlencoded" {
        return refused(
            "invalid_request",
            "The body must be application/x-www-form-urlencoded.",
        );
    }
    let utf8 = request.media_parameter("charset").is_none_or(|charset| {
        charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
    });
    let Some(form) = utf8.then(|| form(&request.body)).flatten() else {
        return refused("invalid_request", "The body is not percent-encoded UTF-8.");
    };
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    match field("grant_type") {
        Some("password") if grants.forms => {}
        Some("urn:microsoft.rtc:windows") if grants.windows != Windows::NotOffered => {
            let front = grants.windows == Windows::Front;
            return match request.header(REMOTE_USER).filter(|_| front) {
                Some(account) => by_account(world, request, account),
                None => Reply::html(401, "Unauthorized")
                    .with("www-authenticate", "Negotiate")
                    .with("www-authenticate", "NTLM"),
            };
        }
        Some(GRANT_PASSIVE) if grants.passive => return passive::issue(world, request),
        Some("urn:microsoft.rtc:anonmeeting") => {
            return refused(
                "invalid_grant",
                "There is no meeting with this address and key.",
            );
        }
        Some(_) => {
            let reply = refused(
                "unsupported_grant_type",
                "This site does not offer the grant.",
            );
            return reply.with("x-ms-diagnostics", "28029;source=\"sim.contoso.example\";reason=\"The authentication type is not allowed.\"");
        }
        None => return refused("invalid_request", "grant_type is missing."),
    }
    let (Some(user), Some(password)) = (field("username"), field("password")) else {
        return refused("invalid_request", "username or password is missing.");
    };
    let Some(address) = world
        .by_logon(user)
        .filter(|person| person.password == password)
        .map(|person| person.address.clone())
    else {
        return refused("invalid_grant", "The user name or the password is wrong.");
    };
    token(world, request, address)
}

/// The front has let somebody in. The domain may know people whom the pool does not.
fn by_account(world: &mut World, request: &Request, account: &str) -> Reply {
    match world
        .by_account(account)
        .map(|person| person.address.clone())
    {
        Some(address) => token(world, request, address),
        None => Reply::html(403, "Forbidden").with(
            "x-ms-diagnostics",
            "28000;source=\"sim.contoso.example\";reason=\"User is not SIP enabled.\"",
        ),
    }
}

/// A new token of that person for this host.
pub(crate) fn token(world: &mut World, request: &Request, address: Address) -> Reply {
    let value = format!(
        "cwt={:032x}{:032x}",
        world.random.wide(),
        world.random.wide()
    );
    let now = world.now();
    let life = world
        .faults
        .take_seconds("short-token", 60.0)
        .unwrap_or(TOKEN_LIFE);
    world.tokens.retain(|_, token| token.expires > now);
    world.tokens.insert(
        value.clone(),
        Token {
            owner: address,
            host: request.host.clone(),
            expires: now + life,
        },
    );
    let body = json!({ "access_token": value, "expires_in": life.as_secs(), "ms_rtc_identityscope": "local", "token_type": "Bearer" });
    Reply::json(body).with("cache-control", "no-store").with(
        "set-cookie",
        format!(
            "cwt_ucwa={:032x}; path=/ucwa; secure; HttpOnly",
            world.random.wide()
        ),
    )
}

fn refused(error: &str, description: &str) -> Reply {
    let body: Value = json!({ "error": error, "error_description": description });
    Reply {
        status: 400,
        headers: vec![("cache-control", "no-store".to_owned())],
        content: Content::Json(body),
    }
}

/// Fields of a form, strictly: every value is percent-encoded UTF-8.
pub(crate) fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| text.is_ascii())?;
    text.trim_end()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            pair.split_once('=')
                .and_then(|(key, value)| Some((decode(key)?, decode(value)?)))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let bytes = spaced.as_bytes();
    let complete = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| {
            bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(&spaced).collect();
    if complete {
        String::from_utf8(decoded).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_not_percent_encoded_utf8_is_refused() {
        assert_eq!(
            form(b"a=1%2B1+%26&b=%c3%a5"),
            Some(vec![("a".into(), "1+1 &".into()), ("b".into(), "å".into())])
        );
        for wrong in ["a=%e5", "a=100%", "a=%zz", "a=\u{e5}", "a"] {
            assert_eq!(form(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
