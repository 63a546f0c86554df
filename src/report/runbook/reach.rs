//! Servers that cannot be reached: refused, unanswered, without an address.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::plan::Plan;
use super::scene::Scene;
use crate::advice::redispatch;

/// Takes a server that nobody checks out of the rotation.
fn take_out(plan: Plan, scene: &Scene) -> Plan {
    plan.when(scene.has_peers() && scene.is_unchecked(), |plan| {
        plan.change(
            scene.for_culprits("set server @ state maint"),
            format!(
                "without `check`, HAProxy keeps sending requests to {}; `state ready` ends it",
                scene.culprits()
            ),
        )
    })
}

fn watched(plan: Plan, scene: &Scene) -> Plan {
    plan.when(scene.is_unchecked(), |plan| {
        plan.prevent("`check` in the server line: without it a dead server counts as up.")
    })
}

/// Only checks could not connect, and they go elsewhere than requests.
fn of_checks(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.endpoint_of_checks().connect(),
            "where the checks go: refused, nothing listens there; no answer: a firewall that drops, or a dead host",
        )
        .look(
            scene.endpoint().connect(),
            "where requests go: succeeded, and only what answers the checks is gone",
        )
        .look(
            scene.servers_state(),
            "srv_op_state 2 is UP and 0 DOWN; srv_admin_state above 0 is maintenance or drain",
        )
        .act(format!(
            "Start what answers the checks of {}. {}",
            scene.culprits(),
            scene.taken_back()
        ))
        .prevent("`addr` and `port` of a check only where what answers there goes down with the service, and only then.")
}

/// Connections are refused.
pub fn service_not_listening(scene: &Scene) -> Plan {
    if scene.is_of_checks() {
        return of_checks(scene);
    }
    let (endpoint, server) = (scene.endpoint(), scene.server());
    let plan = Plan::default()
        .look(
            endpoint.connect(),
            "refused: the host is there and nothing listens; succeeded: it is back; no answer: a firewall or the host",
        )
        .look(
            endpoint.listeners(),
            format!("on {server}: empty, nothing holds that port; 127.0.0.1 on another host: it listens to itself only"),
        )
        .look(
            scene.servers_state(),
            "srv_op_state 2 is UP and 0 DOWN; srv_admin_state above 0 is maintenance or drain",
        )
        .act(match scene.comes_and_goes() {
            true => format!(
                "Find out why the service on {} stops (its own log, `journalctl -k`): it came back more than once, and stopped again.",
                scene.culprits()
            ),
            false => format!("Start the service on {}. {}", scene.culprits(), scene.taken_back()),
        });
    let plan = watched(take_out(plan, scene), scene);
    plan.prevent(format!(
        "Before a restart of the service: `set server {} state drain`; afterwards `state ready`.",
        scene.path()
    ))
}

/// Connections get no answer.
pub fn network_unreachable(scene: &Scene) -> Plan {
    if scene.is_of_checks() {
        return of_checks(scene);
    }
    let (endpoint, server) = (scene.endpoint(), scene.server());
    let said = "no answer: a firewall that drops and a dead host look the same, here and in the log; refused: the host is there";
    let neighbours = match endpoint.ip() {
        Some(_) => {
            ". Then FAILED or INCOMPLETE: a dead host; REACHABLE or STALE: up, behind a firewall that drops; empty: \
                    behind a router, ask there"
        }
        None => "",
    };
    let mut plan = Plan::default().look(
        endpoint.connect_and_ask_neighbours(),
        format!("{said}{neighbours}"),
    );
    if let Some(ip) = endpoint.ip() {
        plan = plan.look(
            super::command::line(&["ip", "route", "get", ip]),
            "by which way and with which source address packets leave",
        );
    }
    let plan = plan
        .look(
            scene.servers_state(),
            "srv_addr and srv_port: is that the address it should have? srv_op_state 0 is DOWN",
        )
        .act(format!(
            "Bring back {}: its host, its route, or what its firewall (`nft list ruleset`) and those between let in. {}",
            scene.culprits(),
            scene.taken_back()
        ));
    let helps = scene.proxy.is_none_or(|proxy| {
        proxy.option("redispatch") != Some(true) && redispatch::leaves_others(scene.incident, proxy)
    });
    let plan = watched(take_out(plan, scene), scene).when(helps, |plan| {
        plan.prevent("`option redispatch`, so that a retry goes to a server that answers.")
    });
    plan.prevent(format!(
        "A short `timeout connect`: every try at {server} costs a client that long."
    ))
}

/// Names do not resolve.
pub fn dns_failure(scene: &Scene) -> Plan {
    let mut plan = Plan::default().look(
        scene.send("show resolvers"),
        "per name server: valid grows where it answers; nx: no such name; timeout: no answer; refused: not for you",
    );
    if let Some(name) = scene.endpoint().dns_name() {
        plan = plan.look(
            super::command::line(&["getent", "ahosts", name]),
            "what this host makes of the name, by its own resolver; HAProxy asks those of its `resolvers` section",
        );
    }
    plan.look(
        scene.servers_state(),
        "srv_addr is the last known address, srv_fqdn the name; srv_admin_state 32 and more: out for want of an address",
    )
    .act("Mend the name, or the name servers of the `resolvers` section; HAProxy asks again by itself.")
    .prevent(
        "Two name servers or more in `resolvers`, and `hold nx`, `hold timeout` and their kin long enough to outlast them.",
    )
    .prevent("`init-addr last,libc,none` in the server line, so that HAProxy starts without DNS.")
}
