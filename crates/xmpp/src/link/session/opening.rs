//! The first exchanges of a session: resume or bind, stream management, carbons, roster.

use futures::SinkExt;
use jid::FullJid;
use tokio_xmpp::xmlstream::XmppStreamElement;
use uuid::Uuid;
use xmpp_parsers::bind::{BindQuery, BindResponse};
use xmpp_parsers::carbons;
use xmpp_parsers::iq::{Iq, IqPayload};
use xmpp_parsers::sm;
use xmpp_parsers::stanza::Stanza;

use super::{Session, wrong_count};
use crate::link::sm::Ledger;
use crate::link::step::StepFacts;
use crate::link::stream::{Incoming, broken, next};
use crate::{Error, ErrorKind, Event, wire};

/// How a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Nothing was lost.
    Resumed,
    /// Everything has to be asked and told anew.
    Fresh,
}

impl Session<'_> {
    /// Resumes the old session or binds a fresh one (XEP-0198 section 5, RFC 6120 section 7).
    pub(super) async fn open(
        &mut self,
        managed: bool,
        told: &mut Vec<Event>,
    ) -> Result<(Opened, StepFacts), Error> {
        if managed
            && let Some((id, handled)) = self.desk.resume()
            && self.resume(id, handled, told).await?
        {
            return Ok((Opened::Resumed, StepFacts::default()));
        }
        told.extend(self.desk.lost());
        let jid = self.bind().await?;
        let ledger = if managed { self.enable().await? } else { None };
        let facts = vec![
            ("jid", jid.to_string()),
            ("stream_management", ledger.is_some().to_string()),
        ];
        self.desk.bound(jid, ledger);
        self.desk
            .put(Iq::from_set(Uuid::new_v4().to_string(), carbons::Enable));
        Ok((Opened::Fresh, StepFacts(facts)))
    }

    /// Whether the server still knew the session.
    async fn resume(
        &mut self,
        id: String,
        handled: u32,
        told: &mut Vec<Event>,
    ) -> Result<bool, Error> {
        let resume = sm::Resume {
            h: handled,
            previd: sm::StreamId(id),
        };
        self.nonza(sm::Nonza::Resume(resume)).await?;
        let confirmed = loop {
            match next(&mut self.stream).await? {
                Incoming::Element(XmppStreamElement::SM(sm::Nonza::Resumed(resumed))) => {
                    told.extend(self.desk.confirm(resumed.h).map_err(wrong_count)?);
                    self.desk.resumed();
                    return Ok(true);
                }
                Incoming::Element(XmppStreamElement::SM(sm::Nonza::Failed(failed))) => {
                    break failed.h;
                }
                // The attribute `h` is optional, the library demands it: a server that forgot the session leaves it out.
                Incoming::BrokenNonza { name } if name == "failed" => break None,
                Incoming::Quiet | Incoming::Unknown => {}
                Incoming::Element(_)
                | Incoming::BrokenStanza { .. }
                | Incoming::BrokenNonza { .. } => {
                    return Err(ErrorKind::Protocol(
                        "unexpected answer to a resumption".to_owned(),
                    )
                    .into());
                }
            }
        };
        if let Some(count) = confirmed {
            // A wrong count here only means that everything stays in doubt.
            told.extend(self.desk.confirm(count).unwrap_or_default());
        }
        Ok(false)
    }

    async fn bind(&mut self) -> Result<FullJid, Error> {
        let id = Uuid::new_v4().to_string();
        let query = Iq::from_set(&id, BindQuery::new(self.settings.resource.clone()));
        self.stream
            .send(&Stanza::from(query))
            .await
            .map_err(broken)?;
        loop {
            let iq = match next(&mut self.stream).await? {
                Incoming::Element(XmppStreamElement::Stanza(Stanza::Iq(iq))) if iq.id() == id => iq,
                // Nothing can be for us before we have an address.
                Incoming::Element(_)
                | Incoming::BrokenStanza { .. }
                | Incoming::BrokenNonza { .. }
                | Incoming::Unknown
                | Incoming::Quiet => continue,
            };
            return match iq.into_payload() {
                IqPayload::Result(Some(payload)) => match BindResponse::try_from(payload) {
                    Ok(response) => Ok(response.into()),
                    Err(error) => Err(ErrorKind::Protocol(error.to_string()).into()),
                },
                IqPayload::Error(error) => {
                    let text = error.texts.values().next().cloned().unwrap_or_default();
                    Err(Error::refused(&wire::condition(&error), text))
                }
                IqPayload::Result(None) | IqPayload::Get(_) | IqPayload::Set(_) => Err(
                    ErrorKind::Protocol("no address in the answer to binding".to_owned()).into(),
                ),
            };
        }
    }

    async fn enable(&mut self) -> Result<Option<Ledger>, Error> {
        self.nonza(sm::Nonza::Enable(sm::Enable {
            max: None,
            resume: true,
        }))
        .await?;
        loop {
            match next(&mut self.stream).await? {
                Incoming::Element(XmppStreamElement::SM(sm::Nonza::Enabled(enabled))) => {
                    return Ok(Some(Ledger::new(enabled)));
                }
                Incoming::Element(XmppStreamElement::SM(sm::Nonza::Failed(_))) => return Ok(None),
                Incoming::BrokenNonza { name } if name == "failed" => return Ok(None),
                // Stanzas before `<enabled/>` are not counted; nothing is sent to us without presence.
                Incoming::Element(_)
                | Incoming::BrokenStanza { .. }
                | Incoming::BrokenNonza { .. }
                | Incoming::Unknown
                | Incoming::Quiet => {}
            }
        }
    }

    /// Asks for the roster and reads until it is there (RFC 6121 section 2.2).
    pub(super) async fn load_contacts(
        &mut self,
        told: &mut Vec<Event>,
    ) -> Result<((), StepFacts), Error> {
        self.desk.ask_roster();
        while self.desk.waits_for_roster() {
            told.extend(self.write().await?);
            let incoming = next(&mut self.stream).await?;
            told.extend(self.read(incoming).await?);
        }
        let contacts = told.iter().rev().find_map(|event| {
            let Event::Roster(items) = event else {
                return None;
            };
            Some(items.len().to_string())
        });
        Ok((
            (),
            StepFacts(vec![("contacts", contacts.unwrap_or_default())]),
        ))
    }
}
