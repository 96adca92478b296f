use causeway_api::{Message, Subscription};

use super::*;
use crate::notify::choice::Choice;
use crate::scene::tests::{event, own, state, unread};
use crate::tray::icon::tests::reader;

const ANNA: &str = "lync:anna@contoso.example";
const BEN: &str = "lync:ben@contoso.example";

/// A person at a desk; what happens to them, and what they are shown.
struct Desk {
    scene: Scene,
    looking: Looking,
    banners: Banners,
    now: Timestamp,
    unread: HashMap<String, u32>,
}

impl Desk {
    fn new() -> Self {
        Self {
            scene: Scene::default(),
            looking: Looking::default(),
            banners: Banners::default(),
            now: Timestamp::UNIX_EPOCH,
            unread: HashMap::new(),
        }
    }

    fn told(&mut self, kind: Kind) -> Vec<Order> {
        let event = event(kind);
        self.scene.take(&event);
        let reader = reader();
        let view = View {
            scene: &self.scene,
            looking: &self.looking,
            reader: &reader,
            now: self.now,
        };
        self.banners.take(&event, &view)
    }

    fn writes(&mut self, conversation: &str, text: &str) -> Vec<Order> {
        let before = self.told(Kind::Message(message(conversation, Direction::In, text)));
        assert_eq!(before, [], "a text that is not unread is no news");
        let count = self.unread.entry(conversation.to_owned()).or_default();
        *count += 1;
        let count = *count;
        self.told(unread(conversation, count))
    }

    fn later(&mut self, seconds: i64) -> Vec<Order> {
        self.now += SignedDuration::from_secs(seconds);
        let reader = reader();
        let view = View {
            scene: &self.scene,
            looking: &self.looking,
            reader: &reader,
            now: self.now,
        };
        self.banners.tick(&view)
    }
}

fn message(conversation: &str, direction: Direction, text: &str) -> Message {
    let name = if conversation == ANNA {
        "Anna Berg"
    } else {
        "Ben"
    };
    Message {
        id: "1".into(),
        conversation: conversation.into(),
        side: Side::Lync,
        direction,
        from: conversation.into(),
        to: "sip:me@contoso.example".into(),
        name: Some(name.into()),
        text: text.into(),
        sent_at: Timestamp::UNIX_EPOCH,
        late: false,
        relay: false,
    }
}

fn shown(orders: &[Order]) -> Vec<(&Subject, &str, &str, bool)> {
    let banners = orders.iter().filter_map(|order| match order {
        Order::Show(banner) => Some(banner),
        Order::Withdraw(_) => None,
    });
    banners
        .map(|banner| {
            (
                &banner.subject,
                banner.title.as_str(),
                banner.body.as_str(),
                banner.sound,
            )
        })
        .collect()
}

#[test]
fn the_first_text_of_a_chat_is_shown_with_a_sound_and_more_of_it_replace_it_quietly() {
    let mut desk = Desk::new();
    let chat = Subject::Chat(ANNA.into());
    assert_eq!(
        shown(&desk.writes(ANNA, "Hello")),
        [(&chat, "Anna Berg", "Hello", true)]
    );
    desk.later(5);
    assert_eq!(
        shown(&desk.writes(ANNA, "Are you there?")),
        [(&chat, "Anna Berg — 2 new messages", "Are you there?", false)]
    );
    desk.later(30);
    assert_eq!(
        shown(&desk.writes(ANNA, "Call me")),
        [(&chat, "Anna Berg — 3 new messages", "Call me", true)]
    );
}

#[test]
fn reading_removes_it_wherever_it_was_read_and_the_next_text_begins_anew() {
    let mut desk = Desk::new();
    desk.writes(ANNA, "Hello");
    assert_eq!(
        desk.told(unread(ANNA, 0)),
        [Order::Withdraw(Subject::Chat(ANNA.into()))]
    );
    assert_eq!(desk.told(unread(ANNA, 0)), []);
    desk.unread.clear();
    assert_eq!(shown(&desk.writes(ANNA, "Hello"))[0].1, "Anna Berg");
}

#[test]
fn nothing_is_shown_for_the_chat_before_the_eyes_and_opening_a_chat_removes_its_notification() {
    let mut desk = Desk::new();
    desk.looking = Looking {
        shown: true,
        focused: true,
        conversations: vec![ANNA.into()],
    };
    desk.banners.looked(&desk.looking);
    assert_eq!(desk.writes(ANNA, "Hello"), []);
    assert_eq!(desk.writes(BEN, "Hello").len(), 1);
    let looking = Looking {
        conversations: vec!["xmpp:ben@contoso.example".into(), BEN.into()],
        ..desk.looking.clone()
    };
    assert_eq!(
        desk.banners.looked(&looking),
        [Order::Withdraw(Subject::Chat(BEN.into()))]
    );
    desk.looking.focused = false;
    assert_eq!(desk.writes(ANNA, "Hello").len(), 1);
}

#[test]
fn silence_is_kept_in_do_not_disturb_while_presenting_and_while_paused_but_not_when_busy() {
    let status = |availability, activity: &str| OwnStatus {
        availability,
        activity: Some(activity.into()),
        note: None,
        until: None,
        reason: causeway_api::Reason::You,
    };
    let now = Timestamp::UNIX_EPOCH;
    let later = Some(now + QUIET);
    for (own, quiet_until, silent) in [
        (None, None, false),
        (Some(status(Availability::Busy, "")), None, false),
        (Some(status(Availability::DoNotDisturb, "")), None, true),
        (Some(status(Availability::Busy, "presenting")), None, true),
        (Some(status(Availability::Available, "")), later, true),
        (Some(status(Availability::Available, "")), Some(now), false),
    ] {
        assert_eq!(is_silent(own.as_ref(), quiet_until, now), silent, "{own:?}");
    }
    let mut desk = Desk::new();
    desk.told(own(Availability::DoNotDisturb));
    assert_eq!(desk.writes(ANNA, "Hello"), []);
    assert_eq!(desk.told(state(Side::Lync, SideState::NeedsPassword)), []);
}

#[test]
fn own_texts_and_chats_that_are_not_counted_are_no_news() {
    let mut desk = Desk::new();
    let out = Kind::Message(message(ANNA, Direction::Out, "Hello"));
    assert_eq!(desk.told(out), []);
    assert_eq!(desk.told(unread(ANNA, 1)), []);
}

#[test]
fn a_crowd_of_chats_shares_one_notification() {
    let mut desk = Desk::new();
    for n in 0..300 {
        let orders = desk.writes(&format!("lync:p{n}@contoso.example"), "Hello");
        let common = matches!(shown(&orders)[0].0, Subject::Chats);
        assert_eq!(common, n >= MOST_CHATS, "{n}");
    }
    let orders = desk.writes("lync:late@contoso.example", "Hello");
    assert_eq!(
        shown(&orders),
        [(&Subject::Chats, "New messages in 296 chats", "", false)]
    );
}

fn stopped(state: SideState, code: Code) -> Kind {
    let words = "No password for Lync is known, by itself.";
    let problem = Problem::new(code, "x", words, "Store it with causewayctl login");
    Kind::State {
        side: Side::Lync,
        state,
        error: Some(problem),
    }
}

#[test]
fn a_side_that_needs_the_person_says_so_once_until_it_does_not() {
    let mut desk = Desk::new();
    let needs = || state(Side::Xmpp, SideState::NeedsPassword);
    let subject = Subject::Side(Side::Xmpp);
    let (title, body) = ("XMPP needs your password", "Open Causeway to type it.");
    let orders = desk.told(needs());
    assert_eq!(shown(&orders), [(&subject, title, body, true)]);
    assert!(matches!(&orders[..], [Order::Show(banner)] if banner.stays));
    assert_eq!(desk.told(needs()), []);
    let orders = desk.told(state(Side::Xmpp, SideState::SigningIn));
    assert_eq!(orders, [Order::Withdraw(subject)]);
}

#[test]
fn what_is_needed_is_said_in_words_for_the_person_whatever_the_engine_says_to_others() {
    for (state, code, title, body) in [
        (
            SideState::NeedsPassword,
            Code::PasswordMissing,
            "Lync needs your password",
            "type it.",
        ),
        (
            SideState::Refused,
            Code::PasswordRefused,
            "Lync did not accept your password",
            "again.",
        ),
        (
            SideState::Refused,
            Code::NoMethod,
            "Signing in to Lync is not possible",
            "see why",
        ),
        (
            SideState::NeedsConsent,
            Code::CertificateIssuer,
            "Lync needs your decision",
            "issuer",
        ),
        (
            SideState::NeedsConsent,
            Code::ForeignDomain,
            "Lync needs your decision",
            "domain",
        ),
        (
            SideState::NeedsSignIn,
            Code::WebSignIn,
            "Lync wants you to sign in",
            "Causeway",
        ),
    ] {
        let orders = Desk::new().told(stopped(state, code));
        let (_, told, text, _) = shown(&orders)[0];
        assert!(
            told.starts_with(title) && text.contains(body),
            "{told}: {text}"
        );
        assert!(
            !text.contains("causewayctl") && !text.contains(".."),
            "{text}"
        );
    }
}

#[test]
fn there_is_one_notification_of_a_side_and_it_says_what_is_true_now() {
    let mut desk = Desk::new();
    let subject = || Subject::Side(Side::Lync);
    desk.told(state(Side::Lync, SideState::ReadyAvailable));
    desk.told(state(Side::Lync, SideState::Reconnecting));
    assert_eq!(*shown(&desk.later(120))[0].0, subject());
    let refused = stopped(SideState::Refused, Code::PasswordRefused);
    assert_eq!(*shown(&desk.told(refused))[0].0, subject());
    let missing = stopped(SideState::NeedsPassword, Code::PasswordMissing);
    let orders = desk.told(missing.clone());
    assert_eq!(shown(&orders)[0].1, "Lync needs your password");
    let ready = state(Side::Lync, SideState::ReadyAvailable);
    assert_eq!(desk.told(ready.clone()), [Order::Withdraw(subject())]);

    // It goes also while the person does not want to be disturbed.
    desk.told(missing);
    desk.told(own(Availability::DoNotDisturb));
    assert_eq!(desk.told(ready), [Order::Withdraw(subject())]);
}

#[test]
fn a_connection_is_called_lost_after_two_minutes_and_back_only_then() {
    let mut desk = Desk::new();
    desk.told(state(Side::Lync, SideState::ReadyAvailable));
    desk.told(state(Side::Lync, SideState::Reconnecting));
    assert_eq!(desk.later(119), []);
    assert_eq!(desk.told(state(Side::Lync, SideState::ReadyAvailable)), []);
    assert_eq!(desk.banners.deadline(), None);

    desk.told(state(Side::Lync, SideState::Reconnecting));
    assert_eq!(desk.banners.deadline(), Some(desk.now + LOST));
    desk.told(state(Side::Lync, SideState::SigningIn));
    let orders = desk.later(120);
    assert_eq!(shown(&orders)[0].1, "The connection to Lync is lost");
    assert_eq!(desk.banners.deadline(), None);
    let orders = desk.told(state(Side::Lync, SideState::ReadyAvailable));
    assert_eq!(
        shown(&orders),
        [(
            &Subject::Side(Side::Lync),
            "The connection to Lync is back",
            "",
            false
        )]
    );
}

#[test]
fn the_first_sign_in_however_long_it_takes_is_no_lost_connection() {
    let mut desk = Desk::new();
    desk.told(state(Side::Lync, SideState::SigningIn));
    assert_eq!(desk.banners.deadline(), None);
}

#[test]
fn a_request_can_be_answered_and_goes_when_it_was() {
    let mut desk = Desk::new();
    let asked = |they_see_you| {
        Kind::Subscription(Subscription {
            address: "carol@xmpp.example".into(),
            you_see_them: YesNo::No,
            they_see_you,
        })
    };
    let orders = desk.told(asked(YesNo::Wanted));
    let [Order::Show(banner)] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(banner.buttons, [Button::Accept, Button::Decline]);
    assert_eq!(
        desk.told(asked(YesNo::Yes)),
        [Order::Withdraw(Subject::Request(
            "carol@xmpp.example".into()
        ))]
    );
}

#[test]
fn somebody_awaited_is_told_without_a_sound_and_opens_their_chat() {
    let mut desk = Desk::new();
    let orders = desk.told(Kind::CameAvailable {
        address: "sip:ben@contoso.example".into(),
        name: "Ben".into(),
    });
    let [Order::Show(banner)] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!(banner.title, "Ben is available");
    assert!(!banner.sound && !banner.stays && banner.buttons.is_empty());
}

#[test]
fn a_text_of_a_megabyte_with_tricks_is_a_line_of_240_characters() {
    let mut desk = Desk::new();
    let text = format!("<b>\u{202e}{}", "x".repeat(1 << 20));
    let orders = desk.writes(ANNA, &text);
    let body = shown(&orders)[0].2.to_owned();
    assert!(body.starts_with("<b>\\u{202e}xxx"), "{body}");
    assert!(body.chars().count() < BODY + 12);
    assert!(!format!("{orders:?}").contains("xxx"), "no text in logs");
}

fn chosen(key: &str, value: impl Into<serde_json::Value>) -> causeway_api::ConfigEntry {
    causeway_api::ConfigEntry {
        key: format!("notifications.{key}"),
        value: value.into(),
        origin: causeway_api::Origin::User,
        source: None,
        managed: false,
    }
}

#[test]
fn what_the_person_chose_about_sound_and_content_is_kept() {
    let mut desk = Desk::new();
    desk.scene.choice = Choice::read(&[chosen("sound", false), chosen("content", "name")]);
    let banner = |orders: Vec<Order>| match orders.as_slice() {
        [Order::Show(banner)] => banner.clone(),
        _ => panic!("{orders:?}"),
    };
    let of_anna = banner(desk.writes(ANNA, "the secret plan"));
    assert!(!of_anna.sound && of_anna.title.contains("Anna"));
    assert!(!of_anna.body.contains("secret"), "{}", of_anna.body);
    desk.scene.choice = Choice::read(&[chosen("content", "none")]);
    let of_ben = banner(desk.writes(BEN, "the secret plan"));
    assert!(!of_ben.title.contains("Ben") && of_ben.body.is_empty());
}

#[test]
fn busy_silences_where_that_is_chosen_but_not_those_who_are_always_let_through() {
    let mut desk = Desk::new();
    desk.told(own(Availability::Busy));
    assert_eq!(desk.writes(BEN, "Hello").len(), 1, "busy does not silence");
    desk.scene.choice = Choice::read(&[chosen("busy_silences", true)]);
    assert_eq!(desk.writes(BEN, "Hello"), []);
    let always = chosen("always", vec!["Ben@contoso.example"]);
    desk.scene.choice = Choice::read(&[chosen("busy_silences", true), always.clone()]);
    assert_eq!(desk.writes(BEN, "Hello").len(), 1);
    assert_eq!(desk.writes(ANNA, "Hello"), []);
    desk.scene.choice = Choice::read(&[chosen("enabled", false), always]);
    assert_eq!(desk.writes(BEN, "Hello"), [], "switched off is off");
}

#[test]
fn who_closes_the_window_is_told_where_it_went_until_it_is_back() {
    let mut desk = Desk::new();
    let reader = reader();
    let told = |desk: &mut Desk, tray| {
        let view = View {
            scene: &desk.scene,
            looking: &desk.looking,
            reader: &reader,
            now: desk.now,
        };
        desk.banners.window_closed(&view, tray)
    };
    let open = Looking {
        shown: true,
        ..Looking::default()
    };
    let shown = told(&mut desk, true);
    let [Order::Show(banner)] = shown.as_slice() else {
        panic!("{shown:?}")
    };
    assert_eq!(banner.buttons, [Button::QuitInstead, Button::AlwaysQuit]);
    let late = desk.banners.looked(&open);
    assert_eq!(late, [], "what came before the closing");
    assert_eq!(desk.banners.looked(&Looking::default()), []);
    let back = desk.banners.looked(&open);
    assert!(back.contains(&Order::Withdraw(Subject::Hidden)), "{back:?}");
    assert_eq!(desk.banners.looked(&open), []);

    desk.scene.locked = vec![closing::Choice::KEY.into()];
    let shown = told(&mut desk, false);
    let [Order::Show(banner)] = shown.as_slice() else {
        panic!("{shown:?}")
    };
    assert_eq!(banner.buttons, [Button::QuitInstead], "the policy decides");
    assert!(banner.body.contains("application menu"), "{}", banner.body);

    desk.told(own(Availability::DoNotDisturb));
    assert_eq!(told(&mut desk, true), []);
}
