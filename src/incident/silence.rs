//! Frontends to which nobody comes any more.
//!
//! Enters: who logged traffic of which frontend when. Leaves: silences as cases. Must not know: how requests ended.
//!
//! Ordinary traffic has pauses, and more of them where it is thin or comes in bursts. A silence is one that is many
//! times as long as the longest before it, in which many requests were due, and after which they come as before: at the
//! end of a working day traffic fades, and does not come back at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Step;
use super::mean::Mean;
use super::place::{Group, Site};
use super::scan::Scan;
use crate::rollup::Name;
use crate::rollup::seal::Slot;
use crate::words::numbers::count;

/// The shortest silence (s).
const SHORTEST: i64 = 5;

/// Times the longest pause before it.
const LONGER: i64 = 8;

/// Seconds over which the rate before it is looked at.
const RECENTLY: f64 = 20.0;

/// Requests that were due.
const DUE: f64 = 40.0;

/// Requests that must be known.
const KNOWN: u64 = 100;

/// Part of the silence that must have been watched before it, and seconds at the least.
const WATCHED: (i64, i64) = (3, 8);

/// Seconds after it in which traffic must be back.
const BACK: i64 = 5;

/// The part of the ordinary traffic that must be.
const AS_BEFORE: f64 = 0.25;

/// Seconds after which a silence is told though it goes on.
const GOES_ON: i64 = 60;

/// Seconds within which frontends that fall silent do so for one reason.
const TOGETHER: i64 = 10;

/// Frontends that are watched; more are forged.
const FRONTENDS: usize = 1_024;

/// Seconds in which the longest pause is forgotten by half: nights are quieter than days.
const HALF_LIFE: f64 = 7_200.0;

/// One frontend.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    first: i64,
    last: i64,
    requests: u64,
    rate: Mean,
    longest: f64,
    pause: Option<Pause>,
}

/// A pause that is over, and may have been a silence.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Pause {
    /// The last second before it.
    from: i64,
    /// The first second after it.
    to: i64,
    /// Requests since.
    since: u64,
    /// Somebody had come during it, and only waited long.
    came: bool,
}

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Silences(BTreeMap<Name, Line>);

/// What became of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It goes on.
    GoesOn,
    /// Traffic was back in this second.
    Back(i64),
    /// It was none: those who had come got no answer before.
    Waited,
}

/// A frontend that was silent from the end of a second on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Silence {
    frontend: Name,
    last: i64,
    turn: Turn,
    /// Requests that were due by now.
    due: u64,
}

impl Line {
    fn new(second: i64) -> Self {
        Self {
            first: second,
            last: second,
            requests: 0,
            rate: Mean::over(RECENTLY),
            longest: 0.0,
            pause: None,
        }
    }

    /// A pause that ended in this second, or goes on, is longer than any that is ordinary.
    fn is_silence(&self, now: i64) -> bool {
        let pause = now - self.last - 1;
        pause >= SHORTEST
            && pause >= LONGER * (self.longest.ceil() as i64)
            && self.rate.value() * pause as f64 >= DUE
            && self.requests >= KNOWN
            && (self.last - self.first) * WATCHED.0 >= pause
            && self.last - self.first >= WATCHED.1
    }

    /// Takes a second's requests. A silence is told when it is clear that traffic is back.
    fn step(&mut self, now: i64, n: u64, accepted: i64) -> Option<(i64, Turn)> {
        let told = self.settle(now);
        if self.pause.is_none() && self.is_silence(now) {
            self.pause = Some(Pause {
                from: self.last,
                to: now,
                since: 0,
                came: false,
            });
        }
        if let Some(pause) = &mut self.pause {
            pause.since += n;
            pause.came |= (pause.from + 1..pause.to - 1).contains(&accepted.div_euclid(1000));
        } else {
            let passed = now - self.last;
            self.note_pause(passed - 1, passed);
            self.rate.add(passed, n);
        }
        self.requests += n;
        self.last = now;
        told
    }

    fn note_pause(&mut self, pause: i64, passed: i64) {
        let kept = (-passed as f64 / HALF_LIFE).exp2();
        self.longest = (self.longest * kept).max(pause as f64);
    }

    /// Some seconds after a pause it is known whether traffic is back.
    fn settle(&mut self, now: i64) -> Option<(i64, Turn)> {
        let Pause {
            from,
            to,
            since,
            came,
        } = self.pause.take_if(|pause| now >= pause.to + BACK)?;
        if came {
            return Some((from, Turn::Waited));
        }
        if since as f64 >= AS_BEFORE * self.rate.value() * BACK as f64 {
            return Some((from, Turn::Back(to)));
        }
        self.note_pause(to - from - 1, to - from);
        self.rate.add(to - from, 0);
        None
    }
}

impl Silences {
    /// Takes a second; names the frontends that were or are silent.
    fn step(&mut self, slot: &Slot) -> Vec<Silence> {
        let now = slot.second;
        let mut told = Vec::new();
        for (frontend, (n, accepted)) in by_frontend(slot) {
            if n == 0 && !self.0.contains_key(frontend) {
                continue;
            }
            if self.0.len() >= FRONTENDS && !self.0.contains_key(frontend) {
                continue;
            }
            let line = self
                .0
                .entry(frontend.clone())
                .or_insert_with(|| Line::new(now));
            if let Some((last, turn)) = line.step(now, n, accepted) {
                told.push(line.silence(frontend, last, now, turn));
            }
        }
        let silent = |line: &Line| now - line.last > GOES_ON && line.is_silence(now);
        for (frontend, line) in self.0.iter().filter(|(_, line)| silent(line)) {
            told.push(line.silence(frontend, line.last, now, Turn::GoesOn));
        }
        told
    }
}

impl Line {
    fn silence(&self, frontend: &Name, last: i64, now: i64, turn: Turn) -> Silence {
        let until = match turn {
            Turn::Back(back) => back,
            Turn::GoesOn | Turn::Waited => now,
        };
        Silence {
            frontend: frontend.clone(),
            last,
            turn,
            due: (self.rate.value() * (until - last - 1) as f64) as u64,
        }
    }
}

/// Requests of each frontend, and the earliest accept date (ms) among its lines. Handshakes that failed are none.
fn by_frontend(slot: &Slot) -> BTreeMap<&Name, (u64, i64)> {
    let mut frontends: BTreeMap<&Name, (u64, i64)> = BTreeMap::new();
    for pulse in slot
        .pulses
        .iter()
        .filter(|pulse| !pulse.frontend.is_empty())
    {
        let (n, accepted) = frontends.entry(&pulse.frontend).or_insert((0, i64::MAX));
        *n += pulse.n;
        *accepted = (*accepted).min(pulse.accepted);
    }
    let failed = slot
        .cells
        .iter()
        .filter(|cell| !cell.outcome.symptom.is_request());
    for cell in failed {
        if let Some((n, _)) = frontends.get_mut(&cell.place.backend) {
            *n = n.saturating_sub(cell.tally.n);
        }
    }
    frontends
}

impl Scan {
    /// Notes to which frontends clients came in this second.
    pub(super) fn fall_silent(&mut self, slot: &Slot) {
        for silence in self.silences.step(slot) {
            if silence.turn == Turn::Waited {
                self.take_back(&silence.frontend);
            } else if !self.is_explained(&silence) {
                self.tell(silence);
            }
        }
    }

    /// HAProxy itself was not there, or somebody took servers away at that time.
    fn is_explained(&self, silence: &Silence) -> bool {
        let around = silence.last - TOGETHER..=self.now + TOGETHER;
        if self.processes.spoke(silence.last - TOGETHER) {
            return true;
        }
        self.cases.values().any(|case| match case.group {
            Group::Restart => case
                .processes
                .iter()
                .any(|step| around.contains(&step.second)),
            Group::Maintenance => case
                .absences
                .spans()
                .any(|(_, span)| (silence.last - span.from).abs() <= TOGETHER),
            _ => false,
        })
    }

    /// What was told of a frontend was no silence.
    fn take_back(&mut self, frontend: &Name) {
        self.cases.retain(|(group, _), case| {
            let told = *group == Group::Silence && case.silent.remove(frontend);
            !told || !case.silent.is_empty()
        });
    }

    fn tell(&mut self, silence: Silence) {
        let together = |held: i64| (held - silence.last).abs() <= TOGETHER;
        let shared = self.cases.iter().find_map(|((group, site), case)| {
            (*group == Group::Silence && together(case.begin)).then(|| site.clone())
        });
        let site = shared.unwrap_or_else(|| Site {
            frontend: silence.frontend.clone(),
            ..Site::default()
        });
        let case = self.open(Group::Silence, &site, silence.last);
        let name = String::from_utf8_lossy(&silence.frontend).into_owned();
        let stopped = Step {
            second: silence.last,
            what: "traffic_stopped",
            text: format!("last request to {name}"),
            pid: 0,
            clue: None,
        };
        if case.silent.insert(silence.frontend) {
            case.processes.push(stopped);
        }
        if let Turn::Back(back) = silence.turn {
            case.processes.push(Step {
                second: back,
                what: "traffic_back",
                text: format!(
                    "first request to {name} again; some {} were due",
                    count(silence.due)
                ),
                pid: 0,
                clue: None,
            });
        }
    }
}
