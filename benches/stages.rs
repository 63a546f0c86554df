//! What each stage costs, and what all of them cost together.
//!
//! `cargo bench --bench stages` answers for a log of an ordinary minute (some servers, some failures), and for a large site
//! that is looked at while it writes: how long a look keeps the reading waiting, how long it takes beside it, and the first report on it.

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hapline::engine::{Engine, Plan, Streams, read_files};
use hapline::envelope;
use hapline::incident::{Scan, Window};
use hapline::line::Reader;
use hapline::record::Readings;
use hapline::rollup::fold::Piece;
use hapline::rollup::{Copies, Lens, Merge, Minute, Rollup, Sealer};
use hapline::source::{BlockId, Grid, Lines, LogFile};
use hapline::time::zone::Zone;

/// A log to be written.
#[derive(Clone, Copy)]
struct Site {
    backends: u64,
    /// Of each of them.
    servers: u64,
    /// Requests a second.
    rate: usize,
    seconds: usize,
}

const ORDINARY: Site = Site {
    backends: 12,
    servers: 6,
    rate: 1_000,
    seconds: 40,
};

const LARGE: Site = Site {
    backends: 50,
    servers: 10,
    rate: 20_000,
    seconds: 130,
};

const LINES: usize = ORDINARY.rate * ORDINARY.seconds;

/// When the log was written last; s since 1970 UTC.
const LATEST: i64 = 1_773_480_000;

/// Lines of `option httplog`. What differs from line to line differs as in a log: clients, servers, times, sizes, some
/// statuses.
fn log(site: Site) -> Vec<u8> {
    let mut log = Vec::new();
    let mut state = 1_u64;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % limit
    };
    for nth in 0..site.rate * site.seconds {
        let (minute, second) = (12 + nth / site.rate / 60, nth / site.rate % 60);
        let (backend, server, answer) = (below(site.backends), below(site.servers), below(200));
        let (status, term) = match below(100) {
            0 => (503, "sC--"),
            1..4 => (404, "----"),
            _ => (200, "----"),
        };
        writeln!(
            log,
            "Mar 14 09:{minute}:{second:02} lb1 haproxy[2071]: 10.{}.{}.{}:{} [14/Mar/2026:09:{minute}:{second:02}.{:03}] fe_public~ \
             be_{backend}/srv{server} 1/0/1/{answer}/{} {status} {} - - {term} 347/327/35/7/0 0/0 {{www.example.com|curl/8.5.0}} \
             \"GET /items/{}?id={} HTTP/1.1\"",
            below(250),
            below(250),
            below(250),
            1_024 + below(60_000),
            below(800),
            answer + 2,
            200 + below(40_000),
            below(90),
            below(900_000),
        )
        .expect("memory");
    }
    log
}

fn lens() -> Lens {
    Lens::new(Zone::named("UTC").expect("a zone"), Grid::default())
}

fn folded(lines: Lines, lens: &Lens) -> Rollup {
    let mut rollup = Rollup::default();
    rollup.add(Piece { source: 0, lines }, lens, &mut Copies::default());
    rollup
}

fn sealed(mut rollup: Rollup, lens: &Lens) -> Vec<Minute> {
    let mut sealer = Sealer::new(lens.zone.clone(), lens.grid);
    sealer.source(0, LATEST);
    let ids: Vec<BlockId> = rollup.ids().collect();
    let mut minutes = Vec::new();
    for id in ids {
        if let Some((block, names)) = rollup.take(id) {
            sealer.take(id, block, &names, None, |minute| minutes.push(minute));
        }
    }
    minutes.extend(std::iter::from_fn(|| sealer.first_left()));
    minutes
}

fn stages(criterion: &mut Criterion) {
    let (log, lens, reader) = (log(ORDINARY), lens(), Reader::default());
    let each = || log.split(|byte| *byte == b'\n');
    let whole = folded(Lines::alone(0, &log), &lens);
    let minutes = sealed(whole.clone(), &lens);
    let half = log.len() / 2;
    let half = half
        + log[half..]
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(0)
        + 1;
    let second_half = Lines::alone(half as u64, &log[half..]);
    let halves = [Lines::alone(0, &log[..half]), second_half].map(|lines| folded(lines, &lens));

    let mut group = criterion.benchmark_group("stage");
    group.throughput(Throughput::Elements(LINES as u64));
    group.bench_function("envelope", |bench| {
        bench.iter(|| {
            each()
                .map(|line| envelope::peel(black_box(line)).message.len())
                .sum::<usize>()
        });
    });
    group.bench_function("line", |bench| {
        bench.iter(|| {
            let mut readings = Readings::new(&reader);
            each()
                .map(|line| readings.read(black_box(line), |record| record.message.len()))
                .sum::<usize>()
        });
    });
    group.bench_function("fold", |bench| {
        bench.iter(|| folded(Lines::alone(0, black_box(&log)), &lens));
    });
    group.bench_function("seal", |bench| {
        bench.iter_batched(
            || whole.clone(),
            |whole| sealed(whole, &lens),
            criterion::BatchSize::LargeInput,
        );
    });
    group.bench_function("scan", |bench| {
        bench.iter(|| {
            let mut scan = Scan::default();
            minutes.iter().for_each(|minute| scan.step(minute.clone()));
            scan.finish();
            scan.incidents()
        });
    });
    group.bench_function("merge", |bench| {
        bench.iter_batched(
            || halves.clone(),
            |[mut one, other]| {
                one.merge(other);
                one
            },
            criterion::BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn time_to_report(criterion: &mut Criterion) {
    let log = log(ORDINARY);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("haproxy.log");
    std::fs::write(&path, &log).expect("a file");
    let mut group = criterion.benchmark_group("time_to_report");
    group.throughput(Throughput::Bytes(log.len() as u64));
    for threads in [1, 2] {
        group.bench_function(format!("{threads}_threads"), |bench| {
            bench.iter(|| {
                let mut engine =
                    Engine::new(Zone::named("UTC").expect("a zone"), Window::default());
                let file = LogFile::open(&path).expect("the file");
                let plan = Plan::new(vec![file], engine.lens()).expect("its blocks");
                read_files(&mut engine, &plan, threads).expect("its lines");
                engine.document(None)
            });
        });
    }
    group.finish();
}

/// Two minutes of a large site have been read, and ten seconds of the third are in an open block or just before it.
fn live_step(criterion: &mut Criterion) {
    let zone = Zone::named("UTC").expect("a zone");
    let mut streams = Streams::new(Engine::cut_freely(zone, Window::default()));
    let source = streams.begin("udp", LATEST);
    let log = log(LARGE);
    log.chunks(1 << 16)
        .for_each(|bytes| streams.feed(source, bytes));
    let mut group = criterion.benchmark_group("live_step_500_servers");
    group.sample_size(20);
    group.bench_function("reading_waits", |bench| {
        bench.iter_with_large_drop(|| streams.ahead(0));
    });
    group.bench_function("look", |bench| {
        bench.iter_batched(
            || streams.ahead(0),
            |ahead| ahead.look(),
            criterion::BatchSize::PerIteration,
        );
    });
    group.bench_function("report", |bench| {
        bench.iter_batched(
            || streams.look_ahead(0),
            |ahead| (ahead.document(None), ahead),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, stages, time_to_report, live_step);
criterion_main!(benches);
