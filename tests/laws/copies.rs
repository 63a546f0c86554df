//! What two files say is counted once.

use proptest::prelude::*;

use crate::lines::What;
use crate::logs::{Log, NEW_YEAR, NOON, any_log, grid, steady};
use crate::read::{Reader, counted_once, coverage, differences_in, folder};

fn copied(log: &Log, copy: &Log, grid: u64) -> (String, String) {
    let reader = Reader::new(log.scene.zone, grid, log.modified());
    let folder = folder();
    let one = reader.write(&folder, "a.log", &log.bytes());
    let other = reader.write(&folder, "b.log", &copy.bytes());
    let alone = reader.files(std::slice::from_ref(&one), 1);
    let both = reader.files(&[one, other], 1);
    counted_once(&alone);
    counted_once(&both);
    (alone, both)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_changes_nothing(log in any_log(), grid in grid()) {
        let (alone, both) = copied(&log, &log, grid);
        prop_assert_eq!(differences_in("totals", &both, &alone), [""; 0]);
        prop_assert_eq!(differences_in("incidents", &both, &alone), [""; 0]);
        prop_assert_eq!(coverage(&both, "traffic"), coverage(&alone, "traffic"));
    }

    #[test]
    fn a_copy_of_what_failed_changes_nothing(log in steady(&[NOON, NEW_YEAR]), grid in grid()) {
        let mut failed = log.clone();
        failed.lines.retain(|(_, what)| matches!(what, What::Failed(..)));
        let (alone, both) = copied(&log, &failed, grid);
        prop_assert_eq!(differences_in("totals", &both, &alone), [""; 0]);
        prop_assert_eq!(differences_in("incidents", &both, &alone), [""; 0]);
        prop_assert_eq!(coverage(&both, "duplicates") - coverage(&alone, "duplicates"), failed.lines.len() as u64);
    }
}

#[test]
fn an_empty_file_says_nothing() {
    let log = Log {
        scene: NOON,
        header: crate::lines::Header::Bare,
        crlf: false,
        ends_whole: true,
        lines: Vec::new(),
    };
    let (alone, _) = copied(&log, &log, 150);
    assert_eq!(coverage(&alone, "lines"), 0);
}
