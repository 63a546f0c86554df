//! Broken configurations: refused or read, never a panic, and printed as they were.

use std::sync::LazyLock;

use hapline::config::{Config, Proxy, Resolvers, Timeout};
use proptest::prelude::*;
use proptest::sample::Index;

use super::all_files;

static TEXTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    all_files()
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
});

/// Asks everything, so that no answer can panic.
fn ask_all(config: &Config) -> usize {
    let of_proxy = |proxy: &Proxy| {
        let timeouts = Timeout::ALL
            .into_iter()
            .filter_map(|timeout| proxy.effective_timeout(timeout));
        let inter = proxy.servers().iter().filter_map(|server| server.inter());
        format!(
            "{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
            proxy.persistence(),
            proxy.check_request(),
            proxy.redispatch(),
            proxy.abort_on_close(),
            config.effective_fullconn(proxy),
            timeouts.count(),
            inter.count()
        )
    };
    let resolvers = config.sections().iter().filter_map(Resolvers::of);
    let proxies = config.proxies().map(of_proxy);
    proxies.map(|text| text.len()).sum::<usize>()
        + resolvers
            .map(|one| one.nameservers().count())
            .sum::<usize>()
}

/// One mutation of the units (bytes, words or lines) of a text.
fn mutate(text: &mut Vec<u8>, unit: u8, kind: u8, [left, right]: [Index; 2]) {
    let is_end = move |byte: &u8| match unit {
        0 => true,
        1 => matches!(byte, b' ' | b'\n' | b'\t'),
        _ => *byte == b'\n',
    };
    let mut units: Vec<Vec<u8>> = text.split_inclusive(is_end).map(<[u8]>::to_vec).collect();
    if units.is_empty() {
        return;
    }
    let (left, right) = (left.index(units.len()), right.index(units.len()));
    match kind {
        0 => units.insert(left, units[right].clone()),
        1 => drop(units.remove(left)),
        2 => units.swap(left, right),
        _ => units.insert(
            left,
            vec![b" \n\r\"'\\$#{}[]*-.,()!&|%\x00\xff"[right % 24]],
        ),
    }
    *text = units.concat();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_files_never_panic_and_print_themselves(
        file in any::<Index>(),
        changes in prop::collection::vec((0..3_u8, 0..4_u8, any::<[Index; 2]>()), 1..6),
    ) {
        let mut text = TEXTS[file.index(TEXTS.len())].clone();
        for (unit, kind, at) in changes {
            mutate(&mut text, unit, kind, at);
        }
        if let Ok(config) = Config::parse("mutated", &text) {
            prop_assert!(config.syntax().print() == text);
            ask_all(&config);
        }
    }
}
