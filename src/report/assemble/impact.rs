//! What an incident did, beside its counts.
//!
//! Enters: an incident, and whether its good requests are logged. Leaves: an [`Impact`]. Must not know: other incidents.

use super::figures::share;
use super::{Assembly, round, text};
use crate::incident::{Hit as Found, Incident};
use crate::report::document::{Capacity, Hit, Impact, ServerLoad, Share};
use crate::rollup::Name;

/// The impact.
pub fn of(assembly: &Assembly, found: &Incident, lacks_good_ones: bool) -> Impact {
    let (eligible, successful) = found.eligible;
    let known = |number: u64| (!lacks_good_ones).then_some(number);
    let load = found.load.iter().filter(|_| !lacks_good_ones);
    Impact {
        eligible: known(eligible),
        successful: known(successful),
        availability: share(successful, eligible).filter(|_| !lacks_good_ones),
        detection_lag_ms: detection_lag(found),
        peak_per_second: found.peak.map(round),
        capacity: found.left.map(|left| Capacity {
            active: left.active,
            backups: left.backups,
            of_active: left.of.0,
            of_backups: left.of.1,
            time: assembly.time(left.second * 1000),
        }),
        load: load
            .map(|(server, requests, failed)| ServerLoad {
                server: text(server),
                requests: *requests,
                failed: *failed,
            })
            .collect(),
        hit: hit(&found.hit),
    }
}

/// Marks are stamped in whole seconds. One that came before any victim, and before a check that is logged, tells nothing.
fn detection_lag(found: &Incident) -> Option<i64> {
    let (mark, first) = found.detected_at.zip(found.first_symptom)?;
    (first.div_euclid(1000) <= mark.div_euclid(1000)).then_some((mark - first).max(0))
}

fn hit(found: &Found) -> Hit {
    let shares = |shares: &[(Name, f64)]| {
        let told = shares.iter().map(|(name, share)| Share {
            name: text(name),
            share: round(*share),
        });
        told.collect()
    };
    Hit {
        sampled: found.sampled,
        of: found.of,
        frontends: shares(&found.frontends),
        methods: shares(&found.methods),
        urls: shares(&found.urls),
        clients: shares(&found.clients),
    }
}
