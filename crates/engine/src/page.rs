//! The journalled event page that is being read: all that follows from it is stored together with its striking off.

use ucwa::PageId;

use crate::unit::{Batch, Unit};

/// What follows from the page so far.
#[derive(Default)]
pub(crate) struct Page {
    units: Vec<Unit>,
}

impl Page {
    /// Something follows from the page that is being read.
    pub(crate) fn add(&mut self, unit: Unit) {
        self.units.push(unit);
    }

    /// The page has been read to its end.
    pub(crate) fn done(&mut self, page: PageId) -> Batch {
        Batch::new(std::mem::take(&mut self.units), Some(page))
    }

    /// The link ended in the middle: the page stays in the journal and is told again.
    pub(crate) fn abandon(&mut self) -> Vec<Unit> {
        std::mem::take(&mut self.units)
    }
}
