//! Checks that fail while the service works.
//!
//! Enters: a scene. Leaves: a plan. Must not know: other causes.

use super::command::columns::CHECKS;
use super::plan::Plan;
use super::scene::Scene;

/// What can be done until the check is mended. A forced health alone does not last.
fn until_mended(plan: Plan, scene: &Scene) -> Plan {
    plan.change(
        scene.for_culprits("disable health @; set server @ health up"),
        "if the service itself is fine: UP without checks, until `enable health`; nobody notices when it really dies. \
         `health up` alone is undone by the next failed checks",
    )
}

/// The check gets the wrong status.
pub fn wrong_status(scene: &Scene) -> Plan {
    let plan = Plan::default()
        .look(
            scene.check(),
            format!("the check by hand; HAProxy wants {}", scene.expected()),
        )
        .look(
            scene.ask(),
            "the service itself, past HAProxy: does it answer while its check fails?",
        )
        .look(
            scene.stat(CHECKS),
            "check_status L7STS with the status in check_code and last_chk",
        )
        .act(format!(
            "Bring the health page of {} back, or point the check at the right one. {}",
            scene.culprits(),
            scene.taken_back()
        ));
    until_mended(plan, scene)
        .prevent("Change the health page and `option httpchk` in the same deploy, page first.")
        .prevent("The page should fail for what this server lacks, not for what all servers share.")
}

/// The check is cut.
pub fn timeout_too_short(scene: &Scene) -> Plan {
    let limit = match scene.check_limit() {
        Some(limit) => format!("the check by hand; HAProxy waits {limit} for it"),
        None => "the check by hand; HAProxy waits `timeout check` for it, else `inter`".to_owned(),
    };
    let plan = Plan::default()
        .look(scene.check(), limit)
        .look(
            scene.ask(),
            "the service itself, past HAProxy: slow as well, or only its health page?",
        )
        .look(
            scene.stat(CHECKS),
            "check_status L7TOUT or L4TOUT, and check_duration in ms",
        )
        .act("Raise `timeout check` above what a good check takes, and reload.");
    until_mended(plan, scene)
        .prevent("A health page that asks nothing slow; `fall` high enough that one late answer takes no server out.")
}
