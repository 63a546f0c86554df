//! How sure a loss is that only checks found, which go elsewhere than requests.
//!
//! Enters: an incident and the configuration. Leaves: the incident, and whether it is one. Must not know: what is made of it.

use super::section;
use crate::advice::elsewhere;
use crate::config::Config;
use crate::incident::{Incident, Verdict};

/// Only checks failed, and they go elsewhere.
pub fn is_of_checks(found: &Incident, config: Option<&Config>) -> bool {
    section(found, config).is_some_and(|proxy| elsewhere::failed_alone(found, proxy))
}

/// The incident, with as much confidence as checks of something else give.
pub fn judged(found: Incident, config: Option<&Config>) -> Incident {
    if !is_of_checks(&found, config) {
        return found;
    }
    let cause = Verdict {
        confidence: found.cause.confidence.min(elsewhere::CONFIDENCE),
        ..found.cause
    };
    Incident { cause, ..found }
}
