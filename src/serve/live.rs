//! Tells what changes, while it happens.
//!
//! Enters: bytes, and a tick. Leaves: notices, and a report at the end. Must not know: where the bytes come from.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::engine::{Changes, Engine, Stream};
use crate::report::feed::{self, Notice, Transition};
use crate::report::json;
use crate::report::text::{self, Style};

/// A look takes at most this part of the time, however much there is to go over again.
const PART: u32 = 4;

/// How notices and the summary are shown.
#[derive(Debug, Clone, Copy)]
pub enum Face {
    /// Lines for a terminal, and the report as text.
    Text(Style),
    /// NDJSON: a `hapline.notice/1` a line, and the `hapline.report/1` as the last one.
    Json,
}

/// See the module.
pub struct Live {
    stream: Stream,
    changes: Changes,
    config: Option<Config>,
    face: Face,
    out: Box<dyn Write>,
    changed: bool,
    next: Instant,
}

impl fmt::Debug for Live {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter
            .debug_struct("Live")
            .field("face", &self.face)
            .finish_non_exhaustive()
    }
}

impl Live {
    /// One that has told nothing yet.
    pub fn new(stream: Stream, config: Option<Config>, face: Face, out: Box<dyn Write>) -> Self {
        Self {
            stream,
            changes: Changes::default(),
            config,
            face,
            out,
            changed: false,
            next: Instant::now(),
        }
    }

    /// Takes bytes of a stream in.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.stream.feed(bytes);
        self.changed = true;
    }

    /// Takes whole lines in.
    pub fn feed_whole(&mut self, datagram: &[u8]) {
        self.stream.feed_whole(datagram);
        self.changed = true;
    }

    /// Tells what changed since the last look, unless that was just now.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn look(&mut self) -> io::Result<()> {
        if !self.changed || Instant::now() < self.next {
            return Ok(());
        }
        let began = Instant::now();
        let engine = self.stream.look_ahead();
        self.tell(&engine)?;
        self.changed = false;
        self.next = Instant::now()
            + began
                .elapsed()
                .saturating_mul(PART)
                .min(Duration::from_secs(1));
        Ok(())
    }

    fn tell(&mut self, engine: &Engine) -> io::Result<()> {
        let incidents = engine.incidents();
        let now = engine.now();
        for (transition, incident) in self.changes.since_last(&incidents) {
            let at = match transition {
                Transition::Closed => incident.end.unwrap_or(now),
                _ => now.max(incident.start),
            };
            let notice = Notice {
                schema: feed::SCHEMA,
                transition,
                at: engine.zone().rfc3339(at),
                text: None,
                incident: engine.told(incident, self.config.as_ref()),
            };
            match self.face {
                Face::Text(style) => feed::write_text(&notice, style, &mut self.out)?,
                Face::Json => feed::write_json(&notice, &mut self.out)?,
            }
        }
        self.out.flush()
    }

    /// The input has ended: tells the last changes, and the whole story.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        // What is known without knowing that the log ends here comes first.
        let ahead = self.stream.look_ahead();
        self.tell(&ahead)?;
        self.stream.finish();
        let engine = self.stream.engine().clone();
        self.tell(&engine)?;
        let document = engine.document(self.config.as_ref());
        match self.face {
            Face::Text(style) => {
                writeln!(self.out)?;
                text::write(&document, style, &mut self.out)?;
            }
            Face::Json => json::write_line(&document, &mut self.out)?,
        }
        self.out.flush()
    }
}
