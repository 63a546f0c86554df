//! The log-formats that a reader finds in a configuration.

use super::layouts::extras_of;
use hapline::config::Config;
use hapline::line::format::builtin;
use hapline::line::{Format, Layout, Reader, Reading};

/// The formats of a configuration, or what is said of those that cannot be read.
fn formats(text: &str) -> (Vec<String>, Vec<String>) {
    let config = Config::parse("test", text.as_bytes()).expect("a configuration");
    let (reader, refused) = Reader::from_config(&config);
    let texts = reader
        .formats()
        .iter()
        .map(|format| format.text().to_owned());
    let said = refused.iter().map(ToString::to_string);
    (texts.collect(), said.collect())
}

#[track_caller]
fn reads(config: &str, texts: &[&str]) {
    let (found, refused) = formats(config);
    assert_eq!(refused, [""; 0], "{config}");
    assert_eq!(found, texts, "{config}");
}

#[track_caller]
fn refuses(config: &str, said: &str) {
    assert_eq!(
        formats(config),
        (Vec::new(), vec![said.to_owned()]),
        "{config}"
    );
}

#[test]
fn formats_that_begin_with_haproxys_own() {
    for (name, text) in [
        ("HTTP", builtin::HTTP),
        ("HTTPS", builtin::HTTPS),
        ("TCP", builtin::TCP),
        ("HTTP_CLF", builtin::HTTP_CLF),
        ("TCP_CLF", builtin::TCP_CLF),
    ] {
        for word in [
            format!(r#""$HAPROXY_{name}_LOG_FMT %%end""#),
            format!(r#""${{HAPROXY_{name}_LOG_FMT}} %%end""#),
            format!(r#""${{HAPROXY_{name}_LOG_FMT[*]}} %%end""#),
            format!(r#""${{HAPROXY_{name}_LOG_FMT-%ST}} %%end""#),
            format!(r#""${{HAPROXY_{name}_LOG_FMT}}"\ %%end"#),
        ] {
            let expected = format!("{text} %%end");
            reads(&format!("frontend a\n log-format {word}\n"), &[&expected]);
        }
    }
}

#[test]
fn a_line_of_a_format_that_begins_with_haproxys_own() {
    let config = "frontend a\n log-format \"${HAPROXY_HTTP_LOG_FMT} %[ssl_fc_sni] up=%U\"\n";
    let config = Config::parse("test", config.as_bytes()).expect("a configuration");
    let (reader, _) = Reader::from_config(&config);
    let line = br#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 - - ---- 5/4/3/2/0 0/0 "GET / HTTP/1.1" a b up=17"#;
    assert!(matches!(reader.read(line, true), Reading::Traffic(traffic) if traffic.status == 200));
    let Layout::Own(format) = reader.layout(line) else {
        panic!("the format's own line");
    };
    let extras = format!("{:?}", extras_of(format, line));
    assert!(extras.contains(r#"("up", Number(17))"#), "{extras}");
}

#[test]
fn variables_that_the_configuration_sets() {
    reads(
        "global\n setenv STATE %tsc\n presetenv ALL \"%ci $STATE\"\ndefaults\n log-format \"${ALL} %ST\"\n",
        &["%ci %tsc %ST"],
    );
    reads("frontend a\n log-format \"%ci ${END-%ST}\"\n", &["%ci %ST"]);
    // HAProxy expands between double quotes only.
    reads(
        "frontend a\n log-format '$A${B} %ST'\nfrontend b\n log-format $A\\ %ST\n",
        &["$A${B} %ST", "$A %ST"],
    );
}

#[test]
fn a_variable_without_a_value_is_named() {
    refuses(
        "global\n setenv A x\nfrontend a\n log-format \"%ST $A ${COMPANY_FMT}\"\n",
        "log-format of frontend a, line 4, byte 8: the configuration does not set the environment variable \
         `COMPANY_FMT`; give the format with its value by `--log-format`",
    );
}

#[test]
fn every_section_that_can_have_a_format() {
    let profile = "log-profile json\n log-tag x\n on error format \"%ci %ST\"\n \
                   on any drop\n on close format '{\"st\":%ST}' sd '[a@1 b=\"%ci\"]'\n";
    reads(profile, &["%ci %ST", "{\"st\":%ST}"]);
    reads(
        "defaults one\n log-format %ci,%ST\ndefaults two from one\n log-format %si,%ST\nfrontend a from two\n \
         error-log-format %bi,%ST\nlisten b\n log-format %ci,%ST\nring c\n log-format %fi,%ST\n",
        &["%ci,%ST", "%si,%ST", "%bi,%ST"],
    );
}

#[test]
fn structured_data_is_checked_and_writes_no_message() {
    let manual = "log-format-sd \"%{+Q,+E}o [exampleSDID@1234 header=%[capture.req.hdr(0)]]\"";
    reads(
        &format!("frontend a\n {manual}\n log-format %ST\n"),
        &["%ST"],
    );
    refuses(
        "frontend a\n log-format-sd '[a@1 b=\"%nosuch\"]'\n",
        "log-format of frontend a, line 2, byte 10: HAProxy has no alias `%nosuch`; see the table in its manual, 8.2.6",
    );
}

#[test]
fn a_format_is_read_once_and_refused_once() {
    let (texts, said) = formats(
        "frontend a\n log-format %ST\nfrontend b\n log-format %ST\nfrontend c\n log-format %b%s\nfrontend d\n log-format %b%s\n",
    );
    assert_eq!((&texts[..], said.len()), (&["%ST".to_owned()][..], 1));
}

#[test]
fn haproxys_own_formats_are_formats() {
    for text in [
        builtin::HTTP,
        builtin::HTTPS,
        builtin::TCP,
        builtin::HTTP_CLF,
        builtin::TCP_CLF,
    ] {
        let compiled = Format::compile("test", text);
        assert!(compiled.is_ok(), "{compiled:?}");
    }
}
