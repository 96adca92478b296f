//! batch (UCWA reference): several GETs in one request, as `multipart/batching`.

use std::fmt::Write;

use url::Url;

/// Writes the body of a batch of GETs. The parts of the answer come in the order of these.
#[must_use]
pub fn encode(boundary: &str, urls: &[Url]) -> String {
    let mut body = String::with_capacity(urls.len() * 256);
    for url in urls {
        // Writing to a String cannot fail.
        let _ = write!(
            body,
            "--{boundary}\r\nContent-Type: application/http; msgtype=request\r\n\r\nGET {} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n\r\n",
            &url[url::Position::BeforePath..url::Position::AfterQuery],
            &url[url::Position::BeforeHost..url::Position::AfterPort],
        );
    }
    let _ = write!(body, "--{boundary}--\r\n");
    body
}

/// The media type of a batch.
#[must_use]
pub fn content_type(boundary: &str) -> String {
    format!("multipart/batching;boundary={boundary}")
}

/// One part of a batch's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// HTTP status.
    pub status: u16,
    /// Body without what stands before its first `{` or `<`; empty where there is none.
    pub body: &'a [u8],
}

/// Reads a batch's answer. A part that cannot be read has status 0, so that the order stays.
#[must_use]
pub fn decode<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = content_type.split(';').map(str::trim).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    let delimiter = format!("--{boundary}");
    let mut pieces = split(body, delimiter.as_bytes()).into_iter();
    // Before the first delimiter stands nothing of interest.
    pieces.next();
    Some(
        pieces
            .take_while(|piece| !piece.starts_with(b"--"))
            .map(read_part)
            .collect(),
    )
}

/// Splits at every delimiter that begins a line.
fn split<'a>(body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = body.get(at..) {
        let Some(found) = find(rest, delimiter) else {
            break;
        };
        let position = at + found;
        at = position + delimiter.len().max(1);
        if position == 0 || body.get(position - 1) == Some(&b'\n') {
            pieces.push(body.get(start..position).unwrap_or_default());
            start = at;
        }
    }
    pieces.push(body.get(start..).unwrap_or_default());
    pieces
}

fn read_part(piece: &[u8]) -> Part<'_> {
    const NONE: Part<'static> = Part {
        status: 0,
        body: b"",
    };
    let Some((_mime, response)) = split_head(piece) else {
        return NONE;
    };
    let (head, body) = split_head(response).unwrap_or((response, b""));
    let first_line = head
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let status = std::str::from_utf8(first_line)
        .ok()
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    let Some(status) = status else { return NONE };
    let start = body.iter().position(|byte| matches!(byte, b'{' | b'<'));
    Part {
        status,
        body: start
            .and_then(|start| body.get(start..))
            .unwrap_or_default(),
    }
}

/// Splits at the first empty line.
fn split_head(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let crlf = find(text, b"\r\n\r\n").map(|at| (at, 4));
    let lf = find(text, b"\n\n").map(|at| (at, 2));
    let (at, length) = [crlf, lf].into_iter().flatten().min()?;
    Some((text.get(..at)?, text.get(at + length..)?))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len().max(1))
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_batch_names_host_and_path_of_each_request() {
        let urls = [
            "https://pool.example:4443/ucwa/a?x=1".parse().unwrap(),
            "https://pool.example:4443/ucwa/b".parse().unwrap(),
        ];
        insta::assert_snapshot!(encode("b1", &urls).replace("\r\n", "~\n"));
    }

    #[test]
    fn parts_keep_their_order_and_a_stray_mark_is_skipped() {
        let body = b"preamble\r\n--b1\r\nContent-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\xef\xbb\xbf{\"a\":1}\r\n--b1\r\nContent-Type: application/http; msgtype=response\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n\r\n--b1\r\nbroken\r\n--b1--\r\n";
        let parts = decode("multipart/batching; boundary=\"b1\"", body).unwrap();
        assert_eq!(
            parts.iter().map(|part| part.status).collect::<Vec<_>>(),
            [200, 404, 0]
        );
        assert_eq!(parts[0].body.trim_ascii(), b"{\"a\":1}");
        assert_eq!(parts[1].body, b"");
    }

    #[test]
    fn an_answer_without_boundary_is_refused() {
        assert_eq!(decode("text/html", b"<html>"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in proptest::collection::vec(prop_oneof![Just(b'-'), Just(b'b'), Just(b'\r'), Just(b'\n'), Just(b' '), any::<u8>()], 0..200)) {
            let _ = decode("multipart/batching;boundary=b", &body);
            let _ = decode("multipart/batching;boundary=", &body);
        }
    }
}
