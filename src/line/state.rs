//! The three fields that close the fixed part of every traffic line: termination state, connections, queues.
//!
//! Enters: the line from its termination state on. Leaves: a [`State`].
//! Must not know: what a state means; `words` does.

use super::Problem;
use super::fields::{Fields, Slashed, number, slash};

/// `---- 1/1/1/1/0 0/0`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) term: [u8; 4],
    pub(super) connections: [u32; 4],
    pub(super) retries: u32,
    pub(super) redispatched: bool,
    pub(super) srv_queue: u32,
    pub(super) backend_queue: u32,
}

/// The characters of `%tsc` place by place (`log.c`: `sess_term_cond`, `sess_fin_state`, `sess_cookie`,
/// `sess_set_cookie`; the digits are its codes without a meaning).
const TERM: [&[u8]; 4] = [b"-LcCsSPRIDKU", b"-RCHDLQT", b"-NIDVEOU7", b"-NIDPRU13567"];

/// For each character, the places it can stand in: bit 0 for the first.
const PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut place = 0;
    while place < TERM.len() {
        let mut nth = 0;
        while nth < TERM[place].len() {
            places[TERM[place][nth] as usize] |= 1 << place;
            nth += 1;
        }
        place += 1;
    }
    places
};

impl State {
    /// `%tsc %ac/%fc/%bc/%sc/%rc %sq/%bq` and the space behind; `fields` is left at the captures or the request.
    pub(super) fn http(fields: &mut Fields<'_>) -> Result<State, Problem> {
        let term = fields.next()?.try_into().map_err(|_| Problem::Malformed)?;
        fields.take(2, |text| State::behind(term, text))
    }

    /// `%ts %ac/%fc/%bc/%sc/%rc %sq/%bq`, where the line may end.
    pub(super) fn tcp(fields: &mut Fields<'_>) -> Result<State, Problem> {
        let [cause, phase] = fields.next()?.try_into().map_err(|_| Problem::Malformed)?;
        let counters = fields.rest;
        fields.next()?;
        let queues = fields.last();
        if fields.rest.is_empty() && matches!(slash(queues), None | Some((_, b""))) {
            return Err(Problem::Truncated);
        }
        match State::behind([cause, phase, b'-', b'-'], counters) {
            Some((state, rest)) if rest.len() == fields.rest.len() => Ok(state),
            _ => Err(Problem::Malformed),
        }
    }

    /// The termination state alone, of a line that was cut behind it; in TCP mode two characters.
    pub(super) fn begun(text: &[u8]) -> Option<[u8; 4]> {
        let (term, _) = text.split_at(memchr::memchr(b' ', text)?);
        let term = match *term {
            [cause, phase] => [cause, phase, b'-', b'-'],
            [a, b, c, d] => [a, b, c, d],
            _ => return None,
        };
        is_term(&term).then_some(term)
    }

    /// `%ac/%fc/%bc/%sc/%rc %sq/%bq` behind a termination state, and what follows them.
    fn behind(term: [u8; 4], text: &[u8]) -> Option<(State, &[u8])> {
        if !is_term(&term) {
            return None;
        }
        let (counters, rest) = Slashed::<5>::leading(text, COUNTER)?;
        let [b' ', rest @ ..] = rest else {
            return None;
        };
        let (queues, rest) = Slashed::<2>::leading(rest, COUNTER)?;
        let are_whole = counters.n == 5 && queues.n == 2 && !queues.marked;
        if !are_whole || counters.negative || queues.negative {
            return None;
        }
        let [connections @ .., retries] = counters.values.map(fitting);
        let [srv_queue, backend_queue] = queues.values.map(fitting);
        let [a, b, c, d] = connections;
        let state = State {
            term,
            connections: [a?, b?, c?, d?],
            retries: retries?,
            redispatched: counters.marked,
            srv_queue: srv_queue?,
            backend_queue: backend_queue?,
        };
        Some((state, rest))
    }
}

/// Whether each character can stand in its place.
pub(super) fn is_term(term: &[u8; 4]) -> bool {
    let [a, b, c, d] = term.map(|byte| PLACES[usize::from(byte)]);
    a & 1 != 0 && b & 2 != 0 && c & 4 != 0 && d & 8 != 0
}

pub(super) fn count(text: &[u8]) -> Option<u32> {
    u32::try_from(number(text)?).ok()
}

/// Digits of the longest counter, with some to spare.
const COUNTER: usize = 18;

fn fitting(number: i64) -> Option<u32> {
    u32::try_from(number).ok()
}
