//! `option httpchk`: the check asks for the wrong thing.
//!
//! Enters: a backend with its incidents. Leaves: pieces. Must not know: how long checks take.

use crate::advice::piece::{Direction, Piece};
use crate::advice::subject::Subject;
use crate::words::cause::Cause;

/// One for each incident in which the service worked and its check was answered with the wrong status.
pub fn pieces(subject: &Subject) -> Vec<Piece> {
    let wrong = subject
        .incidents
        .iter()
        .filter(|incident| incident.cause.code == Cause::HealthEndpointWrongStatus);
    wrong
        .map(|incident| Piece {
            effect: "Ask for a page that exists, or expect the status it gives (`http-check`)."
                .to_owned(),
            ..Piece::new(
                "option httpchk",
                subject.scope(),
                Direction::Fix,
                incident.cause.confidence,
                format!(
                    "The check was answered with the wrong status while the service worked: servers left {} times.",
                    incident.downs
                ),
            ).seen_in(incident)
        })
        .collect()
}
