//! What people did, and what nobody knows.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::{AGENT, CHECKS};
use super::plan::Plan;
use super::scene::Scene;

/// Maintenance, drain, a command.
pub fn action(scene: &Scene) -> Plan {
    if scene.incident.is_by_agent() {
        return agent(scene);
    }
    Plan::default()
        .look(
            scene.servers_state(),
            "srv_admin_state: 1 and 4 maintenance (by command, by `disabled`), 8 drain, 0 none",
        )
        .look(
            scene.stat(CHECKS),
            "status MAINT, DRAIN or `no check`; a server that is DOWN has a check that fails",
        )
        .change(
            scene.for_culprits("set server @ state ready"),
            "only if the work is done: ends maintenance and drain, with the server UP until a check fails; one that is DOWN by its checks stays DOWN",
        )
        .prevent("Drain first, then maintenance: open requests end, and no client notices.")
}

/// An agent on the server said that it is not to be used.
fn agent(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.stat(AGENT),
            "last_agt: what the agent said last; check_status: whether the service itself is well",
        )
        .look(scene.ask(), "does the service answer, past HAProxy, and how fast?")
        .ask("What does the agent look at: load, a file, a deployment? It answers on the server's `agent-port`.")
        .change(
            scene.for_culprits("set server @ agent up; disable agent @"),
            "only if the agent is wrong: its next answer would take the server out again, so that it is asked no more; `enable agent` ends that",
        )
        .prevent("An agent that answers with a weight (`50%`) or `drain` takes a busy server's new clients away little by little; with `down` all of them go to the others at once.")
}

/// The log cannot tell.
pub fn unknown(scene: &Scene) -> Plan {
    if scene.incident.is_without_departure() {
        return gone_before(scene);
    }
    Plan::default()
        .look(
            scene.stat(CHECKS),
            "status, and what the last check got (check_status, last_chk)",
        )
        .look(
            scene.ask(),
            "does the service answer, past HAProxy, and how fast?",
        )
        .when(scene.is_http(), |plan| {
            plan.look(
                scene.errors(),
                "answers that HAProxy could not parse; 0 events: none kept",
            )
        })
        .look(
            "journalctl -u haproxy -n 50 --no-pager".to_owned(),
            "what HAProxy said that is not in this log",
        )
        .act("Keep what shows the state now (the output above) before anything is restarted.")
        .prevent("`option httplog` and `option log-health-checks`: the next log tells more.")
}

/// No server was left, and why stands elsewhere: no server answered, so that there is no answer to look into.
fn gone_before(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.stat(CHECKS),
            "which servers are out, since when (lastchg), and what the last check got (check_status, last_chk)",
        )
        .look(
            "journalctl -u haproxy -n 200 --no-pager | grep -E 'is DOWN|has no server available'".to_owned(),
            "when the servers went, and why; the log before this one has it, too",
        )
        .look(
            scene.ask(),
            "does the service answer, past HAProxy, and how fast?",
        )
        .act("Keep what shows the state now (the output above) before anything is restarted.")
        .prevent("Messages of level alert in the same log as requests: a server that goes DOWN is one.")
}

/// Nothing to find.
pub fn nothing(scene: &Scene) -> Plan {
    Plan::default().look(
        scene.stat(CHECKS),
        "is every server UP, and what did its last check get?",
    )
}
