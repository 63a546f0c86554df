//! `tail -F haproxy.log | hapline`: incidents as they open and close.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Context;
use super::output;
use super::telling::TellingArgs;
use crate::engine::Engine;
use crate::incident::Window;
use crate::serve::{Face, Live, Teller, pipe, watch};

/// Faces of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Feed {
    /// A line for each change, and the report at the end
    Text,
    /// The same as NDJSON
    Json,
}

/// Arguments of a live view.
#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Zone and configuration.
    #[command(flatten)]
    context: Context,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Feed::Text)]
    format: Feed,
    /// How text is printed.
    #[command(flatten)]
    look: output::Look,
    /// What is told beside the log, and what of it is not.
    #[command(flatten)]
    telling: TellingArgs,
}

/// Nothing is piped in.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Reads standard input until it ends, or until Ctrl-C.
///
/// # Errors
/// When the zone, the configuration or a format is no good, or the input cannot be read.
pub fn run(args: &LiveArgs) -> Result<(), Failure> {
    let config = args.context.config()?;
    let reader = args.context.reader(config.as_ref())?;
    let zone = args.context.zone()?;
    let events = args.telling.events(&zone)?;
    let engine = Engine::cut_freely(zone, Window::default()).with_reader(reader);
    let engine = engine.with_events(events);
    let is_for_program = args.format == Feed::Json;
    let telling = args
        .telling
        .telling(engine.lens(), config.as_ref(), is_for_program);
    let face = match args.format {
        Feed::Text => Face::Text(output::style(args.look)),
        Feed::Json => Face::Json,
    };
    let teller = Teller::new(config, telling, face, Box::new(io::stdout()));
    let teller = teller.asking(args.telling.socket().cloned());
    watch::run(Live::new(engine, pipe::NAME, teller))??;
    Ok(())
}
