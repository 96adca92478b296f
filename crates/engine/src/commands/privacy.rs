//! Commands about what our person lets others see.

use causeway_api::{Command, Privacy, Problem, Reply, Side};
use tokio::{sync::oneshot, time::timeout};
use ucwa::{PrivacyLevel, PrivacyWish, SipUri};

use super::{Wish, contacts::PATIENCE, reply};
use crate::{
    address::Target,
    core::Core,
    presence::{Coming, answer_to},
    privacy, problems,
    send::Answer,
};

/// The command, as it stands in `Problem::step`.
const STEP: &str = "privacy";

impl Core {
    /// Reads or changes a level. Gives the command back where the link is not there yet.
    pub(super) fn ask_privacy(
        &mut self,
        command: &Command,
        (address, wish): (&str, PrivacyWish),
        answer: Answer,
    ) -> Option<(Wish, Answer)> {
        let (who, coming) = match self.list_target(address) {
            Ok(None) => return Some((Wish::Command(command.clone()), answer)),
            Ok(Some(Target::Xmpp(jid))) if wish == PrivacyWish::Read => {
                let levels = vec![self.privacy.of_xmpp(&jid)];
                reply(answer, Ok(Reply::Privacy { levels }));
                return None;
            }
            Ok(Some(Target::Xmpp(_))) => {
                reply(answer, Err(problems::no_levels_in_xmpp(STEP)));
                return None;
            }
            Ok(Some(Target::Lync(who))) => (who.clone(), self.wish_privacy(who, wish)),
            Err(problem) => {
                reply(answer, Err(problem));
                return None;
            }
        };
        tokio::spawn(async move {
            let level = match coming {
                Ok(coming) => privacy_given(coming).await,
                Err(problem) => Err(problem),
            };
            let told = |level| Reply::Privacy {
                levels: vec![Privacy {
                    address: who.as_str().to_owned(),
                    level: Some(privacy::told(&level)),
                }],
            };
            reply(answer, level.map(told));
        });
        None
    }

    pub(super) fn wish_privacy(
        &self,
        who: SipUri,
        wish: PrivacyWish,
    ) -> Result<Coming<PrivacyLevel>, Problem> {
        let Some(link) = &self.lync.link else {
            return Err(problems::signed_out(Side::Lync));
        };
        let (told, coming) = oneshot::channel();
        link.send(ucwa::Command::Privacy(who, wish, answer_to(told)));
        Ok(coming)
    }
}

/// The level that holds now.
pub(super) async fn privacy_given(coming: Coming<PrivacyLevel>) -> Result<PrivacyLevel, Problem> {
    match timeout(PATIENCE, coming).await {
        Ok(Ok(result)) => result.map_err(|error| problems::privacy_refused(&error)),
        Ok(Err(_)) | Err(_) => Err(problems::no_answer(Side::Lync, STEP)),
    }
}
