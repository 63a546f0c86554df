//! Requests by how they ended, as `halog -tc` has them.

use super::Count;
use super::codes::{Code, Codes};
use crate::line::{FieldSet, Mode};
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};
use crate::words::termination::{owner, pair};

pub const HEADINGS: [Heading; 6] = [
    Heading::name("term", "the first two characters of the termination state"),
    Heading::figure("requests", "requests of mode http"),
    Heading::figure("sessions", "sessions of mode tcp"),
    Heading::figure("share", "their share; percent"),
    Heading::name("owner", "who to look at first"),
    Heading::name("meaning", "what happened"),
];

#[derive(Debug, Default)]
pub struct Terms(Codes);

impl Count for Terms {
    #[inline]
    fn add(&mut self, line: &Line) {
        if line.traffic.mode == Mode::Handshake || !line.has(FieldSet::TERM) {
            return;
        }
        let [first, second, ..] = line.traffic.term;
        let (requests, sessions) = match line.is_request() {
            true => (line.times, 0),
            false => (0, line.times),
        };
        self.0.add([first, second], requests, sessions);
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.0.merge(other.0);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        self.0.rows(told)
    }
}

fn told(code: &Code, all: u64) -> [Cell<'_>; HEADINGS.len()] {
    let [first, second] = code.chars;
    let term = [first, second, b'-', b'-'];
    [
        Cell::Code(code.text().into()),
        Cell::count(code.requests),
        Cell::count(code.sessions),
        Cell::Share(code.requests + code.sessions, all),
        Cell::Code(owner(term).as_str().into()),
        Cell::Code(meaning(term).into()),
    ]
}

/// What a state means, with and without a server where that is not the same.
fn meaning(term: [u8; 4]) -> String {
    let [with, without] = [false, true].map(|no_server| pair(term, no_server));
    match (with, without) {
        (Some(with), Some(without)) if with.meaning != without.meaning => {
            format!("{}; without a server: {}", with.meaning, without.meaning)
        }
        (Some(pair), _) => pair.meaning.to_owned(),
        (None, _) => String::new(),
    }
}
