//! `hapline stats`: tables by server, status, URL, client, and whatever else people count.
//!
//! Enters: arguments. Leaves: a table. Must not know: what is counted, or how.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::filter::{self, FilterArgs};
use super::input::{self, Context};
use super::interrupt::Interrupt;
use super::progress::{self, shown};
use super::stream;
use super::when::When;
use crate::engine::{tables_of_files, tables_of_stream};
use crate::report::table::{self, Face};
use crate::rollup::Lens;
use crate::source::{
    CannotOpen, Caveat, Found, Grid, Inflow, LogFile, Observer, Opened, Packed, Windows,
};
use crate::stats::{By, Capture, Fold, Question, Span, Table};
use crate::time::zone::Zone;
use crate::words::near;

/// Rows of a table of URLs, clients or headers that a person is told, where nothing else is said.
const TOP: usize = 50;

/// Tenths of a percent in all of them.
const ALL: u16 = 1000;

/// Faces of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// For spreadsheets
    Csv,
    /// hapline.stats/1, for programs
    Json,
}

impl ValueEnum for Table {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for By {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Backend, Self::Hour]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Backend => "backend",
            Self::Hour => "hour",
        }))
    }
}

/// Arguments of `hapline stats`.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// servers, status, terms, cookies, percentiles, urls, clients, headers, queues or hours
    #[arg(value_enum, hide_possible_values = true, long_help = tables())]
    table: Table,
    /// Logs, in any order; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print it
    ///
    /// In csv, text of the log that a spreadsheet would take for a formula has a ' before it; in json it is as the log has it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Order by this column: figures from the largest on, names from A
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
    /// Tell N rows of each part; 0, the default of most tables, tells all
    ///
    /// Of urls, clients and headers as text, 50 are told unless this is given; the foot says how many there are.
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Part it by backend, by hour, or, given twice, by both
    #[arg(long, value_enum, value_name = "PART", hide_possible_values = true)]
    by: Vec<By>,
    /// urls: tell URLs apart by what follows ? and ;, too
    #[arg(long)]
    query: bool,
    /// headers: only this one, as 1:2 for the second of the first block
    #[arg(long, value_name = "BLOCK:FIELD")]
    capture: Option<Capture>,
    /// percentiles: these, as 50,99,99.9
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', value_parser = permille)]
    percent: Vec<u16>,
    /// Count only requests from this time on
    ///
    /// For example 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, 14/Mar/2026:09:12:00 as in the log, 09:12 for the
    /// last time the clock said so, or -24h for a day ago. It is the accept date that counts.
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    since: Option<When>,
    /// Count only requests before this time
    #[arg(long, value_name = "TIME", value_parser = When::parse, allow_hyphen_values = true)]
    until: Option<When>,
    /// Threads to read with; 0 takes one for each core
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(..=input::MOST_THREADS))]
    threads: u16,
    /// Which requests count.
    #[command(flatten)]
    filter: FilterArgs,
    /// Zone, configuration and formats.
    #[command(flatten)]
    context: Context,
}

/// The tables and their columns.
fn tables() -> String {
    let mut help = "What to count by; the columns, which --sort knows, are:\n".to_owned();
    for table in Table::ALL {
        let names: Vec<&str> = table
            .headings()
            .iter()
            .map(|heading| heading.name)
            .collect();
        let _ = write!(help, "\n{}: {}", table.name(), names.join(" "));
    }
    help + "\n\nWith --by, columns hour and backend stand before them; hours has the hour anyway. --format json says what each column is."
}

/// Tenths of a percent.
fn permille(text: &str) -> Result<u16, String> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let number = |text: &str| text.parse::<u16>().ok();
    let permille = match (number(whole), number(tenth), tenth.len()) {
        (Some(whole), Some(tenth), 1) => whole.checked_mul(10).map(|whole| whole + tenth),
        _ => None,
    };
    permille
        .filter(|permille| (1..=ALL).contains(permille))
        .ok_or_else(|| "a percentile is 0.1 to 100, with at most one decimal".to_owned())
}

/// Reads the logs and prints the table.
///
/// # Errors
/// When the input cannot be read or the question not be answered; and, once the table is printed, when reading was interrupted.
pub fn run(args: &StatsArgs) -> Result<(), Failure> {
    let (zone, config) = (args.context.zone()?, args.context.config()?);
    let question = Arc::new(args.question(&zone)?);
    let sort = args
        .sort
        .as_deref()
        .map(|name| column(name, &question))
        .transpose()?;
    let filter = args.filter.compile(&zone)?;
    let told = filter.as_ref().map(ToString::to_string);
    let lens = Lens {
        reader: args.context.reader(config.as_ref())?,
        filter,
        ..Lens::new(zone, Grid::default())
    };
    let interrupt = Interrupt::awaited()?;
    let (fold, caveats) = args.read(lens, &question, &interrupt)?;
    interrupt.is_over();
    let ending = match caveats.iter().any(Caveat::is_interruption) {
        false => Ok(()),
        true => {
            progress::end_echo();
            Err(Failure::Interrupted(interrupt.exit_code()))
        }
    };
    input::tell_flaws(&caveats);
    let mut out = BufWriter::new(io::stdout().lock());
    let sheet = fold.sheet(sort, args.top());
    table::write(&sheet, told.as_deref(), args.face(), &mut out)?;
    out.flush()?;
    // The memory of millions of rows is given back when the process ends, at once.
    std::mem::forget(sheet);
    ending
}

/// The number of a column of the table.
fn column(name: &str, question: &Question) -> Result<usize, Failure> {
    let names: Vec<&'static str> = question.columns().map(|heading| heading.name).collect();
    names
        .iter()
        .position(|known| *known == name)
        .ok_or_else(|| {
            let meant = near::among(name, names.iter().copied());
            let meant = meant.first().map(|meant| format!("did you mean {meant}? "));
            let hint = format!("{}columns: {}", meant.unwrap_or_default(), names.join(", "));
            Failure::new(
                format!("{} has no column {name}", question.table.name()),
                hint,
            )
        })
}

impl StatsArgs {
    fn question(&self, zone: &Zone) -> Result<Question, Failure> {
        let own = |is_given: bool, option: &str, table: Table| match is_given && self.table != table
        {
            false => Ok(()),
            true => Err(Failure::new(
                format!("{option} says nothing of {}", self.table.name()),
                format!("it is for hapline stats {}", table.name()),
            )),
        };
        own(self.query, "--query", Table::Urls)?;
        own(self.capture.is_some(), "--capture", Table::Headers)?;
        own(!self.percent.is_empty(), "--percent", Table::Percentiles)?;
        let question = Question::new(self.table, &self.by);
        let mut question = question.map_err(|error| Failure::new(error, "leave out this --by"))?;
        let ends = When::span(self.since.as_ref(), self.until.as_ref(), zone)?;
        let [since, until] = ends.map(|end| end.map(|end| zone.civil(end * 1000)));
        question.span = Span { since, until };
        question.keeps_query = self.query;
        question.capture = self.capture;
        if !self.percent.is_empty() {
            question.permille.clone_from(&self.percent);
            question.permille.sort_unstable();
            question.permille.dedup();
        }
        Ok(question)
    }

    fn top(&self) -> usize {
        let is_long = self.format == Format::Text && self.table.is_endless();
        self.top.unwrap_or(if is_long { TOP } else { 0 })
    }

    fn face(&self) -> Face {
        let width = || {
            let is_terminal = io::stdout().is_terminal();
            let width = terminal_size::terminal_size().filter(|_| is_terminal);
            width.map(|(width, _)| usize::from(width.0))
        };
        match self.format {
            Format::Text => Face::Text(width()),
            Format::Csv => Face::Csv,
            Format::Json => Face::Json,
        }
    }

    /// What the logs come to, and what of them was not read.
    fn read(
        &self,
        mut lens: Lens,
        question: &Arc<Question>,
        interrupt: &Interrupt,
    ) -> Result<(Fold, Vec<Caveat>), Failure> {
        let threads = usize::from(self.threads);
        let looks_ahead = lens
            .filter
            .as_ref()
            .is_some_and(|filter| filter.needs_accepts());
        if let Some(coming) = self.coming(looks_ahead)? {
            lens.filter = lens.filter.map(filter::for_stream).transpose()?;
            return shown("reading", interrupt, |meter| {
                let (name, mut inflow) = coming.begin(meter)?;
                let more = |windows: &mut Windows| stream::more(&mut inflow, windows, &name);
                let fold = tables_of_stream(&lens, question, threads, more)?;
                Ok((fold, inflow.missing().into_iter().collect()))
            });
        }
        let opened = shown("unpacking", interrupt, |meter| {
            Opened::new(&self.files, threads, meter)
        });
        let opened = opened.map_err(|error| input::not_opened(error, interrupt))?;
        let mut caveats = opened.left_out;
        caveats.extend(opened.files.iter().filter_map(LogFile::caveat));
        if let Some(filter) = lens.filter.take() {
            let files: Vec<&LogFile> = opened.files.iter().collect();
            let filter = shown("looking ahead", interrupt, |meter| {
                filter::for_files(filter, &files, &lens, threads, meter)
            })?;
            lens.filter = Some(filter);
        }
        let (fold, interrupted) = shown("reading", interrupt, |meter| {
            tables_of_files(&opened.files, &lens, question, threads, meter)
        })?;
        caveats.extend(interrupted);
        Ok((fold, caveats))
    }

    /// The only one to be read, if it is one that is read as it comes: a compressed file, too, unless it has to be read twice.
    fn coming(&self, looks_ahead: bool) -> Result<Option<Coming<'_>>, Failure> {
        let is_stream = |path: &&PathBuf| stream::is_stream(path);
        if let Some(stream) = self.files.iter().find(is_stream) {
            return match self.files.len() {
                1 => Ok(Some(Coming::Stream(stream))),
                _ => Err(stream::not_alone(stream)),
            };
        }
        match self.files.as_slice() {
            [path] if !looks_ahead => match LogFile::find(path).map_err(CannotOpen::from)? {
                Found::Packed(packed) => Ok(Some(Coming::Packed(packed))),
                Found::Plain(_) => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// What is read once, as it comes.
enum Coming<'a> {
    Stream(&'a Path),
    Packed(Packed),
}

impl Coming<'_> {
    /// Its name, and what comes of it.
    fn begin<'a>(&'a self, observer: &'a dyn Observer) -> Result<(String, Inflow<'a>), Failure> {
        match self {
            Self::Stream(path) => Ok((stream::name_of(path), stream::begin(path, observer)?)),
            Self::Packed(packed) => {
                let name = packed.name().to_owned();
                let text = packed.text(observer).map_err(CannotOpen::from)?;
                let inflow = Inflow::new(&name, text, observer);
                Ok((name, inflow))
            }
        }
    }
}
