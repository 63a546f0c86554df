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
fn of_stats() {
    insta::assert_snapshot!(help(&["stats"]));
}

#[test]
fn of_serve() {
    insta::assert_snapshot!(help(&["serve"]));
}

#[test]
fn of_advise() {
    insta::assert_snapshot!(help(&["advise"]));
}

#[test]
fn of_top() {
    insta::assert_snapshot!(help(&["top"]));
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
        &["stats"],
        &["serve"],
        &["explain"],
        &["top"],
        &["man"],
        &["completions"],
    ] {
        let text = printed(hapline().args(command).arg("-h"));
        assert!(text.lines().count() <= 24, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }
}

/// A page of the manual as `man` shows it, if the machine has what it takes; else its source.
fn page(arguments: &[&str]) -> String {
    printed(hapline().arg("man").args(arguments))
}

#[test]
fn every_command_has_a_manual_page_with_examples() {
    let program = page(&[]);
    assert!(program.contains(".TH hapline 1"), "{program}");
    for command in [
        "report",
        "advise",
        "serve",
        "top",
        "parse",
        "explain",
        "man",
        "completions",
    ] {
        assert!(
            program.contains(&format!("hapline\\-{command}(1)")),
            "{command}"
        );
        let page = page(&[command]);
        assert!(page.contains(&format!(".TH hapline-{command} 1")), "{page}");
        assert!(page.contains(".SH EXAMPLES"), "{page}");
        assert!(page.contains("hapline "), "{page}");
    }
    let said = super::refused(hapline().args(["man", "nothing"]));
    assert!(
        said.starts_with("hapline: there is no command nothing\nhint: there are report"),
        "{said}"
    );
}

#[test]
fn pages_are_written_each_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    printed(hapline().args(["man", "--out", out]));
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.contains(&"hapline.1".to_owned()), "{names:?}");
    assert!(names.contains(&"hapline-report.1".to_owned()), "{names:?}");
    let written = std::fs::read_to_string(folder.path().join("hapline-report.1")).unwrap();
    assert_eq!(written, page(&["report"]));
}

/// What bash completes with the script, of a command that is begun.
fn completed(script: &str, words: &[&str]) -> Vec<String> {
    let (last, place) = (words.len() - 1, words.len() - 1);
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "{script}\nCOMP_WORDS=({}); COMP_CWORD={place}; _hapline hapline '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words[last],
        words[last - 1],
    );
    let run = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn shells_complete_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(hapline().args(["completions", shell]));
        for word in ["hapline", "report", "ascii", "connect"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let script = printed(hapline().args(["completions", "bash"]));
    assert_eq!(completed(&script, &["hapline", "rep"]), ["report"]);
    assert_eq!(
        completed(&script, &["hapline", "report", "--asc"]),
        ["--ascii"]
    );
    assert_eq!(
        completed(&script, &["hapline", "report", "--format", "sl"]),
        ["slack"]
    );
}
