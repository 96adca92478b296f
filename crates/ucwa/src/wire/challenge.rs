//! `WWW-Authenticate`: what the server offers to sign in with (RFC 9110 section 11.6.1, leniently).

/// One challenge: a scheme and its parameters, in the order of the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// Scheme, e.g. `MsRtcOAuth`.
    pub scheme: String,
    /// What follows the scheme in one piece (token68), as with `Negotiate`.
    pub token: Option<String>,
    /// Parameters; names in small letters.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Value of the first parameter of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What can be signed in with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Token URL of `MsRtcOAuth`.
    pub token_url: Option<String>,
    /// Its grant types, each once, in their order.
    pub grants: Vec<String>,
    /// A `Bearer` challenge names an authority of its own: OAuth against Azure AD.
    pub modern: bool,
}

/// Grant type of integrated Windows authentication.
pub const GRANT_WINDOWS: &str = "urn:microsoft.rtc:windows";
/// Grant type of a sign-in on a web page, which gives cookies.
pub const GRANT_PASSIVE: &str = "urn:microsoft.rtc:passive";
/// Grant type of user name and password.
pub const GRANT_PASSWORD: &str = "password";

impl Offer {
    /// Reads all `WWW-Authenticate` headers of an answer.
    pub fn read<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut offer = Self::default();
        for challenge in headers.into_iter().flat_map(parse) {
            if challenge.scheme.eq_ignore_ascii_case("MsRtcOAuth") {
                offer.token_url = offer
                    .token_url
                    .or_else(|| challenge.get("href").map(str::to_owned));
                for grant in challenge
                    .get("grant_type")
                    .unwrap_or_default()
                    .split(',')
                    .map(str::trim)
                {
                    if !grant.is_empty()
                        && !offer
                            .grants
                            .iter()
                            .any(|known| known.eq_ignore_ascii_case(grant))
                    {
                        offer.grants.push(grant.to_owned());
                    }
                }
            } else if challenge.scheme.eq_ignore_ascii_case("Bearer") {
                offer.modern |= challenge
                    .get("authorization_uri")
                    .is_some_and(|uri| !uri.is_empty());
            }
        }
        offer
    }

    /// Whether this grant type is offered.
    #[must_use]
    pub fn has(&self, grant: &str) -> bool {
        self.grants
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(grant))
    }
}

/// Reads one header, which may hold several challenges. A word followed by `=` is a parameter, any other word a
/// scheme; values may lack their quotation marks, as the documentation writes them.
#[must_use]
pub fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() {
            return challenges;
        }
        let (word, after) = split_at(rest, |c| c == ',' || c == '=' || c.is_whitespace());
        if let Some(value) = after.trim_start().strip_prefix('=') {
            let (value, after) = read_value(value.trim_start());
            if let Some(challenge) = challenges.last_mut() {
                challenge
                    .parameters
                    .push((word.to_ascii_lowercase(), value));
            }
            rest = after;
        } else {
            let (token, after) = read_token(after);
            challenges.push(Challenge {
                scheme: word.to_owned(),
                token,
                parameters: Vec::new(),
            });
            rest = after;
        }
    }
}

fn split_at(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

/// What stands alone between a scheme and the next comma is its token; `=` in it are padding at its end.
fn read_token(text: &str) -> (Option<String>, &str) {
    let (word, rest) = split_at(text.trim_start(), |c| c == ',' || c.is_whitespace());
    let stands_alone = matches!(rest.trim_start().chars().next(), None | Some(','));
    let body = word.trim_end_matches('=');
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    if text.starts_with(char::is_whitespace)
        && stands_alone
        && !body.is_empty()
        && body.chars().all(is_token)
    {
        (Some(word.to_owned()), rest)
    } else {
        (None, text)
    }
}

fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = split_at(text, |c| c == ',' || c.is_whitespace());
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BEARER: &str =
        r#"Bearer trusted_issuers="", client_id="00000004-0000-0ff1-ce00-000000000000""#;

    fn check(headers: &[&str]) {
        let offer = Offer::read(headers.iter().copied());
        assert_eq!(
            offer.token_url.as_deref(),
            Some("https://web.example.org/WebTicket/oauthtoken"),
            "{headers:?}"
        );
        assert!(
            offer.has(GRANT_PASSWORD) && offer.has(GRANT_WINDOWS) && !offer.modern,
            "{offer:?}"
        );
        assert_eq!(offer.grants.len(), 2, "{offer:?}");
    }

    #[test]
    fn offer_is_read_from_two_headers_from_one_and_without_quotation_marks() {
        let quoted = r#"MsRtcOAuth href="https://web.example.org/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,password,password""#;
        check(&[BEARER, quoted]);
        check(&[&format!("{BEARER}, {quoted}")]);
        check(&[&format!("{quoted},{BEARER}")]);
        check(&[
            r#"msrtcoauth grant_type="urn:microsoft.rtc:windows,password", href=https://web.example.org/WebTicket/oauthtoken"#,
        ]);
        check(&["Negotiate", "NTLM", quoted]);
    }

    #[test]
    fn modern_authentication_alone_is_recognised() {
        let offer = Offer::read([
            r#"Bearer trusted_issuers="a@b", authorization_uri="https://login.example/authorize""#,
        ]);
        assert!(offer.modern && offer.token_url.is_none());
    }

    #[test]
    fn a_token_belongs_to_its_scheme() {
        let read = |header| {
            let all = parse(header).into_iter();
            all.map(|challenge| (challenge.scheme, challenge.token))
                .collect::<Vec<_>>()
        };
        let with =
            |scheme: &str, token: Option<&str>| (scheme.to_owned(), token.map(str::to_owned));
        assert_eq!(
            read("Negotiate YII+/w==, NTLM TlRM, Basic realm=\"a, b\""),
            [
                with("Negotiate", Some("YII+/w==")),
                with("NTLM", Some("TlRM")),
                with("Basic", None)
            ]
        );
        assert_eq!(
            read("Negotiate,NTLM"),
            [with("Negotiate", None), with("NTLM", None)]
        );
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in ".{0,200}") {
            let _ = Offer::read([header.as_str()]);
        }
    }
}
