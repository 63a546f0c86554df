//! Requests by where they went and how they ended.
//!
//! Enters: the scan's counts. Leaves: counters. Must not know: incidents.

use std::collections::BTreeMap;

use super::family::Family;
use super::kept::{OTHER, Places};
use crate::incident::ended::Ending;
use crate::serve::view::View;

/// The families.
pub fn families(view: &View, places: &mut Places) -> Vec<Family> {
    vec![
        requests(view, places),
        eligible(view, places),
        failed(view, places),
        late(view),
    ]
}

fn requests(view: &View, places: &mut Places) -> Family {
    let mut family = Family::counters(
        "hapline_requests",
        "Requests (in mode tcp: sessions) by backend, server, class of status and termination state",
    );
    let ended = view.engine.scanned().ended();
    let mut endings: BTreeMap<[String; 4], u64> = BTreeMap::new();
    for (backend, server, ending, n) in ended.iter() {
        let (backend, server) = places.server(backend, server);
        let key = [backend, server, code(&ending), term(&ending)];
        *endings.entry(key).or_default() += n;
    }
    places
        .endings
        .meet(endings.iter().map(|(key, n)| (key.clone(), *n)));
    let others = [OTHER; 4].map(str::to_owned);
    let rest = (ended.others() > 0).then(|| (others.clone(), ended.others()));
    for (key, n) in endings.into_iter().chain(rest) {
        let is_kept = places.endings.has(&key);
        let [backend, server, code, term] = if is_kept { key } else { others.clone() };
        let labels = [
            ("backend", backend),
            ("server", server),
            ("code", code),
            ("term", term),
        ];
        family.count(labels, n);
    }
    family
}

/// As HAProxy's exporter has it.
fn code(ending: &Ending) -> String {
    match ending.class {
        0 => OTHER.to_owned(),
        class => format!("{class}xx"),
    }
}

fn term(ending: &Ending) -> String {
    super::family::label(&ending.term)
}

fn eligible(view: &View, places: &Places) -> Family {
    let family = Family::counters(
        "hapline_eligible_requests",
        "Requests that were neither denied nor ended by their client, by backend",
    );
    by_backend(view, places, family, |sum| sum.eligible)
}

fn failed(view: &View, places: &Places) -> Family {
    let family = Family::counters(
        "hapline_failed_requests",
        "Eligible requests without a complete and intended answer, by backend",
    );
    by_backend(view, places, family, |sum| sum.failed)
}

fn by_backend(
    view: &View,
    places: &Places,
    mut family: Family,
    of: impl Fn(&crate::incident::ledger::Sum) -> u64,
) -> Family {
    let ledger = view.engine.scanned().ledger();
    for (backend, sum) in ledger.backends() {
        family.count([("backend", places.backend(backend))], of(sum));
    }
    family
}

/// They are in no other count of requests.
fn late(view: &View) -> Family {
    let late = view.engine.sealer().late().requests();
    Family::counters(
        "hapline_late_requests",
        "Requests whose lines came too late, or are dated too far ahead, to be put in order; no other family counts them",
    )
    .counting(late.n)
}
