//! How far a file has been read, by the time of its lines.
//!
//! Enters: lines in their order. Leaves: when those were written that were read last. Must not know: other files.

use std::sync::Arc;

use crate::rollup::Lens;

/// Dated lines that are asked: an odd one among them is outvoted.
const NEAR: usize = 3;

/// See the module.
#[derive(Debug)]
pub struct Progress {
    lens: Arc<Lens>,
    /// s since 1970 UTC; `None` as long as no line had a time.
    at: Option<i64>,
}

impl Progress {
    /// Nothing was read.
    pub fn new(lens: Arc<Lens>) -> Self {
        Self { lens, at: None }
    }

    /// When the last lines were written; s since 1970 UTC. `None` comes before every time.
    pub fn at(&self) -> Option<i64> {
        self.at
    }

    /// These whole lines were read, none of which is later than `latest` (s since 1970 UTC).
    pub fn read(&mut self, lines: &[u8], latest: i64) {
        let last_first = lines.rsplit(|byte| *byte == b'\n');
        let mut clock = self.lens.clocks();
        let clocks = last_first.filter_map(|line| clock(line, 0));
        let dated = clocks.filter(|clock| clock.is_dated()).take(NEAR);
        let zone = &self.lens.zone;
        let times = dated.filter_map(|clock| clock.resolve(zone, self.at, latest));
        let mut times: Vec<i64> = times.collect();
        times.sort_unstable();
        self.at = times.get(times.len() / 2).copied().or(self.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Grid;
    use crate::time::zone::Zone;

    const NOON: i64 = 1_773_489_600; // 2026-03-14T12:00:00Z

    fn after(pieces: &[&str]) -> Option<i64> {
        let zone = Zone::named("UTC").unwrap();
        let mut progress = Progress::new(Arc::new(Lens::new(zone, Grid::default())));
        for piece in pieces {
            progress.read(piece.as_bytes(), NOON);
        }
        progress.at()
    }

    fn line(stamp: &str) -> String {
        format!("{stamp} lb1 haproxy[7]: Proxy be started.\n")
    }

    #[test]
    fn it_is_where_the_last_lines_are() {
        assert_eq!(after(&[]), None);
        assert_eq!(after(&["nothing with a time\n"]), None);
        let (ten, eleven) = (line("Mar 14 10:00:00"), line("Mar 14 11:00:00"));
        assert_eq!(after(&[&ten]), Some(NOON - 7_200));
        assert_eq!(after(&[&ten, &eleven]), Some(NOON - 3_600));
        assert_eq!(after(&[&ten, "and no time\n"]), Some(NOON - 7_200));
    }

    #[test]
    fn a_line_with_an_odd_date_does_not_move_it() {
        let ten = line("Mar 14 10:00:00");
        let odd = line("1970-01-01T00:00:00+00:00");
        let piece = format!("{ten}{ten}{odd}");
        assert_eq!(after(&[&piece]), Some(NOON - 7_200));
    }

    #[test]
    fn a_year_goes_on_into_the_next_one() {
        let december = line("Dec 31 23:59:59");
        let january = line("Jan  1 00:00:00");
        assert_eq!(after(&[&december]), Some(NOON - 6_264_001));
        assert_eq!(after(&[&december, &january]), Some(NOON - 6_264_000));
    }
}
