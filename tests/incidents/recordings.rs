//! Real outages, recorded: what was broken is known, and the log is the one HAProxy wrote.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hapline::config::Config;
use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::line::Reader;
use hapline::report::document::{Document, Incident};
use hapline::time::zone::Zone;
use hapline::words::cause::Severity;
use serde_json::Value;

/// No recorded line is later: 1 January 2027 (s since 1970).
const LATEST: i64 = 1_798_761_600;

/// Seconds a start or an end may be off, unless the recording says otherwise and why.
const TOLERANCE: f64 = 2.0;

/// The share by which failed requests may be off: the client and HAProxy count at different moments.
const FAILED: f64 = 0.05;

#[test]
fn what_was_broken_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    let folders = folders();
    assert!(folders.len() >= 65, "recordings are missing");
    for folder in folders {
        let name = named(&folder);
        let expected: Value =
            serde_json::from_slice(&read(&folder.join("expected.json"))).expect("expected.json");
        let report = report(&folder, text(&expected["timezone"]));
        wrong.extend(
            differences(&report, &expected)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The recording's name.
pub(crate) fn named(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

pub(crate) fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(all)
        .expect("recordings")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    folders.sort();
    folders
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn report(folder: &Path, zone: &str) -> Document {
    let mut log = Vec::new();
    let packed = File::open(folder.join("haproxy.log.gz")).expect("haproxy.log.gz");
    GzDecoder::new(packed)
        .read_to_end(&mut log)
        .expect("haproxy.log.gz");
    let config =
        Config::parse("haproxy.cfg", &read(&folder.join("haproxy.cfg"))).expect("haproxy.cfg");
    let zone = Zone::named(zone).expect("a zone");
    let (reader, refused) = Reader::from_config(&config);
    assert!(refused.is_empty(), "{}: {refused:?}", folder.display());
    let engine = Engine::cut_freely(zone, Window::default()).with_reader(reader);
    let mut stream = Streams::new(engine);
    let source = stream.begin("haproxy.log", LATEST);
    stream.feed(source, &log);
    stream.finish();
    stream.into_engine().document(Some(&config))
}

/// What is missing, wrong, or there without a reason.
fn differences(report: &Document, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: Vec<&Incident> = report.incidents.iter().collect();
    for truth in list(&expected["incidents"]) {
        let found = left
            .iter()
            .position(|incident| is_the_same(incident, truth));
        match found {
            Some(at) => wrong.extend(compare(left.remove(at), truth)),
            None if truth["required"] == true => wrong.push(format!("not found: {truth}")),
            None => {}
        }
    }
    for incident in left {
        wrong.push(format!(
            "unexpected: {:?} {}",
            incident.kind, incident.headline
        ));
    }
    if expected["control"] == true {
        let loud = report.incidents.iter().filter(|incident| {
            matches!(
                incident.severity,
                Severity::Outage | Severity::Degraded | Severity::Capacity
            )
        });
        wrong.extend(loud.map(|incident| format!("not quiet: {}", incident.headline)));
    }
    wrong
}

/// The kind and the place agree. A frontend's own incident names it instead of a backend.
fn is_the_same(incident: &Incident, truth: &Value) -> bool {
    let backend = incident.backend.as_deref();
    backend == truth["backend"].as_str() && holds(&truth["kinds"], &code(&incident.kind))
}

fn compare(incident: &Incident, truth: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (what, accepted, told) in [
        ("cause", &truth["causes"], code(&incident.cause.code)),
        ("severity", &truth["severities"], code(&incident.severity)),
    ] {
        if !holds(accepted, &told) {
            wrong.push(format!("{what} {told}, not {accepted}"));
        }
    }
    let servers = [
        strings(&truth["servers"]),
        strings(&truth["affected_servers"]),
    ];
    let told = [incident.servers.clone(), incident.affected_servers.clone()];
    if told != servers {
        wrong.push(format!("servers {told:?}, not {servers:?}"));
    }
    wrong.extend(start(incident, truth));
    wrong.extend(end(incident, truth));
    let (failed, true_failed) = (
        incident.failed_requests as f64,
        truth["failed_requests"].as_f64().expect("a number"),
    );
    if (failed - true_failed).abs() > FAILED * true_failed {
        wrong.push(format!("{failed} requests failed, not {true_failed}"));
    }
    wrong
}

/// From the fault on, up to `latest_start` where it came gradually.
fn start(incident: &Incident, truth: &Value) -> Option<String> {
    let (told, earliest) = (instant(&incident.start), instant(text(&truth["start"])));
    let latest = truth["latest_start"].as_str().map_or(earliest, instant);
    let tolerance = tolerance(truth, "start_tolerance");
    let off = (earliest - told).max(told - latest);
    (off > tolerance).then(|| format!("starts {} and {off:.1} s off", incident.start))
}

fn end(incident: &Incident, truth: &Value) -> Option<String> {
    let (told, true_end) = (incident.end.as_deref(), truth["end"].as_str());
    let near = match (told, true_end) {
        (Some(told), Some(end)) => {
            (instant(told) - instant(end)).abs() <= tolerance(truth, "end_tolerance")
        }
        (told, end) => told == end,
    };
    (!near).then(|| format!("ends {told:?}, not {true_end:?}"))
}

/// Seconds; one that differs from the usual comes with its reason.
fn tolerance(truth: &Value, of: &str) -> f64 {
    let Some(own) = truth.get(of) else {
        return TOLERANCE;
    };
    assert!(!text(&own["reason"]).is_empty());
    own["seconds"].as_f64().expect("seconds")
}

/// Seconds since 1970 of an RFC 3339 time in UTC.
fn instant(time: &str) -> f64 {
    let stamp: jiff::Timestamp = time.parse().expect("a time");
    stamp.as_millisecond() as f64 / 1000.0
}

fn code(value: &impl serde::Serialize) -> String {
    text(&serde_json::to_value(value).expect("a code")).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn strings(value: &Value) -> Vec<String> {
    list(value)
        .iter()
        .map(|item| text(item).to_owned())
        .collect()
}

fn holds(accepted: &Value, told: &str) -> bool {
    list(accepted).iter().any(|item| text(item) == told)
}
