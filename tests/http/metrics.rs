//! `/metrics`, as Prometheus reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hapline::serve::arrival::Intake;
use hapline::serve::http::Settings;
use hapline::serve::view::View;
use hapline::store::Status;

use crate::served::{
    LATEST, RECORDING, of, recording, serve, serve_recording, settings, stream, view,
};

/// Series by their names and labels, as they stand in the text.
pub fn series(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let series = lines.filter_map(|line| line.rsplit_once(' '));
    series
        .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
        .collect()
}

fn sum(series: &BTreeMap<String, f64>, is_wanted: impl Fn(&str) -> bool) -> f64 {
    let wanted = series.iter().filter(|(name, _)| is_wanted(name));
    wanted.map(|(_, value)| value).sum()
}

/// A view with a listener and a store.
fn whole(log: &[u8]) -> View {
    let intake = Intake::default();
    intake.received.add(4_000);
    intake.dropped.add(7);
    let store = Status {
        waiting_bytes: 512,
        size_bytes: 65_536,
        writes: 12,
        ..Status::default()
    };
    let mut view = view(log, None);
    view.listeners = vec![("udp:127.0.0.1:5514".to_owned(), Arc::new(intake))];
    view.store = Some(store);
    view.lag_ms = 250;
    view
}

#[test]
fn a_recorded_outage_as_metrics() {
    let (log, ..) = recording(RECORDING);
    let served = serve(whole(&log), &settings());
    let reply = served.get("/metrics");
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let steady = reply.body.lines().map(|line| match line.split_once(' ') {
        Some(("hapline_view_timestamp_seconds", _)) => "hapline_view_timestamp_seconds NOW",
        _ if line.starts_with("hapline_build_info") => "hapline_build_info{version=\"…\"} 1.0",
        _ => line,
    });
    insta::assert_snapshot!(steady.collect::<Vec<_>>().join("\n"));
}

#[test]
fn counts_are_those_of_the_report() {
    let served = serve_recording();
    let series = series(&served.get("/metrics").body);
    let report = served.get("/api/v1/report").json();
    let requests = sum(&series, |name| name.starts_with("hapline_requests_total{"));
    assert_eq!(requests, report["totals"]["requests"].as_f64().unwrap());
    for backend in report["figures"]["backends"].as_array().unwrap() {
        let name = backend["backend"].as_str().unwrap();
        for (family, field) in [("eligible", "eligible"), ("failed", "failed")] {
            let counted = series[&format!("hapline_{family}_requests_total{{backend=\"{name}\"}}")];
            assert_eq!(counted, backend[field].as_f64().unwrap(), "{name} {field}");
        }
        let own = format!("hapline_requests_total{{backend=\"{name}\",");
        let counted = sum(&series, |name| name.starts_with(&own));
        assert_eq!(counted, backend["requests"].as_f64().unwrap(), "{name}");
    }
    for owner in report["figures"]["endings"].as_array().unwrap() {
        for state in owner["states"].as_array().unwrap() {
            let term = format!("term=\"{}\"", state["state"].as_str().unwrap());
            let counted = sum(&series, |name| name.contains(&term));
            assert_eq!(counted, state["requests"].as_f64().unwrap(), "{term}");
        }
    }
    for kind in ["traffic", "state", "process", "other", "unparsed"] {
        let line =
            format!("hapline_lines_total{{listener=\"udp:127.0.0.1:5514\",kind=\"{kind}\"}}");
        assert_eq!(
            series[&line],
            report["coverage"][kind].as_f64().unwrap(),
            "{kind}"
        );
    }
}

#[test]
fn a_histogram_is_one() {
    let served = serve_recording();
    let series = series(&served.get("/metrics").body);
    for timer in ["request", "queue", "connect", "response", "total"] {
        let family = format!("hapline_{timer}_time_seconds");
        let bounds = [
            "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0",
            "2.5", "5.0", "10.0", "30.0", "60.0", "300.0", "+Inf",
        ];
        let counts = bounds
            .map(|bound| series[&format!("{family}_bucket{{le=\"{bound}\",backend=\"app\"}}")]);
        assert!(counts.is_sorted(), "{family}: {counts:?}");
        let count = series[&format!("{family}_count{{backend=\"app\"}}")];
        assert_eq!(counts[16], count, "{family}");
        assert!(count > 0.0, "{family}");
        let sum = series[&format!("{family}_sum{{backend=\"app\"}}")];
        assert!(sum <= count * 60.0, "{family}: {sum} s of {count}");
    }
}

/// At each step of a log, also where it goes from one minute to the next.
#[test]
fn no_counter_goes_back_while_a_log_is_read() {
    let (log, config, _) = recording(RECORDING);
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut stream = stream(b"", Some(&config), LATEST);
    let served = serve(of(stream.look_ahead(0)), &settings());
    let mut before = BTreeMap::new();
    for lines in lines.chunks(lines.len().div_ceil(12)) {
        stream.feed(0, &lines.concat());
        served
            .views
            .send_replace(Arc::new(of(stream.look_ahead(0))));
        let now = series(&served.get("/metrics").body);
        for (name, value) in &before {
            let is_counter = ["_total", "_bucket", "_count", "_sum"].iter().any(|end| {
                let name: &String = name;
                name.split('{')
                    .next()
                    .is_some_and(|name| name.ends_with(end))
            });
            let later = now.get(name);
            assert!(
                !is_counter || later >= Some(value),
                "{name}: {value}, then {later:?}"
            );
        }
        before = now;
    }
    assert!(before.len() > 100);
}

#[test]
fn a_count_that_is_taken_back_stays() {
    let (log, config, _) = recording(RECORDING);
    let half = log[..log.len() / 2]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let served = serve(view(&log, Some(config)), &settings());
    let whole = series(&served.get("/metrics").body);
    served
        .views
        .send_replace(Arc::new(view(&log[..=half], None)));
    let less = series(&served.get("/metrics").body);
    let requests = |series: &BTreeMap<String, f64>| {
        sum(series, |name| name.starts_with("hapline_requests_total{"))
    };
    assert!(requests(&less) > 0.0);
    for (name, value) in &less {
        if name.starts_with("hapline_requests_total{") {
            assert_eq!(value, &whole[name], "{name}");
        }
    }
}

/// A request of a backend and a server.
fn line(backend: &str, server: &str) -> String {
    lines(backend, server, 1)
}

/// Requests of different clients: a line that stands there twice is a copy.
fn lines(backend: &str, server: &str, n: usize) -> String {
    (0..n).map(|nth| nth_line(backend, server, nth)).collect()
}

fn nth_line(backend: &str, server: &str, nth: usize) -> String {
    format!(
        "Nov 20 09:46:12 lb1 haproxy[7]: 192.0.2.1:{} [20/Nov/2026:09:46:12.000] fe {backend}/{server} \
         0/0/0/5/5 200 100 - - ---- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n",
        1_024 + nth
    )
}

#[test]
fn forged_names_take_no_more_series_than_there_is_room_for() {
    let settings = Settings {
        metric_backends: 3,
        metric_servers: 5,
        ..settings()
    };
    let mut log = lines("app", "app1", 50);
    for nth in 0..500 {
        log.push_str(&line(&format!("forged{nth}"), &format!("s{nth}")));
    }
    let served = serve(view(log.as_bytes(), None), &settings);
    let first = series(&served.get("/metrics").body);
    let requests = |series: &BTreeMap<String, f64>| -> Vec<(String, f64)> {
        let own = series
            .iter()
            .filter(|(name, _)| name.starts_with("hapline_requests_total"));
        own.map(|(name, n)| (name.clone(), *n)).collect()
    };
    let told = requests(&first);
    assert!(told.len() <= 6, "{told:?}");
    let app = "hapline_requests_total{backend=\"app\",server=\"app1\",code=\"2xx\",term=\"----\"}";
    assert_eq!(first[app], 50.0, "the busiest has a series");
    assert_eq!(told.iter().map(|(_, n)| n).sum::<f64>(), 550.0);
    let backends = first
        .keys()
        .filter(|name| name.starts_with("hapline_failed_requests_total"));
    assert_eq!(backends.count(), 4, "three, and the others");
    // Names that come later, however busy, take nobody's series away.
    log.push_str(&lines("late", "s1", 900));
    served
        .views
        .send_replace(Arc::new(view(log.as_bytes(), None)));
    let then = series(&served.get("/metrics").body);
    assert_eq!(then[app], 50.0);
    let others =
        "hapline_requests_total{backend=\"other\",server=\"other\",code=\"2xx\",term=\"----\"}";
    assert!(
        then[others] >= first[others] + 900.0,
        "{:?}",
        requests(&then)
    );
}

#[test]
fn names_from_the_log_cannot_break_the_text() {
    let log = [
        line("app\"}1", "s\\1"),
        line("<script>alert(1)</script>", "s2"),
        line("a\u{1b}[2Jb", "\u{202e}s3"),
    ]
    .concat();
    let served = serve(view(log.as_bytes(), None), &settings());
    let text = served.get("/metrics").body;
    let told: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("hapline_requests_total"))
        .collect();
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    assert!(!text.contains('\u{202e}'));
    insta::assert_snapshot!(told.join("\n"));
}

/// The number of each sort of sample that a scrape has is that of its families.
#[test]
fn the_text_is_openmetrics() {
    let served = serve_recording();
    let text = served.get("/metrics").body;
    assert!(text.ends_with("# EOF\n"));
    let mut families: Vec<&str> = Vec::new();
    let mut kind = "";
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(said) = line.strip_prefix("# TYPE ") {
            let (name, of) = said.split_once(' ').unwrap();
            assert!(!families.contains(&name), "{name} comes twice");
            families.push(name);
            kind = of;
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().unwrap();
            let family = families.last().unwrap();
            let ends: &[&str] = match kind {
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_count", "_sum"],
                _ => &[""],
            };
            let rest = name
                .strip_prefix(family)
                .unwrap_or_else(|| panic!("{name} in {family}"));
            assert!(ends.contains(&rest), "{name} in {family}");
            assert!(family.starts_with("hapline_"), "{family}");
        }
    }
    assert!(families.len() > 20);
}
