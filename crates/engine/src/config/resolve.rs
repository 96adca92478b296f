//! From layers to meaning: each raw value is read once; the strongest right one holds.

use causeway_api::{ConfigEntry, ConfigIssue, Origin, Severity};
use causeway_xmpp::link::Tls;
use serde_json::Value as Json;

use super::Configuration;
use super::layers::Layer;
use super::screen;
use super::settings::{Bridge, Gateway, History, Lync, Setting, Settings, Xmpp};
use super::table::{Key, WithDefault, bridge, gateway, history, log, lync, nearest, row, xmpp};
use super::value::{Raw, Value};

/// `layers` weakest first; `issues` are those found while reading them.
pub(super) fn resolve(layers: Vec<Layer>, issues: Vec<ConfigIssue>) -> Configuration {
    let mut resolver = Resolver {
        layers,
        entries: Vec::new(),
        issues,
    };
    resolver.report_unknown_keys();
    let settings = Settings {
        lync: resolver.lync(),
        xmpp: resolver.xmpp(),
        bridge: Bridge {
            enabled: resolver.value(&bridge::ENABLED),
            presence: resolver.value(&bridge::PRESENCE),
            preset: resolver.value(&bridge::PRESET),
            table: resolver.optional(&bridge::STATUS_TABLE),
            relay_to: resolver.optional(&bridge::RELAY_TO),
            relay_when: resolver.value(&bridge::RELAY_WHEN),
            auto_subscribe: resolver.value(&bridge::AUTO_SUBSCRIBE),
        },
        gateway: resolver.gateway(),
        history: History {
            mode: resolver.value(&history::MODE),
            days: resolver.value(&history::DAYS).map(|days| days.0),
        },
        support_url: resolver.screen(),
        log_level: resolver.value(&log::LEVEL),
    };
    Configuration {
        settings,
        entries: resolver.entries,
        issues: in_reading_order(resolver.issues),
    }
}

/// File by file, each from its top to its bottom.
fn in_reading_order(mut issues: Vec<ConfigIssue>) -> Vec<ConfigIssue> {
    let mut files: Vec<String> = Vec::new();
    for issue in &issues {
        if !files.contains(&issue.file) {
            files.push(issue.file.clone());
        }
    }
    issues.sort_by_key(|issue| {
        let file = files.iter().position(|file| *file == issue.file);
        (file, issue.line)
    });
    issues
}

struct Resolver {
    layers: Vec<Layer>,
    entries: Vec<ConfigEntry>,
    issues: Vec<ConfigIssue>,
}

impl Resolver {
    fn lync(&mut self) -> Option<Lync> {
        // Every key is visited, whether there is an account or not: a wrong value is always named.
        let address = self.optional(&lync::ADDRESS);
        let user = self.optional(&lync::USER);
        let method = self.value(&lync::METHOD);
        let discovery_url = self
            .optional(&lync::DISCOVERY_URL)
            .map(|url| url.map(|url| url.0));
        let mode = self.value(&lync::MODE);
        let password_file = self.optional(&lync::PASSWORD_FILE);
        let ca_file = self.optional(&lync::CA_FILE);
        let trusted_domains = self.value(&lync::TRUSTED_DOMAINS).map(|hosts| hosts.0);
        let proxy = self.value(&lync::PROXY);
        let proxy_user = self.optional(&lync::PROXY_USER);
        let proxy_password_file = self.optional(&lync::PROXY_PASSWORD_FILE);
        let proxy_bypass = self.value(&lync::PROXY_BYPASS).map(|hosts| hosts.0);
        let culture = self.value(&lync::CULTURE).map(|culture| culture.0);
        Some(Lync {
            address: address.transpose()?,
            user,
            method,
            discovery_url,
            mode,
            password_file,
            ca_file,
            trusted_domains,
            proxy,
            proxy_user,
            proxy_password_file,
            proxy_bypass,
            culture,
        })
    }

    fn xmpp(&mut self) -> Option<Xmpp> {
        let address = self.optional(&xmpp::ADDRESS);
        let server = self.optional(&xmpp::SERVER);
        let host = match (&server.value, &address.value) {
            (Some(server), _) => Some(server.host.clone()),
            (None, Some(address)) => Some(address.domain().to_string()),
            (None, None) => None,
        };
        let loopback = host.as_deref().is_none_or(is_loopback);
        let tls = self.value_where(&xmpp::TLS, |tls, origin| match tls {
            Tls::None if !loopback && origin != Origin::Enforced => {
                Err("\"none\" sends the password in clear text: expected \"starttls\" or \"direct\" unless xmpp.server is a loopback address or policy enforces it".into())
            }
            Tls::None | Tls::StartTls | Tls::Direct => Ok(()),
        });
        let password_file = self.optional(&xmpp::PASSWORD_FILE);
        let ca_file = self.optional(&xmpp::CA_FILE);
        Some(Xmpp {
            address: address.transpose()?,
            server,
            tls,
            password_file,
            ca_file,
        })
    }

    fn gateway(&mut self) -> Option<Gateway> {
        let domain = self
            .optional(&gateway::DOMAIN)
            .map(|domain| domain.map(|domain| domain.0));
        let server = self.value(&gateway::SERVER);
        let secret_file = self.optional(&gateway::SECRET_FILE);
        let database = self
            .optional(&gateway::DATABASE)
            .map(|url| url.map(|url| url.0));
        Some(Gateway {
            domain: domain.transpose()?,
            server,
            secret_file,
            database,
        })
    }

    /// What only screens obey is read for its entries; the engine itself tells where help is.
    fn screen(&mut self) -> Setting<Option<url::Url>> {
        self.value(&screen::THEME);
        self.value(&screen::LANGUAGE);
        self.value(&screen::TEXT_SIZE);
        self.value(&screen::DENSITY);
        self.value(&screen::CHAT_ORDER);
        self.value(&screen::ENTER_SENDS);
        self.value(&screen::SAY_TYPING);
        self.value(&screen::ON_CLOSE);
        self.value(&screen::MINIMIZE_TO_TRAY);
        self.value(&screen::END_HIDDEN_AFTER);
        self.value(&screen::KEYS);
        self.value(&screen::ENABLED);
        self.value(&screen::SOUND);
        self.value(&screen::CONTENT);
        self.value(&screen::BUSY_SILENCES);
        self.optional(&screen::QUIET_HOURS);
        self.value(&screen::ALWAYS);
        self.optional(&screen::SUPPORT_URL)
            .map(|url| url.map(|url| url.0))
    }

    fn optional<T: Value>(&mut self, key: &Key<T>) -> Setting<Option<T>> {
        let found = self.strongest(key, |raw, read, _| {
            if matches!(raw, Raw::Text(text) if text.trim().is_empty()) {
                return Ok(None);
            }
            read.map(Some).ok_or_else(expected::<T>)
        });
        if let Some((
            Setting {
                value: Some(value), ..
            },
            _,
        )) = &found
            && let Some(message) = value.doubt()
        {
            self.warn_of(key, message);
        }
        let (setting, source) = found.unwrap_or((
            Setting {
                value: None,
                origin: Origin::BuiltIn,
            },
            None,
        ));
        self.enter(
            key.name,
            setting.value.as_ref().map_or(Json::Null, Value::show),
            setting.origin,
            source,
        );
        setting
    }

    fn value<T: Value>(&mut self, key: &WithDefault<T>) -> Setting<T> {
        self.value_where(key, |_, _| Ok(()))
    }

    /// As [`Resolver::value`], for values that not every layer may set.
    fn value_where<T: Value>(
        &mut self,
        key: &WithDefault<T>,
        allowed: impl Fn(&T, Origin) -> Result<(), String>,
    ) -> Setting<T> {
        let found = self.strongest(&key.key, |_, read, origin| {
            let value = read.ok_or_else(expected::<T>)?;
            allowed(&value, origin).map(|()| value)
        });
        let (setting, source) = found.unwrap_or_else(|| {
            (
                Setting {
                    value: (key.default)(),
                    origin: Origin::BuiltIn,
                },
                None,
            )
        });
        self.enter(key.key.name, setting.value.show(), setting.origin, source);
        setting
    }

    /// The value of the strongest layer whose value `judge` lets pass, and its place. Every refusal is an issue.
    ///
    /// INVARIANT: once policy names a key no weaker layer has a say, also where the policy's own value is wrong: what
    /// the administrator wanted to rule out must not come in by a slip of the pen. The built-in value holds then.
    fn strongest<T: Value, U>(
        &mut self,
        key: &Key<T>,
        judge: impl Fn(&Raw, Option<T>, Origin) -> Result<U, String>,
    ) -> Option<(Setting<U>, Option<String>)> {
        let mut strongest = None;
        let mut locked = false;
        for layer in self.layers.iter().rev() {
            let Some(located) = layer.values.get(key.name) else {
                continue;
            };
            let enforced = layer.origin == Origin::Enforced;
            locked |= enforced;
            match judge(
                &located.raw,
                key.read(&located.raw, layer.base()),
                layer.origin,
            ) {
                Ok(value) if strongest.is_none() && (enforced || !locked) => {
                    strongest = Some((
                        Setting {
                            value,
                            origin: layer.origin,
                        },
                        Some(layer.place(located.line)),
                    ));
                }
                Ok(_) => {}
                Err(message) => self.issues.push(ConfigIssue {
                    severity: Severity::Error,
                    file: layer.file.display().to_string(),
                    line: located.line,
                    key: Some(key.name.to_owned()),
                    message: if enforced {
                        format!("{message}. The key stays locked")
                    } else {
                        message
                    },
                }),
            }
        }
        strongest
    }

    fn enter(&mut self, key: &str, value: Json, origin: Origin, source: Option<String>) {
        let policy = self.layers.iter().rev().find_map(|layer| {
            let located = layer.values.get(key)?;
            (layer.origin == Origin::Enforced).then(|| layer.place(located.line))
        });
        let managed = policy.is_some();
        let source = source.or(policy);
        self.entries.push(ConfigEntry {
            key: key.to_owned(),
            value,
            origin,
            source,
            managed,
        });
    }

    /// Where the value that holds was written.
    fn warn_of<T>(&mut self, key: &Key<T>, message: String) {
        let place = self.layers.iter().rev().find_map(|layer| {
            let located = layer.values.get(key.name)?;
            Some((layer.file.display().to_string(), located.line))
        });
        let Some((file, line)) = place else { return };
        self.issues.push(ConfigIssue {
            severity: Severity::Warning,
            file,
            line,
            key: Some(key.name.to_owned()),
            message,
        });
    }

    fn report_unknown_keys(&mut self) {
        for layer in &self.layers {
            for (name, located) in layer.values.iter().filter(|(name, _)| row(name).is_none()) {
                self.issues.push(ConfigIssue {
                    severity: Severity::Warning,
                    file: layer.file.display().to_string(),
                    line: located.line,
                    key: Some(name.clone()),
                    message: unknown(name),
                });
            }
        }
    }
}

impl<T> Setting<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: f(self.value),
            origin: self.origin,
        }
    }
}

impl<T> Setting<Option<T>> {
    fn transpose(self) -> Option<Setting<T>> {
        self.value.map(|value| Setting {
            value,
            origin: self.origin,
        })
    }
}

/// INVARIANT: the value itself is not repeated; somebody may have put a password into the wrong place.
fn expected<T: Value>() -> String {
    format!("Expected {}", T::expected())
}

/// What to say about a key that is not in the table.
pub(super) fn unknown(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    if ["password", "secret"].contains(&last) {
        return format!(
            "Passwords do not stand in configuration files: use 'causewayctl login' or {name}_file"
        );
    }
    match nearest(name) {
        Some(nearest) => format!("Unknown key; did you mean {nearest}?"),
        None => "Unknown key".into(),
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
