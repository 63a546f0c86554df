//! PagerDuty's Events API v2.
//!
//! Enters: a letter. Leaves: an event without the routing key, which is put in when it is sent. Must not know: the key.
//! The incident's id is the deduplication key, so that what is told twice stays one.

use serde_json::{Map, Value, json};

use super::super::case::Say;
use super::super::letter::Letter;
use super::{Voice, within};
use crate::report::escape;

/// Bytes that PagerDuty takes of a summary.
const SUMMARY: usize = 1024;
/// Bytes that it takes of a key.
const KEY: usize = 255;

/// The JSON of an event.
pub(super) fn body(voice: &Voice, letter: &Letter, say: Say) -> String {
    let key = within(&letter.id, KEY);
    let event = match say {
        Say::Resolved => json!({"event_action": "resolve", "dedup_key": key}),
        Say::Opened | Say::Worsened | Say::Reopened => trigger(voice, letter, key),
    };
    escape::json(&event.to_string()).into_owned()
}

fn trigger(voice: &Voice, letter: &Letter, key: &str) -> Value {
    let message = &letter.message;
    let facts = message.facts.iter();
    let facts = facts.map(|fact| (fact.name.clone(), Value::from(fact.value.as_str())));
    let look = message
        .command
        .iter()
        .map(|command| ("Look".to_owned(), Value::from(command.as_str())));
    let link = voice.link(letter);
    let links = link
        .iter()
        .map(|link| json!({"href": link, "text": "What happened"}));
    json!({
        "event_action": "trigger",
        "dedup_key": key,
        "client": "hapline",
        "client_url": link,
        "links": links.collect::<Vec<_>>(),
        "payload": {
            "summary": within(&message.headline, SUMMARY),
            "source": voice.instance,
            "severity": voice.severity(letter.severity),
            "timestamp": letter.start,
            "component": letter.backend,
            "class": letter.kind,
            "custom_details": facts.chain(look).collect::<Map<_, _>>(),
        },
    })
}

/// The event with its routing key.
pub(in crate::serve::notify) fn with_key(body: &str, key: &str) -> String {
    let key = Value::from(key);
    let rest = body.strip_prefix('{').unwrap_or(body);
    format!("{{\"routing_key\":{key},{rest}")
}
