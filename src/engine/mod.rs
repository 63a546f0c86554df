//! Joins the stages: blocks in, a document out, at any moment.
//!
//! Enters: folded blocks in the order of their time. Leaves: the report on all of them, or a look ahead at what
//! a block that is not complete yet would add. Must not know: where blocks come from, or who looks.

mod accepts;
mod changes;
mod early;
mod edges;
mod files;
mod layout;
mod piped;
mod plan;
mod relay;
mod snapshot;
mod spare;
mod streams;
mod tables;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZero;
use std::sync::Arc;

pub use accepts::accepts;
pub use changes::Changes;
pub use early::read_early;
pub use files::{read_files, read_observed};
pub use piped::read_piped;
pub use plan::{Plan, Planned};
pub use streams::{Ahead, Folded, Keep, Streams};
pub use tables::{tables_of_files, tables_of_stream};

use self::relay::Relay;
use crate::advice::Running;
use crate::config::Config;
use crate::filter::Filter;
use crate::incident::{Incident, Scan, Scanned, Window};
use crate::line::Reader;
use crate::report::assemble;
use crate::report::assemble::events::Event;
use crate::report::document::Document;
use crate::rollup::block::Block;
use crate::rollup::names::Names;
use crate::rollup::seal::SourceState;
use crate::rollup::{Lens, Minute, Sealer};
use crate::source::{BlockId, Caveat, Grid, Position, SourceId};
use crate::time::zone::Zone;

/// Bytes of a block of what is read to its end. Half as much doubles the work at the edges, and what is put together because a
/// second goes on in the next block; twice as much doubles what threads hold while they wait for each other.
const BLOCK: u64 = 4 << 20;

/// So many threads; for 0, one for each core.
fn many(threads: usize) -> usize {
    match threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        _ => threads,
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Engine {
    lens: Arc<Lens>,
    sealer: Sealer,
    scan: Scanned,
    window: Window,
    names: BTreeMap<SourceId, String>,
    caveats: Vec<Caveat>,
    /// In order of time.
    events: Arc<[Event]>,
}

impl Engine {
    /// One that has read nothing.
    pub fn new(zone: Zone, window: Window) -> Self {
        Self::on_grid(zone, window, Grid::of(BLOCK))
    }

    /// One that has read nothing, for blocks of this grid.
    pub fn on_grid(zone: Zone, window: Window, grid: Grid) -> Self {
        Self::of(zone, window, grid, grid)
    }

    /// One that has read nothing, for blocks that begin wherever they are cut: a block's number is the offset of its first
    /// line. What is folded for it is one block, until it is cut.
    pub fn cut_freely(zone: Zone, window: Window) -> Self {
        Self::of(zone, window, Grid::of(u64::MAX), Grid::of(1))
    }

    fn of(zone: Zone, window: Window, folded: Grid, taken: Grid) -> Self {
        Self {
            sealer: Sealer::new(zone.clone(), taken),
            lens: Arc::new(Lens::new(zone, folded)),
            scan: Scan::since(window.since).into(),
            window,
            names: BTreeMap::new(),
            caveats: Vec::new(),
            events: Arc::default(),
        }
    }

    /// The same for lines of other formats, too; to be told before the first of them comes.
    pub fn with_reader(self, reader: Reader) -> Self {
        let lens = Lens::clone(&self.lens);
        Self {
            lens: Arc::new(Lens { reader, ..lens }),
            ..self
        }
    }

    /// Lines to come have other formats. What was folded and not taken was read by those before.
    pub fn read_by(&mut self, reader: Reader) {
        let lens = Lens::clone(&self.lens);
        self.lens = Arc::new(Lens { reader, ..lens });
    }

    /// The same for the lines that a filter keeps; to be told before the first of them comes.
    pub fn with_filter(self, filter: Filter) -> Self {
        let (lens, filter) = (Lens::clone(&self.lens), Some(filter));
        Self {
            lens: Arc::new(Lens { filter, ..lens }),
            ..self
        }
    }

    /// The same with what was done meanwhile.
    pub fn with_events(self, mut events: Vec<Event>) -> Self {
        events.sort_by_key(|event| event.at);
        let events = events.into();
        Self { events, ..self }
    }

    /// Blocks to come are those of live streams: they come as their lines are written, and not in the order in which they
    /// begin. The latest that lines of a source can be is when they come.
    pub fn go_live(&mut self) {
        self.sealer.go_live();
    }

    /// Announces a source by its number: its name, and the latest its lines can be (s since 1970 UTC).
    pub fn source(&mut self, source: SourceId, name: &str, latest: i64) {
        self.names.insert(source, name.to_owned());
        self.sealer.source(source, latest);
    }

    /// A number that no source has.
    pub fn next_source(&self) -> SourceId {
        self.names.last_key_value().map_or(0, |(last, _)| last + 1)
    }

    /// The sources that were announced, with their names.
    pub fn source_names(&self) -> &BTreeMap<SourceId, String> {
        &self.names
    }

    /// The last source with this name.
    pub fn source_named(&self, name: &str) -> Option<SourceId> {
        let mut names = self.names.iter().rev();
        names
            .find(|(_, held)| *held == name)
            .map(|(source, _)| *source)
    }

    fn folded<'a>(&self, id: BlockId, block: &'a Block, names: &'a Names) -> Folded<'a> {
        Folded {
            id,
            block,
            names,
            span: self.sealer.span(id, block),
        }
    }

    /// The last block of a source that was taken.
    pub fn last_block(&self, source: SourceId) -> Option<u64> {
        self.sealer.sources().get(&source)?.last_block()
    }

    /// Tells what of the input was not read.
    pub fn caveat(&mut self, caveat: Caveat) {
        self.caveats.push(caveat);
    }

    /// What of the input was not read, so far.
    pub fn caveats(&self) -> &[Caveat] {
        &self.caveats
    }

    /// The latest a source's lines can be from now on (s since 1970 UTC).
    pub fn latest(&mut self, source: SourceId, latest: i64) {
        self.sealer.source(source, latest);
    }

    /// What its lines are read with.
    pub fn lens(&self) -> &Arc<Lens> {
        &self.lens
    }

    /// Takes a complete block, and scans the minutes that are complete with it. A block that does not follow the
    /// one before it in its source brings the time of the last dated line before it (s since 1970 UTC). The room it
    /// took is left for another one.
    pub fn take(
        &mut self,
        id: BlockId,
        block: Block,
        names: &Names,
        context: Option<i64>,
    ) -> Block {
        let (window, scan) = (&self.window, &mut self.scan);
        let told = |minute| step(scan, window, minute);
        let room = self.sealer.take(id, block, names, context, told);
        if self.sealer.is_crowded() {
            self.tidy();
        }
        room
    }

    /// Takes a complete block that was kept, in the order of what its [`Folded::span`] was said to begin at: `begins`, s since
    /// 1970 UTC. Of its requests the minutes may be known alone.
    pub fn take_kept(
        &mut self,
        id: BlockId,
        block: Block,
        names: &Names,
        begins: i64,
        by_minute: bool,
    ) {
        let (window, scan) = (&self.window, &mut self.scan);
        let told = |minute| step(scan, window, minute);
        let how = (begins, by_minute);
        self.sealer.take_kept(id, block, names, how, told);
        if self.sealer.is_crowded() {
            self.tidy();
        }
    }

    /// More of what was found by seconds that may have been let go of since: incidents by their ids, as far as they can be
    /// read. To be told before the first block.
    pub fn found_before(&mut self, found: impl IntoIterator<Item = (String, Option<Incident>)>) {
        self.scan.change().found_before(found);
    }

    /// Forgets the blocks of which no line is shown. It does so by itself before they are too many.
    pub fn tidy(&mut self) {
        let shown = Position::all_in(&(&self.sealer, &*self.scan));
        self.sealer.forget_blocks(&shown);
    }

    /// No block will follow. What is left to do is done on up to so many threads.
    pub fn finish(&mut self, threads: usize) {
        self.scan_the_rest(threads);
        self.scan.change().finish();
    }

    /// While a minute is scanned, the next one is sealed.
    fn scan_the_rest(&mut self, threads: usize) {
        let (sealer, window, scan) = (&mut self.sealer, &self.window, &mut self.scan);
        let relay = Relay {
            pieces: std::iter::from_fn(|| sealer.first_left()),
            ahead: 2,
            weigh: |_| 0,
            make: |minute| minute,
            take: |_, minute| {
                step(scan, window, minute);
                Ok(())
            },
        };
        let Ok(_) = relay.run::<Infallible>(threads.clamp(1, 2));
    }

    /// What it would be like if nothing followed the lines so far, blocks that are not complete included. Nothing has
    /// been written for `silence` seconds. Lines that claim to be later than any can be are looked at when it is time.
    pub fn look_ahead(mut self, unfinished: Vec<(BlockId, Block, Names)>, silence: i64) -> Self {
        self.sealer.look_ahead();
        self.scan.change().look_ahead();
        for (id, block, names) in unfinished {
            self.take(id, block, &names, None);
        }
        while let Some(minute) = self.sealer.first_present() {
            step(&mut self.scan, &self.window, minute);
        }
        self.scan.change().hush(silence);
        self.scan.change().rest();
        self.sealer.close();
        self
    }

    /// The last second that was scanned, in ms.
    pub fn now(&self) -> i64 {
        self.scan.now() * 1000
    }

    /// What was found so far.
    pub fn scanned(&self) -> &Scan {
        &self.scan
    }

    /// What was read so far.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The sources by their names, and what is known of each.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &SourceState)> {
        let sources = self.sealer.sources().iter();
        sources.map(|(id, source)| (self.names.get(id).map_or("", String::as_str), source))
    }

    /// Incidents so far.
    pub fn incidents(&self) -> Vec<Incident> {
        self.scan.incidents()
    }

    /// One incident as the document tells it.
    pub fn told(
        &self,
        incident: &Incident,
        config: Option<&Config>,
    ) -> crate::report::document::Incident {
        self.assembly(config).incident(incident)
    }

    /// The report on everything so far.
    pub fn document(&self, config: Option<&Config>) -> Document {
        self.document_beside(config, None)
    }

    /// The same, beside what the running process says of its connections.
    pub fn document_beside(&self, config: Option<&Config>, running: Option<Running>) -> Document {
        let assembly = self.assembly(config);
        assemble::Assembly {
            running,
            ..assembly
        }
        .document()
    }

    /// Backends and servers as they stand.
    pub fn grid(&self) -> crate::report::grid::Grid {
        self.assembly(None).grid()
    }

    /// What goes on right now.
    pub fn live(&self, config: Option<&Config>) -> crate::report::document::Live {
        self.assembly(config).live()
    }

    /// What `advise` prints.
    pub fn review(&self, config: Option<&Config>) -> crate::report::review::Document {
        self.review_beside(config, None)
    }

    /// The same, beside what the running process says of its connections.
    pub fn review_beside(
        &self,
        config: Option<&Config>,
        running: Option<Running>,
    ) -> crate::report::review::Document {
        let assembly = self.assembly(config);
        assemble::Assembly {
            running,
            ..assembly
        }
        .review()
    }

    /// Why nothing, or not what was asked for, can be told of what was read.
    pub fn reservations(&self) -> Vec<String> {
        self.assembly(None).reservations()
    }

    /// What other values of timeouts would have done.
    pub fn what_if(
        &self,
        config: Option<&Config>,
        questions: &[crate::advice::what_if::Question],
    ) -> crate::report::what_if::Document {
        self.assembly(config).what_if(questions)
    }

    /// What `advise` changes in the configuration.
    pub fn patch(&self, config: &Config) -> crate::report::patch::Patch {
        self.assembly(Some(config)).patch(config)
    }

    /// What changed since what another one has read; its configuration is not known.
    pub fn changed(
        &self,
        config: Option<&Config>,
        before: &Self,
    ) -> crate::report::change::Document {
        self.assembly(config).changed(&before.assembly(None))
    }

    fn assembly<'a>(&'a self, config: Option<&'a Config>) -> assemble::Assembly<'a> {
        assemble::Assembly {
            sealer: &self.sealer,
            scan: &self.scan,
            window: &self.window,
            names: &self.names,
            caveats: &self.caveats,
            config,
            filter: self.lens.filter.as_ref(),
            events: &self.events,
            running: None,
        }
    }
}

/// Shows the scan what the window keeps of a minute.
fn step(scan: &mut Scanned, window: &Window, minute: Minute) {
    if let Some(minute) = window.keep(minute) {
        scan.change().step(minute);
    }
}
