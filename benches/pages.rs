//! What the live page costs: a tick of it for a large site in great trouble.
//!
//! `cargo bench --bench pages` answers for 500 servers in 50 backends, 20 of which have none left and fail all that they are
//! asked for. A tick is the report of that moment, what goes on right now, and the page; it is to take less than 200 ms.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::report::html::site;
use hapline::time::zone::Zone;

const BACKENDS: usize = 50;
/// Of each backend.
const SERVERS: usize = 10;
/// Backends that lose all of them.
const LOST: usize = 20;
/// Requests of each backend in a second.
const RATE: usize = 10;
/// Seconds before the loss, and after it.
const CALM: usize = 60;
const TROUBLE: usize = 30;

/// When the log was written last; s since 1970 UTC.
const LATEST: i64 = 1_773_480_000;

/// All is well for a minute, then servers go.
fn log() -> String {
    let mut log = String::new();
    for second in 0..CALM + TROUBLE {
        let time = format!("{:02}:{:02}", second / 60, second % 60);
        let head = format!("Mar 14 09:{time} lb1 haproxy[2071]:");
        if second == CALM {
            for backend in 0..LOST {
                lose(&mut log, &head, backend);
            }
        }
        for nth in 0..BACKENDS * RATE {
            let (backend, server) = (nth % BACKENDS, nth / BACKENDS % SERVERS);
            let end = match second >= CALM && backend < LOST {
                true => format!("be_{backend}/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC--"),
                false => format!("be_{backend}/srv{server} 0/0/1/12/13 200 512 - - ----"),
            };
            let line = format!(
                "10.0.{backend}.{server}:4000 [14/Mar/2026:09:{time}.{nth:03}] www {end} 9/9/4/2/0 0/0 \"GET /page HTTP/1.1\""
            );
            writeln!(log, "{head} {line}").expect("memory");
        }
    }
    log
}

/// Every server of a backend is marked DOWN.
fn lose(log: &mut String, head: &str, backend: usize) {
    for server in 0..SERVERS {
        let left = SERVERS - 1 - server;
        writeln!(
            log,
            "{head} Server be_{backend}/srv{server} is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", \
             check duration: 0ms. {left} active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        )
        .expect("memory");
    }
}

fn tick(criterion: &mut Criterion) {
    let zone = Zone::named("UTC").expect("a zone");
    let mut streams = Streams::new(Engine::cut_freely(zone, Window::default()));
    let source = streams.begin("udp", LATEST);
    streams.feed(source, log().as_bytes());
    let engine = streams.look_ahead(0);
    let (document, live) = (engine.document(None), engine.live(None));
    let open = document.incidents.iter().filter(|of| of.end.is_none());
    assert_eq!(open.count(), LOST, "open incidents");
    let servers: usize = live.backends.iter().map(|of| of.servers.len()).sum();
    assert_eq!(servers, BACKENDS * SERVERS, "servers");

    let mut group = criterion.benchmark_group("live_page_500_servers");
    group.sample_size(20);
    group.bench_function("tick", |bench| {
        bench.iter(|| {
            let document = engine.document(None);
            let live = engine.live(None);
            black_box(site::home(&document, &live)).len()
        });
    });
    group.bench_function("page", |bench| {
        bench.iter(|| black_box(site::home(&document, &live)).len());
    });
    group.finish();
}

criterion_group!(benches, tick);
criterion_main!(benches);
