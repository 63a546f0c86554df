//! `log` lines: where a proxy's traffic is logged, how long a line may be, and which lines are left out.
//!
//! Enters: the words of a line. Leaves: [`Logging`], to which lines add what they say. Must not know: logs.
//! HAProxy manual 4.2: `log`, `no log`, `log-steps`, `http-request set-log-level`.

use super::reader::Reader;
use super::setting::Setting;
use super::syntax::Word;

/// `len` where none is set, in bytes.
const DEFAULT_LEN: u32 = 1024;

/// A `log` line with a target of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogTarget {
    /// Bytes that a message may have with its header; longer ones are cut. 1024 where it is not set; `None` if it
    /// depends on the environment.
    pub len: Option<u32>,
    /// Which lines it gets; `None`: all.
    pub sample: Option<Sample>,
}

/// `sample <ranges>:<size>`: of each `size` lines those in the ranges are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Lines that are logged.
    pub logged: u32,
    /// Of so many.
    pub of: u32,
}

/// What a section says of its logging, over what it inherits.
#[derive(Debug, Clone, Default)]
pub(super) struct Logging {
    /// `log global` is in force.
    pub is_global: bool,
    /// The `log` lines in force.
    pub targets: Vec<Setting<LogTarget>>,
    /// Rules that take requests out of the log, as written.
    pub silent: Vec<Setting<()>>,
    /// `log-steps` without the end of a request.
    pub is_without_end: bool,
}

impl Logging {
    /// Reads a `log` line; `arguments` follow the keyword.
    pub(super) fn log(&mut self, first: &Word, arguments: &[&Word], reader: &Reader<'_>) {
        match arguments {
            [global] if global.is("global") => self.is_global = true,
            [_, _, ..] => {
                let words: Vec<&Word> = [first]
                    .into_iter()
                    .chain(arguments.iter().copied())
                    .collect();
                self.targets.push(reader.setting(&words, target(arguments)));
            }
            _ => {}
        }
    }

    /// Reads `no log`: what stands before it does not count.
    pub(super) fn no_log(&mut self) {
        (self.is_global, self.targets) = (false, Vec::new());
    }

    /// Reads `log-steps` (since 3.1).
    pub(super) fn steps(&mut self, steps: &Word) {
        let text = steps.text();
        let mut steps = text.split(',');
        self.is_without_end = !steps.any(|step| matches!(step, "all" | "any" | "close"));
    }

    /// Reads a rule: `http-request set-log-level silent` and its kin.
    pub(super) fn rule(&mut self, words: &[&Word], reader: &Reader<'_>) {
        let mut pairs = words.windows(2);
        if pairs.any(|pair| pair[0].is("set-log-level") && pair[1].is("silent")) {
            self.silent.push(reader.setting(words, ()));
        }
    }
}

/// What follows the address: keywords with a value each, then facility and levels.
fn target(arguments: &[&Word]) -> LogTarget {
    let mut target = LogTarget {
        len: Some(DEFAULT_LEN),
        sample: None,
    };
    for pair in arguments[1..].chunks(2) {
        match pair {
            [keyword, value] if keyword.is("len") => target.len = value.text().parse().ok(),
            [keyword, value] if keyword.is("sample") => target.sample = sample(&value.text()),
            [keyword, _] if keyword.is("format") || keyword.is("profile") => {}
            _ => break,
        }
    }
    target
}

/// `1,3-5:10`; `None` where it leaves nothing out or cannot be read.
fn sample(text: &str) -> Option<Sample> {
    let (ranges, of) = text.rsplit_once(':')?;
    let of: u32 = of.parse().ok()?;
    let mut logged = 0;
    for range in ranges.split(',') {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let (low, high): (u32, u32) = (low.parse().ok()?, high.parse().ok()?);
        logged += high.checked_sub(low)?.saturating_add(1);
    }
    (logged < of).then_some(Sample { logged, of })
}
