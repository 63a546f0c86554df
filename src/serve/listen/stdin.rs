//! Standard input, as a listener.
//!
//! Enters: a pipe. Leaves: its lines, unpacked if they need it. Must not know: sockets.

use std::io::{self, Read};
use std::sync::Arc;

use tokio::sync::mpsc::{Sender, WeakSender};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::hand::Hand;
use crate::serve::arrival::{Arrival, Intake, Lack};
use crate::serve::whole::{Came, Whole};
use crate::source::{Caveat, Unpacking};

/// Bytes read at a time.
const PIECE: usize = 1 << 16;

/// The name of this listener.
pub const NAME: &str = "stdin";

/// Reads on a thread of its own. It may wait for a writer for ever, so it keeps nobody who waits for the last sender to be
/// gone: a task holds that until the input ends, or `stop`.
pub fn begin(
    sender: Sender<Arrival>,
    listener: usize,
    intake: Arc<Intake>,
    stop: CancellationToken,
) {
    let (ended, end) = oneshot::channel::<()>();
    let reader = Reader {
        sender: sender.downgrade(),
        listener,
        intake,
    };
    std::thread::spawn(move || {
        reader.read(io::stdin());
        drop(ended);
    });
    tokio::spawn(async move {
        tokio::select! {
            _ = end => {}
            () = stop.cancelled() => {}
        }
        drop(sender);
    });
}

struct Reader {
    sender: WeakSender<Arrival>,
    listener: usize,
    intake: Arc<Intake>,
}

impl Reader {
    /// Hands over all of it, until it ends or nobody takes it any more.
    fn read(&self, input: impl Read + Send) {
        let lack = match self.pass_on(input) {
            Ok(None) => return,
            Ok(Some(caveat)) => Lack::Caveat(caveat),
            Err(error) => Lack::Text(format!("{NAME}: cannot be read: {error}")),
        };
        if let Some(hand) = self.hand() {
            hand.missing(lack);
        }
    }

    fn hand(&self) -> Option<Hand> {
        let sender = self.sender.upgrade()?;
        Some(Hand::new(sender, self.listener, NAME, self.intake.clone()))
    }

    fn pass_on(&self, input: impl Read + Send) -> io::Result<Option<Caveat>> {
        let mut plain = Unpacking::stream(input)?;
        let mut whole = Whole::default();
        let mut buffer = vec![0; PIECE];
        loop {
            let mut lines = Vec::with_capacity(PIECE);
            let read = match plain.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.intake.bytes.add(read as u64);
            let came = match read {
                0 => whole.finish(&mut lines),
                _ => whole.feed(&buffer[..read], &mut lines),
            };
            if !self.give(came, lines) {
                return Ok(None);
            }
            if read == 0 {
                let flaw = plain.flaw().cloned();
                let name = NAME.to_owned();
                return Ok(flaw.map(|flaw| Caveat::EndMissing { name, flaw }));
            }
        }
    }

    /// Whether somebody still takes lines.
    fn give(&self, came: Came, lines: Vec<u8>) -> bool {
        self.intake.received.add(came.lines + came.empty);
        self.intake.lines.add(came.lines);
        self.intake.empty.add(came.empty);
        self.intake.cut.add(came.cut);
        lines.is_empty() || self.hand().is_some_and(|hand| hand.over(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    #[test]
    fn lines_come_whole_and_unpacked() {
        let text = b"one\ntwo\n\nthree";
        let packed = zstd::encode_all(&text[..], 0).unwrap();
        for input in [&text[..], &packed] {
            let (sender, mut arrivals) = mpsc::channel(8);
            let reader = Reader {
                sender: sender.downgrade(),
                listener: 3,
                intake: Arc::default(),
            };
            reader.read(input);
            drop(sender);
            let mut lines = Vec::new();
            while let Some(Arrival::Lines { listener: 3, bytes }) = arrivals.blocking_recv() {
                lines.extend(bytes);
            }
            assert_eq!(lines, b"one\ntwo\nthree\n");
            assert_eq!(
                (reader.intake.lines.get(), reader.intake.empty.get()),
                (3, 1)
            );
        }
    }

    #[test]
    fn a_missing_end_is_said() {
        let packed = zstd::encode_all(&b"one\ntwo\n"[..], 0).unwrap();
        let (sender, mut arrivals) = mpsc::channel(8);
        let reader = Reader {
            sender: sender.downgrade(),
            listener: 0,
            intake: Arc::default(),
        };
        reader.read(&packed[..packed.len() - 3]);
        drop(sender);
        let last = std::iter::from_fn(|| arrivals.blocking_recv()).last();
        let Some(Arrival::Missing(lack)) = last else {
            panic!("{last:?}");
        };
        assert!(lack.to_string().starts_with("stdin is cut off: "), "{lack}");
    }
}
