//! Ctrl-C, and its like, while logs are read.
//!
//! Enters: signals. Leaves: whether one came, and the exit code that goes with it. Must not know: what is read.
//!
//! The first one asks for what there is until then; a second one ends the program at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What a shell adds to the number of the signal that ended a program.
const BY_SIGNAL: i32 = 128;

/// The exit code that tells of a signal.
pub fn exit_code(signal: i32) -> u8 {
    u8::try_from(BY_SIGNAL + signal).unwrap_or(u8::MAX)
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    /// A signal ends the program at once.
    is_last: Arc<AtomicBool>,
    /// The signal that came first; 0: none.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Signals are waited for from now on.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn awaited() -> io::Result<Self> {
        let own = Self::default();
        for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
            // In this order: a second one finds what the first one left.
            flag::register_conditional_shutdown(signal, BY_SIGNAL + signal, own.is_last.clone())?;
            flag::register_usize(signal, own.signal.clone(), number)?;
            flag::register(signal, own.is_last.clone())?;
        }
        Ok(own)
    }

    /// A signal has come.
    pub fn has_come(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Reading is over: a signal ends the program at once.
    pub fn is_over(&self) {
        self.is_last.store(true, Ordering::Relaxed);
    }

    /// The exit code that tells of the signal.
    pub fn exit_code(&self) -> u8 {
        let signal = self.signal.load(Ordering::Relaxed);
        u8::try_from(signal + BY_SIGNAL as usize).unwrap_or(u8::MAX)
    }
}
