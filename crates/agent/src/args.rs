//! The command line (contract.md, "causeway").

use std::path::PathBuf;

use causeway_engine::log;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, ValueEnum};
use tracing::level_filters::LevelFilter;

/// Bridges Lync / Skype for Business Server and XMPP, and answers `causewayctl`.
///
/// Without options it starts the agent, which stays in the foreground until it is told to end; where one runs on that
/// data directory already, it is asked to show itself. SIGTERM and Ctrl-C are the same as `--quit`.
#[derive(Clone, Debug, Parser)]
#[command(name = "causeway", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Takes the place of the user's configuration file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// State, history and queue; created where it is missing [default: $XDG_DATA_HOME/causeway]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Open the window, at this view
    #[arg(long, value_name = "VIEW", num_args = 0..=1, default_missing_value = "chats")]
    pub(crate) show: Option<View>,

    /// Started with the session: never opens a window
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

/// A view of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    Chats,
    People,
    Meetings,
    Bridge,
    Settings,
    Check,
}

fn chat_uri(text: &str) -> Result<String, String> {
    let scheme = text
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("sip" | "im" | "xmpp") => Ok(text.to_owned()),
        _ => Err("expected sip:…, im:… or xmpp:…".into()),
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
        for uri in [
            "sip:bob@contoso.example",
            "IM:bob@contoso.example",
            "xmpp:carol@xmpp.example",
        ] {
            assert_eq!(
                parse(&format!("causeway {uri}")).unwrap().uri.as_deref(),
                Some(uri)
            );
        }
        for uri in ["bob@contoso.example", "http://contoso.example"] {
            assert!(parse(&format!("causeway {uri}")).is_err());
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
