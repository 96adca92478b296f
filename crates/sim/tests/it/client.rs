//! A plain UCWA client: HTTP, links and nothing clever.

use std::time::Duration;

use causeway_sim::{Options, Ready, Sim};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};

/// Everything that is awaited comes well within this.
const PATIENCE: Duration = Duration::from_secs(20);

/// A simulator and a way to ask it.
pub(crate) struct Pool {
    pub(crate) sim: Sim,
    http: Client,
}

/// An answer, its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code and subcode, for comparing.
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        (
            self.status.as_u16(),
            self.body["code"].as_str().unwrap_or(""),
            self.body["subcode"].as_str().unwrap_or(""),
        )
    }
}

impl Pool {
    pub(crate) async fn start() -> Self {
        Self::with(Options {
            seed: Some(1),
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sim = Sim::start(options).await.unwrap();
        let http = http(sim.ready());
        Self { sim, http }
    }

    pub(crate) fn url(&self, href: &str) -> Url {
        Url::parse(&self.sim.ready().discovery)
            .unwrap()
            .join(href)
            .unwrap()
    }

    pub(crate) fn request(&self, method: Method, href: &str) -> RequestBuilder {
        self.http.request(method, self.url(href))
    }

    pub(crate) async fn get(&self, href: &str) -> Answer {
        send(self.request(Method::GET, href)).await
    }

    pub(crate) fn password(&self, address: &str) -> String {
        let people = &self.sim.ready().people;
        people
            .iter()
            .find(|person| person.address == address)
            .unwrap()
            .password
            .clone()
    }

    pub(crate) async fn ask_token(&self, user: &str, password: &str) -> Answer {
        let form = [
            ("grant_type", "password"),
            ("username", user),
            ("password", password),
        ];
        send(
            self.request(Method::POST, "/WebTicket/oauthtoken")
                .form(&form),
        )
        .await
    }

    /// Posts to the control interface.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let answer = send(
            self.http
                .post(format!("{}{path}", self.sim.ready().control))
                .json(&body),
        )
        .await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    pub(crate) async fn ask_control(&self, path: &str) -> Value {
        send(self.http.get(format!("{}{path}", self.sim.ready().control)))
            .await
            .body
    }

    pub(crate) async fn advance(&self, seconds: u64) {
        self.control("/clock", json!({ "advance_s": seconds }))
            .await;
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.control("/faults", fault).await;
    }

    /// Signs in with a client of its own.
    pub(crate) async fn sign_in(&self, address: &str, endpoint: &str) -> Endpoint {
        let token = self.ask_token(address, &self.password(address)).await.body["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut client = Endpoint {
            http: http(self.sim.ready()),
            base: self.url("/"),
            token,
            application: Value::Null,
            next: String::new(),
        };
        let created = client
            .post(
                client
                    .base
                    .join("/ucwa/oauth/v1/applications")
                    .unwrap()
                    .as_str(),
                json!({ "userAgent": "test", "endpointId": endpoint, "culture": "en-US" }),
            )
            .await;
        assert!(created.status.is_success(), "{}", created.text);
        client.next = href(&created.body, "events");
        client.application = created.body;
        client
    }

    /// Signs in and is one of the user's endpoints.
    pub(crate) async fn available(&self, address: &str, endpoint: &str) -> Endpoint {
        let client = self.sign_in(address, endpoint).await;
        let available = client.post(&client.me("makeMeAvailable"), json!({ "supportedModalities": ["Messaging"], "supportedMessageFormats": ["Plain", "Html"] })).await;
        assert_eq!(available.status, 204, "{}", available.text);
        client
    }
}

fn http(ready: &Ready) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(&std::fs::read(&ready.ca).unwrap()).unwrap();
    let client = Client::builder()
        .tls_certs_only([ca])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    client.timeout(PATIENCE).build().unwrap()
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    }
}

/// The href of a link.
pub(crate) fn href(resource: &Value, rel: &str) -> String {
    let link = &resource["_links"][rel]["href"];
    link.as_str()
        .unwrap_or_else(|| panic!("no link {rel} in {resource}"))
        .to_owned()
}

/// One application of one user.
pub(crate) struct Endpoint {
    http: Client,
    base: Url,
    pub(crate) token: String,
    pub(crate) application: Value,
    pub(crate) next: String,
}

impl Endpoint {
    pub(crate) fn request(&self, method: Method, href: &str) -> RequestBuilder {
        self.http
            .request(method, self.base.join(href).unwrap())
            .bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, href: &str) -> Answer {
        send(self.request(Method::GET, href)).await
    }

    pub(crate) async fn post(&self, href: &str, body: Value) -> Answer {
        send(self.request(Method::POST, href).json(&body)).await
    }

    /// A POST without body; the library would leave its length out.
    pub(crate) async fn poke(&self, href: &str) -> Answer {
        send(
            self.request(Method::POST, href)
                .header("content-length", "0"),
        )
        .await
    }

    pub(crate) async fn delete(&self, href: &str) -> Answer {
        send(self.request(Method::DELETE, href)).await
    }

    pub(crate) fn link(&self, part: &str, rel: &str) -> String {
        href(&self.application["_embedded"][part], rel)
    }

    pub(crate) fn me(&self, rel: &str) -> String {
        self.link("me", rel)
    }

    /// The application as it is now.
    pub(crate) async fn reread(&mut self) {
        let own = href(&self.application, "self");
        self.application = self.get(&own).await.body;
    }

    /// One request for events; the next goes on from there.
    pub(crate) async fn page(&mut self) -> Value {
        let next = self.next.clone();
        let answer = self.get(&next).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.next = href(&answer.body, "next");
        answer.body
    }

    /// Reads events until one fits; gives all up to the end of that answer.
    pub(crate) async fn until(&mut self, rel: &str, kind: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            seen.extend(events(&self.page().await));
            if seen
                .iter()
                .any(|event| event["link"]["rel"] == rel && event["type"] == kind)
            {
                return seen;
            }
        }
    }

    /// Reads events until this one, and gives it.
    pub(crate) async fn event(&mut self, rel: &str, kind: &str) -> Value {
        let seen = self.until(rel, kind).await;
        seen.into_iter()
            .rev()
            .find(|event| event["link"]["rel"] == rel && event["type"] == kind)
            .unwrap()
    }

    pub(crate) async fn start_messaging(
        &self,
        to: &str,
        operation: &str,
        first: Option<&str>,
    ) -> Answer {
        let mut wish = json!({ "to": format!("sip:{to}"), "operationId": operation, "subject": "", "importance": "Normal" });
        if let Some(first) = first {
            wish["_links"] = json!({ "message": { "href": first } });
        }
        self.post(&self.link("communication", "startMessaging"), wish)
            .await
    }

    pub(crate) async fn send_text(&self, messaging: &Value, operation: &str, text: &str) -> Answer {
        let request = self
            .request(Method::POST, &href(messaging, "sendMessage"))
            .query(&[("operationId", operation)]);
        send(
            request
                .header("content-type", "text/plain; charset=utf-8")
                .body(text.to_owned()),
        )
        .await
    }
}

/// The events of a page, in their order.
pub(crate) fn events(page: &Value) -> Vec<Value> {
    let senders = page["sender"].as_array().cloned().unwrap_or_default();
    senders
        .into_iter()
        .flat_map(|sender| sender["events"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// The resource that an event embeds.
pub(crate) fn embedded(event: &Value) -> &Value {
    &event["_embedded"][event["link"]["rel"].as_str().unwrap()]
}

/// `rel type`, in order, for comparing.
pub(crate) fn names(events: &[Value]) -> Vec<String> {
    let name = |event: &Value| {
        format!(
            "{} {}",
            event["link"]["rel"].as_str().unwrap(),
            event["type"].as_str().unwrap()
        )
    };
    events.iter().map(name).collect()
}
