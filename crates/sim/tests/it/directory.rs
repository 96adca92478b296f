//! Distribution groups of the directory and of the contact list.

use causeway_sim::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Endpoint, Pool, href, names, send};

/// Searches as of revision 2 and gives the one group that is found.
async fn find(client: &Endpoint, words: &str) -> Value {
    let found = search(client, words, "2").await;
    let groups = found["_embedded"]["distributionGroup"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{found}");
    groups[0].clone()
}

async fn search(client: &Endpoint, words: &str, revision: &str) -> Value {
    let request = client
        .request(Method::GET, &client.link("people", "search"))
        .query(&[("query", words)]);
    send(request.header("x-ms-requiresminresourceversion", revision))
        .await
        .body
}

async fn change(client: &Endpoint, link: &str, inputs: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::POST, link).query(inputs);
    let request = request.header("content-length", "0");
    send(request.header("x-ms-requiresminresourceversion", "2")).await
}

fn uris(group: &Value, rel: &str) -> Vec<String> {
    let members = group["_embedded"][rel].as_array().unwrap().iter();
    members
        .map(|member| member["uri"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_group_is_found_with_revision_2_and_expands_to_people_and_groups() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    assert!(search(&anna, "staff", "1").await["_embedded"].is_null());
    let staff = find(&anna, "contoso staff").await;
    assert_eq!(staff["uri"], "sip:staff@contoso.example");
    let expanded = anna
        .get(&href(&staff, "expandDistributionGroup"))
        .await
        .body;
    assert_eq!(expanded["rel"], "distributionGroup");
    assert_eq!(
        uris(&expanded, "distributionGroup"),
        ["sip:developers@contoso.example"]
    );
    assert_eq!(uris(&expanded, "contact").len(), 3);
}

#[tokio::test]
async fn a_large_group_is_not_expanded() {
    let pool = Pool::with(Options {
        contacts: 101,
        ..Options::default()
    })
    .await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let all = find(&anna, "all-contacts").await;
    let refused = anna.get(&href(&all, "expandDistributionGroup")).await;
    assert_eq!(refused.refusal(), (403, "Forbidden", "TooManyContacts"));
}

#[tokio::test]
async fn a_group_comes_into_the_list_changes_and_goes_and_every_client_is_told() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let mut other = pool.sign_in("anna@contoso.example", "b").await;
    let watch = other.link("people", "myContactsAndGroupsSubscription");
    let start = href(
        &other.get(&watch).await.body,
        "startOrRefreshSubscriptionToContactsAndGroups",
    );
    other.poke(&format!("{start}?duration=10")).await;
    let staff = find(&anna, "contoso staff").await;
    let add = href(&staff, "addToContactList");
    let inputs = [
        ("displayName", "Contoso staff"),
        ("smtpAddress", "staff@contoso.example"),
    ];
    assert_eq!(change(&anna, &add, &inputs[..1]).await.status, 400);
    let old = format!("{add}?displayName=a&smtpAddress=staff@contoso.example");
    assert_eq!(anna.poke(&old).await.status, 405);
    assert_eq!(change(&anna, &add, &inputs).await.status, 204);
    assert_eq!(
        change(&anna, &add, &inputs).await.refusal(),
        (409, "Conflict", "AlreadyExists")
    );
    let told = other.event("distributionGroup", "added").await;
    assert_eq!(told["in"]["rel"], "myGroups");
    let group = other.get(told["link"]["href"].as_str().unwrap()).await.body;
    assert_eq!(group["name"], "Contoso staff");
    let listed = anna.get(&anna.link("people", "myGroups")).await.body;
    assert_eq!(
        listed["_embedded"]["distributionGroup"][0]["uri"],
        "sip:staff@contoso.example"
    );

    pool.control(
        "/groups/staff@contoso.example",
        json!({ "name": "Everybody", "members": ["kim@contoso.example"] }),
    )
    .await;
    let told = other.event("distributionGroup", "updated").await;
    let group = other.get(told["link"]["href"].as_str().unwrap()).await.body;
    assert_eq!(group["name"], "Everybody");

    let remove = href(&staff, "removeFromContactList");
    let id = [("groupId", staff["id"].as_str().unwrap())];
    assert_eq!(change(&anna, &remove, &id).await.status, 204);
    assert_eq!(change(&anna, &remove, &id).await.status, 404);
    other.event("distributionGroup", "deleted").await;
}

#[tokio::test]
async fn the_presence_of_a_group_is_subscribed_at_once() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let developers = find(&anna, "developers").await;
    let subscribe = href(&developers, "subscribeToGroupPresence");
    assert!(subscribe.contains("groupId="), "{subscribe}");
    let created = anna.poke(&format!("{subscribe}&duration=11")).await;
    assert_eq!(created.status, 201);
    pool.advance(6).await;
    let told = names(&anna.until("contactPresence", "updated").await);
    let presences = told
        .iter()
        .filter(|name| *name == "contactPresence updated");
    assert_eq!(presences.count(), 2, "{told:?}");
}
