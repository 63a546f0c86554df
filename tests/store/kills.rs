//! SIGKILL at any moment.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use hapline::store::{Key, Reader, StoredBlock};

use crate::child::{Told, flush};

const ROUNDS: u32 = 12;

/// How many flushes are in the store; everything in it must be what these made, and nothing else.
pub fn flushes_in(path: &Path) -> u64 {
    let reader = Reader::open(path).unwrap();
    let Some(mark) = reader.marks().unwrap().pop() else {
        assert_eq!(reader.blocks(i64::MIN, i64::MAX).unwrap().count(), 0);
        return 0;
    };
    let last = u64::from_le_bytes(mark.value.unwrap().try_into().unwrap());
    let mut expected: BTreeMap<Key, StoredBlock> = BTreeMap::new();
    for nth in 0..=last {
        expected.extend(
            flush(nth)
                .blocks
                .into_iter()
                .map(|block| (block.key, block)),
        );
    }
    let blocks = reader.blocks(i64::MIN, i64::MAX).unwrap();
    let found: BTreeMap<Key, StoredBlock> = blocks
        .map(|block| block.unwrap())
        .map(|block| (block.key, block))
        .collect();
    let numbers = |blocks: &BTreeMap<Key, StoredBlock>| -> Vec<(Key, u64)> {
        blocks
            .values()
            .map(|block| (block.key, block.flush))
            .collect()
    };
    assert_eq!(numbers(&found), numbers(&expected));
    assert!(found == expected, "blocks are not those of {last} flushes");
    assert_eq!(reader.snapshot().unwrap(), flush(last / 7 * 7).snapshot);
    last + 1
}

#[test]
fn a_kill_costs_nothing_that_was_said_to_be_written() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store.sqlite");
    let program = std::env::current_exe().unwrap();
    let mut next = 0;
    for _ in 0..ROUNDS {
        let mut child = Told::begin(Command::new("env"), &program, &store, next);
        let mut told = child.next();
        // A time that no two runs have in common.
        let nanos = SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_nanos();
        thread::sleep(Duration::from_micros(u64::from(nanos / 1000 % 150_000)));
        told = child.kill().pop().or(told);
        let said = told.unwrap();
        let acknowledged: u64 = said.strip_prefix("written ").unwrap().parse().unwrap();
        let found = flushes_in(&store);
        assert!(
            found > acknowledged,
            "{said}, and {found} flushes are there"
        );
        next = found;
    }
    assert!(next > u64::from(ROUNDS));
}
