//! `X-Ms-diagnostics`, read for people: `28020;source="pool.contoso.example";reason="No valid security token."`
//! (MS-OCER section 2.1; UCWA documentation, "Authentication in UCWA").

/// No reason of a server is longer.
const LONGEST: usize = 200;

/// The server's own reason with its number: `No valid security token (28020)`.
pub(super) fn reason(header: &str) -> Option<String> {
    let (number, rest) = header.split_once(';')?;
    let (_, quoted) = rest.split_once("reason=\"")?;
    let (reason, _) = quoted.split_once('"')?;
    let reason = reason.trim().trim_end_matches('.');
    let reason: String = reason.chars().take(LONGEST).collect();
    let number = number.trim();
    if reason.is_empty() {
        None
    } else if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(format!("{reason} ({number})"))
    } else {
        Some(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_read_and_what_has_none_says_nothing() {
        let told = |header: &str| reason(header).unwrap_or_default();
        let full = "28020;source=\"pool.contoso.example\";reason=\"No valid security token.\"";
        assert_eq!(told(full), "No valid security token (28020)");
        let more = "28032; reason=\"The web ticket is invalid.\"; faultcode=\"wsse:Failed\"";
        assert_eq!(told(more), "The web ticket is invalid (28032)");
        assert_eq!(told("x;reason=\"Odd\""), "Odd");
        for nothing in ["", "28020", "28020;reason=\"\"", "28020;reason=\"open"] {
            assert_eq!(told(nothing), "", "{nothing}");
        }
        assert_eq!(
            told(&format!("1;reason=\"{}\"", "x".repeat(900))).len(),
            204
        );
    }
}
