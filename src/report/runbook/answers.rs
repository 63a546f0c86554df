//! Answers that break off, and answers that are errors.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::ERRORS;
use super::plan::Plan;
use super::scene::Scene;

/// Takes the culprits out where others can serve.
fn spare(plan: Plan, scene: &Scene) -> Plan {
    plan.when(scene.has_peers(), |plan| {
        plan.change(
            scene.for_culprits("set server @ state drain"),
            "no new requests, open ones end; `state ready` ends it. The peers must bear its share",
        )
    })
}

/// Connections reset or closed within answers.
pub fn crash(scene: &Scene) -> Plan {
    let plan = Plan::default()
        .look(
            scene.stat(ERRORS),
            "eresp and srv_abrt: which server breaks answers off; econ: which does not even connect",
        )
        .when(scene.is_http(), |plan| {
            plan.look(
                scene.ask_aloud(),
                "a whole answer, or `Empty reply` or `reset by peer`, past HAProxy",
            )
        })
        .look(
            "journalctl -k -n 50 --no-pager".to_owned(),
            format!("on {}: `Out of memory`, `segfault`; then the service's own log", scene.server()),
        );
    spare(plan, scene)
        .act(format!("Mend or roll back what crashes on {}.", scene.culprits()))
        .when(scene.is_http(), |plan| {
            plan.prevent(
                "Lone SH at the start of requests on kept connections is a race: the server's keep-alive should outlast HAProxy's \
                 idle connections (`pool-purge-delay`).",
            )
            .prevent("`retry-on conn-failure empty-response`, for requests that may run twice.")
        })
}

/// Complete answers with error statuses.
pub fn errors(scene: &Scene) -> Plan {
    let plan = Plan::default()
        .look(
            scene.stat(ERRORS),
            "hrsp_4xx and hrsp_5xx: one server, or all? (counts since HAProxy started: look twice)",
        )
        .look(scene.ask(), "the status that the service gives, past HAProxy")
        .ask("The application's own log at the time of the incident, and what was deployed just before.");
    spare(plan, scene)
        .act("Mend or roll back the application; HAProxy only passes its answers on.")
        .prevent("`option httpchk` on a page that needs what requests need, so that a broken server goes DOWN.")
        .prevent("`check observe layer7 on-error mark-down` in the server line: live errors count as failed checks.")
}
