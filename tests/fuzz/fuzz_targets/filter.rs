//! Any text as a filter: read or refused, never a panic; what is read means what it prints, and what is wrong stands in
//! the text.
#![no_main]

use std::sync::LazyLock;

use hapline::filter::Filter;
use hapline::time::zone::Zone;
use libfuzzer_sys::fuzz_target;

static UTC: LazyLock<Zone> = LazyLock::new(|| Zone::named("UTC").expect("a zone"));

fuzz_target!(|text: &str| {
    match Filter::compile(text, &UTC) {
        Ok(filter) => {
            let printed = filter.to_string();
            let again = Filter::compile(&printed, &UTC).expect("what was read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => {
            assert_eq!(error.pieces().concat(), text);
            assert!(!error.hint().is_empty());
        }
    }
});
