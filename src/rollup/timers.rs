//! Timer distributions, by the minute, kept apart by how the request ended.
//!
//! Enters: a traffic record. Leaves: counts by [`TimerKey`]. Must not know: any timeout; the configuration is
//! applied afterwards, by `advice`.

use crate::line::{Mode, Traffic};

use super::histogram::Bucket;
use super::names::Id;

/// Which timer (HAProxy manual, 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// `TR`
    Request,
    /// `Tw`
    Queue,
    /// `Tc`
    Connect,
    /// `Tr`
    Response,
    /// `Ta`; `Tt` in TCP mode.
    Total,
    /// What is left of the total behind the completed phases: the body, or the wait that a timeout cut.
    Rest,
}

/// How a request ended, as far as timers are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ending {
    /// The first two characters of the termination state.
    pub term: [u8; 2],
    /// It counts as a failed request.
    pub failed: bool,
    /// `mode tcp`.
    pub tcp: bool,
}

/// One bucket of one distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerKey {
    /// Backend; the frontend's name where none was chosen.
    pub backend: Id,
    /// Server.
    pub server: Id,
    /// How the requests ended.
    pub ending: Ending,
    /// Which timer.
    pub timer: Timer,
    /// Bucket of milliseconds.
    pub bucket: Bucket,
}

/// The timers of a record that have a value, in ms.
pub fn measured(traffic: &Traffic) -> impl Iterator<Item = (Timer, u32)> {
    let timers = &traffic.timers;
    let completed = [
        timers.request,
        timers.queue,
        timers.connect,
        timers.response,
    ];
    let rest = timers.total - completed.iter().map(|ms| (*ms).max(0)).sum::<i64>();
    let http = traffic.mode == Mode::Http;
    [
        (Timer::Request, if http { timers.request } else { -1 }),
        (Timer::Queue, timers.queue),
        (Timer::Connect, timers.connect),
        (Timer::Response, timers.response),
        (Timer::Total, timers.total),
        (Timer::Rest, rest.max(0)),
    ]
    .into_iter()
    .filter(|(_, ms)| *ms >= 0)
    .map(|(timer, ms)| (timer, u32::try_from(ms).unwrap_or(u32::MAX)))
}
