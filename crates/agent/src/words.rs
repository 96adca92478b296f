//! What the tray and notifications say, in the languages that are complete.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_segmentation::UnicodeSegmentation;

use crate::desktop;

/// A language of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// The language of this session: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says something (POSIX, chapter 8.2), else what
    /// the desktop says.
    pub(crate) fn of_session() -> Self {
        let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .or_else(desktop::language);
        Self::of(&said.unwrap_or_default())
    }

    fn of(locale: &str) -> Self {
        match locale.split(['_', '.', '@', '-']).next() {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }
}

/// Language and time zone of the reader.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) language: Language,
    pub(crate) zone: TimeZone,
}

impl Reader {
    pub(crate) fn of_session() -> Self {
        Self {
            language: Language::of_session(),
            zone: TimeZone::system(),
        }
    }

    /// The text in the reader's language.
    pub(crate) fn say(&self, word: Word) -> &'static str {
        word.text(self.language)
    }

    /// The text with `{}` filled in.
    pub(crate) fn fill(&self, word: Word, with: &str) -> String {
        self.say(word).replacen("{}", with, 1)
    }

    /// The text with a number in it, in the form for one or for any other number.
    pub(crate) fn count(&self, one: Word, other: Word, count: u32) -> String {
        self.fill(if count == 1 { one } else { other }, &count.to_string())
    }

    /// `15:00`, with the day where it is not `now`'s.
    pub(crate) fn clock(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (
            at.to_zoned(self.zone.clone()),
            now.to_zoned(self.zone.clone()),
        );
        let format = match (at.date() == now.date(), self.language) {
            (true, _) => "%H:%M",
            (false, Language::English) => "%-d %b %H:%M",
            (false, Language::German) => "%-d.%-m. %H:%M",
        };
        at.strftime(format).to_string()
    }
}

/// A name or text from outside for one line: cut after `most` characters as a reader counts them, line breaks as spaces,
/// and characters that change the direction of what follows shown as their number.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let mut graphemes = text.graphemes(true);
    let mut plain = String::new();
    for grapheme in graphemes.by_ref().take(most) {
        for character in grapheme.chars() {
            match character {
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                    plain.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
                }
                character if character.is_control() => plain.push(' '),
                character => plain.push(character),
            }
        }
    }
    if graphemes.next().is_some() {
        plain.push('…');
    }
    plain
}

macro_rules! words {
    ($($name:ident: $english:literal, $german:literal;)*) => {
        /// Every text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($name,)* }

        impl Word {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::English) => $english,
                    (Self::$name, Language::German) => $german,)*
                }
            }
        }
    };
}

words! {
    Available: "Available", "Verfügbar";
    Inactive: "Inactive", "Inaktiv";
    Busy: "Busy", "Beschäftigt";
    BusyInactive: "Busy, inactive", "Beschäftigt, inaktiv";
    DoNotDisturb: "Do not disturb", "Nicht stören";
    BeRightBack: "Be right back", "Bin gleich zurück";
    Away: "Away", "Abwesend";
    OffWork: "Off work", "Nicht bei der Arbeit";
    Offline: "Offline", "Offline";
    PresenceUnknown: "Presence unknown", "Status unbekannt";

    Titled: "Causeway — {}", "Causeway — {}";
    Watching: "watching, your status is not changed", "beobachtet, Ihr Status wird nicht geändert";
    FindingServer: "finding the server", "sucht den Server";
    CheckingCertificate: "checking the certificate", "prüft das Zertifikat";
    AskingMethods: "asking for the ways to sign in", "fragt nach den Anmeldeverfahren";
    SigningIn: "signing in", "meldet an";
    OpeningSession: "opening the session", "öffnet die Sitzung";
    LoadingContacts: "loading contacts", "lädt die Kontakte";
    WaitingForNetwork: "waiting for the network", "wartet auf das Netz";
    Reconnecting: "reconnecting", "verbindet neu";
    PasswordNeeded: "password needed", "Kennwort nötig";
    ConsentNeeded: "your consent is needed", "Ihre Zustimmung ist nötig";
    WebSignInNeeded: "sign-in on a web page needed", "Anmeldung auf einer Webseite nötig";
    CannotSignIn: "cannot sign in: {}", "Anmeldung nicht möglich: {}";
    Stopped: "stopped", "angehalten";
    SignedOut: "signed out", "abgemeldet";
    OneUnread: "{} unread", "{} ungelesen";
    ManyUnread: "{} unread", "{} ungelesen";
    BridgeOn: "bridge on", "Brücke an";
    BridgeOff: "bridge off", "Brücke aus";
    BridgePaused: "bridge paused", "Brücke pausiert";
    BridgePausedUntil: "bridge paused until {}", "Brücke pausiert bis {}";
    LyncTrouble: "Lync: {}", "Lync: {}";
    XmppTrouble: "XMPP: {}", "XMPP: {}";

    Open: "Open Causeway", "Causeway öffnen";
    Status: "Status: {}", "Status: {}";
    StatusUntil: "until {}", "bis {}";
    ResetStatus: "Reset to automatic", "Auf automatisch zurücksetzen";
    SetNote: "Set note…", "Notiz setzen…";
    SetUntil: "Set until…", "Setzen bis…";
    WatchOnly: "Watch only", "Nur beobachten";
    Unread: "Unread ({})", "Ungelesen ({})";
    MoreChats: "More…", "Weitere…";
    MarkAllRead: "Mark all as read", "Alle als gelesen markieren";
    NewMessage: "New message…", "Neue Nachricht…";
    MenuBridgeOn: "Bridge: on", "Brücke: an";
    MenuBridgePaused: "Bridge: paused", "Brücke: pausiert";
    MenuBridgePausedUntil: "Bridge: paused until {}", "Brücke: pausiert bis {}";
    Pause15: "Pause 15 min", "15 min pausieren";
    Pause60: "Pause 1 h", "1 Std. pausieren";
    UntilTomorrow: "Until tomorrow", "Bis morgen";
    UntilResumed: "Until I resume", "Bis ich fortsetze";
    Resume: "Resume", "Fortsetzen";
    PauseNotifications: "Pause notifications", "Benachrichtigungen pausieren";
    NotificationsPausedUntil: "Notifications paused until {}", "Benachrichtigungen pausiert bis {}";
    For30: "30 min", "30 min";
    For60: "1 h", "1 Std.";
    Settings: "Settings…", "Einstellungen…";
    Help: "Help", "Hilfe";
    CheckSetup: "Check my set-up…", "Einrichtung prüfen…";
    ExportDiagnostics: "Export diagnostics…", "Diagnose speichern…";
    About: "About", "Über Causeway";
    SignIn: "Sign in", "Anmelden";
    SignOut: "Sign out…", "Abmelden…";
    CancelSignIn: "Cancel sign-in", "Anmeldung abbrechen";
    Quit: "Quit (bridge stops)", "Beenden (Brücke hält an)";

    NewText: "New message", "Neue Nachricht";
    NewMessages: "{} new messages", "{} neue Nachrichten";
    NewMessagesInChats: "New messages in {} chats", "Neue Nachrichten in {} Chats";
    Reply: "Reply", "Antworten";
    MarkRead: "Mark as read", "Als gelesen markieren";
    Accept: "Accept", "Annehmen";
    Decline: "Decline", "Ablehnen";
    IsAvailable: "{} is available", "{} ist verfügbar";
    WantsToSeeYou: "{} wants to see when you are available", "{} möchte Ihren Status sehen";
    OpenTheWindow: "Open", "Öffnen";
    NeedsPassword: "{} needs your password", "{} braucht Ihr Kennwort";
    TypeIt: "Open Causeway to type it.", "Öffnen Sie Causeway, um es einzugeben.";
    RefusedPassword: "{} did not accept your password", "{} hat Ihr Kennwort nicht angenommen";
    TypeItAgain: "Open Causeway to type it again.", "Öffnen Sie Causeway, um es noch einmal einzugeben.";
    NeedsDecision: "{} needs your decision", "{} braucht Ihre Entscheidung";
    UnknownIssuer: "The server's certificate comes from an unknown issuer. Open Causeway to see what can be done.", "Das Zertifikat des Servers kommt von einem unbekannten Aussteller. Öffnen Sie Causeway, um zu sehen, was zu tun ist.";
    ForeignHost: "The sign-in leads to a server of another domain. Open Causeway to say whether you trust it.", "Die Anmeldung führt zu einem Server einer anderen Domäne. Öffnen Sie Causeway, um zu sagen, ob Sie ihm vertrauen.";
    NeedsWebSignIn: "{} wants you to sign in on a web page", "{} möchte, dass Sie sich auf einer Webseite anmelden";
    OpenForPage: "Open Causeway to go there.", "Öffnen Sie Causeway, um dorthin zu gelangen.";
    CannotSignInTo: "Signing in to {} is not possible", "Die Anmeldung bei {} ist nicht möglich";
    OpenToSeeWhy: "Open Causeway to see why, and what can be done.", "Öffnen Sie Causeway, um zu sehen, woran es liegt und was zu tun ist.";
    LyncLost: "The connection to Lync is lost", "Die Verbindung zu Lync ist abgebrochen";
    XmppLost: "The connection to XMPP is lost", "Die Verbindung zu XMPP ist abgebrochen";
    TriesAgain: "Causeway tries again by itself. Messages are sent when it is back.", "Causeway versucht es von selbst wieder. Nachrichten werden gesendet, sobald sie wieder steht.";
    LyncBack: "The connection to Lync is back", "Die Verbindung zu Lync steht wieder";
    XmppBack: "The connection to XMPP is back", "Die Verbindung zu XMPP steht wieder";
    RunsInTray: "Causeway keeps running in the tray", "Causeway läuft im Infobereich weiter";
    ClosingHides: "Closing only hides the window. A click on the icon brings it back.", "Das Schließen blendet das Fenster nur aus. Ein Klick auf das Symbol holt es zurück.";
    GoesOn: "Causeway keeps running", "Causeway läuft weiter";
    QuitInstead: "Quit instead", "Stattdessen beenden";
    AlwaysQuit: "Always quit on close", "Beim Schließen immer beenden";
    NoTrayAnyMore: "The tray is gone", "Der Infobereich ist weg";
    TestTitle: "This is a test", "Das ist ein Test";
    TestBody: "Causeway can show notifications on this desktop.", "Causeway kann auf diesem Desktop Benachrichtigungen zeigen.";
    RunsOn: "Causeway keeps running in the background; open it from here or from the application menu.", "Causeway läuft im Hintergrund weiter; öffnen Sie es von hier oder aus dem Anwendungsmenü.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_stands_in_both_languages_and_takes_the_same_things() {
        for word in Word::ALL {
            let (english, german) = (word.text(Language::English), word.text(Language::German));
            assert!(!english.is_empty() && !german.is_empty(), "{word:?}");
            assert_eq!(
                english.matches("{}").count(),
                german.matches("{}").count(),
                "{word:?}"
            );
        }
    }

    #[test]
    fn the_language_is_the_one_of_the_session() {
        assert_eq!(Language::of("de_AT.UTF-8"), Language::German);
        assert_eq!(Language::of("de"), Language::German);
        assert_eq!(Language::of("C.UTF-8"), Language::English);
        assert_eq!(Language::of("den_CA"), Language::English);
    }

    #[test]
    fn names_cannot_turn_the_direction_or_break_the_line_and_are_cut_between_characters() {
        assert_eq!(plain("Anna\u{202e}gpj.exe\n", 99), "Anna\\u{202e}gpj.exe ");
        assert_eq!(plain("👩‍👩‍👧👩‍👩‍👧x", 2), "👩‍👩‍👧👩‍👩‍👧…");
    }

    #[test]
    fn a_time_of_another_day_is_said_with_its_day() {
        let reader = Reader {
            language: Language::German,
            zone: TimeZone::UTC,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-25T14:00:00Z");
        assert_eq!(reader.clock(at("2026-11-25T15:00:00Z"), now), "15:00");
        assert_eq!(
            reader.clock(at("2026-11-26T08:00:00Z"), now),
            "26.11. 08:00"
        );
    }
}
