//! More names than are kept apart: nothing is lost from the totals.

use hapline::record::ROUTES;
use hapline::rollup::{Merge, Rollup};
use serde_json::Value;

use crate::read::{Reader, folder, part};

/// Places named in one minute; there is room for some 11,000 of them.
const FORGED: usize = 12_000;

/// Every third request failed.
fn crowd() -> Vec<u8> {
    let line = |nth: usize| {
        let fields = if nth.is_multiple_of(3) {
            "0/0/-1/-1/5 503 217 - - SC--"
        } else {
            "0/0/1/20/21 200 512 - - ----"
        };
        format!(
            "10.0.0.1:4000 [06/Feb/2026:12:14:14.120] www forged{nth}/s {fields} 9/9/4/2/0 0/0 \"GET / HTTP/1.1\"\n"
        )
    };
    (0..FORGED).map(line).collect::<String>().into_bytes()
}

#[test]
fn totals_are_exact_and_it_is_said() {
    let reader = Reader::new("UTC", 1 << 14, 1_770_400_000);
    let bytes = crowd();
    let whole = reader.fold(0, &bytes);
    let report = reader.report("log", &whole);
    let totals = part(&report, "totals");
    assert_eq!(totals["requests"], FORGED);
    assert_eq!(totals["failed"], FORGED.div_ceil(3));
    let warnings = part(&report, "coverage")["warnings"].take();
    let said = |warning: &Value| {
        warning
            .as_str()
            .is_some_and(|text| text.contains("put aside"))
    };
    assert!(
        warnings.as_array().is_some_and(|all| all.iter().any(said)),
        "{warnings}"
    );

    let cut = bytes.len() / 2;
    let cut = cut
        + bytes[cut..]
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line")
        + 1;
    let mut halves = reader.fold(cut as u64, &bytes[cut..]);
    halves.merge(reader.fold(0, &bytes[..cut]));
    assert_eq!(reader.minutes(&halves), reader.minutes(&whole));
    assert_eq!(reader.report("log", &halves), report);
}

/// Backends that are asked by turns; more than there are numbers for the routes to them.
const ASKED: usize = 3 * ROUTES / 2;

#[test]
fn each_route_counts_for_itself_when_there_are_too_many_to_number() {
    let reader = Reader::new("UTC", 1 << 20, 1_770_400_000);
    let line = |nth: usize| {
        let asked = nth * 7 % ASKED;
        let (took, frontend) = (asked % 90, ["www", "www~", "api"][asked % 3]);
        format!(
            "10.0.0.1:{} [06/Feb/2026:12:14:14.120] {frontend} app{asked}/s1 0/0/1/{took}/{} 200 512 - - ---- 9/9/4/2/0 0/0 \
             \"GET / HTTP/1.1\"\n",
            1_024 + nth % 60_000,
            took + 1
        )
    };
    let lines: Vec<String> = (0..3 * ASKED).map(line).collect();
    let pieces: Vec<Vec<u8>> = lines
        .chunks(100)
        .map(|piece| piece.concat().into_bytes())
        .collect();
    let mut each = Rollup::default();
    let mut offset = 0;
    for piece in &pieces {
        each.merge(reader.fold(offset, piece));
        offset += piece.len() as u64;
    }
    let minutes = reader.minutes(&reader.fold_on(&pieces));
    assert_eq!(minutes, reader.minutes(&each));
    let requests = minutes.iter().flat_map(|minute| &minute.slots);
    let requests = requests.flat_map(|slot| &slot.cells);
    assert_eq!(
        requests.map(|cell| cell.tally.n).sum::<u64>(),
        3 * ASKED as u64
    );
}

/// Servers named in five minutes; 16,384 of them are kept apart.
const SERVERS: usize = 18_000;

/// Each line names another server, and each minute no more than there is room for.
fn long_crowd() -> Vec<u8> {
    let line = |nth: usize| {
        let (minute, second) = (nth / 3_600, nth / 60 % 60);
        format!(
            "10.0.0.1:{} [06/Feb/2026:12:{minute:02}:{second:02}.120] www app/s{nth} 0/0/1/20/21 200 512 - - ---- 9/9/4/2/0 0/0 \
             \"GET / HTTP/1.1\"\n",
            1_024 + nth % 60_000
        )
    };
    (0..SERVERS).map(line).collect::<String>().into_bytes()
}

#[test]
fn whose_names_are_kept_does_not_depend_on_the_cut() {
    let reader = Reader::new("UTC", 1 << 16, 1_770_400_000);
    let bytes = long_crowd();
    let report = reader.report("log", &reader.fold(0, &bytes));
    let totals = part(&report, "totals");
    assert_eq!(totals["requests"], SERVERS);
    let warnings = part(&report, "coverage")["warnings"].to_string();
    let aside = "1,616 requests named more HAProxys, backends and servers than are kept apart";
    assert!(warnings.contains(aside), "{warnings}");

    let third = bytes.len() / 3;
    let cut = third
        + bytes[third..]
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line")
        + 1;
    let mut parts = reader.fold(cut as u64, &bytes[cut..]);
    parts.merge(reader.fold(0, &bytes[..cut]));
    assert_eq!(reader.report("log", &parts), report);
    let folder = folder();
    let path = reader.write(&folder, "log", &bytes);
    let read = |threads| reader.files(std::slice::from_ref(&path), threads);
    assert_eq!(read(1), read(3));
}

#[test]
fn a_copy_of_a_crowd_is_counted_once() {
    let reader = Reader::new("UTC", 1 << 14, 1_770_400_000);
    let folder = folder();
    let paths = ["a.log", "b.log"].map(|name| reader.write(&folder, name, &crowd()));
    let totals = part(&reader.files(&paths, 2), "totals");
    assert_eq!(totals["requests"], FORGED);
    assert_eq!(totals["failed"], FORGED.div_ceil(3));
}
