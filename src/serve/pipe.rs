//! Standard input, as it comes.
//!
//! Enters: a pipe. Leaves: its bytes. Must not know: lines.

use std::io::{self, Read};

use tokio::sync::mpsc::Sender;

use super::Wake;

/// Bytes read at a time.
const PIECE: usize = 1 << 16;

/// Reads on a thread of its own, which ends with the input or with the process. Dropping `sender` tells that this
/// was all.
pub fn read(sender: Sender<Wake>) {
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = vec![0; PIECE];
        loop {
            let wake = match stdin.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => Wake::Bytes(buffer[..read].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Wake::Failed(error),
            };
            let failed = matches!(wake, Wake::Failed(_));
            if sender.blocking_send(wake).is_err() || failed {
                return;
            }
        }
    });
}
