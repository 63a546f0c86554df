//! Words and round trips.

use proptest::prelude::*;

use super::super::error::Problem;
use super::{Piece, Syntax};

fn words(text: &str) -> Vec<(Vec<u8>, bool)> {
    let syntax = Syntax::parse(text.as_bytes()).expect("it parses");
    let words = syntax.lines().iter().flat_map(super::Line::words);
    words
        .map(|word| (word.value.clone(), word.is_unexpanded()))
        .collect()
}

fn plain(text: &str) -> Vec<String> {
    let is_known = |(value, unexpanded): (Vec<u8>, bool)| {
        assert!(!unexpanded, "{text}");
        String::from_utf8(value).expect("UTF-8")
    };
    words(text).into_iter().map(is_known).collect()
}

#[test]
fn words_are_cut_as_haproxy_cuts_them() {
    for (text, wanted) in [
        ("", vec![]),
        (" \t # only a comment", vec![]),
        ("global#comment", vec!["global"]),
        ("  mode \t http\r\n", vec!["mode", "http"]),
        (r"log-format %t\ %s", vec!["log-format", "%t %s"]),
        (r#"log-format "%t %s""#, vec!["log-format", "%t %s"]),
        (
            r#"log-format "%o %t"' %s'\ %r"#,
            vec!["log-format", "%o %t %s %r"],
        ),
        (
            r#"a "it's # no 'comment" b"#,
            vec!["a", "it's # no 'comment", "b"],
        ),
        (r#"a '"$X" \n' b"#, vec!["a", r#""$X" \n"#, "b"]),
        (r#"\"a\" \'b\' \#c \\d"#, vec![r#""a""#, "'b'", "#c", r"\d"]),
        (r"\x41\x6a\t\n\r", vec!["Aj\t\n\r"]),
        (
            r#"$PATH \$PATH "\$PATH""#,
            vec!["$PATH", r"\$PATH", "$PATH"],
        ),
        (r"regsub(\1,\.,\w)", vec![r"regsub(\1,\.,\w)"]),
        (r#"a "" '' b"#, vec!["a", "", "", "b"]),
        ("a\rb\nc", vec!["a", "c"]),
        ("a\\", vec!["a\\"]),
        ("a\\\nb", vec!["a\\", "b"]),
        ("a\x0bb\x0cc", vec!["a", "b", "c"]),
    ] {
        assert_eq!(plain(text), wanted, "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_kept() {
    let syntax = Syntax::parse(b"acl caf\xe9 path /\xe9 # \xff\n\xfe").expect("it parses");
    let word = syntax.lines()[0].words().nth(1).expect("a word");
    assert_eq!(word.value, b"caf\xe9");
    assert_eq!(word.text(), "caf\u{fffd}");
    assert_eq!(syntax.print(), syntax.text());
}

#[test]
fn variables_stay_as_written_and_are_marked() {
    for text in [
        "$VAR",
        "${VAR}",
        "${VAR-a b'c}",
        "${VAR[*]}",
        "${.LINE}",
        "x${A}y${B-}z",
    ] {
        let quoted = format!("\"{text}\"");
        assert_eq!(words(&quoted), [(text.as_bytes().to_vec(), true)], "{text}");
    }
    assert_eq!(words(r#""${A-"b"}""#), [(br#"${A-"b"}"#.to_vec(), true)]);
}

#[test]
fn a_word_knows_its_place() {
    let text = "global\r\n\tlog  \"a b\" local0 # end\n";
    let syntax = Syntax::parse(text.as_bytes()).expect("it parses");
    let words: Vec<_> = syntax.lines()[1].words().collect();
    let places: Vec<_> = words
        .iter()
        .map(|word| (word.at.line, word.at.column, &text[word.at.span.clone()]))
        .collect();
    assert_eq!(
        places,
        [(2, 2, "log"), (2, 7, "\"a b\""), (2, 13, "local0")]
    );
}

#[test]
fn line_ends_and_comments_do_not_share_bytes() {
    let text = b"#a\r\n#b\n#c\r\rd\r\n\r\n\n#e\r";
    let syntax = Syntax::parse(text).expect("it parses");
    let pieces = syntax.lines().iter().flat_map(|line| &line.pieces);
    let shown: Vec<_> = pieces
        .map(|piece| match piece {
            Piece::Comment(span) => ("comment", &text[span.clone()]),
            Piece::LineEnd(span) => ("end", &text[span.clone()]),
            other => panic!("{other:?}"),
        })
        .collect();
    let wanted: [(&str, &[u8]); 9] = [
        ("comment", b"#a"),
        ("end", b"\r\n"),
        ("comment", b"#b"),
        ("end", b"\n"),
        ("comment", b"#c\r\rd"),
        ("end", b"\r\n"),
        ("end", b"\r\n"),
        ("end", b"\n"),
        ("comment", b"#e\r"),
    ];
    assert_eq!(shown, wanted);
}

#[test]
fn errors_stand_where_haproxy_points() {
    for (text, line, column, problem) in [
        ("a\n b \"c\nd\"", 2, 4, Problem::UnterminatedQuote),
        ("a 'b\r\n'", 1, 3, Problem::UnterminatedQuote),
        ("log-format \"a$\"", 1, 15, Problem::VariableName),
        ("a \"${1}\"", 1, 6, Problem::VariableName),
        ("a \"x${B\"", 1, 5, Problem::UnterminatedBrace),
        ("a \"${B-c\nd}\"", 1, 4, Problem::UnterminatedBrace),
        ("a \"${B[1]}\"", 1, 7, Problem::Expansion),
        (r"a b\xg0", 1, 4, Problem::Hexadecimal),
        (r"a b\x4", 1, 4, Problem::Hexadecimal),
    ] {
        let error = Syntax::parse(text.as_bytes()).expect_err(text);
        assert_eq!(
            (error.line, error.column, error.problem),
            (line, column, problem),
            "{text:?}"
        );
    }
}

/// Checks that the pieces cover the file without gaps, and that columns agree with spans.
fn assert_lossless(text: &[u8]) {
    let Ok(syntax) = Syntax::parse(text) else {
        return;
    };
    assert_eq!(syntax.print(), text);
    let mut end = 0;
    for (index, line) in syntax.lines().iter().enumerate() {
        let line_start = end;
        for piece in &line.pieces {
            let span = piece.span();
            assert_eq!(span.start, end);
            assert!(span.end > span.start);
            end = span.end;
            if let Piece::Word(word) = piece {
                assert_eq!(
                    (word.at.line, word.at.column),
                    (index + 1, span.start - line_start + 1)
                );
            }
        }
    }
    assert_eq!(end, text.len());
}

proptest! {
    #[test]
    fn printing_gives_the_file_back(text in r#"([ \ta-z$#"'\\x{}\[\]*.0-9\r-]{0,12}\r?\n?){0,12}"#) {
        assert_lossless(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_lossless_or_refused(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert_lossless(&text);
    }

    #[test]
    fn a_quoted_word_comes_back(value in r#"[ -~]{1,30}"#) {
        let escaped: String = value.chars().flat_map(|char| {
            let escape = matches!(char, '"' | '\\' | '$').then_some('\\');
            escape.into_iter().chain([char])
        }).collect();
        prop_assert_eq!(plain(&format!("a \"{escaped}\" b")), ["a", value.as_str(), "b"]);
    }
}
