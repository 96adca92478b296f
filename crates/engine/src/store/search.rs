//! Full-text search in the history: an FTS5 index over the texts, kept up to date by triggers.

use rusqlite::Connection;

/// Makes the index beside the table `message` of a schema, and fills it where it is new.
///
/// The index holds no texts of its own. Words of removed texts are overwritten in it, as the texts are (`secure-delete`).
pub(super) fn index(sql: &Connection, schema: &str) -> rusqlite::Result<()> {
    let there: bool = sql.query_row(
        &format!("SELECT count(*) FROM {schema}.sqlite_schema WHERE name = 'message_words'"),
        [],
        |row| row.get(0),
    )?;
    if there {
        return Ok(());
    }
    // Without a schema's name in front a trigger's statements mean its own schema.
    sql.execute_batch(&format!(
        "CREATE VIRTUAL TABLE {schema}.message_words USING fts5(
             text, content = 'message', content_rowid = 'position', tokenize = 'unicode61 remove_diacritics 2'
         );
         INSERT INTO {schema}.message_words (message_words, rank) VALUES ('secure-delete', 1);
         INSERT INTO {schema}.message_words (message_words) VALUES ('rebuild');
         CREATE TRIGGER {schema}.message_added AFTER INSERT ON message BEGIN
             INSERT INTO message_words (rowid, text) VALUES (new.position, new.text);
         END;
         CREATE TRIGGER {schema}.message_removed AFTER DELETE ON message BEGIN
             INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.position, old.text);
         END;"
    ))
}

/// What a person typed as an FTS5 query: every word, or the beginning of one. `None`: no word in it.
pub(super) fn query(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_cannot_be_an_operator_of_the_index() {
        assert_eq!(
            query("a OR \"b\" NEAR(c*) text:d").as_deref(),
            Some("\"a\"* \"OR\"* \"b\"* \"NEAR\"* \"c\"* \"text\"* \"d\"*")
        );
        assert_eq!(query("?! -"), None);
    }
}
