//! What is worth a notification and what it says (ux.md section 8). Pure: what happened and when goes in, orders come out.

use std::collections::{BTreeMap, HashMap};

use causeway_api::{
    Availability, Code, Direction, Event, Kind, Looking, OwnStatus, Problem, Side, SideState, YesNo,
};
use jiff::{SignedDuration, Timestamp};

use super::choice::Content;
use crate::closing;
use crate::scene::Scene;
use crate::words::{Reader, Word, plain};

/// A chat that was quiet for so long may make a sound again.
const QUIET: SignedDuration = SignedDuration::from_secs(30);
/// A connection that is back sooner is not worth a word.
const LOST: SignedDuration = SignedDuration::from_mins(2);
/// Chats with a notification of their own; more of them share one.
const MOST_CHATS: usize = 5;
/// Texts that wait for their chat to become unread; they come in the same moment.
const MOST_WAITING: usize = 256;
/// Characters of a title.
const TITLE: usize = 120;
/// Characters of a body.
const BODY: usize = 240;

/// What a notification is about. There is one at a time about each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A chat, by its conversation id.
    Chat(String),
    /// Chats that have none of their own.
    Chats,
    /// Somebody asks for our person's presence.
    Request(String),
    /// Somebody of whom our person wanted to know it became available.
    Person(String),
    /// A side that needs the person, or whose connection is lost or back.
    Side(Side),
    /// The tray went away.
    Tray,
    /// A person closed the window.
    Hidden,
    /// A person wanted to see one.
    Test,
}

/// What is to be shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Banner {
    pub(crate) subject: Subject,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) sound: bool,
    /// It stays until the person has seen it.
    pub(crate) stays: bool,
    pub(crate) buttons: Vec<Button>,
}

impl std::fmt::Debug for Banner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Banner")
            .field("subject", &self.subject)
            .field("title", &format_args!("{} bytes", self.title.len()))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("sound", &self.sound)
            .finish_non_exhaustive()
    }
}

/// What can be pressed besides the notification itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Button {
    Reply,
    MarkRead,
    Accept,
    Decline,
    Open,
    /// Quit, where closing only hid the window.
    QuitInstead,
    /// That, and from now on.
    AlwaysQuit,
}

/// What to do on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Show(Banner),
    Withdraw(Subject),
}

impl Order {
    pub(crate) fn subject(&self) -> &Subject {
        match self {
            Self::Show(banner) => &banner.subject,
            Self::Withdraw(subject) => subject,
        }
    }
}

/// The silence rule: nothing is shown while the person does not want to be disturbed.
pub(crate) fn is_silent(
    own: Option<&OwnStatus>,
    quiet_until: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let disturbed = own.is_some_and(|own| {
        own.availability == Availability::DoNotDisturb
            || own.activity.as_deref() == Some("presenting")
    });
    disturbed || quiet_until.is_some_and(|until| until > now)
}

/// What was shown, and what may have to be.
#[derive(Debug, Default)]
pub(crate) struct Banners {
    /// The last text of each chat that was told and not yet counted as unread.
    waiting: HashMap<String, Text>,
    chats: HashMap<String, Shown>,
    /// Chats that share the common notification.
    crowd: HashMap<String, u32>,
    links: BTreeMap<&'static str, Link>,
    /// The window was to be seen when that was told last.
    window_shown: bool,
}

struct Text {
    name: String,
    text: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} bytes)", self.text.len())
    }
}

#[derive(Debug)]
struct Shown {
    texts: u32,
    last: Timestamp,
}

#[derive(Debug, Default)]
struct Link {
    was_ready: bool,
    lost_since: Option<Timestamp>,
    told: bool,
    needs: Option<Need>,
}

/// What a side needs of the person, as title and body.
type Need = (Word, Word);

/// Everything that decides besides what happened.
pub(crate) struct View<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) looking: &'a Looking,
    pub(crate) reader: &'a Reader,
    pub(crate) now: Timestamp,
}

impl View<'_> {
    fn silent(&self) -> bool {
        let own = self.scene.own();
        let time = self.now.to_zoned(self.reader.zone.clone()).time();
        is_silent(own, self.scene.quiet_until, self.now) || self.scene.choice.silences(own, time)
    }

    /// The chat is open, has the keyboard and is scrolled to its end.
    fn sees(&self, conversation: &str) -> bool {
        self.looking.focused
            && self
                .looking
                .conversations
                .iter()
                .any(|id| id == conversation)
    }
}

impl Banners {
    /// Something happened; `view` knows it already.
    pub(crate) fn take(&mut self, event: &Event, view: &View<'_>) -> Vec<Order> {
        match &event.kind {
            Kind::Message(message) if message.direction == Direction::In => {
                if self.waiting.len() >= MOST_WAITING {
                    self.waiting.clear();
                }
                let text = Text {
                    name: message.name.clone().unwrap_or_else(|| message.from.clone()),
                    text: message.text.clone(),
                };
                self.waiting.insert(message.conversation.clone(), text);
                Vec::new()
            }
            Kind::Unread {
                conversation,
                count: 0,
            } => self.read(conversation),
            Kind::Unread { conversation, .. } => self.unread(conversation, view),
            Kind::Subscription(subscription) => {
                let subject = Subject::Request(subscription.address.clone());
                if subscription.they_see_you != YesNo::Wanted {
                    return vec![Order::Withdraw(subject)];
                }
                let who = plain(&subscription.address, TITLE / 2);
                let title = view.reader.fill(Word::WantsToSeeYou, &who);
                let buttons = vec![Button::Accept, Button::Decline];
                self.unless_silent(view, subject, title, String::new(), buttons)
            }
            Kind::CameAvailable { address, name } => {
                let who = plain(name, TITLE / 2);
                let title = view.reader.fill(Word::IsAvailable, &who);
                let subject = Subject::Person(address.clone());
                self.unless_silent(view, subject, title, String::new(), Vec::new())
            }
            Kind::State { side, state, .. } => self.link(*side, *state, view),
            Kind::Message(_)
            | Kind::Person(_)
            | Kind::Presence { .. }
            | Kind::Step { .. }
            | Kind::NextTry { .. }
            | Kind::PersonGone(_)
            | Kind::ContactList(_)
            | Kind::GroupMembers(_)
            | Kind::Privacy { .. }
            | Kind::Lookout { .. }
            | Kind::Accepted { .. }
            | Kind::Delivery(_)
            | Kind::Typing { .. }
            | Kind::Conversation(_)
            | Kind::Bridge { .. }
            | Kind::Discarded { .. }
            | Kind::Notices { .. }
            | Kind::Own { .. }
            | Kind::Paused { .. }
            | Kind::Show(_)
            | Kind::Hide
            | Kind::Resync => Vec::new(),
        }
    }

    /// The person looks at something else now.
    pub(crate) fn looked(&mut self, looking: &Looking) -> Vec<Order> {
        let before_the_eyes = looking.conversations.iter().filter(|_| looking.focused);
        let mut orders: Vec<Order> = before_the_eyes.flat_map(|id| self.read(id)).collect();
        let shown_before = std::mem::replace(&mut self.window_shown, looking.shown);
        if looking.shown && !shown_before {
            // What told how to come back has been of use.
            orders.extend([Subject::Hidden, Subject::Tray].map(Order::Withdraw));
        }
        orders
    }

    /// A notification was closed on the screen.
    pub(crate) fn closed(&mut self, subject: &Subject) {
        match subject {
            Subject::Chat(conversation) => {
                self.chats.remove(conversation);
            }
            Subject::Chats => self.crowd.clear(),
            Subject::Request(_)
            | Subject::Person(_)
            | Subject::Side(_)
            | Subject::Tray
            | Subject::Hidden
            | Subject::Test => {}
        }
    }

    /// When [`Self::tick`] has something to say.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let waiting = self.links.values().filter(|link| !link.told);
        waiting
            .filter_map(|link| Some(link.lost_since? + LOST))
            .min()
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, view: &View<'_>) -> Vec<Order> {
        let mut orders = Vec::new();
        for side in [Side::Lync, Side::Xmpp] {
            let Some(link) = self.links.get_mut(name(side)) else {
                continue;
            };
            let over = link
                .lost_since
                .is_some_and(|since| since + LOST <= view.now);
            if !over || std::mem::replace(&mut link.told, true) || view.silent() {
                continue;
            }
            let word = if side == Side::Lync {
                Word::LyncLost
            } else {
                Word::XmppLost
            };
            orders.push(Order::Show(Banner {
                subject: Subject::Side(side),
                title: view.reader.say(word).into(),
                body: view.reader.say(Word::TriesAgain).into(),
                sound: false,
                stays: false,
                buttons: Vec::new(),
            }));
        }
        orders
    }

    /// The tray went away while no window is there.
    pub(crate) fn tray_gone(&mut self, view: &View<'_>) -> Vec<Order> {
        let title = view.reader.say(Word::NoTrayAnyMore).to_owned();
        let body = view.reader.say(Word::RunsOn).to_owned();
        self.unless_silent(view, Subject::Tray, title, body, vec![Button::Open])
    }

    /// A person closed the window, and Causeway goes on.
    pub(crate) fn window_closed(&mut self, view: &View<'_>, tray: bool) -> Vec<Order> {
        // What it last said of itself may come later: that it was shown must not take this away at once.
        self.window_shown = true;
        let (title, body) = if tray {
            (Word::RunsInTray, Word::ClosingHides)
        } else {
            (Word::GoesOn, Word::RunsOn)
        };
        let (title, body) = (view.reader.say(title), view.reader.say(body));
        let mut buttons = vec![Button::QuitInstead];
        if !view
            .scene
            .locked
            .iter()
            .any(|key| key == closing::Choice::KEY)
        {
            buttons.push(Button::AlwaysQuit);
        }
        self.unless_silent(view, Subject::Hidden, title.into(), body.into(), buttons)
    }

    fn unread(&mut self, conversation: &str, view: &View<'_>) -> Vec<Order> {
        let Some(Text { name, text }) = self.waiting.remove(conversation) else {
            // Counted again, not written.
            return Vec::new();
        };
        let silent = view.silent() && !view.scene.choice.always_shows(conversation);
        if silent || view.sees(conversation) {
            return Vec::new();
        }
        let already = self.chats.get(conversation);
        if already.is_none() && self.chats.len() >= MOST_CHATS {
            return self.crowd(conversation, view);
        }
        let texts = already.map_or(1, |shown| shown.texts.saturating_add(1));
        let sound = already.is_none_or(|shown| view.now.duration_since(shown.last) >= QUIET);
        let shown = Shown {
            texts,
            last: view.now,
        };
        self.chats.insert(conversation.to_owned(), shown);
        let who = plain(&name, TITLE / 2);
        let title = if texts == 1 {
            who
        } else {
            let count = view.reader.fill(Word::NewMessages, &texts.to_string());
            format!("{who} — {count}")
        };
        let (title, body) = match view.scene.choice.content {
            Content::All => (title, plain(&text, BODY)),
            Content::Name => (title, view.reader.say(Word::NewText).to_owned()),
            Content::Nothing => (view.reader.say(Word::NewText).to_owned(), String::new()),
        };
        vec![Order::Show(Banner {
            subject: Subject::Chat(conversation.to_owned()),
            title,
            body,
            sound: sound && view.scene.choice.sound,
            stays: false,
            buttons: vec![Button::Reply, Button::MarkRead],
        })]
    }

    /// So many people write at once that each notification of their own would only be in the way.
    fn crowd(&mut self, conversation: &str, view: &View<'_>) -> Vec<Order> {
        let first = self.crowd.is_empty();
        let texts = self.crowd.entry(conversation.to_owned()).or_default();
        *texts = texts.saturating_add(1);
        let chats = self.crowd.len();
        vec![Order::Show(Banner {
            subject: Subject::Chats,
            title: view
                .reader
                .fill(Word::NewMessagesInChats, &chats.to_string()),
            body: String::new(),
            sound: first && view.scene.choice.sound,
            stays: false,
            buttons: Vec::new(),
        })]
    }

    fn read(&mut self, conversation: &str) -> Vec<Order> {
        self.waiting.remove(conversation);
        let mut orders = Vec::new();
        if self.chats.remove(conversation).is_some() {
            orders.push(Order::Withdraw(Subject::Chat(conversation.to_owned())));
        }
        if self.crowd.remove(conversation).is_some() && self.crowd.is_empty() {
            orders.push(Order::Withdraw(Subject::Chats));
        }
        orders
    }

    fn link(&mut self, side: Side, state: SideState, view: &View<'_>) -> Vec<Order> {
        let link = self.links.entry(name(side)).or_default();
        let needs = need(
            state,
            view.scene.state(side).and_then(|(_, problem)| problem),
        );
        let needed = std::mem::replace(&mut link.needs, needs);
        let mut over = needed.is_some() && needs.is_none();
        let mut back = false;
        if state.is_ready() {
            back = link.lost_since.take().is_some() && std::mem::take(&mut link.told);
            link.was_ready = true;
        } else if state.is_final() {
            // Ended, not lost: by the person, or said below.
            over |= link.told;
            *link = Link {
                needs,
                ..Link::default()
            };
        } else if link.was_ready && link.lost_since.is_none() {
            link.lost_since = Some(view.now);
        }
        over |= back;
        let words = match needs {
            Some(_) if needed == needs => return Vec::new(),
            Some((title, body)) => Some((
                view.reader.fill(title, shown_name(side)),
                view.reader.say(body).to_owned(),
            )),
            None if back => {
                let word = if side == Side::Lync {
                    Word::LyncBack
                } else {
                    Word::XmppBack
                };
                Some((view.reader.say(word).to_owned(), String::new()))
            }
            None => None,
        };
        let subject = Subject::Side(side);
        let orders = words.map(|(title, body)| {
            self.unless_silent(view, subject.clone(), title, body, Vec::new())
        });
        match orders {
            Some(orders) if !orders.is_empty() => orders,
            // What is shown is not true any more.
            Some(_) | None if over => vec![Order::Withdraw(subject)],
            Some(_) | None => Vec::new(),
        }
    }

    fn unless_silent(
        &self,
        view: &View<'_>,
        subject: Subject,
        title: String,
        body: String,
        buttons: Vec<Button>,
    ) -> Vec<Order> {
        if view.silent() {
            return Vec::new();
        }
        let stays = matches!(subject, Subject::Request(_))
            || matches!(subject, Subject::Side(side) if self.needs_person(side));
        vec![Order::Show(Banner {
            subject,
            title,
            body,
            sound: stays && view.scene.choice.sound,
            stays,
            buttons,
        })]
    }

    fn needs_person(&self, side: Side) -> bool {
        let link = self.links.get(name(side));
        link.is_some_and(|link| link.needs.is_some())
    }
}

/// The engine's own words are for the window and for administrators: here stands what to do next.
fn need(state: SideState, problem: Option<&Problem>) -> Option<Need> {
    let code = problem.map(|problem| problem.code);
    if state == SideState::NeedsPassword {
        Some((Word::NeedsPassword, Word::TypeIt))
    } else if state == SideState::NeedsSignIn {
        Some((Word::NeedsWebSignIn, Word::OpenForPage))
    } else if state == SideState::NeedsConsent && code == Some(Code::CertificateIssuer) {
        Some((Word::NeedsDecision, Word::UnknownIssuer))
    } else if state == SideState::NeedsConsent {
        Some((Word::NeedsDecision, Word::ForeignHost))
    } else if state != SideState::Refused {
        None
    } else if matches!(
        code,
        Some(Code::PasswordRefused | Code::XmppPasswordRefused)
    ) {
        Some((Word::RefusedPassword, Word::TypeItAgain))
    } else {
        Some((Word::CannotSignInTo, Word::OpenToSeeWhy))
    }
}

fn shown_name(side: Side) -> &'static str {
    if side == Side::Lync { "Lync" } else { "XMPP" }
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Lync => "lync",
        Side::Xmpp => "xmpp",
        Side::Gateway => "gateway",
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
