//! How much somebody is let see, and whom a person blocks.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Endpoint, Pool, href, send};

/// The privacy relationship of somebody, as a client reads it.
async fn relationship(client: &Endpoint, name: &str) -> Value {
    let contact = contact(client, name).await;
    client
        .get(&href(&contact, "contactPrivacyRelationship"))
        .await
        .body
}

async fn contact(client: &Endpoint, name: &str) -> Value {
    let search = client.link("people", "search");
    let found = client.get(&format!("{search}?query={name}")).await.body;
    found["_embedded"]["contact"][0].clone()
}

async fn put(client: &Endpoint, known: &Value, level: &str, etag: Option<&str>) -> Answer {
    let request = client.request(Method::PUT, &href(known, "self"));
    let request = request.header("x-ms-requiresminresourceversion", "2");
    let request = request.json(&json!({ "relationshipLevel": level }));
    send(match etag {
        Some(etag) => request.header("if-match", format!("\"{etag}\"")),
        None => request,
    })
    .await
}

async fn reset(client: &Endpoint, known: &Value) -> Answer {
    let link = href(known, "resetContactPrivacyRelationship");
    let request = client.request(Method::POST, &link);
    let request = request.header("content-length", "0");
    send(request.header("x-ms-requiresminresourceversion", "2")).await
}

#[tokio::test]
async fn a_level_is_replaced_by_who_has_read_it_and_given_back() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let known = relationship(&anna, "ben").await;
    assert_eq!(known["relationshipLevel"], "Colleagues");
    let etag = known["etag"].as_str().unwrap();
    assert_eq!(put(&anna, &known, "Workgroup", None).await.status, 428);
    assert_eq!(
        put(&anna, &known, "Workgroup", Some("old")).await.status,
        412
    );
    assert_eq!(put(&anna, &known, "Enemies", Some(etag)).await.status, 400);
    assert_eq!(
        put(&anna, &known, "Workgroup", Some(etag)).await.status,
        200
    );
    let now = relationship(&anna, "ben").await;
    assert_eq!(now["relationshipLevel"], "Workgroup");
    let all = anna.link("people", "myPrivacyRelationships");
    let all = anna.get(&all).await.body["_embedded"]["myPrivacyRelationship"].clone();
    let levels: Vec<(&str, usize)> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let people = one["_links"]["contact"].as_array().unwrap();
            (one["relationshipLevel"].as_str().unwrap(), people.len())
        })
        .collect();
    assert_eq!(levels, [("Colleagues", 12), ("Workgroup", 1)]);
    assert_eq!(reset(&anna, &now).await.status, 200);
    let again = relationship(&anna, "ben").await;
    assert_eq!(again["relationshipLevel"], "Colleagues");
}

#[tokio::test]
async fn the_old_revision_only_reads() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "a").await;
    let known = relationship(&anna, "ben").await;
    let request = anna.request(Method::PUT, &href(&known, "self"));
    let old = send(request.json(&json!({ "relationshipLevel": "Blocked" }))).await;
    assert_eq!(old.status, 405);
}

#[tokio::test]
async fn whoever_is_blocked_sees_nobody_there_and_reaches_nobody() {
    let pool = Pool::start().await;
    let anna = pool.available("anna@contoso.example", "a").await;
    let mut ben = pool.sign_in("ben@contoso.example", "b").await;
    let uris = json!({ "duration": 11, "uris": ["sip:anna@contoso.example"] });
    ben.post(&ben.link("people", "presenceSubscriptions"), uris)
        .await;
    pool.advance(6).await;
    ben.until("contactPresence", "updated").await;
    let seen = async |client: &Endpoint| {
        let anna = contact(client, "anna").await;
        let presence = client.get(&href(&anna, "contactPresence")).await.body;
        presence["availability"].as_str().unwrap().to_owned()
    };
    assert_eq!(seen(&ben).await, "Online");

    let known = relationship(&anna, "ben").await;
    put(&anna, &known, "Blocked", known["etag"].as_str()).await;
    pool.advance(6).await;
    ben.until("contactPresence", "updated").await;
    assert_eq!(seen(&ben).await, "Offline");
    ben.start_messaging("anna@contoso.example", "op1", None)
        .await;
    let failed = ben.event("messagingInvitation", "completed").await;
    assert_eq!(
        (&failed["reason"]["code"], &failed["reason"]["subcode"]),
        (&json!("Forbidden"), &json!("NotAllowed"))
    );
}

#[tokio::test]
async fn another_client_that_watches_the_contact_is_told() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let uris = json!({ "duration": 11, "uris": ["sip:ben@contoso.example"] });
    anna.post(&anna.link("people", "presenceSubscriptions"), uris)
        .await;
    let body = json!({ "to": "ben@contoso.example", "level": "FriendsAndFamily" });
    pool.control("/people/anna@contoso.example/privacy", body)
        .await;
    pool.advance(6).await;
    let told = anna.event("contactPrivacyRelationship", "updated").await;
    let now = anna.get(told["link"]["href"].as_str().unwrap()).await.body;
    assert_eq!(now["relationshipLevel"], "FriendsAndFamily");
}
