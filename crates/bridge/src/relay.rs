//! Lync → XMPP: a text arrives at `relay_to` with its writer's name in front.

use jiff::Timestamp;

use crate::{
    Action, Bridge, LyncText, Output, RelayWhen, Side,
    guard::Passage,
    ids,
    names::Addressee,
    people::{bare_key, sip_key},
    text,
};

/// The most UTF-16 units in one stanza; far below what servers refuse (Prosody: 256 KiB), far above what Lync lets anybody write.
const XMPP_LIMIT: usize = 20_000;

impl Bridge {
    /// Relays a text of somebody else, or (`own`) one that our person wrote in another Lync client.
    pub(crate) fn relay(
        &mut self,
        lync: &LyncText,
        own: bool,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let Some(to) = self
            .relay_target()
            .filter(|_| self.rules.relay_when != RelayWhen::Never)
        else {
            return;
        };
        let words = text::clean(&lync.text);
        if words.is_empty() {
            return;
        }
        if let Some(reason) = self.why_not_relayed(lync, own, &to, now) {
            out.push(dropped(&lync.id, Side::Lync, reason));
            return;
        }
        let with = Addressee::new(&lync.address, &lync.name);
        if !own
            && let Passage::Stopped { first } =
                self.rounds.pass(&lync.address, &words, Side::Xmpp, now)
        {
            if first {
                let notice = format!(
                    "The same words keep going to and fro between you and {}. They are not carried for 10 minutes; everything else is.",
                    with.name
                );
                self.notice(&lync.id, &notice, Some(&lync.thread), now, out);
            }
            out.push(dropped(
                &lync.id,
                Side::Lync,
                "the same words keep going to and fro",
            ));
            return;
        }
        self.conversations.carried(&lync.thread, &with, now, out);
        let shown = self.shown_name(&with);
        let body = if own {
            format!("Me → {shown}: {words}")
        } else {
            format!("{shown}: {words}")
        };
        let parts = text::split(&body, XMPP_LIMIT);
        for (index, part) in parts.iter().enumerate() {
            let id = ids::relayed(lync, index);
            let ends = (index + 1 == parts.len()).then(|| lync.id.clone());
            self.conversations
                .remember_text(id, &lync.thread, ends, now, out);
            out.push(Output::SendXmpp {
                id: ids::stanza(id),
                to: to.clone(),
                body: (*part).to_owned(),
                thread: Some(lync.thread.clone()),
                origin: Some(lync.id.clone()),
                sent_at: lync.sent_at,
            });
        }
        out.push(Output::Tell {
            action: Action::Queued,
            id: lync.id.clone(),
            from: Side::Lync,
            to: Side::Xmpp,
            reason: None,
        });
        self.subscribe_to(&to, out);
    }

    /// Where texts are relayed to, while the bridge is on.
    pub(crate) fn relay_target(&self) -> Option<String> {
        self.rules
            .relay_to
            .as_deref()
            .filter(|to| self.rules.enabled && !to.is_empty())
            .map(str::to_owned)
    }

    fn why_not_relayed(
        &self,
        lync: &LyncText,
        own: bool,
        to: &str,
        now: Timestamp,
    ) -> Option<&'static str> {
        let writer = sip_key(&lync.address);
        if self.conversations.knows_text(ids::relayed(lync, 0)) {
            return Some("carried before");
        }
        if own && self.answers.is_ours(&lync.id) {
            return Some("written through the bridge");
        }
        if writer == format!("sip:{}", bare_key(to))
            || self
                .rules
                .own_lync
                .as_deref()
                .is_some_and(|own| sip_key(own) == writer)
        {
            return Some("writer and reader are the same");
        }
        if !own && self.is_blocked(&lync.address) {
            return Some("our person has blocked the writer");
        }
        self.why_resting(now)
    }

    /// Why nothing is relayed at this moment.
    pub(crate) fn why_resting(&self, now: Timestamp) -> Option<&'static str> {
        if self.rules.pause_at(now).is_some() {
            return Some("the relay is paused");
        }
        (self.rules.relay_when == RelayWhen::Away && self.own.at_the_desk())
            .then_some("our person is at the desk")
    }

    /// The name, with the address where several people have the same.
    fn shown_name(&self, with: &Addressee) -> String {
        let key = sip_key(&with.address);
        let twin = |address: &str, name: &str| {
            let same_name = name.eq_ignore_ascii_case(&with.name);
            same_name && address != with.address && sip_key(address) != key
        };
        let has_twin = self
            .people
            .in_lync()
            .any(|(address, name)| twin(address, name))
            || self
                .conversations
                .has(|other| twin(&other.address, &other.name));
        if has_twin {
            format!("{} ({})", with.name, with.bare())
        } else {
            with.name.clone()
        }
    }

    /// Asks for the presence of somebody who is written to for the first time.
    pub(crate) fn subscribe_to(&mut self, jid: &str, out: &mut Vec<Output>) {
        let jid = bare_key(jid);
        let ourselves = self
            .rules
            .own_xmpp
            .as_deref()
            .is_some_and(|own| bare_key(own) == jid);
        if self.rules.auto_subscribe
            && !ourselves
            && self.people.not_subscribed(&jid)
            && self.asked.insert(jid.clone())
        {
            out.push(Output::Subscribe { jid });
        }
    }

    /// Something that the bridge itself has to say to the relay address. `cause` makes it one notice however often it is caused.
    pub(crate) fn notice(
        &mut self,
        cause: &str,
        body: &str,
        thread: Option<&str>,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<uuid::Uuid> {
        let to = self.relay_target()?;
        let id = ids::name(&["notice", cause, body]);
        if let Some(thread) = thread {
            self.conversations.remember_text(id, thread, None, now, out);
        }
        out.push(Output::SendXmpp {
            id: ids::stanza(id),
            to,
            body: text::clean(body),
            thread: thread.map(str::to_owned),
            origin: None,
            sent_at: now,
        });
        Some(id)
    }
}

/// What was rightly not carried.
pub(crate) fn dropped(id: &str, from: Side, reason: &str) -> Output {
    let to = if from == Side::Lync {
        Side::Xmpp
    } else {
        Side::Lync
    };
    Output::Tell {
        action: Action::Dropped,
        id: id.to_owned(),
        from,
        to,
        reason: Some(reason.to_owned()),
    }
}
