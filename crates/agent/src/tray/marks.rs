//! Shapes of the marks and badges, each in a square from -1 to 1 (ux.md section 2: the shape carries the meaning).

use std::f32::consts::{FRAC_PI_2, PI};

use tiny_skia::{Path, PathBuilder, Rect};

use super::draw::Shape;
use super::icon::{Badge, Mark};

/// Width of lines.
const LINE: f32 = 0.27;

/// `small`: there are no pixels for details.
pub(super) fn mark(mark: Mark, small: bool) -> Vec<Shape> {
    let shapes = match mark {
        Mark::Available => vec![
            disc(0.0, 0.0, 1.0).map(Shape::Fill),
            line(&[(-0.5, 0.05), (-0.12, 0.45), (0.52, -0.4)]).map(|tick| Shape::Hole(tick, LINE)),
        ],
        Mark::AvailableIdle => vec![ring(), half_disc().map(Shape::Fill)],
        Mark::Busy => vec![square(1.0, 0.3).map(Shape::Fill)],
        Mark::BusyIdle => vec![
            square(1.0, 0.3).map(Shape::Fill),
            rectangle(-0.75, -0.75, 0.75, 0.0).map(Shape::Gap),
        ],
        Mark::DoNotDisturb => vec![
            octagon().map(Shape::Fill),
            line(&[(-0.5, 0.0), (0.5, 0.0)]).map(|bar| Shape::Hole(bar, 0.5)),
        ],
        Mark::BeRightBack if small => vec![
            ring(),
            rectangle(-0.25, -0.75, 0.25, 0.25).map(Shape::Fill),
            rectangle(-0.25, -0.25, 0.75, 0.25).map(Shape::Fill),
        ],
        Mark::BeRightBack => vec![
            ring(),
            line(&[(0.0, -0.6), (0.0, 0.1), (0.45, 0.1)]).map(|hands| Shape::Line(hands, LINE)),
        ],
        // A moon that opens to the upper right.
        Mark::Away => vec![
            disc(0.0, 0.0, 1.0).map(Shape::Fill),
            disc(0.5, -0.42, 0.82).map(Shape::Gap),
        ],
        Mark::Offline if small => vec![
            ring(),
            line(&[(-0.6, -0.6), (0.6, 0.6)]).map(|stroke| Shape::Line(stroke, LINE)),
            line(&[(-0.6, 0.6), (0.6, -0.6)]).map(|stroke| Shape::Line(stroke, LINE)),
        ],
        Mark::Offline => vec![
            ring(),
            line(&[(-0.4, -0.4), (0.4, 0.4)]).map(|stroke| Shape::Line(stroke, LINE)),
            line(&[(-0.4, 0.4), (0.4, -0.4)]).map(|stroke| Shape::Line(stroke, LINE)),
        ],
        Mark::Unknown => (0..6)
            .map(|part| {
                let begin = part as f32 * PI / 3.0;
                arc(0.84, begin, begin + PI / 5.2).map(|dash| Shape::Line(dash, LINE))
            })
            .collect(),
        Mark::Eye => vec![
            lens(1.0, 0.72).map(Shape::Fill),
            lens(0.66, 0.4).map(Shape::Gap),
            disc(0.0, 0.0, 0.32).map(Shape::Fill),
        ],
        Mark::Dots => [-0.72, 0.0, 0.72]
            .map(|x| disc(x, 0.35, 0.28).map(Shape::Fill))
            .into(),
        Mark::Key => vec![
            disc(-0.42, 0.0, 0.42).map(|bow| Shape::Line(bow, 0.32)),
            line(&[(0.0, 0.0), (1.0, 0.0)]).map(|shaft| Shape::Line(shaft, 0.3)),
            line(&[(0.82, 0.0), (0.82, 0.55)]).map(|bit| Shape::Line(bit, 0.3)),
            line(&[(0.38, 0.0), (0.38, 0.45)]).map(|bit| Shape::Line(bit, 0.26)),
        ],
        Mark::Triangle if small => vec![triangle().map(Shape::Fill)],
        Mark::Triangle => vec![
            triangle().map(Shape::Fill),
            line(&[(0.0, -0.35), (0.0, 0.28)]).map(|bar| Shape::Hole(bar, 0.26)),
            line(&[(0.0, 0.46), (0.0, 0.72)]).map(|dot| Shape::Hole(dot, 0.26)),
        ],
    };
    shapes.into_iter().flatten().collect()
}

pub(super) fn badge(badge: Badge) -> Vec<Shape> {
    let shapes = match badge {
        Badge::Problem => vec![triangle().map(Shape::Fill)],
        Badge::Unread => vec![disc(0.0, 0.0, 1.0).map(Shape::Fill)],
        Badge::BridgePaused => vec![
            rectangle(-1.0, -1.0, -0.34, 1.0).map(Shape::Fill),
            rectangle(0.34, -1.0, 1.0, 1.0).map(Shape::Fill),
        ],
    };
    shapes.into_iter().flatten().collect()
}

fn disc(x: f32, y: f32, radius: f32) -> Option<Path> {
    PathBuilder::from_circle(x, y, radius)
}

fn ring() -> Option<Shape> {
    disc(0.0, 0.0, 0.86).map(|path| Shape::Line(path, LINE))
}

fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Option<Path> {
    Some(PathBuilder::from_rect(Rect::from_ltrb(
        left, top, right, bottom,
    )?))
}

fn line(points: &[(f32, f32)]) -> Option<Path> {
    through(points).finish()
}

fn closed(points: &[(f32, f32)]) -> Option<Path> {
    let mut path = through(points);
    path.close();
    path.finish()
}

fn through(points: &[(f32, f32)]) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            path.move_to(*x, *y);
        } else {
            path.line_to(*x, *y);
        }
    }
    path
}

/// Corners of a circle's part, close enough at these sizes.
fn along(radius: f32, begin: f32, end: f32) -> impl Iterator<Item = (f32, f32)> {
    const STEPS: u8 = 24;
    (0..=STEPS).map(move |step| {
        let angle = begin + (end - begin) * f32::from(step) / f32::from(STEPS);
        (radius * angle.cos(), radius * angle.sin())
    })
}

fn arc(radius: f32, begin: f32, end: f32) -> Option<Path> {
    line(&along(radius, begin, end).collect::<Vec<_>>())
}

fn half_disc() -> Option<Path> {
    closed(&along(0.85, 0.0, PI).collect::<Vec<_>>())
}

fn square(half: f32, round: f32) -> Option<Path> {
    let inner = half - round;
    let corners = [
        (inner, inner, 0.0),
        (-inner, inner, FRAC_PI_2),
        (-inner, -inner, PI),
        (inner, -inner, PI + FRAC_PI_2),
    ];
    let points: Vec<_> = corners
        .iter()
        .flat_map(|(x, y, begin)| {
            along(round, *begin, *begin + FRAC_PI_2).map(move |(dx, dy)| (x + dx, y + dy))
        })
        .collect();
    closed(&points)
}

fn octagon() -> Option<Path> {
    let points: Vec<_> = (0..8)
        .map(|corner| {
            let angle = (corner as f32 + 0.5) * PI / 4.0;
            (1.04 * angle.cos(), 1.04 * angle.sin())
        })
        .collect();
    closed(&points)
}

/// Two arcs that meet at the sides.
fn lens(half: f32, rise: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(-half, 0.0);
    path.quad_to(0.0, -2.0 * rise, half, 0.0);
    path.quad_to(0.0, 2.0 * rise, -half, 0.0);
    path.close();
    path.finish()
}

fn triangle() -> Option<Path> {
    closed(&[(0.0, -1.0), (1.08, 1.0), (-1.08, 1.0)])
}
