//! What is asked of one value.
//!
//! Enters: a value of a line. Leaves: whether it is one of those that were asked for.
//! Must not know: fields, or what becomes of a line that lacks one.

use regex::bytes::Regex;

use super::literal::{self, Network};
use super::moment::Dial;
use crate::record::Value;
use crate::time::Stamp;
use crate::time::civil;
use crate::time::zone::Zone;

/// See the module.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// There is one, whatever it is.
    Present,
    /// It is one of these.
    Among(Vec<Item>),
    /// A part of it is like this.
    Like(Regex),
}

/// One value, or values that lie together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Numbers, both ends included; in the field's own unit.
    Range(i64, i64),
    /// Times in ms of the dial, both ends included.
    Span(Dial, i64, i64),
    Network(Network),
    Word(String),
    /// Why and when a session ended, whatever became of its cookies.
    Ending(String),
    Flag(bool),
}

impl Condition {
    /// Whether it holds for a value; for a list, whether it holds for an element.
    pub(super) fn holds(&self, value: &Value, zone: &Zone) -> bool {
        match (self, value) {
            (Self::Present, _) => true,
            (_, Value::List(values)) => values.iter().any(|value| self.holds(&value, zone)),
            (_, Value::Map(values)) => values.iter().any(|(_, value)| self.holds(value, zone)),
            (Self::Among(items), value) => items.iter().any(|item| item.is(value, zone)),
            (Self::Like(pattern), Value::Text(text)) => pattern.is_match(text),
            (Self::Like(pattern), Value::Number(number)) => {
                pattern.is_match(number.to_string().as_bytes())
            }
            (Self::Like(pattern), Value::Bool(flag)) => pattern.is_match(spelt(*flag).as_bytes()),
            (Self::Like(_), Value::Null) => false,
        }
    }
}

impl Item {
    fn is(&self, value: &Value, zone: &Zone) -> bool {
        match (self, value) {
            (Self::Range(from, to), Value::Number(number)) => (from..=to).contains(&number),
            (Self::Range(from, to), Value::Text(text)) => std::str::from_utf8(text)
                .ok()
                .and_then(literal::number)
                .is_some_and(|number| (*from..=*to).contains(&number)),
            (Self::Span(dial, from, to), Value::Text(text)) => {
                shown(*dial, text, zone).is_some_and(|ms| (*from..=*to).contains(&ms))
            }
            (Self::Network(network), Value::Text(text)) => network.contains(text),
            (Self::Word(word), Value::Text(text)) => *word.as_bytes() == **text,
            (Self::Ending(ending), Value::Text(text)) => text.starts_with(ending.as_bytes()),
            (Self::Word(word), Value::Number(number)) => *word == number.to_string(),
            (Self::Word(word), Value::Bool(flag)) => word == spelt(*flag),
            (Self::Flag(expected), Value::Bool(flag)) => expected == flag,
            _ => false,
        }
    }
}

fn spelt(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

/// What a dial shows at a time that a line names, in ms. Of an hour that occurs twice, the first is taken.
fn shown(dial: Dial, text: &[u8], zone: &Zone) -> Option<i64> {
    const DAY: i64 = 86_400_000;
    let (stamp, _) = civil::iso(text)?;
    let wall = || match stamp {
        Stamp::Civil(ms) => Some(ms),
        Stamp::Instant(ms) => Some(zone.civil(ms)),
        Stamp::Absent | Stamp::Yearless { .. } | Stamp::YearDay { .. } => None,
    };
    match (dial, stamp) {
        (Dial::Wall, _) => wall(),
        (Dial::OfDay, _) => Some(wall()?.rem_euclid(DAY)),
        (Dial::Instant, Stamp::Civil(ms)) => Some(zone.instants(ms).first),
        (Dial::Instant, Stamp::Instant(ms)) => Some(ms),
        (Dial::Instant, _) => None,
    }
}
