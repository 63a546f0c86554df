//! Two ends that do not speak the same: TLS, and the protocol above it.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::CHECKS;
use super::plan::Plan;
use super::scene::Scene;

/// Clients and HAProxy cannot agree.
fn tls_of_clients(scene: &Scene) -> Plan {
    Plan::default()
        .ask(format!(
            "From where clients are: `openssl s_client -connect HOST:PORT -servername NAME` against {}: does a certificate \
             come, for that name, and still valid (`openssl x509 -enddate`)?",
            scene.place()
        ))
        .ask(
            "Which protocol and ciphers are offered now, and what the clients can do: `ssl-min-ver`, `ciphers`, `verify \
             required` of the `bind` line; plain text on the TLS port fails alike.",
        )
        .act("Put the certificate or the `bind` options back that were changed last, and reload.")
        .prevent("Watch the end of each certificate, and ask for the page over TLS from outside after each change.")
}

/// One end speaks TLS.
pub fn tls_mismatch(scene: &Scene) -> Plan {
    if scene.incident.backend.is_none() {
        return tls_of_clients(scene);
    }
    let said = match scene.setting() {
        Some(server) if server.ssl => "here HAProxy speaks TLS (`ssl`)",
        Some(_) => "here HAProxy speaks plain text (no `ssl`)",
        None => "`ssl` in the server line says what HAProxy speaks",
    };
    Plan::default()
        .look(
            scene.endpoint().handshake(),
            format!("protocol and cipher: the server speaks TLS; `wrong version number` or the like: plain text; {said}"),
        )
        .when(scene.is_http(), |plan| {
            plan.look(
                scene.ask_aloud(),
                "as HAProxy is told to speak to it: does HTTP come back?",
            )
        })
        .look(
            scene.stat(CHECKS),
            "check_status L6RSP or L6TOUT: the handshake; L7RSP: an answer that is no HTTP",
        )
        .act(
            "Make both ends agree, and reload: `ssl` where the server speaks TLS, no `ssl` where it does not; with `verify`, \
             `sni` and `ca-file` as its certificate needs.",
        )
        .prevent("Change `ssl` in the server line one server at a time, each behind `state drain`.")
        .prevent("Watch the end of the server's certificate; `openssl x509 -enddate` prints it.")
}

/// Answers are not the expected protocol.
pub fn protocol_mismatch(scene: &Scene) -> Plan {
    if scene.incident.backend.is_none() {
        return Plan::default()
            .ask(
                "Does what stands in front send a PROXY header where `accept-proxy` waits for one, and the version that it \
                 knows? Probes that connect directly fail alike.",
            )
            .act("Make both agree: `accept-proxy` on the `bind` line, and the PROXY protocol in front; then reload.")
            .prevent("Let health probes from in front speak the PROXY protocol, too.");
    }
    Plan::default()
        .when(scene.is_http(), |plan| {
            plan.look(
                scene.errors(),
                "the last answer that HAProxy could not parse, with the place where it stopped; 0 events: none kept",
            )
            .look(
                scene.ask_aloud(),
                "the first line that comes back should begin with HTTP/; `Received HTTP/0.9` or `Empty reply` is something else",
            )
        })
        .when(!scene.answered_others(), |plan| other_service(plan, scene))
        .when(scene.answered_others(), |plan| {
            plan.act(format!(
                "Mend what {} answers to these requests (`hit` says which): others it answered well, so that service and port are right.",
                scene.culprits()
            ))
            .prevent("Try such requests through HAProxy before a release: it refuses answers that other clients accept.")
        })
}

/// Something else listens there.
fn other_service(plan: Plan, scene: &Scene) -> Plan {
    let plan = plan
        .look(
            scene.endpoint().handshake(),
            "does TLS answer on that port? then `ssl` is missing",
        )
        .act(format!(
            "Put the right service back on the port of {}, or correct the address in the server line.",
            scene.culprits()
        ));
    match scene.proxy.filter(|proxy| !proxy.check_only_connects()) {
        Some(_) => plan.prevent("A check that asks for what requests need, by the way they take (`check-ssl` where that is TLS)."),
        None if scene.is_http() => {
            plan.prevent("`option httpchk`: a check that only connects takes any program for the service.")
        }
        None => plan.prevent("`option tcp-check` with `tcp-check expect`: a check that only connects takes any program for the service."),
    }
}
