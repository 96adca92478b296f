//! Notifications over D-Bus: what is shown, and what a person does with it.

use causeway_api::{Command, Desk as _, Looking, NotificationTest, Reply, Wish, door::Client};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, World, secret};
use causeway_tests::desktop::{Desktop, Notifications};
use causeway_tests::person::Person;
use causeway_tests::wait::until;
use tempfile::TempDir;

use crate::tray::Screen;
use crate::unconfigured::nothing;

async fn signed_in(capabilities: &[&str]) -> (World, Desktop, Notifications, Agent) {
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let notifications = desktop.notifications(capabilities).await;
    let agent = Agent::start_on(&world.ctl, &desktop).await;
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    (world, desktop, notifications, agent)
}

#[tokio::test]
async fn a_click_opens_exactly_that_chat_and_more_texts_replace_what_is_shown_until_it_is_read() {
    let (world, _desktop, notifications, _agent) =
        signed_in(&["body", "body-markup", "actions"]).await;
    world.sim.writes(CARLA, ANNA, "of Carla").await;
    world.sim.writes(BEN, ANNA, "1 < 2 & so on").await;
    let first = notifications.shows("Ben Carter").await;
    assert_eq!(first.body, "1 &lt; 2 &amp; so on", "text is no markup");
    assert!(!first.quiet && !first.replaced);
    assert_eq!(first.actions, ["default", "reply", "mark-read"]);
    world.sim.writes(BEN, ANNA, "second").await;
    let second = notifications.shows("Ben Carter — 2 new messages").await;
    assert!(second.quiet && second.replaced && second.id == first.id);

    let mut screen = Screen::open(&world).await;
    notifications.press(&second, "default").await;
    screen.is_asked_for(&Wish::chat(format!("sip:{BEN}"))).await;
    let carla = notifications.shows("Carla Diaz").await;
    notifications.press(&carla, "mark-read").await;
    notifications.withdrawn(&carla).await;
    let door = Client::connect(&world.ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let conversations = vec![format!("lync:{BEN}")];
    door.request(Command::MarkRead {
        conversations,
        up_to: None,
    })
    .await
    .expect("a chat can be read");
    notifications.withdrawn(&second).await;
}

#[tokio::test]
async fn nothing_is_shown_for_the_chat_before_the_eyes_or_while_disturbing_is_not_wanted() {
    let (world, _desktop, notifications, _agent) = signed_in(&["body", "actions"]).await;
    let window = Client::connect(&world.ctl.data_dir, "causeway-window")
        .await
        .expect("the door lets the window in")
        .expect("an agent runs");
    let looking = Looking {
        shown: true,
        focused: true,
        conversations: vec![format!("lync:{BEN}")],
    };
    window
        .request(Command::Looking(looking))
        .await
        .expect("a window may say what it shows");
    world.sim.writes(BEN, ANNA, "seen at once").await;
    // Two people's texts may overtake one another: Carla writes when Ben's is here, and what is shown of hers says that
    // his was thought about before.
    until("Ben's text", async || {
        let Ok(Reply::Chats { chats }) = window.request(Command::Chats).await else {
            return None;
        };
        chats.iter().any(|chat| chat.unread == 1).then_some(())
    })
    .await;
    world.sim.writes(CARLA, ANNA, "hello").await;
    notifications.shows("Carla Diaz").await;
    // The window is gone, and with it what it showed.
    drop(window);
    until("a notification of Ben", async || {
        world.sim.writes(BEN, ANNA, "are you there?").await;
        let shown = notifications.shown();
        shown.into_iter().find(|shown| shown.title == "Ben Carter")
    })
    .await;
    let before = notifications.shown();
    assert!(before.iter().all(|shown| shown.body != "seen at once"));

    let set = ["status", "set", "do-not-disturb"];
    world.ctl.run(&set).await.done();
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    world.sim.writes(CARLA, ANNA, "quietly now").await;
    phone.receives("quietly now").await;
    world.ctl.run(&["status", "set", "busy"]).await.done();
    world.sim.writes(CARLA, ANNA, "and now aloud").await;
    until("the notification after the silence", async || {
        let shown = notifications.shown();
        shown
            .into_iter()
            .find(|shown| shown.body == "and now aloud")
    })
    .await;
    let all = notifications.shown();
    assert!(all.iter().all(|shown| shown.body != "quietly now"));
}

#[tokio::test]
async fn an_answer_written_into_the_notification_is_sent() {
    let (world, _desktop, notifications, _agent) =
        signed_in(&["body", "actions", "inline-reply"]).await;
    world.sim.writes(BEN, ANNA, "lunch?").await;
    let shown = notifications.shows("Ben Carter").await;
    assert!(shown.actions.iter().any(|action| action == "inline-reply"));
    notifications.reply(&shown, "at noon").await;
    world.sim.receives(BEN, "at noon").await;
    notifications.withdrawn(&shown).await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_or_is_not_there_holds_up_nothing() {
    let (world, desktop, notifications, agent) = signed_in(&["body", "actions"]).await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    notifications.falls_silent();
    for text in ["one", "two", "three"] {
        world.sim.writes(BEN, ANNA, text).await;
        phone.receives(text).await;
    }
    until("a word in the log", async || {
        let log = agent.program.log_text();
        log.contains("does not answer").then_some(())
    })
    .await;
    notifications.goes().await;
    world.sim.writes(BEN, ANNA, "four").await;
    phone.receives("four").await;
    until("a word in the log", async || {
        let log = agent.program.log_text();
        log.contains("was not shown").then_some(())
    })
    .await;
    // Another service takes over.
    let notifications = desktop.notifications(&["body"]).await;
    world.sim.writes(CARLA, ANNA, "five").await;
    let shown = notifications.shows("Carla Diaz").await;
    assert_eq!(shown.actions, Vec::<String>::new(), "it cannot do actions");
}

#[tokio::test]
async fn a_test_notification_is_shown_and_the_answer_says_what_came_of_it() {
    let dir = TempDir::new().expect("a temporary directory");
    let (ctl, desktop) = (nothing(&dir), Desktop::new().await);
    let agent = Agent::start_on(&ctl, &desktop).await;
    let door = Client::connect(&ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let test = async || {
        let answer = door.request(Command::TestNotification).await;
        let Ok(Reply::NotificationTest(test)) = answer else {
            panic!("no answer about the test: {answer:?}")
        };
        test
    };
    let asked = async || {
        let answer = door.request(Command::Desktop).await;
        let Ok(Reply::Desktop(desktop)) = answer else {
            panic!("no answer about the desktop: {answer:?}")
        };
        desktop
    };
    assert_eq!(test().await, NotificationTest::NoService);
    let nothing = asked().await;
    assert_eq!((nothing.tray, nothing.notifications), (false, None));

    let notifications = desktop.notifications(&["body"]).await;
    let _tray = desktop.tray().await;
    let shown = NotificationTest::Shown {
        service: "Stage".into(),
    };
    assert_eq!(test().await, shown);
    notifications.shows("This is a test").await;
    until("the desktop to be told as it is", async || {
        let desktop = asked().await;
        (desktop.tray && desktop.notifications.as_deref() == Some("Stage")).then_some(())
    })
    .await;
    notifications.falls_silent();
    assert!(matches!(test().await, NotificationTest::Refused { .. }));
    drop(agent);
}

#[tokio::test]
async fn what_the_desktop_holds_back_is_not_shown_and_a_test_says_so() {
    let (world, _desktop, notifications, _agent) = signed_in(&["body", "inhibitions"]).await;
    let mut phone = Person::sign_in(&world.prosody, "phone").await;
    notifications.is_inhibited(true);
    let door = Client::connect(&world.ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let held = NotificationTest::HeldBack {
        service: "Stage".into(),
    };
    let test = door.request(Command::TestNotification).await;
    assert_eq!(test.ok(), Some(Reply::NotificationTest(held)));
    world.sim.writes(BEN, ANNA, "not now").await;
    phone.receives("not now").await;
    // The test's answer comes after the text's, since one task shows both in their order.
    until("the text to be thought about", async || {
        let Ok(Reply::Chats { chats }) = door.request(Command::Chats).await else {
            return None;
        };
        chats.iter().any(|chat| chat.unread == 1).then_some(())
    })
    .await;
    let _ = door.request(Command::TestNotification).await;
    notifications.is_inhibited(false);
    world.sim.writes(CARLA, ANNA, "and now").await;
    notifications.shows("Carla Diaz").await;
    let shown = notifications.shown();
    assert_eq!(shown.len(), 1, "{shown:?}");
}

#[tokio::test]
async fn a_refused_password_is_told_in_words_for_people_and_gone_when_it_is_right_or_causeway_ends()
{
    let (world, desktop) = tokio::join!(World::new(), Desktop::new());
    let notifications = desktop.notifications(&["body", "actions"]).await;
    world.forget_password("lync");
    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    let refused = "Lync did not accept your password";
    let first = notifications.shows(refused).await;
    assert_eq!(first.body, "Open Causeway to type it again.");
    let file = world.dir.path().join("lync.password");
    secret(&file, &world.sim.account("anna").password);
    world.ctl.run(&["login"]).await.done();
    world.ctl.stream(&["watch"]).both_sides_ready().await;
    notifications.withdrawn(&first).await;

    assert_eq!(agent.program.terminate().await.code(), Some(0));
    world.forget_password("lync");
    let mut agent = Agent::start_on(&world.ctl, &desktop).await;
    let second = until("the second notification", async || {
        let mut shown = notifications.shown().into_iter();
        shown.find(|shown| shown.title == refused && shown.id != first.id)
    })
    .await;
    assert_eq!(agent.program.terminate().await.code(), Some(0));
    notifications.withdrawn(&second).await;
}
