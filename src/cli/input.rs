//! What commands that read logs have in common: paths, zone, configuration, formats.
//!
//! Enters: arguments. Leaves: an engine that has read the logs. Must not know: what will be printed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::filter::{self, FilterArgs};
use super::when::When;
use crate::config::Config;
use crate::engine::Plan;
use crate::engine::{Engine, Stream, read_files};
use crate::filter::Filter;
use crate::incident::Window;
use crate::line::{Format, Reader};
use crate::report::escape;
use crate::source::{Caveat, Opened, Unpacking};
use crate::time::zone::Zone;

/// Bytes of a stream read at a time.
const PIECE: usize = 1 << 18;

/// More than any machine has use for, and few enough to be started at once.
pub(super) const MOST_THREADS: i64 = 256;

/// Which logs to read, and how.
#[derive(Debug, Args)]
pub struct Input {
    /// Logs, in any order; - reads standard input
    ///
    /// Rotated logs may be given in any order, and several hosts' logs together. What gzip, zstd, xz or bzip2
    /// compressed is unpacked into TMPDIR (else /tmp); standard input and pipes are unpacked as they come.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Threads to read with; 0 takes one for each core
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(..=MOST_THREADS))]
    pub threads: u16,
    /// Tell only of what happened from this time on
    ///
    /// For example 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, or -24h for a day ago. Server states
    /// that earlier lines established are kept.
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    pub since: Option<When>,
    /// Tell only of what happened before this time
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    pub until: Option<When>,
    /// Tell only of incidents of this backend; may be given several times
    #[arg(long, value_name = "NAME")]
    pub backend: Vec<String>,
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
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
        let read =
            |path: &PathBuf| Config::read(path).map_err(|error| Failure::new(&error, error.hint()));
        self.config.as_ref().map(read).transpose()
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
        let file = self.config.iter().map(|path| path.display().to_string());
        let file = file.collect::<String>();
        for error in refused {
            let said = format!("{file}: {error}; lines of this format are not understood");
            aside!("hapline: {}", escape::terminal(&said));
        }
        Ok(reader.after(given?))
    }
}

impl Input {
    /// Reads all of it.
    ///
    /// # Errors
    /// When a file or a format cannot be read, or there is no such zone.
    pub fn read(&self, config: Option<&Config>) -> Result<Engine, Failure> {
        let zone = self.context.zone()?;
        let window = Window {
            since: self.since.as_ref().map(|since| since.in_zone(&zone)),
            until: self.until.as_ref().map(|until| until.in_zone(&zone)),
            backends: self.backend.clone(),
        };
        let filter = self.filter.compile(&zone)?;
        let reader = self.context.reader(config)?;
        let engine = Engine::new(zone, window).with_reader(reader);
        let engine = self.read_into(engine, filter)?;
        tell_flaws(engine.caveats());
        Ok(engine)
    }

    fn read_into(&self, mut engine: Engine, filter: Option<Filter>) -> Result<Engine, Failure> {
        if let Some(stream) = self.files.iter().find(|file| is_stream(file)) {
            if self.files.len() > 1 {
                return Err(Failure::new(
                    format!("{} cannot be read together with others", name_of(stream)),
                    "pipe all of them: cat FILE… | hapline … -",
                ));
            }
            if let Some(filter) = filter {
                engine = engine.with_filter(filter::for_stream(filter)?);
            }
            return read_stream(engine, stream);
        }
        let threads = usize::from(self.threads);
        let opened = Opened::new(&self.files, threads)?;
        for caveat in opened.left_out {
            engine.caveat(caveat);
        }
        if let Some(filter) = filter {
            let files: Vec<_> = opened.files.iter().collect();
            let filter = filter::for_files(filter, &files, engine.lens(), threads)?;
            engine = engine.with_filter(filter);
        }
        let plan = Plan::new(opened.files, engine.lens())?;
        read_files(&mut engine, &plan, threads)?;
        Ok(engine)
    }
}

/// Standard input, or a named pipe such as the shell makes of `<(ssh lb1 cat haproxy.log)`.
pub(super) fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
        || std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Opens standard input, or a named pipe.
///
/// # Errors
/// When it cannot be read.
pub(super) fn open_stream(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(path);
    let opened = opened.map_err(|error| unreadable(&path.display().to_string(), &error))?;
    Ok(Box::new(opened))
}

/// What a log is called where lines of it are told of.
pub(super) fn name_of(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    }
}

fn read_stream(engine: Engine, path: &Path) -> Result<Engine, Failure> {
    let bytes = open_stream(path)?;
    let name = name_of(path);
    let mut stream = Stream::new(engine, &name, jiff::Timestamp::now().as_second());
    let mut plain = Unpacking::stream(bytes).map_err(|error| unreadable(&name, &error))?;
    let mut buffer = vec![0; PIECE];
    loop {
        match plain.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => stream.feed(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(&name, &error)),
        }
    }
    if let Some(flaw) = plain.flaw() {
        stream.caveat(Caveat::EndMissing { name, flaw });
    }
    stream.finish();
    Ok(stream.into_engine())
}

/// Tells at once that the end of a log is missing: what is printed may be read by nobody but a program.
pub fn tell_flaws(caveats: &[Caveat]) {
    let missing = |caveat: &&Caveat| matches!(caveat, Caveat::EndMissing { .. });
    for caveat in caveats.iter().filter(missing) {
        aside!("hapline: {}", escape::terminal(&caveat.to_string()));
    }
}

pub(super) fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(
        format!("{name}: cannot be read: {error}"),
        "name a log file, or pipe one in: cat FILE | hapline … -",
    )
}
