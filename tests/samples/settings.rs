//! samples/hapline.toml.

use std::fs;

use hapline::serve::settings::{KEYS, Loaded, Settings, Sources, Text, load};

use super::sample;

fn text() -> String {
    fs::read_to_string(sample("hapline.toml")).unwrap()
}

fn loaded(text: String) -> Loaded {
    let name = "hapline.toml".to_owned();
    let sources = Sources {
        file: Some(Text { name, text }),
        ..Sources::default()
    };
    load(&sources).unwrap_or_else(|error| panic!("{error}; {}", error.hint()))
}

/// With every setting that is commented out.
fn whole() -> String {
    let lines = text();
    let lines = lines.lines().map(|line| {
        let bare = line.strip_prefix('#');
        bare.filter(|bare| bare.starts_with(|c: char| c.is_ascii_lowercase() || c == '['))
            .unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_settings_can_be_loaded_as_they_are_and_with_all_of_them() {
    let as_it_is = loaded(text()).settings;
    assert_eq!(as_it_is.notify.len(), 5);
    assert_eq!(as_it_is.silence.len(), 0);
    let whole = loaded(whole()).settings;
    assert_eq!(whole.silence.len(), 1);
}

#[test]
fn every_setting_is_in_it() {
    let loaded = loaded(whole());
    let missing: Vec<_> = KEYS
        .iter()
        .filter(|key| !loaded.origins.contains_key(key.name))
        .map(|key| key.name)
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// Where a value is given as the default, it is.
#[test]
fn defaults_are_the_defaults() {
    let (whole, default) = (loaded(whole()).settings, Settings::default());
    let listen = &whole.listen;
    assert_eq!(listen.buffer, default.listen.buffer);
    assert_eq!(listen.max_connections, default.listen.max_connections);
    assert_eq!(listen.idle, default.listen.idle);
    assert_eq!(listen.udp, default.listen.udp);
    assert_eq!(whole.store.keep, default.store.keep);
    assert_eq!(whole.store.max_size, default.store.max_size);
    assert_eq!(whole.follow.from, default.follow.from);
}
