//! Lines that a container's runtime cut in parts are the lines they were.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::cuts::in_parts;
use crate::lines::{Runtime, Wall};
use crate::logs::{Log, NEW_YEAR, NOON, grid, steady};
use crate::read::{
    Reader, counted_once, coverage, differences, differences_in, folder, json, name,
};

/// How a line came out of a container.
#[derive(Debug, Clone)]
struct Output {
    stderr: bool,
    /// Where it was cut, in parts of its length of 256.
    cuts: Vec<u8>,
    /// Its parts stand between those of the line before it, if that was of the other output.
    mixed: bool,
}

fn outputs() -> impl Strategy<Value = Vec<Output>> {
    let output = (any::<bool>(), vec(any::<u8>(), 0..4), any::<bool>());
    vec(
        output.prop_map(|(stderr, mut cuts, mixed)| {
            cuts.sort_unstable();
            Output {
                stderr,
                cuts,
                mixed,
            }
        }),
        60,
    )
}

fn runtime() -> impl Strategy<Value = Runtime> {
    prop::sample::select(vec![Runtime::Cri, Runtime::Docker])
}

/// The lines of a log as a container's runtime writes them, each with its newline; `whole` ones are not cut.
fn contained(log: &Log, runtime: Runtime, outputs: &[Output], whole: bool) -> Vec<Vec<u8>> {
    let wall = Wall::of(log.scene.zone);
    let mut lines: Vec<(bool, Vec<u8>)> = Vec::new();
    let (mut mixable, mut last_second) = (0, i64::MIN);
    for (((second, what), output), port) in log.lines.iter().zip(outputs).zip(1..) {
        let text = wall.line(*second, log.header, what, port);
        let at = |cut: &u8| text.len() * usize::from(*cut) / 256;
        let ends = output.cuts.iter().map(at).chain([text.len()]);
        let mut from = 0;
        let mut parts: Vec<(bool, Vec<u8>)> = Vec::new();
        for end in if whole {
            vec![text.len()]
        } else {
            ends.collect()
        } {
            let last = end == text.len() && (whole || parts.len() == output.cuts.len());
            let part = runtime.line(*second, output.stderr, &text[from..end], last);
            parts.push((output.stderr, part));
            from = end;
        }
        let before = lines.len() - mixable;
        let is_other = lines
            .last()
            .is_some_and(|(stderr, _)| *stderr != output.stderr);
        // The parts of a line come within a moment.
        let is_near = second.abs_diff(last_second) <= 5;
        last_second = *second;
        if output.mixed && is_other && is_near && !whole {
            // One of these, one of those.
            for (nth, part) in parts.iter().enumerate().take(mixable) {
                lines.insert((before + 2 * nth + 1).min(lines.len()), part.clone());
            }
            lines.extend(parts.into_iter().skip(mixable));
            mixable = 0;
        } else {
            mixable = parts.len();
            lines.extend(parts);
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn cut_lines_are_the_lines_they_were(
        log in steady(&[NOON, NEW_YEAR]), runtime in runtime(), outputs in outputs(),
    ) {
        // One block holds both: where blocks begin decides what is late.
        let reader = Reader::new(log.scene.zone, 1 << 19, log.modified());
        let [cut, whole] = [false, true].map(|whole| contained(&log, runtime, &outputs, whole));
        let [cut, whole] = [cut, whole].map(|lines| reader.report("log", &reader.fold(0, &lines.concat())));
        counted_once(&cut);
        prop_assert_eq!(coverage(&cut, "lines"), log.lines.len() as u64);
        for part in ["coverage", "totals", "figures", "incidents", "advice"] {
            prop_assert_eq!(differences_in(part, &cut, &whole), [""; 0]);
        }
    }

    #[test]
    fn any_cut_of_the_input_gives_the_same(
        log in steady(&[NOON]), runtime in runtime(), outputs in outputs(), grid in grid(),
        sizes in vec(0usize..12, 0..8),
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let lines = contained(&log, runtime, &outputs, false);
        let whole = reader.fold(0, &lines.concat());
        let pieces = in_parts(&reader, &lines, &sizes, &[0]);
        prop_assert_eq!(reader.minutes(&pieces), reader.minutes(&whole));
        prop_assert_eq!(differences(&reader.report("log", &pieces), &reader.report("log", &whole)), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn files_and_streams_join_alike(
        log in steady(&[NOON]), runtime in runtime(), outputs in outputs(), grid in grid(),
        sizes in vec(1usize..2_000, 1..6),
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let mut bytes = contained(&log, runtime, &outputs, false).concat();
        if !log.ends_whole {
            bytes.pop();
        }
        let folder = folder();
        let path = reader.write(&folder, "container.log", &bytes);
        let whole = reader.report(&name(&path), &reader.fold(0, &bytes));
        let mut stream = reader.stream(&name(&path));
        let (mut rest, mut next) = (&bytes[..], sizes.iter().cycle());
        while !rest.is_empty() {
            let (read, after) = rest.split_at(next.next().copied().unwrap_or(1).min(rest.len()));
            stream.feed(read);
            rest = after;
        }
        stream.finish();
        prop_assert_eq!(differences(&json(stream.engine()), &whole), [""; 0]);
        for threads in [1, 3] {
            let read = reader.piped(&name(&path), &bytes, &sizes, threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "a pipe on {} threads", threads);
            let read = reader.files(std::slice::from_ref(&path), threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "{} threads", threads);
        }
    }
}

/// Parts whose end never comes, more than are waited for, and then a whole line.
#[test]
fn parts_without_an_end_stand_alone() {
    let reader = Reader::new("UTC", 1 << 14, NOON.begins);
    let part = Runtime::Cri.line(NOON.begins, false, &b"x".repeat(200), false);
    let end = Runtime::Cri.line(
        NOON.begins,
        false,
        b"Proxy app stopped (cumulated conns: FE: 0, BE: 3).",
        true,
    );
    let after = Runtime::Cri.line(
        NOON.begins,
        true,
        b"backend app has no server available!",
        true,
    );
    let bytes = [part.repeat(1_000), end, after].concat();
    let whole = reader.report("log", &reader.fold(0, &bytes));
    // The last line takes what is near, and is no known message with that in front.
    let near = ((1 << 16) / part.len()) as u64;
    assert_eq!(coverage(&whole, "unparsed"), 1_000 - near + 1);
    assert_eq!(
        (coverage(&whole, "lines"), coverage(&whole, "process")),
        (1_000 - near + 2, 1)
    );
    let mut stream = reader.stream("log");
    for bytes in bytes.chunks(1_000) {
        stream.feed(bytes);
    }
    stream.finish();
    assert_eq!(differences(&json(stream.engine()), &whole), [""; 0]);
    let piped = reader.piped("log", &bytes, &[1_000], 2);
    assert_eq!(differences(&piped, &whole), [""; 0]);
    let folder = folder();
    let path = reader.write(&folder, "container.log", &bytes);
    let named = reader.report(&name(&path), &reader.fold(0, &bytes));
    assert_eq!(differences(&reader.files(&[path], 2), &named), [""; 0]);
}
