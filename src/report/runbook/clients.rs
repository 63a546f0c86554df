//! What clients do, what is denied to them, and what brings them.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::TIMES;
use super::plan::Plan;
use super::scene::Scene;
use crate::incident::Cut;

/// Rules denied requests.
pub fn denied(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.frontends(),
            "dreq: denied by rules, still growing?; ereq: requests that were none",
        )
        .look(
            scene.send("show table"),
            "stick tables and their use; `show table NAME` has the rate of each key",
        )
        .ask("Who was denied, and what for: the client addresses and URLs of the lines with PR.")
        .act("If the wrong ones: relax or take back the rule, and reload; `clear table NAME key KEY` forgives one at once.")
        .prevent("Try a new limit with a header or a log line first, and deny when the log shows only those it is meant for.")
}

/// Clients sent or read too slowly.
pub fn slow(scene: &Scene) -> Plan {
    match scene.incident.cut {
        Some(Cut::WebSockets) => return silent_tunnels(scene),
        Some(Cut::Sessions) => return idle_sessions(scene),
        _ => {}
    }
    Plan::default()
        .look(
            scene.frontends(),
            "scur against slim: do slow clients fill the frontend? cli_abrt: who left",
        )
        .look(
            scene.info(&["Maxconn", "CurrConns", "ConnRate"]),
            "CurrConns against Maxconn; ConnRate: connections of the last second",
        )
        .act("Nothing, as long as scur stays far below slim: the timeouts do what they are for. Few addresses with most of them (`hit`): reject these in the firewall or with `tcp-request connection reject`.")
        .prevent(match is_of_requests(scene) {
            true => "`timeout http-request` of some seconds against slow headers; raising it weakens that protection.",
            false => "`timeout client` is how long a client may pause while it sends a body or reads an answer; raise it only for clients that are known to be slow.",
        })
        .prevent("A limit for each address: a stick table with `conn_cur`, and `tcp-request connection reject`.")
}

/// Most had not sent a whole request (`cR`).
fn is_of_requests(scene: &Scene) -> bool {
    let terms = &scene.incident.terms;
    let of_requests = terms.iter().filter(|(term, _)| term.starts_with("cR"));
    of_requests.map(|(_, n)| n).sum::<u64>() * 2 >= terms.values().sum()
}

/// Web sockets on which nobody spoke.
fn silent_tunnels(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.send("show sess"),
            "open sessions: `age`, and `rx` and `wx`, the time that is left to either side: does it run down on all of them?",
        )
        .ask("How often do both ends speak by design: is there a ping, and does it come more often than the timeout?")
        .act("Set `timeout tunnel` in the backend to longer than they are silent by design, and reload: it takes the place of `timeout client` and `timeout server` for them.")
        .prevent("A ping on each socket, twice as often as the shortest timeout on its way.")
        .prevent("`timeout client-fin` and `option clitcpka`, so that clients that vanished do not hold theirs for as long.")
}

/// Sessions of mode tcp in which nobody spoke any more.
fn idle_sessions(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.send("show sess"),
            "open sessions: `rx` and `wx`, the time that is left to either side: does it run down on sessions that nobody uses?",
        )
        .look(scene.ask(), "does the server answer who connects, past HAProxy?")
        .ask("For how long do the clients' pools keep connections that nobody uses, and do they test them?")
        .act("Let both `timeout client` and `timeout server`, or `timeout tunnel` in their place, outlast that, and reload; or let the pools close theirs sooner.")
        .prevent("A test of each connection before the pool hands it out, or as often as the shortest timeout on its way.")
}

/// Clients left.
pub fn abort(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.stat(TIMES),
            "rtime and ttime (ms): do they leave because servers are slow? qtime: or because they wait for a slot?",
        )
        .look(scene.ask(), "how long an answer takes, past HAProxy")
        .look(scene.frontends(), "cli_abrt: still growing?")
        .act("Mend what is slow; where answers are as fast as ever, look at the clients and at what stands in front.")
        .prevent("`option abortonclose`: requests of clients that left take no slot.")
}

/// Nobody comes.
pub fn upstream_gone(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.info(&["Pid", "Uptime", "CurrConns", "ConnRate", "DroppedLogs"]),
            "ConnRate 0: nobody comes; above 0: they come and are not logged (DroppedLogs, or syslog is at fault)",
        )
        .look(scene.frontends(), "status OPEN, and rate: does HAProxy listen, and does anyone connect?")
        .look(
            "ss -ltn".to_owned(),
            "are the addresses and ports of the frontends there?",
        )
        .ask("From outside: the public name, its address, the load balancer or CDN in front and its checks of this HAProxy.")
        .act("Mend what stands in front, or move its traffic to another HAProxy (virtual address, DNS).")
        .prevent("A probe from outside that goes the clients' way; a check from in front to a `monitor-uri` of HAProxy.")
}
