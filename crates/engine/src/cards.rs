//! What the directory tells of the people of the contact list, for their cards.

use causeway_api::{Card, Phone, PhoneKind, Problem};

use crate::{
    address::{self, Address},
    core::Core,
};

impl Core {
    /// The card of an address; of somebody who is on no list it is empty.
    pub(crate) fn card(&self, address: &str) -> Result<Card, Problem> {
        let lync = match address::parse(address)? {
            Address::Lync(sip) | Address::Either(sip, _) => Some(sip.as_str().to_lowercase()),
            // Who is on both networks has the card that Lync's directory tells.
            Address::Xmpp(jid) => self
                .bridge
                .person(&jid.to_string())
                .and_then(|person| person.lync)
                .map(|sip| sip.to_lowercase()),
        };
        let card = lync.and_then(|sip| self.cards.get(&sip));
        Ok(card.cloned().unwrap_or_default())
    }

    /// The contact list was told anew.
    pub(crate) fn note_cards(&mut self, contacts: &[ucwa::Contact]) {
        self.cards = contacts
            .iter()
            .map(|contact| (contact.uri.as_str().to_lowercase(), card(contact)))
            .filter(|(_, card)| *card != Card::default())
            .collect();
    }
}

fn card(contact: &ucwa::Contact) -> Card {
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let phone = |(kind, number): &(ucwa::PhoneKind, String)| Phone {
        kind: match kind {
            ucwa::PhoneKind::Work => PhoneKind::Work,
            ucwa::PhoneKind::Mobile => PhoneKind::Mobile,
            ucwa::PhoneKind::Home => PhoneKind::Home,
            ucwa::PhoneKind::Other => PhoneKind::Other,
        },
        number: number.clone(),
    };
    Card {
        title: text(&contact.title),
        department: text(&contact.department),
        company: text(&contact.company),
        office: text(&contact.office),
        mail: contact.email_addresses.first().cloned(),
        phones: contact.phones.iter().map(phone).collect(),
    }
}
