use std::io::Write as _;

use super::*;

const MARKS: [Option<Mark>; 14] = [
    None,
    Some(Mark::Available),
    Some(Mark::AvailableIdle),
    Some(Mark::Busy),
    Some(Mark::BusyIdle),
    Some(Mark::DoNotDisturb),
    Some(Mark::BeRightBack),
    Some(Mark::Away),
    Some(Mark::Offline),
    Some(Mark::Unknown),
    Some(Mark::Eye),
    Some(Mark::Dots),
    Some(Mark::Key),
    Some(Mark::Triangle),
];

/// Every icon that there can be.
fn icons() -> Vec<Icon> {
    let mut icons = Vec::new();
    for mark in MARKS {
        let glyphs: &[Glyph] = match mark {
            None => &[Glyph::Outlined, Glyph::Dimmed],
            Some(Mark::Eye) => &[Glyph::Outlined],
            Some(Mark::Triangle) => &[Glyph::Dimmed],
            Some(_) => &[Glyph::Normal],
        };
        let badges = [
            None,
            Some(Badge::Problem),
            Some(Badge::Unread),
            Some(Badge::BridgePaused),
        ];
        for (glyph, badge) in glyphs
            .iter()
            .flat_map(|glyph| badges.map(|badge| (*glyph, badge)))
        {
            icons.push(Icon {
                glyph,
                mark,
                badge,
                calls: false,
            });
        }
    }
    icons
}

/// Lightness of each pixel on the panel, 0 to 1 (relative luminance, WCAG 2.2).
fn grey(icon: Icon, ground: Ground, below: f32, edge: u32) -> Vec<f32> {
    let panel = Panel {
        ground,
        contrast: false,
    };
    let linear = |value: f32| {
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let picture = picture(icon, panel, edge).unwrap();
    let pixels = picture.argb.as_chunks::<4>().0.iter();
    pixels
        .map(|[alpha, red, green, blue]| {
            let alpha = f32::from(*alpha) / 255.0;
            let mixed =
                |channel: &u8| linear(f32::from(*channel) / 255.0 * alpha + below * (1.0 - alpha));
            0.2126 * mixed(red) + 0.7152 * mixed(green) + 0.0722 * mixed(blue)
        })
        .collect()
}

/// As many pixels as an eye has to see, each by so much.
fn differing(one: &[f32], other: &[f32], by: f32) -> usize {
    let pairs = one.iter().zip(other);
    pairs
        .filter(|(one, other)| (*one - *other).abs() > by)
        .count()
}

const LIGHT: f32 = 0.955;
const DARK: f32 = 0.15;

#[test]
fn all_icons_can_be_told_apart_in_grey_at_the_smallest_size_on_either_panel() {
    for (ground, below, by) in [
        (Ground::Light, LIGHT, 0.2),
        (Ground::Dark, DARK, 0.2),
        // Half of what lies between ink and panel.
        (Ground::Unknown, LIGHT, 0.2),
        (Ground::Unknown, DARK, 0.1),
    ] {
        let icons = icons();
        let greys: Vec<Vec<f32>> = icons
            .iter()
            .map(|icon| grey(*icon, ground, below, 16))
            .collect();
        for (first, one) in greys.iter().enumerate() {
            for (second, other) in greys.iter().enumerate().skip(first + 1) {
                let differing = differing(one, other, by);
                assert!(
                    differing >= 5,
                    "{:?} and {:?} differ in {differing} pixels ({ground:?} on {below})",
                    icons[first],
                    icons[second]
                );
            }
        }
    }
}

#[test]
fn where_the_panel_is_not_known_the_arch_can_be_seen_on_a_light_and_on_a_dark_one() {
    let icon = Icon {
        glyph: Glyph::Normal,
        mark: None,
        badge: None,
        calls: false,
    };
    for (below, panel) in [(LIGHT, 0.9_f32), (DARK, 0.02)] {
        let seen = grey(icon, Ground::Unknown, below, 16);
        let contrast = |pixel: &f32| {
            let (one, other) = (pixel.max(panel) + 0.05, pixel.min(panel) + 0.05);
            one / other
        };
        let visible = seen.iter().filter(|pixel| contrast(pixel) >= 3.0).count();
        assert!(visible >= 24, "{visible} pixels on {below}");
    }
}

#[test]
fn the_picture_is_complete_in_every_size_and_differs_between_the_panels() {
    let icon = Icon {
        glyph: Glyph::Normal,
        mark: Some(Mark::Busy),
        badge: None,
        calls: false,
    };
    let light = Panel {
        ground: Ground::Light,
        contrast: false,
    };
    let drawn = pictures(icon, light);
    assert_eq!(drawn.len(), SIZES.len());
    for picture in &drawn {
        assert_eq!(
            picture.argb.len(),
            (picture.edge * picture.edge * 4) as usize
        );
        assert!(picture.argb.iter().any(|byte| *byte != 0));
    }
    let dark = Panel {
        ground: Ground::Dark,
        ..light
    };
    assert_ne!(drawn, pictures(icon, dark));
    let contrast = Panel {
        contrast: true,
        ..light
    };
    assert_ne!(drawn, pictures(icon, contrast));
}

/// For the eyes: every icon in one picture, small and enlarged, on both panels, as it is and in grey.
#[test]
#[ignore = "writes a picture (PPM) to look at, to the path in CAUSEWAY_ICONS"]
fn write_all_icons_to_look_at() {
    let path = std::env::var_os("CAUSEWAY_ICONS").unwrap();
    let edge: u32 = std::env::var("CAUSEWAY_EDGE")
        .ok()
        .and_then(|edge| edge.parse().ok())
        .unwrap_or(16);
    let enlarged = 160 / edge;
    let cell = edge * enlarged + 8;
    let icons = icons();
    let columns = 15_u32;
    let rows = 4;
    let (width, height) = (columns * cell, rows * cell * 4);
    let mut pixels = vec![0_u8; (width * height * 3) as usize];
    let bands = [
        (Ground::Light, 244.0_f32),
        (Ground::Dark, 38.0),
        (Ground::Unknown, 244.0),
        (Ground::Unknown, 38.0),
    ];
    for (band, (ground, below)) in bands.into_iter().enumerate() {
        let panel = Panel {
            ground,
            contrast: false,
        };
        let top = band as u32 * rows * cell;
        for y in top..top + rows * cell {
            for x in 0..width {
                for channel in 0..3 {
                    pixels[((y * width + x) * 3 + channel) as usize] = below as u8;
                }
            }
        }
        for (place, icon) in icons.iter().enumerate() {
            let (column, row) = (place as u32 / 4 % columns, place as u32 % 4);
            let picture = picture(*icon, panel, edge).unwrap();
            for y in 0..edge * enlarged {
                for x in 0..edge * enlarged {
                    let at = ((y / enlarged * edge + x / enlarged) * 4) as usize;
                    let alpha = f32::from(picture.argb[at]) / 255.0;
                    for channel in 0..3_usize {
                        let value = f32::from(picture.argb[at + 1 + channel]) * alpha
                            + below * (1.0 - alpha);
                        let (px, py) = (column * cell + 4 + x, top + row * cell + 4 + y);
                        let index = ((py * width + px) * 3) as usize + channel;
                        if let Some(pixel) = pixels.get_mut(index) {
                            *pixel = value as u8;
                        }
                    }
                }
            }
        }
    }
    let mut file = std::fs::File::create(path).unwrap();
    writeln!(file, "P6 {width} {height} 255").unwrap();
    file.write_all(&pixels).unwrap();
}
