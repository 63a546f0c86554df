//! Whole files, also broken ones.

use proptest::prelude::*;

use super::super::{Config, Proxy, Timeout};
use super::{SAMPLES, config, ms};

#[test]
fn crlf_files_mean_the_same() {
    for sample in SAMPLES {
        let crlf = sample.replace('\n', "\r\n");
        let (unix, dos) = (config(sample), config(&crlf));
        for (left, right) in unix.proxies().zip(dos.proxies()) {
            assert_eq!(left.name, right.name);
            for timeout in Timeout::ALL {
                assert_eq!(ms(left.timeout(timeout)), ms(right.timeout(timeout)));
            }
            let names = |proxy: &Proxy| {
                proxy
                    .servers()
                    .iter()
                    .map(|server| server.name.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(names(left), names(right));
        }
        assert_eq!(dos.syntax().print(), crlf.as_bytes());
    }
}

#[test]
fn samples_come_back_byte_for_byte() {
    for sample in SAMPLES {
        assert_eq!(config(sample).syntax().print(), sample.as_bytes());
    }
}

/// Asks everything, so that no answer can panic.
fn ask_all(config: &Config) -> usize {
    let of_proxy = |proxy: &Proxy| {
        let timeouts = Timeout::ALL
            .into_iter()
            .filter_map(|timeout| proxy.effective_timeout(timeout));
        let checks = proxy.servers().iter().filter_map(|server| {
            server
                .inter()
                .or(server.slowstart.as_ref().map(|s| s.value))
        });
        timeouts.count()
            + checks.count()
            + config.frontends_of(&proxy.name).count()
            + proxy.retries() as usize
    };
    config.proxies().map(of_proxy).fold(0, usize::wrapping_add)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_files_never_panic_and_print_themselves(
        sample in 0..SAMPLES.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..8),
    ) {
        let mut text = SAMPLES[sample].as_bytes().to_vec();
        for (index, kind, byte) in changes {
            let at = index.index(text.len());
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, b" \n\r\"'\\$#{}"[usize::from(byte) % 10]),
                2 => { text.remove(at); }
                _ => { let end = text.len().min(at + usize::from(byte)); text.drain(at..end); }
            }
            if text.is_empty() { break; }
        }
        if let Ok(config) = Config::parse("mutated", &text) {
            prop_assert_eq!(config.syntax().print(), text);
            ask_all(&config);
        }
    }

    #[test]
    fn any_time_is_read_or_refused(number in any::<u64>(), unit in "(us|ms|s|m|h|d|)") {
        let text = format!("backend b\n timeout server {number}{unit}\n");
        let factor = match unit.as_str() {
            "us" => 0.001, "s" => 1e3, "m" => 6e4, "h" => 3.6e6, "d" => 8.64e7, _ => 1.0,
        };
        let fits = number as f64 * factor <= 2_147_483_647.0;
        prop_assert_eq!(Config::parse("t.cfg", text.as_bytes()).is_ok(), fits);
    }
}
