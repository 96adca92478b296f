//! Autodiscovery and tokens.

use causeway_sim::Options;
use reqwest::Method;
use serde_json::json;

use crate::client::{Pool, href, send};

#[tokio::test]
async fn discovery_leads_through_challenge_and_token_to_an_application() {
    let pool = Pool::start().await;
    let root = pool.get("/").await;
    let user = href(&root.body, "user");
    assert!(
        user.ends_with("/oauth/user?originalDomain=contoso.example"),
        "{user}"
    );
    let challenged = pool.get(&user).await;
    assert_eq!(
        (
            challenged.status.as_u16(),
            challenged.header("content-type")
        ),
        (401, "text/html")
    );
    let challenges: Vec<&str> = challenged
        .headers
        .get_all("www-authenticate")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(
        challenges
            .iter()
            .any(|challenge| challenge.starts_with("Bearer trusted_issuers=\"\"")),
        "{challenges:?}"
    );
    let ours = challenges
        .iter()
        .find(|challenge| challenge.starts_with("MsRtcOAuth "))
        .unwrap();
    assert!(
        ours.contains("/WebTicket/oauthtoken\"")
            && ours.contains("password")
            && !ours.contains("windows"),
        "{ours}"
    );
    let client = pool.sign_in("anna@contoso.example", "one").await;
    let found = client.get(&user).await;
    assert!(href(&found.body, "applications").ends_with("/ucwa/oauth/v1/applications"));
}

#[tokio::test]
async fn accept_decides_the_shape_of_discovery() {
    let pool = Pool::start().await;
    let ask =
        async |accept: &str| send(pool.request(Method::GET, "/").header("accept", accept)).await;
    assert!(ask("application/json").await.body["_links"]["user"].is_object());
    let old = ask("application/vnd.microsoft.rtc.autodiscover+json;v=1").await;
    assert!(
        old.body["Root"]["Links"]
            .as_array()
            .unwrap()
            .iter()
            .any(|link| link["token"] == "OAuth"),
        "{}",
        old.text
    );
    let xml = ask("application/vnd.microsoft.rtc.autodiscover+xml;v=1").await;
    assert!(
        xml.text.contains("<AutodiscoverResponse") && xml.text.contains("token=\"OAuth\""),
        "{}",
        xml.text
    );
}

#[tokio::test]
async fn every_person_of_the_cast_can_sign_in_by_every_form_of_the_name() {
    let pool = Pool::start().await;
    for person in &pool.sim.ready().people {
        for name in [
            person.address.clone(),
            person.user.clone(),
            format!("sip:{}", person.address),
            person.user.to_uppercase(),
        ] {
            let answer = pool.ask_token(&name, &person.password).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text);
            assert_eq!(answer.body["expires_in"], 28_800);
        }
    }
}

#[tokio::test]
async fn the_token_url_names_what_is_wrong() {
    let pool = Pool::start().await;
    let post = async |kind: &str, body: &'static str| {
        send(
            pool.request(Method::POST, "/WebTicket/oauthtoken")
                .header("content-type", kind)
                .body(body),
        )
        .await
    };
    let form = "application/x-www-form-urlencoded;charset=UTF-8";
    let cases = [
        (
            form,
            "grant_type=password&username=anna%40contoso.example&password=wrong",
            "invalid_grant",
        ),
        (
            form,
            "grant_type=urn%3Amicrosoft.rtc%3Awindows",
            "unsupported_grant_type",
        ),
        (
            form,
            "grant_type=password&username=anna%40contoso.example",
            "invalid_request",
        ),
        (form, "username=a&password=b", "invalid_request"),
        (
            form,
            "grant_type=password&username=a&password=%e5",
            "invalid_request",
        ),
        (
            "multipart/form-data; boundary=x",
            "--x--",
            "invalid_request",
        ),
        ("application/json", "{}", "invalid_request"),
    ];
    for (kind, body, error) in cases {
        let answer = post(kind, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["error"].as_str()),
            (400, Some(error)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn who_a_front_lets_in_is_believed_only_where_that_is_switched_on() {
    let windows = [("grant_type", "urn:microsoft.rtc:windows")];
    let forms = [
        ("grant_type", "password"),
        ("username", "anna@contoso.example"),
        ("password", "x"),
    ];
    let behind = Pool::with(Options {
        trust_remote_user: true,
        no_forms: true,
        ..Options::default()
    })
    .await;
    let alone = Pool::with(Options {
        offer_windows: true,
        ..Options::default()
    })
    .await;
    let ask = async |pool: &Pool, account: Option<&str>| {
        let mut request = pool
            .request(Method::POST, "/WebTicket/oauthtoken")
            .form(&windows);
        if let Some(account) = account {
            request = request.header("X-Remote-User", account);
        }
        send(request).await
    };
    for account in [r"CONTOSO\anna", "anna@CONTOSO.EXAMPLE", "anna"] {
        let answer = ask(&behind, Some(account)).await;
        assert_eq!(answer.status, 200, "{account}: {answer:?}");
        assert!(answer.body["access_token"].is_string());
        assert_eq!(ask(&alone, Some(account)).await.status, 401);
    }
    let stranger = ask(&behind, Some(r"CONTOSO\nobody")).await;
    assert_eq!(stranger.status, 403);
    assert!(stranger.header("x-ms-diagnostics").starts_with("28000"));
    assert_eq!(ask(&behind, None).await.status, 401);
    let refused = send(
        behind
            .request(Method::POST, "/WebTicket/oauthtoken")
            .form(&forms),
    )
    .await;
    assert_eq!(refused.body["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn nobody_but_this_computer_may_say_who_signed_in() {
    let options = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        trust_remote_user: true,
        ..Options::default()
    };
    assert!(causeway_sim::Sim::start(options).await.is_err());
}

#[tokio::test]
async fn windows_is_offered_only_where_it_is_switched_on() {
    let pool = Pool::with(Options {
        offer_windows: true,
        ..Options::default()
    })
    .await;
    let challenged = pool.get("/ucwa/oauth/v1/applications").await;
    let offered = challenged
        .headers
        .get_all("www-authenticate")
        .iter()
        .any(|value| {
            value
                .to_str()
                .unwrap()
                .contains("urn:microsoft.rtc:windows")
        });
    assert!(offered);
    let answer = send(
        pool.request(Method::POST, "/WebTicket/oauthtoken")
            .form(&[("grant_type", "urn:microsoft.rtc:windows")]),
    )
    .await;
    let schemes: Vec<&str> = answer
        .headers
        .get_all("www-authenticate")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert_eq!(
        (answer.status.as_u16(), schemes),
        (401, vec!["Negotiate", "NTLM"])
    );
}

#[tokio::test]
async fn a_token_is_good_for_one_host_and_until_it_expires_or_is_revoked() {
    let pool = Pool::start().await;
    let client = pool.sign_in("anna@contoso.example", "one").await;
    let me = client.me("self");
    assert_eq!(client.get(&me).await.status, 200);
    let elsewhere = pool.url(&me).as_str().replace("127.0.0.1", "localhost");
    assert_eq!(client.get(&elsewhere).await.status, 401);
    pool.control("/people/anna@contoso.example/revoke", json!({}))
        .await;
    assert_eq!(client.get(&me).await.status, 401);
    let client = pool.sign_in("anna@contoso.example", "one").await;
    pool.advance(28_801).await;
    assert_eq!(client.get(&client.me("self")).await.status, 401);
}

#[tokio::test]
async fn redirects_and_a_split_domain_can_be_asked_for() {
    let pool = Pool::start().await;
    pool.fault(json!({ "what": "redirect", "location": "https://other.contoso.example/" }))
        .await;
    assert_eq!(
        href(&pool.get("/").await.body, "redirect"),
        "https://other.contoso.example/"
    );
    pool.fault(json!({ "what": "redirect-302" })).await;
    assert_eq!(pool.get("/").await.status, 302);
    pool.fault(json!({ "what": "redirect-loop", "count": -1 }))
        .await;
    let mut at = "/".to_owned();
    for _ in 0..12 {
        at = href(&pool.get(&at).await.body, "redirect");
    }
    pool.fault(json!({ "what": "redirect-loop", "count": 0 }))
        .await;
    let client = pool.sign_in("anna@contoso.example", "one").await;
    pool.fault(json!({ "what": "split-domain" })).await;
    let found = client.get(&href(&pool.get("/").await.body, "user")).await;
    let applications = href(&found.body, "applications");
    assert!(
        applications.starts_with("https://localhost:"),
        "{applications}"
    );
    assert_eq!(client.get(&applications).await.status, 401);
}

#[tokio::test]
async fn a_restart_with_the_same_directory_and_port_is_trusted_again() {
    let kept = tempfile::tempdir().unwrap();
    let options = Options {
        dir: Some(kept.path().to_owned()),
        ..Options::default()
    };
    let first = Pool::with(options.clone()).await;
    let listen = format!("127.0.0.1:{}", first.url("/").port().unwrap())
        .parse()
        .unwrap();
    let certificate = std::fs::read(&first.sim.ready().ca).unwrap();
    let client = first.sign_in("anna@contoso.example", "one").await;
    first.sim.stop().await;
    let second = Pool::with(Options { listen, ..options }).await;
    assert_eq!(std::fs::read(&second.sim.ready().ca).unwrap(), certificate);
    // The old connection is gone and the token with the old pool.
    assert_eq!(client.get(&client.me("self")).await.status, 401);
}

#[tokio::test]
async fn the_forms_of_a_challenge_and_the_life_of_a_token_can_be_chosen() {
    let pool = Pool::start().await;
    pool.fault(json!({ "what": "joined-challenge" })).await;
    let joined = pool.get("/ucwa/oauth/v1/applications").await;
    assert_eq!(joined.headers.get_all("www-authenticate").iter().count(), 1);
    assert!(
        joined
            .header("www-authenticate")
            .contains(", MsRtcOAuth href=\"")
    );
    pool.fault(json!({ "what": "unquoted-challenge" })).await;
    let unquoted = pool.get("/ucwa/oauth/v1/applications").await;
    assert!(
        unquoted
            .headers
            .get_all("www-authenticate")
            .iter()
            .any(|value| value
                .to_str()
                .unwrap()
                .starts_with("MsRtcOAuth href=https://"))
    );
    pool.fault(json!({ "what": "short-token", "seconds": 5 }))
        .await;
    let client = pool.sign_in("anna@contoso.example", "one").await;
    pool.advance(6).await;
    assert_eq!(client.get(&client.me("self")).await.status, 401);
}
