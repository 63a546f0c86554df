//! `hapline top`: what goes on, as it goes on, on a whole terminal.
//!
//! Enters: a [source](Source) of pictures, a terminal. Leaves: the [screen](crate::report::screen) drawn anew about once a
//! second, and at each key. Must not know: how anything is found, and how it is drawn.

mod keys;
mod paint;
pub mod source;
mod terminal;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use ratatui::crossterm::event;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::flag;

use crate::report::screen::{Picture, Recent, State};
use keys::Then;
pub use source::Source;
use source::Update;
pub use terminal::CannotShow;
use terminal::Terminal;

/// Time within which a key, a signal and what is new are seen.
const LOOK: Duration = Duration::from_millis(50);

/// How it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// With nothing but ASCII.
    pub ascii: bool,
}

/// Shows a source until the person has seen enough, or a signal comes; gives the signal.
///
/// # Errors
/// When there is no terminal, or it is gone; when the source cannot be read at all.
pub fn run(source: Source, look: Look) -> Result<Option<i32>, CannotShow> {
    let signals = Signals::awaited()?;
    let (sender, updates) = channel();
    let state = State::new(source.name(), look.ascii);
    let stop = Arc::new(AtomicBool::new(false));
    let mut terminal = Terminal::open(look.colour)?;
    let reader = thread::Builder::new().name("source".to_owned()).spawn({
        let stop = stop.clone();
        move || source.run(&sender, &stop)
    })?;
    let shown = Running {
        state,
        recent: Recent::default(),
        updates,
        signals,
        began: Instant::now(),
    }
    .run(&mut terminal);
    stop.store(true, Ordering::Release);
    drop(terminal);
    // It may wait for a line, or an answer, for long; nobody waits for it. Had it failed, that was said.
    if reader.is_finished() {
        let _ = reader.join();
    }
    shown
}

/// The screen while it is shown.
struct Running {
    state: State,
    recent: Recent,
    updates: Receiver<Update>,
    signals: Signals,
    began: Instant,
}

impl Running {
    fn run(mut self, terminal: &mut Terminal) -> Result<Option<i32>, CannotShow> {
        terminal.draw(&self.state)?;
        loop {
            let is_there = terminal.wait(LOOK);
            if let Some(signal) = self.signals.come() {
                return Ok(Some(signal));
            }
            if self.signals.stops() {
                self.suspend(terminal)?;
                terminal.draw(&self.state)?;
            } else if self.signals.goes_on() {
                terminal.take_again()?;
                terminal.draw(&self.state)?;
            }
            if !is_there {
                return Ok(Some(SIGHUP));
            }
            let mut is_new = self.take()?;
            while event::poll(Duration::ZERO)? {
                match keys::press(&mut self.state, &event::read()?, terminal.size()?) {
                    Then::Quit => return Ok(None),
                    Then::Redraw => terminal.clear()?,
                    Then::Suspend => self.suspend(terminal)?,
                    Then::Draw => {}
                }
                is_new = true;
            }
            if is_new {
                terminal.draw(&self.state)?;
            }
        }
    }

    /// Stops until somebody goes on with it.
    fn suspend(&self, terminal: &mut Terminal) -> Result<(), CannotShow> {
        terminal.suspend()?;
        // Both came with the stop, and are done with.
        self.signals.stops();
        self.signals.goes_on();
        Ok(())
    }

    /// Takes what the source has brought. Whether there was something.
    fn take(&mut self) -> Result<bool, CannotShow> {
        let mut is_new = false;
        loop {
            match self.updates.recv_timeout(Duration::ZERO) {
                Ok(update) => self.apply(update)?,
                Err(RecvTimeoutError::Timeout) => return Ok(is_new),
                Err(RecvTimeoutError::Disconnected) if self.state.ended => return Ok(is_new),
                Err(RecvTimeoutError::Disconnected) => {
                    self.state.ended = true;
                    return Ok(true);
                }
            }
            is_new = true;
        }
    }

    fn apply(&mut self, update: Update) -> Result<(), CannotShow> {
        match update {
            Update::Seen(seen) => {
                let at = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
                self.recent.add(seen.grid.clone(), at);
                self.state.trouble = None;
                self.state.see(Picture {
                    document: seen.document,
                    grid: seen.grid,
                    recent: self.recent.clone(),
                });
            }
            Update::Trouble(said) => self.state.trouble = Some(said),
            Update::Failed(said, hint) => return Err(CannotShow::Source(said, hint)),
            Update::Ended => self.state.ended = true,
        }
        Ok(())
    }
}

/// Signals that end it, that stop it, and by which it goes on after it was stopped from outside.
struct Signals {
    ending: [(i32, Arc<AtomicBool>); 3],
    stop: Arc<AtomicBool>,
    cont: Arc<AtomicBool>,
}

impl Signals {
    fn awaited() -> io::Result<Self> {
        let ending = [SIGINT, SIGTERM, SIGHUP].map(|signal| (signal, Arc::default()));
        for (signal, flag) in &ending {
            flag::register(*signal, Arc::clone(flag))?;
        }
        let [stop, cont] = [SIGTSTP, SIGCONT].map(|signal| {
            let flag = Arc::default();
            flag::register(signal, Arc::clone(&flag)).map(|_| flag)
        });
        Ok(Self {
            ending,
            stop: stop?,
            cont: cont?,
        })
    }

    fn come(&self) -> Option<i32> {
        let mut come = self
            .ending
            .iter()
            .filter(|(_, flag)| flag.load(Ordering::Acquire));
        come.next().map(|(signal, _)| *signal)
    }

    /// Somebody wants it to stop.
    fn stops(&self) -> bool {
        self.stop.swap(false, Ordering::AcqRel)
    }

    /// Somebody wants it to go on; also once after each stop of its own.
    fn goes_on(&self) -> bool {
        self.cont.swap(false, Ordering::AcqRel)
    }
}
