//! The contact lists are changed, and every client of the person sees it.

use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, CARLA, World};
use causeway_tests::ctl::Stream;
use causeway_tests::person::Person;
use causeway_xmpp::{Command, Event};
use serde_json::{Value, json};

fn lync(address: &str) -> String {
    format!("sip:{address}")
}

/// The person with this Lync address, told with these groups.
async fn told_in(watch: &mut Stream, address: &str, groups: Value) {
    let sip = lync(address);
    watch
        .next(&format!("{address} in {groups}"), |event| {
            event["kind"] == "person"
                && event["addresses"]["lync"] == sip
                && event["groups"] == groups
        })
        .await;
}

#[tokio::test]
async fn a_lync_contact_is_removed_added_and_moved_and_another_client_sees_it() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut elsewhere = world.elsewhere().stream(&["watch"]);
    elsewhere.both_sides_ready().await;
    let carla = lync(CARLA);
    elsewhere
        .find("Carla in the list", |event| {
            event["kind"] == "person" && event["addresses"]["lync"] == carla
        })
        .await;

    world.ctl.run(&["contacts", "remove", CARLA]).await.done();
    elsewhere
        .next("Carla is gone", |event| {
            event["kind"] == "person-gone" && event["lync"] == carla
        })
        .await;
    let left = world.ctl.run(&["contacts"]).await.done();
    assert!(!left.to_string().contains(CARLA), "{left}");

    let add = ["contacts", "add", &carla, "--group", "Friends"];
    world.ctl.run(&add).await.done();
    told_in(&mut elsewhere, CARLA, json!(["Friends"])).await;

    let go = ["contacts", "move", &carla, "--group", "Project Atlas"];
    world.ctl.run(&go).await.done();
    told_in(&mut elsewhere, CARLA, json!(["Project Atlas"])).await;

    let absent = world
        .ctl
        .run(&["contacts", "remove", "sip:nobody@contoso.example"])
        .await;
    assert_eq!((absent.exit, absent.code()), (2, "CW-3003"), "{absent:?}");
    let own = world.ctl.run(&["contacts", "add", &lync(ANNA)]).await;
    assert_eq!((own.exit, own.code()), (2, "CW-3003"), "{own:?}");
}

#[tokio::test]
async fn an_xmpp_contact_is_added_and_removed_and_both_sides_learn_it() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut elsewhere = Person::sign_in(&world.prosody, "anna").await;
    let mut dora = Person::sign_in(&world.prosody, "dora").await;
    let address = "xmpp:dora@xmpp.example";
    let add = [
        "contacts", "add", address, "--group", "Friends", "--name", "Dora D",
    ];
    world.ctl.run(&add).await.done();
    elsewhere
        .find("Dora in the roster", |event| {
            let Event::RosterItem(item) = event else {
                return None;
            };
            (item.jid == *dora_jid() && item.name == "Dora D" && item.groups == ["Friends"])
                .then_some(())
        })
        .await;
    dora.find("a request", |event| {
        matches!(event, Event::SubscriptionRequest(from) if from.node().is_some_and(|node| node.as_str() == "anna"))
            .then_some(())
    })
    .await;
    dora.command(Command::AnswerSubscription {
        to: elsewhere.jid().clone(),
        allow: true,
    });
    let mut watch = world.ctl.stream(&["watch"]);
    watch
        .find("Dora is seen", |event| {
            event["kind"] == "subscription"
                && event["address"] == "dora@xmpp.example"
                && event["you_see_them"] == "yes"
        })
        .await;

    let go = ["contacts", "move", address, "--group", "Family"];
    world.ctl.run(&go).await.done();
    let people = world.ctl.run(&["contacts"]).await.done();
    let dora_row = people["people"].as_array().unwrap().iter();
    let mut dora_row = dora_row.filter(|person| person["addresses"]["xmpp"] == "dora@xmpp.example");
    let dora_row = dora_row.next().expect("Dora is in the list");
    assert_eq!(
        (&dora_row["name"], &dora_row["groups"]),
        (&json!("Dora D"), &json!(["Family"])),
        "the name stays"
    );

    world.ctl.run(&["contacts", "remove", address]).await.done();
    elsewhere
        .find("Dora out of the roster", |event| {
            matches!(event, Event::RosterRemoved(jid) if jid == dora_jid()).then_some(())
        })
        .await;
    watch
        .next("Dora is gone", |event| {
            event["kind"] == "person-gone" && event["xmpp"] == "dora@xmpp.example"
        })
        .await;
}

fn dora_jid() -> &'static jid::BareJid {
    static DORA: std::sync::LazyLock<jid::BareJid> =
        std::sync::LazyLock::new(|| causeway_tests::person::address("dora"));
    &DORA
}

#[tokio::test]
async fn groups_are_made_renamed_and_deleted_and_nobody_is_lost_with_one() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let groups = async || {
        let lists = world.ctl.run(&["contacts", "groups"]).await.done();
        let lync = &lists["lists"][0];
        assert_eq!(
            (&lync["network"], &lync["editable"]),
            (&json!("lync"), &json!(true))
        );
        let names = lync["groups"].as_array().unwrap().iter();
        names
            .map(|group| {
                format!(
                    "{} {}",
                    group["name"].as_str().unwrap(),
                    group["kind"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    assert!(groups().await.contains(&"Favorites pinned".to_owned()));
    world
        .ctl
        .run(&["contacts", "create-group", "Crew"])
        .await
        .done();
    assert!(groups().await.contains(&"Crew own".to_owned()));
    world
        .ctl
        .run(&["contacts", "rename-group", "Project Atlas", "Atlas"])
        .await
        .done();
    let now = groups().await;
    assert!(
        now.contains(&"Atlas own".to_owned()) && !now.contains(&"Project Atlas own".to_owned())
    );
    world
        .ctl
        .run(&["contacts", "delete-group", "Atlas"])
        .await
        .done();
    let people = world.ctl.run(&["contacts"]).await.done();
    let carla = people["people"].as_array().unwrap().iter();
    let mut carla = carla.filter(|person| person["addresses"]["lync"] == lync(CARLA));
    assert_eq!(
        carla.next().expect("Carla stays in the list")["groups"],
        json!(["Other Contacts"])
    );
    let favourites = world
        .ctl
        .run(&["contacts", "delete-group", "Favorites"])
        .await;
    assert_eq!(favourites.exit, 2, "{favourites:?}");
}

#[tokio::test]
async fn a_list_that_cannot_be_changed_or_is_being_moved_says_so() {
    let world = World::with_read_only_list().await;
    let refused = world.ctl.run(&["contacts", "remove", CARLA]).await;
    assert_eq!(
        (refused.exit, refused.code()),
        (5, "CW-4202"),
        "{refused:?}"
    );
    let lists = world.ctl.run(&["contacts", "groups"]).await.done();
    assert_eq!(lists["lists"][0]["editable"], false);
    assert_eq!(world.sim.count(ANNA, "myGroupMemberships").await, 0);

    let world = World::new().await;
    let moving = json!({"what": "status", "on": "myGroupMemberships", "count": -1, "status": 500,
        "code": "ServiceFailure", "subcode": "MigrationInProgress"});
    world.sim.fault(moving).await;
    let refused = world
        .ctl
        .run(&["contacts", "add", "sip:new@partner.example"])
        .await;
    assert_eq!(
        (refused.exit, refused.code()),
        (5, "CW-4205"),
        "{refused:?}"
    );
    assert_eq!(
        world.sim.count(ANNA, "myGroupMemberships").await,
        1,
        "it is not asked again and again"
    );
}

#[tokio::test]
async fn who_is_blocked_is_heard_no_more_until_they_are_let_through_again() {
    let world = World::new().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    let mut dora = Person::sign_in(&world.prosody, "dora").await;
    let address = "xmpp:dora@xmpp.example";
    dora.command(Command::Subscribe(causeway_tests::person::address("anna")));
    let asks = |event: &Value, word: &str| {
        event["kind"] == "subscription"
            && event["address"] == "dora@xmpp.example"
            && event["they_see_you"] == word
    };
    watch.next("Dora asks", |event| asks(event, "wanted")).await;

    world.ctl.run(&["contacts", "block", address]).await.done();
    watch
        .next("her request is refused", |event| asks(event, "no"))
        .await;
    dora.writes("anna@xmpp.example", "unheard");
    let bounced = dora
        .find("it comes back", |event| {
            let Event::Bounced { condition, .. } = event else {
                return None;
            };
            Some(condition.clone())
        })
        .await;
    assert_eq!(bounced, "service-unavailable");

    world
        .ctl
        .run(&["contacts", "unblock", address])
        .await
        .done();
    dora.writes("anna@xmpp.example", "heard");
    watch
        .next("her text", |event| {
            event["kind"] == "message" && event["text"] == "heard"
        })
        .await;
    let texts = watch
        .seen()
        .iter()
        .filter(|event| event["kind"] == "message");
    assert_eq!(texts.count(), 1, "nothing else came through");
}
