//! `--events FILE`: what was done meanwhile, such as deployments and changes.
//!
//! Enters: a file of lines `TIME text`. Leaves: events. Must not know: what becomes of them.

use std::path::Path;

use super::failure::Failure;
use crate::report::assemble::events::Event;
use crate::time::Stamp;
use crate::time::civil;
use crate::time::zone::Zone;

/// Bytes of `2026-03-14`, of `T09:12`, and of `:30`.
const PARTS: [usize; 3] = [10, 6, 3];

const HINT: &str = "write a time and a text on each line: 2026-03-14T09:12:30+01:00 deployed api 4.2; the zone and the \
                    seconds may be left out, # begins a comment";

/// The events of a file; times without a zone are of `zone`.
///
/// # Errors
/// When it cannot be read, or a line is no event.
pub fn read(path: &Path, zone: &Zone) -> Result<Vec<Event>, Failure> {
    let source = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        let hint = "name a file of lines such as: 2026-03-14T09:12 deployed api 4.2";
        Failure::new(format!("{source}: cannot be read: {error}"), hint)
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = (1..).zip(text.lines());
    let lines = lines.map(|(number, line)| (number, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(number, line)| {
            let wrong =
                |what| Failure::new(format!("{source}:{number}: {what}: {}", begun(line)), HINT);
            let (at, text) = event(line, zone).map_err(wrong)?;
            Ok(Event {
                at,
                text: text.to_owned(),
                source: source.clone(),
                line: number,
            })
        })
        .collect()
}

/// The first characters of a line.
fn begun(line: &str) -> String {
    line.chars().take(60).collect()
}

/// When (ms since 1970 UTC) and what, or what is wrong. In an hour that occurs twice the first is meant.
fn event<'a>(line: &'a str, zone: &Zone) -> Result<(i64, &'a str), &'static str> {
    const NO_TIME: &str = "the line does not begin with a time";
    let (stamp, rest) = time(line).ok_or(NO_TIME)?;
    let text = rest.trim();
    if !text.is_empty() && !rest.starts_with(char::is_whitespace) {
        return Err(NO_TIME);
    }
    if text.is_empty() {
        return Err("no text stands behind the time");
    }
    match stamp {
        Stamp::Civil(ms) => Ok((zone.instants(ms).first, text)),
        Stamp::Instant(ms) => Ok((ms, text)),
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => Err(NO_TIME),
    }
}

/// The time at the start of a line, and what follows it. Seconds may be left out.
fn time(line: &str) -> Option<(Stamp, &str)> {
    let [date, minutes, seconds] = PARTS;
    let (day, rest) = line.split_at_checked(date)?;
    let (clock, rest) = rest.split_at_checked(minutes)?;
    let clock = clock.strip_prefix(['T', 't', ' '])?;
    let (given, rest) = match rest.strip_prefix(':') {
        Some(_) => rest.split_at_checked(seconds)?,
        None => (":00", rest),
    };
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (zone, rest) = rest.split_at(end);
    let whole = format!("{day}T{clock}{given}{}", zone.replace('z', "Z"));
    let (stamp, length) = civil::iso(whole.as_bytes())?;
    (length == whole.len()).then_some((stamp, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 14 March 2026, 09:12:00 in Paris.
    const AT: i64 = 1_773_475_920_000;

    #[test]
    fn times_with_and_without_a_zone() {
        let paris = Zone::named("Europe/Paris").unwrap();
        for (line, ms) in [
            ("2026-03-14T09:12 x", AT),
            ("2026-03-14 09:12 x", AT),
            ("2026-03-14 09:12:30 x", AT + 30_000),
            ("2026-03-14T09:12:30\tx", AT + 30_000),
            ("2026-03-14T08:12Z x", AT),
            ("2026-03-14t08:12:00z  x ", AT),
            ("2026-03-14T10:12+02:00 x", AT),
            ("2026-03-14T10:12:00.250+02:00 x", AT + 250),
            // Set back at 03:00, the hour occurs twice.
            ("2026-10-25T02:30 x", 1_792_888_200_000),
        ] {
            assert_eq!(event(line, &paris), Ok((ms, "x")), "{line}");
        }
    }

    #[test]
    fn lines_that_are_no_events() {
        let no_time = Err("the line does not begin with a time");
        let no_text = Err("no text stands behind the time");
        for (line, expected) in [
            ("deployed api", no_time),
            ("2026-03-14", no_time),
            ("2026-03-14 deployed", no_time),
            ("2026-03-14T25:00 x", no_time),
            ("2026-02-30T09:12 x", no_time),
            ("2026-03-14T09:12x", no_time),
            ("2026-03-14T09:12:3 x", no_time),
            ("2026-03-14T09:12é x", no_time),
            ("é", no_time),
            ("2026-03-14T09:12", no_text),
            ("2026-03-14 09:12:00", no_text),
        ] {
            assert_eq!(
                event(line, &Zone::named("UTC").unwrap()),
                expected,
                "{line}"
            );
        }
    }
}
