//! What is read quickly is read as the other reader reads it.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::line::{Format, Traffic};
use crate::time::civil::LogDates;

/// Formats, and a line of each that is ordinary.
const ORDINARY: [(&str, &str); 12] = [
    (
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
        r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 10/0/30/69/109 200 2750 - - ---- 1/2/3/4/0 0/0 {a|b} {c} "GET / HTTP/1.1""#,
    ),
    (
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
        r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www www/<NOSRV> -1/-1/-1/-1/+5 -1 +212 - - SC-- 1/2/3/4/+3 7/8 "<BADREQ>""#,
    ),
    (
        "%ST %tsc %b/%s %TR/%Tw/%Tc/%Tr/%Ta %B %ft [%tr] %ci:%cp %CC %CS %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %ID",
        r#"503 sC-- app/web1 0/0/-1/-1/3006 212 www [06/Feb/2026:12:14:14.655] 2001:db8::1:52000 - - 1/2/3/4/0 5/6 {a} "GET /a b?c HTTP/1.1" 0A00:1"#,
    ),
    (
        "%ci:%cp %CC %CS %ac %fc %bc %sc %rc %sq %bq %ST",
        "10.0.1.2:33317 - - 1 2 3 4 0 5 6 200",
    ),
    ("%CC|%CS|%ST %ac", "-|-|200 5"),
    (
        "client=%ci at=[%t] fe=%f be=%b srv=%s t=%Tw/%Tc/%Tt bytes=%B end=%ts n=%ac,%fc,%bc,%sc,%rc q=%sq/%bq",
        "client=10.0.1.2 at=[06/Feb/2026:12:14:14.655] fe=db be=db srv=pg1 t=0/1/5007 bytes=900 end=-- n=1,2,3,4,0 q=0/0",
    ),
    (
        "%HM %HP%HQ %HV %ST %Ta %hs %tsc",
        "GET /a?b HTTP/1.1 200 12 {x} ----",
    ),
    ("%HM %HU %HV %ST %Ta", "<BADREQ> <BADREQ> <BADREQ> 400 12"),
    ("%si:%sp %Tr %ci %ST", "10.0.1.3:80 12 unix 200"),
    ("%{+Q}b %{+Q}s %ST %hr %Ta", r#""app" "web1" 200 12"#),
    ("%ms %rt %ST%tsc", "1 2 200----"),
    (
        "%sslv/%sslc %tsc %CC %hr",
        "TLSv1.3/TLS_AES_128_GCM_SHA256 ---- - {a}",
    ),
];

/// Bytes that mean something in a line, and some that do not.
const BYTES: &[u8] = b" /-+:09[]{}\"~S|\0\t\x80\xff";

fn format(text: &str) -> Format {
    Format::compile("test", text).expect(text)
}

/// Reads a message both ways; whether it was read quickly.
fn compare(format: &Format, message: &[u8], dates: &mut LogDates) -> bool {
    let mut quickly = Traffic::unread();
    if format.read_ordinary(message, dates, &mut quickly).is_none() {
        return false;
    }
    let closely = format.read_closely(message).map(|read| read.traffic);
    let shown = message.escape_ascii();
    assert_eq!(closely, Some(quickly), "{shown} of {}", format.text());
    true
}

#[test]
fn ordinary_lines_are_read_quickly() {
    for (text, line) in ORDINARY {
        let is_quick = compare(&format(text), line.as_bytes(), &mut LogDates::default());
        assert!(is_quick, "{line} of {text}");
    }
}

#[test]
fn all_that_is_like_an_ordinary_line() {
    let mut dates = LogDates::default();
    for (text, line) in ORDINARY {
        let (format, message) = (format(text), line.as_bytes());
        for at in 0..message.len() {
            let (before, from) = message.split_at(at);
            compare(&format, before, &mut dates);
            compare(&format, &[before, &from[1..]].concat(), &mut dates);
            for byte in BYTES {
                compare(
                    &format,
                    &[before, &[*byte], &from[1..]].concat(),
                    &mut dates,
                );
                compare(&format, &[before, &[*byte], from].concat(), &mut dates);
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_becomes_of_a_line(
        (text, line) in select(&ORDINARY[..]),
        changes in prop::collection::vec((any::<Index>(), select(BYTES), 0..4_u8), 1..6),
    ) {
        let mut message = line.as_bytes().to_vec();
        for (at, byte, change) in changes {
            let at = at.index(message.len() + 1);
            match change {
                0 => message.insert(at, byte),
                1 if at < message.len() => message[at] = byte,
                2 if at < message.len() => drop(message.remove(at)),
                _ => message.truncate(at.max(40)),
            }
        }
        compare(&format(text), &message, &mut LogDates::default());
    }

    #[test]
    fn fields_in_any_order(
        fields in Just((0..FIELDS.len()).collect::<Vec<usize>>()).prop_shuffle(),
        n in 2..FIELDS.len(),
        part in select(&[" ", "|", ",", "; "][..]),
        changes in prop::collection::vec((any::<Index>(), select(BYTES)), 0..3),
    ) {
        let joined = |side: fn(&(&'static str, &'static str)) -> &'static str| {
            let fields = fields.iter().take(n);
            fields.map(|nth| side(&FIELDS[*nth])).collect::<Vec<_>>().join(part)
        };
        let Ok(format) = Format::compile("test", &joined(|field| field.0)) else {
            return Ok(());
        };
        let mut message = joined(|field| field.1).into_bytes();
        for (at, byte) in changes {
            let at = at.index(message.len());
            message[at] = byte;
        }
        compare(&format, &message, &mut LogDates::default());
    }
}

/// Fields, and a text of each.
const FIELDS: [(&str, &str); 24] = [
    ("%ci:%cp", "10.0.1.2:33317"),
    ("[%tr]", "[06/Feb/2026:12:14:14.655]"),
    ("%ft", "www~"),
    ("%b/%s", "app/web1"),
    ("%TR", "10"),
    ("%Tw", "-1"),
    ("%Ta", "+109"),
    ("%ST", "200"),
    ("%B", "2750"),
    ("%CC", "-"),
    ("%CS", "-"),
    ("%CC %CS", "- -"),
    ("%tsc", "----"),
    ("%ac/%fc/%bc/%sc/%rc", "1/2/3/4/+5"),
    ("%sq", "0"),
    ("%bq", "0"),
    ("%hr", "{a|b}"),
    ("%hs", "{c}"),
    ("%{+Q}r", r#""GET / HTTP/1.1""#),
    ("%HM", "GET"),
    ("%HV", "HTTP/1.1"),
    ("%pid", "-"),
    ("%ID", "0A:1"),
    ("%[fc_err]", "0"),
];
