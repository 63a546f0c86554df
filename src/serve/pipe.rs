//! Standard input, as it comes.
//!
//! Enters: a pipe. Leaves: its bytes, unpacked if they need it. Must not know: lines.

use std::io::{self, Read};

use tokio::sync::mpsc::Sender;

use super::watch::Wake;
use crate::source::unpack::Flaw;
use crate::source::{Caveat, Unpacking};

/// What it is called in a report.
pub const NAME: &str = "stdin";

/// Bytes read at a time.
const PIECE: usize = 1 << 16;

/// Reads on a thread of its own, which ends with the input or with the process. Dropping `sender` tells that this
/// was all.
pub(super) fn read(sender: Sender<Wake>) {
    std::thread::spawn(move || {
        let last = match pass_on(&sender) {
            Ok(None) => return,
            Ok(Some(flaw)) => Wake::Missing(Caveat::EndMissing {
                name: NAME.to_owned(),
                flaw,
            }),
            Err(error) => Wake::Failed(error),
        };
        // Where nobody waits any more, nobody needs to know.
        let _ = sender.blocking_send(last);
    });
}

/// Passes all of it on, unpacked, until it ends or nobody takes it any more; tells why its end is missing.
fn pass_on(sender: &Sender<Wake>) -> io::Result<Option<Flaw>> {
    let mut plain = Unpacking::stream(io::stdin())?;
    let mut buffer = vec![0; PIECE];
    loop {
        match plain.read(&mut buffer) {
            Ok(0) => return Ok(plain.flaw().cloned()),
            Ok(read) => {
                let wake = Wake::Bytes(buffer[..read].to_vec());
                if sender.blocking_send(wake).is_err() {
                    return Ok(None);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
