//! The passive grant, step by step as a browser goes.

use causeway_sim::Options;
use reqwest::{Method, Url};

use crate::client::{Answer, Pool, send};

const TOKEN: &str = "/WebTicket/oauthtoken";
const PAGE: &str = "/PassiveAuth/PassiveAuth.aspx";

async fn pool() -> Pool {
    Pool::with(Options {
        passive: true,
        ..Options::default()
    })
    .await
}

async fn token(pool: &Pool, cookie: &str) -> Answer {
    let form = [("grant_type", "urn:microsoft.rtc:passive")];
    let request = pool.request(Method::POST, TOKEN).form(&form);
    send(request.header("Cookie", cookie)).await
}

/// The AD FS to which the page sends a browser.
async fn adfs(pool: &Pool) -> Url {
    let sent = pool.get(PAGE).await;
    assert_eq!(sent.status, 302, "{sent:?}");
    sent.header("location").parse().unwrap()
}

async fn types(pool: &Pool, adfs: &Url, password: &str) -> Answer {
    let form = [("UserName", "anna@contoso.example"), ("Password", password)];
    send(pool.request(Method::POST, adfs.as_str()).form(&form)).await
}

fn value(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn shows(pool: &Pool, page: &Answer) -> Answer {
    let form = ["wa", "wresult", "wctx"].map(|name| (name, value(&page.text, name)));
    send(pool.request(Method::POST, PAGE).form(&form)).await
}

#[tokio::test]
async fn the_page_leads_over_another_host_to_a_cookie_and_the_cookie_to_a_token() {
    let pool = pool().await;
    let password = pool.password("anna@contoso.example");
    let asked = token(&pool, "").await;
    assert_eq!(
        (asked.status.as_u16(), &asked.body["error"]),
        (400, &"invalid_grant".into())
    );
    assert_eq!(asked.body["ms_rtc_passiveauthuri"], pool.url(PAGE).as_str());

    let adfs = adfs(&pool).await;
    assert_ne!(adfs.host(), pool.url("/").host());
    let page = types(&pool, &adfs, &password).await;
    let through = shows(&pool, &page).await;
    assert_eq!(
        (through.status.as_u16(), through.header("location")),
        (302, PAGE)
    );
    let cookie = through.header("set-cookie");
    assert!(
        cookie.contains("; secure") && cookie.contains("; HttpOnly"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    let token = token(&pool, cookie).await;
    assert!(token.body["access_token"].is_string(), "{token:?}");
    let done = send(pool.request(Method::GET, PAGE).header("Cookie", cookie)).await;
    assert!(done.text.contains("You are signed in"));
}

#[tokio::test]
async fn wrong_passwords_made_up_cookies_and_tickets_of_others_lead_nowhere() {
    let pool = pool().await;
    let password = pool.password("anna@contoso.example");
    let (mine, theirs) = (adfs(&pool).await, adfs(&pool).await);
    let wrong = types(&pool, &mine, "not it").await;
    assert!(
        wrong.status == 200 && wrong.text.contains("Incorrect"),
        "{wrong:?}"
    );

    let page = types(&pool, &mine, &password).await;
    let wctx = theirs
        .query_pairs()
        .find(|(name, _)| name == "wctx")
        .unwrap()
        .1;
    let stolen = page.text.replace(&value(&page.text, "wctx"), &wctx);
    let stolen = Answer {
        text: stolen,
        ..page
    };
    assert_eq!(
        shows(&pool, &stolen).await.status,
        403,
        "of another browser"
    );
    assert_eq!(
        shows(&pool, &types(&pool, &mine, &password).await)
            .await
            .status,
        302
    );

    assert_eq!(token(&pool, "FedAuth=0").await.status, 400);
    let page = types(&pool, &theirs, &password).await;
    let cookie = shows(&pool, &page).await.header("set-cookie").to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(
        shows(&pool, &page).await.status,
        403,
        "a ticket counts once"
    );
    assert_eq!(token(&pool, &cookie).await.status, 200);
    pool.fault(serde_json::json!({"what": "end-web-sessions"}))
        .await;
    assert_eq!(token(&pool, &cookie).await.status, 400);
}

#[tokio::test]
async fn without_the_option_there_is_neither_grant_nor_page() {
    let pool = Pool::start().await;
    assert_eq!(pool.get(PAGE).await.status, 404);
    assert_eq!(
        token(&pool, "").await.body["error"],
        "unsupported_grant_type"
    );
}
