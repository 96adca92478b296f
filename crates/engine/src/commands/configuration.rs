//! Commands that read and change the configuration, and the report of it all.

use causeway_api::{Problem, Reply};

use super::reply;
use crate::{
    config,
    core::{Core, Found},
    diagnose::{self, Wanted},
    send::Answer,
};

impl Core {
    /// Takes a key out of the user's file, as [`Core::set_config`] changes one.
    pub(super) fn unset_config(&mut self, key: String, answer: Answer) {
        self.change_file(answer, move |locations| config::unset(locations, &key));
    }

    /// Writes the user's file away from the loop; the answer comes when the new configuration is in force.
    pub(super) fn set_config(&mut self, key: String, value: String, answer: Answer) {
        self.change_file(answer, move |locations| {
            config::set(locations, &key, &value)
        });
    }

    /// Writes the report away from the loop, with what the loop knows at this moment.
    pub(super) fn diagnose(&self, wanted: Wanted, answer: Answer) {
        let (options, condition) = (self.options.clone(), self.condition());
        tokio::spawn(async move {
            let done = diagnose::report(&options, wanted, Some(condition)).await;
            reply(answer, done.map(Reply::Diagnosed));
        });
    }

    fn change_file(
        &self,
        answer: Answer,
        change: impl FnOnce(&config::Locations) -> Result<(), Problem> + Send + 'static,
    ) {
        let (locations, found) = (self.options.locations.clone(), self.found.clone());
        tokio::task::spawn_blocking(move || {
            let result = change(&locations);
            if result.is_ok() {
                // The loop may have ended meanwhile.
                let _ = found.send(Found::Configuration(Box::new(config::load(&locations))));
            }
            reply(answer, result.map(|()| Reply::Done));
        });
    }
}
