//! How a line of the transcript looks.

use std::io::IsTerminal as _;
use std::sync::LazyLock;

use jiff::Zoned;

/// The network in which something was seen.
#[derive(Clone, Copy)]
pub(crate) enum Network {
    Lync,
    Xmpp,
}

static COLOUR: LazyLock<bool> = LazyLock::new(|| {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
});

/// A text or a change of presence.
pub(crate) fn line(network: Network, who: &str, what: &str) {
    let (name, colour) = match network {
        Network::Lync => ("Lync", "34"),
        Network::Xmpp => ("XMPP", "32"),
    };
    let time = Zoned::now().strftime("%H:%M:%S");
    // The lines of a text stand below each other.
    let what = what.replace('\n', "\n                ");
    if *COLOUR {
        println!("{time}  \x1b[{colour}m{name}\x1b[0m  \x1b[1m{who}\x1b[0m {what}");
    } else {
        println!("{time}  {name}  {who} {what}");
    }
}

/// What the person at the terminal should know.
pub(crate) fn aside(text: &str) {
    println!("{text}");
}
