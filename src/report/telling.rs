//! The last steps between a document and its faces: what is left out of it, and who is not named in it.
//!
//! Enters: a document, or one incident. Leaves: the same as it may be shown. Must not know: which face shows it.

use super::document::{Document, Incident, Live};
use super::redact::Redaction;
use super::top;

/// See the module.
#[derive(Debug, Default)]
pub struct Telling {
    /// Incidents that are told; 0: all.
    pub top: usize,
    /// Clients are hidden.
    pub redaction: Option<Redaction>,
}

impl Telling {
    /// Prepares a whole document.
    pub fn document(&mut self, mut document: Document) -> Document {
        top::keep_worst(&mut document, self.top);
        if let Some(redaction) = &mut self.redaction {
            redaction.document(&mut document);
        }
        document
    }

    /// Prepares what goes on right now.
    pub fn live(&mut self, mut live: Live) -> Live {
        if let Some(redaction) = &mut self.redaction {
            redaction.chart(&mut live.chart);
        }
        live
    }

    /// Prepares an incident that is told alone.
    pub fn incident(&mut self, mut incident: Incident) -> Incident {
        if let Some(redaction) = &mut self.redaction {
            redaction.incident(&mut incident);
        }
        incident
    }
}
