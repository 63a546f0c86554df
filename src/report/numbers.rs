//! Numbers as people read them.
//!
//! Enters: counts, shares, estimates and rates. Leaves: short text. Must not know: what is counted.

use super::document::Estimate;
pub(super) use crate::words::numbers::count;

/// `1 line`, `12 lines`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// The share of `part` in `whole` in percent. Only nothing is `0 %`, only all is `100 %`.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    if part >= whole {
        return "100 %".to_owned();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    match ((part * 20_000 + whole) / (whole * 2)).min(9_999) {
        0 => "< 0.01 %".to_owned(),
        hundredths => format!("{}.{:02} %", hundredths / 100, hundredths % 100),
    }
}

/// A share from 0 to 1 in percent, by the same rule.
pub(super) fn portion(share: f64) -> String {
    const WHOLE: f64 = 1e12;
    // Below one, and above none, it stays so.
    let part = match share * WHOLE {
        none if none <= 0.0 => 0.0,
        all if all >= WHOLE => WHOLE,
        part => part.round().clamp(1.0, WHOLE - 1.0),
    };
    percent(part as u64, WHOLE as u64)
}

/// `about 2,310 clients`, or `12 clients` when it is exact.
pub(super) fn estimate(number: Estimate, one: &str, many: &str) -> String {
    let about = if number.error > 0.0 { "about " } else { "" };
    format!("{about}{}", counted(number.estimate, one, many))
}

/// A rate per second: `31/s`, `2.5/s`, `< 0.1/s`.
pub(super) fn rate(per_second: f64) -> String {
    match per_second {
        r if r >= 9.95 => format!("{r:.0}/s"),
        r if r >= 0.1 => format!("{r:.1}/s").replace(".0/s", "/s"),
        _ => "< 0.1/s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_204_311, "1,204,311"),
        ] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn a_share_is_never_rounded_to_none_or_all() {
        for (part, whole, text) in [
            (0, 5, "0 %"),
            (5, 5, "100 %"),
            (1, 1_000_000, "< 0.01 %"),
            (999_999, 1_000_000, "99.99 %"),
            (9_120, 1_203_800, "0.76 %"),
            (1, u64::MAX, "< 0.01 %"),
            (0, 0, "0 %"),
        ] {
            assert_eq!(percent(part, whole), text);
            let share = if whole == 0 {
                0.0
            } else {
                part as f64 / whole as f64
            };
            assert_eq!(portion(share), text);
        }
    }

    #[test]
    fn rates() {
        for (per_second, text) in [
            (31.4, "31/s"),
            (2.5, "2.5/s"),
            (2.0, "2/s"),
            (0.01, "< 0.1/s"),
        ] {
            assert_eq!(rate(per_second), text);
        }
    }
}
