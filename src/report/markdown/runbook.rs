//! An incident's runbook: what the fault means, and commands to paste, phase by phase.
//!
//! Enters: a [`Runbook`], and whether what it mends is over. Leaves: a table and fenced scripts. Must not know: the incident.

use std::io::{self, Write};

use super::facts;
use crate::report::document::{Phase, Runbook, Step};
use crate::report::escape::{fence, markdown};
use crate::report::phrase;

/// The phases with their headings.
const PHASES: [(Phase, &str); 3] = [
    (Phase::Diagnose, "Next"),
    (Phase::Mitigate, "Mitigation"),
    (Phase::Prevent, "Prevention"),
];

/// Writes what there is of it.
pub(super) fn write(
    runbook: &Runbook,
    is_for_next_time: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let about = [("Meaning", &runbook.meaning), ("Impact", &runbook.impact)];
    let about: Vec<_> = about
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (*name, markdown(text)))
        .collect();
    if !about.is_empty() {
        writeln!(out, "### Runbook\n")?;
        facts(&about, out)?;
    }
    for (phase, heading) in PHASES {
        let steps: Vec<&Step> = runbook.of(phase).collect();
        if steps.is_empty() {
            continue;
        }
        let heading = match phase {
            Phase::Mitigate if is_for_next_time => phrase::NEXT_TIME,
            _ => heading,
        };
        writeln!(out, "### {heading}\n")?;
        if steps.iter().any(|step| step.command.is_some()) {
            let lines: Vec<String> = steps.iter().flat_map(|step| commented(step)).collect();
            writeln!(out, "{}", fence("sh", lines.iter().map(String::as_str)))?;
        } else {
            for step in steps {
                writeln!(out, "- {}", markdown(&phrase::why(step)))?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// A step as lines of a script, of which the first is a comment.
fn commented(step: &Step) -> impl Iterator<Item = String> {
    let why = format!("# {}", phrase::why(step));
    std::iter::once(why).chain(step.command.clone())
}
