//! What is wrong, where, and what to do.

use hapline::filter::Filter;

use super::zone;

/// The error of a text as a page of three lines.
fn refusal(text: &str) -> String {
    let Err(error) = Filter::compile(text, &zone("UTC")) else {
        panic!("{text} is read");
    };
    let [before, at, _] = error.pieces();
    let indent = before.chars().count();
    let marks = "^".repeat(at.chars().count().max(1));
    format!("{text}\n{:indent$}{marks}\n{error}\n{}\n", "", error.hint())
}

#[test]
fn of_the_grammar() {
    let texts = [
        "",
        "and",
        "has",
        "backend=",
        "backend= and status=1",
        "backend=api,web",
        "status>=500 backend=api",
        "status==500",
        "status=>500",
        "status && backend=api",
        "status is 500",
        "(status=500",
        "(status=500 backend=api)",
        "status=500)",
        "backend=\"a pi",
        "req_caps[0]=x",
        "req_caps[x]=x",
        "req_caps[ü",
        "größe=1",
    ];
    insta::assert_snapshot!(texts.map(refusal).join("\n"));
}

#[test]
fn of_names_and_kinds() {
    let texts = [
        "staus>=500",
        "backend=api and tr>1s",
        "bananas=1",
        "status>fast",
        "status=500..599",
        "status in 599..500",
        "status in ..",
        "Tr>1x",
        "bytes>1s",
        "backend>5",
        "client_ip>10.0.0.1",
        "client_ip=10.0.0.0/8",
        "client_ip!=10.0.0.0/8",
        "client_ip in 10.0.0.0/33",
        "ts>yesterday",
        "ts in 09:00..2026-03-14",
        "tls=yes",
        "term=S",
        "term>SC",
        "status",
        "backend~(a",
        "backend~a{9999}{9999}",
    ];
    insta::assert_snapshot!(texts.map(refusal).join("\n"));
}
