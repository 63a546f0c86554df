//! `hapline parse`: every line of a log as one record.
//!
//! Enters: arguments. Leaves: records in the order of the lines. Must not know: what a record says.
//!
//! Files are read by grid blocks, several at a time; a block's lines are counted before they are printed, so that each
//! knows its number. Of a pipe, what has come is printed before more is waited for.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::failure::Failure;
use super::filter::{self, FilterArgs};
use super::input::{self, Context};
use super::stream;
use crate::envelope;
use crate::filter::Filter;
use crate::record::{Class, Readings, Record};
use crate::report::records::{COLUMNS, Face, Place};
use crate::rollup::Lens;
use crate::source::stretch::Stretch;
use crate::source::{Caveat, Grid, Lines, LogFile, Splitter, Unpacking};

/// Bytes of a stream read at a time: what a pipe holds.
const PIECE: usize = 1 << 16;

/// Blocks of a batch for each thread, so that none waits long for the others at its end. There are two batches: while
/// one is printed, the other is written.
const AHEAD: usize = 2;

/// Faces of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a line
    Json,
    /// A header and fixed columns, as RFC 4180 has it
    Csv,
    /// name=value, what the record has
    Logfmt,
}

/// Lines to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Requests, sessions, connections
    Traffic,
    /// What HAProxy says of servers, proxies and itself
    State,
    /// Lines that are not HAProxy's or not understood
    Unknown,
}

/// Arguments of `hapline parse`.
#[derive(Debug, Args)]
pub struct ParseArgs {
    /// Logs, in the order to print them; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print a record
    #[arg(long, value_enum, default_value_t = Format::Json, long_help = formats())]
    format: Format,
    /// Print these lines alone; may be given several times
    #[arg(long, value_enum, value_name = "CLASS")]
    only: Vec<Only>,
    /// Threads to read with; 0 takes one for each core
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(..=input::MOST_THREADS))]
    threads: u16,
    /// Which lines to print.
    #[command(flatten)]
    filter: FilterArgs,
    /// Zone, configuration and formats.
    #[command(flatten)]
    context: Context,
}

/// What the formats have beyond their names.
fn formats() -> String {
    format!(
        "How to print a record\n\n\
        csv has these columns, whatever the line: source, line, {}. Cells are what the log has, for programs to read: \
        a spreadsheet may take a URI that begins with = for a formula.\n\n\
        logfmt has a pair for each value of a list or a map (req_caps.0, ssl.sni); what is nested deeper is the text of \
        its JSON.",
        COLUMNS.join(", ")
    )
}

/// Prints the records of all files.
///
/// # Errors
/// When a file or a format cannot be read, or the output cannot be written.
pub fn run(args: &ParseArgs) -> Result<(), Failure> {
    let (zone, config) = (args.context.zone()?, args.context.config()?);
    let filter = args.filter.compile(&zone)?;
    let reader = args.context.reader(config.as_ref())?;
    let mut lens = Lens {
        reader,
        ..Lens::new(zone, Grid::default())
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(args.threads))
        .build()
        .map_err(io::Error::other)?;
    let open = || args.files.par_iter().map(|path| Source::open(path));
    let opened: Vec<Result<Source, Failure>> = pool.install(|| open().collect());
    let sources = opened.into_iter().collect::<Result<Vec<Source>, _>>()?;
    for source in &sources {
        source.tell_flaws();
    }
    if let Some(filter) = filter {
        lens.filter = Some(ready(filter, &sources, &lens, usize::from(args.threads))?);
    }
    let printer = Printer {
        lens,
        face: match args.format {
            Format::Json => Face::Json,
            Format::Csv => Face::Csv,
            Format::Logfmt => Face::Logfmt,
        },
        only: args.only.clone(),
    };
    let mut out = io::stdout();
    let mut head = Vec::new();
    printer.face.begin(&mut head);
    out.write_all(&head)?;
    for source in sources {
        match source {
            Source::File(file) => pool.install(|| printer.file(&file, &mut out))?,
            Source::Stream(path) => printer.stream(&path, &mut out)?,
        }
    }
    Ok(out.flush()?)
}

/// Something to read.
enum Source {
    File(LogFile),
    /// Opened when it is its turn, as whoever writes to it may wait for that.
    Stream(PathBuf),
}

impl Source {
    fn open(path: &Path) -> Result<Self, Failure> {
        if stream::is_stream(path) {
            return Ok(Self::Stream(path.to_owned()));
        }
        let file = LogFile::open(path).map_err(|error| Failure::new(&error, error.hint()))?;
        Ok(Self::File(file))
    }

    /// What is missing of it; of a stream nobody knows yet.
    fn tell_flaws(&self) {
        if let Self::File(file) = self {
            input::tell_flaws(file.caveat().as_slice());
        }
    }
}

/// A filter that can be asked; it may look at all files first.
fn ready(
    filter: Filter,
    sources: &[Source],
    lens: &Lens,
    threads: usize,
) -> Result<Filter, Failure> {
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        match source {
            Source::File(file) => files.push(file),
            Source::Stream(_) => return filter::for_stream(filter),
        }
    }
    Ok(filter::for_files(filter, &files, lens, threads, &())?)
}

struct Printer {
    lens: Lens,
    face: Face,
    only: Vec<Only>,
}

impl Printer {
    fn file(&self, file: &LogFile, out: &mut (impl Write + Send)) -> io::Result<()> {
        let blocks: Vec<u64> = (0..file.blocks(self.lens.grid)).collect();
        let size = rayon::current_num_threads() * AHEAD;
        let [mut printed, mut next] = [(); 2].map(|()| Batch::of(size));
        let mut line = 1;
        for numbers in blocks.chunks(size) {
            let print = || self.batch(file, numbers, line, &mut next);
            let (written, lines) = rayon::join(|| printed.write(out), print);
            written?;
            line += lines?;
            std::mem::swap(&mut printed, &mut next);
        }
        printed.write(out)
    }

    /// Prints some blocks of a file, of which the first line has this number; how many lines that were.
    fn batch(
        &self,
        file: &LogFile,
        numbers: &[u64],
        first: u64,
        batch: &mut Batch,
    ) -> io::Result<u64> {
        let rooms = &mut batch.rooms;
        let read = |(number, room): (&u64, &mut Room)| {
            let bytes = std::mem::take(&mut room.bytes);
            let stretch = file.block(*number, self.lens.grid, envelope::part, bytes)?;
            Ok((count(stretch.lines()), stretch))
        };
        let read: io::Result<Vec<(u64, Stretch)>> =
            numbers.par_iter().zip(&mut *rooms).map(read).collect();
        let mut line = first;
        let mut numbered = Vec::with_capacity(numbers.len());
        for (lines, stretch) in read? {
            numbered.push((line, stretch));
            line += lines;
        }
        let print = |((line, stretch), room): ((u64, Stretch), &mut Room)| {
            self.print(file.name(), line, stretch.lines(), &mut room.printed);
            room.bytes = stretch.into_room();
        };
        numbered.into_par_iter().zip(rooms).for_each(print);
        Ok(line - first)
    }

    fn stream(&self, path: &Path, out: &mut impl Write) -> Result<(), Failure> {
        let name = stream::name_of(path);
        let unreadable = |error| stream::unreadable(&name, &error);
        let mut bytes = Unpacking::stream(stream::open_stream(path)?).map_err(unreadable)?;
        let mut splitter = Splitter::new(envelope::part);
        let mut line = 1;
        let mut buffer = vec![0; PIECE];
        let mut printed = Vec::new();
        loop {
            printed.clear();
            let print = |lines: Lines| {
                self.print(&name, line, lines, &mut printed);
                line += count(lines);
            };
            let ended = match bytes.read(&mut buffer) {
                Ok(0) => {
                    splitter.finish(print);
                    true
                }
                Ok(read) => {
                    splitter.feed(&buffer[..read], print);
                    false
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => false,
                Err(error) => return Err(unreadable(error)),
            };
            out.write_all(&printed)?;
            out.flush()?;
            if ended {
                break;
            }
        }
        if let Some(flaw) = bytes.flaw().cloned() {
            input::tell_flaws(&[Caveat::EndMissing { name, flaw }]);
        }
        Ok(())
    }

    /// Prints the records of some whole lines, of which the first has this number.
    fn print(&self, source: &str, first: u64, lines: Lines, out: &mut Vec<u8>) {
        let lines = lines.whole(envelope::part);
        let mut readings = Readings::new(&self.lens.reader);
        for (nth, text) in &lines {
            let line = first + nth;
            readings.read(text, |record| {
                if self.is_wanted(record) {
                    self.face.write(Place { source, line }, record, out);
                }
            });
        }
    }

    fn is_wanted(&self, record: &Record) -> bool {
        let only = match record.class() {
            Class::Traffic => Only::Traffic,
            Class::State => Only::State,
            Class::Unknown => Only::Unknown,
        };
        let is_of_class = self.only.is_empty() || self.only.contains(&only);
        let matches = |filter: &Filter| filter.matches(record);
        is_of_class && self.lens.filter.as_ref().is_none_or(matches)
    }
}

/// Blocks that are printed together.
struct Batch {
    rooms: Vec<Room>,
}

/// Memory for a block, used again and again.
#[derive(Default)]
struct Room {
    /// Its bytes.
    bytes: Vec<u8>,
    /// Its records, until they are written.
    printed: Vec<u8>,
}

impl Batch {
    /// Room for as many blocks.
    fn of(size: usize) -> Self {
        let rooms = std::iter::repeat_with(Room::default);
        Self {
            rooms: rooms.take(size).collect(),
        }
    }

    /// Writes what was printed.
    fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        for Room { printed, .. } in &mut self.rooms {
            out.write_all(printed)?;
            printed.clear();
        }
        Ok(())
    }
}

/// Lines as the file has them, parts of one counted each.
fn count(lines: Lines) -> u64 {
    let ends = memchr::memchr_iter(b'\n', lines.bytes).count() as u64;
    ends + u64::from(lines.bytes.last().is_some_and(|byte| *byte != b'\n'))
}
