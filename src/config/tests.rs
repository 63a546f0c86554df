//! Whole files: what the tests share.

mod errors;
mod logging;
mod properties;
mod proxies;
mod servers;

use super::{Config, Origin, Proxy, Server, Setting};

const WEB: &str = include_str!("../../samples/web.cfg");
const DATABASE: &str = include_str!("../../samples/database.cfg");
const DYNAMIC: &str = include_str!("../../samples/dynamic.cfg");
const SAMPLES: [&str; 3] = [WEB, DATABASE, DYNAMIC];

fn config(text: &str) -> Config {
    Config::parse("t.cfg", text.as_bytes()).expect("it parses")
}

fn backend(lines: &str) -> Config {
    config(&format!("backend b\n{lines}\n"))
}

fn error(text: &str) -> String {
    let error = Config::parse("t.cfg", text.as_bytes()).expect_err(text);
    assert!(!error.hint().is_empty());
    error.to_string()
}

fn proxy<'a>(config: &'a Config, name: &str) -> &'a Proxy {
    config.proxy(name).expect("a proxy of that name")
}

fn server<'a>(config: &'a Config, proxy_name: &str, name: &str) -> &'a Server {
    let mut servers = proxy(config, proxy_name).servers().iter();
    servers
        .find(|server| server.name == name)
        .expect("a server of that name")
}

fn ms(setting: Option<Setting<u64>>) -> Option<(u64, Origin)> {
    setting.map(|setting| (setting.value, setting.from))
}

fn value<T: Copy>(setting: &Option<Setting<T>>) -> Option<T> {
    setting.as_ref().map(|setting| setting.value)
}

fn text(setting: Option<&Setting<String>>) -> Option<(&str, &str)> {
    setting.map(|setting| (setting.value.as_str(), setting.text.as_str()))
}
