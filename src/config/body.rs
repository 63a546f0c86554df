//! The keywords of any section, each as it is in force, those that nothing else reads too.
//!
//! Enters: the words of its lines. Leaves: a [`Body`] to ask. Must not know: what a keyword does.

use std::collections::BTreeMap;

use super::error::{ConfigError, Problem, shown};
use super::reader::Reader;
use super::setting::Setting;
use super::syntax::Word;
use super::table::{Form, Level};
use super::value;

/// Keywords of two words.
const PAIRS: &[&str] = &[
    "timeout",
    "option",
    "rate-limit",
    "email-alert",
    "hold",
    "stats",
    "persist",
    "external-check",
];

/// Keywords that may stand on several lines, all of which count.
pub(super) const REPEATED: &str = "\
    acl bind capture declare dgram-bind errorfile errorfiles errorloc errorloc302 errorloc303 filter force-be-switch \
    force-persist group http-after-response http-check http-error http-request http-response ignore-persist load \
    log mailer monitor nameserver on pass-header peer redirect server server-template default-server set-param \
    set-var set-var-fmt setenv presetenv unsetenv resetenv stick table tcp-check tcp-request tcp-response \
    trace use_backend use-server user cpu-map lua-load lua-load-per-thread";

/// Keywords of which the first line of a section replaces all that it inherited.
const RULESETS: &[&str] = &["http-check", "tcp-check"];

/// Options that choose how servers are checked; of these the last one counts.
pub(super) const CHECK_OPTIONS: &[&str] = &[
    "httpchk",
    "tcp-check",
    "ssl-hello-chk",
    "smtpchk",
    "pgsql-check",
    "redis-check",
    "mysql-check",
    "ldap-check",
    "spop-check",
    "external-check",
];

/// The value of a keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A keyword without a value: on, or turned off by `no`.
    Flag(bool),
    /// A time in ms.
    Time(u64),
    /// A whole number.
    Number(u32),
    /// The words behind the keyword, quotes and escapes resolved, joined by blanks.
    Text(String),
    /// It depends on the environment, and only the running HAProxy knows it.
    Unknown,
}

/// Single-valued keywords with what is in force.
pub type Values = BTreeMap<String, Setting<Value>>;

/// What a section says, over what it inherits.
#[derive(Debug, Clone, Default)]
pub struct Body {
    values: Values,
    lines: Vec<(String, Setting<String>)>,
}

impl Body {
    /// What is in force for a keyword such as `timeout queue`, `option redispatch` or `fullconn`.
    pub fn value(&self, keyword: &str) -> Option<&Setting<Value>> {
        self.values.get(keyword)
    }

    /// A time in ms; `None` where it is not set, unknown, or no time.
    pub fn time(&self, keyword: &str) -> Option<u64> {
        self.value(keyword)?.value.time()
    }

    /// A whole number; `None` where it is not set, unknown, or none.
    pub fn number(&self, keyword: &str) -> Option<u32> {
        self.value(keyword)?.value.number()
    }

    /// The words behind a keyword; `None` where it is not set, unknown, or no text.
    pub fn text(&self, keyword: &str) -> Option<&str> {
        self.value(keyword)?.value.text()
    }

    /// All single-valued keywords.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The lines of a keyword that may be repeated, such as `errorfile`, in order: what follows the keyword.
    pub fn lines(&self, keyword: &str) -> impl Iterator<Item = &Setting<String>> {
        let of_keyword = self.lines.iter().filter(move |(name, _)| name == keyword);
        of_keyword.map(|(_, line)| line)
    }

    /// All lines of repeated keywords: keyword and what follows.
    pub fn all_lines(&self) -> &[(String, Setting<String>)] {
        &self.lines
    }

    /// What a section that is built on this one starts with.
    pub(super) fn inherited(&self) -> Self {
        self.clone()
    }

    /// Reads one line.
    pub(super) fn read(
        &mut self,
        level: Option<Level>,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let (modifier, words) = match words {
            [modifier, rest @ ..] if modifier.is("no") || modifier.is("default") => {
                (Some(modifier.text()), rest)
            }
            _ => (None, words),
        };
        let Some((first, rest)) = words.split_first() else {
            return Ok(());
        };
        let keyword = keyword(words);
        if modifier.as_deref() == Some("default") {
            self.values.remove(&keyword);
            return Ok(());
        }
        if modifier.is_some() {
            self.values
                .insert(keyword, reader.setting(words, Value::Flag(false)));
            return Ok(());
        }
        if REPEATED.split(' ').any(|repeated| repeated == keyword) {
            self.line(keyword, rest, first, reader);
            return Ok(());
        }
        self.one_check_only(&keyword);
        let count = keyword.split(' ').count();
        let arguments = words.get(count..).unwrap_or_default();
        let form = level
            .and_then(|level| level.entry(&keyword))
            .map_or(Form::Text, |entry| entry.form);
        let setting = read(&keyword, form, words, arguments, reader)?;
        self.values.insert(keyword, setting);
        Ok(())
    }

    fn line(&mut self, keyword: String, rest: &[&Word], first: &Word, reader: &Reader<'_>) {
        if RULESETS.contains(&keyword.as_str()) {
            let from = &reader.from;
            self.lines
                .retain(|(name, line)| *name != keyword || line.from == *from);
        }
        let words: Vec<&Word> = [first].into_iter().chain(rest.iter().copied()).collect();
        let setting = reader.setting(&words, joined(rest));
        self.lines.push((keyword, setting));
    }

    fn one_check_only(&mut self, keyword: &str) {
        let is_check = |keyword: &str| {
            let option = keyword.strip_prefix("option ");
            option.is_some_and(|option| CHECK_OPTIONS.contains(&option))
        };
        if is_check(keyword) {
            self.values.retain(|other, _| !is_check(other));
        }
    }
}

impl Value {
    /// A time in ms.
    pub fn time(&self) -> Option<u64> {
        match self {
            Self::Time(ms) => Some(*ms),
            _ => None,
        }
    }

    /// A whole number.
    pub fn number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Words.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The keyword that a line begins with: one word or two.
pub(super) fn keyword(words: &[&Word]) -> String {
    match words {
        [first, second, ..] if PAIRS.iter().any(|pair| first.is(pair)) => {
            format!("{} {}", first.text(), second.text())
        }
        [first, ..] => first.text(),
        [] => String::new(),
    }
}

/// Reads the value of a keyword; a number that is none is noted and kept as text, since HAProxy mostly takes it for 0.
pub(super) fn read(
    keyword: &str,
    form: Form,
    words: &[&Word],
    arguments: &[&Word],
    reader: &mut Reader<'_>,
) -> Result<Setting<Value>, ConfigError> {
    let Some(first) = arguments.first() else {
        return Ok(reader.setting(words, Value::Flag(true)));
    };
    if arguments.iter().any(|word| word.is_unexpanded()) {
        return Ok(reader.setting(arguments, Value::Unknown));
    }
    let value = match form {
        Form::Time => match value::time(&first.value) {
            Ok(amount) => Value::Time(amount.value),
            Err(refused) => {
                let (keyword, text) = (keyword.to_owned(), shown(&first.value));
                return Err(reader.error(&first.at, Problem::time(refused, keyword, text)));
            }
        },
        Form::Number => match value::number(&first.value) {
            Ok(amount) => Value::Number(amount.value),
            Err(_) => {
                let text = shown(&first.value);
                let text = format!("`{keyword} {text}`: expected a whole number");
                reader.note(&first.at, text);
                Value::Text(joined(arguments))
            }
        },
        Form::Text => Value::Text(joined(arguments)),
    };
    Ok(reader.setting(arguments, value))
}

/// Values joined by blanks.
fn joined(words: &[&Word]) -> String {
    let texts: Vec<String> = words.iter().map(|word| word.text()).collect();
    texts.join(" ")
}
