//! Tells what changes, while it happens.
//!
//! Enters: bytes, and a tick. Leaves: notices, and a report at the end. Must not know: where the bytes come from.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::engine::{Changes, Engine, Streams};
use crate::report::escape;
use crate::report::feed::{self, Notice};
use crate::report::json;
use crate::report::now;
use crate::report::telling::Telling;
use crate::report::text::{self, Style};
use crate::runtime::{self, Address, CannotAsk};
use crate::source::{Caveat, SourceId};

/// A look takes at most one part in so many of the time, however much there is to go over again.
const PART: u32 = 5;

/// Time after which lines are not gone over again at each look.
const CUT: Duration = Duration::from_secs(60);

/// A silence that may tell that something is over.
const SILENCE: Duration = Duration::from_secs(5);

/// How notices and the summary are shown.
#[derive(Debug, Clone, Copy)]
pub enum Face {
    /// Lines for a terminal, and the report as text.
    Text(Style),
    /// NDJSON: a `hapline.notice/1` a line, and the `hapline.report/1` as the last one.
    Json,
}

/// See the module.
#[derive(Debug)]
pub struct Live {
    streams: Streams,
    source: SourceId,
    teller: Teller,
    /// When bytes came last.
    fed: Instant,
    changed: bool,
    /// The silence since then was looked at.
    hushed: bool,
    next: Instant,
    /// When the block that is open is cut.
    cut: Instant,
}

/// What was told, and how.
pub struct Teller {
    changes: Changes,
    config: Option<Config>,
    telling: Telling,
    face: Face,
    out: Box<dyn Write>,
    /// Where to ask the running HAProxy, at the end.
    socket: Option<Address>,
}

impl fmt::Debug for Teller {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter
            .debug_struct("Teller")
            .field("face", &self.face)
            .finish_non_exhaustive()
    }
}

impl Live {
    /// One that has told nothing yet, for a stream of this name.
    pub fn new(engine: Engine, name: &str, teller: Teller) -> Self {
        let mut streams = Streams::new(engine);
        let source = streams.begin(name, jiff::Timestamp::now().as_second());
        Self {
            streams,
            source,
            teller,
            fed: Instant::now(),
            changed: false,
            hushed: false,
            next: Instant::now(),
            cut: Instant::now() + CUT,
        }
    }

    /// Takes bytes of a stream in.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.streams.latest(jiff::Timestamp::now().as_second());
        self.streams.feed(self.source, bytes);
        (self.fed, self.changed, self.hushed) = (Instant::now(), true, false);
    }

    /// Something of the input was not read.
    pub fn caveat(&mut self, caveat: Caveat) {
        aside!("hapline: {}", escape::terminal(&caveat.to_string()));
        self.streams.caveat(caveat);
    }

    /// Tells what changed since the last look, unless that was just now.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn look(&mut self) -> io::Result<()> {
        let silence = self.fed.elapsed();
        // A silence is looked at once: that it goes on tells nothing more.
        let hushed = !self.hushed && silence >= SILENCE && self.teller.changes.is_anything_open();
        if !(self.changed || hushed) || Instant::now() < self.next {
            return Ok(());
        }
        let began = Instant::now();
        if began >= self.cut {
            self.streams.cut();
            self.cut = began + CUT;
        }
        let ahead = self.ahead();
        self.teller.tell(&ahead)?;
        (self.changed, self.hushed) = (false, hushed);
        let rest = began.elapsed().saturating_mul(PART - 1);
        self.next = Instant::now() + rest.min(Duration::from_secs(1));
        Ok(())
    }

    /// What it would be like if nothing followed.
    fn ahead(&self) -> Engine {
        let silence = i64::try_from(self.fed.elapsed().as_secs()).unwrap_or(i64::MAX);
        self.streams.look_ahead(silence)
    }

    /// The input has ended: tells the last changes, and the whole story. Gives why the running HAProxy gave no answer, if
    /// it was asked.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> io::Result<Result<(), CannotAsk>> {
        // What is known without knowing that the log ends here comes first.
        let ahead = self.ahead();
        self.teller.tell(&ahead)?;
        self.streams.finish();
        let engine = self.streams.into_engine();
        self.teller.tell(&engine)?;
        self.teller.sum_up(&engine)
    }
}

impl Teller {
    /// One that has told nothing yet.
    pub fn new(config: Option<Config>, telling: Telling, face: Face, out: Box<dyn Write>) -> Self {
        Self {
            changes: Changes::default(),
            config,
            telling,
            face,
            out,
            socket: None,
        }
    }

    /// The same, asking the running HAProxy at the end.
    pub fn asking(self, socket: Option<Address>) -> Self {
        Self { socket, ..self }
    }

    fn tell(&mut self, engine: &Engine) -> io::Result<()> {
        let incidents = engine.incidents();
        let now = engine.now();
        for (transition, incident) in self.changes.since_last(&incidents) {
            let at = now.max(incident.start);
            let told = engine.told(incident, self.config.as_ref());
            let notice = Notice {
                schema: feed::SCHEMA,
                transition,
                at: engine.lens().zone.rfc3339(at),
                text: None,
                incident: self.telling.incident(told),
            };
            match self.face {
                Face::Text(style) => feed::write_text(&notice, style, &mut self.out)?,
                Face::Json => feed::write_json(&notice, &mut self.out)?,
            }
        }
        self.out.flush()
    }

    fn sum_up(&mut self, engine: &Engine) -> io::Result<Result<(), CannotAsk>> {
        let mut document = engine.document(self.config.as_ref());
        let asked = self.socket.as_ref().map(runtime::ask).transpose();
        if let Ok(Some(answer)) = &asked {
            now::tell(answer, &mut document, &engine.lens().zone);
        }
        let document = self.telling.document(document);
        match self.face {
            Face::Text(style) => {
                writeln!(self.out)?;
                text::write(&document, style, &mut self.out)?;
            }
            Face::Json => json::write_line(&document, &mut self.out)?,
        }
        self.out.flush()?;
        Ok(asked.map(drop))
    }
}
