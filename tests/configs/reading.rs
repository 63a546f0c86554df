//! All files are read and come back as they were; HAProxy takes those it should.

use std::collections::HashMap;
use std::path::Path;

use hapline::config::{Config, Environment};

use super::tools::{haproxy_refuses, has_haproxy};
use super::{all_files, files, root};

#[test]
fn every_file_is_read_and_comes_back_byte_for_byte() {
    let all = all_files();
    assert!(all.len() > 120, "{}", all.len());
    for path in all {
        let text = std::fs::read(&path).unwrap();
        let config = Config::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert!(config.syntax().print() == text, "{}", path.display());
    }
}

#[test]
fn the_real_haproxy_takes_the_accepted_files() {
    if !has_haproxy() {
        return;
    }
    let accepted = files("tests/configs/accepted");
    assert!(accepted.len() > 40);
    for path in accepted {
        let refused = haproxy_refuses(&root("tests/configs/accepted"), &path);
        assert_eq!(refused, None, "{}", path.display());
    }
    let several = root("tests/configs/several");
    assert_eq!(haproxy_refuses(&several, &several), None);
}

#[test]
fn a_folder_is_read_as_haproxy_reads_it() {
    let environment = Environment::Known(HashMap::new());
    let config = Config::read_all(&[root("tests/configs/several")], environment).unwrap();
    let names: Vec<&str> = config
        .files()
        .iter()
        .filter_map(|file| Path::new(file.name()).file_name()?.to_str())
        .collect();
    assert_eq!(names, ["10-defaults.cfg", "20-web.cfg", "B.cfg", "a.cfg"]);
    let app = config.backend("app").unwrap();
    assert!(config.file_of(&app.at).ends_with("B.cfg"));
    let weight = app.servers()[0].weight.as_ref().unwrap();
    assert_eq!((weight.value, weight.text.as_str()), (7, "\"$WEIGHT\""));
    let connect = &app.body().value("timeout connect").unwrap().at;
    assert_eq!(
        (
            config.file_of(connect).ends_with("10-defaults.cfg"),
            connect.line
        ),
        (true, 5)
    );
    let last = config.backend("last").unwrap();
    assert_eq!(last.body().time("timeout server"), Some(5000));
}

#[test]
fn a_section_ends_with_its_file() {
    let files = [
        (
            "one.cfg",
            "defaults\n timeout server 1s\nbackend a\n server s 10.0.0.1:1\n",
        ),
        ("two.cfg", " server t 10.0.0.1:2\nbackend b\n"),
    ];
    let config = Config::parse_all(&files, Environment::Unknown).unwrap();
    assert_eq!(config.backend("a").unwrap().servers().len(), 1);
    assert_eq!(
        config.backend("b").unwrap().body().time("timeout server"),
        Some(1000)
    );
    let note = &config.notes()[0];
    assert_eq!(
        (config.file_of(&note.at), note.text.as_str()),
        (
            "two.cfg",
            "this line stands before the first section and is not read"
        )
    );
    let refused = Config::parse_all(
        &[
            ("a.cfg", "global\n"),
            ("b.cfg", "backend b\n retries many\n"),
        ],
        Environment::Unknown,
    );
    let said = refused.unwrap_err().to_string();
    assert_eq!(
        said,
        "b.cfg:2:10: `retries` expects a whole number, got `many`"
    );
}

#[test]
fn conditions_and_variables_are_decided_where_they_are_certain() {
    let text = "\
global
 setenv SET 5s
 presetenv PRE 6s
 unsetenv GONE
.if defined(OUTER)
 maxconn 1
.elif streq(\"$SET\",5s)
 maxconn 2
.else
 maxconn 3
.endif
defaults
 timeout server \"$SET\"
 timeout client \"${PRE}\"
 timeout connect \"${OUTER-7s}\"
 timeout queue \"${GONE-8s}\"
frontend f
 bind \":${PORT}\"
 description \"${.FILE}:${.LINE} ${.SECTION} ${HAPROXY_LOCALPEER}\"
backend b
 server s 10.0.0.1:1 \"${MORE[*]}\"
";
    let answers = |environment: Environment| {
        let config = Config::parse_all(&[("c.cfg", text)], environment).unwrap();
        let [front, back] = ["f", "b"].map(|name| config.proxy(name).unwrap().clone());
        let names = ["timeout server", "timeout connect", "timeout queue"];
        let times = names.map(|name| back.body().time(name));
        let client = front.body().time("timeout client");
        let (bind, inter) = (front.binds()[0].address.clone(), back.servers()[0].inter());
        (config.global().maxconn(), times, client, bind, inter)
    };
    let (set, gone) = (Some(5000), Some(8000));
    let unknown = answers(Environment::Unknown);
    assert_eq!(
        unknown,
        (
            Some(2),
            [set, None, gone],
            None,
            ":${PORT}".to_owned(),
            None
        )
    );
    let pairs = [
        ("PRE", "9s"),
        ("OUTER", "1s"),
        ("PORT", "80"),
        ("MORE", "check inter 3s"),
    ];
    let known = pairs.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    let known = answers(Environment::Known(HashMap::from(known)));
    assert_eq!(
        known,
        (
            Some(1),
            [set, Some(1000), gone],
            Some(9000),
            ":80".to_owned(),
            Some(3000)
        )
    );
    let none = answers(Environment::Known(HashMap::new()));
    assert_eq!(
        none,
        (
            Some(2),
            [set, Some(7000), gone],
            Some(6000),
            ":".to_owned(),
            None
        )
    );
}

#[test]
fn conditions_without_their_partners_are_refused() {
    for (text, expected) in [
        (
            "global\n.if 1\n",
            "2:1: expected `.endif` for the `.if` that begins here, in the same file",
        ),
        (
            "global\n.endif\n",
            "2:1: expected an `.if` before this `.endif`",
        ),
        (
            "global\n.if 1\n.else\n.else\n.endif\n",
            "4:1: expected an `.if` before this `.else`",
        ),
        (
            "global\n.if 1 1\n.endif\n",
            "2:5: expected a condition such as `defined(NAME)` or `streq(a,b)`, got `1`",
        ),
    ] {
        let said = Config::parse("c.cfg", text.as_bytes())
            .unwrap_err()
            .to_string();
        assert_eq!(said, format!("c.cfg:{expected}"), "{text}");
    }
}
