//! However a log is cut, and on however many threads it is read, the tables are the same.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::logs::mixture;
use super::printed;

const TABLES: [&str; 10] = [
    "servers",
    "status",
    "terms",
    "cookies",
    "percentiles",
    "urls",
    "clients",
    "headers",
    "queues",
    "hours",
];

#[test]
fn threads_pipes_files_and_their_order_make_no_difference() {
    // Some blocks.
    let log = mixture(7_000);
    assert!(log.len() > 1 << 20);
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let half = log[..log.len() / 2].rfind('\n').unwrap() + 1;
    let (whole, first, second, packed) =
        (path("log"), path("log.2"), path("log.1"), path("log.gz"));
    fs::write(&whole, &log).unwrap();
    fs::write(&first, &log[..half]).unwrap();
    fs::write(&second, &log[half..]).unwrap();
    let mut encoder = GzEncoder::new(fs::File::create(&packed).unwrap(), Compression::fast());
    encoder.write_all(log.as_bytes()).unwrap();
    encoder.finish().unwrap();
    for table in TABLES {
        let by = match table {
            "servers" | "queues" => vec!["--by", "hour"],
            "hours" => vec!["--by", "backend"],
            _ => vec!["--by", "hour", "--by", "backend"],
        };
        let told = |arguments: &[&str], input: &str| {
            printed(
                &[&[table, "--format", "csv"], arguments, &by].concat(),
                input,
            )
        };
        let alone = told(&[&whole, "--threads", "1"], "");
        assert!(alone.lines().count() > 1, "{table}");
        assert!(
            alone == told(&[&whole, "--threads", "4"], ""),
            "{table} on four threads"
        );
        assert!(
            alone == told(&["-", "--threads", "3"], &log),
            "{table} from a pipe"
        );
        assert!(
            alone == told(&[&packed, "--threads", "2"], ""),
            "{table} compressed"
        );
        assert!(
            alone == told(&[&second, &first], ""),
            "{table} of two files"
        );
    }
}

#[test]
fn what_is_not_parted_is_the_sum_of_its_parts() {
    let log = mixture(2_000);
    let sum = |arguments: &[&str], column: &str| -> u64 {
        let rows = super::rows(arguments, log.as_str());
        rows.iter().map(|row| row[column].as_u64().unwrap()).sum()
    };
    for (table, columns) in [
        (
            "servers",
            &["requests", "sessions", "ok", "bytes", "5xx"][..],
        ),
        ("status", &["requests", "sessions"]),
        ("urls", &["requests", "errors", "time", "bytes"]),
        ("clients", &["requests", "sessions", "handshakes", "bytes"]),
    ] {
        for column in columns {
            let whole = sum(&[table, "-"], column);
            assert!(whole > 0, "{table} {column}");
            assert_eq!(
                sum(&[table, "-", "--by", "hour"], column),
                whole,
                "{table} {column}"
            );
            assert_eq!(sum(&["hours", "-"], "requests"), 2_000);
        }
    }
}
