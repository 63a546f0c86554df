//! What `hapline explain` says of a keyword in a log: a fact for each part, the formats that show the same together.

use super::{FORMATS, How, Limit, Sight, limits};

/// Facts about a keyword, each with its label; none for a keyword without a row.
pub fn facts(keyword: &str) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for row in limits().filter(|row| row.keyword == keyword) {
        facts.push(("in a log", in_logs(row)));
        if let Some(what) = to_see(row) {
            facts.push(("to see it", what.to_owned()));
        }
    }
    facts
}

fn in_logs(row: &Limit) -> String {
    let mut groups: Vec<(Sight, Vec<&str>)> = Vec::new();
    for format in FORMATS {
        let sight = row.sight(format.fields);
        let alike = |(known, _): &&mut (Sight, _)| (known.how, known.by) == (sight.how, sight.by);
        match groups.iter_mut().find(alike) {
            Some((_, names)) => names.push(short(format.name)),
            None => groups.push((sight, vec![short(format.name)])),
        }
    }
    let part = match row.part {
        "" => String::new(),
        part => format!("{part}: "),
    };
    if let [(sight, _)] = groups[..] {
        return format!("{part}{} in every format: {}", sight.how.as_str(), sight.by);
    }
    let visible = groups
        .iter()
        .filter(|(sight, _)| sight.how != How::Invisible);
    let texts: Vec<String> = visible
        .map(|(sight, names)| {
            format!(
                "{} ({}): {}",
                sight.how.as_str(),
                names.join(", "),
                sight.by
            )
        })
        .collect();
    format!("{part}{}; else invisible", texts.join("; "))
}

/// What shows more than HAProxy's own formats do.
fn to_see(row: &Limit) -> Option<&'static str> {
    let mut sights = FORMATS.iter().map(|format| row.sight(format.fields));
    let is_told = sights.any(|sight| sight.to_see_it.is_none());
    row.to_see_it.filter(|_| !is_told)
}

/// `httplog` for `option httplog`.
fn short(name: &'static str) -> &'static str {
    name.strip_prefix("option ").unwrap_or(name)
}
