//! What `--help` says; a default that changes is seen here.

use super::{hapline, printed};

/// `--help` of a command.
fn help(command: &[&str]) -> String {
    printed(hapline().args(command).arg("--help"))
}

#[test]
fn of_the_program() {
    insta::assert_snapshot!(help(&[]));
}

#[test]
fn of_report() {
    insta::assert_snapshot!(help(&["report"]));
}

#[test]
fn of_parse() {
    insta::assert_snapshot!(help(&["parse"]));
}

#[test]
fn of_serve() {
    insta::assert_snapshot!(help(&["serve"]));
}

#[test]
fn of_explain() {
    insta::assert_snapshot!(help(&["explain"]));
}

#[test]
fn the_short_one_fits_a_screen() {
    for command in [
        &[][..],
        &["report"],
        &["advise"],
        &["parse"],
        &["serve"],
        &["explain"],
    ] {
        let text = printed(hapline().args(command).arg("-h"));
        assert!(text.lines().count() <= 24, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }
}
