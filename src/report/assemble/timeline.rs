//! The rows of a timeline, one an event.
//!
//! Enters: rows in order of time. Leaves: the same, those joined in which several HAProxys say the same of one place.
//! Must not know: what the rows mean.

use super::{TOGETHER, text};
use crate::incident::Moment;
use crate::rollup::Name;

/// Hosts that are named; of more, the number is given.
const HOSTS: usize = 3;

/// Joins what several log hosts saw within some seconds; the first row stands for all, and names them.
pub fn joined(rows: &[Moment]) -> Vec<Moment> {
    let mut joined: Vec<(Moment, Vec<&Name>)> = Vec::with_capacity(rows.len());
    for row in rows {
        let host = row.clue.as_ref().map(|clue| &clue.host);
        let host = host.filter(|host| !host.is_empty());
        let near = joined
            .iter_mut()
            .rev()
            .take_while(|(first, _)| row.at - first.at <= TOGETHER)
            .find(|(first, _)| (first.what, &first.place) == (row.what, &row.place));
        match (near, host) {
            (Some((_, hosts)), Some(host)) if !hosts.is_empty() && !hosts.contains(&host) => {
                hosts.push(host);
            }
            _ => joined.push((row.clone(), host.into_iter().collect())),
        }
    }
    let told = joined.into_iter().map(|(row, hosts)| Moment {
        text: match hosts.as_slice() {
            [] | [_] => row.text,
            few if few.len() <= HOSTS => {
                let names: Vec<String> = few.iter().map(|host| text(host)).collect();
                format!("{} ({})", row.text, names.join(", "))
            }
            many => format!("{} ({} HAProxys)", row.text, many.len()),
        },
        ..row
    });
    told.collect()
}
