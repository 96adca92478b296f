//! What a real server refuses, and the forms of its answers.

use causeway_sim::Options;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Pool, href, send};

const APPLICATIONS: &str = "/ucwa/oauth/v1/applications";

#[tokio::test]
async fn an_application_needs_its_fields_within_their_limits() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let whole = json!({ "userAgent": "t", "endpointId": "two", "culture": "en" });
    for field in ["userAgent", "endpointId", "culture"] {
        for value in [json!(null), json!(""), json!("x".repeat(101))] {
            let mut wrong = whole.clone();
            wrong[field] = value;
            let refused = anna.post(APPLICATIONS, wrong).await;
            assert_eq!(
                refused.refusal(),
                (400, "BadRequest", "ParameterValidationFailure"),
                "{field}"
            );
            assert_eq!(refused.body["parameters"][0]["name"], field);
        }
    }
    let broken = send(
        anna.request(Method::POST, APPLICATIONS)
            .header("content-type", "application/json")
            .body("{\"userAgent\":\"t\",}"),
    )
    .await;
    assert_eq!(
        broken.refusal(),
        (400, "BadRequest", "DeserializationFailure")
    );
    let form = send(
        anna.request(Method::POST, APPLICATIONS)
            .form(&[("userAgent", "t")]),
    )
    .await;
    assert_eq!(
        form.refusal(),
        (415, "UnsupportedMediaType", "UnsupportedMediaType")
    );
    assert_eq!(
        anna.get(APPLICATIONS).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    // Names compare without case; the same endpoint has the same application.
    let again = anna
        .post(
            APPLICATIONS,
            json!({ "UserAgent": "t", "EndpointId": "one", "Culture": "en" }),
        )
        .await;
    assert_eq!(
        (again.status.as_u16(), &again.body["id"]),
        (200, &anna.application["id"])
    );
    let other = anna.post(APPLICATIONS, whole).await;
    assert_eq!(
        (other.status.as_u16(), other.header("location")),
        (201, href(&other.body, "self").as_str())
    );
    assert!(!href(&other.body, "self").contains(other.body["id"].as_str().unwrap()));
}

#[tokio::test]
async fn too_many_applications_of_one_user_are_refused() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "0").await;
    let mut last = None;
    for number in 1..=16 {
        last = Some(
            anna.post(
                APPLICATIONS,
                json!({ "userAgent": "t", "endpointId": number.to_string(), "culture": "en" }),
            )
            .await,
        );
    }
    assert_eq!(
        last.unwrap().refusal(),
        (410, "Gone", "TooManyApplications")
    );
}

#[tokio::test]
async fn urls_that_were_built_belong_to_others_or_have_ended_do_not_work() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let ben = pool.sign_in("ben@contoso.example", "one").await;
    let own = href(&anna.application, "self");
    assert_eq!(anna.get(&format!("{own}/me")).await.status, 404);
    assert_eq!(
        anna.get(&format!("{}/presence", anna.me("self")))
            .await
            .status,
        404
    );
    let by_id = format!(
        "{APPLICATIONS}/{}",
        anna.application["id"].as_str().unwrap()
    );
    assert_eq!(
        anna.get(&by_id).await.refusal(),
        (404, "NotFound", "ApplicationNotFound")
    );
    assert_eq!(
        ben.get(&anna.me("self")).await.refusal(),
        (403, "Forbidden", "")
    );
    let mixed = anna
        .me("self")
        .replace(&own, &href(&ben.application, "self"));
    assert_eq!(ben.get(&mixed).await.status, 404);
    assert_eq!(pool.get(&anna.me("self")).await.status, 401);
    assert_eq!(
        pool.get("/ucwa/oauth/v1/applications/1/me").await.status,
        401
    );
    assert_eq!(anna.get("/somewhere").await.status, 404);
}

#[tokio::test]
async fn verbs_lengths_and_origins_are_checked() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let refused = anna.delete(&anna.me("self")).await;
    assert_eq!(
        (refused.refusal(), refused.header("allow")),
        ((405, "MethodNotAllowed", ""), "GET")
    );
    let foreign = send(
        anna.request(Method::GET, &anna.me("self"))
            .header("X-Ms-Origin", "https://app.example"),
    )
    .await;
    assert_eq!(foreign.status, 403);
    assert!(
        foreign.header("x-ms-diagnostics").starts_with("28070;"),
        "{:?}",
        foreign.headers
    );
    // A POST without length, which no library sends by itself.
    let raw = raw(
        &pool,
        &format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            anna.me("makeMeAvailable")
        ),
    )
    .await;
    assert!(raw.starts_with("HTTP/1.1 411"), "{raw}");
    let open = Pool::with(Options {
        allow_origin: vec!["https://app.example".to_owned()],
        ..Options::default()
    })
    .await;
    let let_in = send(
        open.request(Method::GET, "/")
            .header("Origin", "https://app.example"),
    )
    .await;
    assert_eq!(let_in.status, 200);
}

/// Writes a request as it is and reads the whole answer.
async fn raw(pool: &Pool, request: &str) -> String {
    let mut roots = rustls::RootCertStore::empty();
    let pem = std::fs::read(&pool.sim.ready().ca).unwrap();
    let certificate = rustls::pki_types::pem::PemObject::from_pem_slice(&pem).unwrap();
    roots.add(certificate).unwrap();
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", pool.url("/").port().unwrap()))
        .await
        .unwrap();
    let name = "127.0.0.1".try_into().unwrap();
    let mut tls = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    tls.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tls.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_put_needs_the_tag_and_the_guid_property() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let url = anna.link("communication", "self");
    let mut whole = anna.get(&url).await;
    let tag = whole.header("etag").to_owned();
    whole.body["conversationHistory"] = "Enabled".into();
    let put = async |tag: Option<&str>, body: &serde_json::Value| {
        let request = anna.request(Method::PUT, &url).json(body);
        send(if let Some(tag) = tag {
            request.header("if-match", tag)
        } else {
            request
        })
        .await
    };
    assert_eq!(
        put(None, &whole.body).await.refusal(),
        (428, "PreconditionRequired", "")
    );
    assert_eq!(
        put(Some("\"other\""), &whole.body).await.refusal(),
        (412, "PreconditionFailed", "")
    );
    assert_eq!(
        put(Some(&tag), &json!({ "conversationHistory": "Enabled" }))
            .await
            .refusal(),
        (400, "BadRequest", "ParameterValidationFailure")
    );
    let done = put(Some(&tag), &whole.body).await;
    assert_eq!(
        (done.status.as_u16(), &done.body["conversationHistory"]),
        (200, &json!("Enabled"))
    );
    assert_eq!(put(Some(&tag), &whole.body).await.status, 412);
}

#[tokio::test]
async fn a_tag_saves_reading_again_what_has_not_changed() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let groups = anna.get(&anna.link("people", "myContacts")).await.body;
    let ben = groups["_embedded"]["contact"]
        .as_array()
        .unwrap()
        .iter()
        .find(|contact| contact["uri"] == "sip:ben@contoso.example")
        .unwrap()
        .clone();
    let url = href(&ben, "contactPresence");
    let tag = anna.get(&url).await.header("etag").to_owned();
    let again = async || {
        send(
            anna.request(Method::GET, &url)
                .header("if-none-match", tag.clone()),
        )
        .await
    };
    let unchanged = again().await;
    assert_eq!(
        (unchanged.status.as_u16(), unchanged.text.as_str()),
        (304, "")
    );
    pool.control(
        "/people/ben@contoso.example/status",
        json!({ "availability": "Away" }),
    )
    .await;
    assert_eq!(again().await.status, 200);
}

#[tokio::test]
async fn a_batch_answers_in_order_and_refuses_what_may_not_be_in_it() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let part = |method: &str, path: &str| {
        format!(
            "--b\r\nContent-Type: application/http; msgtype=request\r\n\r\n{method} {path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n\r\n"
        )
    };
    let url = href(&anna.application, "batch");
    let post = async |body: String| {
        send(
            anna.request(Method::POST, &url)
                .header("content-type", "multipart/batching;boundary=b")
                .body(body),
        )
        .await
    };
    let body = format!(
        "{}{}{}{}--b--",
        part("GET", &anna.me("self")),
        part("GET", "/nowhere"),
        part("GET", &anna.next),
        part("GET", &anna.link("people", "self"))
    );
    let answer = post(body).await;
    assert!(
        answer
            .header("content-type")
            .starts_with("multipart/batching"),
        "{:?}",
        answer.headers
    );
    let statuses: Vec<&str> = answer
        .text
        .lines()
        .filter(|line| line.starts_with("HTTP/1.1 "))
        .map(|line| &line[9..12])
        .collect();
    assert_eq!(statuses, ["200", "404", "400", "200"]);
    assert!(answer.text.find("\"rel\":\"me\"") < answer.text.find("\"rel\":\"people\""));
    let many: String = (0..101).map(|_| part("GET", &anna.me("self"))).collect();
    assert_eq!(
        post(format!("{many}--b--")).await.refusal(),
        (429, "TooManyRequests", "")
    );
    let json = anna.post(&url, json!({})).await;
    assert_eq!(json.status, 415);
}

#[tokio::test]
async fn xml_is_read_and_written_where_it_is_asked_for() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let input = "<?xml version=\"1.0\" encoding=\"utf-8\"?><input xmlns=\"http://schemas.microsoft.com/rtc/2012/03/ucwa\"><property name=\"duration\">15</property><propertyList name=\"uris\"><item>sip:ben@contoso.example</item><item>sip:carla@contoso.example</item></propertyList></input>";
    let url = anna.link("people", "presenceSubscriptions");
    let created = send(
        anna.request(Method::POST, &url)
            .header("content-type", "application/xml")
            .header("accept", "application/xml")
            .body(input),
    )
    .await;
    assert_eq!(
        (created.status.as_u16(), created.header("content-type")),
        (201, "application/xml; charset=utf-8")
    );
    assert!(created.text.contains("<resource xmlns=\"http://schemas.microsoft.com/rtc/2012/03/ucwa\" rel=\"presenceSubscription\" href=\""), "{}", created.text);
    let subscribed = anna
        .get(&anna.link("people", "subscribedContacts"))
        .await
        .body;
    assert_eq!(
        subscribed["_embedded"]["contact"].as_array().unwrap().len(),
        2
    );
    let broken = send(
        anna.request(Method::POST, &url)
            .header("content-type", "application/xml")
            .body("<input><property"),
    )
    .await;
    assert_eq!(
        broken.refusal(),
        (400, "BadRequest", "DeserializationFailure")
    );
}

#[tokio::test]
async fn large_answers_are_compressed_and_every_answer_names_its_server() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nAccept-Encoding: gzip, deflate\r\nConnection: close\r\n\r\n",
        anna.link("people", "myContacts"),
        pool.url("/").authority(),
        anna.token
    );
    let answer = raw(&pool, &request).await.to_ascii_lowercase();
    for header in [
        "content-encoding: gzip",
        "x-ms-server-fqdn: ",
        "x-ms-correlation-id: ",
    ] {
        assert!(answer.contains(header), "{header}");
    }
}

#[tokio::test]
async fn faults_hit_the_requests_they_are_meant_for() {
    let pool = Pool::start().await;
    let anna = pool.sign_in("anna@contoso.example", "one").await;
    let me = anna.me("self");
    pool.fault(
        json!({ "what": "status", "status": 503, "retry_after": 7, "count": 2, "on": "me" }),
    )
    .await;
    assert_eq!(anna.get(&anna.link("people", "self")).await.status, 200);
    let busy = anna.get(&me).await;
    assert_eq!(
        (
            busy.status.as_u16(),
            busy.header("retry-after"),
            busy.header("content-type")
        ),
        (503, "7", "text/html")
    );
    assert_eq!(
        (
            anna.get(&me).await.status.as_u16(),
            anna.get(&me).await.status.as_u16()
        ),
        (503, 200)
    );
    pool.fault(json!({ "what": "html", "on": "me" })).await;
    assert_eq!(anna.get(&me).await.header("content-type"), "text/html");
    pool.fault(json!({ "what": "garbage-json", "on": "me" }))
        .await;
    let garbage = anna.get(&me).await;
    assert!(garbage.body.is_null() && garbage.header("content-type").contains("json"));
    pool.fault(json!({ "what": "oversize-body", "bytes": 100_000, "on": "me" }))
        .await;
    assert!(anna.get(&me).await.text.len() > 99_999);
    pool.fault(json!({ "what": "drop", "on": "me" })).await;
    assert!(anna.request(Method::GET, &me).send().await.is_err());
    assert_eq!(anna.get(&me).await.status, 200);
    let seen = pool.ask_control("/requests").await;
    let last = seen["requests"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["rel"], &last["status"], &last["user"]),
        (&json!("me"), &json!(200), &json!("anna@contoso.example"))
    );
    assert!(!seen.to_string().contains(&anna.token));
}
