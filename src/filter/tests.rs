//! An expression is what it prints, and logic holds for it; no text is too much.

use proptest::prelude::*;

use super::syntax::{Comparison, Expr, KEYWORDS, Path, Relation, Step, Word};
use super::{Filter, compile, grammar};
use crate::line::Reader;
use crate::record;
use crate::time::zone::Zone;

fn utc() -> Zone {
    Zone::named("UTC").expect("a zone")
}

/// The same tree at no place.
fn unplaced(expr: Expr) -> Expr {
    let word = |word: Word| Word {
        place: 0..0,
        ..word
    };
    match expr {
        Expr::Or(all) => Expr::Or(all.into_iter().map(unplaced).collect()),
        Expr::And(all) => Expr::And(all.into_iter().map(unplaced).collect()),
        Expr::Not(one) => Expr::Not(Box::new(unplaced(*one))),
        Expr::Test(path, relation) => {
            let relation = match relation {
                Relation::Set | Relation::Has => relation,
                Relation::Compare(comparison, value) => Relation::Compare(comparison, word(value)),
                Relation::Match { negated, pattern } => Relation::Match {
                    negated,
                    pattern: word(pattern),
                },
                Relation::In { negated, items } => Relation::In {
                    negated,
                    items: items.into_iter().map(word).collect(),
                },
            };
            Expr::Test(
                Path {
                    place: 0..0,
                    ..path
                },
                relation,
            )
        }
    }
}

fn word() -> impl Strategy<Value = Word> {
    let quoted = "\\PC{0,8}".prop_map(|text| (text, true));
    let bare = "[a-z0-9<>/:.^_-]{1,8}".prop_map(|text| (text, false));
    let is_value = |(text, quoted): &(String, bool)| *quoted || !KEYWORDS.contains(&text.as_str());
    let is_no_operator =
        |(text, quoted): &(String, bool)| *quoted || !text.starts_with(['>', '=', '~']);
    prop_oneof![quoted, bare]
        .prop_filter("a keyword", is_value)
        .prop_filter("an operator", is_no_operator)
        .prop_map(|(text, quoted)| Word {
            place: 0..0,
            text,
            quoted,
        })
}

fn path() -> impl Strategy<Value = Path> {
    let step = prop_oneof![
        (1_usize..100).prop_map(Step::Nth),
        "[a-z_][a-z0-9_-]{0,5}".prop_map(Step::Member),
    ];
    let name = "[a-zA-Z_][a-zA-Z0-9_]{0,8}"
        .prop_filter("a keyword", |name| !KEYWORDS.contains(&name.as_str()));
    (name, prop::collection::vec(step, 0..3)).prop_map(|(name, steps)| Path {
        place: 0..0,
        name,
        steps,
    })
}

fn relation() -> impl Strategy<Value = Relation> {
    prop_oneof![
        Just(Relation::Set),
        Just(Relation::Has),
        (prop::sample::select(&Comparison::ALL), word())
            .prop_map(|(comparison, word)| Relation::Compare(comparison, word)),
        (any::<bool>(), word()).prop_map(|(negated, pattern)| Relation::Match { negated, pattern }),
        (any::<bool>(), prop::collection::vec(word(), 1..4))
            .prop_map(|(negated, items)| Relation::In { negated, items }),
    ]
}

fn tree(leaf: impl Strategy<Value = Expr> + 'static) -> impl Strategy<Value = Expr> {
    leaf.prop_recursive(5, 40, 4, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(Expr::Or),
            several.prop_map(Expr::And),
            inner.prop_map(|one| Expr::Not(Box::new(one))),
        ]
    })
}

/// Trees of comparisons that some line of [`LINES`] makes true, false and unknown.
fn sensible() -> impl Strategy<Value = Expr> {
    const TESTS: [&str; 8] = [
        "status>=500",
        "Tr in -1, 20..100",
        "backend=api",
        "has req_cookie",
        "term~^S",
        "tls",
        "client_ip in 10.0.0.0/8",
        "host!=lb1",
    ];
    tree(prop::sample::select(&TESTS).prop_map(|text| grammar::parse(text).expect("a test")))
}

const LINES: [&str; 5] = [
    "Feb  6 12:14:14 lb1 haproxy[7]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ api/s1 0/0/1/30/31 200 2750 a=b - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
    "Feb  6 12:14:14 lb2 haproxy[7]: 192.0.2.1:33317 [06/Feb/2026:12:14:14.655] www web/<NOSRV> 0/-1/-1/-1/5 503 217 - - SC-- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
    "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt api/srv1 0/1/2 120 -- 3/3/3/1/0 0/0",
    "Feb  6 12:14:14 lb1 haproxy[7]: Server api/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
    "something else",
];

/// What an expression says of each of [`LINES`].
fn truths(expr: &Expr) -> [Option<bool>; 5] {
    let text = expr.to_string();
    let filter = Filter::compile(&text, &utc()).unwrap_or_else(|error| panic!("{text}: {error}"));
    LINES.map(|line| {
        record::read(line.as_bytes(), &Reader::default(), |record| {
            filter.truth(&record)
        })
    })
}

fn not(expr: Expr) -> Expr {
    Expr::Not(Box::new(expr))
}

proptest! {
    #[test]
    fn an_expression_is_what_it_prints(expr in tree((path(), relation()).prop_map(|(path, relation)| Expr::Test(path, relation)))) {
        let printed = expr.to_string();
        let parsed = grammar::parse(&printed).map(unplaced);
        prop_assert_eq!(parsed, Ok(expr), "{}", printed);
    }

    #[test]
    fn twice_not_is_nothing(expr in sensible()) {
        prop_assert_eq!(truths(&not(not(expr.clone()))), truths(&expr));
    }

    #[test]
    fn not_turns_or_into_and(one in sensible(), other in sensible()) {
        let both = |join: fn(Vec<Expr>) -> Expr, one: &Expr, other: &Expr| join(vec![one.clone(), other.clone()]);
        let (no, neither) = (not(one.clone()), not(other.clone()));
        prop_assert_eq!(truths(&not(both(Expr::Or, &one, &other))), truths(&both(Expr::And, &no, &neither)));
        prop_assert_eq!(truths(&not(both(Expr::And, &one, &other))), truths(&both(Expr::Or, &no, &neither)));
    }

    #[test]
    fn what_is_unknown_is_neither(expr in sensible()) {
        for (truth, opposite) in truths(&expr).into_iter().zip(truths(&not(expr.clone()))) {
            prop_assert_eq!(truth.map(|truth| !truth), opposite);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        told(&text);
    }

    #[test]
    fn no_almost_expression_panics(parts in prop::collection::vec(prop::sample::select(&PARTS), 0..14)) {
        told(&parts.concat());
        told(&parts.join(" "));
    }
}

const PARTS: [&str; 36] = [
    "status",
    "Tr",
    "ts",
    "client_ip",
    "backend",
    "req_caps",
    "tls",
    "bytes",
    "accept_delay",
    "nope",
    "=",
    "!=",
    "<",
    ">=",
    "~",
    "!~",
    " in ",
    " not ",
    " and ",
    " or ",
    "has ",
    "(",
    ")",
    "[1]",
    "[",
    ".x",
    ",",
    "..",
    "500",
    "1s",
    "é",
    "\"",
    "'",
    "\\",
    "10.0.0.0/8",
    "2026-03-14T09:12",
];

/// Reads a text, and tells what is wrong with it.
fn told(text: &str) {
    if let Err(error) = Filter::compile(text, &utc()) {
        assert_eq!(error.pieces().concat(), text);
        assert!(!error.hint().is_empty() && !error.to_string().is_empty());
    }
}

#[test]
fn depth_length_and_patterns_are_bounded() {
    let refused = |text: &str| match Filter::compile(text, &utc()) {
        Err(error) => error.problem.to_string(),
        Ok(_) => panic!("{} bytes are read", text.len()),
    };
    let deep = |n: usize| format!("{}status=1{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::compile(&deep(64), &utc()).is_ok());
    assert!(refused(&deep(65)).contains("64 deep"));
    assert!(refused(&deep(8000)).contains("64 deep"));
    assert!(Filter::compile(&format!("{}tls", "not ".repeat(64)), &utc()).is_ok());
    assert!(refused(&format!("{}tls", "not ".repeat(4000))).contains("64 deep"));
    assert!(refused(&"x".repeat(20_000)).contains("16 KiB"));
    let many = ["backend~x"; 65].join(" or ");
    assert!(refused(&many).contains("64 regular expressions"));
    assert!(refused("backend~(x{1000}){1000}").contains("1 MiB"));
    assert!(refused(&format!("backend~{}x{}", "(".repeat(200), ")".repeat(200))).contains("nest"));
}

#[test]
fn every_kind_belongs_to_a_name_that_can_be_typed() {
    for name in Filter::names() {
        assert!(grammar::parse(&format!("has {name}")).is_ok(), "{name}");
    }
}

#[test]
fn only_questions_about_neighbours_need_them() {
    for (text, expected) in [
        ("status=1 or not (accept_count>3)", true),
        ("accept_delay>1s", true),
        ("status=1", false),
    ] {
        let expr = grammar::parse(text).expect("an expression");
        let node = compile::compile(text, &expr).expect("fields");
        assert_eq!(super::needs_accepts(&node), expected, "{text}");
    }
}
