//! HAProxy's own formats, as its manual writes them (8.2.2 to 8.2.5).
//!
//! Enters: the name of an environment variable. Leaves: the text that HAProxy gives it.
//! Must not know: how lines of these are read.

macro_rules! http {
    () => {
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
    };
}

/// `option httplog`; the dates and timers of 1.7 and later.
pub const HTTP: &str = http!();

/// `option httpslog` (2.5).
pub const HTTPS: &str = concat!(
    http!(),
    " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc"
);

/// `option tcplog`.
pub const TCP: &str = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";

/// `option httplog clf`, since 1.7.
pub const HTTP_CLF: &str = concat!(
    "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s ",
    "%TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl"
);

/// `option tcplog clf` (3.1).
pub const TCP_CLF: &str = concat!(
    "%{+Q}o %{-Q}ci - - [%T] \"TCP \" 000 %B \"\" \"\" %cp %ms %ft %b %s ",
    "%Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq \"\" \"\""
);

/// Whether a format is HAProxy's own, as it is.
pub fn is(text: &str) -> bool {
    [HTTP, HTTPS, TCP, HTTP_CLF, TCP_CLF].contains(&text)
}

/// The format that HAProxy keeps in an environment variable, for others to begin with (2.8, CLF 3.1).
pub fn variable(name: &[u8]) -> Option<&'static str> {
    match name {
        b"HAPROXY_HTTP_LOG_FMT" => Some(HTTP),
        b"HAPROXY_HTTPS_LOG_FMT" => Some(HTTPS),
        b"HAPROXY_TCP_LOG_FMT" => Some(TCP),
        b"HAPROXY_HTTP_CLF_LOG_FMT" => Some(HTTP_CLF),
        b"HAPROXY_TCP_CLF_LOG_FMT" => Some(TCP_CLF),
        _ => None,
    }
}
