//! Text that clients and strangers put into a log reaches no terminal, document or program as they meant it.

use std::fs;

use super::{BACKEND_DOWN, document, report, sample};

/// A URL that paints the terminal, sets its title, turns the text around, and is HTML and Markdown too.
const URL: &str =
    "/\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}gpj\u{2066}|<img/src=x>[a](javascript:b)`c`";

/// The log of an outage in which every request asked for [`URL`], and bytes that are no UTF-8.
fn hostile() -> (tempfile::TempDir, String) {
    let log = fs::read(sample(BACKEND_DOWN)).unwrap();
    let mut bytes = Vec::new();
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        match line.windows(6).position(|part| part == b"\"GET /") {
            Some(at) => {
                bytes.extend_from_slice(&line[..at + 5]);
                bytes.extend_from_slice(URL.as_bytes());
                bytes.extend_from_slice(b"\xff\xfe HTTP/1.1\"\n");
            }
            None => bytes.extend_from_slice(line),
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.log");
    fs::write(&path, bytes).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (directory, path)
}

/// Characters that a terminal obeys, or that change the direction of text.
fn is_harmful(char: char) -> bool {
    (char != '\n' && char.is_control())
        || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[test]
fn no_face_carries_it_out() {
    let (_directory, path) = hostile();
    for format in ["text", "markdown", "slack", "html", "json"] {
        let shown = report(&[&path, "--format", format]);
        // A message has no lines of the log.
        let is_shown = shown.contains("owned") || format == "slack";
        assert!(is_shown, "{format} shows the URL");
        assert_eq!(
            shown.chars().find(|char| is_harmful(*char)),
            None,
            "{format}"
        );
    }
}

/// Over UDP anyone may send lines, with names of their own choice.
#[test]
fn names_are_text_like_any_other() {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let forged = log
        .replace(" lb1 ", " lb\u{1b}[1m ")
        .replace(" shop ", " sh\u{202e}op$(id) ")
        .replace("app/app", "app/$(id);app");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forged.log");
    fs::write(&path, forged).unwrap();
    let path = path.to_str().unwrap();
    for format in ["text", "markdown", "slack", "html", "json"] {
        let shown = report(&[path, "--format", format]);
        assert!(
            shown.contains("op$(id)") || shown.contains("op$\\(id\\)"),
            "{shown}"
        );
        assert_eq!(
            shown.chars().find(|char| is_harmful(*char)),
            None,
            "{format}"
        );
    }
    // What a shell is asked to run holds them in single quotes.
    let document = document(&[path]);
    let commands: Vec<&str> = document["incidents"][0]["runbook"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["command"].as_str())
        .collect();
    assert!(commands.iter().any(|command| command.contains("$(id)")));
    for command in commands {
        let bare: String = command.split('\'').step_by(2).collect();
        assert!(!bare.contains("$(") && !bare.contains(';'), "{command}");
    }
}

#[test]
fn a_page_of_advice_shows_names_as_text() {
    let log = fs::read_to_string(sample("samples/slow-server.log")).unwrap();
    let attack = "x<svg_onload=alert(1)>\u{1b}[31m\u{202e}";
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forged.log");
    fs::write(&path, log.replace("web/web3", &format!("web/{attack}web3"))).unwrap();
    let page = super::printed(super::hapline().args([
        "advise",
        path.to_str().unwrap(),
        "--timezone",
        "UTC",
        "--format",
        "html",
    ]));
    assert!(page.contains("alert(1)"), "{page}");
    assert!(!page.contains("<svg_onload"), "{page}");
    assert_eq!(page.chars().find(|char| is_harmful(*char)), None);
}

#[test]
fn markdown_stays_markdown() {
    let (_directory, path) = hostile();
    let shown = report(&[&path, "--format", "markdown"]);
    for line in shown.lines().filter(|line| line.starts_with("| ")) {
        assert!(!line.contains("<img"), "{line}");
        assert!(!line.contains("](javascript"), "{line}");
    }
}

#[test]
fn json_gives_the_text_back_as_it_was() {
    let (_directory, path) = hostile();
    let document = document(&[&path]);
    let evidence = document["incidents"][0]["cause"]["evidence"][0]["text"]
        .as_str()
        .unwrap();
    assert!(evidence.contains(URL), "{evidence:?}");
}

#[test]
fn what_is_found_is_the_same() {
    let (_directory, path) = hostile();
    let (hostile, plain) = (document(&[&path]), document(&[BACKEND_DOWN]));
    assert_eq!(hostile["totals"], plain["totals"]);
    assert_eq!(hostile["incidents"][0]["id"], plain["incidents"][0]["id"]);
    assert_eq!(hostile["coverage"], plain["coverage"]);
}

/// Names that call everybody, link elsewhere, and format.
#[test]
fn a_message_calls_nobody_and_links_nowhere() {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let forged = log
        .replace(" shop ", " <!channel>@here ")
        .replace("/app1", "/<http://evil|*app1*>")
        .replace("/app2", "/_app2_`x`");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forged.log");
    fs::write(&path, forged).unwrap();
    let path = path.to_str().unwrap();
    let shown = report(&[path, "--format", "slack"]);
    assert!(shown.contains("&lt;!channel&gt;＠here"), "{shown}");
    assert!(!shown.contains(['<', '@']), "{shown}");
    assert!(!shown.contains("http://evil"), "{shown}");
    // Bold, code and italics are our own: whole lines or their beginnings.
    for line in shown.lines() {
        let stars = line.matches('*').count();
        assert!(
            stars == 0 || (stars == 2 && line.starts_with('*')),
            "{line}"
        );
        let ticks = line.matches('`').count();
        assert!(ticks == 0 || (ticks == 2 && line.ends_with('`')), "{line}");
    }
}

#[test]
fn in_ascii_nothing_else_is_printed() {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let forged = log.replace(" app/", " ap\u{e9}\u{65e5}\u{202e}/");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forged.log");
    fs::write(&path, forged).unwrap();
    let path = path.to_str().unwrap();
    let shown = report(&[path, "--ascii"]);
    assert!(shown.is_ascii(), "{shown}");
    assert!(shown.contains("ap???"), "{shown}");
    assert_eq!(shown.chars().find(|char| is_harmful(*char)), None);
    // A command with a name that is not shown whole would be another one.
    assert!(!shown.contains("state ap?"), "{shown}");
}

/// What a client wrote runs nothing where the report is pasted into a shell, or read by one.
#[test]
fn a_shell_runs_nothing_of_it() {
    let log = fs::read_to_string(sample(BACKEND_DOWN)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let trap = directory.path().join("sprung");
    let attack = format!(
        "app1;touch\u{a0}{0};$(touch${{IFS}}{0})`touch${{IFS}}{0}`'",
        trap.display()
    );
    let forged = log.replace("/app1 ", &format!("/{attack} "));
    let path = directory.path().join("forged.log");
    fs::write(&path, forged).unwrap();
    let path = path.to_str().unwrap();
    let document = document(&[path]);
    let steps = document["incidents"][0]["runbook"]["steps"]
        .as_array()
        .unwrap();
    let commands = steps.iter().filter_map(|step| step["command"].as_str());
    for command in commands {
        // Its words alone: nothing that they name is run.
        let words = format!(
            "set -f; printf '%s\\n' {}",
            command.replace(['|', '<'], " ")
        );
        let shell = std::process::Command::new("bash")
            .args(["-c", &words])
            .output();
        assert!(shell.unwrap().status.success(), "{command}");
    }
    assert!(!trap.exists(), "something was run");
}
