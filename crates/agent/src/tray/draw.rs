//! The icon as pixels: drawn for each size from shapes on a grid of 24 units, so that no size is a scaled picture.

use tiny_skia::{
    BlendMode, Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Shader,
    Stroke, Transform,
};

use super::icon::{Badge, Glyph, Icon, Mark};
use super::marks;

/// Edges of the pictures that a panel can choose from, in pixels. The taskbar of Windows has one size.
#[cfg(any(unix, test))]
pub(crate) const SIZES: [u32; 7] = [16, 20, 24, 32, 40, 48, 64];

/// Radius of a mark in pixels below which it has no details.
const SMALL: f32 = 6.0;

/// Units of the grid.
const GRID: f32 = 24.0;

/// What the panel looks like; the theme of the window may be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Panel {
    pub(crate) ground: Ground,
    /// The person asked for more contrast.
    pub(crate) contrast: bool,
}

/// What the icon is seen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ground {
    Light,
    Dark,
    /// The desktop does not tell: the colours are those between, which can be seen on either.
    Unknown,
}

/// One picture: rows from the top, each pixel alpha, red, green, blue, not premultiplied (StatusNotifierItem, `IconPixmap`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) edge: u32,
    pub(crate) argb: Vec<u8>,
}

/// The icon in every size.
#[cfg(any(unix, test))]
pub(crate) fn pictures(icon: Icon, panel: Panel) -> Vec<Picture> {
    SIZES
        .iter()
        .filter_map(|edge| picture(icon, panel, *edge))
        .collect()
}

/// The icon in one size; `None` where the size is none.
pub(crate) fn picture(icon: Icon, panel: Panel, edge: u32) -> Option<Picture> {
    let mut canvas = Canvas {
        pixmap: Pixmap::new(edge, edge)?,
        unit: edge as f32 / GRID,
    };
    glyph(&mut canvas, icon.glyph, panel);
    if let Some(mark) = icon.mark {
        let (middle, radius) = canvas.corner();
        canvas.clear_around(middle, radius);
        canvas.draw(
            &marks::mark(mark, radius < SMALL),
            middle,
            radius,
            colour(mark, panel),
        );
    }
    if let Some(badge) = icon.badge {
        let (middle, radius) = canvas.upper_corner();
        canvas.clear_around(middle, radius);
        canvas.draw(
            &marks::badge(badge),
            middle,
            radius,
            badge_colour(badge, panel),
        );
    }
    let mut argb = Vec::with_capacity((edge * edge * 4) as usize);
    for pixel in canvas.pixmap.pixels() {
        let plain = pixel.demultiply();
        argb.extend([plain.alpha(), plain.red(), plain.green(), plain.blue()]);
    }
    Some(Picture { edge, argb })
}

/// A deck over one arch.
fn glyph(canvas: &mut Canvas, glyph: Glyph, panel: Panel) {
    let full = canvas.whole(2.4);
    let (width, alpha) = match glyph {
        Glyph::Normal => (full, 1.0),
        Glyph::Outlined => ((full / 2.0).floor().max(1.0), 1.0),
        // Between both grounds there is less to lose.
        Glyph::Dimmed if panel.ground == Ground::Unknown => (full, 0.7),
        Glyph::Dimmed => (full, 0.45),
    };
    let mut ink = ink(panel);
    ink.set_alpha(alpha);
    let edge = canvas.pixmap.width() as f32;
    // Whole pixels where lines are straight, else they blur.
    let deck = canvas.whole(4.5) + width / 2.0;
    let (left, right) = (
        canvas.whole(4.5) + width / 2.0,
        edge - canvas.whole(4.5) - width / 2.0,
    );
    let foot = canvas.whole(21.0);
    let mut path = PathBuilder::new();
    path.move_to(canvas.whole(1.0), deck);
    path.line_to(edge - canvas.whole(1.0), deck);
    let crown = deck + width + canvas.whole(1.0);
    let spring = crown + (right - left) / 2.0;
    let bend = 0.5523;
    let (middle, half, rise) = ((left + right) / 2.0, (right - left) / 2.0, spring - crown);
    path.move_to(left, foot);
    path.line_to(left, spring);
    path.cubic_to(
        left,
        spring - rise * bend,
        middle - half * bend,
        crown,
        middle,
        crown,
    );
    path.cubic_to(
        middle + half * bend,
        crown,
        right,
        spring - rise * bend,
        right,
        spring,
    );
    path.line_to(right, foot);
    let Some(path) = path.finish() else { return };
    canvas.stroke(
        &path,
        width,
        ink,
        BlendMode::SourceOver,
        Transform::identity(),
    );
}

/// A shape of a mark, in a square from -1 to 1.
pub(super) enum Shape {
    Fill(Path),
    /// Width in the same units.
    Line(Path, f32),
    /// Lets the panel through.
    Hole(Path, f32),
    /// A filled area that lets the panel through.
    Gap(Path),
}

struct Canvas {
    pixmap: Pixmap,
    unit: f32,
}

impl Canvas {
    /// So many units as whole pixels, at least one.
    fn whole(&self, units: f32) -> f32 {
        (units * self.unit).round().max(1.0)
    }

    /// Place and radius of the mark: the lower right, half as wide as the icon.
    fn corner(&self) -> ((f32, f32), f32) {
        let edge = self.pixmap.width() as f32;
        let radius = self.whole(12.4) / 2.0;
        ((edge - radius, edge - radius), radius)
    }

    /// Place and radius of the badge.
    fn upper_corner(&self) -> ((f32, f32), f32) {
        let edge = self.pixmap.width() as f32;
        let radius = self.whole(9.0) / 2.0;
        ((edge - radius, radius), radius)
    }

    /// A gap of the panel's colour around a mark.
    fn clear_around(&mut self, middle: (f32, f32), radius: f32) {
        let gap = self.whole(1.5);
        if let Some(path) = PathBuilder::from_circle(middle.0, middle.1, radius + gap) {
            self.fill(&path, Color::BLACK, BlendMode::Clear, Transform::identity());
        }
    }

    fn draw(&mut self, shapes: &[Shape], middle: (f32, f32), radius: f32, colour: Color) {
        let place = Transform::from_scale(radius, radius).post_translate(middle.0, middle.1);
        // A line thinner than a pixel is a shadow.
        let width = |units: f32| units.max(1.0 / radius);
        for shape in shapes {
            match shape {
                Shape::Fill(path) => self.fill(path, colour, BlendMode::SourceOver, place),
                Shape::Line(path, units) => {
                    self.stroke(path, width(*units), colour, BlendMode::SourceOver, place);
                }
                Shape::Hole(path, units) => {
                    self.stroke(
                        path,
                        width(*units),
                        Color::BLACK,
                        BlendMode::DestinationOut,
                        place,
                    );
                }
                Shape::Gap(path) => {
                    self.fill(path, Color::BLACK, BlendMode::DestinationOut, place);
                }
            }
        }
    }

    fn fill(&mut self, path: &Path, colour: Color, blend_mode: BlendMode, place: Transform) {
        let paint = paint(colour, blend_mode);
        self.pixmap
            .fill_path(path, &paint, FillRule::Winding, place, None);
    }

    fn stroke(
        &mut self,
        path: &Path,
        width: f32,
        colour: Color,
        blend_mode: BlendMode,
        place: Transform,
    ) {
        let stroke = Stroke {
            width,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Miter,
            ..Stroke::default()
        };
        let paint = paint(colour, blend_mode);
        self.pixmap.stroke_path(path, &paint, &stroke, place, None);
    }
}

fn paint(colour: Color, blend_mode: BlendMode) -> Paint<'static> {
    Paint {
        shader: Shader::SolidColor(colour),
        blend_mode,
        anti_alias: true,
        ..Paint::default()
    }
}

fn ink(panel: Panel) -> Color {
    on(
        panel.ground,
        if panel.contrast {
            (0x00_00_00, 0xff_ff_ff)
        } else {
            (0x1b_1f_27, 0xec_ee_f2)
        },
    )
}

/// The colour for a light or for a dark ground.
fn on(ground: Ground, (light, dark): (u32, u32)) -> Color {
    match ground {
        Ground::Light => rgb(light),
        Ground::Dark => rgb(dark),
        Ground::Unknown => {
            let (light, dark) = (light.to_be_bytes(), dark.to_be_bytes());
            let [_, red, green, blue] = std::array::from_fn(|at| light[at].midpoint(dark[at]));
            Color::from_rgba8(red, green, blue, 255)
        }
    }
}

/// Colours of ux.md section 2.
fn colour(mark: Mark, panel: Panel) -> Color {
    if panel.contrast {
        return ink(panel);
    }
    let colours = match mark {
        Mark::Available | Mark::AvailableIdle => (0x1b_7f_4b, 0x4c_c3_8a),
        Mark::Busy | Mark::BusyIdle => (0xc4_2b_33, 0xff_6b_6b),
        Mark::DoNotDisturb => (0x9b_1b_5a, 0xf0_7c_b8),
        Mark::BeRightBack | Mark::Away => (0x8a_61_00, 0xf2_b5_3c),
        Mark::Offline | Mark::Unknown => (0x66_70_85, 0xa3_a9_b5),
        Mark::Eye | Mark::Dots => return ink(panel),
        Mark::Key => (0x24_58_c5, 0x7a_a7_ff),
        Mark::Triangle => (0xb3_26_1e, 0xff_8a_80),
    };
    on(panel.ground, colours)
}

fn badge_colour(badge: Badge, panel: Panel) -> Color {
    if panel.contrast {
        return ink(panel);
    }
    let colours = match badge {
        Badge::Problem => (0xb3_26_1e, 0xff_8a_80),
        Badge::Unread => (0x24_58_c5, 0x7a_a7_ff),
        Badge::BridgePaused => (0x5b_64_72, 0xa3_a9_b5),
    };
    on(panel.ground, colours)
}

fn rgb(value: u32) -> Color {
    let [_, red, green, blue] = value.to_be_bytes();
    Color::from_rgba8(red, green, blue, 255)
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
