//! The three fields that close the fixed part of every traffic line: termination state, connections, queues.
//!
//! Enters: the line from its termination state on. Leaves: a [`State`].
//! Must not know: what a state means; `words` does.

use super::Problem;
use super::fields::{Fields, marked, number, slash};

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

impl State {
    /// `%tsc %ac/%fc/%bc/%sc/%rc %sq/%bq` and the space behind; `fields` is left at the captures or the request.
    pub(super) fn http(fields: &mut Fields<'_>) -> Result<State, Problem> {
        let term = fields.next()?.try_into().map_err(|_| Problem::Malformed)?;
        let connections = fields.next()?;
        State::new(term, connections, fields.next()?)
    }

    /// `%ts %ac/%fc/%bc/%sc/%rc %sq/%bq`, where the line may end.
    pub(super) fn tcp(fields: &mut Fields<'_>) -> Result<State, Problem> {
        let [cause, phase] = fields.next()?.try_into().map_err(|_| Problem::Malformed)?;
        let connections = fields.next()?;
        let queues = fields.last();
        if fields.rest.is_empty() && matches!(slash(queues), None | Some((_, b""))) {
            return Err(Problem::Truncated);
        }
        State::new([cause, phase, b'-', b'-'], connections, queues)
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

    fn new(term: [u8; 4], connections: &[u8], queues: &[u8]) -> Result<State, Problem> {
        if !is_term(&term) {
            return Err(Problem::Malformed);
        }
        let (connections, (retries, redispatched)) =
            counters(connections).ok_or(Problem::Malformed)?;
        let (srv_queue, backend_queue) = slash(queues).ok_or(Problem::Malformed)?;
        Ok(State {
            term,
            connections,
            retries,
            redispatched,
            srv_queue: count(srv_queue).ok_or(Problem::Malformed)?,
            backend_queue: count(backend_queue).ok_or(Problem::Malformed)?,
        })
    }
}

/// `1/1/1/1/+3`
fn counters(mut text: &[u8]) -> Option<([u32; 4], (u32, bool))> {
    let mut connections = [0; 4];
    for connection in &mut connections {
        let (first, rest) = slash(text)?;
        *connection = count(first)?;
        text = rest;
    }
    let (retries, redispatched) = marked(text)?;
    Some((connections, (u32::try_from(retries).ok()?, redispatched)))
}

/// Whether each character can stand in its place.
pub(super) fn is_term(term: &[u8; 4]) -> bool {
    let known = |(place, byte): (&&[u8], &u8)| place.contains(byte);
    TERM.iter().zip(term).all(known)
}

pub(super) fn count(text: &[u8]) -> Option<u32> {
    u32::try_from(number(text)?).ok()
}
