//! Commands that read and change the configuration.

use causeway_api::Reply;

use super::reply;
use crate::{
    config,
    core::{Core, Found},
    send::Answer,
};

impl Core {
    /// Writes the user's file away from the loop; the answer comes when the new configuration is in force.
    pub(super) fn set_config(&mut self, key: String, value: String, answer: Answer) {
        let (locations, found) = (self.options.locations.clone(), self.found.clone());
        tokio::task::spawn_blocking(move || {
            let result = config::set(&locations, &key, &value);
            if result.is_ok() {
                // The loop may have ended meanwhile.
                let _ = found.send(Found::Configuration(Box::new(config::load(&locations))));
            }
            reply(answer, result.map(|()| Reply::Done));
        });
    }
}
