//! A record is its line: nothing of it is lost, and nothing of one field reaches another.
//!
//! `shapes` writes lines from drawn values, `rewrite` writes them again from what was printed alone.

mod rewrite;
mod shapes;
mod values;

use std::collections::BTreeSet;

use hapline::line::Reader;
use hapline::record;
use hapline::report::records::{Face, Place};
use proptest::prelude::*;
use serde_json::{Map, Value};

use shapes::{Shape, TRAFFIC};

/// What a line is printed as.
fn printed(line: &str) -> Map<String, Value> {
    let mut out = Vec::new();
    let place = Place {
        source: "haproxy.log",
        line: 1,
    };
    record::read(line.as_bytes(), &Reader::default(), |record| {
        Face::Json.write(place, &record, &mut out);
    });
    serde_json::from_slice(&out).expect("an object")
}

/// Names of the fields that are not the same.
fn differences(one: &Map<String, Value>, other: &Map<String, Value>) -> BTreeSet<String> {
    let names = one.keys().chain(other.keys());
    names
        .filter(|name| one.get(*name) != other.get(*name))
        .cloned()
        .collect()
}

/// A shape, values for its slots, and another value for one of them.
fn change(shapes: Vec<Shape>) -> impl Strategy<Value = (Vec<String>, usize, String, Shape)> {
    let shape = proptest::sample::select(shapes);
    shape.prop_flat_map(|shape| {
        let slots = shape.slots();
        let drawn: Vec<_> = slots.iter().map(|slot| values::of(slot)).collect();
        let at = 0..slots.len();
        (drawn, at).prop_flat_map(move |(drawn, at)| {
            let other = values::of(shape.slots()[at]);
            (Just(drawn), Just(at), other, Just(shape))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_traffic_line_can_be_written_again((values, _, _, shape) in change(TRAFFIC.to_vec())) {
        let line = shape.line(&values);
        let record = printed(&line);
        prop_assert_eq!(rewrite::line(&record), line, "{:?}", record);
    }

    #[test]
    fn a_change_of_one_field_changes_that_field((values, at, other, shape) in change(shapes::all())) {
        prop_assume!(values[at] != other);
        let mut changed = values.clone();
        changed[at] = other;
        let (before, after) = (shape.line(&values), shape.line(&changed));
        let (before, after) = (printed(&before), printed(&after));
        let slot = shape.slots()[at];
        let expected: BTreeSet<String> = shape.fields(slot).into_iter().map(str::to_owned).collect();
        prop_assert_eq!(differences(&before, &after), expected, "{}: {:?}", slot, after);
    }

    #[test]
    fn a_cut_line_has_nothing_but_what_stood_before((values, _, _, shape) in change(TRAFFIC.to_vec()), cut in any::<prop::sample::Index>()) {
        let line = shape.line(&values);
        let whole = printed(&line);
        let cuts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        let left = printed(&line[..*cut.get(&cuts)]);
        for (name, value) in &left {
            // Cookies are copied as they are: a quote that is the last of a CLF line may be theirs.
            let raw = name.ends_with("_cookie") && left["kind"] == "clf_http";
            if raw || STATE.contains(&name.as_str()) {
                continue;
            }
            let there = match (name.as_str(), whole.get(name)) {
                // Of one block it cannot be told whose it is.
                ("caps", None) => whole.get("req_caps"),
                (_, there) => there,
            };
            let same = there == Some(value);
            let begun = TEXT.contains(&name.as_str()) && there.is_some();
            prop_assert!(same || begun, "{}: {:?}", name, left);
        }
    }
}

/// How much of the line there is, and fields of which a beginning is one too: texts, and the last number of a line.
const STATE: [&str; 5] = ["kind", "truncated", "message", "more", "lossy_utf8"];
const TEXT: [&str; 8] = [
    "request",
    "uri",
    "req_caps",
    "resp_caps",
    "caps",
    "error",
    "ssl",
    "backend_queue",
];
