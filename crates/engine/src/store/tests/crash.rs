//! `kill -9` anywhere: nothing lost, nothing doubled.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::*;

const CHILD: &str = "CAUSEWAY_TEST_STORE";

/// The program that gets killed: appends pages, says so, and stores what follows from each, in two threads as the
/// real one does.
#[test]
#[ignore = "started by the test below in a process of its own"]
fn works_until_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let store = open(Path::new(&dir));
    let journal = store.journal("sip:anna@contoso.example");
    let (pages, appended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for number in 0u64.. {
            let page = journal.append(format!("text {number}").as_bytes()).unwrap();
            let mut stdout = std::io::stdout().lock();
            writeln!(stdout, "page {number}").unwrap();
            stdout.flush().unwrap();
            pages.send((page, number)).unwrap();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for (page, number) in appended {
        runtime
            .block_on(store.transaction(Keep::Kill, move |t| follow(t, page, number)))
            .unwrap();
    }
}

/// What follows from the page with the text of this number.
fn follow(t: &Transaction<'_>, page: ucwa::PageId, number: u64) -> rusqlite::Result<()> {
    let id = number.to_string();
    if t.add_message(&message(&id, "hej"), &id)? {
        t.enqueue(&outgoing(&id, "hej"))?;
    }
    t.strike_off(page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_loses_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for pages in [1, 40, 150, 7] {
        acknowledged = acknowledged.max(run_and_kill(dir.path(), pages));
        let store = open(dir.path());
        let journal = store.journal("sip:anna@contoso.example");
        let left = tokio::task::spawn_blocking(move || journal.left())
            .await
            .unwrap()
            .unwrap();
        let (in_history, in_queue) = run(&store, |t| {
            let history: Vec<_> = texts_of(t, "lync:sip:ben@contoso.example", u32::MAX)?;
            let queue = t.unfinished()?;
            Ok((
                ids(history.into_iter().map(|m| m.id)),
                ids(queue.into_iter().map(|o| o.id)),
            ))
        })
        .await;
        assert_eq!(
            in_history, in_queue,
            "a text and what follows from it are stored together"
        );
        let in_journal: BTreeSet<u64> = left.iter().map(|(_, body)| number(body)).collect();
        for number in 0..=acknowledged {
            assert!(
                in_history.contains(&number) || in_journal.contains(&number),
                "text {number} is lost"
            );
        }
        // The next run takes up what was left; the child then counts from 0 again, which are all repetitions.
        for (page, body) in left {
            let number = number(&body);
            run(&store, move |t| follow(t, page, number)).await;
        }
        store.close().await;
    }
}

/// Gives the highest number that the child had said to be safe before it was killed.
fn run_and_kill(dir: &Path, pages: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "store::tests::crash::works_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let last = lines
        .filter_map(|line| line.strip_prefix("page ")?.parse().ok())
        .nth(pages)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    last
}

/// INVARIANT of the test: a set would hide doubles, so their absence is checked here.
fn ids(ids: impl Iterator<Item = String>) -> BTreeSet<u64> {
    let mut set = BTreeSet::new();
    for id in ids {
        assert!(set.insert(id.parse().unwrap()), "text {id} is doubled");
    }
    set
}

fn number(body: &[u8]) -> u64 {
    std::str::from_utf8(body)
        .unwrap()
        .strip_prefix("text ")
        .unwrap()
        .parse()
        .unwrap()
}
