//! Too much work, or too slow servers.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::{LOAD, TIMES};
use super::plan::Plan;
use super::scene::Scene;

/// More work than the servers can do.
pub fn server_overloaded(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.stat(LOAD),
            "scur against slim, and qcur: who is full, and who waits",
        )
        .look(
            scene.endpoint().listeners(),
            format!(
                "on {}: Recv-Q near Send-Q is a full accept queue (`net.core.somaxconn`, the service's own backlog)",
                scene.server()
            ),
        )
        .look(scene.ask(), "how long an answer takes, past HAProxy")
        .when(scene.has_peers() && scene.can_be_halved(), |plan| {
            plan.change(
                scene.for_culprits("set server @ weight 50%"),
                "half its share, the peers take the rest; undone by `weight 100%`. Look at the peers' scur first",
            )
        })
        .when(scene.has_peers() && !scene.can_be_halved(), |plan| {
            plan.act(format!(
                "Give {} a smaller share: weights such as 100 in the server lines, of which `set server {} weight 50%` takes \
                 half at once. Of the default weight of 1 that is 0: no request at all.",
                scene.culprits(),
                scene.path()
            ))
        })
        .act("Add servers, or let the least needed traffic wait or be denied (`http-request deny` by path or rate).")
        .prevent(
            "`maxconn` in the server line at what a server can bear: the rest waits in HAProxy, up to `timeout queue`, and \
             drowns nobody.",
        )
}

/// One server slow among healthy peers.
pub fn slow_server(scene: &Scene) -> Plan {
    let server = scene.server();
    let mut plan = Plan::default().look(
        scene.ask(),
        format!("how long {server} takes to answer, past HAProxy"),
    );
    if let Some((peer, command)) = scene.ask_peer() {
        plan = plan.look(command, format!("the same of its peer {peer}"));
    }
    let plan = plan
        .look(
            scene.stat(TIMES),
            "rtime (ms, mean of the last 1,024 requests), scur and qcur: who is slow now, and who waits",
        )
        .when(scene.has_peers(), |plan| {
            plan.change(
                scene.for_culprits("set server @ state drain"),
                "no new requests, open ones end; `state ready` ends it. The peers must bear its share",
            )
        })
        .act(format!(
            "Mend {}: CPU, memory, disk, garbage collection, what it alone depends on.",
            scene.culprits()
        ));
    plan.prevent("`balance leastconn`: a slow server gets fewer requests by itself.")
        .prevent(
            "A `maxconn` in the server line, so that a slow server cannot collect all requests.",
        )
}

/// All servers slow, or what some requests ask for.
pub fn slow_backend(scene: &Scene) -> Plan {
    if scene.incident.is_partly {
        return slow_requests(scene);
    }
    Plan::default()
        .look(
            scene.stat(TIMES),
            "rtime (ms, mean of the last 1,024 requests) of all servers; high ctime would be the network, qtime slots",
        )
        .look(scene.ask(), "how long an answer takes, past HAProxy")
        .ask("What all servers share: database, storage, DNS, an API behind them. What was deployed just before?")
        .act("Mend what they share, or roll back.")
        .prevent("A `maxconn` in the server lines and a short `timeout queue`, so that clients get an answer soon.")
        .prevent("`timeout server` stays near what a good answer takes: a longer one holds clients and slots longer.")
}

/// Some requests slow on all servers, and the others as fast as ever.
fn slow_requests(scene: &Scene) -> Plan {
    Plan::default()
        .ask("Which URLs were slow (`hapline stats urls`)? Of a few, who began to ask for them: exports and long polls take their time by design. Of any, what do only some requests need: a lock, a database, an API behind the servers?")
        .look(
            scene.frontends(),
            "scur against slim: slow answers fill a frontend; beyond its `maxconn` clients wait outside, where no line tells of them",
        )
        .look(scene.ask(), "how long an ordinary answer takes, past HAProxy")
        .act("Mend what these requests wait for, or who sends so many of them.")
        .prevent("A backend of their own, with limits of its own, so that they take no slots from the others.")
}

/// `maxconn` holds back servers that have room.
pub fn maxconn_too_low(scene: &Scene) -> Plan {
    let limit = scene
        .setting()
        .and_then(|server| server.maxconn.as_ref())
        .filter(|limit| limit.value > 0);
    let plan = Plan::default()
        .look(
            scene.stat(LOAD),
            "qcur above 0 while scur equals slim: `maxconn` is what holds requests back",
        )
        .look(
            scene.ask(),
            "an answer as fast as ever: the server has room for more at once",
        );
    let plan = match limit {
        Some(limit) => {
            let more = scene.more_than(limit.value);
            plan.change(
                scene.for_culprits(&format!("set maxconn server @ {more}")),
                format!(
                    "{} now; until the next reload; watch rtime, and go back if it grows",
                    limit.value
                ),
            )
        }
        None => plan.act(format!(
            "`set maxconn server {} NUMBER` on the runtime socket raises it until the next reload.",
            scene.path()
        )),
    };
    plan.act("Raise `maxconn` in the server line, and reload.")
        .prevent("Choose `maxconn` by what a server answers at once without growing slow, with room for a busy hour.")
}
