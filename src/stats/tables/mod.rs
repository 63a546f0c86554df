//! The tables: one file each, with its columns.
//!
//! Enters: lines. Leaves: rows. Must not know: what else the log says, or in which parts it is counted.
//!
//! A new table is a type that counts, its [`Heading`]s, and a row in the lists below.

mod clients;
mod cookies;
mod headers;
mod percentiles;
mod queues;
mod servers;
mod status;
mod terms;
mod totals;
mod urls;

mod classes;
mod codes;

use super::line::Line;
use super::places::Places;
use super::question::{Question, Table};
use super::sheet::{Heading, Rows};

/// What a table counts with. Merging is adding all lines of both; `servers` has the numbers here of the other's servers.
trait Count {
    fn add(&mut self, line: &Line);

    fn merge(&mut self, other: Self, servers: &[u32]);

    fn rows(self, places: &Places, question: &Question) -> Box<dyn Rows>;
}

macro_rules! tables {
    ($($table:ident: $state:ty, $headings:expr, $new:expr, $sorting:expr;)+) => {
        /// What was counted of one table.
        #[derive(Debug)]
        pub enum State {
            $(#[doc = concat!("Of the table of ", stringify!($table))] $table($state),)+
        }

        impl State {
            /// Of no lines.
            pub fn new(question: &Question) -> Self {
                match question.table {
                    $(Table::$table => Self::$table($new(question)),)+
                }
            }

            /// Counts a line.
            #[inline]
            pub fn add(&mut self, line: &Line) {
                match self {
                    $(Self::$table(state) => state.add(line),)+
                }
            }

            /// Takes another one of the same table in.
            pub fn merge(&mut self, other: Self, servers: &[u32]) {
                match (self, other) {
                    $((Self::$table(mine), Self::$table(theirs)) => mine.merge(theirs, servers),)+
                    _ => {}
                }
            }

            /// The rows.
            pub(super) fn rows(self, places: &Places, question: &Question) -> Box<dyn Rows> {
                match self {
                    $(Self::$table(state) => state.rows(places, question),)+
                }
            }
        }

        /// The columns of a table.
        pub fn headings(table: Table) -> &'static [Heading] {
            match table {
                $(Table::$table => &$headings,)+
            }
        }

        impl Table {
            /// The column that rows are ordered by, and whether from the largest on.
            pub(super) fn sorting(self) -> (usize, bool) {
                match self {
                    $(Table::$table => $sorting,)+
                }
            }
        }
    };
}

tables! {
    Servers: servers::Servers, servers::HEADINGS, |_| Default::default(), (0, false);
    Status: status::Statuses, status::HEADINGS, |_| Default::default(), (0, false);
    Terms: terms::Terms, terms::HEADINGS, |_| Default::default(), (0, false);
    Cookies: cookies::Cookies, cookies::HEADINGS, |_| Default::default(), (0, false);
    Percentiles: percentiles::Percentiles, percentiles::HEADINGS, |_| Default::default(), (0, false);
    Urls: urls::Urls, urls::HEADINGS, urls::Urls::new, (0, true);
    Clients: clients::Clients, clients::HEADINGS, clients::Clients::new, (0, true);
    Headers: headers::Headers, headers::HEADINGS, headers::Headers::new, (0, true);
    Queues: queues::Queues, queues::HEADINGS, |_| Default::default(), (3, true);
    Hours: totals::Totals, totals::HEADINGS, |_| Default::default(), (0, true);
}
