//! Where a window stands, and where it may stand on the screens that are there now.

use serde::{Deserialize, Serialize};

/// The smallest window in which everything can be reached, in logical pixels (ux.md section 7).
pub(crate) const SMALLEST: (f64, f64) = (320.0, 480.0);
/// Of a window that was never opened before.
pub(crate) const USUAL: (f64, f64) = (960.0, 640.0);

/// A rectangle in logical pixels: of a window, or of a screen without its panels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Left edge.
    pub(crate) x: f64,
    /// Upper edge.
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// It fills its screen; the rest is where it goes back to.
    #[serde(default)]
    pub(crate) maximized: bool,
}

impl Place {
    /// The nearest place that lies on one of these screens as a whole: the one of which it covers most. Without screens,
    /// and for numbers that are none, there is no place: the desktop chooses.
    pub(crate) fn on(self, screens: &[Self]) -> Option<Self> {
        let numbers = [self.x, self.y, self.width, self.height];
        if !numbers.iter().all(|number| number.is_finite()) {
            return None;
        }
        let screen = screens
            .iter()
            .max_by(|a, b| self.shared(a).total_cmp(&self.shared(b)))?;
        let width = self.width.max(SMALLEST.0).min(screen.width);
        let height = self.height.max(SMALLEST.1).min(screen.height);
        Some(Self {
            x: self.x.min(screen.x + screen.width - width).max(screen.x),
            y: self.y.min(screen.y + screen.height - height).max(screen.y),
            width,
            height,
            maximized: self.maximized,
        })
    }

    /// Area that both cover.
    fn shared(&self, other: &Self) -> f64 {
        let across = |begin: f64, length: f64, other: f64, other_length: f64| {
            ((begin + length).min(other + other_length) - begin.max(other)).max(0.0)
        };
        across(self.x, self.width, other.x, other.width)
            * across(self.y, self.height, other.y, other.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: f64, y: f64, width: f64, height: f64) -> Place {
        Place {
            x,
            y,
            width,
            height,
            maximized: false,
        }
    }

    /// A notebook, and a screen to its right that is higher.
    fn screens() -> [Place; 2] {
        [
            place(0.0, 0.0, 1280.0, 800.0),
            place(1280.0, -200.0, 1920.0, 1080.0),
        ]
    }

    #[test]
    fn a_window_that_is_in_sight_stays_where_it_was() {
        let there = place(1400.0, -100.0, 960.0, 640.0);
        assert_eq!(there.on(&screens()), Some(there));
    }

    #[test]
    fn a_window_that_hangs_over_the_edge_is_moved_onto_the_screen_of_which_it_covers_most() {
        let over = place(-500.0, 700.0, 960.0, 640.0);
        assert_eq!(over.on(&screens()), Some(place(0.0, 160.0, 960.0, 640.0)));
        let between = place(1200.0, 0.0, 960.0, 640.0);
        assert_eq!(
            between.on(&screens()),
            Some(place(1280.0, 0.0, 960.0, 640.0))
        );
    }

    #[test]
    fn a_window_of_a_screen_that_is_gone_comes_to_one_that_is_there_and_fits_it() {
        let gone = place(4000.0, 3000.0, 2560.0, 1440.0);
        let [notebook, _] = screens();
        assert_eq!(gone.on(&[notebook]), Some(notebook));
    }

    #[test]
    fn a_window_too_small_to_use_or_made_of_no_numbers_is_not_opened_so() {
        let small = place(10.0, 10.0, 1.0, 1.0).on(&screens()).unwrap();
        assert_eq!((small.width, small.height), SMALLEST);
        assert_eq!(place(f64::NAN, 0.0, 960.0, 640.0).on(&screens()), None);
        assert_eq!(place(0.0, 0.0, 960.0, 640.0).on(&[]), None);
    }
}
