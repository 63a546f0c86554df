//! Logs drawn at random from a small model: where and when, how dense, in which wrapping, and what happened.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::lines::{Header, Wall, What};

/// Where and when a log was written.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// The zone of the process.
    pub zone: &'static str,
    /// The second it begins at, since 1970 UTC.
    pub begins: i64,
}

/// 6 February 2026, 12:14:14 in Paris.
pub const NOON: Scene = Scene {
    zone: "Europe/Paris",
    begins: 1_770_376_454,
};

/// 31 December 2025, 23:58:00 in Paris.
pub const NEW_YEAR: Scene = Scene {
    zone: "Europe/Paris",
    begins: 1_767_221_880,
};

/// 26 October 2025, 02:50:00 in Paris, ten minutes before it is 02:00:00 again.
pub const PARIS_FOLD: Scene = Scene {
    zone: "Europe/Paris",
    begins: 1_761_439_800,
};

/// 2 November 2025, 01:50:00 in New York, ten minutes before it is 01:00:00 again.
pub const NEW_YORK_FOLD: Scene = Scene {
    zone: "America/New_York",
    begins: 1_762_062_600,
};

/// 1970, as a machine without a clock has it.
pub const EPOCH: i64 = 100;

/// 2099.
pub const FUTURE: i64 = 4_080_000_000;

/// A log: its lines with the seconds they were written in.
#[derive(Clone)]
pub struct Log {
    /// Where and when.
    pub scene: Scene,
    /// The wrapping of its lines.
    pub header: Header,
    /// Lines end in CR LF.
    pub crlf: bool,
    /// The last line has its newline.
    pub ends_whole: bool,
    /// What happened, with the second.
    pub lines: Vec<(i64, What)>,
}

impl fmt::Debug for Log {
    /// Where and when, and the log as it is.
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        writeln!(formatter, "{:?}", self.scene)?;
        for line in self.bytes_of_lines() {
            let end = line.len().min(160);
            writeln!(formatter, "{} {}", line.len(), line[..end].escape_ascii())?;
        }
        Ok(())
    }
}

impl Log {
    /// Its lines as bytes, each with its newline.
    pub fn bytes_of_lines(&self) -> Vec<Vec<u8>> {
        let wall = Wall::of(self.scene.zone);
        let newline: &[u8] = if self.crlf { b"\r\n" } else { b"\n" };
        // No two connections have all in common.
        let mut failed = 1_024;
        let mut other = 32_768;
        let line = |(second, what): &(i64, What)| {
            let port = if matches!(what, What::Failed(..)) {
                &mut failed
            } else {
                &mut other
            };
            *port += 1;
            [&wall.line(*second, self.header, what, *port), newline].concat()
        };
        let mut lines: Vec<Vec<u8>> = self.lines.iter().map(line).collect();
        if let (Some(last), false) = (lines.last_mut(), self.ends_whole) {
            last.pop();
        }
        lines
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes_of_lines().concat()
    }

    /// The line tells its time.
    fn is_dated(&self, what: &What) -> bool {
        match what {
            What::Good(_) | What::Failed(..) | What::Session(_) | What::Handshake => true,
            What::State(..) | What::Check | What::NoServer => self.header != Header::Bare,
            _ => false,
        }
    }

    /// The same from the first line on that tells its time. One before it takes that of a line behind it, as far as that
    /// is read with it; of a stream, nobody knows what will follow.
    pub fn since_its_first_time(mut self) -> Self {
        let first = self.lines.iter().position(|(_, what)| self.is_dated(what));
        self.lines.drain(..first.unwrap_or(self.lines.len()));
        self
    }

    /// Where it may be cut in two files: before lines that tell their time, between two seconds.
    pub fn seams(&self) -> Vec<usize> {
        // Without a header a line was written when its request ended.
        let took = |what: &What| match what {
            What::Session(took) | What::Failed(_, took) if self.header == Header::Bare => {
                i64::from(*took) / 1000 + 1
            }
            _ => 0,
        };
        let seconds = |lines: &[(i64, What)]| {
            lines
                .iter()
                .map(|(second, what)| second + took(what))
                .collect::<Vec<i64>>()
        };
        let between = |nth: usize| {
            let (before, after) = self.lines.split_at(nth);
            seconds(before).into_iter().max() < seconds(after).into_iter().min()
        };
        let all = 0..self.lines.len();
        all.filter(|nth| self.is_dated(&self.lines[*nth].1) && between(*nth))
            .collect()
    }

    /// The second in which its file was changed last.
    pub fn modified(&self) -> i64 {
        let sane = self.lines.iter().map(|(second, _)| *second);
        sane.filter(|second| (EPOCH + 9_999..FUTURE - 9_999).contains(second))
            .max()
            .unwrap_or(self.scene.begins)
    }
}

const STDERR: [&str; 3] = [
    "Server app/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. \
     0 sessions active, 0 requeued, 0 remaining in queue.",
    "Server app/web1 is UP, reason: Layer7 check passed, code: 200, check duration: 2ms. 2 active and 0 backup \
     servers online. 0 sessions requeued, 0 total in queue.",
    "Proxy app stopped (cumulated conns: FE: 0, BE: 3).",
];

fn server() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["web1", "web2"])
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        10 => (0u8..4).prop_map(What::Good),
        8 => (server(), 0u16..1_000).prop_map(|(server, took)| What::Failed(server, took)),
        2 => (0u16..60_000).prop_map(What::Session),
        1 => Just(What::Handshake),
        3 => (server(), any::<bool>()).prop_map(|(server, up)| What::State(server, up)),
        1 => Just(What::Check),
        1 => Just(What::NoServer),
        1 => Just(What::Stopped),
        1 => prop::sample::select(STDERR.to_vec()).prop_map(What::StderrDated),
        1 => prop::sample::select(STDERR.to_vec()).prop_map(What::Stderr),
        1 => Just(What::Foreign),
        1 => (0usize..120).prop_map(What::Cut),
        1 => vec(any::<u8>().prop_filter("not a newline", |byte| *byte != b'\n'), 0..30).prop_map(What::Garbage),
    ]
}

fn header() -> impl Strategy<Value = Header> {
    prop::sample::select(vec![Header::Traditional, Header::Rfc3339, Header::Bare])
}

/// What happened in a scene, dense or sparse, some lines up to five seconds out of order.
fn lines(begins: i64) -> impl Strategy<Value = Vec<(i64, What)>> {
    let gap = prop_oneof![3 => Just(2i64), 1 => Just(40), 1 => Just(900)];
    gap.prop_flat_map(|gap| vec((0..=gap, -5i64..=0, what()), 0..60))
        .prop_map(move |steps| {
            let mut now = begins;
            let step = |(gap, disorder, what)| {
                now += gap;
                (now + disorder, what)
            };
            steps.into_iter().map(step).collect()
        })
}

/// Any log of one of these scenes whose times go forward.
pub fn steady(scenes: &[Scene]) -> impl Strategy<Value = Log> + use<> {
    let scene = prop::sample::select(scenes.to_vec());
    (scene, header(), any::<bool>(), any::<bool>()).prop_flat_map(
        |(scene, header, crlf, ends_whole)| {
            // Without a header, a request that spans the end of an hour's first pass is read an hour late.
            let folds = scene.begins == PARIS_FOLD.begins || scene.begins == NEW_YORK_FOLD.begins;
            let header = match header {
                Header::Bare if folds => Header::Traditional,
                header => header,
            };
            lines(scene.begins).prop_map(move |lines| Log {
                scene,
                header,
                crlf,
                ends_whole,
                lines,
            })
        },
    )
}

/// Any log, with a line of 1970, one of 2099 and one of more than 64 KiB in some.
pub fn any_log() -> impl Strategy<Value = Log> {
    let odd = prop::option::weighted(0.3, any::<prop::sample::Index>());
    let long = prop::option::weighted(0.1, (any::<prop::sample::Index>(), 65_300usize..66_000));
    let log = steady(&[NOON, NEW_YEAR, PARIS_FOLD, NEW_YORK_FOLD]);
    (log, odd.clone(), odd, long).prop_map(|(mut log, epoch, future, long)| {
        // An odd line is known by the traffic before it.
        let traffic = |what: &What| matches!(what, What::Good(_) | What::Failed(..));
        let known = log
            .lines
            .iter()
            .enumerate()
            .filter(|(_, (_, what))| traffic(what));
        let Some(from) = known.map(|(nth, _)| nth + 1).nth(2) else {
            return log;
        };
        let mut put = |at: prop::sample::Index, second: Option<i64>, what| {
            let at = from + at.index(log.lines.len() + 1 - from);
            let before = at.checked_sub(1).map(|before| log.lines[before].0);
            let second = second.or(before).unwrap_or(log.scene.begins);
            log.lines.insert(at, (second, what));
        };
        if let Some((at, bytes)) = long {
            put(at, None, What::Long(bytes));
        }
        if let Some(at) = epoch {
            put(at, Some(EPOCH), What::Good(1));
        }
        if let Some(at) = future {
            put(at, Some(FUTURE), What::Failed("web1", 0));
        }
        log
    })
}

/// A grid so small that a small log has several blocks.
pub fn grid() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![150u64, 700, 2_048, 8_192])
}
