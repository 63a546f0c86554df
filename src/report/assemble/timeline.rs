//! The rows of a timeline, one an event.
//!
//! Enters: rows in order of time. Leaves: the same, those joined in which several HAProxys say the same of one place.
//! Must not know: what the rows mean.

use super::text;
use super::together::TOGETHER;
use crate::incident::Moment;
use crate::rollup::Name;

/// Hosts that are named; of more, the number is given.
const HOSTS: usize = 3;

/// Rows in order of time, as far as they are dated to the millisecond: a line is written when its request has ended, so that
/// of two the later line may be of the earlier request. What is dated to the second keeps its place among the lines.
fn in_order(rows: &[Moment]) -> Vec<Moment> {
    let mut ordered = rows.to_vec();
    for second in ordered.chunk_by_mut(|a, b| a.at.div_euclid(1000) == b.at.div_euclid(1000)) {
        let is_exact = |row: &Moment| row.at.rem_euclid(1000) != 0;
        let places: Vec<usize> = (0..second.len())
            .filter(|place| is_exact(&second[*place]))
            .collect();
        let mut exact: Vec<Moment> = places.iter().map(|place| second[*place].clone()).collect();
        exact.sort_by_key(|row| row.at);
        for (place, row) in places.into_iter().zip(exact) {
            second[place] = row;
        }
    }
    ordered
}

/// Joins what several log hosts saw within some seconds; the first row stands for all, and names them.
pub fn joined(rows: &[Moment]) -> Vec<Moment> {
    let rows = in_order(rows);
    let mut joined: Vec<(Moment, Vec<&Name>)> = Vec::with_capacity(rows.len());
    for row in &rows {
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
