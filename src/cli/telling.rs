//! What is told beside the log, and what of it is not: options of everything that ends in a report.
//!
//! Enters: arguments. Leaves: events, and how a document is finished. Must not know: how it is printed.

use std::path::PathBuf;

use clap::Args;

use super::events;
use super::failure::Failure;
use crate::config::Config;
use crate::report::assemble::events::Event;
use crate::report::redact::Redaction;
use crate::report::telling::Telling;
use crate::rollup::Lens;
use crate::runtime::Address;
use crate::time::zone::Zone;

/// Incidents that people are told of, unless they ask for more.
const TOP: usize = 20;

/// What is told beside the log, and what of it is not.
#[derive(Debug, Args)]
pub struct TellingArgs {
    /// Deployments and changes, one 'TIME text' a line
    ///
    /// They are set beside the incidents. TIME is 2026-03-14T09:12, 2026-03-14 09:12:30 or 2026-03-14T09:12:30+01:00; # begins a comment. An event within
    /// an incident, or up to 15 minutes before it, becomes a row of its timeline. The cause rests on the log alone.
    #[arg(long, value_name = "FILE")]
    pub(super) events: Option<PathBuf>,
    /// Hide clients, query strings, cookies and captured headers
    ///
    /// Clients become client-1, client-2 and so on, the same one throughout; of fields of a log-format only those that
    /// HAProxy fills itself are shown. Names of servers, and addresses that --config has for them, stay.
    #[arg(long)]
    pub(super) redact: bool,
    /// Tell the N worst incidents, 0: all [default: 20; json: 0]
    ///
    /// The others are counted by severity and kind. The worst by severity, then by failed requests, then by duration. They stay in order of time; shares and totals
    /// stay those of all.
    #[arg(long, value_name = "N")]
    pub(super) top: Option<usize>,
    /// Ask the running HAProxy through this socket whether it is over
    ///
    /// A path, unix@PATH, HOST:PORT or tcp@HOST:PORT, as in the line `stats socket` of haproxy.cfg. It is asked `show info` and `show stat`
    /// once, after the log was read. If it gives no answer, the report is printed all the same, and the exit code is 2.
    #[arg(long, value_name = "PATH", value_parser = Address::parse)]
    pub(super) stats_socket: Option<Address>,
}

impl TellingArgs {
    /// What was done; times without a zone are of `zone`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn events(&self, zone: &Zone) -> Result<Vec<Event>, Failure> {
        let read = |path: &PathBuf| events::read(path, zone);
        self.events.as_ref().map_or(Ok(Vec::new()), read)
    }

    /// How a document is finished; a program is told of everything.
    pub fn telling(&self, lens: &Lens, config: Option<&Config>, is_for_program: bool) -> Telling {
        let default = if is_for_program { 0 } else { TOP };
        let redaction = || Redaction::new(lens.reader.clone(), config);
        Telling {
            top: self.top.unwrap_or(default),
            redaction: self.redact.then(redaction),
        }
    }

    /// Where to ask the running HAProxy, if anywhere.
    pub fn socket(&self) -> Option<&Address> {
        self.stats_socket.as_ref()
    }
}
