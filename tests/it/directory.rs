//! Distribution groups of the Lync directory: found, looked into, put into the list, and live in every client.

use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, CARLA, EMIL, World};
use serde_json::{Value, json};

const STAFF: &str = "staff@contoso.example";
const BOARD: &str = "board@contoso.example";

/// A world with a group of Ben and the board, and a board of Carla.
async fn world() -> World {
    let world = World::new().await;
    world.sim.has_group(BOARD, "The board", &[CARLA]).await;
    world.sim.has_group(STAFF, "All staff", &[BEN, BOARD]).await;
    world
}

fn names(people: &Value) -> Vec<&str> {
    let people = people.as_array().expect("a list").iter();
    people
        .map(|person| person["name"].as_str().expect("a name"))
        .collect()
}

fn directory_groups(lists: &Value) -> Vec<(&str, &str)> {
    let groups = lists["lists"][0]["groups"].as_array().expect("groups");
    let groups = groups.iter().filter(|group| group["kind"] == "directory");
    let text = |value: &'_ Value| value.as_str().map(|text| text.len()).unwrap_or_default();
    assert!(groups.clone().all(|group| text(&group["address"]) > 0));
    groups
        .map(|group| {
            let name = group["name"].as_str().unwrap_or_default();
            (name, group["address"].as_str().unwrap_or_default())
        })
        .collect()
}

#[tokio::test]
async fn a_group_is_found_and_shows_people_with_presence_and_groups() {
    let world = world().await;
    let _agent = Agent::start(&world.ctl).await;
    let found = world.ctl.run(&["search", "all staff"]).await.done();
    let group = json!({"address": format!("sip:{STAFF}"), "name": "All staff"});
    assert_eq!(found["groups"], json!([group]), "{found}");

    let shown = world.ctl.run(&["contacts", "members", STAFF]).await.done();
    assert_eq!(names(&shown["group"]["people"]), ["Ben Carter"]);
    assert_eq!(shown["group"]["people"][0]["availability"], "busy");
    assert_eq!(names(&shown["group"]["groups"]), ["The board"]);

    let absent = world
        .ctl
        .run(&["contacts", "members", "nobody@contoso.example"])
        .await;
    assert_eq!((absent.exit, absent.code()), (2, "CW-3003"), "{absent:?}");
}

#[tokio::test]
async fn a_group_that_is_too_large_is_told_in_words() {
    let world = World::with_contacts(101).await;
    let refused = world
        .ctl
        .run(&["contacts", "members", "all-contacts@contoso.example"])
        .await;
    assert_eq!(
        (refused.exit, refused.code()),
        (5, "CW-4207"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_group_comes_into_the_list_and_goes_and_another_client_sees_it() {
    let world = world().await;
    let _agent = Agent::start(&world.ctl).await;
    let mut elsewhere = world.elsewhere().stream(&["watch"]);
    elsewhere.both_sides_ready().await;
    let has = |event: &Value, wanted: bool| {
        event["kind"] == "contact-list"
            && event["network"] == "lync"
            && event["groups"].as_array().is_some_and(|groups| {
                groups.iter().any(|group| group["name"] == "All staff") == wanted
            })
    };
    world
        .ctl
        .run(&["contacts", "add-group", STAFF])
        .await
        .done();
    elsewhere
        .next("the group in the list", |event| has(event, true))
        .await;
    let lists = world.ctl.run(&["contacts", "groups"]).await.done();
    let address = format!("sip:{STAFF}");
    assert_eq!(directory_groups(&lists), [("All staff", address.as_str())]);
    // What is so already counts as done.
    world
        .ctl
        .run(&["contacts", "add-group", STAFF])
        .await
        .done();

    world
        .ctl
        .run(&["contacts", "remove-group", STAFF])
        .await
        .done();
    elsewhere
        .next("the group out of the list", |event| has(event, false))
        .await;
    let absent = world
        .ctl
        .run(&["contacts", "add-group", "nobody@contoso.example"])
        .await;
    assert_eq!((absent.exit, absent.code()), (2, "CW-3003"), "{absent:?}");
}

#[tokio::test]
async fn whoever_looked_into_a_group_is_told_of_its_members_and_of_their_presence() {
    let world = world().await;
    world.sim.has_group(STAFF, "All staff", &[BEN]).await;
    world.ctl.run(&["contacts", "remove", EMIL]).await.done();
    let _agent = Agent::start(&world.ctl).await;
    world
        .ctl
        .run(&["contacts", "add-group", STAFF])
        .await
        .done();
    let mut watch = world.ctl.stream(&["watch"]);
    watch.both_sides_ready().await;
    world.ctl.run(&["contacts", "members", STAFF]).await.done();

    // Emil is on no list of Anna's; the group alone makes his presence known.
    world.sim.has_group(STAFF, "Everybody", &[BEN, EMIL]).await;
    let told = watch
        .next("the group with Emil", |event| {
            event["kind"] == "group-members" && event["people"].as_array().map(Vec::len) == Some(2)
        })
        .await;
    assert_eq!(told["name"], "Everybody");
    assert_eq!(names(&told["people"]), ["Ben Carter", "Emil Fors"]);
    world.sim.goes(EMIL, "Online", "", "").await;
    let emil = format!("sip:{EMIL}");
    watch
        .next("Emil is there", |event| {
            event["kind"] == "presence"
                && event["address"] == emil
                && event["availability"] == "available"
        })
        .await;
    assert!(world.sim.count(ANNA, "subscribeToGroupPresence").await > 0);
}
