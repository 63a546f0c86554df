//! HAProxy itself: its limits, its end, its reloads.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::line;
use super::plan::Plan;
use super::scene::Scene;
use crate::report::full::{Full, Limit};

/// Rows of `show info` that tell which process runs.
const PROCESS: &[&str] = &["Pid", "Uptime", "Version", "Stopping"];

/// What systemd and HAProxy said.
const JOURNAL: &str = "journalctl -u haproxy -n 50 --no-pager";

/// Limits of the process or the machine.
pub fn limits(scene: &Scene) -> Plan {
    if let Some(full) = scene.full() {
        return connections(scene, full);
    }
    let plan = Plan::default()
        .look(
            scene.info(&["Ulimit-n", "Maxsock", "Maxconn", "CurrConns", "PoolFailed"]),
            "CurrConns against Maxconn; Maxsock against Ulimit-n: file descriptors; PoolFailed: memory",
        )
        .look(
            scene.frontends(),
            "scur against slim: a frontend at its `maxconn` accepts nobody more",
        )
        .look(
            "ss -s; cat /proc/sys/net/ipv4/ip_local_port_range".to_owned(),
            "timewait and estab against the width of the range: source ports",
        )
        .look(
            "nstat -asz TcpExtListenOverflows TcpExtListenDrops; cat /proc/sys/net/core/somaxconn".to_owned(),
            "drops that grow: the accept queue is full (the last number is its limit)",
        );
    let limited = scene.frontend().and_then(|frontend| {
        let limit = frontend.maxconn()?.value;
        Some((&frontend.name, limit, scene.more_than(limit)))
    });
    let plan = match limited {
        Some((name, limit, more)) => plan.change(
            Some(scene.send(&format!("set maxconn frontend {name} {more}"))),
            format!(
                "only if {name} is at its {limit}: until the next reload, and never above Maxconn"
            ),
        ),
        None => plan,
    };
    plan.act("Raise what is full: `maxconn` with `ulimit-n` (or systemd's `LimitNOFILE`), the port range, `somaxconn`.")
        .prevent("`http-reuse` and keep-alive to servers: fewer connections, fewer source ports; several `source` addresses where that is not enough.")
        .prevent("Memory and descriptors for `maxconn` clients and as many servers' connections at once.")
}

/// Connections of a frontend or of the process stood at one number.
fn connections(scene: &Scene, full: Full) -> Plan {
    let name = scene.frontend().map(|frontend| frontend.name.as_str());
    let plan = Plan::default()
        .look(
            scene.frontends(),
            "scur against slim: a frontend at its `maxconn` accepts nobody more",
        )
        .look(
            scene.info(&["Maxconn", "CurrConns", "Maxsock", "Ulimit-n"]),
            "CurrConns against Maxconn: the process's own limit; Maxsock against Ulimit-n: file descriptors for more",
        )
        .look(
            "nstat -asz TcpExtListenOverflows TcpExtListenDrops; cat /proc/sys/net/core/somaxconn".to_owned(),
            "drops that grow: the queue outside is full, too (the last number is its limit)",
        );
    let plan = match (full.limit, name) {
        (Some(Limit::Frontend(limit)), Some(name)) => {
            let more = scene.more_than(limit);
            plan.change(
                Some(scene.send(&format!("set maxconn frontend {name} {more}"))),
                format!("{limit} now; until the next reload, and never above Maxconn"),
            )
            .act(format!("Raise `maxconn` of frontend {name} to {more}, below the global one, and reload."))
        }
        (Some(Limit::Process(limit)), _) => plan.act(format!(
            "Raise the global `maxconn` from {limit} to {}, with `ulimit-n` or systemd's `LimitNOFILE` where it is set, and reload: the runtime socket raises it no higher than HAProxy started with.",
            scene.more_than(limit)
        )),
        _ => plan.act("Raise `maxconn` where it is met: of the frontend, or in `global` (with `ulimit-n`, or systemd's `LimitNOFILE`)."),
    };
    plan.prevent(
        "Memory and descriptors for `maxconn` clients and as many servers' connections at once.",
    )
    .prevent(
        "A short `timeout http-keep-alive`: clients that ask for nothing hold connections, too.",
    )
}

/// Gone without a word.
pub fn lost(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.info(PROCESS),
            "does a process answer, and since when? `Connection refused` or no such file: none runs",
        )
        .look(
            JOURNAL.to_owned(),
            "exit codes and signals of the process that went away",
        )
        .look(
            "journalctl -k -n 50 --no-pager".to_owned(),
            "`Out of memory: Killed process`, `segfault`: the kernel's side of it",
        )
        .change(
            Some("systemctl start haproxy".to_owned()),
            "only if none runs; does nothing where one does",
        )
        .prevent("`Restart=always` in the systemd unit, and a second HAProxy with a shared address (VRRP).")
        .prevent("After a segfault: the version's known bugs (haproxy.org/bugs), and a core dump (`set-dumpable`).")
}

/// A new configuration or process.
pub fn reload(scene: &Scene) -> Plan {
    Plan::default()
        .look(
            scene.info(PROCESS),
            "the process that runs now, since when, and of which version",
        )
        .look(
            JOURNAL.to_owned(),
            "who reloaded it, and what HAProxy said of the new configuration",
        )
        .look(
            line(&["haproxy", "-c", "-f", scene.config_file()]),
            "is the file valid that the next reload would read?",
        )
        .look(
            scene.send("show servers state"),
            "after a reload servers start as UP and in their configured state: is anyone in who should be out?",
        )
        .act("Nothing, if it was meant. Else take the last good file, check it with `haproxy -c`, and reload.")
        .prevent("`server-state-file` with `load-server-state-from-file global`: a reload keeps states, drains and weights.")
        .prevent("`hard-stop-after`, so that old processes end; `expose-fd listeners` on the socket, so that none is refused.")
}
