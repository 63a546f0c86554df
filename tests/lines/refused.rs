//! Log-formats whose lines cannot be taken apart again, and what is said of them.

use hapline::line::format::Problem;
use hapline::line::{Format, FormatError};

#[test]
fn formats_that_cannot_be_told_apart_are_refused_by_name() {
    for (text, first, second) in [
        ("%tsc %b%s", "%b", "%s"),
        ("%tsc %ST%B", "%ST", "%B"),
        ("%tsc %b:%s", "%b", "%s"),
        ("%tsc %s-%b", "%s", "%b"),
        ("%tsc %[a] %[b]", "%[a]", "%[b]"),
        ("%tsc %[a],%[b] %ST", "%[a]", "%[b]"),
        ("%tsc %HU,%[b] %ST", "%HU", "%[b]"),
        ("%tsc %r %[b]", "%r", "%[b]"),
        ("%tsc %[a]%ST", "%[a]", "%ST"),
        ("%tsc %hrl %hsl", "%hrl", "%hsl"),
        ("%tsc %ci%cp", "%ci", "%cp"),
        ("%tsc %ci:%cp:%b", "%cp", "%b"),
        ("%tsc %HM%HU", "%HM", "%HU"),
        ("%tsc %{+Q}hrl %{+Q}s", "%hrl", "%s"),
    ] {
        let error = Format::compile("www", text).expect_err(text);
        if let Problem::Ambiguous { instead, .. } = &error.problem {
            let parted = Format::compile("www", &format!("%tsc {instead}"));
            assert!(parted.is_ok(), "{text}: {parted:?}");
        }
        let error = error.to_string();
        assert!(error.starts_with("log-format of www, byte "), "{error}");
        let named = error.contains(&format!("`{first}` ends and `{second}` begins"));
        assert!(named, "{text}: {error}");
    }
}

#[test]
fn formats_that_fit_any_text_are_refused() {
    for text in [
        "",
        "%ci",
        "%H %b/%s",
        "%[var(txn.log)]",
        "plain",
        "%{+json}o %(u)r",
    ] {
        let error = Format::compile("www", text).expect_err(text);
        assert_eq!(error.problem, Problem::Shapeless, "{text}");
    }
    let unnamed = Format::compile("www", "%{+json}o %ST").expect_err("no name");
    assert_eq!(unnamed.problem, Problem::Unnamed);
}

#[test]
fn errors_say_where() {
    let FormatError { at, .. } = Format::compile("www", "%ci %STx").expect_err("no alias");
    assert_eq!(at, 6);
    let FormatError { at, .. } = Format::compile("www", "%tsc %b%s").expect_err("ambiguous");
    assert_eq!(at, 6);
}

#[test]
fn errors_hold_no_control_characters() {
    for text in [
        "%tsc %[a\u{1b}] %[b\u{1b}]",
        "%tsc %[a]\u{1b}%[b]",
        "%{\u{1b}}r",
        "%\u{1b}",
    ] {
        let error = Format::compile("\u{1b}", text).expect_err(text).to_string();
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
}
