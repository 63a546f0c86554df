//! Accounts and incidents, built by hand.
//!
//! Enters: requests as a test describes them. Leaves: what a scan would have. Must not know: judgements.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::advice::{Direction, Parties, Piece, Review, Running, TimerReview, weigh};
use crate::config::Config;
use crate::incident::accounts::Accounts;
use crate::incident::{Clue, Hit, Incident, Moment, Verdict};
use crate::rollup::Name;
use crate::rollup::seal::{Minute, TimerRow};
use crate::rollup::timers::{Ending, Timer, Wait};
use crate::source::Position;
use crate::words::cause::{Cause, Kind, Severity};

/// A log in the making.
#[derive(Debug, Clone, Default)]
pub struct Log {
    accounts: Accounts,
    incidents: Vec<Incident>,
    config: Option<String>,
    troubled: bool,
    running: Option<Running>,
}

/// A name from text.
pub fn name(text: &str) -> Name {
    text.as_bytes().into()
}

/// Waits in ms of work whose times are lognormal with this median and deviation of the logarithm, each at its quantile;
/// and how many of them a limit cuts. About `n` in all.
pub fn work(median: f64, deviation: f64, n: u32, limit: u32) -> (Vec<(u32, u64)>, u64) {
    let normal = |z: f64| 0.5 * (1.0 + libm::erf(z / std::f64::consts::SQRT_2));
    // At 0 the logarithm is -inf, and the share 0.
    let share = |ms: f64| normal((ms / median).ln() / deviation);
    let below = |ms: u32| (share(f64::from(ms)) * f64::from(n)).round() as u64;
    let steps = (0..limit).step_by(10);
    let waits = steps.map(|ms| (ms + 5, below(ms + 10) - below(ms)));
    let waits = waits.filter(|(_, n)| *n > 0).collect();
    (waits, u64::from(n) - below(limit))
}

/// An incident of a backend that lasted 20 s, with 1,000 requests of which 100 failed.
pub fn incident(cause: Cause, backend: &str, servers: &[&str]) -> Incident {
    Incident {
        id: "1".into(),
        kind: Kind::TimeoutBurst,
        severity: Severity::Degraded,
        cause: Verdict {
            code: cause,
            confidence: 0.8,
            runner_up: None,
            evidence: vec![clue("first")],
        },
        cut: None,
        backend: Some(name(backend)),
        frontends: Vec::new(),
        servers: servers.iter().map(|server| name(server)).collect(),
        affected_servers: Vec::new(),
        origins: Vec::new(),
        start: 0,
        end: Some(20_000),
        end_reason: Some("recovered"),
        first_symptom: Some(0),
        detected_at: None,
        service_restored: None,
        quiet_since: None,
        on_backups_since: None,
        carried_by_backups: false,
        all_back: None,
        stood_at: None,
        requests: 1_000,
        failed: 100,
        background: 0,
        is_partly: false,
        degraded: 0,
        disputed: Vec::new(),
        retried: 0,
        redispatched: 0,
        clients: (1, 0.0),
        terms: BTreeMap::new(),
        statuses: BTreeMap::new(),
        eligible: (1_000, 900),
        left: None,
        load: Vec::new(),
        hit: Hit::default(),
        curve: Vec::new(),
        course: Arc::default(),
        curve_part: 1,
        peak: None,
        lanes: Vec::new(),
        timeline: Vec::new(),
        downs: 2,
    }
}

/// A line.
pub fn clue(text: &str) -> Clue {
    Clue {
        second: 0,
        position: Position {
            source: 0,
            offset: text.len() as u64,
            part: 0,
            nth: 0,
        },
        host: name("lb1"),
        text: name(text),
    }
}

/// A row of a timeline that shows this line.
pub fn moment(line: &str) -> Moment {
    Moment {
        at: 0,
        what: "server_down",
        place: String::new(),
        text: String::new(),
        clue: Some(clue(line)),
    }
}

impl Log {
    /// With this configuration.
    pub fn of(config: &str) -> Self {
        Self {
            config: Some(config.to_owned()),
            ..Self::default()
        }
    }

    /// Beside a process that has so many connections, and may have so many.
    pub fn beside(self, held: u32, limit: u32) -> Self {
        let running = Some(Running { held, limit });
        Self { running, ..self }
    }

    /// What follows happens during an incident.
    pub fn during(self, incident: Incident) -> Self {
        let mut log = self.and(incident);
        log.troubled = true;
        log
    }

    /// With an incident.
    pub fn and(mut self, incident: Incident) -> Self {
        self.incidents.push(incident);
        self
    }

    /// HTTP requests that were answered after so many ms.
    pub fn answers(self, backend: &str, server: &str, answers: &[(u32, u64)]) -> Self {
        answers.iter().fold(self, |log, (ms, n)| {
            let timers = [(Timer::Request, 0), (Timer::Queue, 0), (Timer::Connect, 1)];
            let log = log.add((backend, server), *b"--", false, &timers, *n);
            let timers = [
                (Timer::Response, *ms),
                (Timer::Total, *ms),
                (Timer::Rest, 0),
            ];
            log.add((backend, server), *b"--", false, &timers, *n)
        })
    }

    /// HTTP requests that ended so after waiting so many ms in their last phase.
    pub fn cut(self, backend: &str, server: &str, term: &[u8; 2], ms: u32, n: u64) -> Self {
        let phases = [Timer::Request, Timer::Queue, Timer::Connect];
        let completed = match term[1] {
            b'R' => 0,
            b'Q' => 1,
            b'C' => 2,
            _ => 3,
        };
        let mut timers: Vec<(Timer, u32)> = phases[..completed].iter().map(|t| (*t, 0)).collect();
        // The wait for a slot is logged even when it was in vain.
        let last = if term == b"sQ" {
            Timer::Queue
        } else {
            Timer::Rest
        };
        timers.extend([(last, ms), (Timer::Total, ms)]);
        self.add((backend, server), *term, false, &timers, n)
    }

    /// HTTP requests that waited so many ms for a slot and were then answered in 80.
    pub fn queued(self, backend: &str, server: &str, ms: u32, n: u64) -> Self {
        let timers = [
            (Timer::Request, 0),
            (Timer::Queue, ms),
            (Timer::Connect, 1),
            (Timer::Response, 80),
            (Timer::Total, ms + 81),
        ];
        self.add((backend, server), *b"--", false, &timers, n)
    }

    /// TCP sessions that ended so after so many ms.
    pub fn sessions(self, backend: &str, term: &[u8; 2], ms: u32, n: u64) -> Self {
        let timers = [
            (Timer::Queue, 0),
            (Timer::Connect, 1),
            (Timer::Total, ms + 1),
            (Timer::Rest, ms),
        ];
        self.add((backend, "s1"), *term, true, &timers, n)
    }

    /// Requests of which only these timers are known.
    pub fn add(
        mut self,
        (backend, server): (&str, &str),
        term: [u8; 2],
        tcp: bool,
        timers: &[(Timer, u32)],
        n: u64,
    ) -> Self {
        let waits = timers.iter().map(|(timer, ms)| (Wait::of(*timer, *ms), n));
        let row = TimerRow {
            backend: name(backend),
            server: name(server),
            ending: Ending {
                term,
                failed: term != *b"--",
                tcp,
                tunnel: false,
            },
            waits: waits.collect(),
        };
        let minute = Minute {
            by_minute: false,
            start: 0,
            slots: Vec::new(),
            timers: vec![row],
            victims: Vec::new(),
        };
        self.accounts.add(&minute, |_| self.troubled);
        self
    }

    /// The review.
    pub fn weigh(&self) -> Review {
        let config = self.config.as_ref().map(|text| {
            Config::parse("t.cfg", text.as_bytes()).expect("the test's configuration parses")
        });
        let parties = Parties::new(&self.accounts, &self.incidents, config.as_ref(), false)
            .beside(self.running);
        weigh(&parties)
    }

    /// The review of one timeout.
    pub fn timer(&self, scope: &str, timeout: &str) -> TimerReview {
        let review = self.weigh();
        let mut backends = review.backends.iter();
        let backend = backends.find(|backend| backend.scope.to_string() == scope);
        let mut timers = backend.expect("a proxy of that name").timers.iter();
        let timer = timers.find(|timer| timer.timeout.keyword() == timeout);
        timer.expect("a review of that timeout").clone()
    }

    /// All advice in short: direction, keyword, scope, suggested value.
    pub fn advice(&self) -> Vec<(Direction, &'static str, String, Option<String>)> {
        let short = |piece: &Piece| {
            (
                piece.direction,
                piece.keyword,
                piece.scope.to_string(),
                piece.suggested.clone(),
            )
        };
        self.weigh().advice.iter().map(short).collect()
    }
}
