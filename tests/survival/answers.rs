//! What is answered, and what is not.

use hapline::advice::survival::{Doubt, Outcome, Raised, Saved, Survival};
use hapline::rollup::histogram::Histogram;

use crate::times::{Random, Times};
use crate::{Counts, LIMIT, waits};

fn histogram(counts: &[(u32, u64)]) -> Histogram {
    let mut histogram = Histogram::default();
    for (ms, n) in counts {
        histogram.add(*ms, *n);
    }
    histogram
}

fn saved(raised: &Raised) -> Saved {
    match raised.outcome {
        Outcome::Saves(saved) => saved,
        other => panic!("{other:?}"),
    }
}

#[test]
fn between_two_limits_only_what_was_seen_counts() {
    // Half of the servers cut at 1 s, the others at 3 s; of 400 that reach 1 s there, 100 end by 2 s.
    let completed = histogram(&[(100, 20_000), (1_500, 100), (2_500, 100)]);
    let cut = histogram(&[(1_000, 400), (3_000, 200)]);
    let raised = Survival::of(&completed, &cut, 1.0).raised(2_000, None);
    let saved = saved(&raised);
    assert_eq!(raised.reached, 400);
    assert!(saved.is_observed);
    let share = saved.share;
    assert!((0.21..0.26).contains(&share.middle), "{share:?}");
    assert!(share.low > 0.18 && share.high < 0.30, "{share:?}");
    // Three quarters for 1 s, one for about half of it.
    let held = raised.held_s;
    assert!((340.0..370.0).contains(&held.middle), "{held:?}");
    assert!(held.low < held.middle && held.middle < held.high && held.high <= 400.0);
}

#[test]
fn nothing_between_two_limits_is_not_much() {
    let completed = histogram(&[(100, 20_000), (2_500, 100)]);
    let cut = histogram(&[(1_000, 400), (3_000, 200)]);
    let raised = Survival::of(&completed, &cut, 1.0).raised(2_000, None);
    let share = saved(&raised).share;
    assert_eq!((share.low, share.middle), (0.0, 0.0));
    assert!(share.high > 0.005 && share.high < 0.02, "{share:?}");
}

#[test]
fn why_there_is_no_answer() {
    let spread: Vec<(u32, u64)> = (1..=100).map(|i| (i * 10, 100)).collect();
    for (name, completed, cut, wanted) in [
        ("few cut", &spread[..], 9, Doubt::TooFewCut),
        (
            "few completed",
            &[(500, 99)][..],
            50,
            Doubt::TooFewCompleted,
        ),
        ("half is cut", &spread[..], 20_000, Doubt::TooFewCompleted),
    ] {
        let (completed, cut) = (histogram(completed), histogram(&[(1_000, cut)]));
        let raised = Survival::of(&completed, &cut, 1.0).raised(1_500, None);
        assert_eq!(raised.outcome, Outcome::CannotTell(wanted), "{name}");
        assert_eq!(raised.held_s.low, 0.0, "{name}");
        assert_eq!(raised.held_s.high, cut.count() as f64 / 2.0, "{name}");
    }
}

#[test]
fn what_ends_early_or_not_at_all_is_not_saved() {
    let completed = histogram(&[(20, 5_000), (30, 4_000), (60, 900), (120, 100)]);
    let cut = histogram(&[(3_001, 100)]);
    let survival = Survival::of(&completed, &cut, 1.0);
    let raised = survival.raised(6_000, None);
    assert!(
        matches!(raised.outcome, Outcome::Never { at_most } if at_most < 0.05),
        "{raised:?}"
    );
    assert_eq!(raised.held_s.high, 300.0);
    assert!(raised.held_s.low > 280.0);
    assert_eq!(survival.proposed(None), None);
}

#[test]
fn fewer_independent_requests_tell_less() {
    let waits = waits(
        &Times::Lognormal(1.0),
        700.0,
        20_000,
        &[LIMIT],
        &mut Random(5),
    );
    let width = |dispersion| {
        let survival = Survival::of(&waits.completed, &waits.cut, dispersion).under(LIMIT);
        let share = saved(&survival.raised(LIMIT * 11 / 10, None)).share;
        share.high - share.low
    };
    // Slow minutes make the level of the rate unsure, not how it changes: so close to the limit it is most of what is unsure.
    assert!(
        width(3.0) > 1.06 * width(1.0),
        "{} {}",
        width(3.0),
        width(1.0)
    );
    assert!(
        width(10.0) > 1.25 * width(1.0),
        "{} {}",
        width(10.0),
        width(1.0)
    );
    assert_eq!(width(0.0), width(1.0));
    assert_eq!(width(f64::NAN), width(1.0));
}

#[test]
fn clients_that_leave_are_not_saved() {
    // Clients leave at a constant rate, on average after twice the limit.
    let (limit, mut random) = (f64::from(LIMIT), Random(11));
    let times = Times::Pareto(1.5);
    let unit = limit / times.exceeded_by(0.02);
    let (mut completed, mut cut, mut left) = (Counts::new(), Counts::new(), Counts::new());
    for _ in 0..40_000 {
        let time = times.draw(&mut random) * unit;
        let patience = random.exponential() * 2.0 * limit;
        if patience < time.min(limit) {
            left.add(patience);
        } else if time < limit {
            completed.add(time);
        } else {
            cut.add(limit);
        }
    }
    let (completed, cut, left) = (completed.histogram(), cut.histogram(), left.histogram());
    let survival = Survival::of(&completed, &cut, 1.0).under(LIMIT);
    // ∫ from 1 to 2 of 1.5 t^-2.5 exp(-(t-1)/2) dt
    let truth: f64 = (0..1_000)
        .map(|i| 1.0 + (f64::from(i) + 0.5) / 1_000.0)
        .map(|t| 1.5 * t.powf(-2.5) * (-(t - 1.0) / 2.0).exp() / 1_000.0)
        .sum();
    let with = saved(&survival.raised(2 * LIMIT, Some(&left))).share;
    assert!((with.low..=with.high).contains(&truth), "{truth} {with:?}");
    assert!(with.high - with.low < 0.35, "{with:?}");
    let without = saved(&survival.raised(2 * LIMIT, None)).share;
    assert!(without.middle > with.middle + 0.05, "{without:?} {with:?}");
}

#[test]
fn a_round_limit_that_saves_most_of_what_can_be_saved() {
    let times = Times::Pareto(1.5);
    let unit = 3_000.0 / times.exceeded_by(0.02);
    let waits = waits(&times, unit, 40_000, &[3_000], &mut Random(3));
    let survival = Survival::of(&waits.completed, &waits.cut, 1.0);
    let (limit, raised) = survival.proposed(None).expect("a limit");
    // 1 - 2.67^-1.5 is more than nine tenths of 1 - 3^-1.5, 1 - 2^-1.5 is not.
    assert_eq!(limit, 8_000);
    assert_eq!(raised, survival.raised(8_000, None));
}

#[test]
fn the_same_sample_has_the_same_answer() {
    // Whole numbers, because the powers and sines of machines differ.
    let spread: Vec<(u32, u64)> = (10..=299u32)
        .map(|i| (i * 10, 2_000_000 / u64::from(i * i)))
        .collect();
    let (completed, cut) = (histogram(&spread), histogram(&[(3_000, 3_000)]));
    let ask = || Survival::of(&completed, &cut, 1.0).raised(6_000, None);
    assert_eq!(ask(), ask());
    // To the last bit, on every machine.
    let share = saved(&ask()).share;
    let bits = [share.low, share.middle, share.high].map(|end| format!("{end:.17}"));
    assert_eq!(
        bits,
        [
            "0.76659498247543867",
            "0.85251657585556884",
            "0.91901380666532062"
        ]
    );
}
