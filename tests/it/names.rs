//! Finding the server by real names: a name server, the ports of the real world, and nothing configured but the address.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use causeway_tests::cast::Solo;
use causeway_tests::ctl::Answer;
use causeway_tests::island::{Name, name_server, story};
use causeway_tests::sim::Sim;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

const INNER: &str = "lyncdiscoverinternal.contoso.example";
const OUTER: &str = "lyncdiscover.contoso.example";
const HERE: Name = Name::At(Ipv4Addr::LOCALHOST);
/// Nobody listens there.
const ELSEWHERE: Name = Name::At(Ipv4Addr::new(127, 0, 0, 9));

/// Anna, who has typed her address and her password.
struct Anna(Solo);

impl Anna {
    fn of(sim: &Sim) -> Self {
        Self(Solo::new(sim, ""))
    }

    async fn check(&self) -> Answer {
        self.0.ctl.run(&["check"]).await
    }

    async fn finds(&self) -> Value {
        let found = self.check().await.done();
        found["steps"][0].clone()
    }

    async fn fails(&self, code: &str) -> Answer {
        let answer = self.check().await;
        assert_eq!(answer.code(), code, "{answer:?}");
        assert_eq!(answer.json["error"]["step"], "finding-server", "{answer:?}");
        answer
    }
}

/// A web server on port 80 that says the same to everybody.
async fn web(answer: String) {
    let listener = TcpListener::bind("127.0.0.1:80").await.expect("port 80");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
                line.clear();
            }
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
}

#[test]
fn the_outer_name_is_enough() {
    story(module_path!(), "the_outer_name_is_enough", async || {
        name_server(&[(OUTER, HERE)]).await;
        let sim = Sim::at(443, &[]).await;
        let step = Anna::of(&sim).finds().await;
        assert_eq!(step["detail"]["host"], OUTER, "{step}");
    });
}

#[test]
fn the_inner_name_comes_first() {
    story(module_path!(), "the_inner_name_comes_first", async || {
        name_server(&[(INNER, HERE), (OUTER, HERE)]).await;
        let sim = Sim::at(443, &[]).await;
        let step = Anna::of(&sim).finds().await;
        assert_eq!(step["detail"]["host"], INNER, "{step}");
    });
}

#[test]
fn an_inner_name_that_is_never_answered_keeps_nobody() {
    story(
        module_path!(),
        "an_inner_name_that_is_never_answered_keeps_nobody",
        async || {
            name_server(&[(INNER, Name::Silent), (OUTER, HERE)]).await;
            let sim = Sim::at(443, &[]).await;
            let anna = Anna::of(&sim);
            let begun = Instant::now();
            let step = anna.finds().await;
            assert_eq!(step["detail"]["host"], OUTER, "{step}");
            // The name has eight seconds, of which nobody waits while the outer one has answered.
            assert!(begun.elapsed() < Duration::from_secs(8), "{step}");
        },
    );
}

#[test]
fn a_name_that_is_never_answered_is_given_up() {
    story(
        module_path!(),
        "a_name_that_is_never_answered_is_given_up",
        async || {
            name_server(&[(INNER, Name::Silent)]).await;
            let sim = Sim::at(443, &[]).await;
            let begun = Instant::now();
            Anna::of(&sim).fails("CW-1002").await;
            // The name server is asked for 20 s before the system gives up, over HTTPS and over HTTP.
            assert!(begun.elapsed() < Duration::from_secs(30));
        },
    );
}

#[test]
fn a_domain_without_names_is_told_with_the_names() {
    story(
        module_path!(),
        "a_domain_without_names_is_told_with_the_names",
        async || {
            name_server(&[]).await;
            let sim = Sim::at(443, &[]).await;
            let answer = Anna::of(&sim).fails("CW-1001").await;
            assert_eq!(answer.exit, 4);
            assert_eq!(
                answer.json["error"]["detail"]["tried"],
                json!([INNER, OUTER])
            );
        },
    );
}

#[test]
fn an_inner_name_alone_that_does_not_answer_from_here_is_told() {
    story(
        module_path!(),
        "an_inner_name_alone_that_does_not_answer_from_here_is_told",
        async || {
            name_server(&[(INNER, ELSEWHERE)]).await;
            let sim = Sim::at(443, &[]).await;
            let answer = Anna::of(&sim).fails("CW-1002").await;
            assert_eq!(answer.json["error"]["detail"]["host"], INNER, "{answer:?}");
        },
    );
}

#[test]
fn plain_http_may_redirect_to_https_and_nothing_else() {
    story(
        module_path!(),
        "plain_http_may_redirect_to_https_and_nothing_else",
        async || {
            name_server(&[
                (OUTER, ELSEWHERE),
                (INNER, HERE),
                ("pool.contoso.example", HERE),
            ])
            .await;
            // Inside there is only port 80; the pool has its own.
            let sim = Sim::at(4443, &[]).await;
            let anna = Anna::of(&sim);
            let document =
                "{\"_links\":{\"user\":{\"href\":\"https://pool.contoso.example:4443/x\"}}}";
            web(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{document}",
                document.len()
            ))
            .await;
            anna.fails("CW-1002").await;
        },
    );
}

#[test]
fn plain_http_that_redirects_to_https_leads_to_the_server() {
    story(
        module_path!(),
        "plain_http_that_redirects_to_https_leads_to_the_server",
        async || {
            name_server(&[(OUTER, HERE), ("pool.contoso.example", HERE)]).await;
            let sim = Sim::at(4443, &[]).await;
            web(
                "HTTP/1.1 302 Found\r\nLocation: https://pool.contoso.example:4443/\r\nContent-Length: 0\r\n\r\n"
                    .to_owned(),
            )
            .await;
            let step = Anna::of(&sim).finds().await;
            assert_eq!(step["detail"]["host"], "pool.contoso.example", "{step}");
            assert_eq!(
                step["detail"]["chain"][0],
                format!("http://{OUTER}/"),
                "{step}"
            );
        },
    );
}

#[test]
fn a_pool_without_an_address_is_no_misspelt_domain() {
    story(
        module_path!(),
        "a_pool_without_an_address_is_no_misspelt_domain",
        async || {
            name_server(&[(OUTER, HERE)]).await;
            let sim = Sim::at(443, &[]).await;
            sim.fault(
                json!({"what": "redirect", "location": "https://gone.contoso.example/", "count": -1}),
            )
            .await;
            let answer = Anna::of(&sim).fails("CW-1002").await;
            assert_eq!(
                answer.json["error"]["detail"]["host"],
                "gone.contoso.example"
            );
        },
    );
}

#[test]
fn a_foreign_host_is_asked_about_and_then_followed() {
    story(
        module_path!(),
        "a_foreign_host_is_asked_about_and_then_followed",
        async || {
            name_server(&[(OUTER, HERE)]).await;
            let sim = Sim::at(443, &[]).await;
            let away =
                json!({"what": "redirect-302", "location": "https://localhost/", "count": 2});
            sim.fault(away.clone()).await;
            let anna = Anna::of(&sim);
            let question = anna.fails("CW-1104").await;
            assert_eq!(question.exit, 5);
            assert_eq!(question.json["error"]["detail"]["to"], "localhost");
            // What the remedy says is what helps.
            let remedy = question.json["error"]["remedy"]
                .as_str()
                .unwrap_or_default();
            let command = remedy
                .split_once("causewayctl ")
                .map_or("", |(_, command)| command);
            let command: Vec<&str> = command.split_whitespace().collect();
            anna.0.ctl.run(&command).await.done();
            sim.fault(json!({"what": "redirect-302", "count": 0})).await;
            sim.fault(
                json!({"what": "redirect-302", "location": "https://localhost/", "count": 1}),
            )
            .await;
            let step = anna.finds().await;
            assert_eq!(step["detail"]["host"], "localhost", "{step}");
        },
    );
}

#[test]
fn on_a_terminal_the_question_about_a_foreign_host_is_asked_and_the_answer_followed() {
    story(
        module_path!(),
        "on_a_terminal_the_question_about_a_foreign_host_is_asked_and_the_answer_followed",
        async || {
            name_server(&[(OUTER, HERE)]).await;
            let sim = Sim::at(443, &[]).await;
            let away = |count: u32| json!({"what": "redirect-302", "location": "https://localhost/", "count": count});
            let anna = Anna::of(&sim);
            let config = || std::fs::read_to_string(&anna.0.ctl.config).expect("a configuration");
            sim.fault(away(1)).await;
            let refused = anna.0.ctl.on_a_terminal(&["check"], "n\n").await;
            assert!(refused.contains("Trust localhost? [y/N]"), "{refused}");
            assert!(refused.contains("CW-1104"), "{refused}");
            assert!(!config().contains("trusted_domains"));

            // Before the answer and after it.
            sim.fault(away(2)).await;
            let trusted = anna.0.ctl.on_a_terminal(&["check"], "y\n").await;
            assert!(trusted.contains("Trust localhost? [y/N]"), "{trusted}");
            assert!(!trusted.contains("CW-1104"), "{trusted}");
            assert!(config().contains("trusted_domains = [\"localhost\"]"));
        },
    );
}

#[test]
fn where_the_organisation_decides_a_foreign_host_is_no_question() {
    story(
        module_path!(),
        "where_the_organisation_decides_a_foreign_host_is_no_question",
        async || {
            name_server(&[(OUTER, HERE)]).await;
            let sim = Sim::at(443, &[]).await;
            sim.fault(
                json!({"what": "redirect-302", "location": "https://localhost/", "count": -1}),
            )
            .await;
            let anna = Anna::of(&sim);
            std::fs::write(
                "/etc/causeway/policy.toml",
                "[lync]\ntrusted_domains = [\"contoso.example\"]\n",
            )
            .expect("the policy can be written");
            let answer = anna.fails("CW-1104").await;
            let remedy = answer.json["error"]["remedy"].to_string();
            assert!(!remedy.contains("config set"), "{remedy}");
            let change = anna
                .0
                .ctl
                .run(&["config", "set", "lync.trusted_domains", "localhost"])
                .await;
            assert_eq!((change.exit, change.code()), (5, "CW-4002"), "{change:?}");
            let mut bridge = anna.0.ctl.stream(&["bridge", "run"]);
            let state = bridge
                .find("the end of the sign-in", |event| {
                    event["kind"] == "state" && event["error"]["code"] == "CW-1104"
                })
                .await;
            assert_eq!(state["state"], "not-allowed", "{state}");
        },
    );
}
