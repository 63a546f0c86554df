//! Figures over the whole log, as tables.
//!
//! Enters: the document. Leaves: tables of backends, servers and owners. Must not know: incidents.

use super::table::Table;
use crate::report::document::Document;
use crate::report::phrase::figures as words;

/// Termination states shown of an owner.
const STATES: usize = 8;

/// See the module.
pub(super) struct Figures {
    pub(super) said: Option<String>,
    pub(super) tables: Vec<Table>,
    pub(super) meaning: &'static str,
}

impl Figures {
    /// Nothing where no backend had a request.
    pub(super) fn new(doc: &Document) -> Option<Self> {
        let figures = &doc.figures;
        let backends = figures.backends.iter().map(words::backend);
        let backends = Table::of("Backends", words::BACKENDS, backends, 8)?;
        let servers = figures.servers.iter().flat_map(words::server);
        let owners = figures.endings.iter();
        let owners = owners.filter_map(|of| words::owner(of, STATES));
        let others = [
            Table::of("Servers out of rotation", words::SERVERS, servers, 4),
            Table::of("Whom to look at", words::OWNERS, owners, 2),
        ];
        Some(Self {
            said: words::availability(doc),
            tables: std::iter::once(backends)
                .chain(others.into_iter().flatten())
                .collect(),
            meaning: words::MEANING,
        })
    }
}
