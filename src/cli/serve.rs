//! `hapline serve`: a syslog target that can be left running.
//!
//! Enters: arguments. Leaves: a daemon that runs by them; at the end, the whole story, unless a store keeps it. Must not
//! know: how lines come in.

use std::io;
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use super::input::Context;
use super::live::Feed;
use super::output;
use super::settings::SettingsArgs;
use super::telling::TellingArgs;
use crate::config::Config;
use crate::engine::Engine;
use crate::incident::Window;
use crate::line::Reader;
use crate::report::document::Document;
use crate::report::telling::Telling;
use crate::report::{json, now, text};
use crate::runtime::{self, Address};
use crate::serve::reload::Fresh;
use crate::serve::settings::Settings;
use crate::serve::start::{self, CannotRun, Start, Told};
use crate::serve::{Face, settings, sinks};

/// Arguments of `hapline serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// How changes are printed
    #[arg(long, value_enum, default_value_t = Feed::Text)]
    format: Feed,
    /// How text is printed.
    #[command(flatten)]
    look: output::Look,
    /// Everything else, which a file may have, too.
    #[command(flatten)]
    settings: SettingsArgs,
}

/// What lines do not say themselves, and what is told of them.
struct Around {
    context: Context,
    telling: TellingArgs,
    config: Option<Config>,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When a setting is no good, or it cannot listen.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    let loaded = args.settings.load()?;
    if args.settings.is_show() {
        print!("{}", loaded.show());
        return Ok(());
    }
    let settings = loaded.settings;
    let around = Around::of(&settings.haproxy)?;
    let is_for_program = args.format == Feed::Json;
    let face = match args.format {
        Feed::Text => Face::Text(output::style(args.look)),
        Feed::Json => Face::Json,
    };
    let engine = around.engine()?;
    let telling = around.telling(&engine, is_for_program);
    let start = Start {
        config: around.config.clone().map(Arc::new),
        telling: around.telling(&engine, true),
        engine,
        stats_socket: around.telling.socket().cloned(),
        feed: sinks::Feed {
            face,
            out: Box::new(io::stdout()),
        },
        listen: settings.listen.joined(),
        follow: settings.follow.joined(),
        store: settings.store.joined(),
        http: settings.http.joined(),
        notify: told(&settings),
    };
    let is_kept = start.store.is_some();
    let again = args.settings.clone();
    let mut reader = start.engine.lens().reader.clone();
    let reload = Box::new(move || reloaded(&again, &settings, &mut reader));
    let (engine, dropped) = start::run(start, reload)?;
    if is_kept {
        return Ok(());
    }
    let mut document = engine.document(around.config.as_ref());
    document.coverage.dropped = dropped;
    let asked = around.telling.socket().map(runtime::ask).transpose();
    if let Ok(Some(answer)) = &asked {
        now::tell(answer, &mut document, &engine.lens().zone);
    }
    sum_up(document, telling, face)?;
    asked.map(drop).map_err(Failure::from)
}

/// Settings that were read again; what is wrong with them is said, and changes nothing. Of those that cannot be changed
/// it is said that they have changed.
fn reloaded(args: &SettingsArgs, in_force: &Settings, known: &mut Reader) -> Option<Fresh> {
    let settings = match args.load() {
        Ok(loaded) => loaded.settings,
        Err(failure) => {
            failure.report();
            return None;
        }
    };
    for change in settings::diff(in_force, &settings) {
        if change.needs_restart {
            needs_restart(change.key);
        }
    }
    let context = Context::of(&settings.haproxy);
    let read = context.config().and_then(|config| {
        let reader = context.reader(config.as_ref())?;
        Ok((config.map(Arc::new), reader))
    });
    let (config, reader) = match read {
        Ok((config, reader)) => (Some(config), others(reader, known)),
        Err(failure) => {
            failure.report();
            (None, None)
        }
    };
    Some(Fresh {
        told: Told {
            external_url: in_force.http.external_url.clone(),
            ..told(&settings)
        },
        config,
        reader,
        listen: settings.listen.joined(),
        store: settings.store.joined(),
    })
}

/// A reader for the lines to come, and for those of the formats before that are still on their way; none where no format has
/// changed.
fn others(reader: Reader, known: &mut Reader) -> Option<Reader> {
    if texts(&reader) == texts(known) {
        return None;
    }
    let before = std::mem::replace(known, reader.clone());
    Some(reader.before(&before))
}

fn needs_restart(what: &str) {
    aside!("hapline: {what} has changed; a restart puts it in force");
}

/// The formats that lines are read by.
fn texts(reader: &Reader) -> Vec<String> {
    let formats = reader.formats().iter();
    formats.map(|format| format.text().to_owned()).collect()
}

fn told(settings: &Settings) -> Told {
    Told {
        targets: settings.notify.clone(),
        silences: settings.silence.clone(),
        external_url: settings.http.external_url.clone(),
    }
}

fn sum_up(document: Document, mut telling: Telling, face: Face) -> Result<(), Failure> {
    let document = telling.document(document);
    let mut out = io::stdout();
    match face {
        Face::Text(style) => {
            println!();
            text::write(&document, style, &mut out)?;
        }
        Face::Json => json::write_line(&document, &mut out)?,
    }
    Ok(())
}

impl Context {
    fn of(haproxy: &settings::Haproxy) -> Self {
        Self {
            timezone: haproxy.timezone.clone(),
            config: haproxy.config.clone(),
            log_format: haproxy.log_formats.clone(),
        }
    }
}

impl Around {
    fn of(haproxy: &settings::Haproxy) -> Result<Self, Failure> {
        let context = Context::of(haproxy);
        let socket = haproxy.stats_socket.as_deref().map(Address::parse);
        let socket = socket.transpose();
        let telling = TellingArgs {
            events: haproxy.events.clone(),
            redact: haproxy.redact,
            top: None,
            stats_socket: socket
                .map_err(|error| Failure::new(error, "stats-socket is a path, or HOST:PORT"))?,
        };
        let config = context.config()?;
        Ok(Self {
            context,
            telling,
            config,
        })
    }

    fn engine(&self) -> Result<Engine, Failure> {
        let reader = self.context.reader(self.config.as_ref())?;
        let zone = self.context.zone()?;
        let events = self.telling.events(&zone)?;
        let engine = Engine::cut_freely(zone, Window::default()).with_reader(reader);
        Ok(engine.with_events(events))
    }

    fn telling(&self, engine: &Engine, is_for_program: bool) -> Telling {
        self.telling
            .telling(engine.lens(), self.config.as_ref(), is_for_program)
    }
}

impl From<CannotRun> for Failure {
    fn from(error: CannotRun) -> Self {
        match error {
            CannotRun::Io(error) => error.into(),
            other => Self::new(&other, other.hint()),
        }
    }
}
