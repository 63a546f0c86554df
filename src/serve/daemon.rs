//! The daemon: takes in what listeners and followed files bring, has it looked at, and has it kept.
//!
//! Enters: [`Arrival`]s, ticks, signals. Leaves: looks for the [`Looker`], flushes for the [`Keeper`]. Must not know: sockets,
//! files, how incidents are found, and who is told of them.

use std::convert::Infallible;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::arrival::{Arrival, Lack, Mark};
use super::asker::Asker;
use super::generations::Generations;
use super::keeper::{Carry, Keeper};
use super::known::{self, Known};
use super::looker::{Looker, Sink};
use super::said::Said;
use crate::engine::{Engine, Streams};
use crate::line::Reader;
use crate::report::escape;
use crate::source::SourceId;

/// Time after which open blocks are cut: none is open for longer than lines may be out of order.
const CUT: Duration = Duration::from_secs(30);

/// Time between two snapshots.
const SNAPSHOT: Duration = Duration::from_secs(60);

/// Time after which it is looked at again even if nothing has come.
const IDLE: Duration = Duration::from_secs(10);

/// A silence that may tell that something is over.
const SILENCE: Duration = Duration::from_secs(5);

/// Bytes that listeners may bring while followed files are caught up with; more are not waited for.
const BACKLOG: usize = 64 << 20;

/// A look takes at most one part in so many of the time,
const PART: u32 = 4;

/// unless that would be too long for those who are to be woken.
const REST: Duration = Duration::from_secs(1);

/// What is said of lines whose time has passed, or is too far ahead.
const LATE: &str = "lines are out of order, by dates too far from now to be waited for; they count in the totals, and not in \
                    incidents (`coverage`, hapline_late_lines_total)";

/// See the module.
#[derive(Debug)]
pub struct Daemon {
    /// Whoever looks copies them.
    streams: Arc<Mutex<Streams>>,
    /// Of each listener, in the order of binding.
    listeners: Vec<SourceId>,
    generations: Generations,
    /// What listeners brought while followed files are caught up with: taken in at once, it would make their lines late.
    backlog: Option<Backlog>,
    keeper: Option<Keeper>,
    looker: Looker,
    /// What the running HAProxy says, and the source that its words are of.
    known: Option<(SourceId, Known)>,
    pace: Pace,
    said: Said,
    /// Lines that were out of order when it was last looked for more.
    late: u64,
}

/// Lines that wait.
#[derive(Debug, Default)]
struct Backlog {
    lines: Vec<(SourceId, Vec<u8>)>,
    bytes: usize,
}

/// When what was done last.
#[derive(Debug)]
struct Pace {
    fed: Instant,
    /// Lines came since the last look.
    changed: bool,
    /// The silence since the last line was looked at.
    hushed: bool,
    looked: Instant,
    /// How long the last look kept the reading waiting.
    cost: Duration,
    cut: Instant,
    snapshot: Instant,
}

/// What a daemon goes on from.
#[derive(Debug)]
pub struct Begin {
    /// What has been read.
    pub engine: Engine,
    /// Names of the listeners, in the order of binding.
    pub listeners: Vec<String>,
    /// Files that were followed.
    pub generations: Generations,
    /// Bytes that are in no block.
    pub held: Vec<(SourceId, Vec<u8>)>,
    /// Files are followed, and what is in them comes first.
    pub follows: bool,
    /// Where to keep it.
    pub keeper: Option<Keeper>,
    /// Who looks.
    pub looker: Looker,
    /// Who asks the running HAProxy, if anyone.
    pub asker: Option<Asker>,
}

impl Daemon {
    /// One that goes on.
    pub fn new(begin: Begin) -> Self {
        let mut streams = Streams::new(begin.engine);
        if let Some(keeper) = &begin.keeper {
            streams = streams.keeping(keeper.keep());
        }
        let now = seconds();
        let listeners = begin.listeners.iter();
        let listeners = listeners
            .map(|name| streams.go_on_or_begin(name, now))
            .collect();
        for (source, path) in begin.generations.current() {
            streams.go_on(source, &path.display().to_string(), now);
        }
        let known = begin.asker.map(|asker| {
            let known = Known::new(asker, streams.engine().scanned().states());
            (streams.go_on_or_begin(known::SOURCE, now), known)
        });
        for (source, held) in &begin.held {
            streams.feed(*source, held);
        }
        Self {
            late: late(&streams),
            streams: Arc::new(Mutex::new(streams)),
            listeners,
            generations: begin.generations,
            backlog: begin.follows.then(Backlog::default),
            keeper: begin.keeper,
            looker: begin.looker,
            known,
            pace: Pace::new(),
            said: Said::default(),
        }
    }

    /// Takes in what has come.
    pub fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Lines { listener, bytes } => {
                if let Some(source) = self.listeners.get(listener) {
                    self.listened(*source, bytes);
                }
            }
            Arrival::Followed { mark, bytes } => {
                let source = self.followed(&mark);
                self.feed(source, &bytes);
                self.generations.read(source, mark);
            }
            Arrival::Ended { mark } => {
                let source = self.followed(&mark);
                self.streams().end(source);
                self.generations.end(source, mark);
            }
            Arrival::CaughtUp => self.catch_up(),
            Arrival::Missing(lack) => self.lack(lack),
        }
    }

    /// Has it looked at what has come, if something has, and not too often.
    ///
    /// # Errors
    /// When what looks has failed.
    pub fn look(&mut self) -> std::io::Result<()> {
        self.hear();
        if self.looker.has_failed() {
            return Err(std::io::Error::other("nobody looks at the lines any more"));
        }
        let silence = self.pace.fed.elapsed();
        if self.looker.is_busy() || !self.pace.is_time(silence, self.looker.took()) {
            return Ok(());
        }
        let began = Instant::now();
        self.look_ahead(silence);
        self.pace.looked(began, silence);
        Ok(())
    }

    /// Has it looked at what has come, after a silence, and waits until that is copied. It is copied by the thread that lets go of
    /// the copy: what another one had taken would leave holes in what that one holds on to.
    fn look_ahead(&self, silence: Duration) {
        let streams = self.streams.clone();
        let (copying, copied) = sync_channel::<Infallible>(0);
        let everything = move || {
            let ahead = lock(&streams).ahead(whole_seconds(silence));
            drop(copying);
            ahead.look()
        };
        self.looker.look(everything, milliseconds());
        // Nothing comes: it ends when the other side is let go of, by whom it may.
        let _ = copied.recv();
    }

    /// Cuts blocks when it is time, and has kept what is new; `alerts` tell, and are told, between looks, too.
    pub fn keep(&mut self, alerts: &dyn Sink) {
        self.streams().latest(seconds());
        let is_new = self.keeper.as_mut().is_some_and(Keeper::has_begun_anew);
        let cut = is_new || self.pace.cut.elapsed() >= CUT;
        if cut {
            self.streams().cut();
            self.pace.cut = Instant::now();
        }
        let carry = match self.pace.snapshot.elapsed() >= SNAPSHOT {
            _ if is_new => Carry::Now,
            true if cut => Carry::Soon,
            _ => Carry::Not,
        };
        self.flush(carry, Some(alerts));
        self.tell_late();
    }

    /// Cuts blocks when it is time, where nothing is kept.
    pub fn cut(&mut self) {
        self.streams().latest(seconds());
        if self.pace.cut.elapsed() >= CUT {
            self.streams().cut();
            self.pace.cut = Instant::now();
        }
    }

    /// Everything so far, and how the store is doing.
    pub fn keeper(&self) -> Option<&Keeper> {
        self.keeper.as_ref()
    }

    /// Nothing more comes: what there is is looked at a last time and kept. Gives everything that was read. Without a store,
    /// the log ends here.
    pub fn finish(mut self) -> Engine {
        self.catch_up();
        self.look_ahead(self.pace.fed.elapsed());
        if self.keeper.is_none() {
            self.streams().finish();
            let whole = self.streams().engine().clone();
            self.looker.look(move || whole, milliseconds());
        }
        self.looker.finish();
        self.streams().cut();
        self.flush(Carry::Now, None);
        if let Some(keeper) = self.keeper.take()
            && let Some(degraded) = keeper.finish().degraded
        {
            let reason = escape::terminal(&degraded.reason);
            aside!("hapline: {reason}; what was not stored is lost");
        }
        let streams = self.streams();
        streams.engine().clone()
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        lock(&self.streams)
    }

    fn flush(&mut self, carry: Carry, alerts: Option<&dyn Sink>) {
        let mut memory = self.looker.memory();
        if let Some(keeper) = &mut self.keeper {
            // Taken after the rest: alerts know again what they were told before, and cannot know what they were not.
            memory.notes.extend(alerts.and_then(Sink::memory));
            keeper.flush(&lock(&self.streams), &mut self.generations, memory, carry);
        }
        if carry != Carry::Not {
            self.pace.snapshot = Instant::now();
        }
    }

    fn listened(&mut self, source: SourceId, bytes: Vec<u8>) {
        let Some(backlog) = &mut self.backlog else {
            return self.feed(source, &bytes);
        };
        backlog.bytes += bytes.len();
        backlog.lines.push((source, bytes));
        if backlog.bytes > BACKLOG {
            self.catch_up();
        }
    }

    fn catch_up(&mut self) {
        let backlog = self.backlog.take().unwrap_or_default();
        for (source, bytes) in backlog.lines {
            self.feed(source, &bytes);
        }
    }

    /// Lines to come may have other formats.
    pub fn read_by(&mut self, reader: Reader) {
        self.streams().read_by(reader);
        self.pace.cut = Instant::now();
    }

    /// Takes in what the running HAProxy says, once the past of files has been read.
    fn hear(&mut self) {
        let Some((source, known)) = self.known.as_mut().filter(|_| self.backlog.is_none()) else {
            return;
        };
        let lines = known.lines(lock(&self.streams).engine().sealer().frontier());
        let source = *source;
        if !lines.is_empty() {
            self.feed(source, &lines);
        }
    }

    fn feed(&mut self, source: SourceId, bytes: &[u8]) {
        self.streams().feed(source, bytes);
        if !bytes.is_empty() {
            (self.pace.fed, self.pace.changed, self.pace.hushed) = (Instant::now(), true, false);
        }
    }

    /// The source of a generation of a file; one that was not seen before begins.
    fn followed(&mut self, mark: &Mark) -> SourceId {
        self.generations.source(mark).unwrap_or_else(|| {
            self.streams()
                .begin(&mark.path.display().to_string(), seconds())
        })
    }

    /// Says that lines are out of order, where more are.
    fn tell_late(&mut self) {
        let late = late(&self.streams());
        if std::mem::replace(&mut self.late, late) < late {
            self.said.say(LATE);
        }
    }

    fn lack(&mut self, lack: Lack) {
        self.said.say(&lack.to_string());
        if let Lack::Caveat(caveat) = lack {
            self.streams().caveat(caveat);
        }
    }
}

impl Pace {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            fed: now,
            // A first look shows what was kept.
            changed: true,
            hushed: false,
            looked: now,
            cost: Duration::ZERO,
            cut: now,
            snapshot: now,
        }
    }

    /// `took`: how long the last look took, beside the reading.
    fn is_time(&self, silence: Duration, took: Duration) -> bool {
        // A silence is looked at once: that it goes on tells nothing more.
        let hushed = !self.hushed && silence >= SILENCE;
        let since = self.looked.elapsed();
        let rest = (self.cost * PART).max((took * PART).min(REST));
        (self.changed || hushed || since >= IDLE) && since >= rest
    }

    fn looked(&mut self, began: Instant, silence: Duration) {
        (self.changed, self.hushed) = (false, silence >= SILENCE);
        self.looked = Instant::now();
        self.cost = began.elapsed();
    }
}

/// Whoever held it before and failed has changed nothing: he copied.
fn lock(streams: &Mutex<Streams>) -> MutexGuard<'_, Streams> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}

fn late(streams: &Streams) -> u64 {
    streams.engine().sealer().late().lines()
}

fn whole_seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

fn seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
