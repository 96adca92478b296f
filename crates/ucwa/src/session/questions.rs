//! Questions that a caller waits for: presence of anybody, and search.

use std::collections::HashMap;

use url::Url;

use super::Session;
use super::fetch::{Fetch, resource};
use super::outbox::{Ordinary, What};
use super::request::{Content, Response, Verb};
use crate::wire::people;
use crate::{Answer, Command, Contact, Error, ErrorKind, Found, Presence, SipUri};

#[derive(Default)]
pub(super) struct Questions {
    open: HashMap<u64, Question>,
    count: u64,
}

struct Question {
    people: Vec<SipUri>,
    /// Readings still missing, and one while they are being asked for.
    missing: usize,
    answer: Answer<Vec<Presence>>,
}

/// People asked for by a search.
const SEARCH_LIMIT: &str = "50";

impl Questions {
    pub(super) fn refuse_all(&mut self) {
        for (_, question) in self.open.drain() {
            answer(question.answer, Err(Error::new(ErrorKind::SessionEnded)));
        }
    }
}

pub(super) fn answer<T>(answer: Answer<T>, result: Result<T, Error>) {
    (answer.0)(result);
}

/// A question that comes too late.
pub(super) fn refuse(command: Command) {
    let error = Error::new(ErrorKind::SessionEnded);
    if let Command::GetPresence(_, to) = command {
        answer(to, Err(error));
    } else if let Command::Search(_, to) = command {
        answer(to, Err(error));
    } else if let Command::ExpandGroup(_, to) = command {
        answer(to, Err(error));
    } else if let Command::Privacy(_, _, to) = command {
        answer(to, Err(error));
    } else if let Command::EditContacts(_, to) = command {
        answer(to, Err(error));
    }
}

impl Session {
    pub(super) fn ask_presence(&mut self, people: Vec<SipUri>, to: Answer<Vec<Presence>>) {
        self.questions.count += 1;
        let question = self.questions.count;
        self.questions.open.insert(
            question,
            Question {
                people: people.clone(),
                missing: 1,
                answer: to,
            },
        );
        for who in people {
            if self.book.urls_of(&who).0.is_some() {
                self.ask_presence_of(&who, question);
            } else if let Some(url) = self.search_url(who.address(), "5") {
                self.one_more(question);
                self.get(
                    url,
                    What::Ordinary(Ordinary::FindPerson {
                        address: who,
                        question,
                    }),
                );
            }
        }
        self.answer_part(Some(question));
    }

    fn ask_presence_of(&mut self, who: &SipUri, question: u64) {
        let (presence, note) = self.book.urls_of(who);
        if let Some(url) = presence {
            self.one_more(question);
            self.fetch_in_bulk(
                url,
                Fetch::Presence {
                    of: who.clone(),
                    question: Some(question),
                },
            );
        }
        if let Some(url) = note {
            self.one_more(question);
            self.fetch_in_bulk(
                url,
                Fetch::Note {
                    of: who.clone(),
                    question: Some(question),
                },
            );
        }
    }

    pub(super) fn person_found(&mut self, address: &SipUri, question: u64, response: &Response) {
        if let Some(list) = resource::<people::ContactList>(response.status, &response.body) {
            for contact in &list.embedded.contact {
                self.learn_contact(contact);
            }
            self.ask_presence_of(address, question);
        }
        self.answer_part(Some(question));
    }

    fn one_more(&mut self, question: u64) {
        if let Some(question) = self.questions.open.get_mut(&question) {
            question.missing += 1;
        }
    }

    /// One reading less is missing; the last one answers.
    pub(super) fn answer_part(&mut self, question: Option<u64>) {
        let Some(number) = question else { return };
        let Some(question) = self.questions.open.get_mut(&number) else {
            return;
        };
        question.missing = question.missing.saturating_sub(1);
        if question.missing == 0
            && let Some(question) = self.questions.open.remove(&number)
        {
            let presences = question
                .people
                .iter()
                .map(|who| self.book.look_up(who))
                .collect();
            answer(question.answer, Ok(presences));
        }
    }

    pub(super) fn ask_search(&mut self, text: &str, to: Answer<Found>) {
        match self.search_url(text, SEARCH_LIMIT) {
            Some(url) => {
                let content = self.search_content();
                self.post_or(
                    Verb::Get,
                    url,
                    content,
                    What::Ordinary(Ordinary::Search(to)),
                );
            }
            None => answer(to, Err(Error::new(ErrorKind::NotPossible("search")))),
        }
    }

    pub(super) fn searched(&mut self, to: Answer<Found>, response: &Response) {
        let Some(list) = resource::<people::ContactList>(response.status, &response.body) else {
            answer(to, Err(Self::error_of(response)));
            return;
        };
        let more = list.more_results_available.unwrap_or(false);
        let mut people = Vec::new();
        for contact in &list.embedded.contact {
            if let Some(contact) = self.learn_contact(contact) {
                people.push(Contact {
                    groups: self.groups_of(&contact.uri),
                    ..contact
                });
            }
        }
        let groups = self.learn_directory(&list.embedded.distribution_group);
        answer(
            to,
            Ok(Found {
                people,
                groups,
                more,
            }),
        );
    }

    /// Groups of the directory come with revision 2 of search; a server without it refuses whoever asks for it.
    pub(super) fn search_content(&self) -> Content {
        let people = &self.application.people;
        let has_groups = people
            .get("search")
            .is_some_and(|link| link.revision() >= 2);
        if has_groups {
            Content::Edit(None)
        } else {
            Content::Empty
        }
    }

    pub(super) fn search_url(&self, text: &str, limit: &str) -> Option<Url> {
        // The reference allows 256 characters.
        let text: String = text.chars().take(256).collect();
        let mut url = self.people_link("search")?;
        url.query_pairs_mut()
            .append_pair("query", &text)
            .append_pair("limit", limit);
        Some(url)
    }
}
