//! What may stand in a slot, as HAProxy writes it.

use proptest::prelude::*;
use proptest::sample::select;

type Text = BoxedStrategy<String>;

/// Values of a slot.
pub fn of(slot: &str) -> Text {
    match slot {
        "client_ip" | "dest_ip" | "from_ip" | "to_ip" => address(),
        "client_port" | "dest_port" => (0_u16..).prop_map(|port| port.to_string()).boxed(),
        "ts" => date("[0-9]{3}")
            .prop_map(|(day, ms)| format!("{day}.{ms}"))
            .boxed(),
        "date" => date("[+-]0[0-9]30")
            .prop_map(|(day, zone)| format!("{day} {zone}"))
            .boxed(),
        "ms" => "[0-9]{3}".boxed(),
        "frontend" | "backend" | "name" | "proxy" | "bind" => {
            "[a-zA-Z][a-zA-Z0-9_.:-]{0,8}[a-z]".boxed()
        }
        "server" => prop_oneof![
            "[a-z][a-zA-Z0-9_.:-]{0,8}",
            Just("<NOSRV>".to_owned()),
            Just("<STATS>".to_owned())
        ]
        .boxed(),
        "tls" => one(&["", "~"]),
        "partial" | "redispatched" => one(&["", "+"]),
        "TR" | "Tw" | "Tc" | "Tr" => (-1..1_000_000_i64).prop_map(|ms| ms.to_string()).boxed(),
        "status" => prop_oneof![Just(-1), Just(0), 100..600]
            .prop_map(|status| status.to_string())
            .boxed(),
        "term" => "[-LcCsSPRIDKU][-RCHDLQT][-NIDVEOU][-NIDPRU]".boxed(),
        "tcp_term" => "[-LcCsSPRIDKU][-RCHDLQT]".boxed(),
        "req_cookie" | "resp_cookie" => {
            prop_oneof![Just("-".to_owned()), "[A-Z]{1,4}=[a-z0-9/;é\"#{}]{0,9}"].boxed()
        }
        "clf_req_cookie" | "clf_resp_cookie" => "([A-Z]{1,4}=[a-z0-9/;é#{} ]{0,9}[a-z])?".boxed(),
        "req_caps" | "resp_caps" | "caps" => {
            let items = proptest::collection::vec(any::<String>(), 1..4);
            items
                .prop_map(|items| {
                    items
                        .iter()
                        .map(|item| escaped(item))
                        .collect::<Vec<_>>()
                        .join("|")
                })
                .boxed()
        }
        "req_cap" | "resp_cap" => any::<String>().prop_map(|text| escaped(&text)).boxed(),
        "method" => "[A-Z]{3,7}".boxed(),
        "uri" => any::<String>()
            .prop_map(|text| escaped(&format!("/{text}")))
            .boxed(),
        "version" => "HTTP/[1-3]\\.[0-9]".boxed(),
        "more" => "[a-z0-9]{1,5}( [a-z0-9]{1,5})?".boxed(),
        "fc_err" | "c_err" | "ca_err" => "[0-9]{1,2}".boxed(),
        "ssl_err" => "[0-9A-F]{16}".boxed(),
        "resumed" => one(&["0", "1", "-"]),
        "sni" => "[a-z0-9./ \"-]{1,12}".boxed(),
        "tls_version" => one(&["TLSv1.2", "TLSv1.3", "-"]),
        "cipher" => one(&["TLS_AES_256_GCM_SHA384", "(NONE)", "-"]),
        "error" => one(&[
            "SSL handshake failure",
            "Connection closed during SSL handshake",
            "Received something which does not look like a PROXY protocol header",
            "SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)",
        ]),
        "backup_server" => one(&["", "Backup "]),
        "running_on_backup" => one(&["", " Running on backup."]),
        "reason" => one(&[
            "Layer4 timeout",
            "Layer7 wrong status",
            "Layer6 invalid response",
        ]),
        "info" => any::<String>().prop_map(|text| escaped(&text)).boxed(),
        "via" => "[a-z]{1,5}/[a-z]{1,5}".boxed(),
        "host" => "[a-z]{1,8}\\.example".boxed(),
        "state" => one(&["UP", "DOWN"]),
        "up" => one(&["UP", "DOWN"]),
        "admin" => one(&["READY", "DRAIN"]),
        "cause" => one(&[
            "leaving forced maintenance",
            "resolves again",
            "leaving maintenance",
        ]),
        "health" => "[0-9]/[0-9]".boxed(),
        "proxy_kind" => one(&["backend", "proxy"]),
        "limit" => one(&["process", "system"]),
        "by" => one(&["mydns/dns1", "DNS cache", "DNS additional record"]),
        "mode" => one(&["HTTP", "TCP"]),
        "signal" => one(&["Exit", "Segmentation fault", "Killed"]),
        _ => (0..1_000_000_u32)
            .prop_map(|number| number.to_string())
            .boxed(),
    }
}

fn one(values: &'static [&'static str]) -> Text {
    select(values).prop_map(str::to_owned).boxed()
}

fn address() -> Text {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string()),
    ]
    .boxed()
}

/// `06/Feb/2026:12:14:14`, and what stands behind it.
fn date(behind: &'static str) -> impl Strategy<Value = (String, String)> {
    let month = select(
        &[
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][..],
    );
    let day = (1..29, month, 1971..2100, 0..24, 0..60, 0..60);
    let day = day.prop_map(|(day, month, year, hour, minute, second)| {
        format!("{day:02}/{month}/{year}:{hour:02}:{minute:02}:{second:02}")
    });
    (day, behind)
}

/// As HAProxy writes captures; in the request it leaves `{`, `|` and `}`, which are read back from either.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'"' | b'#' | b'{' | b'|' | b'}' | ..=0x1F | 0x7F.. => {
                escaped.push_str(&format!("#{byte:02X}"));
            }
            plain => escaped.push(char::from(plain)),
        }
    }
    escaped
}
