//! Right and wrong values of every key.

use super::super::table::TABLE;
use super::*;
use crate::config::{HostPort, Method, Mode, PresenceDirection, Preset, Proxy, RelayWhen, Tls};

/// For every key, values of the right and of the wrong kind that must be refused.
const WRONG: &[(&str, &[&str])] = &[
    (
        "lync.address",
        &[
            "1",
            "true",
            "'anna'",
            "'anna@'",
            "'tel:+4681234567'",
            "['anna@contoso.example']",
        ],
    ),
    ("lync.user", &["1", "\"two\\nlines\"", "{}"]),
    ("lync.method", &["'Forms'", "'kerberos'", "true"]),
    (
        "lync.discovery_url",
        &[
            "'http://lyncdiscover.contoso.example/'",
            "'https://'",
            "'lyncdiscover'",
            "'https://u:p@contoso.example/'",
            "1",
        ],
    ),
    ("lync.mode", &["'watch'", "false"]),
    ("lync.password_file", &["1", "['a']", "\"a\\u0000b\""]),
    ("lync.ca_file", &["1.5", "2026-11-21"]),
    (
        "lync.trusted_domains",
        &[
            "'contoso.example'",
            "[1]",
            "['']",
            "['not a host']",
            "[['contoso.example']]",
        ],
    ),
    (
        "lync.proxy",
        &[
            "'auto'",
            "'proxy:3128'",
            "'https://proxy.example:3128'",
            "'http://u:p@proxy.example:3128'",
            "'http://proxy.example/path'",
            "'pac+proxy.example/wpad.dat'",
            "'pac+ftp://proxy.example/wpad.dat'",
            "'pac+http://u:p@proxy.example/wpad.dat'",
        ],
    ),
    ("lync.proxy_user", &["1", "['anna']", "\"anna\\nben\""]),
    ("lync.proxy_password_file", &["1", "true"]),
    (
        "lync.proxy_bypass",
        &[
            "'contoso.example'",
            "['not a host']",
            "['10.0.0.0/33']",
            "['10.0.0.0/']",
            "['contoso.example/8']",
        ],
    ),
    ("lync.culture", &["'english'", "'e'", "'en_US'", "''", "1"]),
    (
        "xmpp.address",
        &["'anna'", "'anna@xmpp.example/desk'", "'@xmpp.example'", "1"],
    ),
    (
        "xmpp.server",
        &[
            "'xmpp.example'",
            "'xmpp.example:0'",
            "'xmpp.example:70000'",
            "':5222'",
            "'[::1:5222'",
            "5222",
        ],
    ),
    ("xmpp.tls", &["'ssl'", "'none'", "false"]),
    ("xmpp.password_file", &["true"]),
    ("xmpp.ca_file", &["true"]),
    ("bridge.enabled", &["'true'", "'yes'", "1"]),
    ("bridge.presence", &["'to_xmpp'", "true"]),
    ("bridge.preset", &["'office'", "1"]),
    (
        "bridge.table",
        &[
            "'standard'",
            "1",
            "[1]",
            "[{}]",
            "{ show = 'away', lync = 'busy' }",
            "[{ show = 'away' }]",
            "[{ show = 'chat', lync = 'busy' }]",
            "[{ show = 'away', lync = 'unknown' }]",
            "[{ show = 'away', lync = 'offline' }]",
            "[{ show = 'away', lync = 'busy', colour = 'red' }]",
            "[{ show = 'away', lync = 'busy', note = 1 }]",
            "[{ show = 'away', lync = 'busy', text = \"two\\nlines\" }]",
        ],
    ),
    (
        "bridge.relay_to",
        &["'phone'", "'anna@phone.example/x'", "1"],
    ),
    ("bridge.relay_when", &["'sometimes'", "true"]),
    ("bridge.auto_subscribe", &["'false'", "0"]),
    ("gateway.domain", &["'127.0.0.1'", "'a domain'", "1"]),
    ("gateway.server", &["'127.0.0.1'", "''", "5347"]),
    ("gateway.secret_file", &["1"]),
    (
        "gateway.database",
        &[
            "'mysql://db/x'",
            "'sqlite://'",
            "'postgres://u:secret@db/x'",
            "'file.db'",
        ],
    ),
    ("history.mode", &["'ram'", "''", "false"]),
    (
        "history.days",
        &["0", "-1", "36501", "'365'", "1.5", "99999999999"],
    ),
    ("window.theme", &["'blue'", "''", "1"]),
    ("window.language", &["'English'", "1"]),
    ("window.text_size", &["11", "21", "'14'"]),
    ("window.density", &["'tight'", "1"]),
    ("window.chat_order", &["'name'", "1"]),
    ("window.enter_sends", &["'true'", "1"]),
    ("window.say_typing", &["'false'", "0"]),
    ("window.on_close", &["'ask'", "true"]),
    ("window.minimize_to_tray", &["'true'", "1"]),
    ("window.end_hidden_after", &["-1", "86401", "'60'"]),
    ("window.keys", &["'[]'", "'{'", "1"]),
    ("notifications.enabled", &["'true'", "1"]),
    ("notifications.sound", &["'true'", "1"]),
    ("notifications.content", &["'some'", "true"]),
    ("notifications.busy_silences", &["'true'", "1"]),
    (
        "notifications.quiet_hours",
        &["'22:00'", "'25:00-07:00'", "'22:00-22:00'", "22"],
    ),
    (
        "notifications.always",
        &["'ben@contoso.example'", "['ben']", "[1]"],
    ),
    ("support.url", &["'http://help.example/'", "'help'", "1"]),
    ("log.level", &["'loud'", "'off'", "1"]),
];

/// An account on a host that is not the own machine, so that `xmpp.tls = "none"` is wrong.
const ELSEWHERE: &str = "xmpp.address = 'anna@xmpp.example'\n";

#[test]
fn wrong_values_of_every_key_are_refused_with_what_was_expected() {
    let covered: Vec<_> = WRONG.iter().map(|(key, _)| *key).collect();
    let keys: Vec<_> = TABLE.iter().map(|row| row.name()).collect();
    assert_eq!(
        covered, keys,
        "every key of the table has its wrong values here"
    );
    for (key, values) in WRONG {
        for value in *values {
            let before = if *key == "xmpp.tls" { ELSEWHERE } else { "" };
            let configuration = user_file(&format!("{before}{key} = {value}\n"));
            let [issue] = configuration.issues.as_slice() else {
                panic!("{key} = {value}: {:?}", configuration.issues);
            };
            assert_eq!(
                (issue.severity, issue.key.as_deref()),
                (Severity::Error, Some(*key)),
                "{value}"
            );
            assert!(
                issue.message.contains("xpected "),
                "{key} = {value}: {}",
                issue.message
            );
            assert!(issue.line.is_some());
            assert_eq!(entry(&configuration, key).origin, Origin::BuiltIn);
        }
    }
}

#[test]
fn the_example_of_every_key_is_right() {
    for row in TABLE {
        let configuration = user_file(&format!("{} = {}\n", row.name(), row.example()));
        assert_eq!(errors(&configuration), [], "{}", row.name());
        assert_eq!(entry(&configuration, row.name()).origin, Origin::User);
    }
}

#[test]
fn every_key_of_the_table_is_resolved_in_its_order() {
    let keys: Vec<_> = TABLE.iter().map(|row| row.name()).collect();
    let resolved: Vec<_> = Machine::new()
        .load()
        .entries
        .into_iter()
        .map(|entry| entry.key)
        .collect();
    assert_eq!(resolved, keys);
}

#[test]
fn a_whole_file_becomes_meaning() {
    let configuration = user_file(
        r#"
        [lync]
        address = "sip:Anna@contoso.example"
        user = 'CONTOSO\anna'
        method = "forms"
        discovery_url = "https://lyncdiscover.contoso.example"
        mode = "watch-only"
        trusted_domains = ["Contoso.example", "192.0.2.7", "2001:db8::1"]
        proxy = "http://proxy.example:3128"
        proxy_user = "anna"
        proxy_bypass = ["Contoso.example", "10.0.0.0/8"]
        culture = "sv-SE"
        [xmpp]
        address = "anna@xmpp.example"
        server = "[::1]:5222"
        tls = "none"
        [bridge]
        enabled = false
        presence = "to-lync"
        preset = "openscape"
        relay_to = "anna@phone.example"
        relay_when = "away"
        auto_subscribe = false
        [gateway]
        domain = "lync.xmpp.example"
        server = "xmpp.example:5347"
        database = "postgres://db.example/causeway"
        "#,
    );
    assert_eq!(configuration.issues, []);
    let lync = configuration.settings.lync.unwrap();
    assert_eq!(lync.address.value.as_str(), "sip:Anna@contoso.example");
    assert_eq!(lync.user.value.as_deref(), Some(r"CONTOSO\anna"));
    assert_eq!(
        (lync.method.value, lync.mode.value),
        (Method::Forms, Mode::WatchOnly)
    );
    assert_eq!(
        lync.discovery_url.value.unwrap().as_str(),
        "https://lyncdiscover.contoso.example/"
    );
    assert_eq!(
        lync.trusted_domains.value,
        ["contoso.example", "192.0.2.7", "2001:db8::1"]
    );
    assert_eq!(
        lync.proxy.value,
        Proxy::Url("http://proxy.example:3128".parse().unwrap())
    );
    assert_eq!(lync.proxy_user.value.as_deref(), Some("anna"));
    assert_eq!(lync.proxy_bypass.value, ["contoso.example", "10.0.0.0/8"]);
    assert_eq!(lync.culture.value, "sv-SE");
    let xmpp = configuration.settings.xmpp.unwrap();
    assert_eq!(xmpp.address.value.as_str(), "anna@xmpp.example");
    assert_eq!(
        xmpp.server.value,
        Some(HostPort {
            host: "::1".into(),
            port: 5222
        })
    );
    assert_eq!(xmpp.tls.value, Tls::None);
    let bridge = configuration.settings.bridge;
    assert!(!bridge.enabled.value && !bridge.auto_subscribe.value);
    assert_eq!(bridge.presence.value, PresenceDirection::ToLync);
    assert_eq!(
        (bridge.preset.value, bridge.relay_when.value),
        (Preset::Openscape, RelayWhen::Away)
    );
    assert_eq!(
        bridge.relay_to.value.unwrap().as_str(),
        "anna@phone.example"
    );
    let gateway = configuration.settings.gateway.unwrap();
    assert_eq!(
        (gateway.domain.value.as_str(), gateway.server.value.port),
        ("lync.xmpp.example", 5347)
    );
}

#[test]
fn clear_text_is_for_loopback_or_for_policy() {
    let with_server = |server: &str| {
        user_file(&format!(
            "[xmpp]\naddress = 'anna@xmpp.example'\nserver = '{server}'\ntls = 'none'\n"
        ))
    };
    for server in [
        "127.0.0.1:5222",
        "[::1]:5222",
        "localhost:5222",
        "Prosody.Localhost:5222",
    ] {
        let configuration = with_server(server);
        assert_eq!(configuration.issues, [], "{server}");
        assert_eq!(configuration.settings.xmpp.unwrap().tls.value, Tls::None);
    }
    for server in [
        "192.0.2.7:5222",
        "xmpp.example:5222",
        "localhost.example:5222",
    ] {
        let configuration = with_server(server);
        assert_eq!(
            only_issue(&configuration).key.as_deref(),
            Some("xmpp.tls"),
            "{server}"
        );
        assert_eq!(
            configuration.settings.xmpp.unwrap().tls.value,
            Tls::StartTls
        );
    }
    let machine = Machine::new();
    machine.user("xmpp.address = 'anna@xmpp.example'\n");
    machine.write("etc/defaults.toml", "xmpp.tls = 'none'\n");
    assert_eq!(
        machine.load().settings.xmpp.unwrap().tls.value,
        Tls::StartTls,
        "a default does not enforce"
    );
    fs::remove_file(machine.path("etc/defaults.toml")).unwrap();
    machine.write("etc/policy.toml", "xmpp.tls = 'none'\n");
    assert_eq!(machine.load().settings.xmpp.unwrap().tls.value, Tls::None);
}

#[test]
fn a_path_in_the_home_directory_may_be_written_short() {
    let lync = user_file("[lync]\naddress = 'a@b.example'\nca_file = '~/ca.pem'\n")
        .settings
        .lync
        .unwrap();
    assert_eq!(
        lync.ca_file.value,
        std::env::home_dir().map(|home| home.join("ca.pem"))
    );
}

mod ca_file {
    use causeway_api::Code;

    use crate::config::read_ca_file;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

    fn check(content: &[u8]) -> Result<usize, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, content).unwrap();
        read_ca_file(&path)
            .map(|certificates| certificates.len())
            .map_err(|problem| {
                assert_eq!(problem.code, Code::BadConfig);
                problem.message
            })
    }

    #[test]
    fn all_certificates_are_read_and_other_blocks_passed_over() {
        let key = "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n";
        assert_eq!(
            check(format!("My company\n{CERTIFICATE}{key}{CERTIFICATE}").as_bytes()),
            Ok(2)
        );
    }

    #[test]
    fn what_is_no_list_of_certificates_is_named() {
        assert!(
            check(b"\x30\x82\x01\x00")
                .unwrap_err()
                .contains("no certificate")
        );
        assert!(check(b"").unwrap_err().contains("no certificate"));
        assert!(
            check(b"-----BEGIN CERTIFICATE-----\nMAA=\n")
                .unwrap_err()
                .contains("not right PEM")
        );
        assert!(
            check(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n")
                .unwrap_err()
                .contains("not right PEM")
        );
        assert!(
            check(&vec![b'x'; 2 * 1024 * 1024])
                .unwrap_err()
                .contains("larger than")
        );
        assert!(
            read_ca_file("/nowhere/ca.pem".as_ref())
                .unwrap_err()
                .message
                .contains("/nowhere/ca.pem")
        );
    }
}
