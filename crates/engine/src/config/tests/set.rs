//! `config set`.

use causeway_api::Code;

use super::*;
use crate::config::{set, unset};

const FILE: &str = "\
# Anna's own remarks
[lync]
address = \"anna@contoso.example\" # work

[history] # keep it short
days = 30
";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.user(FILE);
    machine
}

fn text(machine: &Machine) -> String {
    fs::read_to_string(machine.path("home/config.toml")).unwrap()
}

#[test]
fn a_value_is_changed_and_everything_else_kept() {
    let machine = machine();
    set(&machine.locations, "lync.address", "ben@contoso.example").unwrap();
    assert_eq!(text(&machine), FILE.replace("anna@contoso", "ben@contoso"));
    set(&machine.locations, "history.days", "60").unwrap();
    assert_eq!(
        text(&machine),
        FILE.replace("anna@contoso", "ben@contoso")
            .replace("30", "60")
    );
}

#[test]
fn a_new_key_joins_its_section_and_a_new_section_the_end() {
    let machine = machine();
    set(
        &machine.locations,
        "lync.trusted_domains",
        "contoso.example, 192.0.2.7",
    )
    .unwrap();
    set(&machine.locations, "bridge.enabled", "false").unwrap();
    let expected = FILE.replace(
        "# work\n",
        "# work\ntrusted_domains = [\"contoso.example\", \"192.0.2.7\"]\n",
    );
    assert_eq!(
        text(&machine),
        format!("{expected}\n[bridge]\nenabled = false\n")
    );
    assert_eq!(machine.load().issues, []);
}

#[test]
fn a_missing_file_is_created_for_its_owner_alone_and_no_directory_that_was_named_by_mistake() {
    let machine = Machine::new();
    let set = || set(&machine.locations, "xmpp.address", "anna@xmpp.example");
    let refused = set().unwrap_err();
    let file = machine.path("home/config.toml");
    assert_eq!(refused.code, Code::BadConfig);
    assert!(refused.message.contains(file.to_str().unwrap()));
    assert!(!machine.path("home").exists());
    fs::create_dir(machine.path("home")).unwrap();
    set().unwrap();
    assert_eq!(text(&machine), "[xmpp]\naddress = \"anna@xmpp.example\"\n");
    assert_eq!(
        fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn rights_of_the_file_and_a_link_to_it_stay() {
    let machine = machine();
    fs::rename(machine.path("home/config.toml"), machine.path("real.toml")).unwrap();
    std::os::unix::fs::symlink(machine.path("real.toml"), machine.path("home/config.toml"))
        .unwrap();
    machine.mode("real.toml", 0o640);
    set(&machine.locations, "history.days", "60").unwrap();
    assert!(
        fs::symlink_metadata(machine.path("home/config.toml"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(machine.path("real.toml"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    assert_eq!(machine.load().settings.history.days.value, 60);
    assert_eq!(
        fs::read_dir(machine.path("home")).unwrap().count(),
        1,
        "nothing temporary is left"
    );
}

#[test]
fn what_policy_enforces_cannot_be_set() {
    let machine = machine();
    machine.write("etc/policy.toml", "[history]\ndays = 7\n");
    let problem = set(&machine.locations, "history.days", "60").unwrap_err();
    assert_eq!(problem.code, Code::ManagedByPolicy);
    assert!(
        problem.message.contains("policy.toml:2"),
        "{}",
        problem.message
    );
    assert_eq!(text(&machine), FILE);
    set(&machine.locations, "history.mode", "off").unwrap();
}

#[test]
fn wrong_values_and_unknown_keys_are_refused_and_nothing_is_written() {
    for (key, value, expected) in [
        ("history.days", "many", "Expected a whole number"),
        ("history.days", "", "Expected a whole number"),
        ("bridge.enabled", "yes", "Expected true or false"),
        ("xmpp.server", "xmpp.example", "Expected HOST:PORT"),
        (
            "lync.method",
            "ntlm",
            "Expected \"automatic\", \"windows\", \"forms\" or \"web\"",
        ),
        ("lync.adress", "a@b.example", "did you mean lync.address?"),
        ("lync.password", "s3cret", "lync.password_file"),
        ("lync", "x", "Unknown key"),
        ("", "x", "Unknown key"),
    ] {
        let machine = machine();
        let problem = set(&machine.locations, key, value).unwrap_err();
        assert_eq!(problem.code, Code::BadConfig, "{key}");
        assert!(
            problem.message.contains(expected),
            "{key}: {}",
            problem.message
        );
        assert!(!format!("{problem:?}").contains("s3cret"));
        assert_eq!(text(&machine), FILE);
    }
}

#[test]
fn clear_text_to_another_host_cannot_be_set() {
    let machine = Machine::new();
    machine.user("[xmpp]\naddress = \"anna@xmpp.example\"\n");
    let problem = set(&machine.locations, "xmpp.tls", "none").unwrap_err();
    assert_eq!(problem.code, Code::BadConfig);
    set(&machine.locations, "xmpp.server", "localhost:5222").unwrap();
    set(&machine.locations, "xmpp.tls", "none").unwrap();
}

#[test]
fn an_empty_value_takes_an_optional_key_away() {
    let machine = machine();
    set(&machine.locations, "lync.address", "").unwrap();
    assert_eq!(machine.load().settings.lync, None);
}

#[test]
fn a_broken_file_is_left_alone_and_its_line_named() {
    for broken in ["[history]\ndays = = 3\n", "history = 5\n"] {
        let machine = Machine::new();
        machine.user(broken);
        let problem = set(&machine.locations, "history.days", "3").unwrap_err();
        assert_eq!(problem.code, Code::BadConfig);
        assert_eq!(text(&machine), broken);
    }
    let machine = Machine::new();
    machine.user("[history]\ndays = = 3\n");
    assert!(
        set(&machine.locations, "history.days", "3")
            .unwrap_err()
            .message
            .contains("config.toml:2")
    );
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let machine = Machine::new();
    machine.write("home", "a file where the directory should be");
    let problem = set(&machine.locations, "history.days", "3").unwrap_err();
    assert!([Code::Storage, Code::BadConfig].contains(&problem.code));
    assert!(
        problem.message.contains("home/config.toml"),
        "{}",
        problem.message
    );
}

#[test]
fn a_key_that_is_taken_out_leaves_everything_else_as_it_was() {
    let machine = machine();
    unset(&machine.locations, "history.days").unwrap();
    assert_eq!(text(&machine), FILE.replace("days = 30\n", ""));
    let days = |machine: &Machine| machine.load().settings.history.days;
    assert_eq!(days(&machine).origin, Origin::BuiltIn);
    // What is not there need not be taken out; what nobody knows is not there.
    unset(&machine.locations, "history.days").unwrap();
    unset(&machine.locations, "window.theme").unwrap();
    let problem = unset(&machine.locations, "history.dais").unwrap_err();
    assert_eq!(problem.code, Code::BadConfig);
}

#[test]
fn a_key_of_another_version_can_be_taken_out() {
    let machine = Machine::new();
    machine.user("[lync]\nsomething_new = 1\n");
    unset(&machine.locations, "lync.something_new").unwrap();
    assert_eq!(text(&machine), "[lync]\n");
}

const ROWS: &str = r#"[{"show":"away","text":"","direction":"both","lync":"busy","note":"At lunch"},{"show":"xa","text":"","direction":"to-xmpp","lync":"offline","note":""}]"#;

#[test]
fn rows_of_a_status_table_stand_on_lines_of_their_own() {
    let machine = machine();
    set(&machine.locations, "bridge.table", ROWS).unwrap();
    assert_eq!(
        text(&machine),
        format!(
            r#"{FILE}
[bridge]
table = [
  {{ show = "away", text = "", direction = "both", lync = "busy", note = "At lunch" }},
  {{ show = "xa", text = "", direction = "to-xmpp", lync = "offline", note = "" }},
]
"#
        )
    );
    let configuration = machine.load();
    assert_eq!(configuration.issues, []);
    let shown = configuration
        .entries
        .iter()
        .find(|entry| entry.key == "bridge.table")
        .unwrap();
    assert_eq!(
        shown.value,
        serde_json::from_str::<serde_json::Value>(ROWS).unwrap()
    );
    unset(&machine.locations, "bridge.table").unwrap();
    assert_eq!(machine.load().settings.bridge.table.value, None);
}

#[test]
fn rows_written_as_tables_of_their_own_are_read_and_replaced() {
    let machine = Machine::new();
    machine.user("[[bridge.table]]\nshow = 'away'\nlync = 'busy'\n\n[history]\ndays = 30\n");
    let rows = |machine: &Machine| {
        let configuration = machine.load();
        assert_eq!(configuration.issues, []);
        configuration.settings.bridge.table.value.unwrap()
    };
    assert_eq!(rows(&machine).rows().len(), 1);
    set(&machine.locations, "bridge.table", ROWS).unwrap();
    assert_eq!(rows(&machine).rows().len(), 2);
    assert_eq!(machine.load().settings.history.days.value, 30);
}

#[test]
fn a_status_table_of_the_policy_stays() {
    let machine = machine();
    machine.write("etc/policy.toml", "[bridge]\ntable = []\n");
    let problem = set(&machine.locations, "bridge.table", ROWS).unwrap_err();
    assert_eq!(problem.code, Code::ManagedByPolicy);
    assert_eq!(
        set(&machine.locations, "bridge.table", "[1]")
            .unwrap_err()
            .code,
        Code::ManagedByPolicy
    );
}
