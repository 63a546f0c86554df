//! What is advised while lines come is what a report over the same lines advises.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use hapline::config::Config;
use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::line::Reader;
use hapline::time::zone::Zone;

/// Seconds without a line: what seems to be over is, as at the end of a log.
const SILENCE: i64 = 3_600;

/// No recorded line is later: 1 January 2027 (s since 1970).
const LATEST: i64 = 1_798_761_600;

fn unpacked(path: &Path) -> Vec<u8> {
    let mut log = Vec::new();
    let mut packed = GzDecoder::new(File::open(path).unwrap());
    packed.read_to_end(&mut log).unwrap();
    log
}

/// What was advised at the end of some lines, as they came and when they were all there.
fn advised(lines: &[u8], config: &Config) -> [String; 2] {
    let zone = Zone::named("UTC").unwrap();
    let engine = Engine::cut_freely(zone, Window::default());
    let engine = engine.with_reader(Reader::from_config(config).0);
    let mut streams = Streams::new(engine);
    let source = streams.begin("log", LATEST);
    streams.feed(source, lines);
    let held_back = streams.held_back(source).len();
    assert_eq!(held_back, 0, "lines of HAProxy are whole");
    let live = streams.look_ahead(SILENCE);
    streams.finish();
    [&live, streams.engine()]
        .map(|engine| serde_json::to_string_pretty(&engine.review(Some(config))).unwrap())
}

#[test]
fn it_is_the_same_while_lines_come() {
    for folder in super::folders() {
        let config = std::fs::read(folder.join("haproxy.cfg")).unwrap();
        let config = Config::parse("haproxy.cfg", &config).unwrap();
        let log = unpacked(&folder.join("haproxy.log.gz"));
        let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
        for part in [lines.len() / 3, lines.len() * 2 / 3, lines.len()] {
            let [live, read] = advised(&lines[..part].concat(), &config);
            assert_eq!(live, read, "{}: {part} lines", folder.display());
        }
    }
}
