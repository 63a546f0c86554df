//! A filter takes lines away, and nothing else: not the order, not the time, not the count of what is left.

use hapline::rollup::Minute;
use hapline::rollup::seal::SealedEvent;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cuts::same_in_parts;
use crate::logs::{NEW_YEAR, NOON, any_log, grid, steady};
use crate::read::{
    Reader, counted_once, coverage, differences, differences_in, folder, name, part,
};

/// Some lines of most logs, and what becomes of the others.
const FILTERS: [&str; 6] = [
    "status>=500",
    "not status>=500",
    "backend=app",
    "server!~1$",
    "ts in 12:00..23:59",
    "client_ip in 10.0.0.0/8 and not has req_cookie",
];

fn filter() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&FILTERS)
}

fn events(minutes: &[Minute]) -> Vec<&SealedEvent> {
    let slots = minutes.iter().flat_map(|minute| &minute.slots);
    slots.flat_map(|slot| &slot.events).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_gives_the_same(
        log in any_log(),
        grid in grid(),
        filter in filter(),
        sizes in vec(0usize..20, 0..8),
        pairs in vec(any::<usize>(), 1..8),
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified()).filtered(filter);
        same_in_parts(&reader, &log, &sizes, &pairs)?;
    }

    #[test]
    fn what_always_holds_changes_nothing(log in any_log(), grid in grid()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let report = |reader: &Reader| reader.report("log", &reader.fold(0, &log.bytes()));
        let all = report(&reader);
        let same = report(&reader.filtered("has Tr or not has Tr"));
        prop_assert_eq!(differences(&same, &all), [r#".filter: "has Tr or not has Tr" ≠ null"#]);
    }

    #[test]
    fn what_is_left_is_as_it_was(log in any_log(), grid in grid()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let minutes = |reader: &Reader| reader.minutes(&reader.fold(0, &log.bytes()));
        let (all, left) = (minutes(&reader), minutes(&reader.filtered("status=-9")));
        prop_assert_eq!(events(&left), events(&all));
        prop_assert!(left.iter().flat_map(|minute| &minute.slots).all(|slot| slot.cells.is_empty()));
    }

    #[test]
    fn a_filter_and_its_opposite_share_the_requests(log in steady(&[NOON, NEW_YEAR]), grid in grid()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let traffic = |filter: &str| {
            let reader = reader.clone().filtered(filter);
            coverage(&reader.report("log", &reader.fold(0, &log.bytes())), "traffic")
        };
        let parts = traffic("status>=500") + traffic("not status>=500") + traffic("not has status");
        prop_assert_eq!(parts, traffic("has pid or not has pid"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_number_of_threads_gives_the_same(log in any_log(), grid in grid(), filter in filter()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified()).filtered(filter);
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let whole = reader.report(&name(&path), &reader.fold(0, &log.bytes()));
        for threads in [1, 3, 8] {
            let read = reader.files(std::slice::from_ref(&path), threads);
            prop_assert_eq!(differences(&read, &whole), [""; 0], "{} threads", threads);
        }
    }

    #[test]
    fn a_copy_changes_nothing(log in any_log(), grid in grid(), filter in filter()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified()).filtered(filter);
        let folder = folder();
        let paths = ["a.log", "b.log"].map(|name| reader.write(&folder, name, &log.bytes()));
        let (alone, both) = (reader.files(&paths[..1], 1), reader.files(&paths, 1));
        counted_once(&both);
        prop_assert_eq!(differences_in("totals", &both, &alone), [""; 0]);
        prop_assert_eq!(differences_in("incidents", &both, &alone), [""; 0]);
        prop_assert_eq!(coverage(&both, "traffic"), coverage(&alone, "traffic"));
        prop_assert_eq!(coverage(&both, "filtered"), 2 * coverage(&alone, "filtered"));
    }

    #[test]
    fn files_are_read_in_the_same_order(log in any_log(), grid in grid()) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let all = reader.files(std::slice::from_ref(&path), 1);
        let none = reader.filtered("status=-9").files(&[path], 1);
        prop_assert_eq!(part(&none, "window"), part(&all, "window"));
    }
}
