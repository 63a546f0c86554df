//! The table against the formats of HAProxy's manual, and against itself.
//!
//! Enters: formats as the manual writes them. Leaves: nothing. Must not know: how lines are read.

use super::How::{Bounded, Invisible, Measured};
use super::formats::{CLF, HTTP, HTTPS, TCP};
use super::*;
use crate::words::keywords::keyword;
use crate::words::lookup::explain;

/// The aliases of a format, as HAProxy's manual writes it (8.2).
fn written(format: &str) -> Vec<String> {
    let mut fields = Vec::new();
    for part in format.split('%').skip(1) {
        let part =
            part.split_once('}').map_or(
                part,
                |(flags, rest)| {
                    if flags.starts_with('{') { rest } else { part }
                },
            );
        let end = match part.strip_prefix('[') {
            Some(expression) => {
                let (inner, _) = expression.split_once(']').expect("a closing bracket");
                fields.push(inner.to_owned());
                continue;
            }
            None => part
                .find(|letter: char| !letter.is_ascii_alphabetic())
                .unwrap_or(part.len()),
        };
        if &part[..end] != "o" {
            fields.push(part[..end].to_owned());
        }
    }
    fields
}

#[test]
fn formats_have_the_fields_of_the_manual() {
    const MANUAL_HTTP: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc \
                               %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";
    const MANUAL_TLS: &str = " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] \
                              %[ssl_fc_sni]/%sslv/%sslc";
    for (fields, manual) in [
        (HTTP, MANUAL_HTTP),
        (HTTPS, &format!("{MANUAL_HTTP}{MANUAL_TLS}")),
        (
            CLF,
            "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc \
             %rc %sq %bq %CC %CS %hrl %hsl",
        ),
        (
            TCP,
            "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq",
        ),
    ] {
        assert_eq!(fields, written(manual));
    }
}

#[test]
fn what_the_built_in_formats_show() {
    let hows = |name: &str| -> Vec<How> {
        let sights = FORMATS.iter().map(|format| sight(name, format.fields));
        sights.map(|sight| sight.expect(name).how).collect()
    };
    let (m, b, i) = (Measured, Bounded, Invisible);
    for (name, expected) in [
        ("timeout connect", [m, m, m, m, i, i]),
        ("timeout client", [b, b, b, b, i, i]),
        ("timeout server", [m, m, m, b, i, i]),
        ("timeout server (within the answer)", [b, b, b, b, i, i]),
        ("timeout queue", [m, m, m, m, i, i]),
        ("timeout http-request", [b, b, b, i, i, i]),
        ("timeout http-keep-alive", [i, i, i, i, i, i]),
        ("timeout tunnel", [b, b, b, b, i, i]),
        ("timeout check", [b, b, b, b, b, b]),
        ("maxconn", [m, m, m, m, i, i]),
        ("maxconn (frontend)", [m, m, m, m, i, i]),
        ("cookie", [m, m, m, i, i, i]),
        ("http-reuse", [b, b, b, b, i, i]),
        ("fall", [i, i, i, i, i, i]),
        ("downinter", [i, i, i, i, i, i]),
    ] {
        assert_eq!(hows(name), expected, "{name}");
    }
}

#[test]
fn a_log_format_is_judged_by_its_fields() {
    let see = |keyword: &str, fields: &[&str]| sight(keyword, fields).expect(keyword);
    let idle = see("timeout http-keep-alive", HTTP);
    assert_eq!((idle.how, idle.to_see_it), (Invisible, Some("`%Ti`")));
    for field in ["Ti", "%Ti", "%[req.timer.idle]"] {
        let idle = see("timeout http-keep-alive", &[field]);
        assert_eq!((idle.how, idle.to_see_it), (Measured, None), "{field}");
    }
    // No format has the pauses within an answer, so that nothing is to be added.
    for fields in [HTTP, TCP, &["Td"][..], &["%Ta"][..]] {
        let pauses = see("timeout server (within the answer)", fields);
        assert_eq!((pauses.how, pauses.to_see_it), (Bounded, None));
    }
    assert_eq!(see("timeout connect", &["Tc"]).how, Bounded);
    assert_eq!(see("fall", &["tsc", CHECK_LINES]).how, Measured);
    assert_eq!(see("timeout queue", &["TW", "T", "w"]).how, Invisible);
    assert_eq!(sight("timeout", HTTP), None);
    assert_eq!(sight("maxconn (backend)", HTTP), None);
}

#[test]
fn what_is_named_to_see_it_shows_it() {
    for row in limits() {
        let Some(what) = row.to_see_it else { continue };
        let added: Vec<&str> = what.split('`').skip(1).step_by(2).collect();
        assert_eq!(row.sight(&added).to_see_it, None, "{}", row.name());
        let best = row.ways.first().expect(what);
        assert_eq!(row.sight(&added).by, best.by, "{}", row.name());
    }
}

#[test]
fn better_ways_come_first_and_more_fields_never_show_less() {
    for row in limits() {
        assert!(row.ways.is_sorted_by_key(|way| way.how), "{}", row.name());
        let all: Vec<&str> = row
            .ways
            .iter()
            .flat_map(|way| way.needs.iter().copied())
            .collect();
        for format in FORMATS {
            let more = [format.fields, &all].concat();
            assert!(row.sight(&more).how <= row.sight(format.fields).how);
        }
        let ends_open = row.ways.last().is_some_and(|way| way.needs.is_empty());
        assert_eq!(row.otherwise.is_empty(), ends_open, "{}", row.name());
    }
}

#[test]
fn rows_speak_of_known_words() {
    let mut names: Vec<String> = limits().map(Limit::name).collect();
    for row in limits() {
        assert!(keyword(row.keyword).is_some(), "{}", row.keyword);
        for word in row.met {
            let is_event = matches!(*word, "is DOWN" | "is UP");
            assert!(
                is_event || explain(word).is_some(),
                "{}: {word}",
                row.keyword
            );
        }
    }
    names.sort_unstable();
    let rows = names.len();
    names.dedup();
    assert_eq!(names.len(), rows, "each row once");
}
