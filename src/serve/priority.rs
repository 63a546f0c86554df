//! Who goes first where processors are scarce.
//!
//! Enters: nothing. Leaves: a thread that others go before. Must not know: what it does.
//!
//! A datagram that is not taken in time is lost; a line that is read a little later is not, and a look can wait longer still.
//! So the threads of datagram sockets ask for as much as they may, and those behind them for less.

/// How much less than the usual a thread asks for (setpriority(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Less {
    /// It reads lines, which wait in memory: two thirds.
    Some = 2,
    /// What it does can wait: a third.
    Much = 5,
}

/// Lets others go before this thread from now on, and before those that it begins. Where that is refused, it goes on as before.
pub fn lower(less: Less) {
    // On Linux, what has no number is this thread, and not the process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, less as i32);
    #[cfg(not(target_os = "linux"))]
    let _ = less;
}
