//! Times and limits as people choose and write them.
//!
//! Enters: ms and counts. Leaves: round ones, and their text as in haproxy.cfg. Must not know: what they limit.

/// Leading digits of a round number.
const ROUND: [u64; 11] = [100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000];

/// The longest time HAProxy takes, in ms (`tools.c`).
pub const LONGEST: u64 = 0x7fff_ffff;

/// The smallest round time, in ms, that is not below `ms`: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 or 10 of a power of ten
/// of ms or, from a minute on, of minutes. Never longer than HAProxy takes.
pub fn round_up(ms: u64) -> u64 {
    let rounded = if ms > 60_000 {
        let minutes_in_ms = |tenths: u64| tenths.saturating_mul(6_000);
        minutes_in_ms(round(ms.div_ceil(6_000)))
    } else {
        round(ms)
    };
    rounded.min(LONGEST)
}

/// The smallest round number that is not below `number`.
pub fn round(number: u64) -> u64 {
    let mut unit = 1u64;
    loop {
        // Of numbers with two digits or fewer some of the leading digits are fractions.
        let fits = ROUND.iter().find_map(|lead| {
            let scaled = lead.checked_mul(unit)?;
            (scaled % 100 == 0 && scaled / 100 >= number).then_some(scaled / 100)
        });
        match (fits, unit.checked_mul(10)) {
            (Some(fits), _) => return fits,
            (None, Some(larger)) => unit = larger,
            (None, None) => return number,
        }
    }
}

/// What a limit that was met is raised to, where nothing tells how much more is needed.
pub fn raised(limit: u32) -> u64 {
    round(2 * u64::from(limit))
}

/// A time as in haproxy.cfg, in the largest unit in which it is whole: `1200ms`, `2s`, `5m`, `1h`.
pub fn time(ms: u64) -> String {
    match ms {
        0 => "0".to_owned(),
        _ if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ if ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        _ if ms.is_multiple_of(1_000) => format!("{}s", ms / 1_000),
        _ => format!("{ms}ms"),
    }
}

/// A measured time in words: `0 ms`, `83 ms`, `1.2 s`, `2.5 min`.
pub fn words(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{:.1} s", ms as f64 / 1e3).replace(".0 s", " s"),
        _ => format!("{:.1} min", ms as f64 / 6e4).replace(".0 min", " min"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{round, round_up, time};

    #[test]
    fn numbers_people_choose() {
        for (number, wanted) in [
            (0, 1),
            (1, 1),
            (9, 10),
            (11, 12),
            (13, 15),
            (21, 25),
            (26, 30),
        ] {
            assert_eq!(round(number), wanted, "{number}");
        }
    }

    #[test]
    fn times_people_choose() {
        for (ms, wanted) in [
            (480, "500ms"),
            (1_920, "2s"),
            (2_100, "2500ms"),
            (16_000, "20s"),
            (48_000, "50s"),
            (52_000, "1m"),
            (96_000, "2m"),
            (480_000, "8m"),
            (3_000_000, "50m"),
            (3_500_000, "1h"),
        ] {
            assert_eq!(time(round_up(ms)), wanted, "{ms}");
        }
    }

    proptest! {
        #[test]
        fn rounding_up_never_goes_down_nor_far(ms in 10_u64..0x7fff_ffff) {
            let rounded = round_up(ms);
            prop_assert!(rounded >= ms && rounded as f64 <= 1.4 * ms as f64, "{ms} became {rounded}");
        }
    }
}
