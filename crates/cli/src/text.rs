//! Text for people: safe for a terminal, aligned, and in colour where that helps.

use unicode_width::UnicodeWidthStr;

/// Colours, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) on: bool,
}

/// A colour of the terminal's own palette, which fits its background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Green,
    Red,
    Magenta,
    Yellow,
    Grey,
}

impl Paint {
    /// The text in a colour; the text alone where colours are off.
    pub(crate) fn paint(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Green => "32",
            Colour::Red => "31",
            Colour::Magenta => "35",
            Colour::Yellow => "33",
            Colour::Grey => "2",
        };
        match self.on {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// What others wrote, on one line and without what could steer the terminal or turn the line around.
pub(crate) fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            character if character.is_control() => '\u{fffd}',
            character => character,
        })
        .collect()
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    colour: Option<Colour>,
}

impl Cell {
    /// In a colour.
    pub(crate) fn coloured(text: impl AsRef<str>, colour: Option<Colour>) -> Self {
        Self {
            text: plain(text.as_ref()),
            colour,
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::coloured(text, None)
    }
}

/// Columns two blanks apart, as wide as their widest cell; lines end with a newline and without blanks.
pub(crate) fn columns<const N: usize>(paint: Paint, rows: &[[Cell; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.width());
        }
    }
    let mut page = String::new();
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            // A column that is empty throughout takes no room.
            if *width == 0 {
                continue;
            }
            match cell.colour {
                Some(colour) => line.push_str(&paint.paint(colour, &cell.text)),
                None => line.push_str(&cell.text),
            }
            line.extend(std::iter::repeat_n(' ', width - cell.text.width() + 2));
        }
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: Paint = Paint { on: false };

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let rows =
            [["李雷", "busy"], ["Bob Smith", ""], ["é", "away"]].map(|row| row.map(Cell::from));
        assert_eq!(
            columns(OFF, &rows),
            "李雷       busy\nBob Smith\né          away\n"
        );
    }

    #[test]
    fn colours_do_not_disturb_the_columns() {
        let rows = [
            [Cell::coloured("●", Some(Colour::Green)), Cell::from("Bob")],
            [Cell::from("ab"), Cell::from("Anna")],
        ];
        assert_eq!(
            columns(Paint { on: true }, &rows),
            "\x1b[32m●\x1b[0m   Bob\nab  Anna\n"
        );
    }

    #[test]
    fn names_and_notes_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\u{9b}c"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(plain("two\nlines\r"), "two lines");
        assert_eq!(plain("\u{202e}evil"), "\u{fffd}evil");
    }
}
