//! The stated interval holds the truth as often as it says.
//!
//! Of every distribution many samples are drawn, and of each is asked what longer limits would have saved. `cargo test
//! --test survival -- --nocapture` prints the table.

use hapline::advice::survival::{Outcome, dispersion};
use hapline::incident::spells;

use crate::times::{Random, Times};
use crate::{Counts, LIMIT, Waits, waits};

/// Limits of a log whose timeouts differ, as parts of the longest.
const SEVERAL: [f64; 3] = [0.4, 0.7, 1.0];

/// Limits that are asked for, as multiples of the present one.
const LONGER: [f64; 4] = [1.2, 1.5, 2.0, 3.0];

const DRAWS: usize = 200;

/// Where none is wanted to be answered.
const FEW_DRAWS: usize = 40;

/// What is counted for one longer limit.
#[derive(Default)]
struct Cell {
    longer: f64,
    truth: f64,
    held: usize,
    widths: Vec<f64>,
}

impl Cell {
    fn coverage(&self) -> f64 {
        self.held as f64 / self.widths.len().max(1) as f64
    }

    fn width(&self) -> f64 {
        let mut widths = self.widths.clone();
        widths.sort_by(f64::total_cmp);
        widths.get(widths.len() / 2).copied().unwrap_or(1.0)
    }
}

/// Draws samples of a distribution, the longest limit at the time that `share` of them exceed.
fn cells(
    times: &Times,
    share: f64,
    draws: usize,
    limits: &[f64],
    draw: impl Fn(f64, &mut Random) -> Waits,
) -> Vec<Cell> {
    let limit = times.exceeded_by(share);
    let unit = f64::from(LIMIT) / limit;
    let mut random = Random(20_260_101);
    let mut cells: Vec<Cell> = LONGER
        .iter()
        .map(|longer| Cell {
            longer: *longer,
            ..Cell::default()
        })
        .collect();
    for _ in 0..draws {
        let waits = draw(unit, &mut random);
        let survival = waits.survival();
        for cell in &mut cells {
            // Each limit has its bucket.
            let cut = waits.cut.iter().zip(limits).map(|((_, n), part)| {
                n as f64 * times.survival(limit * cell.longer) / times.survival(limit * part)
            });
            cell.truth = 1.0 - cut.sum::<f64>() / waits.cut.count() as f64;
            let raised = survival.raised((f64::from(LIMIT) * cell.longer) as u32, None);
            if let Outcome::Saves(saved) = raised.outcome {
                let share = saved.share;
                cell.held += usize::from((share.low..=share.high).contains(&cell.truth));
                cell.widths.push(share.high - share.low);
            }
        }
    }
    cells
}

/// Prints a line of the table: for each limit, in percent, how often there is an answer, how often it holds, and how
/// wide it is. Checks it; `most` is how often an interval may hold.
fn check(name: &str, cells: &[Cell], most: f64) {
    let columns = cells.iter().map(|cell| {
        format!(
            "{:3.0} {:3.0} {:3.0}",
            100.0 * cell.widths.len() as f64 / DRAWS as f64,
            100.0 * cell.coverage(),
            100.0 * cell.width()
        )
    });
    println!("{name:28} {}", columns.collect::<Vec<_>>().join(" | "));
    for (cell, longer) in cells.iter().zip(LONGER) {
        let (answers, held, width) = (cell.widths.len(), cell.coverage(), cell.width());
        assert!(
            answers * 10 >= DRAWS * 6,
            "{name} {longer}: {answers} answers"
        );
        assert!(held >= 0.85, "{name} {longer}: holds {held}");
        assert!(width <= 0.35, "{name} {longer}: width {width}");
        assert!(held <= most, "{name} {longer}: holds {held}");
    }
}

fn of(times: &Times, n: usize, share: f64, draws: usize, limits: &[f64]) -> Vec<Cell> {
    let in_ms: Vec<u32> = (limits.iter())
        .map(|part| (f64::from(LIMIT) * part) as u32)
        .collect();
    cells(times, share, draws, limits, |unit, random| {
        waits(times, unit, n, &in_ms, random)
    })
}

/// Minutes of a hundred requests, slow ones in rows: the slowness of a minute is an AR(1) of its logarithm.
fn in_minutes(times: &Times, sigma: f64, unit: f64, minutes: usize, random: &mut Random) -> Waits {
    let (mut completed, mut cut) = (Counts::new(), Counts::new());
    let (mut cuts, mut late) = (spells::Counts::default(), spells::Counts::default());
    let mut slowness = random.normal();
    for _ in 0..minutes {
        let (mut cut_now, mut late_now) = (0, 0);
        for _ in 0..100 {
            let time = times.draw(random) * unit * (sigma * slowness).exp();
            let is_cut = time >= f64::from(LIMIT);
            cut_now += u64::from(is_cut);
            late_now += u64::from(2.0 * time >= f64::from(LIMIT));
            if is_cut {
                cut.add(f64::from(LIMIT));
            } else {
                completed.add(time);
            }
        }
        cuts.add(cut_now);
        late.add(late_now);
        slowness = 0.8 * slowness + 0.6 * random.normal();
    }
    Waits {
        completed: completed.histogram(),
        cut: cut.histogram(),
        dispersion: dispersion(&cuts, &late),
    }
}

fn ten_thousand_completed_and_a_hundred_cut(name: &str, times: &Times) {
    check(name, &of(times, 10_100, 0.0099, DRAWS, &[1.0]), 0.97);
}

#[test]
fn one_mode() {
    for (name, times) in [
        ("lognormal", Times::Lognormal(1.0)),
        ("pareto", Times::Pareto(1.0)),
        ("weibull, shape 0.5", Times::Weibull(0.5)),
        ("weibull, shape 1.5", Times::Weibull(1.5)),
    ] {
        ten_thousand_completed_and_a_hundred_cut(name, &times);
    }
}

#[test]
fn other_shapes() {
    let [lognormal, narrow, slow, late] =
        [1.0, 0.8, 0.7, 0.5].map(|sigma| Box::new(Times::Lognormal(sigma)));
    let exponential = || Box::new(Times::Weibull(1.0));
    for (name, times) in [
        ("log-logistic", Times::LogLogistic(2.0)),
        ("shifted lognormal", Times::Shifted(2.0, lognormal)),
        ("two lognormal modes", Times::Mixed(narrow, 0.2, 6.0, slow)),
        (
            "a few of a slow mode",
            Times::Mixed(Box::new(Times::Lognormal(1.0)), 0.03, 8.0, late),
        ),
        (
            "hyperexponential",
            Times::Mixed(exponential(), 0.3, 4.0, exponential()),
        ),
        ("gamma", Times::Gamma(2)),
    ] {
        ten_thousand_completed_and_a_hundred_cut(name, &times);
    }
}

#[test]
fn narrower_and_wider_ones() {
    for (name, times) in [
        ("lognormal, σ 0.5", Times::Lognormal(0.5)),
        ("lognormal, σ 1.6", Times::Lognormal(1.6)),
        ("pareto, index 2.5", Times::Pareto(2.5)),
        ("pareto, index 4", Times::Pareto(4.0)),
        ("weibull, shape 2", Times::Weibull(2.0)),
    ] {
        ten_thousand_completed_and_a_hundred_cut(name, &times);
    }
}

#[test]
fn four_times_as_many_cut() {
    for (name, times) in [
        ("lognormal", Times::Lognormal(1.0)),
        ("pareto", Times::Pareto(1.0)),
        ("weibull, shape 0.5", Times::Weibull(0.5)),
        (
            "a few of a slow mode",
            Times::Mixed(
                Box::new(Times::Lognormal(1.0)),
                0.03,
                8.0,
                Box::new(Times::Lognormal(0.5)),
            ),
        ),
    ] {
        let cells = of(&times, 10_400, 0.04, DRAWS, &[1.0]);
        check(&format!("{name}, 400 cut"), &cells, 0.97);
    }
}

#[test]
fn several_timeouts() {
    for (name, times) in [
        ("lognormal", Times::Lognormal(1.0)),
        ("pareto", Times::Pareto(1.5)),
        ("weibull, shape 0.5", Times::Weibull(0.5)),
    ] {
        let cells = of(&times, 10_100, 0.0099, DRAWS, &SEVERAL);
        check(&format!("{name}, several timeouts"), &cells, 0.97);
    }
}

/// Where the bar is not held: a slow mode that begins shortly before the limit, so that few of its waits ended. Its rate is
/// taken for that of the fast mode's tail as long as the waits do not tell them apart, and then the interval misses the truth
/// more often than it says; or they are told apart, nobody knows what follows, and the interval is wide. Of 10,000 completed
/// and 100 cut requests, for limits 1.2, 1.5, 2 and 3 times as long, it holds in 200 draws, in percent:
///
/// | times                                                | holds       | width       | answers     |
/// |------------------------------------------------------|-------------|-------------|-------------|
/// | exponential, a tenth of them 3 times as long         | 95 94 92 87 | 21 32 32 25 | 95          |
/// | exponential, a tenth 5 times                         | 89 87 86 85 | 18 29 30 22 | 99          |
/// | the same under three timeouts                        | 90 90 85 82 | 14 16 16 12 | 100         |
/// | exponential, 3 % of them 5 times                     | 91 94 98 96 | 21 33 38 37 | 54          |
/// | exponential, 3 % of them 10 times                    | 93 93 92 87 | 15 34 54 67 | 62, at last 55 |
/// | exponential, a tenth 3 times as long and Pareto (1.5) | 98 99 100 100 | 18 38 52 58 | 100      |
///
/// What is asserted is that it is no worse than that, in fewer draws. Where 400 are cut of 10,400, of which 3 % take 5 or 10
/// times as long as the others, the limit falls on the end of the fast ones, and the interval holds in 91 to 82 % and in 81
/// to 53 %: the waits look like lognormal ones.
#[test]
fn a_slow_mode_that_begins_shortly_before_the_limit() {
    let exponential = || Box::new(Times::Weibull(1.0));
    for (name, share, longer, slow, holds, answers) in [
        ("a tenth 3 times", 0.1, 3.0, exponential(), 0.8, 0.9),
        ("a tenth 5 times", 0.1, 5.0, exponential(), 0.8, 0.9),
        ("3 % 5 times", 0.03, 5.0, exponential(), 0.85, 0.45),
        ("Pareto", 0.1, 3.0, Box::new(Times::Pareto(1.5)), 0.9, 0.9),
    ] {
        let times = Times::Mixed(exponential(), share, longer, slow);
        let cells = of(&times, 10_100, 0.0099, FEW_DRAWS, &[1.0]);
        for (cell, longer) in cells.iter().zip(LONGER) {
            let answered = cell.widths.len() as f64 / FEW_DRAWS as f64;
            println!(
                "{name} {longer}: {answered} {} {}",
                cell.coverage(),
                cell.width()
            );
            assert!(
                cell.coverage() >= holds,
                "{name} {longer}: {}",
                cell.coverage()
            );
            assert!(answered >= answers, "{name} {longer}: {answered}");
        }
    }
}

/// Of a thousand requests a tenth is cut. An answer is wider than of ten thousand; in one cell it holds in 98 %.
#[test]
fn a_thousand_in_two_modes() {
    let exponential = || Box::new(Times::Weibull(1.0));
    let [fast, slow] = [0.8, 0.7].map(|sigma| Box::new(Times::Lognormal(sigma)));
    for (name, times) in [
        ("two lognormal modes", Times::Mixed(fast, 0.2, 6.0, slow)),
        (
            "a tenth 3 times",
            Times::Mixed(exponential(), 0.1, 3.0, exponential()),
        ),
        (
            "a tenth 5 times",
            Times::Mixed(exponential(), 0.1, 5.0, exponential()),
        ),
        (
            "3 % 10 times",
            Times::Mixed(exponential(), 0.03, 10.0, exponential()),
        ),
    ] {
        let cells = of(&times, 1_000, 0.1, DRAWS, &[1.0]);
        for (cell, longer) in cells.iter().zip(LONGER) {
            let held = cell.coverage();
            println!("{name}, of a thousand, {longer}: {held} {}", cell.width());
            assert!((0.85..=0.98).contains(&held), "{name} {longer}: {held}");
            assert!(cell.widths.len() * 10 >= DRAWS * 6, "{name} {longer}");
        }
    }
}

/// Slow minutes in rows. Where it is requests that resemble the one before (a correlation of 0.9, a hundred a minute), it
/// holds in 80 to 93 % of 100 draws: their rate is unsure in its slope too.
#[test]
fn slow_minutes() {
    for (name, times) in [
        ("lognormal", Times::Lognormal(1.0)),
        ("pareto", Times::Pareto(1.5)),
        ("weibull, shape 0.5", Times::Weibull(0.5)),
    ] {
        let sigma = 0.3;
        let marginal = Times::InSlowMinutes(Box::new(times.clone()), sigma);
        let cells = cells(&marginal, 0.01, DRAWS, &[1.0], |unit, random| {
            in_minutes(&times, sigma, unit, 101, random)
        });
        check(&format!("{name} in slow minutes"), &cells, 0.97);
    }
}

/// How many of the draws are answered, where `late` of the fast ones exceed the limit.
fn answered(name: &str, fast: &Times, slow: &Times, times_limit: f64, late: f64) -> usize {
    let limit = fast.exceeded_by(late);
    let [fast, slow] = [fast, slow].map(|times| Box::new(times.clone()));
    let both = Times::Mixed(fast, 0.01, times_limit * limit, slow);
    let share = both.survival(limit);
    let cells = of(&both, 10_100, share, FEW_DRAWS, &[1.0]);
    let most = (cells.iter().map(|cell| cell.widths.len())).max();
    println!("fast or {name}: {most:?} of {FEW_DRAWS} answered");
    most.unwrap_or(0)
}

#[test]
fn fast_or_never() {
    for (name, fast, slow, times_limit) in [
        ("never", Times::Lognormal(0.5), Times::Never, 1.0),
        ("never, and gamma", Times::Gamma(3), Times::Never, 1.0),
        ("never, and pareto", Times::Pareto(2.0), Times::Never, 1.0),
        ("slow", Times::Lognormal(0.7), Times::Lognormal(0.2), 3.0),
    ] {
        let most = answered(name, &fast, &slow, times_limit, 0.0003);
        assert!(most * 20 <= FEW_DRAWS, "fast or {name}: {most} answered");
    }
}

/// Of the requests that are cut every fourth is a fast one: a tail that goes on is not told from its end so easily.
#[test]
fn fast_near_the_limit_or_never() {
    for (name, fast, slow, times_limit) in [
        ("never", Times::Lognormal(0.5), Times::Never, 1.0),
        ("never, and weibull", Times::Weibull(0.5), Times::Never, 1.0),
        ("slow", Times::Lognormal(0.7), Times::Lognormal(0.2), 3.0),
    ] {
        let most = answered(name, &fast, &slow, times_limit, 0.003);
        assert!(most * 5 <= FEW_DRAWS, "fast or {name}: {most} answered");
    }
}
