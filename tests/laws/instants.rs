//! The instants that lines are read at, where the lines themselves do not tell.

use crate::lines::{Header, Runtime, Wall, What};
use crate::logs::{EPOCH, FUTURE, Log, NEW_YEAR, NEW_YORK_FOLD, NOON, PARIS_FOLD, Scene};
use crate::read::Reader;

/// A log of these lines.
fn log(scene: Scene, header: Header, lines: Vec<(i64, What)>) -> Log {
    Log {
        scene,
        header,
        crlf: false,
        ends_whole: true,
        lines,
    }
}

/// The seconds in which a log has something, as read on a grid of this size.
fn seconds(log: &Log, grid: u64) -> Vec<i64> {
    let reader = Reader::new(log.scene.zone, grid, log.modified());
    let minutes = reader.minutes(&reader.fold(0, &log.bytes()));
    let slots = minutes.iter().flat_map(|minute| &minute.slots);
    slots.map(|slot| slot.second).collect()
}

const GRIDS: [u64; 3] = [1_000, 2_000, 1 << 19];

#[test]
fn an_hour_that_occurs_twice_is_read_twice() {
    for scene in [PARIS_FOLD, NEW_YORK_FOLD] {
        for (header, step) in [
            (Header::Traditional, 7),
            (Header::Bare, 7),
            (Header::Traditional, 600),
            (Header::Bare, 600),
        ] {
            // From ten minutes before the clocks are set back to after the hour's second end.
            let written: Vec<i64> = (0..)
                .map(|nth| scene.begins + nth * step)
                .take_while(|at| *at < scene.begins + 4_800)
                .collect();
            let lines = written.iter().map(|at| (*at, What::Good(1))).collect();
            let log = log(scene, header, lines);
            for grid in GRIDS {
                assert_eq!(
                    seconds(&log, grid),
                    written,
                    "{} {header:?} {step} s, {grid}",
                    scene.zone
                );
            }
        }
    }
}

#[test]
fn a_container_s_stamp_tells_the_zone_of_the_line_s_date() {
    let wall = Wall::of(NOON.zone);
    let written: Vec<i64> = (0..100).map(|nth| NOON.begins + nth * 7).collect();
    let line = |at: &i64| {
        let line = wall.line(*at, Header::Bare, &What::Good(1), 40_000);
        Runtime::Cri.line(*at, false, &line, true)
    };
    let bytes = written.iter().flat_map(line).collect::<Vec<u8>>();
    for zone in ["UTC", "America/New_York", NOON.zone] {
        let reader = Reader::new(zone, 2_000, NOON.begins + 1_000);
        let minutes = reader.minutes(&reader.fold(0, &bytes));
        let slots = minutes.iter().flat_map(|minute| &minute.slots);
        let read: Vec<i64> = slots.map(|slot| slot.second).collect();
        assert_eq!(read, written, "{zone}");
    }
}

#[test]
fn state_lines_in_that_hour_follow_the_traffic() {
    for scene in [PARIS_FOLD, NEW_YORK_FOLD] {
        let written: Vec<i64> = (0..240).map(|nth| scene.begins + nth * 20).collect();
        let what = |nth: usize| {
            if nth.is_multiple_of(5) {
                What::State("web1", nth.is_multiple_of(2))
            } else {
                What::Good(1)
            }
        };
        let lines = written
            .iter()
            .enumerate()
            .map(|(nth, at)| (*at, what(nth)))
            .collect();
        let log = log(scene, Header::Traditional, lines);
        for grid in GRIDS {
            assert_eq!(seconds(&log, grid), written, "{} {grid}", scene.zone);
        }
    }
}

#[test]
fn a_state_line_takes_no_pass_from_the_traffic_behind_it() {
    let written = [0, 361, 600].map(|after| PARIS_FOLD.begins + after);
    let whats = [What::State("web1", false), What::Good(1), What::Good(1)];
    let lines = written.iter().copied().zip(whats).collect();
    let log = log(PARIS_FOLD, Header::Traditional, lines);
    for grid in [150, 1 << 19] {
        assert_eq!(seconds(&log, grid), written, "{grid}");
    }
}

#[test]
fn state_lines_alone_cross_the_new_year() {
    // Two minutes before midnight to three minutes after; the year is the file's.
    let written: Vec<i64> = (0..10).map(|nth| NEW_YEAR.begins + nth * 30).collect();
    let lines = written
        .iter()
        .map(|at| (*at, What::State("web1", at % 60 == 0)))
        .collect();
    let log = log(NEW_YEAR, Header::Traditional, lines);
    for grid in GRIDS {
        assert_eq!(seconds(&log, grid), written, "{grid}");
    }
}

#[test]
fn state_lines_take_their_year_from_the_traffic() {
    // The file was copied years later.
    let written: Vec<i64> = (0..20).map(|nth| NEW_YEAR.begins + nth * 20).collect();
    let what = |nth: usize| {
        if nth.is_multiple_of(4) {
            What::State("web1", false)
        } else {
            What::Good(1)
        }
    };
    let lines = written
        .iter()
        .enumerate()
        .map(|(nth, at)| (*at, what(nth)))
        .collect();
    let log = log(NEW_YEAR, Header::Traditional, lines);
    let reader = Reader::new(log.scene.zone, 1 << 19, FUTURE);
    let minutes = reader.minutes(&reader.fold(0, &log.bytes()));
    let seconds: Vec<i64> = minutes
        .iter()
        .flat_map(|minute| &minute.slots)
        .map(|slot| slot.second)
        .collect();
    assert_eq!(seconds, written);
}

#[test]
fn a_line_without_a_time_takes_that_of_the_line_before() {
    let stopped = What::Stderr("Proxy app stopped (cumulated conns: FE: 0, BE: 3).");
    let at = NOON.begins;
    let lines = vec![
        (at, What::Good(1)),
        (at + 3, What::Good(2)),
        (at + 90, stopped.clone()),
        (at + 100, What::Good(1)),
        (at + 190, stopped),
    ];
    let log = log(NOON, Header::Bare, lines);
    for grid in GRIDS {
        let reader = Reader::new(NOON.zone, grid, FUTURE);
        let minutes = reader.minutes(&reader.fold(0, &log.bytes()));
        let slots = minutes.iter().flat_map(|minute| &minute.slots);
        let events: Vec<i64> = slots
            .flat_map(|slot| &slot.events)
            .map(|event| event.second)
            .collect();
        assert_eq!(events, [at + 3, at + 100], "{grid}");
    }
}

#[test]
fn where_nothing_has_a_time_the_file_has() {
    let lines = vec![(
        0,
        What::Stderr("Proxy app stopped (cumulated conns: FE: 0, BE: 3)."),
    )];
    let log = log(NOON, Header::Bare, lines);
    assert_eq!(seconds(&log, 400), [log.modified()]);
}

#[test]
fn odd_lines_leave_their_neighbours_alone() {
    for odd in [EPOCH, FUTURE] {
        for place in [1, 17, 18, 19, 20, 21, 22, 40] {
            let mut lines: Vec<(i64, What)> = (0..60)
                .map(|nth| {
                    (
                        NOON.begins + nth * 5,
                        if nth % 3 == 0 {
                            What::State("web1", nth % 2 == 0)
                        } else {
                            What::Good(1)
                        },
                    )
                })
                .collect();
            let written: Vec<i64> = lines.iter().map(|(at, _)| *at).collect();
            lines.insert(place, (odd, What::Good(1)));
            let log = log(NOON, Header::Traditional, lines);
            for grid in GRIDS {
                let mut seconds = seconds(&log, grid);
                seconds.retain(|second| *second != odd);
                assert_eq!(seconds, written, "{odd} at {place}, {grid}");
            }
        }
    }
}
