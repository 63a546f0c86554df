//! Requests by what became of their persistence cookie, as `halog -cc` has them.

use super::Count;
use super::codes::{Code, Codes};
use crate::line::FieldSet;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};
use crate::words::termination::letters::{CLIENT_COOKIE, COOKIE_PAIRS, RESPONSE_COOKIE, meaning};

pub const HEADINGS: [Heading; 4] = [
    Heading::name("cookie", "the last two characters of the termination state"),
    Heading::figure("requests", "requests of mode http"),
    Heading::figure("share", "their share; percent"),
    Heading::name("meaning", "what the client sent, and what the response did"),
];

#[derive(Debug, Default)]
pub struct Cookies(Codes);

impl Count for Cookies {
    #[inline]
    fn add(&mut self, line: &Line) {
        if line.is_request() && line.has(FieldSet::PERSISTENCE) {
            let [.., third, fourth] = line.traffic.term;
            self.0.add([third, fourth], line.times, 0);
        }
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.0.merge(other.0);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        self.0.rows(told)
    }
}

fn told(code: &Code, all: u64) -> [Cell<'_>; HEADINGS.len()] {
    [
        Cell::Code(code.text().into()),
        Cell::count(code.requests),
        Cell::Share(code.requests, all),
        Cell::Code(explained(code.chars).into()),
    ]
}

/// What two characters mean together, else each for itself.
fn explained([third, fourth]: [u8; 2]) -> String {
    let is_pair = |(chars, _): &&(&str, &str)| chars.as_bytes() == [third, fourth];
    if let Some((_, meaning)) = COOKIE_PAIRS.iter().find(is_pair) {
        return (*meaning).to_owned();
    }
    let sent = meaning(CLIENT_COOKIE, third).unwrap_or_default();
    let set = meaning(RESPONSE_COOKIE, fourth).unwrap_or_default();
    match sent == set {
        true => sent.to_owned(),
        false => format!("{sent}; {set}"),
    }
}
