//! Any bytes have an envelope, whose message stands in the text that was decoded from them, and a part has a text.
#![no_main]

use hapline::envelope;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &[u8]| {
    let envelope = envelope::peel(line);
    assert!(envelope.message.len() <= line.len());
    envelope::structured::elements(envelope.structured);
    envelope::open(line, |_| false, |text, envelope| {
        let text = text.as_ptr_range();
        let message = envelope.message.as_ptr_range();
        let is_within = text.start <= message.start && message.end <= text.end;
        assert!(envelope.message.is_empty() || is_within);
    });
    if let Some(part) = envelope::part(line) {
        assert!(part.text.start <= part.text.end && part.text.end <= line.len());
    }
});
