//! What the person chose about notifications: the keys `notifications.*` of the configuration.

use causeway_api::{Availability, ConfigEntry, OwnStatus};
use causeway_engine::config::QuietHours;
use jiff::civil::Time;

/// What a notification says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Who wrote and what.
    All,
    /// Who wrote.
    Name,
    /// That there is something.
    Nothing,
}

/// The choice in force.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    enabled: bool,
    /// There may be a sound.
    pub(crate) sound: bool,
    pub(crate) content: Content,
    busy_silences: bool,
    quiet: Option<QuietHours>,
    /// Addresses in small letters, without a scheme.
    always: Vec<String>,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            enabled: true,
            sound: true,
            content: Content::All,
            busy_silences: false,
            quiet: None,
            always: Vec::new(),
        }
    }
}

impl Choice {
    /// As the configuration has it. What is not there is as if nothing had been chosen.
    pub(crate) fn read(entries: &[ConfigEntry]) -> Self {
        let value = |name: &str| {
            entries
                .iter()
                .find(|entry| entry.key.strip_prefix("notifications.") == Some(name))
                .map(|entry| &entry.value)
        };
        let switch = |name, built_in| value(name).and_then(|v| v.as_bool()).unwrap_or(built_in);
        let word = |name| value(name).and_then(|v| v.as_str());
        let usual = Self::default();
        Self {
            enabled: switch("enabled", usual.enabled),
            sound: switch("sound", usual.sound),
            content: match word("content") {
                Some("name") => Content::Name,
                Some("none") => Content::Nothing,
                Some(_) | None => Content::All,
            },
            busy_silences: switch("busy_silences", usual.busy_silences),
            quiet: word("quiet_hours").and_then(|hours| hours.parse().ok()),
            always: value("always")
                .and_then(|list| list.as_array())
                .into_iter()
                .flatten()
                .filter_map(|address| address.as_str())
                .map(str::to_lowercase)
                .collect(),
        }
    }

    /// Nothing is to be shown at this time of the day, or in this status.
    pub(crate) fn silences(&self, own: Option<&OwnStatus>, time: Time) -> bool {
        let busy = own.is_some_and(|own| {
            matches!(
                own.availability,
                Availability::Busy | Availability::BusyIdle
            )
        });
        !self.enabled
            || (busy && self.busy_silences)
            || self.quiet.is_some_and(|quiet| quiet.hold_at(time))
    }

    /// The texts of this conversation (`lync:ben@contoso.example`) are shown whatever silences the others.
    pub(crate) fn always_shows(&self, conversation: &str) -> bool {
        let address = conversation
            .split_once(':')
            .map_or("", |(_, address)| address);
        self.enabled && self.always.contains(&address.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use causeway_api::Origin;

    use super::*;

    fn choice(entries: &[(&str, serde_json::Value)]) -> Choice {
        let entries: Vec<_> = entries
            .iter()
            .map(|(key, value)| ConfigEntry {
                key: (*key).to_owned(),
                value: value.clone(),
                origin: Origin::User,
                source: None,
                managed: false,
            })
            .collect();
        Choice::read(&entries)
    }

    #[test]
    fn what_nobody_chose_is_as_built_in() {
        assert_eq!(choice(&[]), Choice::default());
        assert_eq!(
            choice(&[("notifications.quiet_hours", serde_json::Value::Null)]),
            Choice::default()
        );
    }

    #[test]
    fn quiet_hours_silence_whatever_the_status_is() {
        let chosen = choice(&[("notifications.quiet_hours", "22:00-07:00".into())]);
        let at = |hour| Time::constant(hour, 0, 0, 0);
        assert!(chosen.silences(None, at(23)));
        assert!(!chosen.silences(None, at(12)));
    }
}
