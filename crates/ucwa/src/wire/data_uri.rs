//! Texts inside links: data URIs as UCWA writes them, form style (`+` is a space).

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use url::form_urlencoded;

use crate::Body;

/// A data URI that is not what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDataUri {
    /// It does not begin with `data:` or has no comma.
    #[error("not a data URI")]
    NotData,
    /// Neither text/plain nor text/html.
    #[error("the content is neither plain text nor HTML")]
    NotText,
    /// A character set other than UTF-8.
    #[error("the character set is not UTF-8")]
    CharacterSet,
    /// It says base64 and is not.
    #[error("the content is not base64")]
    NotBase64,
}

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// Reads `data:<type>[;charset=utf-8][;base64],<data>` in all variants seen. Bytes that are not UTF-8 are replaced:
/// most of a text is better than none of it.
///
/// # Errors
/// When it is no data URI, no text, or its base64 is broken.
pub fn decode(uri: &str) -> Result<Body, BadDataUri> {
    let uri = uri.trim();
    let head_length = uri.find(',').ok_or(BadDataUri::NotData)?;
    let (head, data) = (&uri[..head_length], &uri[head_length + 1..]);
    let mut parts = head.split(';').map(str::trim);
    // Samples of the reference write `data : text/plain`.
    let media = parts
        .next()
        .and_then(|first| first.split_once(':'))
        .filter(|(scheme, _)| scheme.trim().eq_ignore_ascii_case("data"));
    let Some((_, media)) = media else {
        return Err(BadDataUri::NotData);
    };
    let html = match media.trim().to_ascii_lowercase().as_str() {
        "text/plain" | "" => false,
        "text/html" => true,
        _ => return Err(BadDataUri::NotText),
    };
    let mut base64 = false;
    for part in parts {
        if part.eq_ignore_ascii_case("base64") {
            base64 = true;
        } else if let Some((name, value)) = part.split_once('=')
            && name.trim().eq_ignore_ascii_case("charset")
            && !["utf-8", "utf8", "us-ascii"]
                .contains(&value.trim().trim_matches('"').to_ascii_lowercase().as_str())
        {
            return Err(BadDataUri::CharacterSet);
        }
    }
    let text = if base64 {
        let packed: String = data.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = BASE64.decode(packed).map_err(|_| BadDataUri::NotBase64)?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        form_decode(data)
    };
    Ok(if html {
        Body::Html(text)
    } else {
        Body::Plain(text)
    })
}

fn form_decode(data: &str) -> String {
    let spaced: Cow<'_, str> = if data.contains('+') {
        data.replace('+', " ").into()
    } else {
        data.into()
    };
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}

/// Writes a plain text.
#[must_use]
pub fn encode_plain(text: &str) -> String {
    let data: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    format!("data:text/plain;charset=utf-8,{data}")
}

/// Removes the one line end that incoming texts carry.
#[must_use]
pub fn without_line_end(text: &str) -> &str {
    text.strip_suffix('\n')
        .map_or(text, |rest| rest.strip_suffix('\r').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(uri: &str, expected: Result<Body, BadDataUri>) {
        assert_eq!(decode(uri), expected, "{uri}");
    }

    #[test]
    fn every_documented_variant_is_read() {
        let plain = |text: &str| Ok(Body::Plain(text.to_owned()));
        check(
            "data:text/plain;charset=utf-8,Hej+Olaf%0d%0a",
            plain("Hej Olaf\r\n"),
        );
        check(
            "data:text/plain;charset=utf8,p%C3%A5+%2b+%25",
            plain("på + %"),
        );
        check(
            "data:text/html;charset=utf-8,%3cspan%3ehej%3c/span%3e",
            Ok(Body::Html("<span>hej</span>".to_owned())),
        );
        check("data:text/plain;base64,SGVq", plain("Hej"));
        check(
            "data:text/plain;charset=utf-8;base64,SGVq\r\n IFA=",
            plain("Hej P"),
        );
        check("data:text/plain,blå, röd\n", plain("blå, röd"));
        check("data : text/plain;charset=utf-8,x", plain("x"));
    }

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        check("http://x/,", Err(BadDataUri::NotData));
        check("data:text/plain", Err(BadDataUri::NotData));
        check("data:image/png;base64,AAAA", Err(BadDataUri::NotText));
        check(
            "data:text/plain;base64,somebase64message!",
            Err(BadDataUri::NotBase64),
        );
        check(
            "data:text/plain;charset=utf-16,x",
            Err(BadDataUri::CharacterSet),
        );
    }

    #[test]
    fn one_line_end_is_removed() {
        assert_eq!(without_line_end("a\r\n\r\n"), "a\r\n");
        assert_eq!(without_line_end("a"), "a");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in ".*") {
            prop_assert_eq!(decode(&encode_plain(&text)), Ok(Body::Plain(text)));
        }

        #[test]
        fn any_uri_is_read_or_refused(uri in "(data:)?(text/plain|text/html)?(;base64)?,?.*") {
            let _ = decode(&uri);
        }
    }
}
