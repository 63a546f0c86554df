//! What can be exact is exact: among ordinary traffic and noise, each outage is one incident on its backend with just
//! the requests that failed because of it, at any number of threads, byte for byte.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::read::{Reader, folder, part};

const BEGINS: i64 = 1_773_478_800; // 2026-03-14T09:00:00Z
const SECONDS: i64 = 600;
const A_SECOND: i64 = 40;
const BACKENDS: [&str; 3] = ["api", "web", "cart"];

/// An outage: its backend, and from when to when (s) it is logged.
#[derive(Debug, Clone, Copy)]
enum Outage {
    /// No server is left.
    Gone(&'static str, i64, i64),
    /// Half of the requests hit a `timeout server` of 30 s.
    Slow(&'static str, i64, i64),
}

/// A log, and how many requests each outage failed.
#[derive(Default)]
struct Corpus {
    log: String,
    failed: Vec<u64>,
    state: u64,
}

impl Corpus {
    fn written(outages: &[Outage]) -> Self {
        let mut corpus = Self {
            failed: vec![0; outages.len()],
            state: 0x9e37_79b9,
            ..Self::default()
        };
        for second in 0..SECONDS {
            outages
                .iter()
                .for_each(|outage| corpus.transition(second, *outage));
            for nth in 0..A_SECOND {
                corpus.request(second * 1000 + nth * 1000 / A_SECOND, outages);
            }
        }
        corpus
    }

    /// A number below `limit`, the same in every run.
    fn draw(&mut self, limit: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % limit
    }

    fn say(&mut self, ms: i64, message: &str) {
        let head = at(ms).strftime("%b %e %H:%M:%S").to_string();
        self.log += &format!("{head} lb1 haproxy[7]: {message}\n");
    }

    fn transition(&mut self, second: i64, outage: Outage) {
        let Outage::Gone(backend, from, to) = outage else {
            return;
        };
        if second == from {
            self.say(second * 1000, &format!(
                "Server {backend}/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check \
                 duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
            ));
            self.say(
                second * 1000,
                &format!("backend {backend} has no server available!"),
            );
        }
        if second == to {
            self.say(second * 1000, &format!(
                "Server {backend}/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 2ms. 1 active and 0 \
                 backup servers online. 0 sessions requeued, 0 total in queue."
            ));
        }
    }

    fn request(&mut self, ms: i64, outages: &[Outage]) {
        let backend = BACKENDS[self.draw(3) as usize];
        let (mut place, mut took) = (format!("{backend}/s1"), 20 + self.draw(60) as i64);
        let mut fields = format!("0/0/1/{}/{took} 200 512 - - ----", took - 1);
        // Errors and aborts that happen anyway.
        match self.draw(250) {
            0 => fields = format!("0/0/1/{}/{took} 500 512 - - ----", took - 1),
            1 => fields = format!("0/0/1/{}/{took} 200 512 - - CD--", took - 1),
            _ => {}
        }
        for (nth, outage) in outages.iter().enumerate() {
            let during = |from: i64, to: i64| (from * 1000..to * 1000).contains(&ms);
            match *outage {
                Outage::Gone(of, from, to) if of == backend && during(from, to) => {
                    (place, took) = (format!("{backend}/<NOSRV>"), 0);
                    fields = "0/-1/-1/-1/0 503 221 - - SC--".to_owned();
                }
                Outage::Slow(of, from, to)
                    if of == backend && during(from, to) && self.draw(2) == 0 =>
                {
                    took = 30_001;
                    fields = "0/0/1/-1/30001 504 198 - - sH--".to_owned();
                }
                _ => continue,
            }
            self.failed[nth] += 1;
        }
        let accepted = at(ms - took).strftime("%d/%b/%Y:%H:%M:%S%.3f").to_string();
        let port = 1024 + self.draw(60_000);
        self.say(ms, &format!(
            "10.0.{}.7:{port} [{accepted}] www {place} {fields} 9/9/4/2/0 0/0 \"GET /x HTTP/1.1\"",
            port % 200
        ));
    }
}

fn at(ms: i64) -> jiff::Zoned {
    let stamp = Timestamp::from_millisecond(BEGINS * 1000 + ms).expect("a time");
    stamp.to_zoned(TimeZone::UTC)
}

#[test]
fn each_outage_is_one_incident_with_just_its_failed_requests() {
    let outages = [
        Outage::Slow("api", 90, 110),
        Outage::Gone("web", 200, 230),
        Outage::Slow("cart", 300, 330),
        Outage::Gone("api", 420, 435),
    ];
    let corpus = Corpus::written(&outages);
    let reader = Reader::new("UTC", 1 << 16, BEGINS + SECONDS);
    let folder = folder();
    let paths = [reader.write(&folder, "haproxy.log", corpus.log.as_bytes())];
    let report = reader.files(&paths, 1);
    for threads in [2, 3, 8] {
        assert_eq!(reader.files(&paths, threads), report, "{threads} threads");
    }
    let incidents = part(&report, "incidents");
    let told: Vec<(&str, &str, u64)> = incidents
        .as_array()
        .into_iter()
        .flatten()
        .map(|incident| {
            let text = |key: &str| incident[key].as_str().unwrap_or_default();
            (
                text("backend"),
                text("kind"),
                incident["failed_requests"].as_u64().unwrap_or_default(),
            )
        })
        .collect();
    let kinds = outages
        .iter()
        .zip(&corpus.failed)
        .map(|(outage, failed)| match outage {
            Outage::Gone(backend, ..) => (*backend, "backend_down", *failed),
            Outage::Slow(backend, ..) => (*backend, "timeout_burst", *failed),
        });
    assert_eq!(told, kinds.collect::<Vec<_>>());
    assert_eq!(part(&report, "coverage")["unparsed"], Value::from(0));
}
