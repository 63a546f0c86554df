//! The fields of a compiled format: known aliases under their names, the others under `fields`.
//!
//! Enters: the text of each field of a line. Leaves: values. Must not know: how the line was taken apart.

use std::borrow::Cow;

use super::{Field, Kind, number_or_text};
use crate::line::FieldSet;
use crate::line::format::{Extra, Part, Told};
use crate::record::details::Details;
use crate::record::value::Text;
use crate::record::{Record, Value};

table!(
    Fields,
    Field {
        name: "fields",
        about: "fields of a log-format that have no name here, or of a JSON line that is no known one's",
        kind: Kind::Text,
        get: |record| match record.details() {
            Details::Json(members) => Some(Value::Map(members.clone())),
            details => {
                let told = details.formatted().iter();
                let rest: Vec<_> = told
                    .filter(|told| is_unnamed(told.part))
                    .filter_map(|told| {
                        Some((Cow::Borrowed(told.part.label.as_str()), value(told)?))
                    })
                    .collect();
                (!rest.is_empty()).then_some(Value::Map(rest))
            }
        },
    },
);

/// What is written, and the name of the field that it is, where no [`crate::line::Traffic`] has it.
const NAMES: [(&str, &str); 35] = [
    ("%cp", "client_port"),
    ("%Cp", "client_port"),
    ("%[src_port]", "client_port"),
    ("%fi", "dest_ip"),
    ("%Fi", "dest_ip"),
    ("%[dst]", "dest_ip"),
    ("%fp", "dest_port"),
    ("%Fp", "dest_port"),
    ("%[dst_port]", "dest_port"),
    ("%ms", "ms"),
    ("%U", "bytes_up"),
    ("%[bytes_in]", "bytes_up"),
    ("%HM", "method"),
    ("%[method]", "method"),
    ("%[capture.req.method]", "method"),
    ("%HU", "uri"),
    ("%[url]", "uri"),
    ("%[capture.req.uri]", "uri"),
    ("%HV", "version"),
    ("%[capture.req.ver]", "version"),
    ("%Th", "Th"),
    ("%[fc.timer.handshake]", "Th"),
    ("%Ti", "Ti"),
    ("%[req.timer.idle]", "Ti"),
    ("%Tq", "Tq"),
    ("%[req.timer.tq]", "Tq"),
    ("%TR", "TR"),
    ("%[req.timer.hdr]", "TR"),
    ("%Td", "Td"),
    ("%[res.timer.data]", "Td"),
    ("%Ta", "Ta"),
    ("%[txn.timer.total]", "Ta"),
    ("%Tt", "Tt"),
    ("%[fc.timer.total]", "Tt"),
    ("%Tu", "Tu"),
];

/// The name of the field that a part is, where no [`crate::line::Traffic`] has it.
pub(in crate::record) fn name(part: &Part) -> Option<&'static str> {
    let row = NAMES.iter().find(|(written, _)| *written == part.written)?;
    Some(row.1)
}

/// Whether a field goes under `fields`.
fn is_unnamed(part: &Part) -> bool {
    let is_path = part.fields == FieldSet::REQUEST && !is_request(part);
    (part.extra || is_path) && name(part).is_none()
}

fn value<'a>(told: &Told<'_, 'a>) -> Option<Value<'a>> {
    Some(match told.value()? {
        Extra::Number(number) => Value::Number(number),
        Extra::Bool(said) => Value::Bool(said),
        Extra::Text(text) => Value::Text(text.into()),
    })
}

/// Whether it is the request line, and not a part of it.
pub(super) fn is_request(part: &Part) -> bool {
    part.written == "%r"
}

/// The text of the field that has this name.
pub(super) fn text<'a>(record: &Record<'a>, wanted: &str) -> Option<&'a [u8]> {
    let told = record.details().formatted().iter();
    let mut named = told.filter(|told| told.text != b"-" && name(told.part) == Some(wanted));
    named.next().map(|told| told.text)
}

/// The same where it is a number, without the `+` of `option logasap`.
pub(super) fn number<'a>(record: &Record<'a>, wanted: &str) -> Option<Value<'a>> {
    let text = text(record, wanted)?;
    Some(number_or_text(text.strip_prefix(b"+").unwrap_or(text)))
}

/// The same where zeros stand before it.
pub(super) fn padded<'a>(record: &Record<'a>, wanted: &str) -> Option<Value<'a>> {
    let text = text(record, wanted)?;
    let number = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(Value::Number(number))
}

/// The date of the line as written: the one that its traffic has.
pub(super) fn date<'a>(record: &Record<'a>) -> Value<'a> {
    let written = match record.details().around() {
        Some(around) => around.date,
        None => {
            let told = record.details().formatted().iter();
            let mut dates = told.filter(|told| told.part.fields.has(FieldSet::ACCEPTED));
            dates.next().map_or(&b""[..], |told| told.text)
        }
    };
    match <&[u8; 24]>::try_from(written) {
        Ok(written) => local_iso(written),
        Err(_) => iso(written),
    }
    .map_or(Value::text(written), Value::Text)
}

/// `06/Feb/2026:12:14:14.655`, which is what most formats write, as `2026-02-06T12:14:14.655`.
fn local_iso<'a>(date: &[u8; 24]) -> Option<Text<'a>> {
    let [d1, d2, b'/', m1, m2, m3, b'/', y1, y2, y3, y4, b':', ..] = *date else {
        return iso(date);
    };
    let month = MONTHS.iter().position(|month| *month == [m1, m2, m3])? + 1;
    let [m1, m2] = [month / 10, month % 10].map(|digit| b'0' + digit as u8);
    let mut iso = [0; 23];
    iso[..11].copy_from_slice(&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T']);
    iso[11..].copy_from_slice(&date[12..]);
    Some(Text::short(iso))
}

/// The same of any date, and an offset behind it without the blank.
fn iso<'a>(date: &[u8]) -> Option<Text<'a>> {
    let date = std::str::from_utf8(date).ok()?;
    let (day, rest) = date.split_once('/')?;
    let (month, rest) = rest.split_once('/')?;
    let (year, time) = rest.split_once(':')?;
    let month = MONTHS.iter().position(|name| *name == month.as_bytes())? + 1;
    let time = time.replacen(' ', "", 1);
    Some(
        format!("{year}-{month:02}-{day}T{time}")
            .into_bytes()
            .into(),
    )
}

const MONTHS: [[u8; 3]; 12] = [
    *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct",
    *b"Nov", *b"Dec",
];
