//! Times and numbers as HAProxy reads them (HAProxy manual 2.5; `parse_time_err` in `tools.c`).
//!
//! Enters: the bytes of a word. Leaves: a value and what HAProxy ignored behind it, or what is wrong with it.
//! Must not know: which keyword it is for.

/// Largest time in ms.
const MAX_MS: u128 = 0x7fff_ffff;

/// A value, and whether more text stood behind it that HAProxy ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount<T> {
    /// Time in ms, or a number.
    pub(super) value: T,
    /// HAProxy reads no further, and does not refuse.
    pub(super) has_rest: bool,
}

/// Why a word is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is none at all.
    Malformed,
    /// It is above the limit.
    TooLarge,
}

/// A time in ms, rounded up: digits and an optional unit, `us`, `ms` (the default), `s`, `m`, `h` or `d`.
pub(super) fn time(text: &[u8]) -> Result<Amount<u64>, Refused> {
    let (number, unit) = digits(text)?;
    let (times, divided, length) = match unit {
        [] => (1, 1, 0),
        [b'u', b's', ..] => (1, 1000, 2),
        [b'm', b's', ..] => (1, 1, 2),
        [b's', ..] => (1000, 1, 1),
        [b'm', ..] => (60_000, 1, 1),
        [b'h', ..] => (3_600_000, 1, 1),
        [b'd', ..] => (86_400_000, 1, 1),
        _ => return Err(Refused::Malformed),
    };
    let ms = u128::from(number.ok_or(Refused::TooLarge)?) * times;
    let ms = ms.div_ceil(divided);
    if ms > MAX_MS {
        return Err(Refused::TooLarge);
    }
    Ok(Amount {
        value: u64::try_from(ms).map_err(|_| Refused::TooLarge)?,
        has_rest: unit.len() > length,
    })
}

/// A time as in `haproxy.cfg`, in ms; `None` where it is none, or text stands behind it.
pub fn milliseconds(text: &str) -> Option<u64> {
    let time = time(text.as_bytes()).ok()?;
    (!time.has_rest).then_some(time.value)
}

/// A whole number; like HAProxy, what stands behind the digits does not count.
pub(super) fn number(text: &[u8]) -> Result<Amount<u32>, Refused> {
    let (number, rest) = digits(text)?;
    let value = number.and_then(|number| u32::try_from(number).ok());
    Ok(Amount {
        value: value.ok_or(Refused::TooLarge)?,
        has_rest: !rest.is_empty(),
    })
}

/// The number at the beginning (absent when it does not fit), and what follows.
fn digits(text: &[u8]) -> Result<(Option<u64>, &[u8]), Refused> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length).unwrap_or((text, b""));
    if digits.is_empty() {
        return Err(Refused::Malformed);
    }
    let number = digits.iter().try_fold(0_u64, |sum, digit| {
        sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    Ok((number, rest))
}

#[cfg(test)]
mod tests {
    use super::{Amount, Refused, number, time};

    #[test]
    fn times_are_ms_rounded_up() {
        for (text, ms) in [
            ("0", 0),
            ("10", 10),
            ("1us", 1),
            ("1000us", 1),
            ("1001us", 2),
            ("250ms", 250),
            ("10s", 10_000),
            ("5m", 300_000),
            ("1h", 3_600_000),
            ("24d", 2_073_600_000),
            ("2147483647", 2_147_483_647),
            ("0000000000000000000000010s", 10_000),
        ] {
            let wanted = Ok(Amount {
                value: ms,
                has_rest: false,
            });
            assert_eq!(time(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn times_haproxy_refuses() {
        for text in [
            "", "s", "10x", "10u", "1.5s", "-1", "10 s", " 10", "10S", "\u{e9}",
        ] {
            assert_eq!(time(text.as_bytes()), Err(Refused::Malformed), "{text}");
        }
        for text in [
            "2147483648",
            "25d",
            "99999999999999999999999s",
            "18446744073709551615d",
        ] {
            assert_eq!(time(text.as_bytes()), Err(Refused::TooLarge), "{text}");
        }
    }

    #[test]
    fn haproxy_warns_of_text_behind_the_unit_and_goes_on() {
        for (text, ms) in [("10sx", 10_000), ("5mn", 300_000), ("5min", 300_000)] {
            let wanted = Ok(Amount {
                value: ms,
                has_rest: true,
            });
            assert_eq!(time(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn numbers() {
        let amount = |value, has_rest| Ok(Amount { value, has_rest });
        assert_eq!(number(b"300"), amount(300, false));
        assert_eq!(number(b"10k"), amount(10, true));
        assert_eq!(number(b"4294967295"), amount(u32::MAX, false));
        assert_eq!(number(b"4294967296"), Err(Refused::TooLarge));
        assert_eq!(number(b"-1"), Err(Refused::Malformed));
        assert_eq!(number(b""), Err(Refused::Malformed));
    }
}
