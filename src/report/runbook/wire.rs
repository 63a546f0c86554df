//! Two ends that do not speak the same: TLS, and the protocol above it.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::CHECKS;
use super::plan::Plan;
use super::scene::Scene;

/// One end speaks TLS.
pub fn tls_mismatch(scene: &Scene) -> Plan {
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
    Plan::default()
        .look(
            scene.errors(),
            "the last answer that HAProxy could not parse, with the place where it stopped; 0 events: none kept",
        )
        .when(scene.is_http(), |plan| {
            plan.look(
                scene.ask_aloud(),
                "the first line that comes back should begin with HTTP/; `Received HTTP/0.9` or `Empty reply` is something else",
            )
        })
        .look(
            scene.endpoint().handshake(),
            "does TLS answer on that port? then `ssl` is missing",
        )
        .act(format!(
            "Put the service that speaks HTTP back on the port of {}, or correct the address in the server line.",
            scene.culprits()
        ))
        .prevent("`option httpchk`: a check that only connects takes any program for the service.")
}
