//! The fields of a traffic line that are neither a timer nor the state (HAProxy manual 8.2).
//!
//! Enters: nothing. Leaves: one row a field. Must not know: how a line is read.

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The manual's name.
    pub name: &'static str,
    /// Its log-format alias.
    pub alias: &'static str,
    /// What stands there.
    pub meaning: &'static str,
    /// What to watch for.
    pub watch: &'static str,
    /// Keywords that limit or govern it.
    pub keywords: &'static [&'static str],
}

/// Every field, in the order of the line. Connection counts and queues are those of the moment the line was
/// written, and of one process.
pub const FIELDS: &[Field] = &[
    field(
        "client_ip",
        "%ci",
        "address of the client; `unix` for a local socket",
        "behind another proxy it is that proxy's",
        &[],
    ),
    field(
        "request_date",
        "%tr",
        "when the first byte of the request came, in the machine's local time without a zone",
        "the line itself was written at the end, perhaps much later",
        &[],
    ),
    field(
        "frontend_name",
        "%ft",
        "the frontend that took the connection; `~` after it means TLS",
        "",
        &[],
    ),
    field(
        "backend_name",
        "%b",
        "the backend that was chosen; the frontend's own name when none was",
        "",
        &[],
    ),
    field(
        "server_name",
        "%s",
        "the server that was used last; `<NOSRV>` when none was, `<STATS>` and the like for HAProxy's own services",
        "after a redispatch (`+` before the retries) the failures belong to another server",
        &[],
    ),
    field(
        "status_code",
        "%ST",
        "status sent to the client; -1 when none was decided, 0 without HTTP",
        "the state says whether the server or HAProxy decided it",
        &[],
    ),
    field(
        "bytes_read",
        "%B",
        "bytes sent to the client, headers included",
        "with `+` it is a lower bound",
        &[],
    ),
    field(
        "captured_request_cookie",
        "%CC",
        "the request cookie that `capture cookie` names; `-` when none",
        "",
        &[],
    ),
    field(
        "captured_response_cookie",
        "%CS",
        "the response cookie that `capture cookie` names; `-` when none",
        "",
        &[],
    ),
    field(
        "termination_state",
        "%tsc",
        "how the stream ended: four characters in HTTP mode, two (`%ts`) in TCP mode",
        "the first two say what happened, the last two concern the persistence cookie",
        &[],
    ),
    field(
        "actconn",
        "%ac",
        "concurrent connections of the process",
        "near the global `maxconn`",
        &["maxconn"],
    ),
    field(
        "feconn",
        "%fc",
        "concurrent connections of the frontend, idle keep-alive ones included",
        "near the frontend's `maxconn`: further clients wait unseen in the kernel's backlog",
        &["maxconn"],
    ),
    field(
        "beconn",
        "%bc",
        "concurrent requests of the backend, those in queues included",
        "",
        &[],
    ),
    field(
        "srv_conn",
        "%sc",
        "concurrent requests on the server; 0 without a server",
        "at the server's `maxconn` requests begin to queue",
        &["maxconn"],
    ),
    field(
        "retries",
        "%rc",
        "connection attempts beyond the first; `+` before it means that another server was tried",
        "until 2.5 requests that never tried a connection may print the configured value",
        &["retries", "option redispatch"],
    ),
    field(
        "srv_queue",
        "%sq",
        "requests that were ahead in the server's queue, summed over redispatches",
        "Tw divided by it is about the time one slot takes",
        &["maxconn", "maxqueue", "timeout queue"],
    ),
    field(
        "backend_queue",
        "%bq",
        "requests that were ahead in the backend's queue",
        "divided by a server's `maxconn` it is about the number of servers that are missing",
        &["maxconn", "timeout queue"],
    ),
    field(
        "captured_request_headers",
        "%hr",
        "request headers that the configuration captures, in `{…}`",
        "absent when none are captured",
        &[],
    ),
    field(
        "captured_response_headers",
        "%hs",
        "response headers that the configuration captures, in `{…}`",
        "absent when none are captured",
        &[],
    ),
    field(
        "http_request",
        "%r",
        "the request line, in quotes; `#` and two hex digits stand for a byte that is not printable",
        "without a closing quote the line was cut",
        &[],
    ),
];

const fn field(
    name: &'static str,
    alias: &'static str,
    meaning: &'static str,
    watch: &'static str,
    keywords: &'static [&'static str],
) -> Field {
    Field {
        name,
        alias,
        meaning,
        watch,
        keywords,
    }
}

/// The field with this name or alias.
pub fn field_named(word: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .find(|field| field.name == word || field.alias == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_find_their_row_and_no_other() {
        for row in FIELDS {
            assert_eq!(field_named(row.name), Some(row));
            assert_eq!(field_named(row.alias), Some(row));
        }
        assert_eq!(field_named("queue"), None);
    }
}
