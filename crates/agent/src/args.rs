//! The command line (contract.md, "causeway").

use std::path::PathBuf;

use causeway_api::{View, Wish};
use causeway_engine::log;
use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use percent_encoding::percent_decode_str;
use tracing::level_filters::LevelFilter;

/// Bridges Lync / Skype for Business Server and XMPP, and answers `causewayctl`.
///
/// Without options it starts the agent, which stays in the foreground until it is told to end; where one runs on that
/// data directory already, its window is opened. SIGTERM and Ctrl-C are the same as `--quit`.
#[derive(Clone, Debug, Parser)]
#[command(name = "causeway", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Takes the place of the user's configuration file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// State, history and queue; created where it is missing
    #[cfg_attr(unix, doc = "[default: $XDG_DATA_HOME/causeway]")]
    #[cfg_attr(windows, doc = r"[default: %LOCALAPPDATA%\Causeway]")]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Open the window, at this view
    #[arg(long, value_name = "VIEW", num_args = 0..=1, default_missing_value = "chats",
        value_parser = PossibleValuesParser::new(VIEWS).try_map(|view| view.parse::<View>()))]
    pub(crate) show: Option<View>,

    /// Started with the session: opens no window, unless the desktop has no tray
    #[arg(long, conflicts_with_all = ["show", "uri"])]
    pub(crate) autostart: bool,

    /// End the running agent after its queue is on disk, and wait for its end
    #[arg(long, conflicts_with_all = ["show", "autostart", "uri"])]
    pub(crate) quit: bool,

    /// What is told on stderr
    #[arg(long, value_name = "LEVEL", default_value = "info",
        value_parser = PossibleValuesParser::new(log::LEVELS).try_map(|level| level.parse::<LevelFilter>()))]
    pub(crate) log: LevelFilter,

    /// Open the chat with this person: `sip:…`, `im:…` or `xmpp:…`
    #[arg(value_name = "URI", value_parser = chat_uri)]
    pub(crate) uri: Option<String>,
}

const EXAMPLES: &str = "Examples:
  causeway
  causeway --data-dir /srv/causeway --config /srv/causeway.toml --log debug
  causeway --quit";

/// Views that are a place of their own.
const VIEWS: [&str; 6] = ["chats", "people", "meetings", "bridge", "settings", "check"];

impl Args {
    /// What the window is to show; `None` where it is not asked for.
    pub(crate) fn wish(&self) -> Option<Wish> {
        match (&self.uri, self.show) {
            (Some(address), _) => Some(Wish::chat(address)),
            (None, Some(view)) => Some(Wish::page(view)),
            (None, None) => None,
        }
    }
}

/// The address in a URI that another program handed over (RFC 3261 section 19, RFC 3860, RFC 5122): without parameters,
/// headers and resource.
fn chat_uri(text: &str) -> Result<String, String> {
    const EXPECTED: &str = "expected sip:…, im:… or xmpp:…";
    let (scheme, rest) = text.split_once(':').ok_or(EXPECTED)?;
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.trim_start_matches("//");
    let ends: &[char] = if scheme == "xmpp" {
        &['?', '#', '/']
    } else {
        &['?', '#', ';']
    };
    let address = rest.split(ends).next().unwrap_or_default();
    let address = percent_decode_str(address)
        .decode_utf8()
        .map_err(|_| EXPECTED)?;
    let is_address = address
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    if !is_address || address.chars().any(char::is_control) || address.len() > 1024 {
        return Err(EXPECTED.into());
    }
    match scheme.as_str() {
        "sip" | "xmpp" => Ok(format!("{scheme}:{address}")),
        // Either network: it is looked up on both.
        "im" => Ok(address.into_owned()),
        _ => Err(EXPECTED.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, clap::error::ErrorKind> {
        Args::try_parse_from(line.split_whitespace()).map_err(|error| error.kind())
    }

    #[test]
    fn the_definition_holds_together() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn show_goes_with_and_without_a_view() {
        assert_eq!(parse("causeway").unwrap().show, None);
        assert_eq!(parse("causeway --show").unwrap().show, Some(View::Chats));
        assert_eq!(
            parse("causeway --show people").unwrap().show,
            Some(View::People)
        );
        assert!(parse("causeway --show everything").is_err());
    }

    #[test]
    fn a_chat_is_opened_by_the_three_schemes_only() {
        for (uri, address) in [
            ("sip:bob@contoso.example", "sip:bob@contoso.example"),
            (
                "sip:bob@contoso.example;transport=tls?subject=x",
                "sip:bob@contoso.example",
            ),
            ("IM:bob@contoso.example", "bob@contoso.example"),
            (
                "xmpp:carol@xmpp.example/home?message;body=hi",
                "xmpp:carol@xmpp.example",
            ),
            ("xmpp:d%C3%B6rte@xmpp.example", "xmpp:dörte@xmpp.example"),
        ] {
            let args = parse(&format!("causeway {uri}")).unwrap();
            assert_eq!(args.uri.as_deref(), Some(address));
            assert_eq!(args.wish(), Some(Wish::chat(address)));
        }
        for uri in [
            "bob@contoso.example",
            "http://contoso.example",
            "sip:contoso.example",
            "xmpp:@xmpp.example",
            "im:a%0Ab@contoso.example",
            "im:%FF@contoso.example",
        ] {
            assert!(parse(&format!("causeway {uri}")).is_err(), "{uri}");
        }
    }

    #[test]
    fn quitting_goes_with_nothing_that_opens() {
        assert!(parse("causeway --quit --data-dir /tmp/x").is_ok());
        for line in [
            "causeway --quit --show",
            "causeway --quit sip:bob@contoso.example",
            "causeway --autostart --show",
        ] {
            assert_eq!(
                parse(line).unwrap_err(),
                clap::error::ErrorKind::ArgumentConflict
            );
        }
    }
}
