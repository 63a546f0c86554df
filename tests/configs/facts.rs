//! Everything a configuration says, without the places, to see what a change changed.

use std::collections::BTreeMap;

use hapline::config::{Body, Config, Value, Values};

/// What is said, by who says it.
pub type Facts = BTreeMap<String, String>;

pub fn facts(config: &Config) -> Facts {
    let mut facts = Facts::new();
    body("global", &config.global().body, &mut facts);
    for (number, section) in config.sections().iter().enumerate() {
        body(
            &format!("{number} {} {}", section.kind, section.name),
            &section.body,
            &mut facts,
        );
    }
    for proxy in config.proxies() {
        let who = format!("{:?} {}", proxy.kind, proxy.name);
        body(&who, proxy.body(), &mut facts);
        for server in proxy.servers() {
            let who = format!("{who}/{}", server.name);
            facts.insert(format!("{who} address"), server.address.clone());
            values(&who, &server.values, &mut facts);
        }
        for (number, bind) in proxy.binds().iter().enumerate() {
            values(
                &format!("{who} bind {number} {}", bind.address),
                &bind.values,
                &mut facts,
            );
        }
    }
    facts
}

/// The keys that two do not have alike.
pub fn differences(before: &Facts, after: &Facts) -> Vec<String> {
    let all = before
        .keys()
        .chain(after.keys().filter(|key| !before.contains_key(*key)));
    all.filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
}

fn body(who: &str, body: &Body, facts: &mut Facts) {
    values(who, body.values(), facts);
    for (number, (keyword, line)) in body.all_lines().iter().enumerate() {
        // A new `default-server` is a line of its own; what it does shows in the servers.
        if keyword == "default-server" || keyword.starts_with("server") {
            continue;
        }
        let before = body.all_lines().iter().take(number);
        let number = before.filter(|(other, _)| other == keyword).count();
        facts.insert(format!("{who}|line {number}|{keyword}"), line.value.clone());
    }
}

fn values(who: &str, values: &Values, facts: &mut Facts) {
    for (keyword, setting) in values {
        let value = match &setting.value {
            Value::Unknown => format!("unknown {}", setting.text),
            known => format!("{known:?}"),
        };
        facts.insert(format!("{who}|{keyword}"), value);
    }
}
