//! Bytes that come until they end, or until nobody wants more.
//!
//! Enters: plain bytes, or packed ones. Leaves: blocks that are whole, and what is missing in the end. Must not know: where
//! the bytes come from, or what they say.

use std::io;

use super::{Caveat, Observer, Unpacking, Windows};

/// See the module.
pub struct Inflow<'a> {
    name: String,
    text: Unpacking<'a>,
    observer: &'a dyn Observer,
    /// Bytes that came, unpacked.
    read: u64,
    missing: Option<Caveat>,
}

impl<'a> Inflow<'a> {
    /// Of a source with this name.
    pub fn new(name: &str, text: Unpacking<'a>, observer: &'a dyn Observer) -> Self {
        Self {
            name: name.to_owned(),
            text,
            observer,
            read: 0,
            missing: None,
        }
    }

    /// Takes in what comes, and tells whether there is more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn more(&mut self, windows: &mut Windows) -> io::Result<bool> {
        let read = windows.read(&mut self.text)?;
        self.read += read as u64;
        // Ctrl-C ends whoever writes to a pipe, too: then its end is not the log's.
        if self.observer.is_stopped() {
            windows.drop_unfinished();
            self.missing = Some(Caveat::Interrupted {
                names: vec![self.name.clone()],
                read: self.read,
                of: None,
            });
            return Ok(false);
        }
        if read == 0 {
            let (name, flaw) = (self.name.clone(), self.text.flaw().cloned());
            self.missing = flaw.map(|flaw| Caveat::EndMissing { name, flaw });
        }
        Ok(read > 0)
    }

    /// What of it was not read; known in the end.
    pub fn missing(self) -> Option<Caveat> {
        self.missing
    }
}
