//! What can be said of a line whose format leaves fields out.
//!
//! Enters: a traffic record of any format. Leaves: names to count it by, and the family of its ending.
//! Must not know: other lines. What the line does not say is not guessed, unless it can mean one thing only.

use crate::line::{FieldSet, Mode, Traffic};
use crate::words::termination::{self, NOT_LOGGED, Symptom};

/// Stands for a server that the line does not name; like HAProxy's own `<NOSRV>` it is no server.
const UNNAMED_SERVER: &[u8] = b"<unknown>";

/// Fills what lines are counted by. A backend that is not logged goes by its frontend's name, and the other way round.
pub fn complete(traffic: &mut Traffic) {
    if [FieldSet::HTTP, FieldSet::TCP, FieldSet::HANDSHAKE].contains(&traffic.fields) {
        return;
    }
    if traffic.frontend.is_empty() {
        traffic.frontend = traffic.backend;
    }
    if traffic.frontend.is_empty() {
        traffic.frontend = b"-";
    }
    if traffic.backend.is_empty() {
        traffic.backend = traffic.frontend;
    }
    if traffic.server.is_empty() {
        traffic.server = UNNAMED_SERVER;
    }
    if !traffic.fields.has(FieldSet::TERM) {
        traffic.term = NOT_LOGGED;
    }
}

/// No server was chosen.
#[inline]
pub fn has_no_server(traffic: &Traffic) -> bool {
    // Hardly a name begins like this.
    traffic.server.first() == Some(&b'<') && traffic.server == b"<NOSRV>"
}

/// The family of a line's ending.
pub fn symptom(traffic: &Traffic) -> Symptom {
    let no_server = has_no_server(traffic);
    if !traffic.fields.has(FieldSet::TERM) {
        return without_state(traffic, no_server);
    }
    let tcp = traffic.mode == Mode::Tcp;
    termination::symptom(tcp, traffic.term, traffic.status, no_server)
}

/// No backend was chosen. A `listen` section has one name for both; its backend's queue and connect phase are the
/// backend's.
#[inline]
pub fn is_at_frontend(traffic: &Traffic) -> bool {
    let backend_had_it = || match traffic.fields.has(FieldSet::TERM) {
        true => matches!(traffic.term[1], b'Q' | b'C'),
        false => matches!(symptom(traffic), Symptom::NoServer | Symptom::Queue),
    };
    has_no_server(traffic)
        && traffic.fields.has(FieldSet::BACKEND)
        && traffic.backend == traffic.frontend
        && !backend_had_it()
}

/// An error status that HAProxy itself sends in the phase whose timer is -1 tells how that phase ended. A status with
/// all phases completed, or without the timers, is the server's.
fn without_state(traffic: &Traffic, no_server: bool) -> Symptom {
    let has = |field| traffic.fields.has(field);
    let timers = &traffic.timers;
    let no_request = has(FieldSet::REQUEST_TIME) && timers.request < 0;
    let no_connection = has(FieldSet::CONNECT_TIME) && timers.connect < 0;
    let no_answer = has(FieldSet::RESPONSE_TIME) && timers.response < 0;
    match traffic.status {
        400 if no_request => Symptom::BadRequest,
        408 => Symptom::ClientTimeout,
        502 if no_answer && !no_connection => Symptom::Reset,
        503 if no_server && has(FieldSet::QUEUE_TIME) && timers.queue >= 0 => Symptom::Queue,
        503 if no_server => Symptom::NoServer,
        503 if no_connection && has(FieldSet::SERVER) => Symptom::ConnectRefused,
        504 if no_answer => Symptom::ServerTimeout,
        500.. => Symptom::ServerError,
        -1 if no_answer => Symptom::ClientAbort,
        _ => Symptom::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Format;

    /// The ending of a line of a format.
    fn ending(format: &str, line: &str) -> Symptom {
        let format = Format::compile("test", format).expect("a format");
        let mut traffic = format.read(line.as_bytes()).expect("its line").traffic;
        complete(&mut traffic);
        symptom(&traffic)
    }

    #[test]
    fn without_a_state_the_status_and_the_first_missing_timer_tell() {
        const FORMAT: &str = "%ST %s %TR/%Tw/%Tc/%Tr";
        for (line, expected) in [
            ("200 s1 0/0/0/5", Symptom::Fine),
            ("404 s1 0/0/0/5", Symptom::Fine),
            ("500 s1 0/0/0/5", Symptom::ServerError),
            ("504 s1 0/0/0/5", Symptom::ServerError),
            ("504 s1 0/0/0/-1", Symptom::ServerTimeout),
            ("502 s1 0/0/0/-1", Symptom::Reset),
            ("503 s1 0/0/-1/-1", Symptom::ConnectRefused),
            ("503 <NOSRV> 0/-1/-1/-1", Symptom::NoServer),
            ("503 <NOSRV> 0/900/-1/-1", Symptom::Queue),
            ("400 <NOSRV> -1/-1/-1/-1", Symptom::BadRequest),
            ("408 <NOSRV> -1/-1/-1/-1", Symptom::ClientTimeout),
            ("403 <NOSRV> 0/-1/-1/-1", Symptom::Fine),
            ("-1 s1 0/0/0/-1", Symptom::ClientAbort),
        ] {
            assert_eq!(ending(FORMAT, line), expected, "{line}");
        }
    }

    #[test]
    fn a_timer_that_is_not_logged_is_not_missing() {
        for status in ["502", "503", "504"] {
            assert_eq!(
                ending("%ST %ac", &format!("{status} 1")),
                Symptom::ServerError
            );
        }
        assert_eq!(ending("%ST %ac", "-1 1"), Symptom::Fine);
    }

    #[test]
    fn a_state_decides_where_there_is_one() {
        assert_eq!(ending("%ST %tsc", "503 sC--"), Symptom::ConnectTimeout);
        assert_eq!(ending("%ST %ts", "504 sH"), Symptom::ServerTimeout);
    }

    #[test]
    fn names_stand_in_for_each_other() {
        let format = Format::compile("test", "%ac %f %ST").expect("a format");
        let mut traffic = format.read(b"1 shop 200").expect("its line").traffic;
        complete(&mut traffic);
        assert_eq!(
            (traffic.backend, traffic.server),
            (&b"shop"[..], UNNAMED_SERVER)
        );
        let format = Format::compile("test", "%ac %ST").expect("a format");
        let mut traffic = format.read(b"1 200").expect("its line").traffic;
        complete(&mut traffic);
        assert_eq!((traffic.frontend, traffic.backend), (&b"-"[..], &b"-"[..]));
    }
}
