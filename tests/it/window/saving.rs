//! Files that are saved from the window.

use causeway_api::{Command, View, Wish};
use causeway_tests::cast::World;
use causeway_tests::report;
use causeway_tests::window::Window;

use super::{asked, signed_in};

#[tokio::test]
async fn a_report_is_saved_where_the_person_says_and_nowhere_else() {
    let world = World::new().await;
    let (_agent, _watch) = signed_in(&world).await;
    let window = Window::open(&world.ctl.data_dir).await;
    window.see(".rail").await;

    // As the tray does it.
    let show = Command::Show(Wish::page(View::Report));
    asked(&world, show).await.expect("it is shown");
    window.screen().agrees_to_the_dialog().await;
    let told = window
        .reads(".saved", |text| text.starts_with("Saved as "))
        .await;
    let report = told.trim_start_matches("Saved as ");
    assert!(report.starts_with(window.home().to_str().expect("a path of ours")));
    let files = report::unpacked(report.as_ref());
    assert!(files.iter().any(|(name, _)| name == "check.json"));

    let named = window
        .awaits(
            "window.__TAURI_INTERNALS__.invoke('door', {command: {command: 'diagnose', file: '/tmp/named-by-a-page.zip', overwrite: true}}) \
            .then(() => done('written'), (problem) => done(problem.code))",
        )
        .await;
    assert_eq!(named, "CW-4202");
}
