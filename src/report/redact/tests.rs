//! Lines full of secrets, whole and cut, and a document that has them everywhere.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::line::Format;
use crate::report::{fixture, json};

/// In every cookie, header and query.
const SECRET: &str = "s3cr3t";
const CLIENT: &str = "203.0.113.7";

const HTTP: &str = "Nov 20 09:46:12 lb1 haproxy[9]: 203.0.113.7:48391 [20/Nov/2026:09:46:12.846] shop app/app2 \
                    0/0/1/2/3 503 217 sid=s3cr3t to=s3cr3t; a SC-- 1/1/0/0/0 0/0 {s3cr3t|Mozilla s3cr3t} {s3cr3t} \
                    \"GET /cart?s3cr3t s3cr3t HTTP/1.1\"";

fn shown(line: &str, formats: &[&str]) -> String {
    let formats = formats
        .iter()
        .map(|text| Format::compile("test", text).expect("a format"));
    let reader = Reader::default().after(formats.collect());
    let mut evidence = fixture::outage().incidents[0].cause.evidence[0].clone();
    evidence.text = line.to_owned();
    Redaction::new(reader, None).line(&mut evidence);
    evidence.text
}

#[test]
fn lines_of_built_in_formats() {
    for (line, expected) in [
        (
            HTTP,
            "Nov 20 09:46:12 lb1 haproxy[9]: client-1 [20/Nov/2026:09:46:12.846] shop app/app2 0/0/1/2/3 503 217 … SC-- \
             1/1/0/0/0 0/0 … \"GET /cart?… HTTP/1.1\"",
        ),
        (
            "2001:db8::7:48391 [20/Nov/2026:09:46:12.846] shop~ app/app2 0/0/1/2/3 200 217 - - ---- 1/1/0/0/0 0/0 \
             \"GET / HTTP/1.1\" 0/0/0/0/0 s3cr3t.example/TLSv1.3/TLS_AES_128_GCM_SHA256",
            "client-1 [20/Nov/2026:09:46:12.846] shop~ app/app2 0/0/1/2/3 200 217 - - ---- 1/1/0/0/0 0/0 \"GET / \
             HTTP/1.1\" …",
        ),
        (
            "203.0.113.7:48391 [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0",
            "client-1 [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0",
        ),
        (
            "203.0.113.7:48391 [20/Nov/2026:09:46:12.846] shop/1: SSL handshake failure",
            "client-1 [20/Nov/2026:09:46:12.846] shop/1: SSL handshake failure",
        ),
        (
            "haproxy[9]: Connect from 203.0.113.7:48391 to 10.0.0.1:80 (shop/HTTP)",
            "haproxy[9]: Connect from client-1 to 10.0.0.1:80 (shop/HTTP)",
        ),
        (
            "unix:1 [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0",
            "unix [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0",
        ),
        (
            r#"{"log":"203.0.113.7:48391 [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0\n","x":"s3cr3t"}"#,
            "client-1 [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0",
        ),
    ] {
        assert_eq!(shown(line, &[]).trim_end(), expected, "{line}");
    }
}

#[test]
fn what_haproxy_says_of_servers_stays() {
    for line in [
        "Nov 20 09:46:12 lb1 haproxy[9]: Server app/app1 is DOWN, reason: Layer4 connection problem, info: \"at 10.0.0.1:80\", \
         check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        "haproxy[9]: app/app1: IP changed from '10.0.0.1' to '10.0.0.2' by 'dns/ns1'",
    ] {
        assert_eq!(shown(line, &[]), line);
    }
}

#[test]
fn of_a_log_format_only_what_haproxy_fills_stays() {
    for (format, line, expected) in [
        (
            "%ci:%cp [%tr] %ST %Tr %s xff=%[req.hdr(x-forwarded-for)] %HM %HP q=%HQ %pid",
            "203.0.113.7:48391 [20/Nov/2026:09:46:12.846] 503 2 app1 xff=203.0.113.7 GET /a q=?s3cr3t 77",
            "client-1:… [20/Nov/2026:09:46:12.846] 503 2 app1 xff=… GET /a q=… 77",
        ),
        (
            "%{+json}o %(st)ST %(client)ci %(uri)HU %(date)tr %(srv)s %(ua)[capture.req.hdr(0)]",
            r#"{"st": 503, "client": "203.0.113.7", "uri": "/a?s3cr3t", "date": "20/Nov/2026:09:46:12.846", "srv": "app1", "ua": "s3cr3t", "more": "s3cr3t"}"#,
            r#"{"st": 503, "client": "client-1", "uri": "/a?…", "date": "20/Nov/2026:09:46:12.846", "srv": "app1", "ua": "…"#,
        ),
    ] {
        assert_eq!(shown(line, &[format]), expected, "{line}");
    }
}

#[test]
fn what_is_not_understood_is_not_shown() {
    for line in [
        "Nov 20 09:46:12 lb1 haproxy[9]: a message of tomorrow for 203.0.113.7 with s3cr3t",
        r#"{"client": "203.0.113.7", "cookie": "s3cr3t"}"#,
        "203.0.113.7 s3cr3t",
    ] {
        let shown = shown(line, &[]);
        assert!(shown.ends_with(HIDDEN), "{shown}");
        assert!(
            !shown.contains(SECRET) && !shown.contains(CLIENT),
            "{shown}"
        );
    }
}

#[test]
fn structured_data_is_a_format_of_its_own() {
    let line = "<134>1 2026-11-20T09:46:12Z lb1 haproxy 9 - [x@1 c=\"203.0.113.7\" k=\"s3cr3t\"] 203.0.113.7:1 \
                [20/Nov/2026:09:46:12.846] ssh app/app2 0/1/3 217 -- 1/1/0/0/0 0/0";
    let expected = "<134>1 2026-11-20T09:46:12Z lb1 haproxy 9 - […] client-1 [20/Nov/2026:09:46:12.846] ssh app/app2 \
                    0/1/3 217 -- 1/1/0/0/0 0/0";
    assert_eq!(shown(line, &[]), expected);
}

proptest! {
    /// What strangers send is hidden or shown, and never ends the program.
    #[test]
    fn any_line_has_an_answer(before in "[ \\-a-z0-9:\\[\\]/{}\"?.]{0,60}", noise in "\\PC{0,40}", cut in 0..300_usize) {
        shown(&before, &[]);
        shown(&noise, &[]);
        let line = [HTTP, &noise].concat();
        let cut = line.floor_char_boundary(cut.min(line.len()));
        let shown = shown(&line[..cut], &[]);
        prop_assert!(!shown.contains(SECRET) && !shown.contains(CLIENT), "{}", shown);
    }
}

/// Wherever a relay cuts a line, what is left of a secret is not shown.
#[test]
fn no_cut_uncovers_anything() {
    const OWN: &str = "%ci [%tr] %ST %CC %{+Q}[capture.req.hdr(0)] %HU";
    let own = "203.0.113.7 [20/Nov/2026:09:46:12.846] 503 sid=s3cr3t \"s3cr3t\" /a?s3cr3t";
    let clf = "203.0.113.7 - - [20/Nov/2026:09:46:12 +0000] \"GET /?s3cr3t HTTP/1.1\" 503 217 \"\" \"\" 48391 846 \"shop\" \
               \"app\" \"app2\" 0 0 1 2 3 SC-- 1 1 0 0 0 0 0 \"s3cr3t\" \"s3cr3t\" \"s3cr3t\" \"s3cr3t\" ";
    for (line, formats) in [(HTTP, &[][..]), (own, &[OWN]), (clf, &[])] {
        for length in (0..=line.len()).filter(|length| line.is_char_boundary(*length)) {
            let shown = shown(&line[..length], formats);
            assert!(!shown.contains("s3c"), "{length}: {shown}");
            assert!(!shown.contains("203.0.113."), "{length}: {shown}");
        }
    }
}

#[test]
fn a_client_is_the_same_everywhere_and_servers_are_no_clients() {
    let config = Config::parse(
        "haproxy.cfg",
        b"defaults\n  log 127.0.0.1:514 local0\nbackend app\n  server app1 10.0.0.11:80\n",
    );
    let mut redaction = Redaction::new(Reader::default(), config.as_ref().ok());
    let mut document = fixture::outage();
    let text = format!(
        "{CLIENT}:55 asked 10.0.0.11:80 for /x?{SECRET}, as did ::ffff:{CLIENT} and 198.51.100.1?"
    );
    let expected = "client-1 asked 10.0.0.11:80 for /x?…, as did client-1 and client-2?";
    document.coverage.warnings = vec![text.clone(), "see `log 127.0.0.1:514 local0`".to_owned()];
    document.filter = Some(text.clone());
    for advice in &mut document.advice {
        (advice.why, advice.effect) = (text.clone(), text.clone());
        advice
            .evidence
            .iter_mut()
            .for_each(|line| line.text = HTTP.to_owned());
    }
    let charts = document.incidents.iter_mut().map(|of| &mut of.chart);
    for chart in charts.chain([&mut document.chart]).flatten() {
        for marker in &mut chart.markers {
            marker.text = text.clone();
        }
    }
    for incident in &mut document.incidents {
        incident.headline = text.clone();
        incident.story = vec![text.clone()];
        incident
            .cause
            .evidence
            .iter_mut()
            .for_each(|line| line.text = HTTP.to_owned());
        for moment in &mut incident.timeline {
            moment.text = text.clone();
            moment
                .evidence
                .iter_mut()
                .for_each(|line| line.text = HTTP.to_owned());
        }
        incident.runbook.meaning = text.clone();
        incident.runbook.impact = text.clone();
        for step in &mut incident.runbook.steps {
            step.command = Some(format!("curl 'http://10.0.0.11:80/?{SECRET}' # {CLIENT}"));
            step.why = text.clone();
        }
    }
    redaction.document(&mut document);
    assert_eq!(document.incidents[0].headline, expected);
    assert_eq!(
        document.coverage.warnings[1],
        "see `log 127.0.0.1:514 local0`"
    );
    let command = document.incidents[0].runbook.steps[0].command.as_deref();
    assert_eq!(command, Some("curl 'http://10.0.0.11:80/?…'"));
    let mut out = Vec::new();
    json::write(&document, &mut out).expect("a Vec takes all");
    let mut whole = String::from_utf8_lossy(&out).into_owned();
    write!(whole, "{document:?}").expect("a String takes all");
    for secret in [SECRET, CLIENT, "198.51.100.1"] {
        assert!(!whole.contains(secret), "{secret}");
    }
}
