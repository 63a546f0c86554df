//! Any bytes as `haproxy.cfg`: read or refused, never a panic; what is read prints as it was, and every answer's place
//! lies in the file.
#![no_main]

use hapline::config::{Config, Timeout};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(config) = Config::parse("fuzz", text) else {
        return;
    };
    assert_eq!(config.syntax().print(), text);
    for proxy in config.proxies() {
        for timeout in Timeout::ALL {
            if let Some(setting) = proxy.effective_timeout(timeout) {
                let written = text.get(setting.at.span).expect("it stands in the file");
                assert_eq!(setting.text, String::from_utf8_lossy(written));
            }
        }
        for server in proxy.servers() {
            assert!(text.get(server.at.span.clone()).is_some());
            assert!(server.check.is_some() || server.inter().is_none());
        }
        assert!(config.proxy(&proxy.name).is_some());
    }
});
