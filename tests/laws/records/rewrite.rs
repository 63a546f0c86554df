//! Writes a line again, from the object that was printed of it and nothing else.

use serde_json::{Map, Value};

use super::values::escaped;

type Object = Map<String, Value>;

/// The line.
pub fn line(record: &Object) -> String {
    match text(record, "kind").as_str() {
        "http" | "https" => http(record),
        "tcp" => tcp(record),
        "clf_http" => clf_http(record),
        "clf_tcp" => clf_tcp(record),
        "conn_error" => fill(
            record,
            "{client_ip}:{client_port} [{ts}] {frontend}/{bind}: {error}",
        ),
        kind => panic!("no traffic: {kind}"),
    }
}

fn http(record: &Object) -> String {
    let mut line = fill(
        record,
        "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {TR}/{Tw}/{Tc}/{Tr}/{partial}{Ta} {status} {partial}{bytes} {req_cookie} \
         {resp_cookie} {term} {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} {srv_queue}/{backend_queue}",
    );
    for block in ["req_caps", "resp_caps", "caps"] {
        if let Some(items) = captures(record, block) {
            line += &format!(" {{{}}}", items.join("|"));
        }
    }
    line += &format!(" \"{}\"", request(record));
    if let Some(ssl) = record.get("ssl").and_then(Value::as_object) {
        line += " ";
        line += &fill(
            ssl,
            "{fc_err}/{ssl_err}/{c_err}/{ca_err}/{resumed} {sni}/{version}/{cipher}",
        );
    }
    if let Some(more) = record.get("more") {
        line += &format!(" {}", plain(more));
    }
    line
}

fn tcp(record: &Object) -> String {
    fill(
        record,
        "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {Tw}/{Tc}/{partial}{Tt} {partial}{bytes} {term} \
         {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} {srv_queue}/{backend_queue}",
    )
}

fn clf_http(record: &Object) -> String {
    let mut line = fill(record, "{client_ip} - - [{ts}]");
    line += &format!(" \"{}\" ", request(record));
    line += &fill(
        record,
        "{status} {partial}{bytes} \"\" \"\" {client_port} {ms} \"{frontend}{tls}\" \"{backend}\" \"{server}\" {TR} {Tw} {Tc} {Tr} {partial}{Ta} \
         {term} {actconn} {feconn} {beconn} {srv_conn} {redispatched}{retries} {srv_queue} {backend_queue}",
    );
    for cookie in ["req_cookie", "resp_cookie"] {
        let cookie = record.get(cookie).map(plain).unwrap_or_default();
        line += &format!(" \"{cookie}\"");
    }
    for block in ["req_caps", "resp_caps"] {
        for item in captures(record, block).unwrap_or_default() {
            line += &format!(" \"{item}\"");
        }
    }
    line
}

fn clf_tcp(record: &Object) -> String {
    fill(
        record,
        "{client_ip} - - [{ts}] \"TCP \" 000 {partial}{bytes} \"\" \"\" {client_port} {ms} \"{frontend}{tls}\" \"{backend}\" \"{server}\" \
         {Th} {Tw} {Tc} {partial}{Tt} {bytes_up} {term}-- {actconn} {feconn} {beconn} {srv_conn} {redispatched}{retries} {srv_queue} {backend_queue} \
         \"\" \"\"",
    )
}

/// The line with the value of each field in its place.
fn fill(record: &Object, line: &str) -> String {
    let mut parts = line.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, behind) = part.split_once('}').expect("a name in braces");
        filled += &text(record, name);
        filled += behind;
    }
    filled
}

/// What stands in the line for a field.
fn text(record: &Object, name: &str) -> String {
    let signs = [("tls", "~"), ("partial", "+"), ("redispatched", "+")];
    if let Some((_, sign)) = signs.iter().find(|(flag, _)| *flag == name) {
        let on = record.get(name) == Some(&Value::Bool(true));
        return if on { *sign } else { "" }.to_owned();
    }
    let Some(value) = record.get(name) else {
        return "-".to_owned();
    };
    match name {
        "ts" => date(&plain(value)),
        "ms" => format!("{:0>3}", plain(value)),
        _ => plain(value),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// `2026-02-06T12:14:14.655` or `2026-02-06T11:14:14+0000` as HAProxy writes it.
fn date(iso: &str) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day) = (&iso[..4], &iso[5..7], &iso[8..10]);
    let month = MONTHS[month.parse::<usize>().expect("a month") - 1];
    let (time, behind) = iso[11..].split_at(8);
    let blank = if behind.starts_with('.') { "" } else { " " };
    format!("{day}/{month}/{year}:{time}{blank}{behind}")
}

fn request(record: &Object) -> String {
    escaped(&plain(&record["request"]))
}

fn captures(record: &Object, block: &str) -> Option<Vec<String>> {
    let items = record.get(block)?.as_array().expect("a list");
    Some(items.iter().map(|item| escaped(&plain(item))).collect())
}
