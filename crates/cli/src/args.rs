//! The command line (contract.md, "causewayctl").

use std::path::PathBuf;
use std::time::Duration;

use causeway_api::{Code, Settable};
use causeway_engine::log;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as Options, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::{Timestamp, Zoned};
use tracing::level_filters::LevelFilter;

use crate::until;

/// Lync / Skype for Business Server and XMPP from the command line.
///
/// Speaks to the Causeway that runs on the data directory; where none runs, signs in itself for as long as the command
/// takes, without changing your presence.
#[derive(Clone, Debug, Parser)]
#[command(name = "causewayctl", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXIT_CODES: &str = "Exit codes:
  0 done   1 failed   2 wrong usage or configuration   3 sign-in refused   4 server not reachable
  5 not allowed   6 time limit   7 accepted, but not delivered   130 interrupted

Example:
  causewayctl --json contacts";

/// What every command takes, before or after its name.
#[derive(Clone, Debug, Options)]
pub(crate) struct Global {
    /// Takes the place of the user's configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// State, history and queue; created where it is missing
    #[cfg_attr(unix, doc = "[default: $XDG_DATA_HOME/causeway]")]
    #[cfg_attr(windows, doc = r"[default: %LOCALAPPDATA%\Causeway]")]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Results and errors as JSON on stdout; streams as one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// What is told on stderr
    #[arg(long, global = true, value_name = "LEVEL", default_value = "error",
        value_parser = PossibleValuesParser::new(log::LEVELS).try_map(|level| level.parse::<LevelFilter>()))]
    pub(crate) log: LevelFilter,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Verb {
    /// Walk the sign-in ladder of both sides, step by step
    ///
    /// Uses connections of its own and stops at the first failure of each side.
    #[command(after_help = "Example:\n  causewayctl check")]
    Check,

    /// Write a report for a help desk: logs, configuration, versions, a check; nothing secret
    ///
    /// Addresses of people and names of servers are in it: look through it before you send it to somebody outside of your
    /// organisation.
    #[command(after_help = "Example:\n  causewayctl diagnose report.zip")]
    Diagnose {
        /// The archive, or a directory for it
        #[arg(value_name = "FILE.zip")]
        file: PathBuf,
        /// Replace a file of that name
        #[arg(long)]
        force: bool,
    },

    /// Show the people of both networks with their presence, or change the contact lists
    #[command(
        after_help = "Examples:\n  causewayctl --json contacts | jq -r '.people[].name'\n  causewayctl contacts add sip:bob@contoso.example --group Team"
    )]
    Contacts {
        /// Without one: show them
        #[command(subcommand)]
        verb: Option<ContactsVerb>,
    },

    /// Show the presence of anyone, in the contact list or not
    #[command(
        after_help = "Example:\n  causewayctl presence sip:bob@contoso.example carol@xmpp.example"
    )]
    Presence {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(required = true, value_name = "ADDRESS", value_parser = address)]
        addresses: Vec<String>,
    },

    /// Show or set your own status
    #[command(subcommand)]
    Status(StatusVerb),

    /// Send a text and wait for its outcome
    #[command(
        after_help = "Examples:\n  causewayctl send sip:bob@contoso.example 'On my way'\n  uptime | causewayctl send carol@xmpp.example -"
    )]
    Send {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
        /// The text; `-` reads it from stdin
        text: String,
        /// Have the running Causeway send it when its reader is available or busy, and no longer offline, away or not
        /// to be disturbed
        #[arg(long)]
        when_back: bool,
    },

    /// Show what happens, as it happens: first everything known, then every change
    #[command(
        after_help = "Example:\n  causewayctl --json watch --for 60 | jq 'select(.kind == \"message\")'"
    )]
    Watch {
        /// End after so many seconds
        #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
        time: Option<Duration>,
    },

    /// Search the directory of the Lync side
    #[command(after_help = "Example:\n  causewayctl search 'bob smith'")]
    Search {
        /// Name, address or number, or a part of it
        #[arg(value_parser = search_text)]
        text: String,
    },

    /// Bridge between your accounts without a screen
    #[command(subcommand)]
    Bridge(BridgeVerb),

    /// Show, check and change the configuration
    #[command(subcommand)]
    Config(ConfigVerb),

    /// Store passwords in the key store of the system
    ///
    /// Asks for the password of each configured account that has no password file. Nothing is sent to a server.
    #[command(
        after_help = "Examples:\n  causewayctl login\n  pass show contoso | causewayctl login --side lync --password-stdin"
    )]
    Login {
        /// Only this account
        #[arg(long)]
        side: Option<Account>,
        /// Read passwords from stdin, one a line, the Lync account first
        #[arg(long)]
        password_stdin: bool,
    },

    /// Delete stored passwords from the key store of the system
    #[command(after_help = "Example:\n  causewayctl logout --side xmpp")]
    Logout {
        /// Only this account
        #[arg(long)]
        side: Option<Account>,
    },

    /// Explain a code: what one sees, the cause, what to do, what an administrator checks
    #[command(after_help = "Example:\n  causewayctl explain CW-1201")]
    Explain {
        /// Such as `CW-1201`
        #[arg(value_parser = code)]
        code: Code,
    },

    /// Print a script with which a shell completes these commands
    #[command(
        after_help = "Example:\n  causewayctl completion bash > ~/.local/share/bash-completion/completions/causewayctl"
    )]
    Completion {
        /// Which shell
        shell: Shell,
    },
}

/// `contacts …`
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ContactsVerb {
    /// Put somebody into the contact list, or into one more group of it
    ///
    /// An XMPP contact is asked for their presence too.
    #[command(
        after_help = "Examples:\n  causewayctl contacts add sip:bob@contoso.example --group Team\n  causewayctl contacts add xmpp:carol@xmpp.example --name Carol"
    )]
    Add {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
        /// Made where there is none of this name
        #[arg(long, value_name = "NAME", value_parser = group)]
        group: Option<String>,
        /// Name in the XMPP contact list; in Lync the directory has the names
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },

    /// Take somebody out of the contact list, or out of one group
    ///
    /// In XMPP neither sees the other any more.
    #[command(after_help = "Example:\n  causewayctl contacts remove sip:bob@contoso.example")]
    Remove {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
        /// Only out of this group; who is in no other one leaves a Lync list with it
        #[arg(long, value_name = "NAME", value_parser = group)]
        group: Option<String>,
    },

    /// Move somebody from group to group
    #[command(
        after_help = "Example:\n  causewayctl contacts move sip:bob@contoso.example --group Friends"
    )]
    Move {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
        /// Into this one, made where there is none of this name
        #[arg(long, value_name = "NAME", value_parser = group)]
        group: String,
        /// Only out of this one; without it out of all others
        #[arg(long, value_name = "NAME", value_parser = group)]
        from: Option<String>,
    },

    /// Let nothing of a person through any more, on every network where they have an address
    ///
    /// The servers block them for every client of the account; nothing crosses the bridge from them or to them. A request
    /// of theirs to see you is refused with it.
    #[command(after_help = "Example:\n  causewayctl contacts block xmpp:mallory@xmpp.example")]
    Block {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
    },

    /// Let somebody through again who was blocked
    #[command(after_help = "Example:\n  causewayctl contacts unblock xmpp:mallory@xmpp.example")]
    Unblock {
        /// `sip:bob@contoso.example`, `xmpp:carol@xmpp.example`, or without scheme (looked up on both sides)
        #[arg(value_parser = address)]
        address: String,
    },

    /// Show what people may see of you, or change it for one of them
    ///
    /// In Lync everybody has a level; in XMPP somebody is blocked or not.
    #[command(
        after_help = "Examples:\n  causewayctl --json contacts privacy\n  causewayctl contacts privacy sip:bob@contoso.example workgroup"
    )]
    Privacy {
        /// `sip:bob@contoso.example`, or without scheme; without one everybody of whom it is known
        #[arg(value_parser = address)]
        address: Option<String>,
        /// The new one; `usual` gives back what the server gives by itself
        #[arg(value_enum)]
        level: Option<LevelWord>,
    },

    /// Show the groups of both lists, and whether the lists can be changed
    #[command(after_help = "Example:\n  causewayctl --json contacts groups")]
    Groups,

    /// Show who is in a group of the directory
    #[command(after_help = "Example:\n  causewayctl contacts members staff@contoso.example")]
    Members {
        /// `staff@contoso.example`; `search` finds them
        #[arg(value_parser = address)]
        address: String,
    },

    /// Put a group of the directory into the Lync list
    #[command(after_help = "Example:\n  causewayctl contacts add-group staff@contoso.example")]
    AddGroup {
        /// `staff@contoso.example`; `search` finds them
        #[arg(value_parser = address)]
        address: String,
    },

    /// Take a group of the directory out of the Lync list
    #[command(after_help = "Example:\n  causewayctl contacts remove-group staff@contoso.example")]
    RemoveGroup {
        /// `staff@contoso.example`
        #[arg(value_parser = address)]
        address: String,
    },

    /// Make a group without members in the Lync list
    #[command(after_help = "Example:\n  causewayctl contacts create-group Friends")]
    CreateGroup {
        /// Its name
        #[arg(value_parser = group)]
        name: String,
    },

    /// Give a group another name, in both lists
    #[command(after_help = "Example:\n  causewayctl contacts rename-group Friends Crew")]
    RenameGroup {
        /// The name that it has
        name: String,
        /// The new one
        #[arg(value_parser = group)]
        to: String,
    },

    /// Delete a group in both lists; its members stay contacts
    #[command(after_help = "Example:\n  causewayctl contacts delete-group Crew")]
    DeleteGroup {
        /// Its name
        name: String,
    },
}

/// What somebody may see of you.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelWord {
    /// Name, title, mail address and availability
    External,
    /// What people of your organisation have: no meeting details and no private numbers
    Colleagues,
    /// The same, and they may interrupt "do not disturb"
    Workgroup,
    /// Everything
    FriendsAndFamily,
    /// Nothing, and they reach you no more
    Blocked,
    /// What the server gives by itself
    Usual,
}

/// `status …`
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum StatusVerb {
    /// Show your own status and why it is so
    #[command(after_help = "Example:\n  causewayctl status get")]
    Get,

    /// Set your own status
    #[command(
        after_help = "Example:\n  causewayctl status set do-not-disturb --until 15:00 --note 'Writing'"
    )]
    Set {
        /// What others see
        value: Status,
        /// Until this local time, then automatic again: `15:00` (the next one) or `2026-12-24T10:00`
        #[arg(long, value_name = "TIME", value_parser = time_to_come)]
        until: Option<Timestamp>,
        /// Personal note; an empty one removes it
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },

    /// Let your status follow what you do again
    #[command(after_help = "Example:\n  causewayctl status reset")]
    Reset,
}

/// `bridge …`
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum BridgeVerb {
    /// Sign in on both sides and bridge until interrupted; prints what happens
    #[command(
        after_help = "Example:\n  causewayctl bridge run --config /srv/causeway.toml --data-dir /srv/causeway"
    )]
    Run,
}

/// `config …`
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Show every key with its value and where that came from
    #[command(after_help = "Example:\n  causewayctl config show")]
    Show,

    /// Name everything that is wrong with the configuration files
    #[command(after_help = "Example:\n  causewayctl config check --config ./causeway.toml")]
    Check,

    /// Print the JSON schema of the configuration file
    #[command(after_help = "Example:\n  causewayctl config schema > causeway.schema.json")]
    Schema,

    /// Change a key of the user's file
    #[command(after_help = "Example:\n  causewayctl config set lync.address anna@contoso.example")]
    Set {
        /// Such as `lync.address`; `config show` lists all
        key: String,
        /// The new value; an empty one says that there is none
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

/// An own status as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Status {
    Available,
    Busy,
    DoNotDisturb,
    BeRightBack,
    Away,
    OffWork,
}

impl From<Status> for Settable {
    fn from(status: Status) -> Self {
        match status {
            Status::Available => Self::Available,
            Status::Busy => Self::Busy,
            Status::DoNotDisturb => Self::DoNotDisturb,
            Status::BeRightBack => Self::BeRightBack,
            Status::Away => Self::Away,
            Status::OffWork => Self::OffWork,
        }
    }
}

/// One of the two accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Account {
    Lync,
    Xmpp,
}

const ADDRESS: &str =
    "expected sip:bob@contoso.example, xmpp:carol@xmpp.example or bob@contoso.example";

/// Only the shape; what an address means is decided where it is used.
fn address(text: &str) -> Result<String, String> {
    let bare = match text.split_once(':') {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("xmpp") =>
        {
            rest
        }
        Some(_) => return Err(ADDRESS.into()),
        None => text,
    };
    match bare.split_once('@') {
        Some((local, domain))
            if !local.is_empty() && !domain.is_empty() && !bare.contains(char::is_whitespace) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(ADDRESS.into()),
    }
}

/// As printed, or as somebody reads it to the help desk: `cw-1201`, `1201`.
fn code(text: &str) -> Result<Code, String> {
    let digits = text.trim().to_ascii_uppercase();
    let digits = digits.strip_prefix("CW-").unwrap_or(&digits);
    Code::ALL
        .iter()
        .find(|code| code.as_str().strip_prefix("CW-") == Some(digits))
        .copied()
        .ok_or_else(|| "there is no such code; they look like CW-1201".into())
}

fn search_text(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("expected at least one character".into()),
        text if text.chars().count() > 256 => Err("expected at most 256 characters".into()),
        text => Ok(text.to_owned()),
    }
}

fn group(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("expected a name".into()),
        name if name.chars().count() > 256 => Err("expected at most 256 characters".into()),
        name => Ok(name.to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a number of seconds such as 60 or 0.5".into())
}

fn time_to_come(text: &str) -> Result<Timestamp, String> {
    until::parse(text, &Zoned::now())
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &[&str]) -> Result<Args, ErrorKind> {
        Args::try_parse_from([&["causewayctl"], line].concat()).map_err(|error| error.kind())
    }

    fn check(line: &[&str], expected: impl FnOnce(Verb) -> bool) {
        let args = parse(line).unwrap();
        assert!(expected(args.verb.clone()), "{line:?} became {args:?}");
    }

    fn refused(line: &[&str], kind: ErrorKind) {
        assert_eq!(parse(line).unwrap_err(), kind, "{line:?}");
    }

    #[test]
    fn the_definition_holds_together() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_and_after_the_verb() {
        for line in [
            ["--json", "contacts", "--data-dir", "/d"],
            ["contacts", "--data-dir", "/d", "--json"],
        ] {
            let global = parse(&line).unwrap().global;
            assert!(global.json);
            assert_eq!(global.data_dir, Some("/d".into()));
        }
        refused(&["--log", "loud", "contacts"], ErrorKind::InvalidValue);
        refused(
            &["contacts", "add", "bob@contoso.example", "--group", " "],
            ErrorKind::ValueValidation,
        );
    }

    #[test]
    fn every_verb_of_this_version_is_understood() {
        check(&["check"], |verb| matches!(verb, Verb::Check));
        check(&["contacts"], |verb| {
            matches!(verb, Verb::Contacts { verb: None })
        });
        check(
            &["contacts", "move", "bob@contoso.example", "--group", "Team"],
            |verb| matches!(verb, Verb::Contacts { verb: Some(ContactsVerb::Move { group, from: None, .. }) } if group == "Team"),
        );
        check(&["status", "get"], |verb| {
            matches!(verb, Verb::Status(StatusVerb::Get))
        });
        check(&["status", "reset"], |verb| {
            matches!(verb, Verb::Status(StatusVerb::Reset))
        });
        check(&["bridge", "run"], |verb| {
            matches!(verb, Verb::Bridge(BridgeVerb::Run))
        });
        check(
            &["config", "set", "history.days", "-1"],
            |verb| matches!(verb, Verb::Config(ConfigVerb::Set { value, .. }) if value == "-1"),
        );
        check(
            &["completion", "zsh"],
            |verb| matches!(verb, Verb::Completion { shell } if shell == Shell::Zsh),
        );
        check(&["login", "--password-stdin"], |verb| {
            matches!(
                verb,
                Verb::Login {
                    side: None,
                    password_stdin: true
                }
            )
        });
        check(
            &["watch", "--for", "1.5"],
            |verb| matches!(verb, Verb::Watch { time } if time == Some(Duration::from_millis(1500))),
        );
    }

    #[test]
    fn every_status_of_the_contract_can_be_set_and_no_other() {
        for value in [
            "available",
            "busy",
            "do-not-disturb",
            "be-right-back",
            "away",
            "off-work",
        ] {
            let args = parse(&["status", "set", value]).unwrap();
            let Verb::Status(StatusVerb::Set { value: status, .. }) = args.verb else {
                panic!("not a status")
            };
            let spelled = serde_json::to_value(Settable::from(status)).unwrap();
            assert_eq!(spelled, value);
        }
        refused(&["status", "set", "offline"], ErrorKind::InvalidValue);
    }

    #[test]
    fn a_dash_stands_for_stdin() {
        check(
            &["send", "bob@contoso.example", "-"],
            |verb| matches!(verb, Verb::Send { text, .. } if text == "-"),
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for right in [
            "bob@contoso.example",
            "sip:bob@contoso.example",
            "SIP:bob@contoso.example",
            "xmpp:carol@xmpp.example",
        ] {
            assert!(address(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "bob",
            "@contoso.example",
            "bob@",
            "tel:+49301234",
            "mailto:bob@contoso.example",
            "bob smith@contoso.example",
        ] {
            assert_eq!(address(wrong).unwrap_err(), ADDRESS, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_understood_as_people_say_it() {
        for text in ["CW-1201", "cw-1201", " 1201 "] {
            assert_eq!(code(text), Ok(Code::PasswordRefused), "{text}");
        }
        for wrong in ["", "CW-", "CW-0000", "12"] {
            assert!(code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wrong_numbers_of_seconds_are_refused() {
        for wrong in ["", "soon", "-1", "1e300", "NaN", "inf"] {
            refused(
                &["watch", &format!("--for={wrong}")],
                ErrorKind::ValueValidation,
            );
        }
    }

    #[test]
    fn verbs_of_later_versions_are_not_offered() {
        for verb in ["meeting", "gateway"] {
            refused(&[verb], ErrorKind::InvalidSubcommand);
        }
    }
}
