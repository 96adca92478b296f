//! Own status as our other XMPP clients show it.

use jiff::Timestamp;

use super::{By, Choice, DEBOUNCE, ECHO, NOTE_LIMIT, Own, RESOURCES, Resource};
use crate::{Rules, Show, Side, text};

impl Own {
    /// Presence of another resource of our own XMPP account.
    pub(crate) fn seen_in_xmpp(
        &mut self,
        resource: &str,
        show: Show,
        status: &str,
        idle: bool,
        rules: &Rules,
        now: Timestamp,
    ) {
        if is_causeway(resource) {
            return;
        }
        if show == Show::Unavailable {
            self.resource_left(resource, rules, now);
            return;
        }
        let show = if show == Show::Chat {
            Show::Available
        } else {
            show
        };
        let status = text::line(status, NOTE_LIMIT);
        let before = self
            .resources
            .get(resource)
            .map(|known| known.chosen.clone());
        if idle {
            if before.is_none() && self.resources.len() < RESOURCES {
                self.resources.insert(
                    resource.to_owned(),
                    Resource {
                        chosen: (Show::Available, String::new()),
                    },
                );
            }
            return;
        }
        if before.is_some() || self.resources.len() < RESOURCES {
            self.resources.insert(
                resource.to_owned(),
                Resource {
                    chosen: (show, status.clone()),
                },
            );
        }
        let chose = match &before {
            // A client that comes online says available or away by itself; only "do not disturb" must be somebody's wish.
            None => show == Show::Dnd,
            Some(before) => *before != (show, status.clone()),
        };
        if chose && !self.is_echo(show, &status, now) {
            self.chosen_in_xmpp(show, status, before.map(|(_, text)| text), rules, now);
        }
    }

    fn chosen_in_xmpp(
        &mut self,
        show: Show,
        status: String,
        text_before: Option<String>,
        rules: &Rules,
        now: Timestamp,
    ) {
        if !rules.enabled || !rules.presence.reaches(Side::Lync) {
            return;
        }
        let (settable, note) = match rules.table.to_lync(show, &status, false) {
            Some(choice) => (Some(choice.status), text::line(&choice.note, NOTE_LIMIT)),
            None => (None, status.clone()),
        };
        let removed = note.is_empty()
            && self.note_from_xmpp
            && (self.note_is_of_the_table() || text_before.is_some_and(|text| !text.is_empty()));
        let note = (!note.is_empty() || removed).then_some(note);
        let by = By::Xmpp { show, text: status };
        self.choice = Some(Choice {
            status: settable,
            note,
            until: None,
            note_before: None,
            by,
        });
        self.lync_due = Some(now + DEBOUNCE);
        if rules.presence.reaches(Side::Xmpp) {
            self.xmpp_due = Some(now + DEBOUNCE);
        }
    }

    /// Whether the choice that stands brought a note that its person did not write.
    fn note_is_of_the_table(&self) -> bool {
        self.choice.as_ref().is_some_and(|choice| match &choice.by {
            By::Xmpp { text, .. } => choice.note.as_ref().is_some_and(|note| note != text),
            By::Here | By::Lync => false,
        })
    }

    /// With the last XMPP client goes what was chosen there; offline itself cannot be chosen in Lync.
    fn resource_left(&mut self, resource: &str, rules: &Rules, now: Timestamp) {
        let known = self.resources.remove(resource).is_some();
        let from_xmpp = self
            .choice
            .as_ref()
            .is_some_and(|choice| matches!(choice.by, By::Xmpp { .. }));
        if known
            && from_xmpp
            && self.resources.is_empty()
            && rules.enabled
            && rules.presence.reaches(Side::Lync)
        {
            self.choice = None;
            self.lync_due = Some(now + DEBOUNCE);
            if rules.presence.reaches(Side::Xmpp) {
                self.xmpp_due = Some(now + DEBOUNCE);
            }
        }
    }

    /// The stream to XMPP was lost: who is there is told anew after it is back, and nobody "left".
    pub(crate) fn xmpp_lost(&mut self) {
        self.resources.clear();
    }

    /// Whether another client only repeats what the bridge wrote a moment ago.
    fn is_echo(&self, show: Show, status: &str, now: Timestamp) -> bool {
        !status.is_empty()
            && self
                .recent
                .iter()
                .any(|(s, text, at)| *s == show && text == status && now < *at + ECHO)
    }
}

/// The resource of a Causeway: what it shows is its bridge's doing, not a person's.
fn is_causeway(resource: &str) -> bool {
    resource
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("causeway"))
}
