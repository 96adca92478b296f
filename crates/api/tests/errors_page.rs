//! The page that explains the codes is complete and true.

use causeway_api::Code;

#[test]
fn every_code_has_its_row_with_its_exit_code() {
    let page = include_str!("../../../docs/errors.md");
    for code in Code::ALL {
        let rows: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with(&format!("| {code} |")))
            .collect();
        let [row] = rows[..] else {
            panic!("{code} has {} rows in docs/errors.md", rows.len())
        };
        let exit = format!("| {} |", code.exit() as i32);
        assert!(
            row.ends_with(&exit),
            "the row of {code} should end with the exit code: {exit}"
        );
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| CW-"))
        .count();
    assert_eq!(
        rows,
        Code::ALL.len(),
        "docs/errors.md explains a code that does not exist"
    );
}
