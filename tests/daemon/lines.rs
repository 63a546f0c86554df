//! Lines as HAProxy writes them, of this moment.

use jiff::Timestamp;

/// The part before the message, as rsyslog's traditional file format has it.
fn head() -> String {
    let now = Timestamp::now().strftime("%b %e %H:%M:%S");
    format!("{now} lb1 haproxy[417]:")
}

/// A request that was answered with this status; all lines differ by the number.
pub fn request(number: u64, status: u16) -> String {
    format!("{} {}", head(), message(number, status))
}

/// The same without what a syslog daemon adds.
pub fn message(number: u64, status: u16) -> String {
    let port = 1_024 + number % 60_000;
    let accepted = Timestamp::now().strftime("%d/%b/%Y:%H:%M:%S%.3f");
    let end = match status {
        503 => "be_app/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC--",
        _ => "be_app/app1 0/0/1/7/8 200 1412 - - ----",
    };
    format!(
        "10.0.0.9:{port} [{accepted}] fe_www {end} 1/1/0/0/0 0/0 \"GET /cart/{number} HTTP/1.1\""
    )
}

/// The only server goes down.
pub fn down() -> String {
    format!(
        "{} Server be_app/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", \
         check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        head()
    )
}

/// It is back.
pub fn up() -> String {
    format!(
        "{} Server be_app/app1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers \
         online. 0 sessions requeued, 0 total in queue.",
        head()
    )
}

/// A line as a datagram of syslog.
pub fn datagram(line: &str) -> String {
    format!("<134>{line}")
}
