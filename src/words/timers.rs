//! The timers of a line (HAProxy manual 8.4): what each measures and what a large value says.
//!
//! Enters: nothing. Leaves: one row a timer. Must not know: any measured value.

/// One timer, in milliseconds on the line; -1 means that its event never happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    /// Its name in the manual; the log-format alias is the same with a `%` before it.
    pub name: &'static str,
    /// What it measures.
    pub meaning: &'static str,
    /// Where it starts.
    pub from: &'static str,
    /// Where it ends.
    pub to: &'static str,
    /// `HTTP`, or `HTTP and TCP`.
    pub mode: &'static str,
    /// When it is -1.
    pub absent: &'static str,
    /// How it relates to other timers; differences of a millisecond are rounding.
    pub relation: &'static str,
    /// What a large value says.
    pub large: &'static str,
    /// Keywords that limit it.
    pub keywords: &'static [&'static str],
}

/// Every timer, in the order of a request's life, totals last.
pub const TIMERS: &[Timer] = &[
    Timer {
        name: "Th",
        meaning: "PROXY protocol and TLS handshake with the client; 0 from a connection's second request on",
        from: "accept",
        to: "end of the handshakes",
        mode: "HTTP and TCP",
        absent: "never; 0 without a handshake",
        relation: "part of Tq and Tt, not of Ta",
        large: "slow TLS clients, a lack of processor time, packet loss or a wrong MTU",
        keywords: &[],
    },
    Timer {
        name: "Ti",
        meaning: "idle time before the request: the client was connected and said nothing",
        from: "end of the handshakes, or of the previous response",
        to: "first byte of the request",
        mode: "HTTP",
        absent: "nothing was received",
        relation: "part of Tq and Tt, not of Ta and Tu",
        large: "keep-alive or a browser that connected in advance; ordinary",
        keywords: &["timeout http-keep-alive", "timeout http-request"],
    },
    Timer {
        name: "TR",
        meaning: "the client's time to send its request headers",
        from: "first byte of the request",
        to: "end of the headers; of the awaited body with `option http-buffer-request`",
        mode: "HTTP",
        absent: "the headers never became complete",
        relation: "Tq = Th + Ti + TR",
        large: "a slow client link, requests typed by hand, or a slow-header attack; never the server",
        keywords: &["timeout http-request", "option http-buffer-request"],
    },
    Timer {
        name: "Tq",
        meaning: "all of the client's time until the request was there; HAProxy 1.6 and older print it in TR's place",
        from: "accept, or the end of the previous response",
        to: "end of the request headers",
        mode: "HTTP",
        absent: "any of its parts is -1",
        relation: "Tq = Th + Ti + TR",
        large: "mostly keep-alive idle time; it says nothing of the server",
        keywords: &["timeout http-request", "timeout http-keep-alive"],
    },
    Timer {
        name: "Tw",
        meaning: "time in the queues; for a request held in a tarpit the time there",
        from: "end of the request headers",
        to: "a server slot was free",
        mode: "HTTP and TCP",
        absent: "the queue was never reached: denied, answered by HAProxy itself, or no server",
        relation: "Ta = TR + Tw + Tc + Tr + Td",
        large: "`maxconn` of the servers is used up: too low, or the servers answer too slowly",
        keywords: &["timeout queue", "maxconn", "maxqueue", "timeout tarpit"],
    },
    Timer {
        name: "Tc",
        meaning: "time to connect to the server, with all retries, the pauses between them and TLS to the server",
        from: "first connection attempt",
        to: "connection established",
        mode: "HTTP and TCP",
        absent: "the connection was never established",
        relation: "Ta = TR + Tw + Tc + Tr + Td",
        large: "the network or a full SYN backlog, not the application; near multiples of 1 s (3 s on old systems): lost \
                SYN packets or retries",
        keywords: &["timeout connect", "retries"],
    },
    Timer {
        name: "Tr",
        meaning: "the server's time to answer; the upload of the request's body is in it",
        from: "connection established",
        to: "complete response headers",
        mode: "HTTP",
        absent: "no complete response headers came",
        relation: "Ta = TR + Tw + Tc + Tr + Td",
        large: "the application or what it depends on; for uploads the client's link",
        keywords: &["timeout server"],
    },
    Timer {
        name: "Td",
        meaning: "data transfer; not printed by the usual formats, Ta less the other parts gives it",
        from: "response headers (HTTP) or connection (TCP)",
        to: "last byte",
        mode: "HTTP and TCP",
        absent: "the phase was never reached",
        relation: "Td = Ta - (TR + Tw + Tc + Tr)",
        large: "big answers, slow clients, or tunnels such as web sockets",
        keywords: &["timeout client", "timeout server", "timeout tunnel"],
    },
    Timer {
        name: "Ta",
        meaning: "active time of the request: what one request cost, without idle time and handshake",
        from: "first byte of the request",
        to: "last byte of the response",
        mode: "HTTP",
        absent: "never",
        relation: "Ta = TR + Tw + Tc + Tr + Td, counting only the parts that are not -1",
        large: "look at its parts; near a configured timeout it is that timeout; with `+` it is a lower bound",
        keywords: &[],
    },
    Timer {
        name: "Tt",
        meaning: "total time of the stream; the last timer in TCP mode",
        from: "accept",
        to: "both sides closed",
        mode: "HTTP and TCP",
        absent: "never",
        relation: "HTTP: Tt = Th + Ti + Ta; TCP: Tt = Th + Tw + Tc + Td",
        large: "ordinary for tunnels and long sessions; with `+` it is a lower bound",
        keywords: &["timeout tunnel"],
    },
    Timer {
        name: "Tu",
        meaning: "total time as the user perceives it, handshake included",
        from: "accept",
        to: "both sides closed, idle time left out",
        mode: "HTTP and TCP",
        absent: "never",
        relation: "Tu = Tt - Ti",
        large: "look at its parts",
        keywords: &[],
    },
];

/// The timer called `name`, such as `Tc` or `%Tc`; case matters (`TR` and `Tr` are two).
pub fn timer(name: &str) -> Option<&'static Timer> {
    let name = name.strip_prefix('%').unwrap_or(name);
    TIMERS.iter().find(|timer| timer.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_tells_the_request_timer_from_the_response_timer() {
        assert!(timer("TR").unwrap().meaning.contains("client"));
        assert!(timer("Tr").unwrap().meaning.contains("server"));
        assert_eq!(timer("%Tr"), timer("Tr"));
        assert_eq!(timer("tr"), None);
    }

    #[test]
    fn connect_time_holds_the_retries() {
        let connect = timer("Tc").unwrap();
        assert!(connect.meaning.contains("retries") && connect.meaning.contains("TLS"));
        assert!(connect.keywords.contains(&"timeout connect"));
    }
}
