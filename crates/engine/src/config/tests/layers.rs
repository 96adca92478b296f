//! Layers, their order, and files that cannot be used.

use super::*;
use crate::config::HistoryMode;

#[test]
fn without_any_file_the_built_in_values_hold() {
    let configuration = Machine::new().load();
    assert_eq!(configuration.settings.lync, None);
    assert_eq!(configuration.settings.xmpp, None);
    assert_eq!(configuration.settings.gateway, None);
    assert_eq!(configuration.settings.history.days.value, 365);
    assert!(
        configuration
            .entries
            .iter()
            .all(|entry| entry.origin == Origin::BuiltIn && entry.source.is_none())
    );
}

#[test]
fn a_stronger_layer_wins_and_its_place_is_named() {
    let machine = Machine::new();
    machine.user("");
    let days = |number: u32| format!("# a comment\n[history]\ndays = {number}\n");
    let files = [
        ("etc/defaults.toml", Origin::MachineDefault),
        ("home/config.toml", Origin::User),
        ("etc/policy.toml", Origin::Enforced),
        ("etc/policy.d/10-first.toml", Origin::Enforced),
        ("etc/policy.d/20-second.toml", Origin::Enforced),
    ];
    for (number, (file, origin)) in (1..).zip(files) {
        machine.write(file, &days(number));
        let configuration = machine.load();
        assert_eq!(configuration.issues, []);
        let setting = configuration.settings.history.days;
        assert_eq!((setting.value, setting.origin), (number, origin), "{file}");
        let entry = entry(&configuration, "history.days");
        assert_eq!(
            entry.source,
            Some(format!("{}:3", machine.path(file).display()))
        );
        assert_eq!(
            (entry.value, entry.managed),
            (number.into(), origin == Origin::Enforced)
        );
    }
}

#[test]
fn only_files_named_toml_in_policy_d_are_policy() {
    let machine = Machine::new();
    machine.write(
        "etc/policy.d/off.toml.disabled",
        "[history]\nmode = \"off\"\n",
    );
    let configuration = machine.load();
    assert_eq!(configuration.settings.history.mode.value, HistoryMode::Disk);
}

#[test]
fn a_wrong_value_is_refused_for_its_key_alone_and_the_weaker_layer_holds() {
    let machine = Machine::new();
    machine.write("etc/defaults.toml", "[history]\ndays = 30\n");
    machine.user("[history]\nmode = \"memory\"\ndays = \"a year\"\n");
    let configuration = machine.load();
    let history = configuration.settings.history;
    assert_eq!(
        (history.mode.value, history.mode.origin),
        (HistoryMode::Memory, Origin::User)
    );
    assert_eq!(
        (history.days.value, history.days.origin),
        (30, Origin::MachineDefault)
    );
    let issue = only_issue(&configuration);
    assert_eq!(issue.severity, Severity::Error);
    assert_eq!(
        issue.file,
        machine.locations.user_file.display().to_string()
    );
    assert_eq!(
        (issue.line, issue.key.as_deref()),
        (Some(3), Some("history.days"))
    );
    assert_eq!(issue.message, "Expected a whole number from 1 to 36500");
}

#[test]
fn a_wrong_value_in_a_policy_is_named_and_does_not_let_the_users_in() {
    let machine = Machine::new();
    machine.user("[history]\ndays = 9999\n");
    machine.write("etc/policy.toml", "[history]\ndays = \"a year\"\n");
    let configuration = machine.load();
    let days = configuration.settings.history.days;
    assert_eq!((days.value, days.origin), (365, Origin::BuiltIn));
    assert!(entry(&configuration, "history.days").managed);
    let issue = only_issue(&configuration);
    assert_eq!(issue.line, Some(2));
    assert!(issue.message.contains("locked"), "{}", issue.message);
}

#[test]
fn where_one_policy_is_wrong_the_next_weaker_policy_holds() {
    let machine = Machine::new();
    machine.user("[history]\ndays = 9999\n");
    machine.write("etc/policy.toml", "[history]\ndays = 30\n");
    machine.write("etc/policy.d/50.toml", "[history]\ndays = 0\n");
    let configuration = machine.load();
    assert_eq!(configuration.settings.history.days.value, 30);
}

#[test]
fn an_unknown_key_warns_and_the_one_that_was_meant_is_named() {
    for (text, key, message) in [
        (
            "[lync]\nadress = 'a@b.example'\n",
            "lync.adress",
            "Unknown key; did you mean lync.address?",
        ),
        (
            "[bridge]\nrelay_too = ''\n",
            "bridge.relay_too",
            "Unknown key; did you mean bridge.relay_to?",
        ),
        ("something = 1\n", "something", "Unknown key"),
    ] {
        let configuration = user_file(text);
        let issue = only_issue(&configuration);
        assert_eq!(
            (issue.severity, issue.key.as_deref()),
            (Severity::Warning, Some(key))
        );
        assert_eq!(issue.message, message);
    }
}

#[test]
fn a_password_in_the_file_is_pointed_elsewhere_and_never_repeated() {
    let configuration = user_file("[lync]\npassword = 's3cret'\nuser = ['s3cret']\n");
    assert_eq!(configuration.issues.len(), 2);
    let text = serde_json::to_string(&(&configuration.issues, &configuration.entries)).unwrap();
    assert!(text.contains("lync.password_file"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn a_file_that_is_not_toml_is_ignored_with_its_line() {
    let configuration = user_file("[history]\ndays = 30\ndays = 40\n");
    let issue = only_issue(&configuration);
    assert_eq!((issue.severity, issue.line), (Severity::Error, Some(3)));
    assert!(
        issue.message.starts_with("The whole file is ignored: "),
        "{}",
        issue.message
    );
    assert_eq!(configuration.settings.history.days.value, 365);
}

#[test]
fn a_file_that_is_too_large_or_not_text_or_no_file_is_ignored() {
    let machine = Machine::new();
    machine.user(&format!("[history]\ndays = 30\n{}", "#\n".repeat(200_000)));
    assert!(only_issue(&machine.load()).message.contains("larger than"));
    fs::write(
        machine.path("home/config.toml"),
        b"[history]\ndays = 30 # \xff\n",
    )
    .unwrap();
    assert!(only_issue(&machine.load()).message.contains("UTF-8"));
    fs::remove_file(machine.path("home/config.toml")).unwrap();
    fs::create_dir(machine.path("home/config.toml")).unwrap();
    assert!(
        only_issue(&machine.load())
            .message
            .contains("not a plain file")
    );
}

#[test]
fn a_named_file_that_is_not_there_warns() {
    let issue = only_issue(&Machine::new().load());
    assert_eq!(
        (issue.severity, issue.message.as_str()),
        (Severity::Warning, "The file does not exist")
    );
}

#[test]
fn a_policy_that_others_may_write_is_ignored_with_a_warning() {
    for (changed, mode) in [
        ("etc/policy.toml", 0o664),
        ("etc/policy.toml", 0o646),
        ("etc", 0o775),
        ("etc", 0o757),
    ] {
        let machine = Machine::new();
        machine.user("");
        machine.write("etc/policy.toml", "[history]\nmode = \"off\"\n");
        machine.mode(changed, mode);
        let configuration = machine.load();
        assert_eq!(
            configuration.settings.history.mode.value,
            HistoryMode::Disk,
            "{changed} {mode:o}"
        );
        let issue = only_issue(&configuration);
        assert_eq!(
            (issue.severity, issue.file),
            (
                Severity::Warning,
                machine.path(changed).display().to_string()
            )
        );
    }
}

#[test]
fn a_drop_in_directory_that_others_may_write_is_ignored_and_the_policy_file_holds() {
    let machine = Machine::new();
    machine.user("");
    machine.write("etc/policy.toml", "[history]\nmode = \"off\"\n");
    machine.write("etc/policy.d/50.toml", "[history]\nmode = \"disk\"\n");
    machine.mode("etc/policy.d", 0o777);
    let configuration = machine.load();
    assert_eq!(configuration.settings.history.mode.value, HistoryMode::Off);
    assert_eq!(
        only_issue(&configuration).file,
        machine.path("etc/policy.d").display().to_string()
    );
}

#[test]
fn a_policy_of_another_owner_is_ignored_with_a_warning() {
    let mut machine = Machine::new();
    machine.user("");
    machine.write("etc/policy.toml", "[history]\nmode = \"off\"\n");
    machine.locations.machine.owner += 1;
    let configuration = machine.load();
    assert_eq!(configuration.settings.history.mode.value, HistoryMode::Disk);
    assert!(
        only_issue(&configuration)
            .message
            .contains("belongs to user")
    );
}

#[test]
fn relative_paths_count_from_the_file_that_names_them() {
    let machine = Machine::new();
    machine.write(
        "etc/defaults.toml",
        "[lync]\naddress = 'a@b.example'\nca_file = 'ca.pem'\n",
    );
    machine.user("[lync]\npassword_file = 'secrets/lync'\n");
    let lync = machine.load().settings.lync.unwrap();
    assert_eq!(lync.ca_file.value, Some(machine.path("etc/ca.pem")));
    assert_eq!(
        lync.password_file.value,
        Some(machine.path("home/secrets/lync"))
    );
}

#[test]
fn a_file_that_is_named_and_cannot_be_read_warns_with_its_path() {
    let machine = Machine::new();
    machine.write("home/there.pem", "");
    machine.user("[lync]\nca_file = 'there.pem'\npassword_file = 'not-there'\n");
    let issue = only_issue(&machine.load());
    assert_eq!(
        (issue.severity, issue.key.as_deref(), issue.line),
        (Severity::Warning, Some("lync.password_file"), Some(3))
    );
    let path = machine.path("home/not-there");
    assert!(issue.message.contains(path.to_str().unwrap()), "{issue:?}");
    machine.user("[xmpp]\nca_file = '.'\n");
    assert_eq!(
        only_issue(&machine.load()).key.as_deref(),
        Some("xmpp.ca_file")
    );
    // It holds all the same: the file may be made later.
    machine.user("[lync]\naddress = 'a@b.example'\nca_file = 'later.pem'\n");
    let lync = machine.load().settings.lync.unwrap();
    assert_eq!(lync.ca_file.value, Some(machine.path("home/later.pem")));
}

#[test]
fn an_empty_text_takes_away_what_a_weaker_layer_set() {
    let machine = Machine::new();
    machine.write(
        "etc/defaults.toml",
        "[bridge]\nrelay_to = 'anna@phone.example'\n",
    );
    machine.user("[bridge]\nrelay_to = ''\n");
    let relay_to = machine.load().settings.bridge.relay_to;
    assert_eq!((relay_to.value, relay_to.origin), (None, Origin::User));
}

#[test]
fn dotted_keys_and_inline_tables_say_the_same() {
    for text in [
        "history.days = 7\n",
        "history = { days = 7 }\n",
        "[history]\ndays = 7\n",
    ] {
        let configuration = user_file(text);
        assert_eq!(configuration.issues, []);
        assert_eq!(configuration.settings.history.days.value, 7, "{text}");
    }
}
