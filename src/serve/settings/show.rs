//! `hapline serve --show-config`: the settings in force, as TOML that could be the file.
//!
//! Enters: loaded settings. Leaves: each with where it came from; addresses without what could be secret in them. Must not
//! know: what is behind a file or a variable that holds a secret.

use std::fmt::Write;

use toml::{Table, Value};

use super::Loaded;
use super::keys::{KEYS, TABLES, sections};
use super::load::Origin;

/// Stands for what is not shown.
const HIDDEN: &str = "…";

impl Loaded {
    /// The settings in force as TOML, with their origins as comments.
    pub fn show(&self) -> String {
        // Settings came from TOML, so they can be written as it.
        let table = Table::try_from(&self.settings).unwrap_or_default();
        let mut shown = String::from(
            "# The settings in force. A flag wins over the environment, that over the file, that over the default.\n",
        );
        for section in sections() {
            let _ = writeln!(shown, "\n[{section}]");
            for key in KEYS.iter().filter(|key| key.parts().0 == section) {
                let name = key.parts().1;
                let value = table.get(section).and_then(|table| table.get(name));
                let origin = self.origins.get(key.name).cloned().unwrap_or_default();
                let _ = match value {
                    Some(value) => writeln!(shown, "{name} = {value}  # {}", origin.told()),
                    None => writeln!(shown, "# {name} is not set"),
                };
            }
        }
        for (name, keys) in TABLES {
            let many = table.get(*name).and_then(Value::as_array);
            for (number, one) in many.into_iter().flatten().enumerate() {
                let origin = self.origins.get(&format!("{name}.{number}"));
                let origin = origin.cloned().unwrap_or_default();
                let _ = writeln!(shown, "\n[[{name}]]  # {}", origin.told());
                for key in *keys {
                    if let Some(value) = one.get(key) {
                        let _ = writeln!(shown, "{key} = {}", without_secrets(key, value));
                    }
                }
            }
        }
        shown
    }
}

impl Origin {
    /// As a comment. A name from outside stays on its line.
    fn told(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File(name, line) => format!("{}:{line}", name.replace(char::is_control, " ")),
            Self::Environment(name) => name.clone(),
            Self::Flag(name) => format!("--{name}"),
        }
    }
}

/// Of an address its host, of a command its program: what stands behind may be a secret.
fn without_secrets(key: &str, value: &Value) -> Value {
    match (key, value) {
        ("url", Value::String(url)) => Value::from(host(url)),
        ("command", Value::Array(words)) if words.len() > 1 => {
            let program = words.iter().take(1).cloned();
            Value::Array(program.chain([Value::from(HIDDEN)]).collect())
        }
        _ => value.clone(),
    }
}

/// `https://alerts.example.net/…`.
fn host(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return HIDDEN.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((_, host)) => ("…@", host),
        None => ("", authority),
    };
    let path = match path {
        "" | "/" => path,
        _ => "/…",
    };
    format!("{scheme}://{user}{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_host_is_shown() {
        for (url, shown) in [
            ("https://alerts.example.net", "https://alerts.example.net"),
            ("http://am:9093/", "http://am:9093/"),
            ("https://u:p@am/api?key=1", "https://…@am/…"),
            ("https://am?key=1", "https://am/…"),
            ("https://hooks/services/T0/B0/x", "https://hooks/…"),
            ("secret", "…"),
        ] {
            assert_eq!(host(url), shown);
        }
    }
}
