//! What is known of a source.
//!
//! Enters: its blocks, as they are taken. Leaves: what its lines were, who wrote them, and how many stand before each
//! block. Must not know: other sources.
//!
//! A stream never ends, so that not every block can be remembered for good: those go of which no line is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::resolve::Resolved;
use crate::rollup::block::Block;
use crate::rollup::counts::Counts;
use crate::rollup::hash;
use crate::rollup::merge::Merge;
use crate::rollup::names::{Name, Names};

/// Hosts named per source; more are forged.
const HOSTS: usize = 64;

/// Blocks that are remembered in any case.
const FEW: usize = 1_024;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceState {
    /// The latest its lines can be (when the file was changed last, or now); s since 1970 UTC.
    pub latest: i64,
    /// What is known of its blocks, by their numbers.
    blocks: BTreeMap<u64, Taken>,
    /// Some block was taken before one that stands before it; then all are remembered. It is a file, which ends.
    is_mixed: bool,
    /// How many blocks were remembered when some were forgotten last.
    remembered: usize,
    /// What the lines were.
    pub counts: Counts,
    /// Log hosts.
    pub hosts: BTreeSet<Name>,
    /// First dated second.
    pub first: Option<i64>,
    /// Last dated second.
    pub last: Option<i64>,
    /// A line says its year; without one, all are in the last year in which they are not after `latest`.
    has_year: bool,
}

/// A block that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Taken {
    /// Lines of the blocks that were taken before it.
    before: u64,
    lines: u64,
    /// When the last dated line up to its end was written; s since 1970 UTC.
    ends: Option<i64>,
}

impl SourceState {
    /// Lines read; one that came in parts is one.
    pub fn lines(&self) -> u64 {
        self.counts.lines()
    }

    /// Its lines have times and no years.
    pub fn is_without_years(&self) -> bool {
        self.first.is_some() && !self.has_year
    }

    /// Lines that stand before the block that begins last up to this number.
    pub(super) fn lines_before(&self, number: u64) -> u64 {
        match self.blocks.range(..=number).next_back() {
            Some((_, taken)) if !self.is_mixed => taken.before,
            Some((own, _)) => {
                let before = self.blocks.range(..own);
                before.map(|(_, taken)| taken.lines).sum()
            }
            None => 0,
        }
    }

    /// The number of the last block that was taken.
    pub fn last_block(&self) -> Option<u64> {
        self.blocks.last_key_value().map(|(number, _)| *number)
    }

    /// When the last dated line before a block was written; s since 1970 UTC.
    pub(super) fn ends_before(&self, block: u64) -> Option<i64> {
        let (_, before) = self.blocks.range(..block).next_back()?;
        before.ends
    }

    /// So many blocks are remembered that some should be forgotten.
    pub(super) fn is_crowded(&self) -> bool {
        !self.is_mixed && self.blocks.len() > FEW.max(2 * self.remembered)
    }

    /// Forgets all blocks but those that begin last up to these numbers, and the last one.
    pub(super) fn forget_blocks(&mut self, but: &BTreeSet<u64>) {
        if self.is_mixed {
            return;
        }
        let own = |number| Some(*self.blocks.range(..=number).next_back()?.0);
        let mut kept: BTreeSet<u64> = but.iter().filter_map(|number| own(*number)).collect();
        kept.extend(self.last_block());
        self.blocks.retain(|block, _| kept.contains(block));
        self.remembered = self.blocks.len();
    }

    /// A block was taken.
    pub(super) fn note(&mut self, number: u64, block: &Block, resolved: &Resolved) {
        let last = self.blocks.last_key_value();
        self.is_mixed |= last.is_some_and(|(last, _)| *last >= number);
        let taken = Taken {
            before: last.map_or(0, |(_, last)| last.before + last.lines),
            lines: block.lines(),
            ends: resolved.dates.ends(),
        };
        self.blocks.insert(number, taken);
        self.counts.merge(block.counts);
        self.has_year |= resolved.dates.has_year();
        if let Some((first, last)) = resolved.dates.span() {
            self.first = Some(self.first.map_or(first, |held| held.min(first)));
            self.last = self.last.max(Some(last));
        }
    }

    /// Names the hosts; of too many, those with the smallest hashes.
    pub(super) fn note_hosts(&mut self, block: &Block, names: &Names) {
        let pulses = block.pulses.iter().map(|((_, process, _), _)| process.host);
        for host in pulses.chain(block.events.iter().map(|event| event.host)) {
            let host = names.name(host);
            if !host.is_empty() && self.hosts.insert(host) && self.hosts.len() > HOSTS {
                let most = self.hosts.iter().max_by_key(|host| hash::bytes(host));
                if let Some(most) = most.cloned() {
                    self.hosts.remove(&most);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::zone::Zone;

    /// Takes blocks of so many lines each.
    fn take(source: &mut SourceState, numbers: impl IntoIterator<Item = u64>, lines: u32) {
        let zone = Zone::named("UTC").expect("a zone");
        for number in numbers {
            let mut block = Block::default();
            block.parts.insert(number, lines);
            let resolved = Resolved::of(&block, &zone, None, 0);
            source.note(number, &block, &resolved);
        }
    }

    #[test]
    fn a_stream_of_years_is_remembered_where_it_is_shown() {
        let (mut source, shown) = (SourceState::default(), BTreeSet::from([7, 90_000]));
        let mut most = 0;
        for number in 0..300_000 {
            take(&mut source, [number], 10);
            if source.is_crowded() {
                most = most.max(source.blocks.len());
                source.forget_blocks(&shown);
            }
        }
        assert!(most <= FEW + 1, "{most}");
        for block in [7, 90_000, 299_999] {
            assert_eq!(source.lines_before(block), 10 * block);
        }
    }

    #[test]
    fn blocks_without_a_line_and_blocks_in_another_order_are_counted_right() {
        let mut source = SourceState::default();
        take(&mut source, [0, 1, 5, 9], 10);
        assert_eq!(source.lines_before(9), 30, "no line begins in the others");
        take(&mut source, [3], 4);
        source.forget_blocks(&BTreeSet::new());
        for (block, before) in [(0, 0), (3, 20), (5, 24), (9, 34)] {
            assert_eq!(source.lines_before(block), before, "{block}");
        }
        assert!(!source.is_crowded(), "all of it is remembered");
    }
}
