//! The thread of one target.
//!
//! Enters: jobs, from a thread that must not wait. Leaves: attempts at sending them. Must not know: what they say.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::command::Program;
use super::outbox::{Counts, Job, Next, Outbox, Outcome};
use super::post::Post;
use crate::report::escape;

/// The longest sleep, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How a target is reached.
#[derive(Debug)]
pub(super) enum Means {
    Post(Post),
    Program(Program),
}

impl Means {
    fn send(&self, job: &Job) -> Outcome {
        match self {
            Self::Post(post) => post.send(&job.body),
            Self::Program(program) => program.run(&job.body, &job.variables),
        }
    }
}

/// What the thread and its owner share. Nobody holds the lock while anything is sent.
#[derive(Debug)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    outbox: Outbox,
    is_stopping: bool,
    has_stopped: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something changes, or for so long.
    fn sleep<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        let slept = self.changed.wait_timeout(state, time);
        slept.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A thread that sends. It ends some time after this is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    desk: Arc<Desk>,
}

impl Worker {
    /// Starts a thread that empties `outbox` by these means.
    ///
    /// # Errors
    /// When the machine has no room for one more thread.
    pub(super) fn start(outbox: Outbox, means: Means) -> std::io::Result<Self> {
        let desk = Arc::new(Desk {
            state: Mutex::new(State {
                outbox,
                is_stopping: false,
                has_stopped: false,
            }),
            changed: Condvar::new(),
        });
        let shared = desk.clone();
        thread::Builder::new()
            .name("notify".to_owned())
            .spawn(move || {
                run(&shared, &means);
                shared.lock().has_stopped = true;
                shared.changed.notify_all();
            })?;
        Ok(Self { desk })
    }

    /// Gives it something to send. Its age is counted by the clock of this thread's pauses.
    pub(super) fn push(&self, job: Job) {
        let since = now();
        self.desk.lock().outbox.push(Job { since, ..job });
        self.desk.changed.notify_all();
    }

    /// What was sent and what was not, and how much waits.
    pub(super) fn counts(&self) -> (Counts, usize) {
        let state = self.desk.lock();
        (state.outbox.counts, state.outbox.waiting().count())
    }

    /// What is not sent yet, but for repetitions, which will be old.
    pub(super) fn waiting(&self) -> Vec<Job> {
        let state = self.desk.lock();
        let jobs = state.outbox.waiting();
        jobs.filter(|job| job.incident.is_some()).cloned().collect()
    }

    /// Nothing more will come: what can be sent at once still is.
    pub(super) fn stop(&self) {
        self.desk.lock().is_stopping = true;
        self.desk.changed.notify_all();
    }

    /// Waits until it has stopped, but no longer than until `deadline`.
    pub(super) fn stopped_by(&self, deadline: Instant) {
        let mut state = self.desk.lock();
        while !state.has_stopped {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.desk.sleep(state, left);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(desk: &Desk, means: &Means) {
    while let Some(job) = wait(desk) {
        let outcome = means.send(&job);
        let said = {
            let mut state = desk.lock();
            state.outbox.done(outcome, now(), jitter());
            state.outbox.sayings()
        };
        desk.changed.notify_all();
        tell(said);
    }
}

/// The next job; none when this is to stop and nothing can be sent at once.
fn wait(desk: &Desk) -> Option<Job> {
    let mut state = desk.lock();
    loop {
        let said = state.outbox.sayings();
        if !said.is_empty() {
            drop(state);
            tell(said);
            state = desk.lock();
        }
        let time = match state.outbox.next(now()) {
            Next::Send(job) => return Some(job),
            _ if state.is_stopping => return None,
            Next::Wait(ms) => Duration::from_millis(ms.unsigned_abs()).min(LONGEST_SLEEP),
            Next::Nothing => LONGEST_SLEEP,
        };
        state = desk.sleep(state, time);
    }
}

fn tell(said: Vec<String>) {
    for text in said {
        aside!("hapline: {}", escape::terminal(&text));
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Chance, from 0 to 1.
fn jitter() -> f64 {
    let random = RandomState::new().hash_one(now());
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
