//! Changes of `global`, of proxies and of `defaults`.
//!
//! Enters: a configuration and a change. Leaves: the edit of one line. Must not know: lines of servers.

use super::super::body::keyword;
use super::super::setting::{Origin, Place};
use super::super::syntax::{Syntax, Word};
use super::super::{Config, Proxy};
use super::draft::{Edit, How};
use super::lines::{self, Lines};
use super::refusal::{Refusal, shown};
use super::{Change, Scope};

/// Keywords that stand at the top of a section: a new line goes below them.
const SETTINGS: &str = "\
    mode bind balance option timeout retries retry-on maxconn fullconn backlog cookie log description disabled \
    hash-type http-reuse rate-limit daemon user group chroot pidfile nbthread";

/// The edit that brings a value in force.
pub(super) fn edit(config: &Config, change: &Change) -> Result<Edit, Refusal> {
    let sections = sections(config, change)?;
    for lines in sections.iter().rev() {
        let mut body = lines.body().rev();
        let found = body.find(|(_, words)| keyword(without_modifier(words)) == change.keyword);
        if let Some((index, words)) = found {
            lines.must_be_unconditional(index)?;
            return rewritten(lines, index, &words, change);
        }
    }
    let Some(lines) = sections.first() else {
        return Ok(new_global(config, change));
    };
    Ok(lines.append(
        anchor(lines, &change.keyword),
        &change.keyword,
        &change.value,
    ))
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
    let count = change.keyword.split(' ').count();
    let arguments = plain.get(count..).unwrap_or_default();
    let (Some(first), Some(last)) = (words.first(), plain.get(count - 1)) else {
        return Err(Refusal::NotInForce);
    };
    if plain.len() < words.len() {
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

/// `option httpchk` with another path.
pub(super) fn change_of_check_path(
    config: &Config,
    backend: &str,
    path: &str,
) -> Result<Change, Refusal> {
    let proxy = config
        .backend(backend)
        .ok_or_else(|| Refusal::no_proxy(backend))?;
    let is_uri = |text: &str| text.starts_with("send ") && text.contains(" uri");
    if let Some(rule) = proxy
        .body()
        .lines("http-check")
        .find(|line| is_uri(&line.value))
    {
        let at = shown(config, &rule.at);
        return Err(Refusal::CheckRule { at });
    }
    let option = "option httpchk";
    let setting = proxy
        .body()
        .value(option)
        .ok_or_else(|| Refusal::NoHttpCheck {
            name: backend.escape_debug().to_string(),
        })?;
    // The text of an option without arguments is the option itself.
    let written = setting.value.text().map_or("", |_| setting.text.as_str());
    let syntax = Syntax::parse(written.as_bytes()).map_err(|_| Refusal::NotInForce)?;
    let words: Vec<&Word> = syntax
        .lines()
        .iter()
        .flat_map(|line| line.words())
        .collect();
    let value = match words[..] {
        [] | [_] => path.to_owned(),
        [_, uri, ..] => {
            let (before, rest) = (
                written.get(..uri.at.span.start),
                written.get(uri.at.span.end..),
            );
            format!(
                "{}{path}{}",
                before.unwrap_or_default(),
                rest.unwrap_or_default()
            )
        }
    };
    Ok(Change {
        scope: Scope::Backend(backend.to_owned()),
        keyword: option.to_owned(),
        value,
    })
}
