//! Changes of `server` and `default-server` lines.
//!
//! Enters: a configuration and a change. Leaves: the edit of one line. Must not know: other keywords of a section.

use super::super::server_line::has_value;
use super::super::syntax::Word;
use super::super::{Config, Server};
use super::Change;
use super::draft::Edit;
use super::lines::Lines;
use super::refusal::{Refusal, shown};

/// The edit of one server's own line.
pub(super) fn of_one(
    config: &Config,
    backend: &str,
    server: &str,
    change: &Change,
) -> Result<Edit, Refusal> {
    let proxy = config
        .backend(backend)
        .ok_or_else(|| Refusal::no_proxy(backend))?;
    let found = proxy.servers().iter().find(|one| one.name == server);
    let found = found.ok_or_else(|| Refusal::NoServer {
        backend: backend.escape_debug().to_string(),
        server: server.escape_debug().to_string(),
    })?;
    let lines = Lines::of_section(config, &proxy.at)?;
    let index = found.at.line.saturating_sub(1);
    let words = lines.words(index);
    if words.first().is_some_and(|word| word.is("server-template")) {
        let at = shown(config, &found.at);
        return Err(Refusal::Template { at });
    }
    lines.must_be_unconditional(index)?;
    must_not_track(config, found, change)?;
    with_setting(&lines, index, &words, 3, change)
}

/// HAProxy refuses `check` beside `track`.
fn must_not_track(config: &Config, server: &Server, change: &Change) -> Result<(), Refusal> {
    let other = match change.keyword.as_str() {
        "check" => server.track.is_some(),
        "track" => server.check.is_some(),
        _ => false,
    };
    if other {
        let at = shown(config, &server.at);
        return Err(Refusal::Tracks { at });
    }
    Ok(())
}

/// The edit of the `default-server` that counts for all servers of a backend.
pub(super) fn of_all(config: &Config, backend: &str, change: &Change) -> Result<Edit, Refusal> {
    let proxy = config
        .backend(backend)
        .ok_or_else(|| Refusal::no_proxy(backend))?;
    let lines = Lines::of_section(config, &proxy.at)?;
    for server in proxy.servers() {
        must_not_track(config, server, change)?;
    }
    let is_server = |word: &Word| word.is("server") || word.is("server-template");
    let mut body = lines.body();
    let first = body.find(|(_, words)| words.first().is_some_and(|word| is_server(word)));
    let Some((first, _)) = first else {
        return Err(Refusal::NoServer {
            backend: backend.escape_debug().to_string(),
            server: "*".to_owned(),
        });
    };
    let above = lines.body().filter(|(index, words)| {
        *index < first && words.first().is_some_and(|word| word.is("default-server"))
    });
    let above: Vec<(usize, Vec<&Word>)> = above.collect();
    let sets = |words: &[&Word]| settings(words, 1).any(|one| one.keyword == change.sets().0);
    let mut setting = above.iter().rev();
    if let Some((index, words)) = setting.find(|(_, words)| sets(words)).or(above.last()) {
        lines.must_be_unconditional(*index)?;
        return with_setting(&lines, *index, words, 1, change);
    }
    let mut top = first;
    while top > lines.head() + 1 && lines.is_conditional(top) {
        top -= 1;
    }
    let text = written(change);
    let top = if lines.is_conditional(first) {
        top
    } else {
        first - 1
    };
    Ok(lines.append(top, "default-server", &text))
}

/// The line with the setting: its value replaced, or the setting at its end.
fn with_setting(
    lines: &Lines<'_>,
    index: usize,
    words: &[&Word],
    skipped: usize,
    change: &Change,
) -> Result<Edit, Refusal> {
    let Some(end) = words.last().map(|word| word.at.span.end) else {
        return Err(Refusal::NotInForce);
    };
    let found: Vec<Setting<'_>> = settings(words, skipped).collect();
    let (wanted, _) = change.sets();
    let position = found.iter().rposition(|one| one.keyword == wanted);
    let Some(position) = position else {
        return Ok(lines.replace(index, end..end, &format!(" {}", written(change))));
    };
    let after = found.get(position..).unwrap_or_default();
    let Some(one) = after.first() else {
        return Err(Refusal::NotInForce);
    };
    // A variable in the place of a keyword may set anything.
    let hidden: Vec<&Word> = after.iter().map(|one| one.word).collect();
    lines.must_be_written(&hidden)?;
    let span = &one.word.at.span;
    match one.value {
        Some(value) => {
            lines.must_be_written(&[value])?;
            Ok(lines.replace(index, value.at.span.clone(), &change.value))
        }
        None => Ok(lines.replace(index, span.clone(), &written(change))),
    }
}

/// The setting as it stands in a line.
fn written(change: &Change) -> String {
    let text = [change.keyword.as_str(), change.value.as_str()].join(" ");
    text.trim_end().to_owned()
}

/// A setting of a server in its line.
struct Setting<'a> {
    /// What it sets: `check` for `no-check`, too.
    keyword: String,
    word: &'a Word,
    value: Option<&'a Word>,
}

/// The settings of a line, without the words before them.
fn settings<'a>(words: &[&'a Word], skipped: usize) -> impl Iterator<Item = Setting<'a>> {
    let mut rest: Vec<&'a Word> = words.iter().skip(skipped).rev().copied().collect();
    std::iter::from_fn(move || {
        let word = rest.pop()?;
        let text = word.text();
        let value = if has_value(&text) { rest.pop() } else { None };
        let keyword = match text.as_str() {
            "enabled" => "disabled",
            text => text.strip_prefix("no-").unwrap_or(text),
        };
        Some(Setting {
            keyword: keyword.to_owned(),
            word,
            value,
        })
    })
}
