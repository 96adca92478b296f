//! The pause of the bridge: begun and ended by a person, or over by itself.

use causeway_api::{Kind, Reply};
use tracing::info;

use crate::{
    core::Core,
    send::Answer,
    store::Pause,
    unit::{Then, Unit, Write},
};

impl Core {
    /// Nothing crosses until the pause is over, or again from now on.
    pub(crate) fn pause_bridge(&mut self, pause: Option<Pause>, answer: Answer) {
        let mut unit = Unit::default();
        unit.then.push(Then::Answer(answer, Ok(Reply::Done)));
        self.set_pause(pause, unit);
    }

    /// Ends a pause whose time has come.
    pub(crate) fn end_pause(&mut self) {
        let until = self.pause.and_then(|pause| pause.until);
        if until.is_some_and(|until| until <= self.now) {
            info!("the pause of the bridge is over");
            self.set_pause(None, Unit::default());
        }
    }

    /// The pause as it is told.
    pub(crate) fn pause_kind(&self) -> Kind {
        Kind::Paused {
            paused: self.pause.is_some(),
            until: self.pause.and_then(|pause| pause.until),
        }
    }

    fn set_pause(&mut self, pause: Option<Pause>, mut unit: Unit) {
        let before = self.pause_kind();
        self.pause = pause;
        self.set_rules();
        unit.write(Write::Pause(pause));
        self.carry_out(unit);
        if self.pause_kind() != before {
            self.tell(self.pause_kind());
        }
    }
}
