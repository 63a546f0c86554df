//! `--filter`: which lines count.
//!
//! Enters: an expression as it was typed. Leaves: a filter that can be used. Must not know: for what.

use std::fmt::Write;

use clap::Args;

use super::failure::Failure;
use crate::engine::accepts;
use crate::filter::{Filter, FilterError, halog};
use crate::rollup::Lens;
use crate::source::{LogFile, Observer};
use crate::time::zone::Zone;

/// Which lines count.
#[derive(Debug, Args)]
pub struct FilterArgs {
    /// Count only lines for which this holds: 'backend=api and status>=500'
    #[arg(long, value_name = "EXPR", long_help = help())]
    filter: Option<String>,
}

impl FilterArgs {
    /// The filter, if one was given; times in it without a zone are of `zone`.
    ///
    /// # Errors
    /// When the expression is none.
    pub fn compile(&self, zone: &Zone) -> Result<Option<Filter>, Failure> {
        let compile = |text: &String| Filter::compile(text, zone).map_err(marked);
        self.filter.as_ref().map(compile).transpose()
    }
}

/// A filter for lines that are seen only once.
///
/// # Errors
/// When it asks for the requests around one.
pub fn for_stream(filter: Filter) -> Result<Filter, Failure> {
    if filter.needs_accepts() {
        return Err(Failure::new(
            "accept_delay and accept_count need the whole log before its first line",
            "name files instead of a pipe",
        ));
    }
    Ok(filter)
}

/// A filter for lines of files, which are read once more where it asks for the requests around one.
///
/// # Errors
/// When a file cannot be read.
pub fn for_files(
    filter: Filter,
    files: &[&LogFile],
    lens: &Lens,
    threads: usize,
    observer: &dyn Observer,
) -> std::io::Result<Filter> {
    if filter.needs_accepts() {
        let accepts = accepts(files, lens, threads, observer)?;
        return Ok(filter.knowing(accepts));
    }
    Ok(filter)
}

/// Columns of an expression that are shown on either side of what is wrong.
const AROUND: usize = 60;

fn marked(error: FilterError) -> Failure {
    let [before, at, after] = error.pieces();
    let skipped = before.chars().count().saturating_sub(AROUND);
    let around = [
        before.chars().skip(skipped).collect(),
        at.chars().take(AROUND).collect(),
        after.chars().take(AROUND).collect(),
    ];
    Failure::Marked(error.to_string(), around, error.hint())
}

const LANGUAGE: &str = "\
Count only lines for which this holds

  backend=api and status>=500     text and numbers: = != < <= > >=
  term=SC, term=sH--              states, with or without what became of cookies
  term~^s or uri!~'^/health '     regular expressions; blanks in quotes
  status in 500..599, 429         ranges and lists; also `not in`
  client_ip in 10.0.0.0/8, ::1    addresses and networks
  Tr>1.5s and bytes>=10M          durations in ms s m h d, sizes in k M G
  ts>=2026-03-14T09:12            times in the log's zone, or with one
  ts in 22:00..06:00              times of day
  tls and not redispatched        flags; brackets where needed
  has req_cookie                  the line has it
  req_caps[1]~Mozilla             the first capture; req_caps~x is any

A time is as long as what is not written: ts=2026-03-14T09:12 is a whole minute. -1 is what never happened. A \
comparison with a field that the line does not have is unknown, and so is `not` of it. A request is printed or counted \
when the expression is true. What else HAProxy says (server states, health checks) a report leaves out only when it is \
false, so that status>=500 keeps what explains the errors. All shares, rates and causes are of what is kept: with \
server=web1 there are no peers to compare it with.
";

/// The language, the names, and how to say what `halog` can.
fn help() -> String {
    let mut help = LANGUAGE.to_owned();
    let names: Vec<&str> = Filter::names().collect();
    let _ = write!(
        help,
        "\nFields: {}\n\nInstead of halog:\n\n",
        names.join(", ")
    );
    for row in halog::ROWS {
        let _ = writeln!(help, "  {:<31} {}", row.flags, row.filter);
    }
    help + "\n\
accept_delay is the time since the accept date before this one, accept_count the number of requests of the same \
millisecond, both over all requests of the log; they need files. halog reads the words of TCP lines and failed \
handshakes as if they were a request's: here they have no status. Where only one block of captures is logged, it is \
called caps. What -hdr 1:2 prints is req_caps[2]; has req_caps[2] keeps the lines that have it."
}
