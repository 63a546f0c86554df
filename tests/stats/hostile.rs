//! Text of strangers reaches no terminal, spreadsheet or program as they meant it.

use super::{document, printed};

/// Requests of a client that means harm: it paints the terminal, turns text around, and begins a formula.
fn log() -> Vec<u8> {
    let line = |capture: &[u8], url: &[u8]| {
        let before = b"Feb  6 12:14:14 lb1 haproxy[7]: 10.0.0.1:4000 [06/Feb/2026:12:14:14.655] www app/s1 0/0/1/5/9 200 5 - - ---- 1/1/1/1/0 0/0 {";
        [before, capture, b"} \"GET ", url, b" HTTP/1.1\"\n"].concat()
    };
    let long = [b"/".to_vec(), vec![b'a'; 10_000]].concat();
    [
        line(
            b"=cmd#7C' /C calc'!A1",
            b"/\x1b[31m\x1b]0;owned\x07\xe2\x80\xaegpj",
        ),
        line(b"+1,\"2\"", b"@SUM(1+1)"),
        line(b"-2", b"/\xff\xfe<script>alert(1)</script>"),
        line(b"#1B[2J#3D1", &long),
    ]
    .concat()
}

/// Characters that a terminal obeys, or that change the direction of text.
fn is_harmful(char: char) -> bool {
    (char.is_control() && !matches!(char, '\n' | '\r'))
        || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn no_face_carries_it_out() {
    for table in ["urls", "headers", "servers", "clients"] {
        for format in ["text", "csv", "json"] {
            let shown = printed(&[table, "-", "--format", format], log());
            let harmful = shown.chars().find(|char| is_harmful(*char));
            assert_eq!(harmful, None, "{table} as {format}");
        }
    }
}

#[test]
fn no_cell_of_a_spreadsheet_is_a_formula() {
    let csv = printed(&["headers", "-", "--format", "csv"], log());
    let mut rows: Vec<&str> = csv.split("\r\n").skip(1).collect();
    rows.sort_unstable();
    assert_eq!(
        rows,
        [
            "",
            "1,25.000,1,1,\"'+1,\"\"2\"\"\"",
            "1,25.000,1,1,'-2",
            "1,25.000,1,1,'=cmd|' /C calc'!A1",
            "1,25.000,1,1,\\x1b[2J=1",
        ]
    );
    let csv = printed(&["urls", "-", "--format", "csv"], log());
    assert!(csv.contains(",'@SUM(1+1)\r\n"), "{csv}");
}

#[test]
fn programs_get_what_the_log_has() {
    let document = document(&["headers", "-"], log());
    let values: Vec<&str> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["value"].as_str().unwrap())
        .collect();
    assert_eq!(
        values,
        ["\u{1b}[2J=1", "+1,\"2\"", "-2", "=cmd|' /C calc'!A1"]
    );
}
