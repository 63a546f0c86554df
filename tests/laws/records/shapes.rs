//! Lines with slots, as HAProxy's built-in formats and messages have them.

/// A line whose `{slots}` are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Shape(&'static str);

const HTTP: Shape = Shape(
    "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {TR}/{Tw}/{Tc}/{Tr}/{partial}{Ta} {status} \
     {partial}{bytes} {req_cookie} {resp_cookie} {term} {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} \
     {srv_queue}/{backend_queue} {{req_caps}} {{resp_caps}} \"{method} {uri} {version}\"",
);
const HTTP_WITH_ONE_BLOCK: Shape = Shape(
    "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {TR}/{Tw}/{Tc}/{Tr}/{partial}{Ta} {status} \
     {partial}{bytes} - - {term} {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} \
     {srv_queue}/{backend_queue} {{caps}} \"{method} {uri} {version}\" {more}",
);
const HTTPS: Shape = Shape(
    "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {TR}/{Tw}/{Tc}/{Tr}/{partial}{Ta} {status} \
     {partial}{bytes} {req_cookie} {resp_cookie} {term} {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} \
     {srv_queue}/{backend_queue} \"{method} {uri} {version}\" {fc_err}/{ssl_err}/{c_err}/{ca_err}/{resumed} \
     {sni}/{tls_version}/{cipher}",
);
const BAD_REQUEST: Shape = Shape(
    "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/<NOSRV> -1/-1/-1/-1/{Ta} {status} {bytes} - - PR-- \
     {actconn}/{feconn}/0/0/0 0/0 \"<BADREQ>\"",
);
const TCP: Shape = Shape(
    "{client_ip}:{client_port} [{ts}] {frontend}{tls} {backend}/{server} {Tw}/{Tc}/{partial}{Tt} {partial}{bytes} \
     {tcp_term} {actconn}/{feconn}/{beconn}/{srv_conn}/{redispatched}{retries} {srv_queue}/{backend_queue}",
);
const CLF_HTTP: Shape = Shape(
    "{client_ip} - - [{date}] \"{method} {uri} {version}\" {status} {partial}{bytes} \"\" \"\" {client_port} {ms} \
     \"{frontend}{tls}\" \"{backend}\" \"{server}\" {TR} {Tw} {Tc} {Tr} {partial}{Ta} {term} {actconn} {feconn} {beconn} \
     {srv_conn} {redispatched}{retries} {srv_queue} {backend_queue} \"{clf_req_cookie}\" \"{clf_resp_cookie}\" \
     \"{req_cap}\" \"{resp_cap}\"",
);
const CLF_TCP: Shape = Shape(
    "{client_ip} - - [{date}] \"TCP \" 000 {partial}{bytes} \"\" \"\" {client_port} {ms} \"{frontend}{tls}\" \"{backend}\" \
     \"{server}\" {Th} {Tw} {Tc} {partial}{Tt} {bytes_up} {tcp_term}-- {actconn} {feconn} {beconn} {srv_conn} \
     {redispatched}{retries} {srv_queue} {backend_queue} \"\" \"\"",
);
const HANDSHAKE: Shape = Shape("{client_ip}:{client_port} [{ts}] {frontend}/{bind}: {error}");

/// What can be written again.
pub const TRAFFIC: &[Shape] = &[
    HTTP,
    HTTP_WITH_ONE_BLOCK,
    HTTPS,
    BAD_REQUEST,
    TCP,
    CLF_HTTP,
    CLF_TCP,
    HANDSHAKE,
];

/// All that can be printed.
pub fn all() -> Vec<Shape> {
    [TRAFFIC, EVENTS].concat()
}

/// What HAProxy says beside traffic.
const EVENTS: &[Shape] = &[
    Shape(
        "{backup_server}Server {backend}/{name} is DOWN, reason: {reason}, code: {code}, info: \"{info}\", check \
         duration: {duration_ms}ms. {active} active and {backup} backup servers left.{running_on_backup} \
         {sessions_active} sessions active, {requeued} requeued, {queued} remaining in queue.",
    ),
    Shape(
        "Server {backend}/{name} is UP via {via}. {active} active and {backup} backup servers online. {requeued} \
         sessions requeued, {queued} total in queue.",
    ),
    Shape("Server {backend}/{name} ('{host}') is {state}/{admin} ({cause})."),
    Shape(
        "Health check for server {backend}/{name} failed, reason: {reason}, code: {code}, info: \"{info}\", check \
         duration: {duration_ms}ms, status: {health} {state}.",
    ),
    Shape("{proxy_kind} {backend} has no server available!"),
    Shape("Proxy {proxy} stopped (cumulated conns: FE: {fe_conns}, BE: {be_conns})."),
    Shape(
        "Proxy {proxy} reached {limit} FD limit (maxsock={maxsock}). Please check 'ulimit-n' and restart.",
    ),
    Shape("{backend}/{name}: IP changed from '{from_ip}' to '{to_ip}' by '{by}'."),
    Shape("Connect from {client_ip}:{client_port} to {dest_ip}:{dest_port} ({frontend}/{mode})"),
    Shape("[ALERT]    (1) : Current worker ({worker_pid}) exited with code {code} ({signal})"),
    Shape(
        "SIGHUP: Server {backend}/{name} is {up}. Conn: {active_conns} act, {pending} pend, {total} tot.",
    ),
];

impl Shape {
    /// The names of its slots, each once, in order.
    pub fn slots(self) -> Vec<&'static str> {
        let mut slots = Vec::new();
        for part in self.0.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if !name.is_empty() && !slots.contains(&name) {
                slots.push(name);
            }
        }
        slots
    }

    /// The line with these values in its slots.
    pub fn line(self, values: &[String]) -> String {
        let mut line = self.0.to_owned();
        for (slot, value) in self.slots().iter().zip(values) {
            // A value may look like a slot; what HAProxy writes has no braces but those of captures.
            line = line.replace(&format!("{{{slot}}}"), value);
        }
        line
    }

    /// The fields that a slot fills.
    pub fn fields(self, slot: &'static str) -> Vec<&'static str> {
        match slot {
            "method" | "uri" | "version" => vec!["request", slot],
            "date" => vec!["ts"],
            "name" => vec!["server"],
            "host" => vec!["host"],
            "up" => vec!["state"],
            "tcp_term" => vec!["term"],
            "clf_req_cookie" => vec!["req_cookie"],
            "clf_resp_cookie" => vec!["resp_cookie"],
            "req_cap" => vec!["req_caps"],
            "resp_cap" => vec!["resp_caps"],
            // Out of maintenance into service, or into drain.
            "admin" => vec!["admin", "event"],
            "reason" => vec!["check", "reason"],
            "fc_err" | "ssl_err" | "c_err" | "ca_err" | "resumed" | "sni" | "tls_version"
            | "cipher" => vec!["ssl"],
            _ => vec![slot],
        }
    }
}
