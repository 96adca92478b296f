//! Which part of the session an answer or an event belongs to.

use super::outbox::Ordinary;
use super::request::Response;
use super::{Now, Session};
use crate::wire::events::{Event, EventPage, Sender};
use crate::wire::words::EventType;
use crate::{Error, PageId};

impl Session {
    /// The answer to an ordinary request, after all repeating.
    pub(super) fn answered(&mut self, what: Ordinary, response: Response, now: Now) {
        if response.status >= 400 {
            tracing::debug!(status = response.status, diagnostics = ?response.facts.diagnostics, url = ?response.facts.url, "refused");
        }
        match what {
            Ordinary::ReadApplication { rebuilt } => self.application_read(rebuilt, &response, now),
            Ordinary::MakeAvailable => self.made_available(&response, now),
            Ordinary::MyContacts => self.my_contacts_read(&response, now),
            Ordinary::MyGroups => self.my_groups_read(&response, now),
            Ordinary::ContactListSubscription => self.contact_list_subscription_read(&response),
            Ordinary::OpenConversations => self.conversations_read(&response),
            Ordinary::One(fetch) => self.fetched(fetch, response.status, &response.body, now),
            Ordinary::Bulk(fetches) => self.bulk_fetched(fetches, &response, now),
            Ordinary::Subscribe { people, group } => self.subscribed(people, group, &response, now),
            Ordinary::Extend(key) => self.extended(key, &response, now),
            Ordinary::OwnPresence => self.own_presence_read(response.status, &response.body),
            Ordinary::OwnNote => self.own_note_read(response.status, &response.body),
            Ordinary::FindPerson { address, question } => {
                self.person_found(&address, question, &response)
            }
            Ordinary::Search(answer) => self.searched(answer, &response),
            Ordinary::FindGroup(expansion) => self.group_found(expansion, &response),
            Ordinary::Expand(expansion) => self.group_expanded(expansion, &response, now),
            Ordinary::PrivacyLevels => self.privacy_levels_read(&response),
            Ordinary::Privacy(ask) => self.privacy_answered(ask, &response),
            Ordinary::Edit => self.edit_answered(&response, now),
            Ordinary::SetOwn(rel) if response.status >= 400 => {
                tracing::info!(rel, status = response.status, "not set")
            }
            // The event that tells it may be collected for seconds; whoever set it wants to know now.
            Ordinary::SetOwn(rel) => self.read_own(rel),
            Ordinary::RefreshContactList
            | Ordinary::Activity
            | Ordinary::Accept
            | Ordinary::Unsubscribe
            | Ordinary::Typing => {}
        }
    }

    /// An ordinary request that will have no answer, after all repeating.
    pub(super) fn given_up(&mut self, what: Ordinary, error: &Error, now: Now) {
        tracing::debug!(%error, "a request was given up");
        let Some(what) = what.refuse(error) else {
            return;
        };
        if let Ordinary::Edit = what {
            return self.edit_failed(error.clone(), now);
        }
        // Whoever waits for the answer learns that there is none: status 0.
        let none = Response {
            facts: (*error.facts).clone(),
            ..Response::default()
        };
        self.answered(what, none, now);
    }

    /// Reads a page of events, in order. What is not known is skipped without noise.
    pub(super) fn read_page(&mut self, page: &EventPage, id: PageId, now: Now) {
        for sender in &page.sender {
            for event in &sender.events {
                self.read_event(sender, event, id, now);
            }
        }
    }

    fn read_event(&mut self, sender: &Sender, event: &Event, page: PageId, now: Now) {
        let Some(href) = self.resolve(&event.link.link.href) else {
            return;
        };
        let owner = sender.href.as_ref().and_then(|href| self.resolve(href));
        match (sender.rel.as_str(), event.link.rel.as_str()) {
            ("conversation", "message") => self.message_event(owner, href, event, page, now),
            (_, "messagingInvitation") => self.invitation_event(href, event, page, now),
            ("communication", "conversation") => self.conversation_event(href, event, page, now),
            ("conversation", "messaging") => self.messaging_event(owner, href, event, now),
            ("conversation", "participant" | "localParticipant") => {
                self.participant_event(owner, href, event, now)
            }
            _ if self.channel.replaying => {}
            ("me", "presence" | "note") => self.own_event(event, now),
            ("people", "contactPresence" | "contactNote") => self.contact_event(href, event, now),
            ("people", "contact") => self.contact_list_event(href, event, now),
            ("people", "contactPrivacyRelationship") => self.privacy_event(&href, event, now),
            ("people", "group" | "defaultGroup" | "pinnedGroup") => {
                self.group_event(&href, event, now)
            }
            ("people", "distributionGroup") => {
                self.group_event(&href, event, now);
                self.distribution_event(&href, event);
            }
            ("people", "presenceSubscription") if event.kind == EventType::Updated => {
                self.subscription_runs_out(&href, now)
            }
            ("people", "presenceSubscription") if event.kind == EventType::Deleted => {
                self.subscription_ended(&href, now)
            }
            ("people", "myContactsAndGroupsSubscription") => self.contact_list_watch_changed(now),
            _ => tracing::trace!(sender = sender.rel, rel = event.link.rel, "event skipped"),
        }
    }
}
