//! Reads `server`, `server-template` and `default-server` lines.
//!
//! Enters: the words of a line. Leaves: [`Server`]s, with what `default-server` lines before them set.
//! Must not know: the proxy they belong to.

use super::body::{self, Value};
use super::error::{ConfigError, Problem, shown};
use super::reader::{Read, Reader, Unknowns, place_of};
use super::server::{Check, Server};
use super::setting::{Place, Setting};
use super::syntax::Word;
use super::table::{Form, Level};

/// Settings of servers that are followed by one value and that have no bearing here. They are named because their value
/// could look like a setting.
const OTHER_WITH_VALUE: &str = "\
    agent-addr agent-inter agent-port agent-send alpn ca-file cc check-alpn check-pool-conn-name \
    check-proto check-sni ciphers ciphersuites client-sigalgs crl-file crt curves ecdhe error-limit from \
    guid hash-key healthcheck id idle-ping init-addr init-state interface log-bufsize log-proto max- \
    reuse namespace npn on-marked-up pool-conn-name pool-low-conn pool-max-conn pool-purge-delay proto \
    proxy-v2-options redir resolve-net resolve-opts resolve-prefer resolvers shard sigalgs sni socks4 \
    source ssl-max-ver ssl-min-ver tcp-ut usesrc verify verifyhost ws";

/// What `default-server` and server lines have set so far.
#[derive(Debug, Clone, Default)]
pub(super) struct ServerSettings {
    values: Values,
    all: body::Values,
    unknowns: Unknowns,
}

#[derive(Debug, Clone, Default)]
struct Values {
    backup: bool,
    disabled: bool,
    checked: bool,
    ssl: bool,
    check_ssl: bool,
    check: Check,
    maxconn: Option<Setting<u32>>,
    maxqueue: Option<Setting<u32>>,
    minconn: Option<Setting<u32>>,
    weight: Option<Setting<u32>>,
    cookie: Option<Setting<String>>,
    track: Option<Setting<String>>,
    observe: Option<Setting<String>>,
    on_error: Option<Setting<String>>,
    on_marked_down: Option<Setting<String>>,
    slowstart: Option<Setting<u64>>,
}

impl ServerSettings {
    /// Applies `arguments` in order, each over what was set before; unknown ones are passed over.
    pub(super) fn apply(
        &mut self,
        mut arguments: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        while let Some((&word, rest)) = arguments.split_first() {
            arguments = rest;
            if word.is_unexpanded() {
                let unknown = reader.unknown("server", &[word]);
                self.unknowns.insert("server".to_owned(), unknown);
                continue;
            }
            let is_flag = self.values.flag(&word.value);
            if !is_flag && self.takes_value(word, rest, reader)? {
                arguments = rest.get(1..).unwrap_or_default();
                self.keep(word, rest.first().copied(), reader)?;
            } else {
                self.keep(word, None, reader)?;
            }
        }
        Ok(())
    }

    /// Keeps a setting among all that are in force: `no-check` as `check` turned off.
    fn keep(
        &mut self,
        word: &Word,
        value: Option<&Word>,
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let keyword = word.text();
        let (keyword, is_on) = match keyword.as_str() {
            "enabled" => ("disabled", false),
            "stick" => ("non-stick", false),
            keyword => (
                keyword.strip_prefix("no-").unwrap_or(keyword),
                !keyword.starts_with("no-"),
            ),
        };
        let setting = if is_on {
            let form = Level::Server
                .entry(keyword)
                .map_or(Form::Text, |entry| entry.form);
            let arguments: Vec<&Word> = value.into_iter().collect();
            body::read(keyword, form, &[word], &arguments, reader)?
        } else {
            reader.setting(&[word], Value::Flag(false))
        };
        self.all.insert(keyword.to_owned(), setting);
        Ok(())
    }

    /// Reads a setting that has a value, and says whether it has one.
    fn takes_value(
        &mut self,
        word: &Word,
        rest: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<bool, ConfigError> {
        let keyword = word.text();
        let keyword = keyword.as_str();
        if let Some(slot) = self.values.time(keyword) {
            let argument = reader.argument(keyword, &word.at, rest.first(), "a time")?;
            let read = reader.time(keyword, argument)?;
            above_zero(&read, 0, keyword, reader)?;
            read.put(keyword, slot, &mut self.unknowns);
        } else if let Some(slot) = self.values.number(keyword) {
            let argument = reader.argument(keyword, &word.at, rest.first(), "a whole number")?;
            let read = reader.number(keyword, argument)?;
            above_zero(&read, 0, keyword, reader)?;
            read.put(keyword, slot, &mut self.unknowns);
        } else if let Some(slot) = self.values.text(keyword) {
            let argument = reader.argument(keyword, &word.at, rest.first(), "a value")?;
            let read = reader.word(keyword, argument);
            read.put(keyword, slot, &mut self.unknowns);
        } else {
            let has_value = OTHER_WITH_VALUE.split(' ').any(|other| other == keyword);
            return Ok(has_value && !rest.is_empty());
        }
        Ok(true)
    }

    /// The server of a `server` line.
    pub(super) fn server(
        &self,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<Server, ConfigError> {
        let at = place_of(words);
        let name = reader.argument("server", &at, words.get(1), "a name and an address")?;
        let address = reader.argument("server", &at, words.get(2), "an address after its name")?;
        let mut settings = self.clone();
        settings.apply(words.get(3..).unwrap_or_default(), reader)?;
        Ok(settings.named(name.text(), address.text(), at))
    }

    /// The servers of a `server-template` line: `prefix1`, `prefix2`, …; none when their number is unknown.
    pub(super) fn template(
        &self,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<Vec<Server>, ConfigError> {
        let at = place_of(words);
        let expected = "a prefix, a count or range, and an address";
        let prefix = reader.argument("server-template", &at, words.get(1), expected)?;
        let range = reader.argument("server-template", &at, words.get(2), expected)?;
        let address = reader.argument("server-template", &at, words.get(3), expected)?;
        let mut settings = self.clone();
        settings.apply(words.get(4..).unwrap_or_default(), reader)?;
        if range.is_unexpanded() {
            reader.note(
                &range.at,
                "how many servers this template makes depends on the environment".to_owned(),
            );
            return Ok(Vec::new());
        }
        let (low, high) = bounds(&range.value).ok_or_else(|| {
            let text = shown(&range.value);
            reader.error(&range.at, Problem::Range { text })
        })?;
        reader.claim_servers((high - low).saturating_add(1), &range.at)?;
        let prefix = prefix.text();
        Ok((low..=high)
            .map(|number| {
                let name = format!("{prefix}{number}");
                settings.clone().named(name, address.text(), at.clone())
            })
            .collect())
    }

    fn named(self, name: String, address: String, at: Place) -> Server {
        let values = self.values;
        Server {
            name,
            address,
            at,
            backup: values.backup,
            disabled: values.disabled,
            ssl: values.ssl,
            check_ssl: values.check_ssl,
            check: values.checked.then_some(values.check),
            maxconn: values.maxconn,
            maxqueue: values.maxqueue,
            minconn: values.minconn,
            weight: values.weight,
            cookie: values.cookie,
            track: values.track,
            observe: values.observe,
            on_error: values.on_error,
            on_marked_down: values.on_marked_down,
            slowstart: values.slowstart,
            values: self.all,
            unknown: self.unknowns.into_values().collect(),
        }
    }
}

impl Values {
    /// Sets a setting without a value, and says whether `keyword` is one.
    fn flag(&mut self, keyword: &[u8]) -> bool {
        let (flag, on) = match keyword {
            b"backup" => (&mut self.backup, true),
            b"no-backup" => (&mut self.backup, false),
            b"check" => (&mut self.checked, true),
            b"no-check" => (&mut self.checked, false),
            b"check-ssl" => (&mut self.check_ssl, true),
            b"no-check-ssl" => (&mut self.check_ssl, false),
            b"disabled" => (&mut self.disabled, true),
            b"enabled" => (&mut self.disabled, false),
            b"ssl" => (&mut self.ssl, true),
            b"no-ssl" => (&mut self.ssl, false),
            _ => return false,
        };
        *flag = on;
        true
    }

    fn time(&mut self, keyword: &str) -> Option<&mut Option<Setting<u64>>> {
        match keyword {
            "inter" => Some(&mut self.check.inter),
            "fastinter" => Some(&mut self.check.fastinter),
            "downinter" => Some(&mut self.check.downinter),
            "slowstart" => Some(&mut self.slowstart),
            _ => None,
        }
    }

    fn number(&mut self, keyword: &str) -> Option<&mut Option<Setting<u32>>> {
        match keyword {
            "rise" => Some(&mut self.check.rise),
            "fall" => Some(&mut self.check.fall),
            "port" => Some(&mut self.check.port),
            "maxconn" => Some(&mut self.maxconn),
            "maxqueue" => Some(&mut self.maxqueue),
            "minconn" => Some(&mut self.minconn),
            "weight" => Some(&mut self.weight),
            _ => None,
        }
    }

    fn text(&mut self, keyword: &str) -> Option<&mut Option<Setting<String>>> {
        match keyword {
            "addr" => Some(&mut self.check.addr),
            "cookie" => Some(&mut self.cookie),
            "track" => Some(&mut self.track),
            "observe" => Some(&mut self.observe),
            "on-error" => Some(&mut self.on_error),
            "on-marked-down" => Some(&mut self.on_marked_down),
            _ => None,
        }
    }
}

/// HAProxy refuses 0 for the intervals and counters of checks.
fn above_zero<T: PartialEq>(
    read: &Read<T>,
    zero: T,
    keyword: &str,
    reader: &Reader<'_>,
) -> Result<(), ConfigError> {
    let is_refused = matches!(
        keyword,
        "inter" | "fastinter" | "downinter" | "rise" | "fall"
    );
    match read {
        Read::Known(setting) if is_refused && setting.value == zero => {
            let keyword = keyword.to_owned();
            Err(reader.error(&setting.at, Problem::Zero { keyword }))
        }
        _ => Ok(()),
    }
}

/// Whether a setting of servers is followed by a value.
pub(super) fn has_value(keyword: &str) -> bool {
    let mut values = Values::default();
    values.time(keyword).is_some()
        || values.number(keyword).is_some()
        || values.text(keyword).is_some()
        || OTHER_WITH_VALUE.split(' ').any(|other| other == keyword)
}

/// `3` is 1 to 3, `2-4` is 2 to 4.
fn bounds(range: &[u8]) -> Option<(u32, u32)> {
    let range = std::str::from_utf8(range).ok()?;
    let (low, high) = range.split_once('-').unwrap_or(("1", range));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some((low, high))
}
