//! Any bytes have an envelope, and its message is no longer than they are.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let envelope = hapline::envelope::peel(line);
    assert!(envelope.message.len() <= line.len());
});
