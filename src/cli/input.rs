//! What commands that read logs have in common: paths, zone, configuration.
//!
//! Enters: arguments. Leaves: an engine that has read the logs. Must not know: what will be printed.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::when::When;
use crate::config::Config;
use crate::engine::{Engine, Stream, read_files};
use crate::incident::Window;
use crate::source::{LogFile, Plan};
use crate::time::zone::Zone;

/// Which logs to read, and how.
#[derive(Debug, Args)]
pub struct Input {
    /// Logs, in any order; - reads standard input
    ///
    /// Rotated logs may be given in any order, and several hosts' logs together. Compressed ones come through a
    /// pipe: zcat haproxy.log.2.gz | hapline report -
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Threads to read with; 0 takes one for each core
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
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
    /// Zone and configuration.
    #[command(flatten)]
    pub context: Context,
}

/// What lines do not say themselves.
#[derive(Debug, Args)]
pub struct Context {
    /// Zone of times without one, such as Europe/Paris; the machine's if not given
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// The haproxy.cfg in force: sharpens causes, commands and advice
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
}

impl Input {
    /// Reads all of it.
    ///
    /// # Errors
    /// When a file cannot be read, or there is no such zone.
    pub fn read(&self) -> Result<Engine, Failure> {
        let zone = self.context.zone()?;
        let window = Window {
            since: self.since.as_ref().map(|since| since.in_zone(&zone)),
            until: self.until.as_ref().map(|until| until.in_zone(&zone)),
            backends: self.backend.clone(),
        };
        let mut engine = Engine::new(zone, window);
        let piped = self
            .files
            .iter()
            .filter(|file| file.as_os_str() == "-")
            .count();
        if piped == self.files.len() {
            return read_stdin(engine);
        }
        if piped > 0 {
            return Err(Failure::new(
                "- cannot be read together with files",
                "pipe all of them: cat FILE… | hapline report -",
            ));
        }
        let opened: Result<Vec<LogFile>, _> =
            self.files.iter().map(|path| LogFile::open(path)).collect();
        let opened = opened.map_err(|error| Failure::new(&error, error.hint()))?;
        let plan = Plan::new(opened, engine.zone(), engine.grid())?;
        read_files(&mut engine, &plan, self.threads)?;
        Ok(engine)
    }
}

fn read_stdin(engine: Engine) -> Result<Engine, Failure> {
    let mut stream = Stream::new(engine, "stdin", jiff::Timestamp::now().as_second());
    let mut stdin = std::io::stdin().lock();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => stream.feed(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    stream.finish();
    Ok(stream.into_engine())
}
