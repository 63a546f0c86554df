//! The stated interval holds the truth where slow minutes come in rows and limits differ: what is drawn goes the way of a
//! log's minutes to a question.

use hapline::advice::what_if::{self, Effect};
use hapline::advice::{Parties, Saving};
use hapline::incident::accounts::Accounts;
use hapline::rollup::seal::{Minute, TimerRow};
use hapline::rollup::timers::{Ending, Timer, Wait};

use crate::times::{Random, Times};

/// Limits in ms, by turns.
const LIMITS: [f64; 3] = [3_400.0, 6_000.0, 8_500.0];

/// Limits that are asked for, as multiples of the longest.
const LONGER: [f64; 4] = [1.2, 1.5, 2.0, 3.0];

const DRAWS: usize = 200;

/// ln of a slow time varies by so much.
const SLOWNESS: f64 = 0.3;

/// Requests that ended so, whose last wait took so many ms.
fn row(term: [u8; 2], timer: Timer, waits: &[f64]) -> TimerRow {
    TimerRow {
        backend: b"app"[..].into(),
        server: b"s1"[..].into(),
        ending: Ending {
            term,
            failed: term != *b"--",
            tcp: false,
            tunnel: false,
        },
        waits: waits
            .iter()
            .map(|ms| (Wait::of(timer, *ms as u32), 1))
            .collect(),
    }
}

/// 10,100 requests, a hundred each ten minutes: how slow these are is an AR(1) of its logarithm. And the share of the cut
/// ones that each limit cut.
fn drawn(times: &Times, unit: f64, random: &mut Random) -> (Accounts, [f64; 3]) {
    let mut accounts = Accounts::default();
    let (mut cuts, mut slowness) = ([0.0; 3], random.normal());
    for start in (0..101).map(|block| 600 * block) {
        let (mut completed, mut cut) = (Vec::new(), Vec::new());
        for request in 0..100 {
            let which = (start as usize / 6 + request) % LIMITS.len();
            let time = times.draw(random) * unit * (SLOWNESS * slowness).exp();
            if time < LIMITS[which] {
                completed.push(time);
            } else {
                cut.push(LIMITS[which]);
                cuts[which] += 1.0;
            }
        }
        let minute = Minute {
            by_minute: false,
            start,
            slots: Vec::new(),
            timers: vec![
                row(*b"--", Timer::Response, &completed),
                row(*b"sH", Timer::Rest, &cut),
            ],
            victims: Vec::new(),
        };
        accounts.add(&minute, |_| false);
        slowness = 0.8 * slowness + 0.6 * random.normal();
    }
    let all: f64 = cuts.iter().sum();
    (accounts, cuts.map(|n| n / all))
}

#[test]
fn slow_minutes_under_several_limits() {
    for (name, times) in [
        ("lognormal, σ 0.5", Times::Lognormal(0.5)),
        ("pareto", Times::Pareto(1.5)),
        ("exponential", Times::Weibull(1.0)),
    ] {
        let marginal = Times::InSlowMinutes(Box::new(times.clone()), SLOWNESS);
        let unit = LIMITS[2] / marginal.exceeded_by(0.01);
        let beyond = |ms: f64| marginal.survival(ms / unit);
        let mut random = Random(20_260_101);
        let mut held = [0usize; LONGER.len()];
        let mut answered = held;
        for _ in 0..DRAWS {
            let (accounts, cuts) = drawn(&times, unit, &mut random);
            let parties = Parties::new(&accounts, &[], None, false);
            for (at, longer) in LONGER.into_iter().enumerate() {
                let ms = LIMITS[2] * longer;
                let unsaved: f64 = (cuts.iter().zip(LIMITS))
                    .map(|(share, limit)| share * beyond(ms) / beyond(limit))
                    .sum();
                let question = format!("app timeout server {ms}ms")
                    .parse()
                    .expect("a question");
                let Effect::Known { all, .. } = what_if::answer(&question, &parties).effect else {
                    panic!("{name}: the waits are in the log");
                };
                if let Saving::Saves(saved) = all.raised.outcome {
                    let share = saved.share;
                    answered[at] += 1;
                    held[at] += usize::from((share.low..=share.high).contains(&(1.0 - unsaved)));
                }
            }
        }
        let held = [0, 1, 2, 3].map(|at| held[at] as f64 / answered[at].max(1) as f64);
        println!("{name} in slow minutes under three limits: {answered:?} {held:.2?}");
        for (answered, held) in answered.into_iter().zip(held) {
            assert!(answered * 10 >= DRAWS * 6, "{name}: {answered} answers");
            assert!((0.85..=0.97).contains(&held), "{name}: holds {held}");
        }
    }
}
