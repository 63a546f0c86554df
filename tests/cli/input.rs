//! Input that is no good: one message that names it and says what to try.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{BACKEND_DOWN, hapline, printed, refused};

/// A file with this content, in a directory of its own.
fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, content).unwrap();
    (directory, path)
}

/// Bytes that are no text, the same every time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let step = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..length).map(step).collect()
}

/// What a report on a file in a directory of its own says; the exit code is 0.
fn told(name: &str, content: &[u8]) -> String {
    let (directory, _) = file(name, content);
    printed(
        hapline()
            .current_dir(directory.path())
            .args(["report", name, "--timezone", "UTC"]),
    )
}

#[test]
fn files_that_cannot_be_read() {
    insta::assert_snapshot!(refused(hapline().args(["report", "no-such.log"])), @r"
    hapline: no-such.log: no such file
    hint: check the path; rotated logs often end in .1 or .gz
    ");
    insta::assert_snapshot!(refused(hapline().args(["report", "samples"])), @r"
    hapline: samples: is a directory
    hint: name the files in it, for example DIR/haproxy.log*
    ");
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "-"])), @r"
    hapline: stdin cannot be read together with others
    hint: pipe all of them: cat FILE… | hapline … -
    ");
    insta::assert_snapshot!(refused(hapline().args(["report"])), @r"
    error: the following required arguments were not provided:
      <FILE>...

    Usage: hapline report <FILE>...

    For more information, try '--help'.
    ");
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    insta::assert_snapshot!(told("empty.log", b""), @r"
    empty.log · 0 lines
    The input is empty: there is no line in it.
    ");
}

#[test]
fn a_log_of_another_program_is_no_calm() {
    let foreign = "2026-11-20 06:25:01 status installed libc-bin:amd64 2.36-9+deb12u9\n".repeat(40);
    insta::assert_snapshot!(told("dpkg.log", foreign.as_bytes()), @r"
    dpkg.log · 40 lines
    No HAProxy line in 40 lines, so nothing can be said about incidents.
    Is this HAProxy's log? It goes where the `log` lines of haproxy.cfg send it, often to
    /var/log/haproxy.log or the journal of its unit.
    If it has a log-format of its own, name its configuration with --config FILE.
    If it is compressed, and not by gzip, zstd, xz or bzip2, unpack it first.

    40 lines were not understood
    ");
}

#[test]
fn bytes_that_are_no_text_are_no_calm() {
    for content in [noise(100_000), vec![0; 100_000], vec![0xff; 100_000]] {
        let text = told("core", &content);
        assert!(text.contains("No HAProxy line in "), "{text}");
        assert!(!text.contains("No incident"), "{text}");
        assert!(
            text.chars().all(|char| char == '\n' || !char.is_control()),
            "{text:?}"
        );
    }
}

#[test]
fn a_calm_log_is_no_foreign_one() {
    let calm = fs::read_to_string(super::sample(BACKEND_DOWN)).unwrap();
    let calm: String = calm
        .lines()
        .take(200)
        .map(|line| format!("{line}\n"))
        .collect();
    let text = told("calm.log", calm.as_bytes());
    assert!(text.contains("No incident in 200 lines"), "{text}");
}

#[test]
fn zones_and_times_that_do_not_exist() {
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "--timezone", "Mars/Base"])), @r"
    hapline: unknown time zone `Mars/Base`
    hint: use an IANA name such as Europe/Paris, or UTC
    ");
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "--since", "yesterday"])), @r"
    error: invalid value 'yesterday' for '--since <TIME>': use 2026-03-14T09:12, 2026-03-14T09:12:00+01:00, 2026-03-14, 14/Mar/2026:09:12:00 as in the log, 09:12 for the last time the clock said so, or -24h for a day ago

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "--threads", "100000"])), @r"
    error: invalid value '100000' for '--threads <N>': 100000 is not in 0..=256

    For more information, try '--help'.
    ");
}

#[test]
fn a_span_without_time_in_it() {
    let ends = [
        "--timezone",
        "UTC",
        "--since",
        "2026-03-14T10:00",
        "--until",
        "14/Mar/2026:09:00:00",
    ];
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN]).args(ends)), @r"
    hapline: no time lies between --since 2026-03-14T10:00:00.000+00:00 and --until 2026-03-14T09:00:00.000+00:00
    hint: give a --since that is before --until
    ");
}

#[test]
fn what_is_no_argument_here_is_taken_for_what_was_meant() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("haproxy.log"), "").unwrap();
    let said =
        |arguments: &[&str]| refused(hapline().current_dir(directory.path()).args(arguments));
    insta::assert_snapshot!(said(&["haproxy.log"]), @r"
    hapline: haproxy.log is a file, and no command stands before it
    hint: hapline report haproxy.log, or hapline top haproxy.log
    ");
    insta::assert_snapshot!(said(&["stats", "haproxy.log"]), @r"
    hapline: haproxy.log is a file, and no table stands before it
    hint: hapline stats servers haproxy.log; others than servers: hapline stats --help
    ");
    insta::assert_snapshot!(said(&["report", "haproxy.log", "--json"]), @r"
    hapline: there is no option --json
    hint: use --format json
    ");
    insta::assert_snapshot!(said(&["report", "haproxy.log", "-o", "x.html"]), @r"
    hapline: there is no option -o
    hint: output goes to standard output: hapline report FILE --format html > report.html
    ");
    // What is none at all is left to the parser.
    assert!(said(&["report", "haproxy.log", "--nope"]).starts_with("error: unexpected argument"));
}

#[test]
fn a_configuration_with_a_fault_names_the_place() {
    let (directory, _) = file("bad.cfg", b"backend app\n  timeout server 3parsecs\n");
    let mut command = hapline();
    let message = refused(
        command
            .current_dir(directory.path())
            .args(["report", "any.log", "--config", "bad.cfg"]),
    );
    insta::assert_snapshot!(message, @r"
    hapline: bad.cfg:2:18: `timeout server` expects a time such as `10s` or `500ms`, got `3parsecs`
    hint: a time is a whole number and one of us, ms, s, m, h, d; without a unit it is in milliseconds
    ");
    insta::assert_snapshot!(refused(hapline().args(["report", BACKEND_DOWN, "--config", "no-such.cfg"])), @r"
    hapline: no-such.cfg: cannot be read: No such file or directory (os error 2)
    hint: check that the path exists and that you may read it
    ");
}

#[test]
fn an_address_that_cannot_be_listened_on() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = refused(hapline().args(["serve", "--udp", &address]));
    let port = taken.local_addr().unwrap().port().to_string();
    insta::assert_snapshot!(message.replace(&address, "ADDR").replace(&port, "PORT"), @r"
    hapline: cannot listen on udp ADDR: Address already in use (os error 98)
    hint: `ss -lunp 'sport = :PORT'` shows what listens there; --udp takes another address
    ");
}

#[test]
fn nobody_has_to_hear_what_is_said_beside_the_output() {
    let program = assert_cmd::cargo::cargo_bin("hapline");
    let run = |arguments: &str| {
        let script = format!("{} {arguments} 2>/dev/full", program.display());
        let mut shell = assert_cmd::Command::new("sh");
        shell.args(["-c", &script]).assert()
    };
    run("report no-such.log").code(2);
    run("parse no-such.log").code(2);
    let cut = fs::read(super::sample(BACKEND_DOWN)).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &cut).unwrap();
    let packed = packed.finish().unwrap();
    let (_directory, path) = file("cut.log.gz", &packed[..packed.len() / 2]);
    let told = run(&format!("parse {}", path.display())).code(0);
    assert!(told.get_output().stdout.len() > 1_000);
}
