//! Contacts, groups, presence subscriptions, search.

use causeway_sim::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Endpoint, Pool, href, names, send};

#[tokio::test]
async fn the_contact_list_has_groups_and_everyone_in_them_can_be_read() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let groups = anna.get(&anna.link("people", "myGroups")).await.body;
    let embedded = &groups["_embedded"];
    assert!(
        embedded["pinnedGroup"]["id"].is_string() && embedded["defaultGroup"]["id"].is_string()
    );
    let team = embedded["group"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["name"] == "Team")
        .unwrap();
    let members = anna.get(&href(team, "groupContacts")).await.body;
    for contact in members["_embedded"]["contact"].as_array().unwrap() {
        for rel in [
            "contactPresence",
            "contactNote",
            "contactLocation",
            "contactSupportedModalities",
            "contactPrivacyRelationship",
        ] {
            let about = anna.get(&href(contact, rel)).await;
            assert_eq!(
                (about.status.as_u16(), about.body["rel"].as_str()),
                (200, Some(rel))
            );
        }
    }
    let all = anna.get(&anna.link("people", "myContacts")).await.body;
    assert_eq!(all["_embedded"]["contact"].as_array().unwrap().len(), 13);
    let links = anna
        .get(&format!(
            "{}?expand=false",
            anna.link("people", "myContacts")
        ))
        .await
        .body;
    assert_eq!(
        (
            links["_links"]["contact"].as_array().unwrap().len(),
            &links["_embedded"]
        ),
        (13, &Value::Null)
    );
}

#[tokio::test]
async fn a_subscription_tells_of_everyone_once_and_then_of_changes() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let created = anna.post(&anna.link("people", "presenceSubscriptions"), json!({ "duration": 11, "uris": ["sip:BEN@contoso.example", "sip:carla@contoso.example"] })).await;
    assert_eq!(
        (created.status.as_u16(), created.header("location")),
        (201, href(&created.body, "self").as_str())
    );
    pool.advance(6).await;
    let told = names(&anna.until("contactPresence", "updated").await);
    for (name, times) in [
        ("contact added", 2),
        ("presenceSubscription added", 1),
        ("contactPresence updated", 2),
        ("contactNote updated", 2),
    ] {
        assert_eq!(
            told.iter().filter(|other| *other == name).count(),
            times,
            "{name}: {told:?}"
        );
    }
    pool.control(
        "/people/ben@contoso.example/status",
        json!({ "availability": "BeRightBack", "activity": "lunch", "note": "soup" }),
    )
    .await;
    pool.advance(6).await;
    let changed = anna.event("contactPresence", "updated").await;
    let presence = anna
        .get(changed["link"]["href"].as_str().unwrap())
        .await
        .body;
    assert_eq!(
        (
            &presence["availability"],
            &presence["activity"],
            &presence["deviceType"]
        ),
        (&json!("BeRightBack"), &json!("lunch"), &json!("PC"))
    );
    let contact = anna.get(changed["in"]["href"].as_str().unwrap()).await.body;
    assert_eq!(
        anna.get(&href(&contact, "contactNote")).await.body["message"],
        "soup"
    );
}

#[tokio::test]
async fn a_subscription_warns_expires_and_is_extended_to_thirty_minutes_at_most() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let created = anna
        .post(
            &anna.link("people", "presenceSubscriptions"),
            json!({ "duration": 10, "uris": ["sip:ben@contoso.example"] }),
        )
        .await
        .body;
    let own = href(&created, "self");
    let extend = async |minutes: u64| {
        anna.poke(&format!("{own}?duration={minutes}"))
            .await
            .status
            .as_u16()
    };
    assert_eq!(extend(30).await, 200);
    assert_eq!((extend(9).await, extend(31).await), (400, 400));
    pool.advance(6).await;
    anna.until("presenceSubscription", "added").await;
    // Ten and thirty are cut to thirty.
    for _ in 0..2 {
        // The application lives only while it asks for events.
        pool.advance(14 * 60).await;
        pool.fault(json!({ "what": "no-sender" })).await;
        anna.page().await;
    }
    pool.advance(6).await;
    anna.until("presenceSubscription", "updated").await;
    pool.advance(2 * 60).await;
    pool.advance(6).await;
    anna.until("presenceSubscription", "deleted").await;
    assert_eq!(anna.poke(&format!("{own}?duration=30")).await.status, 404);
    assert_eq!(anna.get(&own).await.status, 404);
}

#[tokio::test]
async fn people_are_added_to_and_taken_out_of_a_subscription() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let created = anna
        .post(
            &anna.link("people", "presenceSubscriptions"),
            json!({ "duration": 30, "uris": ["sip:ben@contoso.example"] }),
        )
        .await
        .body;
    let added = anna
        .post(
            &href(&created, "addToPresenceSubscription"),
            json!({ "contactUris": ["sip:carla@contoso.example"] }),
        )
        .await;
    assert_eq!(added.status, 201);
    let memberships = anna.get(&href(&created, "memberships")).await.body["_embedded"]["presenceSubscriptionMembership"].as_array().unwrap().clone();
    assert_eq!(memberships.len(), 2);
    assert_eq!(
        anna.delete(&href(&memberships[0], "self")).await.status,
        204
    );
    let subscribed = anna
        .get(&anna.link("people", "subscribedContacts"))
        .await
        .body;
    assert_eq!(
        subscribed["_embedded"]["contact"].as_array().unwrap().len(),
        1
    );
    assert_eq!(anna.delete(&href(&created, "self")).await.status, 204);
    pool.fault(json!({ "what": "limit-exceeded" })).await;
    let refused = anna
        .post(
            &anna.link("people", "presenceSubscriptions"),
            json!({ "duration": 30, "uris": ["sip:ben@contoso.example"] }),
        )
        .await;
    assert_eq!(refused.refusal(), (403, "Forbidden", "LimitExceeded"));
    // A URI as the reference prints it by mistake.
    let wrong = anna
        .post(
            &anna.link("people", "presenceSubscriptions"),
            json!({ "duration": 30, "uris": ["\"sip : ben@contoso.example\""] }),
        )
        .await;
    assert_eq!(
        wrong.refusal(),
        (400, "BadRequest", "ParameterValidationFailure")
    );
}

#[tokio::test]
async fn a_group_can_be_subscribed_as_a_whole() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let groups = anna.get(&anna.link("people", "myGroups")).await.body;
    let subscribe = href(
        &groups["_embedded"]["pinnedGroup"],
        "subscribeToGroupPresence",
    );
    let created = anna.poke(&format!("{subscribe}&duration=11")).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let memberships = anna.get(&href(&created.body, "memberships")).await.body;
    assert_eq!(
        memberships["_embedded"]["presenceSubscriptionMembership"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn search_finds_by_name_and_address_and_says_when_there_is_more() {
    let pool = Pool::with(Options {
        contacts: 300,
        ..Options::default()
    })
    .await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let search = anna.link("people", "search");
    let ask = async |query: &str| anna.get(&format!("{search}?{query}")).await;
    let found = ask("query=okafor").await.body;
    assert_eq!(
        (
            &found["_embedded"]["contact"][0]["uri"],
            &found["moreResultsAvailable"]
        ),
        (&json!("sip:ben@contoso.example"), &json!(false))
    );
    let many = ask("query=contact0&limit=20").await.body;
    assert_eq!(
        (
            many["_embedded"]["contact"].as_array().unwrap().len(),
            &many["moreResultsAvailable"]
        ),
        (20, &json!(true))
    );
    assert!(ask("query=nosuchperson").await.body["_embedded"].is_null());
    for wrong in [
        "limit=20",
        "query=&limit=20",
        "query=ben&limit=0",
        "query=ben&limit=101",
    ] {
        assert_eq!(
            ask(wrong).await.refusal(),
            (400, "BadRequest", "ParameterValidationFailure"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn the_list_is_edited_in_revision_two_and_subscribers_are_told() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let subscription = anna
        .get(&anna.link("people", "myContactsAndGroupsSubscription"))
        .await
        .body;
    assert_eq!(subscription["state"], "Disconnected");
    assert_eq!(
        anna.poke(&format!(
            "{}?duration=30",
            href(
                &subscription,
                "startOrRefreshSubscriptionToContactsAndGroups"
            )
        ))
        .await
        .status,
        204
    );
    let groups = anna.link("people", "myGroups");
    let wish = json!({ "displayName": "Friends" });
    assert_eq!(anna.post(&groups, wish.clone()).await.status, 405);
    let created = edit(&anna, Method::POST, &groups, wish.clone()).await;
    assert_eq!(created.status, 201);
    assert_eq!(
        edit(&anna, Method::POST, &groups, wish).await.refusal(),
        (409, "Conflict", "AlreadyExists")
    );
    let group = anna.get(created.header("location")).await.body;
    let memberships = anna.link("people", "myGroupMemberships");
    let add = json!({ "contactUri": "sip:mona@fabrikam.example", "groupId": group["id"] });
    let member = edit(&anna, Method::POST, &memberships, add.clone()).await;
    assert_eq!(member.status, 201);
    assert_eq!(
        edit(&anna, Method::POST, &memberships, add).await.refusal(),
        (409, "Conflict", "AlreadyExists")
    );
    assert_eq!(
        edit(&anna, Method::DELETE, member.header("location"), json!({}))
            .await
            .status,
        204
    );
    assert_eq!(
        edit(
            &anna,
            Method::PUT,
            created.header("location"),
            json!({ "id": group["id"], "name": "Pals" })
        )
        .await
        .status,
        204
    );
    assert_eq!(
        edit(&anna, Method::DELETE, created.header("location"), json!({}))
            .await
            .status,
        204
    );
    assert_eq!(anna.get(created.header("location")).await.status, 404);
    let told = names(&anna.until("group", "deleted").await);
    for name in [
        "group added",
        "contact added",
        "contact deleted",
        "group updated",
    ] {
        assert!(told.contains(&name.to_owned()), "{name}: {told:?}");
    }
    let newer = send(
        anna.request(Method::GET, &groups)
            .header("X-MS-RequiresMinResourceVersion", "3"),
    )
    .await;
    assert_eq!(newer.refusal(), (404, "NotFound", "APIVersionNotSupported"));
}

/// A request with the header that the inputs of revision 2 need.
async fn edit(client: &Endpoint, method: Method, url: &str, body: Value) -> Answer {
    let request = client
        .request(method, url)
        .header("X-MS-RequiresMinResourceVersion", "2");
    send(request.json(&body)).await
}

async fn group_named(client: &Endpoint, name: &str) -> Value {
    let groups = client.get(&client.link("people", "myGroups")).await.body;
    let own = groups["_embedded"]["group"].as_array().unwrap();
    own.iter()
        .find(|group| group["name"] == name)
        .unwrap_or(&Value::Null)
        .clone()
}

async fn members(client: &Endpoint, group: &Value) -> Vec<String> {
    let list = client.get(&href(group, "groupContacts")).await.body;
    let contacts = list["_embedded"]["contact"].as_array().unwrap();
    let uri = |contact: &Value| contact["uri"].as_str().unwrap().to_owned();
    contacts.iter().map(uri).collect()
}

#[tokio::test]
async fn every_client_of_the_person_is_told_who_came_into_the_list_and_who_left_it() {
    let pool = Pool::start().await;
    let first = pool.sign_in("mona@fabrikam.example", "a").await;
    let mut second = pool.sign_in("mona@fabrikam.example", "b").await;
    let watch = second
        .get(&second.link("people", "myContactsAndGroupsSubscription"))
        .await
        .body;
    second
        .poke(&href(
            &watch,
            "startOrRefreshSubscriptionToContactsAndGroups",
        ))
        .await;
    let memberships = first.link("people", "myGroupMemberships");
    let everyone = first.get(&memberships).await.body;
    let remove = href(&everyone, "removeContactFromAllGroups");
    let nils = json!({ "contactUri": "sip:nils@fabrikam.example" });
    assert_eq!(
        edit(&first, Method::POST, &remove, nils.clone())
            .await
            .status,
        204
    );
    let told = second.until("contact", "deleted").await;
    assert!(!told.is_empty());
    assert_eq!(
        edit(&first, Method::POST, &remove, nils.clone())
            .await
            .refusal()
            .0,
        404
    );
    assert_eq!(
        edit(&first, Method::POST, &memberships, nils).await.status,
        201
    );
    second.until("contact", "added").await;
    let default =
        first.get(&first.link("people", "myGroups")).await.body["_embedded"]["defaultGroup"]
            .clone();
    assert!(
        members(&first, &default)
            .await
            .contains(&"sip:nils@fabrikam.example".to_owned()),
        "without a group it is the default one"
    );
}

#[tokio::test]
async fn whoever_was_in_a_deleted_group_alone_stays_in_the_list() {
    let pool = Pool::start().await;
    let mona = pool.sign_in("mona@fabrikam.example", "a").await;
    let desk = group_named(&mona, "Service desk").await;
    assert_eq!(
        edit(&mona, Method::DELETE, &href(&desk, "self"), json!({}))
            .await
            .status,
        204
    );
    let default =
        mona.get(&mona.link("people", "myGroups")).await.body["_embedded"]["defaultGroup"].clone();
    let left = members(&mona, &default).await;
    for address in ["sip:farid@contoso.example", "sip:greta@contoso.example"] {
        assert!(left.contains(&address.to_owned()), "{address}: {left:?}");
    }
}

#[tokio::test]
async fn a_list_holds_two_hundred_and_fifty_contacts() {
    let pool = Pool::with(Options {
        contacts: 237,
        ..Options::default()
    })
    .await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let memberships = anna.link("people", "myGroupMemberships");
    let stranger = json!({ "contactUri": "sip:new@partner.example" });
    assert_eq!(
        edit(&anna, Method::POST, &memberships, stranger)
            .await
            .refusal(),
        (409, "Conflict", "LimitExceeded")
    );
    let team = group_named(&anna, "Team").await;
    let known = json!({ "contactUri": "sip:kim@contoso.example", "groupId": team["id"] });
    assert_eq!(
        edit(&anna, Method::POST, &memberships, known).await.status,
        201,
        "somebody of the list is no contact more"
    );
}

#[tokio::test]
async fn names_of_groups_are_taken_once_and_the_system_groups_stay() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let team = href(&group_named(&anna, "Team").await, "self");
    let name = json!({ "name": "service desk" });
    assert_eq!(
        edit(&anna, Method::PUT, &team, name).await.refusal(),
        (409, "Conflict", "AlreadyExists")
    );
    let foreign = json!({ "id": "another", "name": "Crew" });
    assert_eq!(edit(&anna, Method::PUT, &team, foreign).await.status, 400);
    let groups = anna.get(&anna.link("people", "myGroups")).await.body;
    let default = href(&groups["_embedded"]["defaultGroup"], "self");
    assert_eq!(
        edit(&anna, Method::DELETE, &default, json!({}))
            .await
            .refusal(),
        (403, "Forbidden", "OperationNotSupported")
    );
}

#[tokio::test]
async fn on_a_lync_server_2013_the_list_is_read_and_nothing_more() {
    let pool = Pool::with(Options {
        read_only_contacts: true,
        ..Options::default()
    })
    .await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let people = &anna.application["_embedded"]["people"]["_links"];
    assert!(people["myGroups"]["revision"].is_null() && people["search"]["revision"] == "2");
    let memberships = anna.link("people", "myGroupMemberships");
    let list = anna.get(&memberships).await.body;
    assert!(list["_links"]["removeContactFromAllGroups"].is_null());
    let add = json!({ "contactUri": "sip:new@partner.example" });
    assert_eq!(
        edit(&anna, Method::POST, &memberships, add.clone())
            .await
            .refusal(),
        (404, "NotFound", "APIVersionNotSupported")
    );
    assert_eq!(anna.post(&memberships, add).await.status, 405);
}

#[tokio::test]
async fn photos_are_jpegs_with_a_tag_and_missing_for_some() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let url = anna.me("photo");
    let response = anna.request(Method::GET, &url).send().await.unwrap();
    let tag = response.headers()["etag"].clone();
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert!(
        response
            .bytes()
            .await
            .unwrap()
            .starts_with(&[0xff, 0xd8, 0xff])
    );
    let again = send(anna.request(Method::GET, &url).header("if-none-match", tag)).await;
    assert_eq!(again.status, 304);
    assert_eq!(anna.get(&format!("{url}?size=HR7X7")).await.status, 400);
    let contacts = anna.get(&anna.link("people", "myContacts")).await.body;
    let carla = contacts["_embedded"]["contact"]
        .as_array()
        .unwrap()
        .iter()
        .find(|contact| contact["uri"] == "sip:carla@contoso.example")
        .unwrap()
        .clone();
    assert!(carla["_links"]["contactPhoto"].is_null());
}
