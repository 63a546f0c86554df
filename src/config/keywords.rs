//! What the lines of a proxy or `defaults` section set, one after the other, over what they inherit.
//!
//! Enters: the words of a line. Leaves: [`Keywords`], in which the last that was written is in force, as in HAProxy.
//! Must not know: which section is at hand; the reader carries its [`Origin`](super::Origin).

use std::collections::BTreeMap;

use super::bind::Bind;
use super::body::{Body, CHECK_OPTIONS};
use super::error::{ConfigError, Problem, shown};
use super::logging::Logging;
use super::reader::{Read, Reader, Unknowns};
use super::server::Server;
use super::server_line::ServerSettings;
use super::setting::{Place, Setting};
use super::syntax::Word;
use super::table::Level;
use super::timeout::Timeout;

/// How a proxy writes its traffic lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFormatKind {
    /// Neither an option nor `log-format`: HAProxy's short default.
    None,
    /// `option tcplog`
    Tcplog,
    /// `option httplog`
    Httplog,
    /// `option httpslog`
    Httpslog,
    /// `option httplog clf`, `option tcplog clf`
    Clf,
    /// `log-format`, with quotes and escapes resolved.
    Custom(String),
    /// `log-format` with a string that depends on the environment.
    Unknown,
}

/// `option httpchk [<method>] <uri>`; HTTP checks without arguments ask `OPTIONS /`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpChk {
    /// Method of the request.
    pub method: String,
    /// URI of the request.
    pub uri: String,
}

/// Everything set in a section.
#[derive(Debug, Clone, Default)]
pub(super) struct Keywords {
    pub(super) timeouts: BTreeMap<Timeout, Option<Setting<u64>>>,
    pub(super) options: BTreeMap<String, Setting<bool>>,
    pub(super) retries: Option<Setting<u32>>,
    pub(super) maxconn: Option<Setting<u32>>,
    pub(super) mode: Option<Setting<String>>,
    pub(super) balance: Option<Setting<String>>,
    pub(super) cookie: Option<Setting<String>>,
    pub(super) log_format: Option<Setting<LogFormatKind>>,
    pub(super) httpchk: Option<Setting<HttpChk>>,
    pub(super) http_check: Vec<Setting<String>>,
    pub(super) logging: Logging,
    pub(super) default_backend: Option<Setting<String>>,
    pub(super) use_backends: Vec<Setting<String>>,
    pub(super) servers: Vec<Server>,
    pub(super) binds: Vec<Bind>,
    pub(super) body: Body,
    /// The `defaults` line that this is built on.
    pub(super) parent: Option<Place>,
    pub(super) unknowns: Unknowns,
    default_server: ServerSettings,
}

impl Keywords {
    /// What a section that is built on this one starts with.
    pub(super) fn inherited(&self, parent: &Place) -> Self {
        Self {
            parent: Some(parent.clone()),
            use_backends: Vec::new(),
            servers: Vec::new(),
            binds: Vec::new(),
            body: self.body.inherited(),
            ..self.clone()
        }
    }

    /// Reads one line. Of keywords that have no bearing here, it is only kept what stands there.
    pub(super) fn read(
        &mut self,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        self.typed(words, reader)?;
        self.body.read(Some(Level::Proxy), words, reader)
    }

    fn typed(&mut self, words: &[&Word], reader: &mut Reader<'_>) -> Result<(), ConfigError> {
        let Some((&first, arguments)) = words.split_first() else {
            return Ok(());
        };
        match first.value.as_slice() {
            b"timeout" => self.timeout(first, arguments, reader),
            b"option" => {
                self.option(arguments, true, reader);
                Ok(())
            }
            b"no" | b"default" => {
                self.without_option(first, arguments, reader);
                Ok(())
            }
            b"log" => {
                self.logging.log(first, arguments, reader);
                Ok(())
            }
            b"log-steps" => {
                if let Some(steps) = arguments.first() {
                    self.logging.steps(steps);
                }
                Ok(())
            }
            b"http-request" | b"http-response" | b"http-after-response" | b"tcp-request" => {
                self.logging.rule(words, reader);
                Ok(())
            }
            b"balance" if arguments.is_empty() => {
                // HAProxy takes this for its default algorithm.
                self.balance = Some(reader.setting(words, "roundrobin".to_owned()));
                self.unknowns.remove("balance");
                Ok(())
            }
            b"retries" | b"maxconn" => self.number(first, arguments, reader),
            b"mode" | b"balance" | b"cookie" | b"default_backend" | b"use_backend"
            | b"log-format" | b"http-check" => self.text(first, arguments, reader),
            b"bind" => {
                self.binds.push(Bind::read(words, reader)?);
                Ok(())
            }
            b"default-server" => self.default_server.apply(arguments, reader),
            b"server" => {
                self.servers
                    .push(self.default_server.server(words, reader)?);
                Ok(())
            }
            b"server-template" => {
                self.servers
                    .extend(self.default_server.template(words, reader)?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn timeout(
        &mut self,
        first: &Word,
        arguments: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let name = reader.argument(
            "timeout",
            &first.at,
            arguments.first(),
            "its name and a time",
        )?;
        let Some(timeout) = Timeout::from_word(&name.value) else {
            return Ok(());
        };
        let keyword = timeout.keyword();
        let word = reader.argument(keyword, &name.at, arguments.get(1), "a time")?;
        if let Some(extra) = arguments.get(2) {
            let (keyword, text) = (keyword.to_owned(), shown(&extra.value));
            return Err(reader.error(&extra.at, Problem::Extra { keyword, text }));
        }
        let slot = self.timeouts.entry(timeout).or_default();
        reader
            .time(keyword, word)?
            .put(keyword, slot, &mut self.unknowns);
        Ok(())
    }

    fn option(&mut self, arguments: &[&Word], is_on: bool, reader: &Reader<'_>) {
        let Some((&name, rest)) = arguments.split_first() else {
            return;
        };
        if name.is_unexpanded() {
            return;
        }
        let option = name.text();
        if is_on {
            self.log_option(&option, arguments, reader);
            self.check_option(&option, arguments, rest, reader);
        }
        self.options
            .insert(option, reader.setting(arguments, is_on));
    }

    /// `no option …` turns it off, `default option …` forgets what was inherited.
    fn without_option(&mut self, modifier: &Word, words: &[&Word], reader: &Reader<'_>) {
        let Some((keyword, arguments)) = words.split_first() else {
            return;
        };
        if keyword.is("log") && modifier.is("no") {
            self.logging.no_log();
        }
        if !keyword.is("option") {
            return;
        }
        match arguments.first() {
            Some(name) if modifier.is("default") => {
                self.options.remove(&name.text());
            }
            _ => self.option(arguments, false, reader),
        }
    }

    fn log_option(&mut self, option: &str, words: &[&Word], reader: &Reader<'_>) {
        let is_clf = words.get(1).is_some_and(|word| word.is("clf"));
        let kind = match option {
            "httplog" | "tcplog" if is_clf => LogFormatKind::Clf,
            "httplog" => LogFormatKind::Httplog,
            "tcplog" => LogFormatKind::Tcplog,
            "httpslog" => LogFormatKind::Httpslog,
            _ => return,
        };
        let read = Read::Known(reader.setting(words, kind));
        read.put("log-format", &mut self.log_format, &mut self.unknowns);
    }

    fn check_option(&mut self, option: &str, words: &[&Word], rest: &[&Word], reader: &Reader<'_>) {
        if !CHECK_OPTIONS.contains(&option) {
            return;
        }
        self.httpchk = None;
        self.unknowns.remove("option httpchk");
        if option != "httpchk" {
            return;
        }
        let read = reader.known("option httpchk", words, |_| {
            let (method, uri) = match rest {
                [] => ("OPTIONS".to_owned(), "/".to_owned()),
                [uri] => ("OPTIONS".to_owned(), uri.text()),
                [method, uri, ..] => (method.text(), uri.text()),
            };
            HttpChk { method, uri }
        });
        read.put("option httpchk", &mut self.httpchk, &mut self.unknowns);
    }

    fn number(
        &mut self,
        first: &Word,
        arguments: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let (keyword, slot) = if first.is("retries") {
            ("retries", &mut self.retries)
        } else {
            ("maxconn", &mut self.maxconn)
        };
        let word = reader.argument(keyword, &first.at, arguments.first(), "a whole number")?;
        reader
            .number(keyword, word)?
            .put(keyword, slot, &mut self.unknowns);
        Ok(())
    }

    /// Keywords whose first argument is taken as it is.
    fn text(
        &mut self,
        first: &Word,
        arguments: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let keyword = first.text();
        let keyword = keyword.as_str();
        let word = reader.argument(keyword, &first.at, arguments.first(), "a value")?;
        let slot = match keyword {
            "mode" => &mut self.mode,
            "default_backend" => &mut self.default_backend,
            "balance" => &mut self.balance,
            "cookie" => &mut self.cookie,
            _ => {
                self.rule(keyword, word, arguments, reader);
                return Ok(());
            }
        };
        let mut read = reader.word(keyword, word);
        if let Read::Known(setting) = &mut read {
            // `balance url_param id`, `cookie SRV insert`: the value is the first word, the text all of them.
            let whole = reader.setting(arguments, ());
            (setting.text, setting.at) = (whole.text, whole.at);
        }
        read.put(keyword, slot, &mut self.unknowns);
        Ok(())
    }

    fn rule(&mut self, keyword: &str, word: &Word, arguments: &[&Word], reader: &Reader<'_>) {
        match keyword {
            "log-format" => reader
                .known(keyword, &[word], |_| LogFormatKind::Custom(word.text()))
                .put(keyword, &mut self.log_format, &mut self.unknowns),
            "use_backend" => self.use_backends.push(reader.setting(&[word], word.text())),
            _ => self.http_check(arguments, reader),
        }
    }

    /// The first `http-check` of a section replaces all that it inherited.
    fn http_check(&mut self, arguments: &[&Word], reader: &Reader<'_>) {
        if self.http_check.iter().any(|rule| rule.from != reader.from) {
            self.http_check.clear();
        }
        let mut rule = reader.setting(arguments, String::new());
        rule.value.clone_from(&rule.text);
        self.http_check.push(rule);
    }
}
