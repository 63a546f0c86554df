//! What must hold for any bytes: the bodies of the fuzz targets, which the replay of their corpus runs, too.

use std::sync::LazyLock;

use hapline::config::{Config, Timeout};
use hapline::envelope;
use hapline::filter::Filter;
use hapline::line::format::builtin;
use hapline::line::{FieldSet, Format, Layout, Mode, Reader, Reading, Traffic, read};
use hapline::record::{self, Field};
use hapline::time::zone::Zone;

static UTC: LazyLock<Zone> = LazyLock::new(|| Zone::named("UTC").expect("a zone"));

/// Takes any bytes, and panics where something does not hold.
pub type Body = fn(&[u8]);

/// The targets by name; each has its corpus in the folder of that name.
pub const TARGETS: [(&str, Body); 5] = [
    ("config", config),
    ("envelope", envelope),
    ("filter", filter),
    ("format", format),
    ("line", line),
];

/// Runs one of them.
pub fn run(target: &str, input: &[u8]) {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    found.expect("a target of this name").1(input);
}

/// Any bytes as `haproxy.cfg`: read or refused; what is read prints as it was, every answer's place lies in the file,
/// and its formats are formats or refused.
fn config(text: &[u8]) {
    let Ok(config) = Config::parse("fuzz", text) else {
        return;
    };
    assert_eq!(config.syntax().print(), text);
    for proxy in config.proxies() {
        for timeout in Timeout::ALL {
            if let Some(setting) = proxy.effective_timeout(timeout) {
                let written = text.get(setting.at.span).expect("it stands in the file");
                assert_eq!(setting.text, String::from_utf8_lossy(written));
            }
        }
        for server in proxy.servers() {
            assert!(text.get(server.at.span.clone()).is_some());
            assert!(server.check.is_some() || server.inter().is_none());
        }
        assert!(config.proxy(&proxy.name).is_some());
    }
    let (reader, refused) = Reader::from_config(&config);
    for format in reader.formats() {
        assert_eq!(
            Format::compile(format.name(), format.text()).as_ref(),
            Ok(format)
        );
    }
    for error in refused {
        assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
    }
}

/// Any bytes have an envelope, nothing in it is longer than they are, its message stands in the text that was decoded
/// from them, and a part has a text.
fn envelope(line: &[u8]) {
    let envelope = envelope::peel(line);
    for part in [
        envelope.written,
        envelope.host,
        envelope.tag,
        envelope.structured,
        envelope.message,
    ] {
        assert!(part.len() <= line.len(), "{envelope:?}");
    }
    envelope::structured::elements(envelope.structured);
    let is_the_users = |_: &[u8]| false;
    envelope::open(
        line,
        is_the_users,
        &mut Default::default(),
        |text, envelope| {
            let text = text.as_ptr_range();
            let message = envelope.message.as_ptr_range();
            let is_within = text.start <= message.start && message.end <= text.end;
            assert!(envelope.message.is_empty() || is_within);
        },
    );
    if let Some(part) = envelope::part(line) {
        assert!(part.text.start <= part.text.end && part.text.end <= line.len());
    }
}

/// Any text as a filter: read or refused; what is read means what it prints, and what is wrong stands in the text.
fn filter(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    match Filter::compile(text, &UTC) {
        Ok(filter) => {
            let printed = filter.to_string();
            let again = Filter::compile(&printed, &UTC).expect("what was read");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => {
            assert_eq!(error.pieces().concat(), text);
            assert!(!error.hint().is_empty());
        }
    }
}

/// Any line is a record whose fields can be asked for; HAProxy's own formats, compiled, read of it what their own
/// readers read; and no cut makes it say something else.
fn line(line: &[u8]) {
    record::read(line, &READER, |record| {
        for field in Field::all() {
            let _ = field.of(&record);
        }
    });
    let message = envelope::peel(line).message.trim_ascii_start();
    let _ = read(message, false);
    let Reading::Traffic(whole) = read(message, true) else {
        return;
    };
    for format in &*BUILT_IN {
        if let Some(compiled) = format.read(message)
            && compiled.traffic.mode == whole.mode
            && !compiled.traffic.truncated
            && !whole.truncated
        {
            assert_eq!(compiled.traffic, whole);
        }
    }
    if whole.cookies == [b"-", b"-"] {
        for end in 0..message.len().min(600) {
            cut(&message[..end], &whole);
        }
    }
}

/// Each field that is left is what it was, or the beginning of a text.
fn cut(message: &[u8], whole: &Traffic) {
    let Reading::Traffic(part) = read(message, true) else {
        return;
    };
    let begins = |part: &[u8], whole: &[u8]| whole.starts_with(part);
    let same = Traffic {
        backend_queue: whole.backend_queue,
        captures: whole.captures,
        request: whole.request,
        truncated: whole.truncated,
        ..part.clone()
    };
    assert_eq!(same, *whole);
    assert!(
        whole
            .backend_queue
            .to_string()
            .starts_with(&part.backend_queue.to_string())
    );
    assert!(begins(part.captures, whole.captures), "{part:?}");
    assert!(begins(part.request, whole.request), "{part:?}");
    let has_its_end = part.request == whole.request;
    assert!(
        part.truncated || has_its_end || part.mode != Mode::Http,
        "{part:?}"
    );
}

/// A format on the first line, and lines behind it: compiled or refused; a line has no field that the format has not,
/// and the format alone and a reader with it see the same.
fn format(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let text = lines.next().unwrap_or_default();
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let format = match Format::compile("fuzz", text) {
        Ok(format) => format,
        Err(error) => {
            assert!(error.at <= text.len() + 1, "{error:?}");
            assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
            return;
        }
    };
    let reader = Reader::new(vec![format.clone()]);
    for line in lines {
        record::read(line, &reader, |record| {
            for field in Field::all() {
                let _ = field.of(&record);
            }
        });
        let message = reader.decoded(line);
        let message = message.trim_ascii_start();
        let Some(read) = format.read(message) else {
            assert_eq!(format.told(message), []);
            continue;
        };
        assert!(format.fields().has(read.traffic.fields), "{read:?}");
        assert!(
            !read.traffic.fields.has(FieldSet::TLS) || read.traffic.fields.has(FieldSet::FRONTEND)
        );
        // A line that a built-in format wrote as well is that format's.
        if let Layout::Own(by) = reader.layout(message) {
            assert_eq!(by, &format, "{read:?}");
        }
        for told in format.told(message) {
            let _ = told.value();
        }
    }
}

static READER: LazyLock<Reader> = LazyLock::new(Reader::default);

static BUILT_IN: LazyLock<[Format; 3]> = LazyLock::new(|| {
    [builtin::HTTP, builtin::HTTPS, builtin::TCP]
        .map(|text| Format::compile("built in", text).expect("HAProxy's own format"))
});
