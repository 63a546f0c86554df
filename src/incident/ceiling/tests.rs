//! Connections that come and go, against what is believed of a number they stand at.
//!
//! Enters: nothing. Leaves: nothing. Must not know: real logs; those are with the recordings.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::*;

const HOURS: f64 = 2.0 * 3_600.0;

/// A frontend: clients a second, how long each stays (s), and how many it holds.
struct Entrance {
    rate: fn(f64) -> f64,
    stay: f64,
    holds: usize,
}

/// Random numbers that are the same each time.
struct Dice(TestRng);

impl Dice {
    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * ((f64::from(self.0.next_u32()) + 1.0) / (f64::from(u32::MAX) + 2.0)).ln()
    }
}

/// How many connections there were on each line, by second: one line for each connection, when it ends.
fn lines(door: &Entrance, seconds: f64) -> BTreeMap<i64, Vec<u32>> {
    let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let ms = |at: f64| (at * 1e3) as i64;
    let (mut open, mut waiting) = (BinaryHeap::new(), 0usize);
    let mut lines: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
    let mut comes = 0.0;
    while comes < seconds {
        comes += dice.exponential(1.0 / (door.rate)(comes));
        while let Some(Reverse(ends)) = open
            .peek()
            .copied()
            .filter(|Reverse(ends)| *ends <= ms(comes))
        {
            lines
                .entry(ends / 1_000)
                .or_default()
                .push(open.len() as u32);
            open.pop();
            // Who waits outside is let in a little later.
            if waiting > 0 {
                waiting -= 1;
                open.push(Reverse(ends + ms(dice.exponential(door.stay)) + 1));
            }
        }
        if open.len() < door.holds {
            open.push(Reverse(ms(comes + dice.exponential(door.stay))));
        } else {
            waiting += 1;
        }
    }
    lines
}

fn most(lines: &[u32]) -> Most {
    let value = lines.iter().copied().max().unwrap_or(0);
    let lines = lines.iter().filter(|n| **n == value).count() as u32;
    Most { value, lines }
}

/// The seconds in which a number is believed to be a limit, with it.
fn full(lines: &BTreeMap<i64, Vec<u32>>) -> Vec<(i64, u32)> {
    let mut line = Line::default();
    let believed = lines.iter().filter_map(|(second, lines)| {
        let most = most(lines);
        let since = line.step(*second, lines.len() as u64, most);
        since.map(|_| (*second, most.value))
    });
    believed.collect()
}

#[test]
fn connections_that_come_and_go_stand_at_no_limit() {
    let rates: [fn(f64) -> f64; 4] = [
        |_| 3.0,
        |_| 12.0,
        |_| 60.0,
        |at| 20.0 * (1.2 + (at / 900.0).sin()),
    ];
    for (n, rate) in rates.into_iter().enumerate() {
        for stay in [0.1, 1.0, 8.0, 60.0] {
            let door = Entrance {
                rate,
                stay,
                holds: usize::MAX,
            };
            let believed = full(&lines(&door, HOURS));
            assert!(
                believed.is_empty(),
                "{n} {stay} {:?}",
                &believed[..believed.len().min(9)]
            );
        }
    }
}

#[test]
fn a_rush_against_a_limit_is_believed_while_it_lasts() {
    for (stay, holds) in [(0.2, 12), (1.0, 40), (4.0, 150)] {
        let rush: fn(f64) -> f64 = |at| {
            if (60.0..100.0).contains(&at) {
                90.0
            } else {
                25.0
            }
        };
        let door = Entrance {
            rate: rush,
            stay,
            holds,
        };
        let believed = full(&lines(&door, 240.0));
        let (first, last) = (believed[0].0, believed[believed.len() - 1].0);
        assert!(
            believed.iter().all(|(_, value)| *value == holds as u32),
            "{believed:?}"
        );
        assert!((62..=80).contains(&first), "{stay}: {first}");
        assert!(last >= 98, "{stay}: {last}");
    }
}

#[test]
fn a_pool_is_no_limit_however_it_grows() {
    let grown = |second: i64| match second {
        0..30 => second as u32 + 1,
        30..600 => 30,
        // One of its connections is made anew now and then.
        600..900 if second % 20 == 0 => 29,
        600..900 => 30,
        900..930 => second as u32 - 870,
        _ => 60,
    };
    let lines = (0..7_200).map(|second| (second, vec![grown(second); 40]));
    assert_eq!(full(&lines.collect()), []);
}

#[test]
fn a_frontend_that_held_more_before_is_not_full() {
    let before = |second: i64| vec![30 + (second * 7 % 23) as u32; 9];
    let stands = |value: u32| [vec![value; 30], vec![value - 1]].concat();
    let with = |value: u32| {
        let lines = (0..200).map(|second| (second, before(second)));
        let after = (200..260).map(|second| (second, stands(value)));
        full(&lines.chain(after).collect()).len()
    };
    assert_eq!(with(40), 0);
    assert!(with(55) > 50);
}
