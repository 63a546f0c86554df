//! How much of a live stream may wait for its time.
//!
//! Enters: minutes that are pending, and where the lines stand that come. Leaves: as many as there is room for; of the others,
//! those of the past are told early, and the lines of those to come are out of order. Must not know: what is told of them.
//!
//! A few lines dated back keep all minutes since then pending, and whoever writes lines dated ahead opens minutes of
//! the day to come. Where they take little, they are waited for. Many lines dated back were queued on their way, which
//! is worth more room; but a clock that is wrong for good, or somebody who makes dates up, sends as many, without an end.
//!
//! Room is made after each block for what waits then, whichever blocks came in the same second: what a line of the past
//! counts for rests on the blocks before it, as everything here does.

use std::sync::Arc;

use super::frontier::{SKEW, Standing};
use super::{Minute, Sealer};

/// Bytes that minutes of the past and the present may take before some are told early, about: two minutes of 20,000 lines a
/// second from 200 servers, one in eighty with a name that was made up.
const WAITING: usize = 48 << 20;

/// The same while lines come that were queued on their way, about: what comes beside them waits until the queue is empty.
const QUEUED: usize = 128 << 20;

/// Bytes that minutes may take that are further ahead than clocks are, about: an hour of some servers. They fill up by and by,
/// among what is soon let go of, and hold much more than they take.
const AHEAD: usize = 2 << 20;

impl Sealer {
    /// A block has been taken whose lines stand there: makes room for those to come.
    pub(super) fn make_room(&mut self, standing: &Standing, told: impl FnMut(Minute)) {
        let now = standing.now;
        if self.frontier.is_on_time() {
            self.let_go_beyond(now + SKEW);
        }
        self.queue.note(now, standing.not_ahead());
        let room = match self.queue.is_there() {
            true => QUEUED,
            false => WAITING,
        };
        self.tell_early(standing.complete(), now + SKEW, room, told);
    }

    /// Lets go of the minutes furthest ahead.
    fn let_go_beyond(&mut self, second: i64) {
        let mut taken = 0;
        let mut beyond = self.pending.range(second..);
        let first = beyond.find(|(_, pending)| {
            taken += pending.room();
            taken > AHEAD
        });
        if let Some(first) = first.map(|(start, _)| *start) {
            for (start, pending) in self.pending.split_off(&first) {
                Arc::unwrap_or_clone(pending).out_of_order(start, &mut self.late);
            }
        }
    }

    /// Tells the earliest minutes before one that is complete, until those that wait until then have room.
    fn tell_early(&mut self, complete: i64, until: i64, room: usize, mut told: impl FnMut(Minute)) {
        let waiting = self.pending.range(..until);
        let mut taken: usize = waiting.map(|(_, pending)| pending.room()).sum();
        while taken > room
            && let Some((_, pending)) = self.pending.range(..complete).next()
        {
            taken -= pending.room();
            self.first_left().into_iter().for_each(&mut told);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::rollup::block::Block;
    use crate::rollup::fold::Piece;
    use crate::rollup::{Copies, Known, Lens, Rollup};
    use crate::source::{BlockId, Grid, Lines};
    use crate::time::zone::Zone;

    const NOW: i64 = 1_773_480_000; // 2026-03-14T09:20:00Z

    const HOUR: i64 = 3_600;

    /// A sealer of one live source, and what came.
    struct Given {
        sealer: Sealer,
        now: i64,
        offset: u64,
        lines: u64,
        told: u64,
    }

    impl Given {
        fn nothing() -> Self {
            let mut sealer = Sealer::new(zone(), Grid::of(1));
            sealer.go_live();
            Self {
                sealer,
                now: NOW,
                offset: 0,
                lines: 0,
                told: 0,
            }
        }

        /// A block comes of requests and of other lines, each dated so many seconds from now.
        fn take(
            &mut self,
            requests: impl IntoIterator<Item = i64>,
            downs: impl IntoIterator<Item = i64>,
        ) {
            let (id, block, known) = self.folded(requests, downs);
            let told = &mut self.told;
            let tell = |minute| *told += lines_of(&minute);
            self.sealer.take(id, block, &known.names, None, tell);
        }

        /// The same of one that was kept.
        fn take_kept(&mut self, requests: impl IntoIterator<Item = i64>) {
            let (id, block, known) = self.folded(requests, []);
            let (begins, _) = self.sealer.span(id, &block).expect("lines with a time");
            let told = &mut self.told;
            let tell = |minute| *told += lines_of(&minute);
            let how = (begins, false);
            self.sealer.take_kept(id, block, &known.names, how, tell);
        }

        fn folded(
            &mut self,
            requests: impl IntoIterator<Item = i64>,
            downs: impl IntoIterator<Item = i64>,
        ) -> (BlockId, Block, Known) {
            let mut text = String::new();
            let said = (requests.into_iter().map(|at| (at, false)))
                .chain(downs.into_iter().map(|at| (at, true)));
            for (dated, is_down) in said {
                text += &line(self.lines, self.now + dated, is_down);
                self.lines += 1;
            }
            let lines = Lines {
                offset: self.offset,
                bytes: text.as_bytes(),
                before: b"",
                after: b"",
            };
            let lens = Lens::new(zone(), Grid::of(u64::MAX));
            let mut rollup = Rollup::default();
            rollup.add(Piece { source: 0, lines }, &lens, &mut Copies::default());
            let id = BlockId {
                source: 0,
                block: self.offset,
            };
            let (block, known) = rollup.into_block().expect("a block");
            self.sealer.source(0, self.now);
            self.offset += text.len() as u64;
            (id, block, known)
        }

        /// Bytes that some minutes take.
        fn room(&self, minutes: impl std::ops::RangeBounds<i64>) -> usize {
            let minutes = self.sealer.pending.range(minutes);
            minutes.map(|(_, pending)| pending.room()).sum()
        }

        fn late(&self) -> u64 {
            self.sealer.late().lines()
        }

        /// No block follows: each line was told once, or is out of order.
        fn finish(mut self) {
            while let Some(minute) = self.sealer.first_left() {
                self.told += lines_of(&minute);
            }
            assert_eq!(self.told + self.late(), self.lines);
        }
    }

    fn lines_of(minute: &Minute) -> u64 {
        let cells = minute.slots.iter().flat_map(|slot| &slot.cells);
        let events = minute.slots.iter().map(|slot| slot.events.len() as u64);
        let aside = minute.slots.iter().map(|slot| slot.aside.n);
        cells
            .map(|cell| cell.tally.n)
            .chain(events)
            .chain(aside)
            .sum()
    }

    fn zone() -> Zone {
        Zone::named("UTC").expect("a zone")
    }

    /// One of a server that no other line names. Its head says no year.
    fn line(number: u64, second: i64, is_down: bool) -> String {
        let at = Timestamp::from_second(second).expect("a time");
        let (logged, accepted) = (
            at.strftime("%b %e %H:%M:%S"),
            at.strftime("%d/%b/%Y:%H:%M:%S.000"),
        );
        match is_down {
            true => format!(
                "{logged} lb1 haproxy[7]: Server app/s{number} is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active \
                 and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n"
            ),
            false => format!(
                "{logged} lb1 haproxy[7]: 10.0.0.9:1024 [{accepted}] fe app/s{number} 0/0/1/7/8 200 1412 - - ---- \
                 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n"
            ),
        }
    }

    #[test]
    fn lines_of_a_whole_day_ahead_take_bounded_room_and_each_counts_once() {
        for beside in [800, 100] {
            let mut given = Given::nothing();
            for second in 0..50 {
                let ahead = (0..100).map(|nth| 600 + (nth * 50 + second) * 17);
                let present = std::iter::repeat_n(0, beside);
                given.take(present.chain(ahead), (0..100).map(|nth| 600 + nth * 840));
                assert!(given.room(given.now + SKEW..) <= AHEAD, "{beside}");
                given.now += 1;
            }
            assert!((500..9_000).contains(&given.late()), "{}", given.late());
            given.finish();
        }
    }

    #[test]
    fn a_clock_that_is_minutes_ahead_loses_no_line() {
        let mut given = Given::nothing();
        for _ in 0..10 {
            given.take((0..1_200).map(|nth| nth % 4 * 70), []);
            given.now += 1;
        }
        assert!(given.room(given.now + 100..) > AHEAD);
        assert_eq!(given.late(), 0);
        given.finish();
    }

    /// What comes in minutes that are fuller than most, two blocks in each; of a block one line in so many is of hours ago.
    fn full_minutes(minutes: i64, back: i64, is_down: bool) -> Given {
        let mut given = Given::nothing();
        for block in 0..2 * minutes {
            let ago = (0..6_000 / back).map(|nth| -(nth * 7 + block) * 60 % (5 * HOUR) - HOUR);
            let present = (0..6_000 - 6_000 / back).map(|nth| -nth % 30);
            match is_down {
                true => given.take(present, ago),
                false => given.take(present.chain(ago), []),
            }
            given.now += 30;
        }
        given
    }

    #[test]
    fn a_few_lines_of_hours_ago_keep_no_more_waiting_than_there_is_room_for() {
        for is_down in [false, true] {
            let given = full_minutes(9, 50, is_down);
            let waiting = given.room(..);
            let of_last = given.room(given.now - 90..);
            assert!(waiting <= WAITING + of_last, "{}", waiting >> 20);
            assert!(
                waiting > WAITING / 2,
                "{}: no more than is needed",
                waiting >> 20
            );
            // Those that the past has come to be closed for.
            let back = 18 * 6_000 / 50;
            assert!(
                (back / 2..=back).contains(&given.late()),
                "{}",
                given.late()
            );
            given.finish();
        }
    }

    #[test]
    fn many_lines_of_hours_ago_are_waited_for_in_more_room() {
        let given = full_minutes(6, 3, false);
        assert!(given.room(..) > WAITING * 3 / 2);
        assert_eq!(given.late(), 0);
        given.finish();
    }

    /// A clock that is wrong for good, or dates that somebody makes up.
    #[test]
    fn many_lines_of_hours_ago_without_an_end_take_bounded_room_and_each_counts_once() {
        let mut given = Given::nothing();
        let mut most = 0;
        for block in 0..30 {
            let ago = (0..3_000).map(|nth| -(nth * 7 + block) * 60 % (10 * HOUR) - HOUR);
            given.take(ago.chain(std::iter::repeat_n(0, 3_000)), []);
            let of_last = given.room(given.now - 120..);
            most = most.max(given.room(..).saturating_sub(of_last));
            given.now += 10;
        }
        assert!((QUEUED / 2..=QUEUED).contains(&most), "{}", most >> 20);
        let late = given.late();
        assert!((5_000..30 * 3_000).contains(&late), "{late}");
        // Lines of now are told as if the others had not come, and they wait for the few again once that is over.
        for _ in 0..10 {
            given.take(std::iter::repeat_n(0, 300).chain([-2 * HOUR]), []);
            given.now += 30;
        }
        assert!(given.room(..) <= WAITING, "{}", given.room(..) >> 20);
        assert!(given.late() <= late + 10);
        given.finish();
    }

    #[test]
    fn of_what_was_kept_a_few_lines_of_hours_ago_keep_nothing_waiting() {
        let mut given = Given {
            sealer: Sealer::new(zone(), Grid::of(1)),
            ..Given::nothing()
        };
        for minute in 0..60 {
            let ago = (0..5).map(|nth| -(nth * 7 + minute) * 60 % (5 * HOUR) - HOUR);
            given.take_kept((0..300).map(|nth| nth % 60).chain(ago));
            given.now += 60;
            let waiting = given.sealer.pending.len();
            assert!(waiting <= 8, "{waiting} minutes in minute {minute}");
        }
        assert!((200..=300).contains(&given.late()), "{}", given.late());
        given.finish();
    }

    #[test]
    fn what_was_kept_of_hours_is_waited_for() {
        let mut given = Given {
            sealer: Sealer::new(zone(), Grid::of(1)),
            ..Given::nothing()
        };
        for _ in 0..6 {
            given.take_kept((0..300).map(|nth| nth * 60));
            given.now += 60;
        }
        assert_eq!(given.late(), 0);
        given.finish();
    }
}
