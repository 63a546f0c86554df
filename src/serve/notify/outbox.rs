//! What waits to be sent to one target.
//!
//! Enters: jobs, and what became of each attempt. Leaves: the next job when its time has come. Must not know: the clock,
//! threads, or how anything is sent. A target is told in order: a job that has to wait keeps the others waiting.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::case::Say;

/// Jobs that wait at most.
const MOST: usize = 256;
/// Bytes of their bodies at most.
const MOST_BYTES: usize = 4 << 20;
/// Milliseconds before the second attempt; twice as many before each further one.
const FIRST_PAUSE: i64 = 1000;
/// The longest pause, in milliseconds.
const LONGEST_PAUSE: i64 = 300_000;
/// The longest that a target may ask for, in milliseconds.
const LONGEST_WISH: i64 = 3_600_000;
/// Milliseconds in which a reason is told once.
const HUSH: i64 = 60_000;

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The incident; none: a repetition of what goes on, of which one waits at most.
    pub(super) incident: Option<(String, Say)>,
    /// When it was put here, ms since 1970.
    pub(super) since: i64,
    pub(super) body: String,
    /// For the environment of a command.
    pub(super) variables: Vec<(String, String)>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Why, and after how many milliseconds the target wants to be asked again.
    Later(String, Option<i64>),
    /// Why it is of no use to try again.
    Never(String),
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Send(Job),
    /// For so many milliseconds.
    Wait(i64),
    Nothing,
}

/// What was sent and what was not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken by the target.
    pub sent: u64,
    /// Attempts after the first.
    pub retried: u64,
    /// Refused by the target.
    pub refused: u64,
    /// Given up after too long a time.
    pub given_up: u64,
    /// Left out because too many waited.
    pub left_out: u64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Outbox {
    name: String,
    /// Milliseconds.
    give_up: i64,
    jobs: VecDeque<Job>,
    /// What is being sent.
    at_work: Option<Job>,
    /// Attempts at the first job.
    attempts: u32,
    not_before: i64,
    pub(super) counts: Counts,
    /// When each reason was told last, ms since 1970.
    told: BTreeMap<&'static str, i64>,
    sayings: Vec<String>,
}

impl Outbox {
    /// For a target of this name, with what waited before a restart.
    pub(super) fn new(name: &str, give_up: i64, waiting: Vec<Job>) -> Self {
        Self {
            name: name.to_owned(),
            give_up,
            jobs: waiting.into(),
            at_work: None,
            attempts: 0,
            not_before: 0,
            counts: Counts::default(),
            told: BTreeMap::new(),
            sayings: Vec::new(),
        }
    }

    /// Puts a job behind the others.
    pub(super) fn push(&mut self, job: Job) {
        let now = job.since;
        if job.incident.is_none() {
            self.jobs.retain(|job| job.incident.is_some());
        }
        self.jobs.push_back(job);
        while self.jobs.len() > MOST || self.bytes() > MOST_BYTES {
            // A target that never hears of an end shows trouble for ever; the others are only late.
            let is_end = |job: &Job| matches!(job.incident, Some((_, Say::Resolved)));
            let oldest = self.jobs.iter().position(|job| !is_end(job)).unwrap_or(0);
            self.jobs.remove(oldest);
            self.counts.left_out += 1;
            let left_out = self.counts.left_out;
            self.say("left out", now, |name| {
                format!("too many alerts wait for {name}; {left_out} were left out so far")
            });
        }
    }

    fn bytes(&self) -> usize {
        self.jobs.iter().map(|job| job.body.len()).sum()
    }

    /// The next job, if it is time; it is at work until [`Self::done`].
    pub(super) fn next(&mut self, now: i64) -> Next {
        if self.jobs.is_empty() {
            return Next::Nothing;
        }
        let left = self.not_before - now;
        // A clock that was set back does not keep the target waiting.
        if left > 0 && left <= LONGEST_WISH {
            return Next::Wait(left);
        }
        self.at_work = self.jobs.pop_front();
        self.at_work.clone().map_or(Next::Nothing, Next::Send)
    }

    /// An attempt ended; `jitter` is from 0 to 1.
    pub(super) fn done(&mut self, outcome: Outcome, now: i64, jitter: f64) {
        let Some(job) = self.at_work.take() else {
            return;
        };
        match outcome {
            Outcome::Done => {
                self.counts.sent += 1;
                self.proceed();
            }
            Outcome::Never(why) => {
                self.counts.refused += 1;
                self.say("refused", now, |name| {
                    format!("{name} did not take an alert, which is not sent again: {why}")
                });
                self.proceed();
            }
            Outcome::Later(why, _) if now.saturating_sub(job.since) >= self.give_up => {
                self.counts.given_up += 1;
                self.say("given up", now, |name| {
                    format!("{name} could not be told of an incident for too long, which is given up: {why}")
                });
                self.proceed();
            }
            Outcome::Later(why, wish) => {
                let pause = pause(self.attempts, jitter).max(wish.unwrap_or(0).min(LONGEST_WISH));
                self.attempts = self.attempts.saturating_add(1);
                self.counts.retried += 1;
                self.not_before = now.saturating_add(pause);
                self.say("later", now, |name| {
                    format!("{name} cannot be told of incidents, and is asked again: {why}")
                });
                // A newer repetition says all that this one would.
                let is_stale =
                    job.incident.is_none() && self.jobs.iter().any(|job| job.incident.is_none());
                if !is_stale {
                    self.jobs.push_front(job);
                }
            }
        }
    }

    fn proceed(&mut self) {
        self.attempts = 0;
        self.not_before = 0;
    }

    fn say(&mut self, reason: &'static str, now: i64, text: impl Fn(&str) -> String) {
        let last = self.told.get(reason);
        // One that lies ahead is of a clock that was set back.
        if last.is_none_or(|last| *last > now || now - *last >= HUSH) {
            self.told.insert(reason, now);
            self.sayings.push(text(&self.name));
        }
    }

    /// What is to be said to people.
    pub(super) fn sayings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sayings)
    }

    /// What is not sent yet.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.at_work.iter().chain(&self.jobs)
    }
}

/// Milliseconds until the next attempt: a half of them is left to chance, so that many do not come at once.
fn pause(attempts: u32, jitter: f64) -> i64 {
    let longest = FIRST_PAUSE
        .saturating_mul(1 << attempts.min(16))
        .min(LONGEST_PAUSE);
    longest / 2 + ((longest / 2) as f64 * jitter.clamp(0.0, 1.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &str, since: i64) -> Job {
        let (name, say) = match name.strip_suffix('.') {
            Some(name) => (name, Say::Resolved),
            None => (name, Say::Opened),
        };
        Job {
            incident: Some((name.to_owned(), say)),
            since,
            body: name.to_owned(),
            variables: Vec::new(),
        }
    }

    fn repetition(body: &str) -> Job {
        Job {
            incident: None,
            ..job(body, 0)
        }
    }

    fn waiting(outbox: &Outbox) -> Vec<&str> {
        outbox.waiting().map(|job| job.body.as_str()).collect()
    }

    fn later(wish: Option<i64>) -> Outcome {
        Outcome::Later("connection refused".into(), wish)
    }

    #[test]
    fn pauses_double_and_half_of_each_is_chance() {
        for (attempts, jitter, expected) in [
            (0, 0.0, 500),
            (0, 1.0, 1000),
            (1, 0.0, 1000),
            (3, 0.5, 6000),
            (8, 1.0, 256_000),
            (9, 1.0, 300_000),
            (u32::MAX, 0.0, 150_000),
        ] {
            assert_eq!(pause(attempts, jitter), expected, "{attempts}");
        }
    }

    #[test]
    fn a_job_is_tried_until_it_is_taken_and_others_wait() {
        let mut outbox = Outbox::new("pager", 86_400_000, Vec::new());
        assert_eq!(outbox.next(0), Next::Nothing);
        outbox.push(job("a", 0));
        outbox.push(job("b", 0));
        for (at, outcome, wait) in [
            (0, later(None), 1000),
            (1000, later(None), 2000),
            // What the target wants is no less than what it gets, and no more than an hour.
            (3000, later(Some(1)), 4000),
            (7000, later(Some(30_000)), 30_000),
            (37_000, later(Some(i64::MAX)), 3_600_000),
        ] {
            assert_eq!(outbox.next(at), Next::Send(job("a", 0)));
            assert_eq!(
                waiting(&outbox),
                ["a", "b"],
                "what is at work is not sent yet"
            );
            outbox.done(outcome, at, 1.0);
            assert_eq!(outbox.next(at), Next::Wait(wait));
        }
        let at = 37_000 + 3_600_000;
        assert_eq!(outbox.next(at), Next::Send(job("a", 0)));
        outbox.done(Outcome::Done, at, 1.0);
        assert_eq!(outbox.next(at), Next::Send(job("b", 0)));
        outbox.done(Outcome::Never("400".into()), at, 1.0);
        assert_eq!(outbox.next(at), Next::Nothing);
        let expected = Counts {
            sent: 1,
            retried: 5,
            refused: 1,
            ..Counts::default()
        };
        assert_eq!(outbox.counts, expected);
    }

    #[test]
    fn what_cannot_be_told_for_too_long_is_given_up() {
        let mut outbox = Outbox::new("pager", 10_000, vec![job("a", 0)]);
        for (at, left) in [(0, 1), (9_999, 1), (10_000, 0)] {
            outbox.not_before = 0;
            assert!(matches!(outbox.next(at), Next::Send(_)));
            outbox.done(later(None), at, 0.0);
            assert_eq!(outbox.waiting().count(), left);
        }
        assert_eq!(outbox.counts.given_up, 1);
    }

    #[test]
    fn a_reason_is_told_once_a_minute() {
        let mut outbox = Outbox::new("pager", 86_400_000, vec![job("a", 0)]);
        let mut said = Vec::new();
        for at in [0, 1000, 59_999, 60_000, 61_000] {
            outbox.not_before = 0;
            assert!(matches!(outbox.next(at), Next::Send(_)));
            outbox.done(later(None), at, 0.0);
            said.extend(outbox.sayings().into_iter().map(|text| (at, text)));
        }
        let text = "pager cannot be told of incidents, and is asked again: connection refused";
        assert_eq!(said, [(0, text.to_owned()), (60_000, text.to_owned())]);
    }

    #[test]
    fn when_too_many_wait_the_oldest_falls_out_but_ends_stay() {
        let mut outbox = Outbox::new("chat", 1, Vec::new());
        outbox.push(job("end.", 0));
        for number in 0..=MOST {
            outbox.push(job(&number.to_string(), 0));
        }
        assert_eq!(waiting(&outbox)[..2], ["end", "2"]);
        assert_eq!(outbox.waiting().count(), MOST);
        assert_eq!(outbox.counts.left_out, 2);
        assert_eq!(
            outbox.sayings(),
            ["too many alerts wait for chat; 1 were left out so far"]
        );
        let mut heavy = Outbox::new("chat", 1, Vec::new());
        for name in ["a", "b"] {
            let body = name.repeat(MOST_BYTES / 2 + 1);
            heavy.push(Job {
                body,
                ..job(name, 0)
            });
        }
        assert_eq!(heavy.waiting().count(), 1);
    }

    #[test]
    fn of_repetitions_the_newest_is_sent() {
        let mut outbox = Outbox::new("am", 86_400_000, Vec::new());
        outbox.push(repetition("1"));
        outbox.push(repetition("2"));
        assert_eq!(waiting(&outbox), ["2"]);
        assert!(matches!(outbox.next(0), Next::Send(_)));
        outbox.push(repetition("3"));
        outbox.done(later(None), 0, 0.0);
        assert_eq!(waiting(&outbox), ["3"]);
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        let mut outbox = Outbox::new("am", i64::MAX, vec![job("a", 0)]);
        assert!(matches!(outbox.next(i64::MAX / 2), Next::Send(_)));
        outbox.done(later(None), i64::MAX / 2, 0.0);
        assert!(matches!(outbox.next(0), Next::Send(_)));
    }
}
