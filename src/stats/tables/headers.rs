//! Values of captured headers, counted; `halog -hdr` prints one of each line. Memory grows with the values that are distinct.

use std::collections::BTreeMap;

use memchr::{memchr, memmem};

use super::Count;
use crate::line::{FieldSet, escapes};
use crate::record::{Field, Record, Value};
use crate::rollup::Merge;
use crate::stats::keyed::Keyed;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::{Capture, Question};
use crate::stats::sheet::{Cell, Heading, Rows};

pub const HEADINGS: [Heading; 5] = [
    Heading::figure("requests", "requests that had it"),
    Heading::figure("share", "their share of those with this capture; percent"),
    Heading::name(
        "block",
        "number of the block of captures; the request's stand before the response's",
    ),
    Heading::name("field", "place in the block"),
    Heading::name("value", "what was captured"),
];

#[derive(Debug)]
pub struct Headers {
    only: Option<Capture>,
    /// By block and field, then the value, its escapes kept.
    values: Keyed<Times>,
    /// Where keys are put together.
    room: Vec<u8>,
}

#[derive(Debug, Default)]
struct Times(u64);

impl Merge for Times {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// Blocks and fields that are told apart; no configuration has as many captures.
const MOST: u8 = u8::MAX;

impl Headers {
    pub fn new(question: &Question) -> Self {
        Self {
            only: question.capture,
            values: Keyed::new(&question.hasher),
            room: Vec::new(),
        }
    }

    #[inline]
    fn value(&mut self, capture: Capture, value: &[u8], times: u64) {
        if self.only.is_none_or(|only| only == capture) {
            self.room.clear();
            self.room.extend_from_slice(&[capture.block, capture.field]);
            self.room.extend_from_slice(value);
            self.values.of(&self.room).0 += times;
        }
    }

    /// `a|b} {c}`, in which HAProxy writes none of these characters otherwise.
    fn blocks(&mut self, inside: &[u8], times: u64) {
        let mut left = Some(inside.strip_suffix(b"}").unwrap_or(inside));
        for block in 1..=MOST {
            let Some(text) = left else { return };
            let end = memmem::find(text, b"} {");
            left = end.map(|end| &text[end + 3..]);
            self.fields(block, &text[..end.unwrap_or(text.len())], times);
        }
    }

    /// `a|b`
    fn fields(&mut self, block: u8, text: &[u8], times: u64) {
        let mut left = Some(text);
        for field in 1..=MOST {
            let Some(text) = left else { return };
            let end = memchr(b'|', text);
            left = end.map(|end| &text[end + 1..]);
            let value = &text[..end.unwrap_or(text.len())];
            self.value(Capture { block, field }, value, times);
        }
    }

    /// Captures that are no blocks, as those of CLF.
    fn lists(&mut self, record: &Record, times: u64) {
        for (name, block) in [("req_caps", 1), ("resp_caps", 2), ("caps", 1)] {
            let value = Field::named(name).and_then(|field| field.of(record));
            let Some(Value::List(values)) = value else {
                continue;
            };
            for (field, value) in (1..=MOST).zip(values) {
                if let Value::Text(text) = value {
                    self.value(Capture { block, field }, &text, times);
                }
            }
        }
    }
}

impl Count for Headers {
    fn add(&mut self, line: &Line) {
        let captures = line.traffic.captures;
        if !line.has(FieldSet::CAPTURES) || captures.is_empty() {
            return;
        }
        match captures.strip_prefix(b"{") {
            Some(inside) => self.blocks(inside, line.times),
            None => self.lists(line.record, line.times),
        }
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.values.merge(other.values);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        let mut all = BTreeMap::new();
        for nth in 0..self.values.count() {
            let (key, times) = self.values.nth(nth);
            *all.entry(capture(key)).or_default() += times.0;
        }
        let values = self.values;
        Box::new(Valued { values, all })
    }
}

/// Block and field.
fn capture(key: &[u8]) -> [u8; 2] {
    key.first_chunk().copied().unwrap_or_default()
}

struct Valued {
    values: Keyed<Times>,
    /// Requests that had a capture.
    all: BTreeMap<[u8; 2], u64>,
}

impl Rows for Valued {
    fn count(&self) -> usize {
        self.values.count()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (key, times) = self.values.nth(row);
        let [block, field] = capture(key);
        let all = self.all.get(&[block, field]).copied().unwrap_or_default();
        let cells: [Cell; HEADINGS.len()] = [
            Cell::count(times.0),
            Cell::Share(times.0, all),
            Cell::Number(block.into()),
            Cell::Number(field.into()),
            Cell::Text(escapes::hashes(key.get(2..).unwrap_or_default())),
        ];
        look(&cells);
    }
}
