//! One set of settings out of a file, the environment and flags.
//!
//! Enters: their text. Leaves: settings and where each came from. Must not know: where the text was read, so that the
//! same call answers at the start and on SIGHUP.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use super::check::check;
use super::error::CannotLoad;
use super::keys::{KEYS, Key, Shape};
use super::places::Places;
use super::{FILE_VARIABLE, Settings};
use crate::serve::http::TOKEN_VARIABLE;
use crate::words::near;

/// A file's name and what is in it.
#[derive(Debug, Clone)]
pub struct Text {
    /// As errors name it.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// A flag that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// [`Key::name`].
    pub key: &'static str,
    /// Its values, in their order.
    pub values: Vec<String>,
}

/// Everything that settings are made of.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The settings file, if there is one.
    pub file: Option<Text>,
    /// Variables of the environment; those that are no settings are passed over.
    pub environment: Vec<(String, String)>,
    /// Flags.
    pub flags: Vec<Given>,
}

/// Where a setting came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// The line of the file.
    File(String, usize),
    /// The variable.
    Environment(String),
    /// The flag.
    Flag(String),
}

/// Settings that can be run by.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// See [`Settings`].
    pub settings: Settings,
    /// Where what is not the default came from; tables of `notify` and `silence` as `notify.0`.
    pub origins: BTreeMap<String, Origin>,
    /// Variables that look as if they were meant to be settings, one sentence each.
    pub doubts: Vec<String>,
}

/// Reads, joins and checks them.
///
/// # Errors
/// When a key is unknown, a value is no good, or values do not go together.
pub fn load(sources: &Sources) -> Result<Loaded, CannotLoad> {
    let empty = Text {
        name: String::new(),
        text: String::new(),
    };
    let file = sources.file.as_ref().unwrap_or(&empty);
    let places = Places::of(&file.name, &file.text)?;
    let refused = |error| places.refused(&error);
    let _: Settings = toml::from_str(&file.text).map_err(refused)?;
    let mut table: Table = toml::from_str(&file.text).map_err(refused)?;
    let mut origins = begun(&places, &table);
    for key in KEYS {
        let Some((origin, value)) = over(key, sources)? else {
            continue;
        };
        put(&mut table, key, value);
        origins.insert(key.name.to_owned(), origin);
    }
    let settings = Settings::deserialize(table)
        .map_err(|error| CannotLoad::new(file.name.as_str(), error.message(), ""))?;
    check(&settings).map_err(|wrong| {
        let place = match origins.get(wrong.key.as_str()) {
            Some(Origin::Environment(name)) => name.clone(),
            Some(Origin::Flag(name)) => format!("--{name}"),
            _ => places.named(&wrong.key),
        };
        CannotLoad::new(place, wrong.what, wrong.hint)
    })?;
    Ok(Loaded {
        settings,
        origins,
        doubts: doubts(&sources.environment),
    })
}

/// Where the keys of the file stand.
fn begun(places: &Places, table: &Table) -> BTreeMap<String, Origin> {
    let sections = KEYS.iter().map(|key| key.name.to_owned());
    let tables = ["notify", "silence"].into_iter().flat_map(|name| {
        let many = table.get(name).and_then(Value::as_array);
        let many = many.map_or(0, Vec::len);
        (0..many).map(move |number| format!("{name}.{number}"))
    });
    let origin = |key: String| {
        let line = places.line(&key)?;
        Some((key, Origin::File(places.file().to_owned(), line)))
    };
    sections.chain(tables).filter_map(origin).collect()
}

/// What a flag, else the environment, says of a key.
fn over(key: &Key, sources: &Sources) -> Result<Option<(Origin, Value)>, CannotLoad> {
    if let Some(given) = sources.flags.iter().find(|given| given.key == key.name) {
        let place = format!("--{}", key.flag);
        let value = value(key, &given.values, &place)?;
        return Ok(value.map(|value| (Origin::Flag(key.flag.to_owned()), value)));
    }
    let name = key.variable();
    let variable = sources.environment.iter().find(|(known, _)| *known == name);
    let Some((_, text)) = variable else {
        return Ok(None);
    };
    let value = value(key, std::slice::from_ref(text), &name)?;
    Ok(value.map(|value| (Origin::Environment(name), value)))
}

/// The value of a key that text stands for, tried alone, so that an error names who said it. Empty text says nothing,
/// but of a list: that it is empty.
fn value(key: &Key, texts: &[String], place: &str) -> Result<Option<Value>, CannotLoad> {
    let split = |separator: char| {
        let parts = texts.iter().flat_map(move |text| text.split(separator));
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        Value::Array(parts.map(Value::from).collect())
    };
    let text = texts.last().map_or("", |text| text.trim());
    let value = match key.shape {
        Shape::List => split(','),
        Shape::Lines => split('\n'),
        _ if text.is_empty() => return Ok(None),
        Shape::Text => Value::from(text),
        // Text that is none of these is refused below.
        Shape::Number => text.parse::<i64>().map_or(Value::from(text), Value::from),
        Shape::Switch => text.parse::<bool>().map_or(Value::from(text), Value::from),
    };
    let mut alone = Table::new();
    put(&mut alone, key, value.clone());
    match Settings::deserialize(alone) {
        Ok(_) => Ok(Some(value)),
        Err(error) => Err(CannotLoad::new(place, error.message(), key.help)),
    }
}

fn put(table: &mut Table, key: &Key, value: Value) {
    let (section, name) = key.parts();
    let section = table
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(section) = section {
        section.insert(name.to_owned(), value);
    }
}

/// Variables that are no settings, but nearly. Others may be anybody's: Kubernetes sets `HAPLINE_PORT` for a service of
/// that name.
fn doubts(environment: &[(String, String)]) -> Vec<String> {
    let ours = environment.iter().map(|(name, _)| name);
    let ours = ours.filter(|name| ![FILE_VARIABLE, TOKEN_VARIABLE].contains(&name.as_str()));
    ours.filter_map(|name| {
        let said = name.strip_prefix("HAPLINE_")?;
        if KEYS.iter().any(|key| key.variable() == *name) {
            return None;
        }
        let meant = near::among(said, KEYS.iter().map(|key| key.name));
        let meant = KEYS.iter().find(|key| Some(&key.name) == meant.first())?;
        let meant = meant.variable();
        Some(format!("{name} is no setting; did you mean {meant}?"))
    })
    .collect()
}
