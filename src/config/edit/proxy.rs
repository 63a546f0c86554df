//! Changes of `global`, of proxies and of `defaults`.
//!
//! Enters: a configuration and a change. Leaves: the edit of one line. Must not know: lines of servers.

use std::ops::Range;

use super::super::body::{Body, Value, keyword};
use super::super::setting::{Origin, Place, Setting};
use super::super::syntax::{Syntax, Word};
use super::super::{Config, Proxy};
use super::draft::{Edit, How};
use super::lines::{self, Lines};
use super::refusal::Refusal;
use super::{CHECK_URI, Change, InForce, Scope};

/// Keywords that stand at the top of a section: a new line goes below them.
const SETTINGS: &str = "\
    mode bind balance option timeout retries retry-on maxconn fullconn backlog cookie log description disabled \
    hash-type http-reuse rate-limit daemon user group chroot pidfile nbthread";

/// The edit that brings a value in force.
pub(super) fn edit(config: &Config, change: &Change) -> Result<Edit, Refusal> {
    let sections = sections(config, change)?;
    let (wanted, _) = change.sets();
    if wanted == CHECK_URI {
        return with_check_uri(config, &sections, change);
    }
    for lines in sections.iter().rev() {
        let mut body = lines.body().rev();
        let found = body.find(|(_, words)| keyword(without_modifier(words)) == wanted);
        if let Some((index, words)) = found {
            lines.must_be_unconditional(index)?;
            return rewritten(lines, index, &words, change);
        }
    }
    let Some(lines) = sections.first() else {
        return Ok(new_global(config, change));
    };
    Ok(lines.append(anchor(lines, wanted), &change.keyword, &change.value))
}

/// A section `global` at the top of the first file, which has none.
fn new_global(config: &Config, change: &Change) -> Edit {
    let end = lines::line_end(config.syntax().text());
    let setting = format!("    {} {}", change.keyword, change.value);
    let texts = ["global", setting.trim_end(), ""];
    let new = texts.map(|text| format!("{text}{end}").into_bytes());
    Edit {
        file: 0,
        line: 0,
        how: How::Begin(new.to_vec()),
    }
}

/// The sections in which the value may be written, in order; a new line goes to the first.
fn sections<'a>(config: &'a Config, change: &Change) -> Result<Vec<Lines<'a>>, Refusal> {
    let own = |name: &str, proxy: Option<&'a Proxy>| {
        let proxy = proxy.ok_or_else(|| Refusal::no_proxy(name))?;
        Ok(vec![Lines::of_section(config, &proxy.at)?])
    };
    let defaults = |name: &str, proxy: Option<&'a Proxy>| {
        let proxy = proxy.ok_or_else(|| Refusal::no_proxy(name))?;
        let at = defaults(config, proxy, &change.keyword)?;
        Ok(vec![Lines::of_section(config, &at)?])
    };
    match &change.scope {
        Scope::Frontend(name) => own(name, config.frontend(name)),
        Scope::Backend(name) => own(name, config.backend(name)),
        Scope::DefaultsOfFrontend(name) => defaults(name, config.frontend(name)),
        Scope::DefaultsOfBackend(name) => defaults(name, config.backend(name)),
        Scope::Global | Scope::ServersOf(_) | Scope::Server { .. } => {
            let heads = config.lines().filter_map(|line| line.words().next());
            let heads = heads.filter(|word| word.is("global"));
            heads
                .map(|head| Lines::of_section(config, &head.at))
                .collect()
        }
    }
}

/// The `defaults` line of the section that gives a proxy this value, or could.
fn defaults(config: &Config, proxy: &Proxy, keyword: &str) -> Result<Place, Refusal> {
    let setting = proxy.body().value(keyword);
    match setting {
        Some(setting) if setting.from == Origin::Own => {
            return Err(Refusal::overridden(config, &setting.at));
        }
        Some(setting) => {
            let heads = config.lines().filter_map(|line| line.words().next());
            let mut heads = heads.filter(|word| {
                let is_above = (word.at.file, word.at.line) <= (setting.at.file, setting.at.line);
                word.is("defaults") && is_above && word.at.file == setting.at.file
            });
            if let Some(mut head) = heads.next() {
                head = heads.last().unwrap_or(head);
                return Ok(head.at.clone());
            }
        }
        None => {}
    }
    proxy
        .defaults()
        .cloned()
        .ok_or_else(|| Refusal::NoDefaults {
            name: proxy.name.escape_debug().to_string(),
        })
}

/// A line that sets the keyword already, with the new value.
fn rewritten(
    lines: &Lines<'_>,
    index: usize,
    words: &[&Word],
    change: &Change,
) -> Result<Edit, Refusal> {
    let plain = without_modifier(words);
    let (wanted, is_on) = change.sets();
    let count = wanted.split(' ').count();
    let arguments = plain.get(count..).unwrap_or_default();
    let (Some(first), Some(last)) = (words.first(), plain.get(count - 1)) else {
        return Err(Refusal::NotInForce);
    };
    if plain.len() < words.len() || !is_on {
        let end = words
            .last()
            .map_or(last.at.span.end, |word| word.at.span.end);
        let text = [change.keyword.as_str(), change.value.as_str()].join(" ");
        return Ok(lines.replace(index, first.at.span.start..end, text.trim_end()));
    }
    lines.must_be_written(arguments)?;
    let end = last.at.span.end;
    Ok(match (arguments, change.value.is_empty()) {
        ([], true) => lines.replace(index, end..end, ""),
        ([], false) => lines.replace(index, end..end, &format!(" {}", change.value)),
        ([.., value], true) => lines.replace(index, end..value.at.span.end, ""),
        ([value, ..], false) => {
            let last = arguments.last().map_or(end, |word| word.at.span.end);
            lines.replace(index, value.at.span.start..last, &change.value)
        }
    })
}

/// The words without `no` and `default` before them.
fn without_modifier<'w, 'a>(words: &'w [&'a Word]) -> &'w [&'a Word] {
    match words {
        [modifier, rest @ ..] if modifier.is("no") || modifier.is("default") => rest,
        _ => words,
    }
}

/// The line that a new one goes below: the last of its kind, else the last of the settings at the top.
fn anchor(lines: &Lines<'_>, wanted: &str) -> usize {
    let family = wanted.split(' ').next().unwrap_or_default();
    let is_free = |index: &usize| !lines.is_conditional(*index);
    let mut of_family = lines.body().rev();
    let of_family = of_family.find(|(index, words)| {
        let first = without_modifier(words).first();
        is_free(index) && first.is_some_and(|word| word.is(family))
    });
    if let Some((index, _)) = of_family {
        return index;
    }
    let is_setting = |words: &[&Word]| {
        let first = without_modifier(words).first();
        first.is_some_and(|word| SETTINGS.split(' ').any(|setting| word.is(setting)))
    };
    let top = lines
        .body()
        .take_while(|(index, words)| is_free(index) && is_setting(words));
    top.last().map_or(lines.head(), |(index, _)| index)
}

/// The change that makes checks ask for another path: where rules make the request, of the first, else of the option.
pub(super) fn change_of_check_path(
    config: &Config,
    backend: &str,
    path: &str,
) -> Result<Change, Refusal> {
    let proxy = config.backend(backend);
    let proxy = proxy.ok_or_else(|| Refusal::no_proxy(backend))?;
    let option = "option httpchk";
    let setting = proxy.body().value(option);
    let setting = setting.ok_or_else(|| Refusal::NoHttpCheck {
        name: backend.escape_debug().to_string(),
    })?;
    let (keyword, value) = match check_uri(proxy.body()) {
        Some(_) => (CHECK_URI, path.to_owned()),
        None => (option, with_path(setting, path)),
    };
    Ok(Change {
        scope: Scope::Backend(backend.to_owned()),
        keyword: keyword.to_owned(),
        value,
    })
}

/// The arguments of `option httpchk` with another path: the first of one, else the second.
fn with_path(setting: &Setting<Value>, path: &str) -> String {
    // The text of an option without arguments is the option itself.
    let has_arguments = setting.value != Value::Flag(true);
    let written = if has_arguments {
        setting.text.as_str()
    } else {
        ""
    };
    let syntax = Syntax::parse(written.as_bytes()).unwrap_or(Syntax::EMPTY);
    let mut words = syntax.lines().iter().flat_map(|line| line.words());
    let Some(uri) = words.nth(1) else {
        return path.to_owned();
    };
    let part = |range: Range<usize>| written.get(range).unwrap_or_default();
    let (before, after) = (0..uri.at.span.start, uri.at.span.end..written.len());
    format!("{}{path}{}", part(before), part(after))
}

/// The URI of the first `http-check send`, if it has one.
pub(super) fn check_uri(body: &Body) -> Option<InForce<'_>> {
    let mut rules = body.lines("http-check");
    let rule = rules.find(|rule| rule.value.starts_with("send "))?;
    let mut words = rule.value.split(' ');
    words.find(|word| *word == "uri")?;
    let text = words.next()?;
    Some(InForce {
        value: Value::Text(text.to_owned()),
        text,
        at: &rule.at,
    })
}

fn with_check_uri(
    config: &Config,
    sections: &[Lines<'_>],
    change: &Change,
) -> Result<Edit, Refusal> {
    for lines in sections {
        let mut body = lines.body();
        let is_rule = |words: &[&Word]| matches!(words, [check, send, ..] if check.is("http-check") && send.is("send"));
        let Some((index, words)) = body.find(|(_, words)| is_rule(words)) else {
            continue;
        };
        lines.must_be_unconditional(index)?;
        let uri = words.iter().skip_while(|word| !word.is("uri")).nth(1);
        let uri = uri.ok_or(Refusal::NotInForce)?;
        lines.must_be_written(&[uri])?;
        return Ok(lines.replace(index, uri.at.span.clone(), &change.value));
    }
    let proxies = config.proxies().filter(|proxy| match &change.scope {
        Scope::Backend(name) => proxy.is_backend() && proxy.name == *name,
        _ => false,
    });
    let rule = proxies.last().and_then(|proxy| check_uri(proxy.body()));
    match rule {
        Some(rule) => Err(Refusal::overridden(config, rule.at)),
        None => Err(Refusal::NotInForce),
    }
}
