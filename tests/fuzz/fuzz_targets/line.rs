//! Any message can be read, whoever is said to have written it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| {
    let _ = hapline::line::read(message, true);
    let _ = hapline::line::read(message, false);
});
