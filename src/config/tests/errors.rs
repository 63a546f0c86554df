//! What is wrong, what is said, and files.

use std::path::Path;

use super::super::{Config, Origin, Timeout};
use super::{DATABASE, config, error, ms, proxy};

#[test]
fn conditions_are_read_in_all_branches_and_said() {
    let config = config(
        "defaults\n.if defined(X)\n timeout server 1s\n.else\n timeout server 2s\n.endif\n.notice \"hi\"\nbackend b\n",
    );
    assert_eq!(
        ms(proxy(&config, "b").timeout(Timeout::Server)),
        Some((2000, Origin::Defaults(None)))
    );
    let notes: Vec<_> = config
        .notes()
        .iter()
        .map(|note| (note.at.line, note.text.as_str()))
        .collect();
    let text = "nothing here tells whether this condition holds: all branches of this `.if` that may be taken are read as if they were in force";
    assert_eq!(notes, [(2, text)]);
}

#[test]
fn notes_say_what_was_passed_over() {
    let config = config("daemon\nbackend b\n timeout server 5min\n retries 3x");
    let notes: Vec<_> = config
        .notes()
        .iter()
        .map(|note| (note.at.line, note.text.as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            (
                1,
                "this line stands before the first section and is not read"
            ),
            (
                3,
                "`timeout server 5min`: HAProxy ignores the end of `5min`"
            ),
            (4, "`retries 3x`: HAProxy ignores the end of `3x`"),
            (
                4,
                "the last line has no line end: the file may have been cut here, and HAProxy refuses it"
            ),
        ]
    );
    assert_eq!(
        ms(proxy(&config, "b").timeout(Timeout::Server)),
        Some((300_000, Origin::Own))
    );
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    for (lines, wanted) in [
        (
            "timeout server 10x",
            "2:17: `timeout server` expects a time such as `10s` or `500ms`, got `10x`",
        ),
        (
            "timeout server ''",
            "2:17: `timeout server` expects a time such as `10s` or `500ms`, got ``",
        ),
        ("timeout server", "2:10: `timeout server` expects a time"),
        ("timeout", "2:2: `timeout` expects its name and a time"),
        (
            "timeout server 10 s",
            "2:20: `timeout server` expects the end of the line after its value, got `s`",
        ),
        (
            "timeout queue 25d",
            "2:16: `timeout queue 25d` is too large: expected at most 2147483647 ms (24.8 days)",
        ),
        (
            "retries many",
            "2:10: `retries` expects a whole number, got `many`",
        ),
        (
            "retries 9999999999",
            "2:10: `retries 9999999999` is too large: expected at most 4294967295",
        ),
        (
            "server s",
            "2:2: `server` expects an address after its name",
        ),
        (
            "server s a:1 check inter 0",
            "2:27: `inter` expects a value above 0",
        ),
        (
            "server s a:1 rise 0",
            "2:20: `rise` expects a value above 0",
        ),
        (
            "server s a:1 check fall",
            "2:21: `fall` expects a whole number",
        ),
        (
            "server-template s 3-1 a:1",
            "2:20: `server-template` expects a count such as `3` or a range such as `1-3`, got `3-1`",
        ),
        (
            "server-template s 1-2000000000 a:1",
            "2:20: `server-template` makes too many servers: expected at most 20000 in one configuration",
        ),
        (
            "server-template s 0-4294967295 a:1",
            "2:20: `server-template` makes too many servers: expected at most 20000 in one configuration",
        ),
        (
            "option httpchk GET \"/x",
            "2:21: expected the end of the quote that begins here, on the same line",
        ),
        (
            "log-format \"%ci $\"",
            "2:19: expected the name of an environment variable after `$`",
        ),
        (
            "timeout server \"\\x1b[31m\"",
            "2:17: `timeout server` expects a time such as `10s` or `500ms`, got `\\u{1b}[31m`",
        ),
    ] {
        assert_eq!(
            error(&format!("listen l\n {lines}\n")),
            format!("t.cfg:{wanted}"),
            "{lines}"
        );
    }
    assert_eq!(
        error("backend b from x\n"),
        "t.cfg:1:16: expected a section `defaults x` before this line"
    );
    assert_eq!(
        error("defaults\nfrontend\n"),
        "t.cfg:2:1: `frontend` expects a name"
    );
}

#[test]
fn what_is_no_configuration_is_said() {
    let no_section = "t.cfg:1:1: expected a section such as `global`, `defaults`, `frontend`, `backend` or `listen`, \
                      found none in the whole file";
    for text in [
        "",
        "# nothing\n",
        "Feb  6 12:14:14 lb haproxy[1]: \"GET\n",
        "globals\n listener x\n",
    ] {
        assert_eq!(error(text), no_section, "{text:?}");
    }
    let binary = "t.cfg:2:2: expected text, got a NUL byte: this is not a haproxy.cfg";
    assert_eq!(error("global\na\0"), binary);
}

#[test]
fn files_are_read_by_path() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("haproxy.cfg");
    std::fs::write(&path, DATABASE).expect("written");
    let config = Config::read(&path).expect("it parses");
    assert_eq!(
        (config.name(), config.proxies().count()),
        (path.to_str().expect("UTF-8"), 3)
    );
    let error = Config::read(Path::new("/nowhere/haproxy.cfg")).expect_err("there is none");
    assert_eq!(
        error.to_string(),
        "/nowhere/haproxy.cfg: cannot be read: No such file or directory (os error 2)"
    );
    assert_eq!(
        error.hint(),
        "check that the path exists and that you may read it"
    );
}
