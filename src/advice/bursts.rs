//! How long requests would have waited for a slot if none had been refused.
//!
//! Enters: a backend, with incidents in which its queue was too short. Leaves: the longest wait, where the queue would have
//! emptied. Must not know: timeouts.
//!
//! The queue is taken for a fluid (Kleinrock, Queueing Systems, volume 2, section 2.7): in each second comes what the log has
//! of it, requests that were refused among them, and the servers do what their slots and the mean time of an answer allow.

use super::narrow::slots;
use super::subject::Subject;
use super::waits::Wait;
use crate::config::Proxy;
use crate::incident::Incident;
use crate::rollup::histogram::Histogram;
use crate::words::cause::Cause;

/// The part of what servers can do that comes at most, in the mean around an incident: where it is more, it is no burst.
const ROOM: f64 = 0.8;

/// Answers below which no service time is known.
const ENOUGH: u64 = 100;

/// The longest wait in all of them, ms; `None` where more came than can be done, or where it cannot be known.
pub fn longest_wait(subject: &Subject) -> Option<u64> {
    let answers = subject.group.waits(Wait::Answer).all.completed;
    if answers.count() < ENOUGH || subject.lacks_good_ones {
        return None;
    }
    let slots = f64::from(all_slots(subject.proxy?)?);
    let can = slots * 1e3 / mean(&answers).max(1.0);
    let mut incidents = subject.incidents.iter();
    let queued = incidents.by_ref().filter(|incident| is_of_slots(incident));
    let waits: Option<Vec<u64>> = queued.map(|incident| wait(incident, can)).collect();
    waits?.into_iter().max()
}

fn is_of_slots(incident: &Incident) -> bool {
    incident.cause.code == Cause::MaxconnTooLow
}

/// Of all servers that stand in for no others; `None` where one has no limit, or one that cannot be known.
fn all_slots(proxy: &Proxy) -> Option<u32> {
    let active = proxy.servers().iter().filter(|server| !server.backup);
    let slots = active.map(|server| slots(server)?.filter(|slots| *slots > 0));
    slots.sum::<Option<u32>>().filter(|slots| *slots > 0)
}

/// ms, from the middle of each bucket.
fn mean(answers: &Histogram) -> f64 {
    let middle = |low: u32, high: u32| (f64::from(low) + f64::from(high)) / 2.0;
    let sum: f64 = answers
        .iter()
        .map(|(bucket, n)| middle(bucket.low(), bucket.high()) * n as f64)
        .sum();
    sum / answers.count() as f64
}

/// The longest wait around an incident, ms, if so many requests can be done in a second. What comes in one second may come in
/// its first moment.
fn wait(incident: &Incident, can: f64) -> Option<u64> {
    let course = &incident.course;
    let came: u64 = course.requests.iter().sum();
    let seconds = course.requests.len() as f64;
    if course.width != 1 || came as f64 > ROOM * can * seconds {
        return None;
    }
    let (mut behind, mut most) = (0.0f64, 0.0f64);
    for came in &course.requests {
        let all = behind + *came as f64;
        most = most.max(all);
        behind = (all - can).max(0.0);
    }
    let drains = behind == 0.0;
    drains.then(|| (most / can * 1e3).ceil() as u64)
}
