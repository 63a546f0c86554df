//! An incoming webhook of Slack, or of what understands the same (Mattermost, Rocket.Chat).
//!
//! Enters: a letter. Leaves: a text and one attachment. Must not know: the address.
//!
//! Slack takes `&`, `<` and `>` as its own (mentions and links are in angle brackets). Its own formatting is turned off
//! where it can be; others always read Markdown, so links, bare addresses and mentions are broken for them. Only the
//! command is marked as code.

use serde_json::json;

use super::super::case::Say;
use super::super::letter::Letter;
use super::{Voice, word};
use crate::report::escape;
use crate::words::cause::Severity;

/// The JSON of a message.
pub(super) fn body(voice: &Voice, letter: &Letter, say: Say) -> String {
    let message = &letter.message;
    let title = format!("{}: {}", word(say, letter), message.headline);
    let facts = message
        .facts
        .iter()
        .map(|fact| json!({"title": fact.name, "value": literal(&fact.value), "short": false}));
    let mut attachment = json!({
        "color": colour(letter, say),
        "fallback": literal(&title),
        "fields": facts.collect::<Vec<_>>(),
        "mrkdwn_in": ["text"],
    });
    let command = message.command.as_deref().filter(|_| say != Say::Resolved);
    if let Some(command) = command.and_then(code) {
        attachment["text"] = json!(format!("Look first: {command}"));
    }
    if let Some(link) = voice.link(letter) {
        attachment["title"] = json!("What happened");
        attachment["title_link"] = json!(link);
    }
    let body = json!({"text": literal(&title), "mrkdwn": false, "attachments": [attachment]});
    escape::json(&body.to_string()).into_owned()
}

fn colour(letter: &Letter, say: Say) -> &'static str {
    match (say, letter.severity) {
        (Say::Resolved, _) => "#2eb67d",
        (_, Severity::Outage) => "#e01e5a",
        (_, Severity::Degraded | Severity::Capacity | Severity::Unknown) => "#ecb22e",
        (_, Severity::Planned | Severity::Client) => "#8d8d8d",
    }
}

/// A command as it is, to be pasted. One with a backtick would end what marks it as code, and is left out.
fn code(command: &str) -> Option<String> {
    let escaped = command.replace('&', "&amp;");
    let escaped = escaped.replace('<', "&lt;").replace('>', "&gt;");
    (!command.contains('`')).then(|| format!("`{escaped}`"))
}

/// Text that means nothing but itself.
fn literal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // Full width: people still read it, and nobody is called.
            '@' => shown.push('＠'),
            ']' if rest.as_str().starts_with('(') => shown.push_str("] "),
            ':' if rest.as_str().starts_with("//") => shown.push_str(": "),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_stays_one_to_paste() {
        assert_eq!(
            code("curl http://a && b").unwrap(),
            "`curl http://a &amp;&amp; b`"
        );
        assert_eq!(code("echo '`id`'"), None);
    }

    #[test]
    fn nobody_is_called_and_nothing_links() {
        for (attack, shown) in [
            ("<!channel> a&b", "&lt;!channel&gt; a&amp;b"),
            ("@all", "＠all"),
            ("[x](http://evil)", "[x] (http: //evil)"),
            ("<http://evil|bank>", "&lt;http: //evil|bank&gt;"),
            ("09:12:06", "09:12:06"),
        ] {
            assert_eq!(literal(attack), shown);
        }
    }
}
