//! Message texts and their data URIs (UCWA reference, message: plainMessage, htmlMessage).

use base64::Engine as _;

/// Media type of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Plain,
    Html,
}

impl Format {
    /// Value in supportedMessageFormats and negotiatedMessageFormats.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Plain => "Plain",
            Self::Html => "Html",
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Html => "text/html",
        }
    }

    /// Name of the link that carries the text.
    pub(crate) fn link(self) -> &'static str {
        match self {
            Self::Plain => "plainMessage",
            Self::Html => "htmlMessage",
        }
    }
}

/// What one person writes to another.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) format: Format,
    pub(crate) body: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}, {} bytes", self.format, self.body.len())
    }
}

impl Text {
    /// In the form that servers were seen to write: form style, lower-case digits.
    pub(crate) fn data_uri(&self) -> String {
        let mut uri = format!("data:{};charset=utf-8,", self.format.media_type());
        for byte in self.body.bytes() {
            match byte {
                b'A'..=b'Z'
                | b'a'..=b'z'
                | b'0'..=b'9'
                | b'-'
                | b'_'
                | b'.'
                | b'!'
                | b'*'
                | b'('
                | b')' => uri.push(char::from(byte)),
                b' ' => uri.push('+'),
                other => {
                    uri.push('%');
                    uri.extend(
                        [other >> 4, other & 15]
                            .map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')),
                    );
                }
            }
        }
        uri
    }

    /// In the form that some reference samples have.
    pub(crate) fn base64_uri(&self) -> String {
        format!(
            "data:{};base64,{}",
            self.format.media_type(),
            base64::engine::general_purpose::STANDARD.encode(&self.body)
        )
    }

    /// Reads a client's data URI: percent-encoded in form style, or base64; UTF-8.
    pub(crate) fn from_data_uri(uri: &str) -> Option<Self> {
        let scheme = uri
            .get(..5)
            .filter(|scheme| scheme.eq_ignore_ascii_case("data:"))?;
        let (head, data) = uri.get(scheme.len()..)?.split_once(',')?;
        let mut parameters = head.split(';').map(str::trim);
        let format = match parameters.next()?.to_ascii_lowercase().as_str() {
            "text/plain" | "" => Format::Plain,
            "text/html" => Format::Html,
            _ => return None,
        };
        let bytes = if parameters.any(|parameter| parameter.eq_ignore_ascii_case("base64")) {
            let packed: String = data.chars().filter(|c| !c.is_whitespace()).collect();
            base64::engine::general_purpose::STANDARD
                .decode(packed)
                .ok()?
        } else {
            percent_encoding::percent_decode_str(&data.replace('+', " ")).collect()
        };
        String::from_utf8(bytes)
            .ok()
            .map(|body| Self { format, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(body: &str) -> Text {
        Text {
            format: Format::Plain,
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_text_survives_its_data_uri() {
        for body in ["Hej på dig\r\n", "1+1=2 & 100%", "", "日本\u{1f600}"] {
            let text = plain(body);
            assert_eq!(Text::from_data_uri(&text.data_uri()), Some(text));
        }
    }

    #[test]
    fn data_uris_look_like_captured_ones() {
        assert_eq!(
            plain("Hej på dig\r\n").data_uri(),
            "data:text/plain;charset=utf-8,Hej+p%c3%a5+dig%0d%0a"
        );
    }

    #[test]
    fn base64_is_understood_and_anything_else_refused() {
        assert_eq!(
            Text::from_data_uri("data:text/plain;base64,SGVq"),
            Some(plain("Hej"))
        );
        assert_eq!(
            Text::from_data_uri("data:text/plain;base64,somebase64encodedmessage!"),
            None
        );
        assert_eq!(Text::from_data_uri("data:image/png,xx"), None);
        assert_eq!(Text::from_data_uri("Hej"), None);
    }
}
