//! What the administrator of this computer says, on Windows: values in the registry, as group policy writes them. Windows
//! lets nobody else write below `Software\Policies`, neither in the part of the computer nor in that of the user.
//!
//! A key of the configuration is a value with its dotted name (`lync.mode`), or, as a section of a file, a value (`mode`)
//! in a subkey (`lync`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use causeway_api::{ConfigIssue, Origin};
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type, Value};

use super::layers::{Layer, Located, warning};
use super::table::row;
use super::value::Raw;

/// Where policies are (contract.md).
const POLICIES: &str = r"Software\Policies\Causeway";
/// Below it: what a person may overrule.
const DEFAULTS: &str = "Defaults";
/// `ERROR_FILE_NOT_FOUND` as HRESULT.
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();

/// Where the administrator's layers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The same in both parts of the registry. No environment variable moves it: who could, could undo the policy.
    key: String,
}

impl Machine {
    /// The place of contract.md.
    pub(super) fn standard() -> Self {
        Self {
            key: POLICIES.into(),
        }
    }

    /// One on which no administrator has said anything.
    #[cfg(test)]
    pub(crate) fn untouched(_: &std::path::Path) -> Self {
        Self {
            key: r"Software\Causeway\nothing is here".into(),
        }
    }

    /// The layers that a person may overrule, weakest first.
    pub(super) fn defaults(&self, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
        let key = format!(r"{}\{DEFAULTS}", self.key);
        layers(&key, Origin::MachineDefault, issues)
    }

    /// The enforced layers, weakest first.
    pub(super) fn policies(&self, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
        layers(&self.key, Origin::Enforced, issues)
    }
}

/// What the computer's part says is stronger.
fn layers(key: &str, origin: Origin, issues: &mut Vec<ConfigIssue>) -> Vec<Layer> {
    [("HKCU", CURRENT_USER), ("HKLM", LOCAL_MACHINE)]
        .into_iter()
        .filter_map(|(name, part)| {
            let file = PathBuf::from(format!(r"{name}\{key}"));
            let mut values = BTreeMap::new();
            let read = part
                .open(key)
                .and_then(|key| collect(&key, "", &mut values));
            match read {
                Ok(()) => Some(Layer {
                    file,
                    origin,
                    values,
                }),
                Err(error) if error.code().0 == NOT_FOUND => None,
                Err(error) => {
                    issues.push(warning(&file, &format!("Ignored: {}", error.message())));
                    None
                }
            }
        })
        .collect()
}

fn collect(
    key: &Key,
    prefix: &str,
    values: &mut BTreeMap<String, Located>,
) -> windows_registry::Result<()> {
    for (name, value) in key.values()? {
        let name = format!("{prefix}{name}");
        // What is no key of ours is warned of, whatever it is.
        let raw = raw(&name, value);
        values.insert(name, Located { raw, line: None });
    }
    for name in key.keys()? {
        if !(prefix.is_empty() && name.eq_ignore_ascii_case(DEFAULTS)) {
            collect(&key.open(&name)?, &format!("{prefix}{name}."), values)?;
        }
    }
    Ok(())
}

/// A value as it would stand in a file. Text is read as a person types it, a number too where the key is a switch.
fn raw(name: &str, value: Value) -> Raw {
    let typed = |text: &str| match row(name) {
        Some(row) => row.typed(text),
        None => Raw::Text(text.to_owned()),
    };
    match value.ty() {
        Type::String | Type::ExpandString => {
            String::try_from(value).map_or(Raw::Other("no text"), |text| typed(&text))
        }
        Type::U32 | Type::U64 => match (u64::try_from(value), typed("true")) {
            (Ok(number @ (0 | 1)), Raw::Bool(_)) => Raw::Bool(number == 1),
            (Ok(number), _) => i64::try_from(number).map_or(Raw::Other("a number"), Raw::Integer),
            (Err(_), _) => Raw::Other("a number"),
        },
        Type::MultiString => Vec::<String>::try_from(value).map_or(Raw::Other("texts"), |texts| {
            let texts = texts.into_iter().filter(|text| !text.is_empty());
            Raw::List(texts.map(Raw::Text).collect())
        }),
        Type::Bytes | Type::Other(_) => Raw::Other("bytes"),
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Severity;

    use super::super::{Locations, load, set};
    use super::*;

    /// A key of its own, since nobody may write to that of the policies.
    struct Registry(String);

    impl Registry {
        fn new(test: &str) -> Self {
            Self(format!(r"Software\Causeway-{test}-{}", std::process::id()))
        }

        fn key(&self, below: &str) -> Key {
            CURRENT_USER.create(format!("{}{below}", self.0)).unwrap()
        }

        fn locations(&self, dir: &tempfile::TempDir) -> Locations {
            Locations {
                user_file: dir.path().join("config.toml"),
                machine: Machine {
                    key: self.0.clone(),
                },
            }
        }
    }

    impl Drop for Registry {
        fn drop(&mut self) {
            let _ = CURRENT_USER.remove_tree(&self.0);
        }
    }

    #[test]
    fn a_policy_wins_over_the_person_and_a_default_does_not() {
        let registry = Registry::new("wins");
        let policies = registry.key("");
        policies.set_string("lync.mode", "watch-only").unwrap();
        policies
            .set_multi_string("lync.trusted_domains", &["a.example", "b.example"])
            .unwrap();
        let bridge = registry.key(r"\bridge");
        bridge.set_u32("enabled", 0).unwrap();
        let defaults = registry.key(r"\Defaults");
        defaults.set_u32("history.days", 30).unwrap();
        defaults.set_string("history.mode", "memory").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let locations = registry.locations(&dir);
        std::fs::write(
            &locations.user_file,
            "[lync]\nmode = \"available\"\n[history]\ndays = 9\n",
        )
        .unwrap();
        let loaded = load(&locations);
        let entry = |key: &str| {
            let found = loaded.entries.iter().find(|entry| entry.key == key);
            let entry = found.unwrap();
            (entry.value.to_string(), entry.origin)
        };
        let enforced = |value: &str| (value.to_owned(), Origin::Enforced);
        assert_eq!(entry("lync.mode"), enforced("\"watch-only\""));
        assert_eq!(entry("bridge.enabled"), enforced("false"));
        assert_eq!(
            entry("lync.trusted_domains"),
            enforced(r#"["a.example","b.example"]"#)
        );
        assert_eq!(entry("history.days"), ("9".into(), Origin::User));
        assert_eq!(
            entry("history.mode"),
            ("\"memory\"".into(), Origin::MachineDefault)
        );
        assert_eq!(loaded.issues, []);
        let refused = set(&locations, "lync.mode", "available").unwrap_err();
        assert_eq!(refused.code, causeway_api::Code::ManagedByPolicy);
        assert!(refused.message.contains(r"HKCU\Software\"), "{refused}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_place() {
        let registry = Registry::new("wrong");
        registry.key(r"\lync").set_u32("mode", 3).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let locations = registry.locations(&dir);
        std::fs::write(&locations.user_file, "").unwrap();
        let loaded = load(&locations);
        let [issue] = loaded.issues.as_slice() else {
            panic!("{:?}", loaded.issues)
        };
        assert_eq!(issue.severity, Severity::Error);
        assert_eq!(issue.key.as_deref(), Some("lync.mode"));
        assert_eq!(issue.file, format!(r"HKCU\{}", registry.0));
    }
}
