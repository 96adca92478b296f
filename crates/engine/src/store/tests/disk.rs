//! The directory and what can be wrong with the disk.

use causeway_api::Code;

use super::super::schema;
use super::*;

#[tokio::test]
async fn one_program_at_a_time_uses_a_data_directory() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(
        DataDir::open(dir.path()).unwrap_err().code,
        Code::DataDirBusy
    );
    store.close().await;
    assert!(
        DataDir::open(dir.path()).is_ok(),
        "free as soon as it is closed"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn directory_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/b");
    let store = open(&data);
    run(&store, |t| t.enqueue(&outgoing("m", "hej"))).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(
        files.len() >= 4,
        "database, its two side files, lock: {files:?}"
    );
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let data = file.join("data");
    let problem = DataDir::open(&data).unwrap_err();
    assert_eq!(problem.code, Code::Storage);
    let named = data.display().to_string();
    assert!(problem.message.contains(&named), "{}", problem.message);
}

#[tokio::test]
async fn a_full_disk_is_told_and_takes_nothing_that_was_stored() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(&store, |t| {
        let pages: i64 = t.sql.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        t.sql.query_row(
            &format!("PRAGMA max_page_count = {}", pages + 20),
            [],
            |_| Ok(()),
        )
    })
    .await;
    // All at once, so that stored ones and refused ones share a group.
    let waiting: Vec<_> = (0..40)
        .map(|number| {
            store.transaction(Keep::PowerLoss, move |t| {
                t.enqueue(&outgoing(&number.to_string(), &"x".repeat(8000)))
            })
        })
        .collect();
    let mut stored = Vec::new();
    let mut refused = 0;
    for (number, answer) in waiting.into_iter().enumerate() {
        match answer.await {
            Ok(true) => stored.push(number.to_string()),
            Ok(false) => panic!("nothing was there before"),
            Err(problem) => {
                assert_eq!(problem.code, Code::Storage);
                assert!(problem.message.contains("full"), "{}", problem.message);
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
    let journal = store.journal("sip:anna@contoso.example");
    let appended = journal.keep(vec![b'x'; 100_000]).await;
    assert!(
        appended.is_err(),
        "a page that is not safe is not acknowledged"
    );
    store.close().await;

    let store = open(dir.path());
    let left: Vec<_> = run(&store, |t| t.unfinished())
        .await
        .into_iter()
        .map(|outgoing| outgoing.id)
        .collect();
    assert_eq!(left, stored, "exactly what was said to be stored is there");
    assert!(
        run(&store, |t| t.enqueue(&outgoing("more", "hej"))).await,
        "with space again it goes on"
    );
}

#[tokio::test]
async fn a_piece_of_work_that_fails_undoes_itself_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let good = store.transaction(Keep::Kill, |t| t.enqueue(&outgoing("good", "hej")));
    let bad = store.transaction(Keep::Kill, |t| {
        t.enqueue(&outgoing("bad", "hej"))?;
        t.sql.execute("INSERT INTO no_such_table VALUES (1)", [])
    });
    let good_too = store.transaction(Keep::Kill, |t| t.enqueue(&outgoing("good too", "hej")));
    assert!(good.await.is_ok());
    assert_eq!(bad.await.unwrap_err().code, Code::Storage);
    assert!(good_too.await.is_ok());
    let left: Vec<_> = run(&store, |t| t.unfinished())
        .await
        .into_iter()
        .map(|outgoing| outgoing.id)
        .collect();
    assert_eq!(left, ["good", "good too"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_moved_aside_whole() {
    let dir = tempfile::tempdir().unwrap();
    let garbage = b"not a database, but somebody may want it back".repeat(100);
    std::fs::write(dir.path().join(schema::FILE), &garbage).unwrap();
    let aside = moved_aside(dir.path()).await;
    assert_eq!(std::fs::read(aside).unwrap(), garbage);
}

#[tokio::test]
async fn a_database_damaged_inside_is_found_after_the_program_was_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    damage(dir.path()).await;
    // What a killed program leaves behind.
    std::fs::write(dir.path().join(format!("{}-wal", schema::FILE)), "cut off").unwrap();
    moved_aside(dir.path()).await;
}

#[tokio::test]
async fn a_damage_met_while_running_is_looked_into_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let page: u32 = run(&store, |t| {
        t.sql.query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'person_link'",
            [],
            |row| row.get(0),
        )
    })
    .await;
    store.close().await;
    let page = u64::from(page);
    overwrite(dir.path(), 4096 * (page - 1)..4096 * page);
    let store = open(dir.path());
    let problem = store
        .transaction(Keep::Kill, |t| t.person_links())
        .await
        .unwrap_err();
    assert_eq!(problem.code, Code::Storage);
    store.close().await;
    moved_aside(dir.path()).await;
    open(dir.path()).close().await;
}

/// Fills a database and overwrites all but its first page.
async fn damage(dir: &Path) {
    let store = open(dir);
    for number in 0..200 {
        run(&store, move |t| {
            t.enqueue(&outgoing(&number.to_string(), &"x".repeat(1000)))
        })
        .await;
    }
    store.close().await;
    overwrite(dir, 4096..u64::MAX);
}

fn overwrite(dir: &Path, range: std::ops::Range<u64>) {
    let file = dir.join(schema::FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    let end = usize::try_from(range.end).unwrap().min(bytes.len());
    bytes[usize::try_from(range.start).unwrap()..end].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
}

/// Opens, expects the old file to be moved aside, and gives its new place.
async fn moved_aside(dir: &Path) -> std::path::PathBuf {
    let (store, damage) =
        Store::open(DataDir::open(dir).unwrap(), keeping(HistoryMode::Disk, 365)).unwrap();
    let damage = damage.expect("the damage is told");
    assert_eq!(damage.code, Code::Storage);
    assert_eq!(run(&store, |t| t.unfinished()).await, []);
    store.close().await;
    damage.detail["moved_to"].as_str().unwrap().into()
}

#[tokio::test]
async fn what_waits_in_a_database_of_the_first_version_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(dir.path().join(schema::FILE)).unwrap();
    old.execute_batch(schema::V1).unwrap();
    old.execute_batch(
        "INSERT INTO outgoing (id, side, recipient, text, created, changed, state, attempts)
         VALUES ('m', 'lync', 'sip:ben@contoso.example', 'hej', 0, 0, 'queued', 0);
         INSERT INTO journal (body) VALUES (X'7B7D');
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let store = open(dir.path());
    let waiting = run(&store, |t| t.unfinished()).await;
    assert_eq!(waiting[0].id, "m");
    assert_eq!(waiting[0].account, "", "it goes to whoever signs in");
    let journal = store.journal("sip:anna@contoso.example");
    let left = tokio::task::spawn_blocking(move || journal.left().unwrap());
    assert_eq!(left.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    run(&store, |t| t.sql.pragma_update(None, "user_version", 9999)).await;
    store.close().await;
    let before = std::fs::read(dir.path().join(schema::FILE)).unwrap();
    let problem = Store::open(
        DataDir::open(dir.path()).unwrap(),
        keeping(HistoryMode::Disk, 365),
    )
    .err()
    .unwrap();
    assert_eq!(problem.code, Code::Storage);
    assert!(problem.message.contains("newer"), "{}", problem.message);
    assert_eq!(
        std::fs::read(dir.path().join(schema::FILE)).unwrap(),
        before
    );
}
