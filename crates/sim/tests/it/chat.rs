//! Conversations of two.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Endpoint, Pool, embedded, href, names, send};

const FIRST: &str = "data:text/plain;charset=utf-8,Hej+p%C3%A5+dig%21";

/// Anna's and Ben's side of a conversation that Anna began: the two messaging resources.
async fn connected(anna: &mut Endpoint, ben: &mut Endpoint, first: Option<&str>) -> (Value, Value) {
    assert_eq!(
        anna.start_messaging("ben@contoso.example", "op", first)
            .await
            .status,
        201
    );
    let invitation = ben.event("messagingInvitation", "started").await;
    assert_eq!(
        ben.poke(&href(embedded(&invitation), "accept"))
            .await
            .status,
        204
    );
    let at_ben = ben.until("messagingInvitation", "completed").await;
    let at_anna = anna.until("messagingInvitation", "completed").await;
    (messaging(&at_anna), messaging(&at_ben))
}

fn messaging(events: &[Value]) -> Value {
    let last = events
        .iter()
        .rev()
        .find(|event| event["link"]["rel"] == "messaging")
        .unwrap();
    embedded(last).clone()
}

/// The last event of this name.
fn last<'a>(events: &'a [Value], rel: &str, kind: &str) -> &'a Value {
    events
        .iter()
        .rev()
        .find(|event| event["link"]["rel"] == rel && event["type"] == kind)
        .unwrap()
}

#[tokio::test]
async fn a_conversation_goes_both_ways_and_tells_its_steps_in_the_documented_order() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    let mut ben = pool.available("ben@contoso.example", "b").await;
    let started = anna
        .start_messaging("ben@contoso.example", "op", Some(FIRST))
        .await;
    let location = started.header("location").to_owned();
    let mut seen = anna.until("messagingInvitation", "started").await;
    assert_eq!(
        last(&seen, "messagingInvitation", "started")["link"]["href"],
        location.as_str()
    );
    let at_ben = ben.until("messagingInvitation", "started").await;
    let invitation = embedded(last(&at_ben, "messagingInvitation", "started"));
    assert_eq!(
        (
            invitation["direction"].as_str(),
            href(invitation, "message")
        ),
        (
            Some("Incoming"),
            "data:text/plain;charset=utf-8,Hej+p%c3%a5+dig!".to_owned()
        )
    );
    assert_eq!(
        invitation["_embedded"]["from"]["uri"],
        "sip:anna@contoso.example"
    );
    ben.poke(&href(invitation, "accept")).await;
    seen.extend(anna.until("messagingInvitation", "completed").await);
    let steps: Vec<String> = names(&seen)
        .into_iter()
        .skip_while(|name| !name.starts_with("messagingInvitation"))
        .collect();
    let documented = [
        "messagingInvitation started",
        "conversation added",
        "localParticipant added",
        "messaging updated",
        "conversation updated",
        "participant added",
        "participantMessaging added",
        "messaging updated",
        "messagingInvitation completed",
    ];
    assert_eq!(steps, documented);
    let completed = last(&seen, "messagingInvitation", "completed");
    assert_eq!(
        (&completed["status"], &embedded(completed)["operationId"]),
        (&json!("Success"), &json!("op"))
    );
    assert_eq!(
        embedded(completed)["_embedded"]["acceptedByParticipant"][0]["uri"],
        "sip:ben@contoso.example"
    );
    // The first text comes again as a message.
    let first = ben.event("message", "completed").await;
    assert_eq!(
        href(embedded(&first), "plainMessage"),
        "data:text/plain;charset=utf-8,Hej+p%c3%a5+dig!"
    );
    let sent = anna.send_text(&messaging(&seen), "m1", "1+1 = 2 ü").await;
    assert_eq!(sent.status, 201);
    let arrived = ben.event("message", "completed").await;
    assert_eq!(
        (
            href(embedded(&arrived), "plainMessage"),
            &embedded(&arrived)["direction"]
        ),
        (
            "data:text/plain;charset=utf-8,1%2b1+%3d+2+%c3%bc".to_owned(),
            &json!("Incoming")
        )
    );
    let delivered = anna.event("message", "completed").await;
    assert_eq!(
        (
            delivered["link"]["href"].as_str(),
            &delivered["status"],
            &embedded(&delivered)["operationId"]
        ),
        (
            Some(sent.header("location")),
            &json!("Success"),
            &json!("m1")
        )
    );
    let back = messaging(&at_ben);
    assert!(
        back["_links"]["sendMessage"].is_null(),
        "nothing can be sent while it connects"
    );
}

#[tokio::test]
async fn typing_shows_on_the_other_side_and_ends_by_itself_or_with_the_text() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.available("ben@contoso.example", "b").await,
    );
    let (at_anna, _) = connected(&mut anna, &mut ben, None).await;
    for by_text in [false, true] {
        assert_eq!(anna.poke(&href(&at_anna, "setIsTyping")).await.status, 204);
        let typing = ben.event("participant", "added").await;
        assert_eq!(typing["in"]["rel"], "typingParticipants");
        if by_text {
            anna.send_text(&at_anna, "m", "done").await;
        } else {
            pool.advance(11).await;
        }
        let stopped = ben.event("participant", "deleted").await;
        assert_eq!(stopped["in"]["rel"], "typingParticipants");
    }
}

#[tokio::test]
async fn declining_cancelling_and_not_answering_end_with_their_reasons() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.available("ben@contoso.example", "b").await,
    );
    for (what, code, subcode, at_ben) in [
        ("decline", "RemoteFailure", "Declined", "Declined"),
        ("cancel", "LocalFailure", "Canceled", "Missed"),
        ("wait", "RemoteFailure", "Timeout", "Missed"),
    ] {
        anna.start_messaging("ben@contoso.example", what, Some(FIRST))
            .await;
        let own = anna.event("messagingInvitation", "started").await;
        let theirs = ben.event("messagingInvitation", "started").await;
        let done = match what {
            "decline" => ben
                .post(
                    &href(embedded(&theirs), "decline"),
                    json!({ "reason": "Global" }),
                )
                .await
                .status
                .as_u16(),
            "cancel" => anna
                .poke(&href(embedded(&own), "cancel"))
                .await
                .status
                .as_u16(),
            _ => {
                pool.advance(31).await;
                204
            }
        };
        assert_eq!(done, 204);
        let seen = anna.until("conversation", "deleted").await;
        let completed = last(&seen, "messagingInvitation", "completed");
        assert_eq!(
            (
                &completed["status"],
                &completed["reason"]["code"],
                &completed["reason"]["subcode"]
            ),
            (&json!("Failure"), &json!(code), &json!(subcode)),
            "{what}"
        );
        let missed = ben.until("conversation", "deleted").await;
        assert_eq!(
            last(&missed, "messagingInvitation", "completed")["reason"]["subcode"],
            at_ben,
            "{what}"
        );
        assert_eq!(
            ben.poke(&href(embedded(&theirs), "accept")).await.status,
            404
        );
    }
}

#[tokio::test]
async fn the_first_of_two_clients_takes_the_conversation() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    let (mut desk, mut home) = (
        pool.available("ben@contoso.example", "desk").await,
        pool.available("ben@contoso.example", "home").await,
    );
    anna.start_messaging("ben@contoso.example", "op", Some(FIRST))
        .await;
    let at_desk = desk.event("messagingInvitation", "started").await;
    let at_home = home.event("messagingInvitation", "started").await;
    desk.poke(&href(embedded(&at_desk), "accept")).await;
    let seen = home.until("conversation", "deleted").await;
    let elsewhere = last(&seen, "messagingInvitation", "completed");
    assert_eq!(
        (&elsewhere["status"], &elsewhere["reason"]["subcode"]),
        (&json!("Failure"), &json!("ConnectedElsewhere"))
    );
    assert_ne!(
        home.poke(&href(embedded(&at_home), "accept")).await.status,
        204
    );
    let seen = anna.until("messagingInvitation", "completed").await;
    assert_eq!(
        last(&seen, "messagingInvitation", "completed")["status"],
        "Success"
    );
    // Local declining leaves the other client ringing.
    let mut carla = pool.available("carla@contoso.example", "c").await;
    carla
        .start_messaging("ben@contoso.example", "op", None)
        .await;
    let at_desk = desk.event("messagingInvitation", "started").await;
    let at_home = home.event("messagingInvitation", "started").await;
    desk.post(
        &href(embedded(&at_desk), "decline"),
        json!({ "reason": "Local" }),
    )
    .await;
    assert_eq!(
        home.poke(&href(embedded(&at_home), "accept")).await.status,
        204
    );
    let seen = carla.until("messagingInvitation", "completed").await;
    assert_eq!(
        last(&seen, "messagingInvitation", "completed")["status"],
        "Success"
    );
}

#[tokio::test]
async fn an_invitation_that_cannot_arrive_says_why() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    let cases = [
        ("nils@fabrikam.example", "RemoteFailure", "Unreachable"),
        ("elena@contoso.example", "RemoteFailure", "DoNotDisturb"),
        ("nobody@contoso.example", "NotFound", "DestinationNotFound"),
        (
            "someone@elsewhere.example",
            "Forbidden",
            "FederationRequired",
        ),
    ];
    for (to, code, subcode) in cases {
        assert_eq!(anna.start_messaging(to, to, Some(FIRST)).await.status, 201);
        let seen = anna.until("conversation", "deleted").await;
        let completed = last(&seen, "messagingInvitation", "completed");
        assert_eq!(
            (
                &completed["reason"]["code"],
                &completed["reason"]["subcode"]
            ),
            (&json!(code), &json!(subcode)),
            "{to}"
        );
    }
}

#[tokio::test]
async fn the_cast_accepts_at_once_answers_and_is_unreachable_when_offline() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    anna.start_messaging("ben@contoso.example", "op", Some(FIRST))
        .await;
    let seen = anna.until("messagingInvitation", "completed").await;
    let messaging = messaging(&seen);
    anna.send_text(&messaging, "m1", "second").await;
    anna.until("message", "completed").await;
    let inbox = pool.ask_control("/people/ben@contoso.example/inbox").await;
    let texts: Vec<&str> = inbox["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["Hej på dig!", "second"]);
    // The answer comes in the same conversation.
    pool.control(
        "/people/ben@contoso.example/message",
        json!({ "to": "anna@contoso.example", "text": "answer" }),
    )
    .await;
    let answer = anna.event("message", "completed").await;
    assert_eq!(
        href(embedded(&answer), "plainMessage"),
        "data:text/plain;charset=utf-8,answer"
    );
    pool.control(
        "/people/ben@contoso.example/status",
        json!({ "availability": "Offline" }),
    )
    .await;
    let sent = anna.send_text(&messaging, "m2", "third").await;
    let failed = anna.event("message", "completed").await;
    assert_eq!(
        (
            failed["link"]["href"].as_str(),
            &failed["status"],
            &failed["reason"]["subcode"]
        ),
        (
            Some(sent.header("location")),
            &json!("Failure"),
            &json!("Unreachable")
        )
    );
    assert!(embedded(&failed)["_links"]["failedDeliveryParticipant"][0]["href"].is_string());
}

#[tokio::test]
async fn what_a_client_fetched_is_in_the_inbox_of_its_user() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.available("ben@contoso.example", "b").await,
    );
    let (at_anna, _) = connected(&mut anna, &mut ben, Some(FIRST)).await;
    anna.send_text(&at_anna, "m1", "second").await;
    while !ben
        .event("message", "completed")
        .await
        .to_string()
        .contains("second")
    {}
    let inbox = pool.ask_control("/people/ben@contoso.example/inbox").await;
    let texts: Vec<&str> = inbox["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["Hej på dig!", "second"]);
}

#[tokio::test]
async fn a_message_that_nobody_fetches_fails_after_thirty_seconds() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.available("ben@contoso.example", "b").await,
    );
    let (at_anna, _) = connected(&mut anna, &mut ben, None).await;
    anna.send_text(&at_anna, "m1", "anybody there?").await;
    pool.advance(31).await;
    let failed = anna.event("message", "completed").await;
    assert_eq!(
        (&failed["status"], &embedded(&failed)["operationId"]),
        (&json!("Failure"), &json!("m1"))
    );
    // It is not delivered after all.
    anna.send_text(&at_anna, "m2", "hello").await;
    let arrived = ben.until("message", "completed").await;
    let texts: Vec<String> = arrived
        .iter()
        .filter(|event| event["link"]["rel"] == "message")
        .map(|event| href(embedded(event), "plainMessage"))
        .collect();
    assert_eq!(texts, ["data:text/plain;charset=utf-8,hello"]);
}

#[tokio::test]
async fn an_ended_conversation_can_be_taken_up_again_in_its_thread() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.available("ben@contoso.example", "b").await,
    );
    let (at_anna, at_ben) = connected(&mut anna, &mut ben, None).await;
    let thread = anna.get(&href(&at_anna, "conversation")).await.body["threadId"].clone();
    assert_eq!(ben.poke(&href(&at_ben, "stopMessaging")).await.status, 204);
    let ended = anna.event("messaging", "updated").await;
    assert_eq!(
        (&embedded(&ended)["state"], &ended["reason"]["subcode"]),
        (&json!("Disconnected"), &json!("Ended"))
    );
    let refused = anna.send_text(&at_anna, "late", "too late").await;
    assert_eq!(refused.status, 409);
    let added = anna
        .post(
            &href(embedded(&ended), "addMessaging"),
            json!({ "operationId": "again" }),
        )
        .await;
    assert_eq!(added.status, 201);
    let invitation = ben.event("messagingInvitation", "started").await;
    assert_eq!(embedded(&invitation)["threadId"], thread);
    ben.poke(&href(embedded(&invitation), "accept")).await;
    let seen = anna.until("messagingInvitation", "completed").await;
    assert_eq!(
        last(&seen, "messagingInvitation", "completed")["status"],
        "Success"
    );
    assert_eq!(
        anna.delete(&href(&at_anna, "conversation")).await.status,
        204
    );
    let gone = anna.get(&href(&at_anna, "conversation")).await;
    assert_eq!(gone.refusal(), (404, "NotFound", "ConversationNotFound"));
    let ended = ben.event("messaging", "updated").await;
    assert_eq!(embedded(&ended)["state"], "Disconnected");
}

#[tokio::test]
async fn messages_are_refused_that_a_server_would_refuse() {
    let pool = Pool::start().await;
    let (mut anna, mut ben) = (
        pool.available("anna@contoso.example", "a").await,
        pool.sign_in("ben@contoso.example", "b").await,
    );
    // Ben can show plain text only.
    ben.post(
        &ben.me("makeMeAvailable"),
        json!({ "supportedModalities": ["Messaging"] }),
    )
    .await;
    let (at_anna, _) = connected(&mut anna, &mut ben, None).await;
    assert_eq!(at_anna["negotiatedMessageFormats"], json!(["Plain"]));
    let url = href(&at_anna, "sendMessage");
    let post = async |query: &str, kind: &str, body: Vec<u8>| {
        send(
            anna.request(Method::POST, &format!("{url}{query}"))
                .header("content-type", kind)
                .header("content-length", body.len())
                .body(body),
        )
        .await
        .status
        .as_u16()
    };
    let plain = "text/plain; charset=utf-8";
    assert_eq!(post("", plain, b"x".to_vec()).await, 400);
    assert_eq!(
        post("?operationId=1", "application/json", b"{}".to_vec()).await,
        415
    );
    assert_eq!(
        post("?operationId=1", "text/html", b"<b>x</b>".to_vec()).await,
        415
    );
    assert_eq!(
        post(
            "?operationId=1",
            "text/plain; charset=iso-8859-1",
            b"x".to_vec()
        )
        .await,
        415
    );
    assert_eq!(post("?operationId=1", plain, vec![0xe5]).await, 400);
    assert_eq!(post("?operationId=1", plain, Vec::new()).await, 400);
    assert_eq!(post("?operationId=1", plain, vec![b'x'; 40_000]).await, 413);
    assert_eq!(post("?OperationContext=1", plain, b"x".to_vec()).await, 201);
    let again = anna
        .post(
            &anna.link("communication", "startMessaging"),
            json!({ "to": "sip:ben@contoso.example" }),
        )
        .await;
    assert_eq!(
        again.refusal(),
        (400, "BadRequest", "ParameterValidationFailure")
    );
    let thread = anna.get(&href(&at_anna, "conversation")).await.body["threadId"].clone();
    let twice = anna
        .post(
            &anna.link("communication", "startMessaging"),
            json!({ "to": "sip:ben@contoso.example", "operationId": "n", "threadId": thread }),
        )
        .await;
    assert_eq!(twice.refusal(), (409, "Conflict", "ThreadIdAlreadyExists"));
}

#[tokio::test]
async fn faults_decline_fail_and_garble_messages() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    pool.fault(json!({ "what": "decline" })).await;
    anna.start_messaging("ben@contoso.example", "1", None).await;
    let seen = anna.until("conversation", "deleted").await;
    assert_eq!(
        last(&seen, "messagingInvitation", "completed")["reason"]["subcode"],
        "Declined"
    );
    anna.start_messaging("ben@contoso.example", "2", None).await;
    let at_anna = messaging(&anna.until("messagingInvitation", "completed").await);
    pool.fault(json!({ "what": "fail-message", "reason": "RemoteFailure/Busy" }))
        .await;
    anna.send_text(&at_anna, "m", "x").await;
    assert_eq!(
        anna.event("message", "completed").await["reason"]["subcode"],
        "Busy"
    );
    pool.fault(json!({ "what": "bad-data-uri" })).await;
    pool.fault(json!({ "what": "unknown-event" })).await;
    pool.control(
        "/people/ben@contoso.example/message",
        json!({ "to": "anna@contoso.example", "text": "x" }),
    )
    .await;
    let seen = anna.until("hologram", "transmogrified").await;
    assert!(
        href(
            embedded(last(&seen, "message", "completed")),
            "plainMessage"
        )
        .contains("base64")
    );
}
