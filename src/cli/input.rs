//! What commands that read logs have in common: span, filter, zone, configuration, formats.
//!
//! Enters: arguments. Leaves: an engine that has read the logs, or as much of them as there was time for. Must not know: what will be printed.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::filter::{self, FilterArgs};
use super::interrupt::Interrupt;
use super::progress::{self, shown};
use super::when::When;
use super::{store, stream};
use crate::config::{Config, Environment};
use crate::engine::{Engine, Plan, read_early, read_observed};
use crate::filter::Filter;
use crate::incident::Window;
use crate::line::{Format, Reader};
use crate::report::escape;
use crate::source::{CannotOpen, Caveat, Found, LogFile, Opened, Packed, Unreadable};
use crate::time::zone::Zone;

/// More than any machine has use for, and few enough to be started at once.
pub(super) const MOST_THREADS: i64 = 256;

/// How to read logs, and what of them.
#[derive(Debug, Args)]
pub struct Input {
    /// Threads to read with; 0 takes one for each core
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(..=MOST_THREADS))]
    pub threads: u16,
    /// Tell only of what happened from this time on
    ///
    /// For example 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, 14/Mar/2026:09:12:00 as in the log, 09:12 for the
    /// last time the clock said so, or -24h for a day ago. Server states that earlier lines established are kept.
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    pub since: Option<When>,
    /// Tell only of what happened before this time
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    pub until: Option<When>,
    /// Tell only of incidents of this backend; may be given several times
    #[arg(long, value_name = "NAME")]
    pub backend: Vec<String>,
    /// Read what `hapline serve --store PATH` has stored, instead of files
    ///
    /// With --since, a day before it is read, too, for the states of servers.
    #[arg(long, value_name = "PATH", conflicts_with = "filter")]
    pub store: Option<PathBuf>,
    /// Which lines count.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Zone and configuration.
    #[command(flatten)]
    pub context: Context,
}

/// What lines do not say themselves.
#[derive(Debug, Args)]
pub struct Context {
    /// Zone of times without one, such as Europe/Paris; else the machine's
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// The haproxy.cfg in force: sharpens causes, commands and advice
    ///
    /// A file, or a folder whose *.cfg are read in order; may be given several times, as HAProxy's -f.
    #[arg(long, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// A log-format that lines may have; may be given several times
    ///
    /// As HAProxy sees it: without the quotes and backslashes of haproxy.cfg. Those of --config are known without it,
    /// as are option httplog, httpslog, tcplog and their CLF forms.
    #[arg(long, value_name = "FORMAT", allow_hyphen_values = true)]
    pub log_format: Vec<String>,
}

impl Context {
    /// The zone.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn zone(&self) -> Result<Zone, Failure> {
        match &self.timezone {
            None => Ok(Zone::machine()),
            Some(name) => Zone::named(name).map_err(|error| Failure::new(&error, error.hint())),
        }
    }

    /// The configuration, if one was named.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn config(&self) -> Result<Option<Config>, Failure> {
        if self.config.is_empty() {
            return Ok(None);
        }
        let read = Config::read_all(&self.config, Environment::Unknown);
        let config = read.map_err(|error| Failure::new(&error, error.hint()))?;
        Ok(Some(config))
    }

    /// What lines are read with. Formats of the configuration that cannot be are told on standard error.
    ///
    /// # Errors
    /// When a format that was given by hand cannot be read.
    pub fn reader(&self, config: Option<&Config>) -> Result<Reader, Failure> {
        let compile = |text: &String| {
            let hint = "give the text behind `log-format` in haproxy.cfg, in single quotes";
            Format::compile("the command line", text).map_err(|error| Failure::new(&error, hint))
        };
        let given: Result<Vec<Format>, Failure> = self.log_format.iter().map(compile).collect();
        let (reader, refused) = config.map(Reader::from_config).unwrap_or_default();
        let files = self.config.iter().map(|path| path.display().to_string());
        let files = files.collect::<Vec<_>>().join(", ");
        for error in refused {
            let said = format!("{files}: {error}; lines of this format are not understood");
            aside!("hapline: {}", escape::terminal(&said));
        }
        Ok(reader.after(given?))
    }
}

/// Logs that were read.
#[derive(Debug)]
pub struct Logs {
    /// What has read them.
    pub engine: Engine,
    /// How the run ends once that is told: not well if it was interrupted.
    pub ending: Result<(), Failure>,
}

impl Input {
    /// Reads all of these files, or as much as there is time for until a signal comes.
    ///
    /// # Errors
    /// When a file or a format cannot be read, or there is no such zone; and when the signal comes before anything is
    /// read.
    pub fn read(&self, files: &[PathBuf], config: Option<&Config>) -> Result<Logs, Failure> {
        let zone = self.context.zone()?;
        let [since, until] = When::span(self.since.as_ref(), self.until.as_ref(), &zone)?;
        let window = Window {
            since,
            until,
            backends: self.backend.clone(),
        };
        let filter = self.filter.compile(&zone)?;
        let reader = self.context.reader(config)?;
        if let Some(store) = &self.store {
            let engine = store::read(zone, window, store)?;
            let ending = Ok(());
            return Ok(Logs { engine, ending });
        }
        let engine = Engine::new(zone, window).with_reader(reader);
        let interrupt = Interrupt::awaited()?;
        let engine = self.read_into(engine, files, filter, &interrupt)?;
        interrupt.is_over();
        let interrupted = engine.caveats().iter().find_map(|caveat| match caveat {
            Caveat::Interrupted { read, .. } => Some(*read),
            _ => None,
        });
        let ending = match interrupted {
            None => Ok(()),
            Some(0) => return Err(nothing_read(&interrupt)),
            Some(_) => {
                progress::end_echo();
                Err(Failure::Interrupted(interrupt.exit_code()))
            }
        };
        tell_flaws(engine.caveats());
        Ok(Logs { engine, ending })
    }

    fn read_into(
        &self,
        mut engine: Engine,
        files: &[PathBuf],
        filter: Option<Filter>,
        interrupt: &Interrupt,
    ) -> Result<Engine, Failure> {
        let threads = usize::from(self.threads);
        let is_stream = |path: &&PathBuf| stream::is_stream(path);
        if let Some(stream) = files.iter().find(is_stream) {
            if files.len() > 1 {
                return Err(stream::not_alone(stream));
            }
            if let Some(filter) = filter {
                engine = engine.with_filter(filter::for_stream(filter)?);
            }
            return shown("reading", interrupt, |meter| {
                stream::read(engine, stream, threads, meter)
            });
        }
        if let [path] = files
            && filter.as_ref().is_none_or(|filter| !filter.needs_accepts())
            && let Found::Packed(packed) = LogFile::find(path).map_err(CannotOpen::from)?
        {
            if let Some(filter) = filter {
                engine = engine.with_filter(filter);
            }
            return read_packed(engine, packed, threads, interrupt);
        }
        let open = |meter: &progress::Meter| Opened::new(files, threads, meter);
        let opened = shown("unpacking", interrupt, open);
        let opened = opened.map_err(|error| not_opened(error, interrupt))?;
        for caveat in opened.left_out {
            engine.caveat(caveat);
        }
        if let Some(filter) = filter {
            let unpacked: Vec<_> = opened.files.iter().collect();
            let lens = engine.lens();
            let filter = shown("looking ahead", interrupt, |meter| {
                filter::for_files(filter, &unpacked, lens, threads, meter)
            })?;
            engine = engine.with_filter(filter);
        }
        let plan = Plan::new(opened.files, engine.lens())?;
        shown("reading", interrupt, |meter| {
            read_observed(&mut engine, &plan, threads, meter)
        })?;
        Ok(engine)
    }
}

/// Reads a compressed file: while it is unpacked or, where time goes back in it, afterwards.
fn read_packed(
    mut engine: Engine,
    packed: Packed,
    threads: usize,
    interrupt: &Interrupt,
) -> Result<Engine, Failure> {
    let failed = |error: Unreadable| not_opened(error.into(), interrupt);
    let early = shown("reading", interrupt, |meter| {
        read_early(&engine, &packed, threads, meter)
    });
    if let Some(early) = early.map_err(failed)? {
        return Ok(early);
    }
    let unpack = |meter: &progress::Meter| packed.unpack(meter);
    let unpacked = shown("unpacking", interrupt, unpack).map_err(failed)?;
    let plan = Plan::new(vec![unpacked], engine.lens())?;
    shown("reading", interrupt, |meter| {
        read_observed(&mut engine, &plan, threads, meter)
    })?;
    Ok(engine)
}

/// Why files cannot be opened; a signal may have come.
pub(super) fn not_opened(error: CannotOpen, interrupt: &Interrupt) -> Failure {
    match error {
        CannotOpen::File(_) if interrupt.has_come() => nothing_read(interrupt),
        error => error.into(),
    }
}

/// How a run ends in which nothing was read: there is nothing to tell.
fn nothing_read(interrupt: &Interrupt) -> Failure {
    progress::end_echo();
    aside!("hapline: interrupted before any line was read");
    Failure::Interrupted(interrupt.exit_code())
}

/// Tells at once that the end of a log is missing, or more: what is printed may be read by nobody but a program.
pub fn tell_flaws(caveats: &[Caveat]) {
    let missing = |caveat: &&Caveat| !matches!(caveat, Caveat::LeftOut { .. });
    for caveat in caveats.iter().filter(missing) {
        aside!("hapline: {}", escape::terminal(&caveat.to_string()));
    }
}
