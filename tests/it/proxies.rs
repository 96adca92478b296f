//! The way to the server leads through a real proxy, or past it.

use std::net::Ipv4Addr;

use causeway_tests::cast::{Solo, secret};
use causeway_tests::ctl::Answer;
use causeway_tests::island::{Name, name_server, story};
use causeway_tests::sim::{Sim, free_port};
use causeway_tests::web_proxy::WebProxy;

const POOL: &str = "pool.contoso.example";

/// The front end under a name that a proxy can be asked for.
async fn pool() -> Sim {
    name_server(&[(POOL, Name::At(Ipv4Addr::LOCALHOST))]).await;
    Sim::at(443, &[]).await
}

/// Anna, who finds her server by its name, with these lines in her configuration.
fn anna(sim: &Sim, lines: &str) -> Solo {
    Solo::new(
        sim,
        &format!("discovery_url = \"https://{POOL}/\"\n{lines}"),
    )
}

async fn check(anna: &Solo) -> Answer {
    anna.ctl.run(&["check"]).await
}

fn login(anna: &Solo, password: &str) -> String {
    let file = anna.password_file().with_file_name("proxy.password");
    secret(&file, password);
    file.display().to_string()
}

#[test]
fn everything_goes_through_the_proxy_that_is_named() {
    story(
        module_path!(),
        "everything_goes_through_the_proxy_that_is_named",
        async || {
            let sim = pool().await;
            let proxy = WebProxy::open().await;
            check(&anna(&sim, &format!("proxy = \"{}\"\n", proxy.url())))
                .await
                .done();
            assert!(proxy.was_asked_for(POOL));
        },
    );
}

#[test]
fn a_proxy_gets_its_login_and_a_wrong_one_is_told() {
    story(
        module_path!(),
        "a_proxy_gets_its_login_and_a_wrong_one_is_told",
        async || {
            let sim = pool().await;
            let proxy = WebProxy::with_login("anna", "geheim").await;
            let anna = anna(&sim, &format!("proxy = \"{}\"\n", proxy.url()));
            let refused = check(&anna).await;
            assert_eq!(
                (refused.exit, refused.code()),
                (4, "CW-1003"),
                "{refused:?}"
            );
            assert_eq!(
                refused.json["error"]["detail"]["proxy"],
                format!("{}/", proxy.url())
            );
            anna.ctl
                .run(&["config", "set", "lync.proxy_user", "anna"])
                .await
                .done();
            let file = login(&anna, "wrong");
            anna.ctl
                .run(&["config", "set", "lync.proxy_password_file", &file])
                .await
                .done();
            // This proxy answers a wrong login with 401.
            let refused = check(&anna).await;
            assert_eq!(
                (refused.exit, refused.code()),
                (4, "CW-1003"),
                "{refused:?}"
            );
            assert_eq!(refused.json["error"]["detail"]["cause"], "refused");
            login(&anna, "geheim");
            check(&anna).await.done();
        },
    );
}

#[test]
fn exempt_hosts_and_this_computer_are_reached_past_the_proxy() {
    story(
        module_path!(),
        "exempt_hosts_and_this_computer_are_reached_past_the_proxy",
        async || {
            let sim = pool().await;
            // Nobody listens there.
            let proxy = format!("proxy = \"http://127.0.0.1:{}\"\n", free_port());
            let anna = anna(&sim, &proxy);
            assert_eq!(check(&anna).await.exit, 4);
            let bypass = ["config", "set", "lync.proxy_bypass", "contoso.example"];
            anna.ctl.run(&bypass).await.done();
            check(&anna).await.done();
            let local = Solo::new(
                &sim,
                &format!("discovery_url = \"https://localhost/\"\n{proxy}"),
            );
            check(&local).await.done();
        },
    );
}

#[test]
fn the_environment_names_the_proxy_unless_none_is_wanted() {
    story(
        module_path!(),
        "the_environment_names_the_proxy_unless_none_is_wanted",
        async || {
            let sim = pool().await;
            let proxy = WebProxy::with_login("anna", "geheim").await;
            let named = proxy.url().replace("http://", "http://anna:geheim@");
            let environment = [("https_proxy", named)];
            let with = anna(&sim, "");
            with.ctl.run_in(&["check"], &environment).await.done();
            assert!(proxy.was_asked_for(POOL));
            let broken = [("https_proxy", "http://127.0.0.1:9".to_owned())];
            assert_eq!(with.ctl.run_in(&["check"], &broken).await.exit, 4);
            let exempt = [
                broken[0].clone(),
                ("no_proxy", "contoso.example".to_owned()),
            ];
            with.ctl.run_in(&["check"], &exempt).await.done();
            let without = anna(&sim, "proxy = \"none\"\n");
            without.ctl.run_in(&["check"], &broken).await.done();
        },
    );
}
