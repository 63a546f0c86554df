//! What comes in, what is lost of it, and how the daemon itself is.
//!
//! Enters: counts of sources and listeners, checks, the store's status. Leaves: counters and gauges. Must not know: what
//! lines say.

use super::family::{Family, label};
use crate::rollup::Counts;
use crate::serve::arrival::{Count, Intake};
use crate::serve::http::health::Check;
use crate::serve::http::reasons::Reasons;
use crate::serve::view::View;

/// The families.
pub fn families(view: &View, checks: &[Check]) -> Vec<Family> {
    let mut families = vec![lines(view), duplicates(view), late(view)];
    families.extend(listeners(view));
    families.extend(own(view, checks));
    families.extend(store(view));
    families
}

/// Each line is of one kind.
fn lines(view: &View) -> Family {
    let mut family = Family::counters(
        "hapline_lines",
        "Lines taken in, by source and by what they were; each is counted once",
    );
    for (name, source) in view.engine.sources() {
        for (kind, n) in kinds(&source.counts) {
            let labels = [
                ("listener", label(name.as_bytes())),
                ("kind", kind.to_owned()),
            ];
            family.count(labels, n);
        }
    }
    family
}

fn kinds(counts: &Counts) -> [(&'static str, u64); 8] {
    [
        ("traffic", counts.traffic),
        ("state", counts.state),
        ("health_check", counts.health_check),
        ("process", counts.process),
        ("other", counts.other),
        ("unparsed", counts.unparsed),
        ("truncated", counts.truncated),
        ("filtered", counts.filtered),
    ]
}

fn duplicates(view: &View) -> Family {
    let (sealer, scan) = (view.engine.sealer(), view.engine.scanned());
    let twice = sealer.duplicates().lines() + scan.duplicates().lines();
    Family::counters(
        "hapline_duplicate_lines",
        "Lines that repeat what another line said",
    )
    .counting(twice)
}

fn late(view: &View) -> Family {
    Family::counters(
        "hapline_late_lines",
        "Lines that came too late, or are dated too far ahead, to be put in order",
    )
    .counting(view.engine.sealer().late().lines())
}

/// Reads one of a listener's counters.
type Read = fn(&Intake) -> &Count;

/// Counters of listeners.
const COUNTERS: [(&str, &str, Read); 10] = [
    (
        "hapline_received",
        "Datagrams, or frames of a stream, that a listener received",
        |intake| &intake.received,
    ),
    (
        "hapline_received_bytes",
        "Bytes that a listener received",
        |intake| &intake.bytes,
    ),
    (
        "hapline_received_lines",
        "Lines that a listener handed over",
        |intake| &intake.lines,
    ),
    (
        "hapline_empty",
        "Datagrams and frames without text",
        |intake| &intake.empty,
    ),
    (
        "hapline_dropped",
        "Datagrams that the kernel dropped because they came faster than they were taken",
        |intake| &intake.dropped,
    ),
    (
        "hapline_cut_lines",
        "Lines that were cut because they were too long, or their end did not come",
        |intake| &intake.cut,
    ),
    (
        "hapline_refused",
        "Datagrams and connections of senders that may not send, or beyond limits",
        |intake| &intake.refused,
    ),
    (
        "hapline_connections",
        "Connections that a listener took",
        |intake| &intake.connections,
    ),
    (
        "hapline_failed_connections",
        "Connections that did not end well",
        |intake| &intake.failed,
    ),
    (
        "hapline_tls_failures",
        "TLS handshakes that failed",
        |intake| &intake.handshakes,
    ),
];

fn listeners(view: &View) -> Vec<Family> {
    let listeners = || {
        let listeners = view.listeners.iter();
        listeners.map(|(name, intake)| ([("listener", label(name.as_bytes()))], intake))
    };
    let mut families = Vec::with_capacity(COUNTERS.len() + 1);
    for (name, help, read) in COUNTERS {
        let mut family = Family::counters(name, help);
        for (labels, intake) in listeners() {
            family.count(labels, read(intake).get());
        }
        families.push(family);
    }
    let mut open = Family::gauges(
        "hapline_connections_open",
        "Connections of a listener that are open",
    );
    for (labels, intake) in listeners() {
        let n = intake.open.get();
        open.set(labels, n as f64);
    }
    families.push(open);
    families
}

fn own(view: &View, checks: &[Check]) -> [Family; 4] {
    let mut build = Family::gauges("hapline_build_info", "1, with the version of hapline");
    build.set([("version", env!("CARGO_PKG_VERSION").to_owned())], 1.0);
    let mut ready = Family::gauges("hapline_ready", "1 for what /readyz finds in order, else 0");
    for check in checks {
        let labels = [("check", check.name.to_owned())];
        ready.set(labels, f64::from(u8::from(check.ok)));
    }
    [
        build,
        ready,
        Family::gauges(
            "hapline_ingest_lag_seconds",
            "Time for which the oldest line that is not taken in yet has waited",
        )
        .being(view.lag_ms as f64 / 1000.0),
        Family::gauges(
            "hapline_view_timestamp_seconds",
            "When what is shown was so; s since 1970 UTC",
        )
        .being(view.at as f64 / 1000.0),
    ]
}

/// Without a store, the families are empty.
fn store(view: &View) -> [Family; 7] {
    let mut families = [
        Family::gauges(
            "hapline_store_degraded",
            "1 where the store cannot be written, else 0",
        ),
        Family::gauges(
            "hapline_store_waiting_bytes",
            "Bytes that wait in memory to be stored",
        ),
        Family::gauges(
            "hapline_store_waiting_blocks",
            "Blocks that wait in memory to be stored",
        ),
        Family::gauges("hapline_store_size_bytes", "Size of the store's files"),
        Family::counters("hapline_store_writes", "Times the store was written"),
        Family::counters(
            "hapline_store_failures",
            "Times the store could not be written",
        ),
        Family::counters(
            "hapline_store_lost_lines",
            "Lines that were not stored because too much waited",
        ),
    ];
    if let Some(status) = &view.store {
        let [gauges @ .., writes, failures, lost] = &mut families;
        let degraded = u64::from(status.degraded.is_some());
        let values = [
            degraded,
            status.waiting_bytes,
            status.waiting_blocks,
            status.size_bytes,
        ];
        for (family, value) in gauges.iter_mut().zip(values) {
            family.set([], value as f64);
        }
        writes.count([], status.writes);
        failures.count([], status.failures);
        lost.count([], status.lost_lines);
    }
    families
}

/// Peers of the HTTP server that were not served.
pub fn refused(reasons: &Reasons) -> Family {
    let mut family = Family::counters(
        "hapline_http_refused",
        "HTTP requests and connections that were not served, by reason",
    );
    for (reason, n) in reasons.counts() {
        family.count([("reason", reason.as_str().to_owned())], n);
    }
    family
}
