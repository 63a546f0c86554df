//! What comes in, what is lost of it, and how the daemon itself is.
//!
//! Enters: counts of sources and listeners, checks, the store's status. Leaves: counters and gauges. Must not know: what
//! lines say.

use std::sync::atomic::{AtomicU64, Ordering};

use super::family::{Family, label};
use crate::rollup::Counts;
use crate::serve::http::health::Check;
use crate::serve::http::reasons::Reasons;
use crate::serve::view::{Intake, View};

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
        "Lines that came too late to be put in order",
    )
    .counting(view.engine.sealer().late().lines())
}

/// Reads one of a listener's counters.
type Read = fn(&Intake) -> &AtomicU64;

/// Counters of listeners.
const COUNTERS: [(&str, &str, Read); 8] = [
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
        "Lines that a listener passed on",
        |intake| &intake.lines,
    ),
    (
        "hapline_dropped",
        "Datagrams that the kernel dropped because they came faster than they were taken",
        |intake| &intake.dropped,
    ),
    (
        "hapline_cut_lines",
        "Lines that were cut because they were too long",
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
        "hapline_tls_failures",
        "TLS handshakes that failed",
        |intake| &intake.tls_failures,
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
            family.count(labels, read(intake).load(Ordering::Relaxed));
        }
        families.push(family);
    }
    let mut open = Family::gauges(
        "hapline_connections_open",
        "Connections of a listener that are open",
    );
    for (labels, intake) in listeners() {
        let n = intake.connections_open.load(Ordering::Relaxed);
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
fn store(view: &View) -> [Family; 4] {
    let mut families = [
        Family::gauges(
            "hapline_store_degraded",
            "1 where the store cannot be written, else 0",
        ),
        Family::gauges(
            "hapline_store_queued_flushes",
            "Flushes that wait to be written",
        ),
        Family::gauges("hapline_store_size_bytes", "Size of the store's files"),
        Family::counters("hapline_store_flushes", "Flushes that were written"),
    ];
    if let Some(status) = view.store {
        let [degraded, queued, size, written] = &mut families;
        degraded.set([], f64::from(u8::from(status.degraded)));
        queued.set([], status.queued as f64);
        size.set([], status.size as f64);
        written.count([], status.written);
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
