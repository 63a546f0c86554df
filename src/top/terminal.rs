//! The terminal, and how it is left: as it was.
//!
//! Enters: a state to draw. Leaves: cells that changed. Must not know: what is drawn.
//!
//! However it ends (a key, a signal, an error, a panic), the terminal is put back; and while it is suspended. Keys are read from the terminal itself, also
//! where standard input is a pipe. What is said on standard error meanwhile would stand in the picture: it is said afterwards.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, Stdout, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, MoveTo, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::style::ResetColor;
use ratatui::crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::paint;
use crate::report::screen::State;

/// Why it cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum CannotShow {
    /// There is no terminal to draw on.
    #[error("standard output is no terminal that can show a picture")]
    NoTerminal,
    /// What it shows cannot be read; with what to do.
    #[error("{0}")]
    Source(String, String),
    /// The terminal is gone, or there can be no thread.
    #[error("the terminal: {0}")]
    Io(#[from] io::Error),
}

impl CannotShow {
    /// What to do about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::NoTerminal => {
                "run it in a terminal (TERM is not dumb); hapline report prints, and so does tail -F LOG | hapline"
            }
            Self::Source(_, hint) => hint,
            Self::Io(_) => "hapline report prints what there is to tell",
        }
    }
}

/// See the module.
pub struct Terminal {
    screen: ratatui::Terminal<CrosstermBackend<Stdout>>,
    colour: bool,
    /// Where keys come from, where that is not standard input.
    keys: Option<File>,
    raw: Option<Raw>,
    // The last to be dropped: what was said comes on a terminal that is as it was.
    _said: Option<Said>,
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none, or it cannot be drawn on.
    pub fn open(colour: bool) -> Result<Self, CannotShow> {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        if !io::stdout().is_terminal() || is_dumb {
            return Err(CannotShow::NoTerminal);
        }
        let keys = match io::stdin().is_terminal() {
            true => None,
            false => Some(File::open("/dev/tty")?),
        };
        let said = Said::held().ok().flatten();
        let raw = Raw::entered()?;
        let screen = ratatui::Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(Self {
            screen,
            colour,
            keys,
            raw: Some(raw),
            _said: said,
        })
    }

    /// Draws what changed.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, state: &State) -> io::Result<()> {
        let colour = self.colour;
        self.screen.draw(|frame| {
            let area = frame.area();
            paint::draw(state, colour, area, frame.buffer_mut());
        })?;
        Ok(())
    }

    /// Waits for a key or another size, but no longer than that. Whether the terminal is still there: of one that is gone no
    /// key may be asked for, as what reads them would try for ever.
    pub fn wait(&self, limit: Duration) -> bool {
        let stdin = io::stdin();
        let keys = match &self.keys {
            Some(keys) => keys.as_fd(),
            None => stdin.as_fd(),
        };
        let mut polled = [PollFd::new(keys, PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::ZERO);
        // A signal, such as that of another size, ends the wait.
        let _ = poll(&mut polled, limit);
        let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
        let came = polled[0].revents();
        came.is_none_or(|came| !came.intersects(gone))
    }

    /// Gives the terminal back, stops with all that was started together with it, and takes the terminal again as soon as
    /// somebody goes on.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.raw = None;
        // Other processes of the job stop as they like. This one waits for no other signal, as its own stands in for it.
        let _ = signal::kill(Pid::from_raw(0), Signal::SIGTSTP);
        signal::raise(Signal::SIGSTOP)?;
        self.take_again()
    }

    /// Takes the terminal as another process may have left it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_again(&mut self) -> io::Result<()> {
        self.raw = None;
        self.raw = Some(Raw::entered()?);
        self.clear()
    }

    /// Everything is to be drawn next.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        execute!(io::stdout(), Clear(ClearType::All), MoveTo(0, 0))?;
        // Its own way asks the terminal where the cursor is, and not every one answers.
        self.screen = ratatui::Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(())
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size(&self) -> io::Result<(usize, usize)> {
        let size = self.screen.size()?;
        Ok((usize::from(size.width), usize::from(size.height)))
    }
}

/// A terminal that gives each key at once and shows another page, until this is dropped.
struct Raw;

impl Raw {
    fn entered() -> io::Result<Self> {
        enable_raw_mode()?;
        // From here on it is put back, whatever fails.
        let raw = Self;
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Where there is no other page, as on a console, the picture must not stay. A terminal that is gone needs nothing.
        let _ = execute!(
            io::stdout(),
            ResetColor,
            Clear(ClearType::All),
            MoveTo(0, 0),
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// Standard error, kept until this is dropped.
struct Said {
    kept: File,
    terminal: OwnedFd,
}

impl Said {
    /// Where standard error is the terminal.
    fn held() -> io::Result<Option<Self>> {
        let stderr = io::stderr();
        if !stderr.is_terminal() {
            return Ok(None);
        }
        let kept = tempfile::tempfile()?;
        let terminal = rustix::io::dup(&stderr)?;
        rustix::stdio::dup2_stderr(&kept)?;
        Ok(Some(Self { kept, terminal }))
    }
}

impl Drop for Said {
    fn drop(&mut self) {
        let _ = rustix::stdio::dup2_stderr(&self.terminal);
        let mut said = Vec::new();
        // What cannot be read again cannot be said.
        if self.kept.rewind().is_ok() && self.kept.read_to_end(&mut said).is_ok() {
            let _ = io::stderr().write_all(&said);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Run by the test below, on a terminal of its own.
    #[test]
    #[ignore = "fails on purpose, on a terminal that is started for it"]
    fn a_panic() {
        let _terminal = Terminal::open(true).expect("a terminal");
        panic!("on purpose");
    }

    #[test]
    fn a_panic_gives_the_terminal_back() {
        let program = std::env::current_exe().expect("this program");
        let script = format!(
            "{} top::terminal::tests::a_panic --exact --ignored --nocapture; stty -a",
            program.display()
        );
        let run = Command::new("script")
            .args(["-qefc", &script, "/dev/null"])
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .output()
            .expect("script runs");
        let seen = String::from_utf8_lossy(&run.stdout);
        let at = |text: &str| {
            let found = seen.rfind(text);
            found.unwrap_or_else(|| panic!("no {text:?}: {seen:?}"))
        };
        let left = at("\x1b[?1049l");
        assert!(at("\x1b[?1049h") < left);
        // What it said of itself stands on the terminal as it was, and lines can be typed again.
        assert!(left < at("on purpose"), "{seen:?}");
        assert!(seen[left..].contains("\x1b[?25h"), "{seen:?}");
        assert!(seen[left..].contains(" icanon"), "{seen:?}");
    }
}
