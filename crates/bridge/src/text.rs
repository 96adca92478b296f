//! Text on its way from one network to the other: HTML to plain text, what XML allows, cutting.

use unicode_segmentation::UnicodeSegmentation;

/// The most that UCWA takes in one text, in UTF-16 units (what a .NET server counts; never more than characters).
pub const LYNC_LIMIT: usize = 4000;

/// Plain text of an HTML text as Lync clients send it. Line breaks, paragraphs and list items stay lines, the target of
/// a link stays where the link's words do not show it, the alternative text of a picture (an emoticon) stays. Styles,
/// scripts and comments go. Anything at all may be given: what is not understood is taken as text.
///
/// Written here because the libraries for this lay pages out (wrapping, tables, reference marks) and drag a whole HTML
/// parser into a program that must rest at a few MiB; only the named characters come from one.
#[must_use]
pub fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        writer.words(before);
        rest = writer.markup(tag);
    }
    writer.words(rest);
    writer.finish()
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Where the words of an open link begin, and its target.
    link: Option<(usize, String)>,
    /// White space stands as it is inside `pre`.
    preformatted: usize,
    /// Tags whose quotes never closed. After a few of them quotes count no more, so that hostile text costs no more time than other text.
    broken_quotes: u8,
    /// No `>` follows: nothing from here on is a tag.
    no_more_tags: bool,
}

impl Writer {
    /// Takes one tag, comment or stray `<` off the front and returns what follows.
    fn markup<'a>(&mut self, source: &'a str) -> &'a str {
        if let Some(comment) = source.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        let name_at = if source.starts_with("</") { 2 } else { 1 };
        let begins_a_tag = source
            .as_bytes()
            .get(name_at)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'));
        let Some(end) = begins_a_tag.then(|| self.tag_end(source)).flatten() else {
            self.words("<");
            return source.get(1..).unwrap_or("");
        };
        let (tag, after) = (
            source.get(name_at..end).unwrap_or(""),
            source.get(end + 1..).unwrap_or(""),
        );
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if name_at == 2 {
            self.close(&name)
        } else {
            self.open(&name, tag)
        }
        let hidden = name_at == 1
            && matches!(name.as_str(), "style" | "script" | "title")
            && !tag.ends_with('/');
        if hidden {
            skip_to_close(after, &name)
        } else {
            after
        }
    }

    /// Where the tag that `source` begins with ends: the `>` outside quotes, or the first one where quotes never close.
    fn tag_end(&mut self, source: &str) -> Option<usize> {
        if self.no_more_tags {
            return None;
        }
        if self.broken_quotes < 8 {
            let mut quote = None;
            let mut after_equals = false;
            for (at, byte) in source.bytes().enumerate() {
                match (quote, byte) {
                    (None, b'>') => return Some(at),
                    (None, b'"' | b'\'') if after_equals => quote = Some(byte),
                    (Some(open), _) if byte == open => quote = None,
                    _ => {}
                }
                after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
            }
            self.broken_quotes += 1;
        }
        let end = source.find('>');
        self.no_more_tags = end.is_none();
        end
    }

    fn open(&mut self, name: &str, tag: &str) {
        match name {
            "br" => self.text.push('\n'),
            "p" | "div" | "ul" | "ol" | "table" | "tr" | "blockquote" | "h1" | "h2" | "h3"
            | "h4" | "h5" | "h6" => self.new_line(),
            "pre" => {
                self.new_line();
                self.preformatted += 1;
            }
            "li" => {
                self.new_line();
                self.text.push_str("• ");
            }
            "td" | "th" if !self.text.is_empty() && !self.text.ends_with('\n') => {
                self.text.push('\t')
            }
            "img" => self
                .text
                .push_str(&attribute(tag, "alt").unwrap_or_default()),
            "a" => self.link = attribute(tag, "href").map(|target| (self.text.len(), target)),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "div" | "li" | "tr" | "table" | "blockquote" | "h1" | "h2" | "h3" | "h4"
            | "h5" | "h6" => self.new_line(),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.new_line();
            }
            "a" => self.close_link(),
            _ => {}
        }
    }

    fn close_link(&mut self) {
        let Some((start, target)) = self.link.take() else {
            return;
        };
        let words = self.text.get(start..).unwrap_or("").trim();
        let bare = target.trim_start_matches("mailto:").trim_end_matches('/');
        let shown = words.trim_end_matches('/');
        if words.is_empty() {
            self.text.push_str(&target);
        } else if shown != bare
            && bare
                .strip_prefix("https://")
                .or(bare.strip_prefix("http://"))
                != Some(shown)
            && !target.starts_with(['#', '/'])
        {
            self.text.push_str(&format!(" <{target}>"));
        }
    }

    fn words(&mut self, source: &str) {
        let decoded = html_escape::decode_html_entities(source);
        for character in decoded.chars() {
            if self.preformatted > 0 || !matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                self.text.push(character);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\t']) {
                self.text.push(' ');
            }
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn finish(mut self) -> String {
        self.close_link();
        let lines: Vec<&str> = self.text.lines().map(str::trim_end).collect();
        lines
            .join("\n")
            .replace('\u{a0}', " ")
            .trim_matches('\n')
            .trim_end()
            .to_owned()
    }
}

/// What follows the closing tag of an element whose content is not for people; nothing where it never closes.
fn skip_to_close<'a>(source: &'a str, name: &str) -> &'a str {
    let mut rest = source;
    while let Some((_, tail)) = rest.split_once("</") {
        if tail
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return tail.split_once('>').map_or("", |(_, after)| after);
        }
        rest = tail;
    }
    ""
}

/// The value of an attribute, decoded; `None` where it is absent or empty.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag
        .split_once(|c: char| c.is_ascii_whitespace() || c == '/')?
        .1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name
            .rsplit(|c: char| c.is_ascii_whitespace())
            .find(|word| !word.is_empty())
            .unwrap_or("");
        let after = after.trim_start();
        let (value, tail) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after
                .get(1..)
                .unwrap_or("")
                .split_once(quote)
                .unwrap_or((after.get(1..).unwrap_or(""), "")),
            _ => after
                .split_once(|c: char| c.is_ascii_whitespace())
                .unwrap_or((after, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            let value = html_escape::decode_html_entities(value.trim()).into_owned();
            return (!value.is_empty()).then_some(value);
        }
        rest = tail;
    }
}

/// Takes out what XML 1.0 cannot carry (section 2.2), makes every line end `\n`, and cuts white space off the end.
#[must_use]
pub fn clean(text: &str) -> String {
    let one_line_end = text.replace("\r\n", "\n").replace('\r', "\n");
    let legal: String = one_line_end.chars().filter(|c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')).collect();
    legal.trim_end().to_owned()
}

/// One line of at most `most` characters, for names and notes; what is cut is marked with `…`.
#[must_use]
pub fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let legal = clean(&words.join(" "));
    if legal.chars().count() <= most {
        return legal;
    }
    let mut short = String::new();
    for grapheme in legal.graphemes(true) {
        if short.chars().count() + grapheme.chars().count() + 1 > most {
            break;
        }
        short.push_str(grapheme);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Cuts a text into parts of at most `limit` UTF-16 units, between lines or words where that wastes less than half of a
/// part, else between what a reader sees as characters. Joined, the parts are the text. An empty text has no part.
#[must_use]
pub fn split(text: &str, limit: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(cut(rest, limit));
        parts.push(part);
        rest = after;
    }
    parts
}

/// Length in bytes of the first part: never 0, never inside a character.
fn cut(text: &str, limit: usize) -> usize {
    let (mut units, mut end, mut line_end, mut word_end) = (0, 0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        units += grapheme.encode_utf16().count();
        if units > limit {
            let wasteful = end / 2;
            let nice = [line_end, word_end]
                .into_iter()
                .find(|&place| place > wasteful)
                .unwrap_or(end);
            return if nice > 0 {
                nice
            } else {
                cut_grapheme(text, limit)
            };
        }
        end = at + grapheme.len();
        match grapheme {
            "\n" | "\r\n" => line_end = end,
            " " | "\t" => word_end = end,
            _ => {}
        }
    }
    text.len()
}

/// A single cluster longer than a whole part (somebody stacked thousands of accents): cut between its characters.
fn cut_grapheme(text: &str, limit: usize) -> usize {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > limit && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
