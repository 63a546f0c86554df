//! Compressed logs are read like plain ones; what is missing of one is said.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{BACKEND_DOWN, hapline, printed, refused, sample};

/// Compresses.
type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [(&str, Pack); 4] = [("gz", gzip), ("zst", zstd), ("xz", xz), ("bz2", bzip2)];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = liblzma::write::XzEncoder::new(Vec::new(), 0);
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn log() -> Vec<u8> {
    fs::read(sample(BACKEND_DOWN)).unwrap()
}

/// One of some minutes later.
fn later() -> Vec<u8> {
    fs::read(sample("samples/flapping.log")).unwrap()
}

/// The log in two compressed parts, one behind the other, cut within a line.
fn in_two(pack: Pack) -> Vec<u8> {
    let log = log();
    let (first, second) = log.split_at(log.len() / 2);
    [pack(first), pack(second)].concat()
}

/// A directory with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// A report on files of a directory.
fn report(folder: &Path, files: &[&str]) -> assert_cmd::Command {
    let mut command = hapline();
    command.current_dir(folder).arg("report").args(files);
    command.args(["--timezone", "UTC", "--format", "json"]);
    command
}

/// The report on the log as it is, under this name.
fn plain(name: &str) -> String {
    let folder = folder(&[(name, &log())]);
    printed(&mut report(folder.path(), &[name]))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A report, and what it says on standard error, of a run that succeeds.
fn told(mut command: assert_cmd::Command) -> (Value, String) {
    let run = command.assert().success();
    let output = run.get_output();
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    (json(&String::from_utf8_lossy(&output.stdout)), said)
}

fn warnings(report: &Value) -> String {
    report["coverage"]["warnings"].to_string()
}

#[test]
fn a_compressed_log_is_the_log_byte_for_byte() {
    for (end, pack) in PACKS {
        let folder = folder(&[("old.log", &in_two(pack))]);
        let read = printed(&mut report(folder.path(), &["old.log"]));
        assert_eq!(read, plain("old.log"), "{end}");
    }
}

#[test]
fn a_compressed_log_is_the_log_whether_time_goes_forward_in_it_or_not() {
    // More than one block.
    let repeated = |log: Vec<u8>| -> Vec<u8> {
        let lines = log.split_inclusive(|byte| *byte == b'\n');
        lines.flat_map(|line| line.repeat(6)).collect()
    };
    let (early, late) = (repeated(log()), repeated(later()));
    for (said, text) in [
        ("forward", [&early[..], &late].concat()),
        ("back", [&late[..], &early].concat()),
        ("again and again", [log(), later()].concat().repeat(6)),
    ] {
        let packed = folder(&[("h.log", &zstd(&text))]);
        let plain = folder(&[("h.log", &text)]);
        for threads in ["1", "3"] {
            let [packed, plain] = [&packed, &plain].map(|folder| {
                let mut command = report(folder.path(), &["h.log"]);
                printed(command.args(["--threads", threads]))
            });
            assert_eq!(packed, plain, "{said}");
        }
    }
}

#[test]
fn a_compressed_stream_is_unpacked_as_it_comes() {
    for (end, pack) in PACKS {
        let piped = printed(report(Path::new("."), &["-"]).write_stdin(in_two(pack)));
        let plain = printed(report(Path::new("."), &["-"]).write_stdin(log()));
        assert_eq!(piped, plain, "{end}");
        let live = |bytes: Vec<u8>| {
            let run = hapline()
                .args(["--timezone", "UTC"])
                .write_stdin(bytes)
                .assert();
            String::from_utf8(run.success().get_output().stdout.clone()).unwrap()
        };
        let summary = |told: String| told.split_once("\n\n").unwrap().1.to_owned();
        assert_eq!(summary(live(in_two(pack))), summary(live(log())), "{end}");
    }
}

#[test]
fn parts_of_a_log_in_any_compression_are_one_log() {
    let log = log();
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let quarter = lines.len() / 4;
    let parts: Vec<(String, Vec<u8>)> = PACKS
        .iter()
        .enumerate()
        .map(|(nth, (end, pack))| {
            let to = if nth == 3 {
                lines.len()
            } else {
                (nth + 1) * quarter
            };
            (
                format!("h.log.{end}"),
                pack(&lines[nth * quarter..to].concat()),
            )
        })
        .collect();
    let files: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, bytes)| (name.as_str(), &bytes[..]))
        .collect();
    let folder = folder(&files);
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    for threads in ["1", "4"] {
        let mut command = report(folder.path(), &names);
        let read = json(&printed(command.args(["--threads", threads])));
        let whole = json(&plain("h.log"));
        assert_eq!(read["totals"], whole["totals"]);
        assert_eq!(read["incidents"][0]["id"], whole["incidents"][0]["id"]);
    }
}

#[test]
fn of_a_log_that_is_cut_off_what_is_there_is_told() {
    for (end, pack) in PACKS {
        let packed = pack(&log().repeat(4));
        let folder = folder(&[("old.log", &packed[..packed.len() / 2])]);
        let (read, said) = told(report(folder.path(), &["old.log"]));
        assert!(
            said.starts_with("hapline: old.log is cut off: "),
            "{end}: {said}"
        );
        assert!(
            warnings(&read).contains("old.log is cut off: "),
            "{end}: {read}"
        );
        // The decoder of bzip2 gives whole blocks out, the others what they have.
        assert!(
            read["coverage"]["traffic"].as_u64() > Some(100),
            "{end}: {}",
            read["coverage"]
        );
        let (piped, said) = {
            let mut command = report(folder.path(), &["-"]);
            command.write_stdin(&packed[..packed.len() / 2]);
            told(command)
        };
        assert!(
            said.starts_with("hapline: stdin is cut off: "),
            "{end}: {said}"
        );
        assert_eq!(piped["totals"], read["totals"], "{end}");
    }
}

#[test]
fn a_log_that_is_being_compressed_has_nothing_yet() {
    let folder = folder(&[("old.log.gz", &gzip(b"")[..10])]);
    let (read, said) = told(report(folder.path(), &["old.log.gz"]));
    assert!(said.contains("is still being compressed"), "{said}");
    assert_eq!(read["coverage"]["lines"], 0);
}

#[test]
fn what_stands_before_the_damage_is_told() {
    let log = log();
    let mut packed = [gzip(&log), gzip(&log)].concat();
    let second = gzip(&log).len();
    packed[second..second + 10].fill(b'x');
    let folder = folder(&[("old.log.gz", &packed)]);
    let (read, said) = told(report(folder.path(), &["old.log.gz"]));
    assert!(
        said.starts_with("hapline: old.log.gz is damaged ("),
        "{said}"
    );
    assert!(
        warnings(&read).contains("old.log.gz is damaged ("),
        "{read}"
    );
    assert_eq!(read["totals"], json(&plain("old.log.gz"))["totals"]);
}

#[test]
fn of_a_few_lines_before_the_damage_none_is_lost() {
    let log = log();
    let few: Vec<u8> = log
        .split_inclusive(|byte| *byte == b'\n')
        .take(2)
        .flatten()
        .copied()
        .collect();
    let plain = folder(&[("few.log", &few)]);
    let plain = json(&printed(&mut report(plain.path(), &["few.log"])));
    let packed = gzip(&few);
    let mut damaged: Vec<(String, Vec<u8>)> = (PACKS.iter())
        .map(|(end, pack)| {
            (
                format!("text behind {end}"),
                [&pack(&few)[..], b"junk"].concat(),
            )
        })
        .collect();
    damaged.push(("no end".to_owned(), packed[..packed.len() - 8].to_vec()));
    for (what, bytes) in damaged {
        let folder = folder(&[("few.log", &bytes)]);
        let (read, said) = told(report(folder.path(), &["few.log"]));
        let counts = |report: &Value| {
            let coverage = &report["coverage"];
            (coverage["lines"].clone(), coverage["traffic"].clone())
        };
        assert_eq!(counts(&read), counts(&plain), "{what}: {said}");
        assert!(said.starts_with("hapline: few.log is "), "{what}: {said}");
    }
}

#[test]
fn what_cannot_be_unpacked_at_all_is_refused() {
    for (head, program) in [
        (&b"\x1f\x8bxxxxxxxxxxxxxxxx"[..], "zcat"),
        (
            b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            "zstdcat",
        ),
        (b"\xfd7zXZ\0xxxxxxxxxxxxxxxxxxx", "xzcat"),
        (b"BZh9xxxxxxxxxxxxxxxxxxxxx", "bzcat"),
    ] {
        let folder = folder(&[("old.log", head)]);
        let message = refused(&mut report(folder.path(), &["old.log"]));
        assert!(
            message.starts_with("hapline: old.log: cannot be unpacked: "),
            "{message}"
        );
        let hint =
            format!("hint: see what its own program makes of it: {program} FILE | hapline … -");
        assert!(message.contains(&hint), "{message}");
    }
}

#[test]
fn an_archive_is_no_log() {
    let mut tar = vec![0; 1024];
    tar[..8].copy_from_slice(b"etc/logs");
    tar[257..262].copy_from_slice(b"ustar");
    for (name, bytes) in [("logs.tar", tar.clone()), ("logs.tgz", gzip(&tar))] {
        let folder = folder(&[(name, &bytes)]);
        let mut stats = hapline();
        stats.current_dir(&folder).args(["stats", "servers", name]);
        for command in [&mut report(folder.path(), &[name]), &mut stats] {
            let message = refused(command);
            assert!(
                message.contains(&format!("{name}: is a tar archive, not a log")),
                "{message}"
            );
            assert!(message.contains("tar -xOf FILE | hapline … -"), "{message}");
        }
    }
}

#[test]
fn a_disk_without_room_is_named() {
    let folder = folder(&[("old.log.gz", &gzip(&[later(), log()].concat()))]);
    let mut command = report(folder.path(), &["old.log.gz"]);
    let message = refused(command.env("TMPDIR", folder.path().join("none")));
    assert!(message.contains("none: "), "{message}");
    assert!(message.contains("TMPDIR=DIR"), "{message}");
    assert!(message.contains("hapline … - < FILE"), "{message}");
}

#[test]
fn one_log_in_which_time_goes_forward_needs_no_room() {
    for (end, pack) in PACKS {
        let folder = folder(&[("old.log", &in_two(pack))]);
        let mut command = report(folder.path(), &["old.log"]);
        let read = printed(command.env("TMPDIR", folder.path().join("none")));
        assert_eq!(read, plain("old.log"), "{end}");
    }
}

#[test]
fn a_log_and_what_was_compressed_of_it_are_counted_once() {
    let (log, whole) = (log(), json(&plain("h.log.1")));
    let part = gzip(&log[..log.len() * 2 / 3]);
    for (name, packed) in [("h.log.1.gz", gzip(&log)), ("h.log.1.part.gz", part)] {
        let folder = folder(&[("h.log.1", &log), (name, &packed)]);
        for files in [["h.log.1", name], [name, "h.log.1"]] {
            let read = json(&printed(&mut report(folder.path(), &files)));
            assert_eq!(read["totals"], whole["totals"], "{files:?}");
            assert_eq!(read["incidents"], whole["incidents"], "{files:?}");
            assert_eq!(
                read["coverage"]["lines"], whole["coverage"]["lines"],
                "{files:?}"
            );
            let said = format!("{name} was left out: h.log.1 holds the same text");
            assert!(warnings(&read).contains(&said), "{}", warnings(&read));
        }
    }
}

#[test]
fn a_file_by_two_names_is_one() {
    let folder = folder(&[("h.log", &log())]);
    std::os::unix::fs::symlink("h.log", folder.path().join("link")).unwrap();
    let whole = json(&plain("h.log"));
    for files in [["h.log", "h.log"], ["link", "h.log"], ["h.log", "./h.log"]] {
        let read = json(&printed(&mut report(folder.path(), &files)));
        assert_eq!(read["totals"], whole["totals"], "{files:?}");
        assert!(
            warnings(&read).contains("was left out"),
            "{}",
            warnings(&read)
        );
    }
}

#[test]
fn zeros_behind_a_gzip_file_are_passed_over() {
    for padded in [
        [gzip(&log()), vec![0; 70_000]].concat(),
        [in_two(gzip), vec![0; 5]].concat(),
    ] {
        let folder = folder(&[("old.log", &padded)]);
        let (found, said) = told(report(folder.path(), &["old.log"]));
        assert_eq!(found, json(&plain("old.log")));
        assert_eq!(said, "");
    }
}

#[test]
fn text_that_begins_with_the_letters_of_bzip2_is_text() {
    let folder = folder(&[("a.log", b"BZhello\n")]);
    let mut command = hapline();
    command.current_dir(folder.path()).args(["parse", "a.log"]);
    assert_eq!(json(&printed(&mut command))["message"], "BZhello");
    let mut command = hapline();
    command.args(["parse", "-"]).write_stdin("BZhello\n");
    assert_eq!(json(&printed(&mut command))["message"], "BZhello");
}

#[test]
fn records_come_in_the_order_of_the_files_that_were_named() {
    let large = log().repeat(3);
    let folder = folder(&[
        ("b.gz", &gzip(&large)),
        ("a.bz2", &bzip2(b"x\n")),
        ("c", b"y\n"),
    ]);
    let mut command = hapline();
    command.current_dir(folder.path());
    command.args(["parse", "b.gz", "a.bz2", "c", "--threads", "3"]);
    let output = printed(&mut command);
    let mut sources: Vec<String> = output
        .lines()
        .map(|line| json(line)["source"].to_string())
        .collect();
    sources.dedup();
    assert_eq!(sources, [r#""b.gz""#, r#""a.bz2""#, r#""c""#]);
}

/// Each log stays open, and so does what was unpacked of it.
#[test]
fn too_many_files_are_no_wrong_path() {
    for (name, bytes) in [("log", log()), ("gz", gzip(&log()))] {
        let folder = folder(&[]);
        let names: Vec<String> = (0..60).map(|number| format!("{number}.{name}")).collect();
        for name in &names {
            fs::write(folder.path().join(name), &bytes).unwrap();
        }
        let program = assert_cmd::cargo::cargo_bin("hapline");
        let mut command = assert_cmd::Command::new("sh");
        command.current_dir(folder.path());
        command.args(["-c", "ulimit -n 50; exec \"$@\"", "sh"]);
        command
            .arg(program)
            .args(["parse", "--threads", "1"])
            .args(&names);
        let message = refused(&mut command);
        assert!(message.contains("Too many open files"), "{message}");
        assert!(
            message.contains("hint: each log is kept open: allow more (ulimit -n 4096)"),
            "{message}"
        );
    }
}
