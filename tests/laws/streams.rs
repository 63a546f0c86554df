//! A stream is read as the file with the same bytes, however it arrives and whenever it is looked at.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::logs::{Log, NOON, any_log, grid, steady};
use crate::read::{Reader, Stream, differences, differences_in, folder, json, name, weighed};

/// Seconds without a line.
const SILENCE: i64 = 3_600;

/// Feeds bytes in reads of these sizes, in turn.
fn feed(
    stream: &mut Stream,
    mut bytes: &[u8],
    sizes: &[usize],
    mut after: impl FnMut(&mut Stream),
) {
    for size in sizes.iter().cycle() {
        if bytes.is_empty() {
            return;
        }
        let (read, rest) = bytes.split_at((*size).min(bytes.len()));
        stream.feed(read);
        after(stream);
        bytes = rest;
    }
}

/// The report on a compressed text that is read while it is unpacked, if time goes forward in it, and the one on the text.
fn unpacked_and_plain(reader: &Reader, text: &[u8], threads: usize) -> (Option<String>, String) {
    let folder = folder();
    let path = reader.write(&folder, "haproxy.log", text);
    let plain = reader.files(std::slice::from_ref(&path), 1);
    let packed = zstd::encode_all(text, 1).expect("compressed");
    let path = reader.write(&folder, "haproxy.log", &packed);
    (reader.early(&path, threads), plain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_stream_is_its_file(log in any_log(), grid in grid(), sizes in vec(1usize..3_000, 1..6)) {
        let log = log.since_its_first_time();
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let mut stream = reader.stream(&name(&path));
        feed(&mut stream, &log.bytes(), &sizes, |_| {});
        stream.finish();
        prop_assert_eq!(differences(&json(stream.engine()), &reader.files(&[path], 1)), [""; 0]);
    }

    #[test]
    fn wherever_it_is_cut_a_stream_is_its_file(
        log in any_log(),
        sizes in vec(1usize..3_000, 1..6),
        cuts in vec(any::<bool>(), 1..9),
    ) {
        let log = log.since_its_first_time();
        let reader = Reader::new(log.scene.zone, 1 << 14, log.modified());
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let mut stream = reader.stream(&name(&path));
        let mut cuts = cuts.iter().cycle();
        feed(&mut stream, &log.bytes(), &sizes, |stream| {
            if cuts.next() == Some(&true) {
                stream.streams.cut();
            }
        });
        stream.finish();
        prop_assert_eq!(differences(&json(stream.engine()), &reader.files(&[path], 1)), [""; 0]);
    }

    #[test]
    fn a_pipe_is_its_file(
        log in any_log(),
        grid in grid(),
        sizes in vec(1usize..9_000, 1..6),
        threads in 1usize..4,
    ) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let folder = folder();
        let path = reader.write(&folder, "haproxy.log", &log.bytes());
        let piped = reader.piped(&name(&path), &log.bytes(), &sizes, threads);
        prop_assert_eq!(differences(&piped, &reader.files(&[path], 1)), [""; 0]);
    }

    #[test]
    fn a_file_that_is_read_while_it_is_unpacked_is_its_text(
        logs in vec(any_log(), 1..5),
        threads in 1usize..4,
    ) {
        let latest = logs.iter().map(Log::modified).max();
        let reader = Reader::new(logs[0].scene.zone, 1 << 14, latest.unwrap_or_default());
        let text = logs.iter().flat_map(Log::bytes).collect::<Vec<u8>>();
        let (early, plain) = unpacked_and_plain(&reader, &text, threads);
        if let Some(early) = early {
            prop_assert_eq!(differences(&early, &plain), [""; 0]);
        }
    }

    #[test]
    fn where_time_goes_forward_a_compressed_file_is_unpacked_once(log in steady(&[NOON]), threads in 1usize..4) {
        let reader = Reader::new(log.scene.zone, 1 << 14, log.modified());
        // Each line some times, so that there are several blocks.
        let lines = log.bytes_of_lines();
        let text = lines.iter().flat_map(|line| line.repeat(8)).collect::<Vec<u8>>();
        let (early, plain) = unpacked_and_plain(&reader, &text, threads);
        prop_assert_eq!(differences(&early.expect("time goes forward"), &plain), [""; 0]);
    }

    /// Silence has come, so that whatever seems to be over is, as at the end of a log.
    #[test]
    fn what_is_advised_while_lines_come_is_what_is_advised_of_their_file(
        log in any_log(),
        sizes in vec(1usize..3_000, 1..6),
        part in 0.1..1.0,
    ) {
        let log = log.since_its_first_time();
        let reader = Reader::new(log.scene.zone, 1 << 14, log.modified());
        let (folder, mut bytes) = (folder(), log.bytes());
        bytes.truncate((bytes.len() as f64 * part) as usize);
        let path = folder.path().join("haproxy.log");
        let mut stream = reader.stream(&name(&path));
        feed(&mut stream, &bytes, &sizes, |_| {});
        bytes.truncate(bytes.len() - stream.held_back());
        reader.write(&folder, "haproxy.log", &bytes);
        let [live, read] = [stream.streams.look_ahead(SILENCE), reader.read(&[path], 1)];
        prop_assert_eq!(differences(&weighed(&live), &weighed(&read)), [""; 0]);
        prop_assert_eq!(differences_in("advice", &json(&live), &json(&read)), [""; 0]);
    }

    #[test]
    fn looking_ahead_changes_nothing(log in any_log(), grid in grid(), sizes in vec(100usize..3_000, 1..6)) {
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let [mut watched, mut left_alone] = [reader.stream("log"), reader.stream("log")];
        feed(&mut watched, &log.bytes(), &sizes, |stream| {
            stream.look_ahead().document(None);
        });
        feed(&mut left_alone, &log.bytes(), &sizes, |_| {});
        prop_assert_eq!(differences(&json(watched.engine()), &json(left_alone.engine())), [""; 0]);
        let ahead = [watched.look_ahead(), left_alone.look_ahead()];
        prop_assert_eq!(differences(&json(&ahead[0]), &json(&ahead[1])), [""; 0]);
        watched.finish();
        left_alone.finish();
        prop_assert_eq!(differences(&json(watched.engine()), &json(left_alone.engine())), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn single_bytes_are_enough(log in any_log(), grid in grid()) {
        let log = log.since_its_first_time();
        let reader = Reader::new(log.scene.zone, grid, log.modified());
        let [mut slow, mut fast] = [reader.stream("log"), reader.stream("log")];
        feed(&mut slow, &log.bytes(), &[1], |_| {});
        fast.feed(&log.bytes());
        slow.finish();
        fast.finish();
        prop_assert_eq!(differences(&json(slow.engine()), &json(fast.engine())), [""; 0]);
    }
}
