//! Texts in both directions.

use std::time::Duration;

use serde_json::json;

use super::script::{APP, Script, json_of, link, lost, message, not_sent, olaf, query, rel};
use crate::session::{Content, Response};
use crate::wire::data_uri;
use crate::{Body, Command, Event};

const SECOND: Duration = Duration::from_secs(1);

fn invitation(kind: &str, extra: &serde_json::Value) -> serde_json::Value {
    let mut event = json!({"link": rel("messagingInvitation", "/communication/invitations/o1"), "type": kind, "_embedded": {
        "messagingInvitation": {"direction": "Outgoing", "operationId": "op1", "threadId": "t0",
            "_links": {"conversation": link("/communication/conversations/c1")}}}});
    event
        .as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    json!([event])
}

/// A conversation that Olaf began, open for texts, everything told so far taken.
fn talking() -> Script {
    let mut script = Script::online(&[]);
    script.olaf_invites("hej");
    script.connected();
    script.events();
    script
}

#[test]
fn invitation_is_accepted_at_once_and_its_text_is_told_once() {
    let mut script = Script::online(&[]);
    script.events();
    script.olaf_invites("Hej +1 på dig");
    assert!(script.asks("/invitations/i1/accept"));
    script.incoming(1, "Hej +1 på dig\r\n");
    script.incoming(2, "Hej +1 på dig\r\n");
    let told = script.told();
    let hej = "message sip:Olaf@example.org t1 Hej +1 på dig";
    assert_eq!(
        told,
        [
            "conversation t1 true",
            hej,
            "page 1",
            "page 2",
            hej,
            "page 3"
        ]
    );
}

#[test]
fn an_acceptance_answered_by_something_else_is_repeated() {
    let mut script = Script::online(&[]);
    script.olaf_invites("hej");
    script.answer(
        "/invitations/i1/accept",
        200,
        &json!({"page": "of a proxy"}),
    );
    script.wait(SECOND * 4);
    script.fail("/invitations/i1/accept", lost());
    script.wait(SECOND * 4);
    let nothing = Response {
        status: 204,
        ..Response::default()
    };
    script.answer_with("/invitations/i1/accept", nothing);
    script.wait(SECOND * 20);
    assert!(!script.asks("/invitations/i1/accept"));
}

#[test]
fn message_shown_as_started_and_completed_is_told_once() {
    let mut script = talking();
    let mut started = message(1, "Incoming", "one");
    started[0]["type"] = json!("started");
    script.conversation_page(&started);
    script.incoming(1, "one");
    assert_eq!(
        script.told(),
        ["message sip:Olaf@example.org t1 one", "page 3", "page 4"]
    );
}

#[test]
fn page_is_done_only_when_its_inviter_is_known() {
    let mut script = Script::online(&[]);
    script.events();
    script.communication_page(&json!([{"link": rel("messagingInvitation", "/communication/invitations/i1"), "type": "started", "_embedded": {
        "messagingInvitation": {"direction": "Incoming", "threadId": "t1", "_links": {"conversation": link("/communication/conversations/c1"),
            "accept": link("/communication/invitations/i1/accept"), "message": {"href": data_uri::encode_plain("hej")},
            "from": {"href": format!("{APP}/participants/olaf"), "title": "Olaf Ek"}}}}}]));
    assert!(script.told().is_empty());
    script.answer(
        "/participants/olaf",
        200,
        &json!({"uri": "sip:olaf@example.org"}),
    );
    assert_eq!(
        script.told(),
        [
            "message sip:olaf@example.org t1 hej",
            "conversation t1 true",
            "page 1"
        ]
    );
}

#[test]
fn text_that_is_not_what_it_says_is_skipped() {
    let mut script = talking();
    let mut broken = message(1, "Incoming", "x");
    broken[0]["_embedded"]["message"]["_links"]["plainMessage"]["href"] =
        json!("data:text/plain;base64,not base64!");
    script.conversation_page(&broken);
    assert_eq!(script.told(), ["page 3"]);
}

#[test]
fn message_of_an_unknown_conversation_waits_until_its_writer_is_known() {
    let mut script = Script::online(&[]);
    script.events();
    script.incoming(1, "hej");
    script.answer("/conversations/c1", 200, &json!({"state": "Connected", "threadId": "t9", "_links": {"participants": link("/communication/conversations/c1/participants")}}));
    let participants = json!({"_embedded": {"participant": [{"uri": "sip:lina@example.org", "local": true}, {"uri": "sip:olaf@example.org", "name": "Olaf"}]}});
    assert!(script.told().is_empty());
    script.answer("/participants", 200, &participants);
    assert_eq!(
        script.told(),
        ["message sip:olaf@example.org t9 hej", "page 1"]
    );
}

#[test]
fn first_text_goes_with_the_invitation_and_the_next_waits_for_the_conversation() {
    let mut script = Script::online(&[]);
    script.events();
    script.send("op1", "Hej + hå");
    script.send("op2", "två");
    let request = script.created(
        "/communication/invitations",
        "/communication/invitations/o1",
    );
    let input = json_of(&request);
    assert_eq!(
        (
            input["to"].as_str(),
            input["operationId"].as_str(),
            input["threadId"].as_str()
        ),
        (Some("sip:olaf@example.org"), Some("op1"), Some("t0"))
    );
    assert_eq!(
        data_uri::decode(input["_links"]["message"]["href"].as_str().unwrap()),
        Ok(Body::Plain("Hej + hå".to_owned()))
    );
    script.communication_page(&invitation("started", &json!({})));
    script.connected();
    assert!(!script.asks("/messages"), "the invitation is not over");
    script.communication_page(&invitation("completed", &json!({"status": "Success"})));
    let request = script.created("/messages", "/communication/conversations/c1/messages/2");
    assert_eq!(query(&request.url, "operationId").as_deref(), Some("op2"));
    assert!(matches!(&request.content, Content::Text(text) if text == "två"));
    script.conversation_page(&message(2, "Outgoing", "två"));
    let told: Vec<String> = script
        .told()
        .into_iter()
        .filter(|line| !line.starts_with("page"))
        .collect();
    assert_eq!(
        told,
        [
            "op1 Accepted",
            "conversation t0 true",
            "op1 Delivered",
            "op2 Accepted",
            "op2 Delivered"
        ]
    );
}

#[test]
fn invitation_that_shows_only_its_failure_fails_the_text_with_its_reason() {
    let mut script = Script::online(&[]);
    script.events();
    script.send("op1", "hej");
    script.communication_page(&invitation("completed", &json!({"status": "Failure", "reason": {"code": "RemoteFailure", "subcode": "DoNotDisturb"}})));
    assert_eq!(
        script.told(),
        [
            "op1 Accepted",
            "op1 failed RemoteFailure DoNotDisturb",
            "page 1"
        ]
    );
}

#[test]
fn event_before_its_201_settles_the_text_once() {
    let mut script = talking();
    script.send("a", "one");
    script.asked();
    script.conversation_page(&message(5, "Outgoing", "one"));
    script.created("/messages", "/communication/conversations/c1/messages/5");
    assert_eq!(script.told(), ["page 3", "a Accepted", "a Delivered"]);
    script.send("b", "two");
    script.asked();
    let mut named = message(6, "Outgoing", "two");
    named[0]["_embedded"]["message"]["operationId"] = json!("b");
    script.conversation_page(&named);
    script.created("/messages", "/communication/conversations/c1/messages/6");
    assert_eq!(script.told(), ["b Delivered", "page 4"]);
}

#[test]
fn texts_to_one_person_go_one_after_the_other() {
    let mut script = talking();
    for (id, text) in [("a", "1"), ("b", "2"), ("c", "3")] {
        script.send(id, text);
    }
    for (number, text) in ["1", "2", "3"].iter().enumerate() {
        assert_eq!(
            script
                .asked()
                .iter()
                .filter(|line| line.contains("/messages"))
                .count(),
            1
        );
        let request = script.created("/messages", &format!("/m/{number}"));
        assert!(matches!(&request.content, Content::Text(sent) if sent == text));
    }
}

#[test]
fn lost_answer_is_never_repeated_and_is_unknown_when_nothing_tells() {
    let mut script = talking();
    script.send("a", "one");
    script.send("b", "two");
    script.fail("/messages", lost());
    script.wait(59 * SECOND);
    assert!(!script.asks("/messages"));
    assert!(script.told().is_empty());
    script.wait(2 * SECOND);
    assert_eq!(script.told(), ["a Unknown"]);
    let request = script.created("/messages", "/m/2");
    assert_eq!(query(&request.url, "operationId").as_deref(), Some("b"));
}

#[test]
fn lost_answer_is_settled_by_an_event() {
    let mut script = talking();
    script.send("a", "one");
    script.fail("/messages", lost());
    let mut named = message(5, "Outgoing", "one");
    named[0]["_embedded"]["message"]["operationId"] = json!("a");
    script.conversation_page(&named);
    script.wait(120 * SECOND);
    assert_eq!(script.told(), ["a Delivered", "page 3"]);
}

/// The answer to a text was lost, then the connection, which is back after a while.
fn back_after_a_lost_answer() -> Script {
    let mut script = talking();
    script.send("a", "one");
    script.fail("/messages", lost());
    for _ in 0..3 {
        script.fail("/events", not_sent());
        script.wait(2 * SECOND);
    }
    script.wait(100 * SECOND);
    script.answer(APP, 200, &super::script::application(true));
    script.wait(59 * SECOND);
    assert!(!script.told().contains(&"a Unknown".to_owned()));
    script
}

#[test]
fn text_is_not_given_up_while_nothing_can_be_heard_of_it() {
    let mut script = back_after_a_lost_answer();
    let mut named = message(5, "Outgoing", "one");
    named[0]["_embedded"]["message"]["operationId"] = json!("a");
    script.conversation_page(&named);
    script.wait(120 * SECOND);
    assert_eq!(script.told(), ["a Delivered", "page 3"]);
}

#[test]
fn text_of_which_nothing_is_heard_after_the_connection_is_back_is_unknown() {
    let mut script = back_after_a_lost_answer();
    script.wait(2 * SECOND);
    assert_eq!(script.told(), ["a Unknown"]);
}

#[test]
fn text_that_shows_before_its_end_is_taken_and_the_next_may_follow() {
    let mut script = talking();
    script.send("a", "one");
    script.send("b", "two");
    script.fail("/messages", lost());
    let mut started = message(5, "Outgoing", "one");
    started[0]["_embedded"]["message"]["operationId"] = json!("a");
    started[0]["type"] = json!("started");
    started[0].as_object_mut().unwrap().remove("status");
    script.conversation_page(&started);
    script.created("/messages", "/communication/conversations/c1/messages/6");
    script.conversation_page(&message(5, "Outgoing", "one"));
    script.wait(120 * SECOND);
    assert_eq!(
        script.told(),
        [
            "a Accepted",
            "page 3",
            "b Accepted",
            "a Delivered",
            "page 4"
        ]
    );
}

#[test]
fn text_whose_operation_exists_already_had_arrived_and_is_not_sent_again() {
    let exists = json!({"code": "Conflict", "subcode": "AlreadyExists"});
    let mut script = Script::online(&[]);
    script.events();
    script.send("op1", "hej");
    script.answer("/communication/invitations", 503, &json!(null));
    script.wait(2 * SECOND);
    script.answer("/communication/invitations", 409, &exists);
    script.communication_page(&invitation("completed", &json!({"status": "Success"})));
    script.wait(120 * SECOND);
    let told: Vec<String> = script
        .told()
        .into_iter()
        .filter(|line| line.starts_with("op1"))
        .collect();
    assert_eq!(told, ["op1 Accepted", "op1 Delivered"]);

    let mut script = talking();
    script.send("a", "one");
    script.answer("/messages", 409, &exists);
    script.wait(120 * SECOND);
    assert_eq!(script.told(), ["a Unknown"]);
    assert!(!script.asks("/messages") && !script.asks("/communication/invitations"));
}

#[test]
fn lost_invitation_is_settled_by_its_event_and_not_sent_again() {
    let mut script = Script::online(&[]);
    script.events();
    script.send("op1", "hej");
    script.fail("/communication/invitations", lost());
    script.communication_page(&invitation("started", &json!({})));
    script.communication_page(&invitation("completed", &json!({"status": "Success"})));
    script.wait(120 * SECOND);
    assert!(!script.asks("/communication/invitations"));
    let told: Vec<String> = script
        .told()
        .into_iter()
        .filter(|line| line.starts_with("op1"))
        .collect();
    assert_eq!(told, ["op1 Accepted", "op1 Delivered"]);
}

#[test]
fn text_that_was_not_sent_is_sent_later() {
    let mut script = talking();
    script.send("a", "one");
    script.fail("/messages", not_sent());
    script.wait(2 * SECOND);
    script.created("/messages", "/m/1");
    assert_eq!(script.told(), ["a Accepted"]);
}

#[test]
fn busy_server_gets_the_text_again_and_an_error_page_makes_it_unknown() {
    let mut script = talking();
    script.send("a", "one");
    script.answer("/messages", 503, &json!(null));
    assert!(!script.asks("/messages"));
    script.wait(2 * SECOND);
    script.answer_with(
        "/messages",
        Response {
            status: 502,
            body: "<html>".into(),
            ..Response::default()
        },
    );
    script.wait(90 * SECOND);
    assert_eq!(script.told(), ["a Unknown"]);
}

#[test]
fn refused_text_fails_with_the_servers_reason() {
    let mut script = talking();
    script.send("a", "one");
    script.answer("/messages", 413, &json!({"code": "EntityTooLarge"}));
    assert_eq!(script.told(), ["a failed EntityTooLarge "]);
}

#[test]
fn ended_conversation_is_begun_anew_in_the_same_thread() {
    let mut script = talking();
    script.send("a", "one");
    script.answer(
        "/messages",
        404,
        &json!({"code": "NotFound", "subcode": "ConversationNotFound"}),
    );
    assert_eq!(script.told(), ["conversation t1 false"]);
    script.wait(2 * SECOND);
    let request = script.created(
        "/communication/invitations",
        "/communication/invitations/o1",
    );
    assert_eq!(json_of(&request)["operationId"], "a");
    let mut script = talking();
    script.communication_page(&json!([{"link": rel("conversation", "/communication/conversations/c1"), "type": "deleted"}]));
    script.send("b", "two");
    let request = script.created(
        "/communication/invitations",
        "/communication/invitations/o1",
    );
    assert_eq!(json_of(&request)["threadId"], "t1");
}

#[test]
fn used_thread_is_replaced_once() {
    let mut script = Script::online(&[]);
    script.send("a", "one");
    script.answer(
        "/communication/invitations",
        409,
        &json!({"code": "Conflict", "subcode": "ThreadIdAlreadyExists"}),
    );
    script.wait(2 * SECOND);
    let thread = json_of(&script.take("/communication/invitations"))["threadId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(thread.len() == 32 && thread != "t0", "{thread}");
}

#[test]
fn typing_is_told_and_ends_by_itself() {
    let mut script = talking();
    let typing = |kind: &str| {
        json!([{"link": rel("participant", "/communication/conversations/c1/participants/olaf"),
            "in": rel("typingParticipants", "/communication/conversations/c1/typing"), "type": kind}])
    };
    script.conversation_page(&typing("added"));
    script.conversation_page(&typing("deleted"));
    script.conversation_page(&typing("added"));
    script.wait(31 * SECOND);
    let told: Vec<String> = script
        .told()
        .into_iter()
        .filter(|line| line.starts_with("typing"))
        .collect();
    assert_eq!(
        told,
        ["typing true", "typing false", "typing true", "typing false"]
    );
}

#[test]
fn own_typing_is_told_at_most_every_five_seconds() {
    let mut script = talking();
    for _ in 0..3 {
        script
            .session
            .command(Command::Typing { to: olaf() }, script.now);
    }
    assert_eq!(
        script
            .asked()
            .iter()
            .filter(|line| line.ends_with("/typing"))
            .count(),
        1
    );
}

#[test]
fn journalled_page_is_understood_by_a_later_run() {
    let mut script = Script::online(&[]);
    let first = script.olaf_invites("hej");
    let second = script.incoming(1, "hej");
    let third = script.incoming(2, "och hej");
    let before: Vec<String> = script.events().iter().filter_map(key).collect();

    // All pages are left over: the same texts under the same keys.
    let mut later = Script::new(true);
    later.told();
    for (number, page) in (1..).zip([&first, &second, &third]) {
        later.session.replay(crate::PageId(number), page, later.now);
    }
    let events = later.events();
    assert_eq!(events.iter().filter_map(key).collect::<Vec<_>>(), before);
    assert_eq!(
        events
            .iter()
            .filter(|event| matches!(event, Event::PageDone(_)))
            .count(),
        3
    );

    // Only the later ones are: the envelope knows the thread, the person, and which text is a repetition.
    let mut later = Script::new(true);
    later.told();
    later.session.replay(crate::PageId(2), &second, later.now);
    later.session.replay(crate::PageId(3), &third, later.now);
    assert_eq!(
        later.told(),
        [
            "page 2",
            "message sip:Olaf@example.org t1 och hej",
            "page 3"
        ]
    );
    later
        .session
        .replay(crate::PageId(4), b"not an envelope", later.now);
    assert_eq!(later.told(), ["page 4"]);
    assert!(
        !later.asked().iter().any(|line| line.contains("accept")),
        "nothing is done for old pages"
    );
}

/// A later run, in which a page is left over whose writer was never asked for.
fn left_over() -> Script {
    let mut script = Script::online(&[]);
    let page = script.incoming(1, "hej");
    let mut later = Script::new(true);
    later.told();
    later.session.replay(crate::PageId(9), &page, later.now);
    // The server stays away for longer than a conversation has to connect.
    later.wait(300 * SECOND);
    assert!(later.told().is_empty(), "the text has not been told");
    later
}

#[test]
fn page_of_an_earlier_run_is_done_only_when_its_writer_is_known() {
    let mut later = left_over();
    later.answer("/applications", 200, &super::script::application(true));
    later.answer("/conversations/c1", 200, &json!({"threadId": "t9", "_links": {"participants": link("/communication/conversations/c1/participants")}}));
    later.answer(
        "/participants",
        200,
        &json!({"_embedded": {"participant": [{"uri": "sip:olaf@example.org"}]}}),
    );
    let told = later.told();
    assert_eq!(told[1..], ["message sip:olaf@example.org t9 hej", "page 9"]);
}

#[test]
fn page_of_an_earlier_run_does_not_wait_for_an_application_that_is_gone() {
    let mut later = left_over();
    later.answer("/applications", 201, &super::script::application(false));
    assert!(later.told().contains(&"page 9".to_owned()));
    assert!(!later.asks("/conversations/c1"));
}

#[test]
fn delivery_of_an_earlier_run_is_told() {
    let mut script = talking();
    script.send("a", "one");
    script.created("/messages", "/communication/conversations/c1/messages/5");
    let page = script.conversation_page(&message(5, "Outgoing", "one"));
    let mut later = Script::new(true);
    later.told();
    later.session.replay(crate::PageId(9), &page, later.now);
    assert_eq!(later.told(), ["a Delivered", "page 9"]);
}

fn key(event: &Event) -> Option<String> {
    if let Event::Message(message) = event {
        Some(message.key.clone())
    } else {
        None
    }
}

#[test]
fn invitation_of_an_earlier_run_tells_that_its_text_was_taken() {
    let mut script = Script::online(&[]);
    script.events();
    script.communication_page(&invitation("started", &json!({})));
    script.communication_page(&invitation("completed", &json!({"status": "Success"})));
    assert_eq!(
        script.told(),
        ["op1 Accepted", "page 1", "op1 Delivered", "page 2"]
    );
}

#[test]
fn page_given_again_after_resync_is_not_told_again() {
    let mut script = talking();
    script.incoming(1, "hej");
    script.incoming(2, "en gång");
    script.events();
    script.page_with("resync", &json!([{"rel": "x", "events": []}]));
    script.incoming(2, "en gång");
    assert!(!script.told().iter().any(|line| line.starts_with("message")));
}

#[test]
fn first_text_is_told_once_also_when_resync_comes_before_its_repetition() {
    let mut script = Script::online(&[]);
    script.page(&json!([{"rel": "x", "events": []}]));
    script.olaf_invites("hej");
    script.events();
    script.page_with("resync", &json!([{"rel": "x", "events": []}]));
    script.incoming(1, "hej");
    script.incoming(2, "hej");
    script.answer("/conversations/c1", 200, &json!({"threadId": "t1", "_links": {"participants": link("/communication/conversations/c1/participants")}}));
    script.answer(
        "/participants",
        200,
        &json!({"_embedded": {"participant": {"uri": "sip:olaf@example.org"}}}),
    );
    assert_eq!(
        script
            .told()
            .iter()
            .filter(|line| line.starts_with("message"))
            .count(),
        1
    );
}
