//! `hapline top`: what goes on, on a whole terminal.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::input::Context;
use super::output;
use super::store;
use super::telling::TellingArgs;
use super::when::When;
use crate::engine::Engine;
use crate::incident::Window;
use crate::serve::http::TOKEN_VARIABLE;
use crate::top::source::{self, Source};
use crate::top::{self, CannotShow, Look};

/// Time of a store that is looked at, unless it is said: a day, in s.
const DAY: i64 = 24 * 60 * 60;

/// Arguments of `hapline top`.
#[derive(Debug, Args)]
pub struct TopArgs {
    /// A log that is written to, followed through rotations; - reads standard input
    #[arg(
        required_unless_present_any = ["store", "connect"],
        conflicts_with_all = ["store", "connect"],
        value_name = "FILE"
    )]
    file: Option<PathBuf>,
    /// Look at what `hapline serve --store PATH` stores
    #[arg(long, value_name = "PATH", conflicts_with = "connect")]
    store: Option<PathBuf>,
    /// Ask a running `hapline serve --http`, such as http://127.0.0.1:9099
    #[arg(long, value_name = "URL", conflicts_with_all = ["timezone", "config", "log_format", "events", "redact"])]
    connect: Option<String>,
    /// File with the token that the daemon asks for; else HAPLINE_HTTP_TOKEN
    #[arg(long, value_name = "FILE", requires = "connect")]
    http_token_file: Option<PathBuf>,
    /// Of a store, what happened from this time on [default: -24h]
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true, requires = "store")]
    since: Option<When>,
    /// Show nothing but ASCII
    #[arg(long)]
    ascii: bool,
    /// Deployments and changes, one 'TIME text' a line
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Hide clients, query strings, cookies and captured headers
    #[arg(long)]
    redact: bool,
    /// Zone and configuration.
    #[command(flatten)]
    context: Context,
}

/// Shows it until `q`.
///
/// # Errors
/// When there is no terminal, or what it shows cannot be read.
pub fn run(args: &TopArgs) -> Result<(), Failure> {
    let source = match (&args.connect, &args.store) {
        (Some(url), _) => Source::Daemon(Box::new(args.daemon(url)?)),
        (None, Some(path)) => Source::Store(Box::new(args.stored(path)?)),
        (None, None) => Source::Log(Box::new(args.log()?)),
    };
    let look = output::Look { ascii: args.ascii };
    let look = Look {
        colour: output::style(look).colour,
        ascii: args.ascii,
    };
    match top::run(source, look)? {
        None => Ok(()),
        Some(signal) => Err(Failure::Interrupted(super::interrupt::exit_code(signal))),
    }
}

impl TopArgs {
    fn daemon(&self, url: &str) -> Result<source::daemon::Daemon, Failure> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| {
                let said = format!("{}: cannot be read: {error}", path.display());
                Failure::new(said, "it holds the token that `hapline serve` was given")
            })
        };
        let token = self.http_token_file.as_ref().map(read).transpose()?;
        let token = token.or_else(|| std::env::var(TOKEN_VARIABLE).ok());
        let token = token.map(|token| token.trim().to_owned());
        Ok(source::daemon::Daemon::new(url, token))
    }

    fn stored(&self, path: &Path) -> Result<source::store::Store, Failure> {
        let config = self.context.config()?;
        let zone = self.context.zone()?;
        let telling = self.telling();
        let events = telling.events(&zone)?;
        let since = self.since.as_ref().map(|since| since.in_zone(&zone));
        let of = path.to_owned();
        let read = move || {
            let now = jiff::Timestamp::now().as_second();
            let window = Window {
                since: Some(since.unwrap_or(now - DAY)),
                ..Window::default()
            };
            let read = store::read(zone.clone(), window, &of);
            let read = read.map(|engine| engine.with_events(events.clone()));
            read.map_err(Failure::told)
        };
        Ok(source::store::Store {
            path: path.to_owned(),
            telling: telling.telling(self.engine()?.lens(), config.as_ref(), true),
            read: Box::new(read),
            config,
        })
    }

    fn log(&self) -> Result<source::log::Log, Failure> {
        let file = self.file.clone().filter(|file| file != Path::new("-"));
        if let Some(file) = &file {
            let opened = std::fs::File::open(file);
            opened
                .map_err(|error| super::stream::unreadable(&file.display().to_string(), &error))?;
        } else if super::live::is_terminal() {
            return Err(Failure::new(
                "standard input is the terminal: there is nothing to read in it",
                "tail -F /var/log/haproxy.log | hapline top -, or hapline top /var/log/haproxy.log",
            ));
        }
        let config = self.context.config()?;
        let engine = self.engine()?;
        let telling = self.telling();
        let events = telling.events(&self.context.zone()?)?;
        let telling = telling.telling(engine.lens(), config.as_ref(), true);
        Ok(source::log::Log {
            file,
            engine: engine.with_events(events),
            config,
            telling,
        })
    }

    fn engine(&self) -> Result<Engine, Failure> {
        let reader = self.context.reader(self.context.config()?.as_ref())?;
        let zone = self.context.zone()?;
        Ok(Engine::cut_freely(zone, Window::default()).with_reader(reader))
    }

    fn telling(&self) -> TellingArgs {
        TellingArgs {
            events: self.events.clone(),
            redact: self.redact,
            top: None,
            stats_socket: None,
        }
    }
}

impl From<CannotShow> for Failure {
    fn from(error: CannotShow) -> Self {
        Self::new(&error, error.hint())
    }
}
