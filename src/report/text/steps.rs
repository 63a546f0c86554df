//! A runbook: what to look at, then what mends and what prevents, in brief.
//!
//! Enters: a [`Runbook`], and whether what it mends is over. Leaves: a block of lines. Must not know: the incident.

use std::io;

use super::page::{self, Ink, Page, Row};
use crate::report::document::{Phase, Runbook, Step};
use crate::report::phrase;

/// The phases with their labels, and how many steps of each are shown.
const PHASES: [(Phase, &str, usize); 3] = [
    (Phase::Diagnose, "next", usize::MAX),
    (Phase::Mitigate, "fix", 2),
    (Phase::Prevent, "later", 1),
];

/// Writes the steps; labels stand at column `indent`, the steps at `labelled`.
pub(super) fn write(
    runbook: &Runbook,
    is_for_next_time: bool,
    indent: usize,
    labelled: usize,
    page: &mut Page,
) -> io::Result<()> {
    if runbook.steps.is_empty() {
        return Ok(());
    }
    page.blank()?;
    for (phase, label, most) in PHASES {
        let steps: Vec<&Step> = runbook.of(phase).take(most).collect();
        let is_later = is_for_next_time && phase == Phase::Mitigate && !steps.is_empty();
        let label = if is_later { "" } else { label };
        if is_later {
            let heading = format!("{}:", phrase::NEXT_TIME.to_lowercase());
            page.row(Row::at(indent).put(Ink::Strong, &heading))?;
        }
        let commands = steps.iter().filter_map(|step| step.command.as_deref());
        let widest = commands.map(page::escaped_width).max().unwrap_or(0);
        for (place, step) in steps.iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            let row = Row::at(indent).put(Ink::Strong, label).to(labelled);
            write_step(step, row, labelled, widest, page)?;
        }
    }
    Ok(())
}

/// A step behind `row`: its reason stands beside the command if there is room for all, else below. It looks
/// like a shell's comment, so that pasting both does no harm.
fn write_step(
    step: &Step,
    row: Row,
    labelled: usize,
    widest: usize,
    page: &mut Page,
) -> io::Result<()> {
    let ink = if step.changes_state {
        Ink::Warn
    } else {
        Ink::Dim
    };
    let why = phrase::why(step);
    let Some(command) = &step.command else {
        return page.paragraph(row, ink, &why);
    };
    if page.is_ascii() && !command.is_ascii() {
        let said = format!("a command that is not all ASCII stands in --format json; {why}");
        return page.paragraph(row, ink, &said);
    }
    let reason = format!("# {why}");
    let row = row.put(Ink::Strong, command);
    let beside = labelled + widest + 3;
    if beside + page::escaped_width(&reason) <= page.width() {
        return page.row(row.to(beside).put(ink, &reason));
    }
    page.whole_row(&row)?;
    page.paragraph(Row::at(labelled + 2).put(ink, "# "), ink, &why)
}
