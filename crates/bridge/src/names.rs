//! Whom a text names: `@Anna hej`, `@"Anna Berg" hej`, `@anna@contoso.example hej`, or a name as an answer.

use crate::people::sip_key;

/// Somebody who can be written to in Lync.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Addressee {
    /// SIP URI.
    pub(crate) address: String,
    /// Display name, the address without `sip:` where there is none.
    pub(crate) name: String,
}

impl Addressee {
    pub(crate) fn new(address: &str, name: &str) -> Self {
        let shown = crate::text::line(name, 64);
        let bare = address.strip_prefix("sip:").unwrap_or(address);
        Self {
            address: address.to_owned(),
            name: if shown.is_empty() {
                bare.to_owned()
            } else {
                shown
            },
        }
    }

    pub(crate) fn bare(&self) -> &str {
        self.address.strip_prefix("sip:").unwrap_or(&self.address)
    }

    /// Everything that people may call this person.
    fn aliases(&self) -> Vec<String> {
        let bare = self.bare();
        let mut aliases = vec![self.name.clone(), self.address.clone(), bare.to_owned()];
        aliases.extend(bare.split('@').next().map(str::to_owned));
        let words: Vec<&str> = self
            .name
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .collect();
        if let [last, first] = words[..]
            && self.name.contains(',')
        {
            aliases.push(format!("{first} {last}"));
        }
        if words.len() > 1 {
            aliases.push(words.concat());
            aliases.extend(
                words
                    .iter()
                    .filter(|word| {
                        word.chars().count() > 1 && word.chars().all(char::is_alphanumeric)
                    })
                    .map(|&word| word.to_owned()),
            );
        }
        aliases
    }
}

/// What a text says at its beginning about whom it is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// No `@name`.
    Nobody,
    /// One person, and the text without the name.
    One(Addressee, &'a str),
    /// Several people have this name.
    Several(Vec<Addressee>, &'a str),
    /// A name that nobody has.
    Unheard(&'a str),
}

/// Reads a leading `@name`. The longest name that fits wins: `@Anna Berg` is not `@Anna`.
pub(crate) fn leading<'a>(text: &'a str, people: &[Addressee]) -> Named<'a> {
    let Some(rest) = text.trim_start().strip_prefix('@') else {
        return Named::Nobody;
    };
    if let Some((quoted, after)) = quoted(rest) {
        return found(matches_of(quoted, people), quoted, after);
    }
    if !rest.starts_with(char::is_alphanumeric) {
        return Named::Nobody;
    }
    let mut best = 0;
    let mut named: Vec<Addressee> = Vec::new();
    for person in people {
        let longest = person
            .aliases()
            .iter()
            .filter_map(|alias| without(rest, alias))
            .max();
        match longest {
            Some(length) if length > best => {
                best = length;
                named = vec![person.clone()];
            }
            Some(length) if length == best => named.push(person.clone()),
            _ => {}
        }
    }
    let word_end = if best > 0 {
        best
    } else {
        rest.find(char::is_whitespace).unwrap_or(rest.len())
    };
    let (name, after) = rest.split_at_checked(word_end).unwrap_or((rest, ""));
    found(named, name, after)
}

/// Who is meant by a whole text that is nothing but a name: full name, one of its words, or address.
pub(crate) fn matches_of(name: &str, people: &[Addressee]) -> Vec<Addressee> {
    let wanted = name.trim().to_lowercase();
    let full: Vec<Addressee> = people
        .iter()
        .filter(|person| {
            person.name.to_lowercase() == wanted || sip_key(&person.address) == sip_key(&wanted)
        })
        .cloned()
        .collect();
    if !full.is_empty() {
        return full;
    }
    people
        .iter()
        .filter(|person| {
            person
                .aliases()
                .iter()
                .any(|alias| alias.to_lowercase() == wanted)
        })
        .cloned()
        .collect()
}

fn found<'a>(mut named: Vec<Addressee>, name: &'a str, after: &'a str) -> Named<'a> {
    let text = after
        .strip_prefix([':', ',', ';', '.'])
        .unwrap_or(after)
        .trim_start();
    match named.len() {
        0 => Named::Unheard(name),
        1 => Named::One(named.remove(0), text),
        _ => Named::Several(named, text),
    }
}

fn quoted(rest: &str) -> Option<(&str, &str)> {
    let close = match rest.chars().next()? {
        '"' => '"',
        '“' | '„' | '”' => '”',
        _ => return None,
    };
    let mut inner = rest.chars();
    inner.next();
    inner.as_str().split_once([close, '"'])
}

/// Length in bytes of `alias` at the beginning of `text`, without regard to case, where the word ends there.
fn without(text: &str, alias: &str) -> Option<usize> {
    let mut wanted = alias.chars().flat_map(char::to_lowercase).peekable();
    wanted.peek()?;
    let mut end = 0;
    for (at, character) in text.char_indices() {
        if wanted.peek().is_none() {
            break;
        }
        for lower in character.to_lowercase() {
            if wanted.next() != Some(lower) {
                return None;
            }
        }
        end = at + character.len_utf8();
    }
    if wanted.next().is_some() {
        return None;
    }
    let mut after = text.get(end..)?.chars();
    let ends = match after.next() {
        None => true,
        Some(next) if next.is_whitespace() || matches!(next, ':' | ',' | ';' | '!' | '?') => true,
        // `@anna. Hej` names Anna; `@anna.berg` does not.
        Some('.') => after.next().is_none_or(char::is_whitespace),
        Some(_) => false,
    };
    ends.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Addressee> {
        vec![
            Addressee::new("sip:anna.berg@contoso.example", "Anna Berg"),
            Addressee::new("sip:anna.ceder@contoso.example", "Anna Ceder"),
            Addressee::new("sip:ben@contoso.example", "Dahl, Ben"),
            Addressee::new("sip:åsa@contoso.example", "Åsa"),
            Addressee::new("sip:nn@contoso.example", ""),
        ]
    }

    fn one(text: &str) -> Option<(String, String)> {
        match leading(text, &people()) {
            Named::One(person, rest) => Some((person.bare().to_owned(), rest.to_owned())),
            Named::Nobody | Named::Several(..) | Named::Unheard(_) => None,
        }
    }

    #[test]
    fn a_leading_name_chooses_its_person() {
        let rows = [
            ("@Anna Berg hej du", "anna.berg@contoso.example", "hej du"),
            ("@anna berg: hej", "anna.berg@contoso.example", "hej"),
            ("@AnnaBerg, hej", "anna.berg@contoso.example", "hej"),
            ("  @\"Anna Ceder\" hej", "anna.ceder@contoso.example", "hej"),
            ("@“Anna Ceder”: hej", "anna.ceder@contoso.example", "hej"),
            ("@ceder hej", "anna.ceder@contoso.example", "hej"),
            ("@anna.berg hej", "anna.berg@contoso.example", "hej"),
            (
                "@anna.berg@contoso.example hej",
                "anna.berg@contoso.example",
                "hej",
            ),
            (
                "@sip:anna.berg@contoso.example hej",
                "anna.berg@contoso.example",
                "hej",
            ),
            ("@Ben\nhej", "ben@contoso.example", "hej"),
            ("@Ben Dahl hej", "ben@contoso.example", "hej"),
            ("@ben", "ben@contoso.example", ""),
            ("@ben. Hej", "ben@contoso.example", "Hej"),
            ("@ÅSA hej", "åsa@contoso.example", "hej"),
            ("@nn hej", "nn@contoso.example", "hej"),
        ];
        for (text, address, rest) in rows {
            assert_eq!(one(text), Some((address.into(), rest.into())), "{text}");
        }
    }

    #[test]
    fn a_name_of_two_people_chooses_neither() {
        let Named::Several(found, rest) = leading("@Anna hej", &people()) else {
            panic!("two people are called Anna")
        };
        assert_eq!((found.len(), rest), (2, "hej"));
    }

    #[test]
    fn a_name_that_nobody_has_is_told_from_no_name() {
        assert_eq!(leading("@Karl hej", &people()), Named::Unheard("Karl"));
        assert_eq!(
            leading("@Annabel hej", &people()),
            Named::Unheard("Annabel")
        );
        for text in [
            "hej @Anna",
            "anna@contoso.example",
            "@ 15:00?",
            "@",
            "",
            "@@anna hej",
        ] {
            assert_eq!(leading(text, &people()), Named::Nobody, "{text}");
        }
    }

    #[test]
    fn a_whole_name_wins_over_a_part_of_one() {
        let people = [
            Addressee::new("sip:a@x.example", "Anna"),
            Addressee::new("sip:b@x.example", "Anna Berg"),
        ];
        assert_eq!(matches_of("anna", &people).len(), 1);
        assert_eq!(matches_of("berg", &people).len(), 1);
        assert_eq!(matches_of("b@x.example", &people).len(), 1);
        assert_eq!(matches_of("karl", &people).len(), 0);
    }
}
