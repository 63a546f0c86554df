//! Steps in the making: what to look at, what to do, how to keep it from coming back.
//!
//! Enters: commands with what they answer. Leaves: [`Step`]s in their order. Must not know: causes.

use crate::report::document::{Phase, Step};

/// Most steps of each phase.
const MOST: [(Phase, usize); 3] = [
    (Phase::Diagnose, 4),
    (Phase::Mitigate, 3),
    (Phase::Prevent, 2),
];

/// What to do about a cause.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    /// A command that only looks, and what it answers.
    pub fn look(self, command: String, why: impl Into<String>) -> Self {
        self.step(Phase::Diagnose, Some(command), why, false)
    }

    /// Something to look at that no command of this machine shows.
    pub fn ask(self, why: impl Into<String>) -> Self {
        self.step(Phase::Diagnose, None, why, false)
    }

    /// A command that changes a running system; nothing where there is none.
    pub fn change(self, command: Option<String>, why: impl Into<String>) -> Self {
        match command {
            Some(_) => self.step(Phase::Mitigate, command, why, true),
            None => self,
        }
    }

    /// Something to do that no command of this machine does.
    pub fn act(self, why: impl Into<String>) -> Self {
        self.step(Phase::Mitigate, None, why, false)
    }

    /// What keeps it from coming back, or from hurting.
    pub fn prevent(self, why: impl Into<String>) -> Self {
        self.step(Phase::Prevent, None, why, false)
    }

    /// The same, as the second one.
    pub fn prevent_second(self, why: impl Into<String>) -> Self {
        let is_prevention = |step: &Step| step.phase == Phase::Prevent;
        let first = self.steps.iter().position(is_prevention);
        let mut plan = self.prevent(why);
        if let Some(first) = first {
            plan.steps[first + 1..].rotate_right(1);
        }
        plan
    }

    /// `self`, or with `more` where `condition` holds.
    pub fn when(self, condition: bool, more: impl FnOnce(Self) -> Self) -> Self {
        if condition { more(self) } else { self }
    }

    /// The first command of `other` comes second: it tells the two causes apart. If these have it already, the next one;
    /// if they have both, they tell by themselves. One that begins as the first of these does takes its place.
    pub fn told_apart_from(mut self, other: Self, name: &str) -> Self {
        let is_new = |step: &Step| self.steps.iter().all(|own| own.command != step.command);
        let telling = other
            .steps
            .into_iter()
            .filter(|step| step.phase == Phase::Diagnose && step.command.is_some())
            .take(2)
            .find(is_new);
        if let Some(mut step) = telling {
            step.why = format!("or {name}? {}", step.why);
            match self.steps.first_mut() {
                Some(first) if goes_on(first, &step) => *first = step,
                Some(_) => self.steps.insert(1, step),
                None => self.steps.push(step),
            }
        }
        self
    }

    /// The steps: first all that look, then all that mend, then all that prevent; not too many of each.
    pub fn into_steps(self) -> Vec<Step> {
        MOST.iter()
            .flat_map(|(phase, most)| {
                let of_phase = self.steps.iter().filter(move |step| step.phase == *phase);
                of_phase.take(*most).cloned()
            })
            .collect()
    }

    fn step(
        mut self,
        phase: Phase,
        command: Option<String>,
        why: impl Into<String>,
        changes_state: bool,
    ) -> Self {
        self.steps.push(Step {
            phase,
            command,
            why: why.into(),
            changes_state,
        });
        self
    }
}

/// The command of `other` is that of `step`, and more.
fn goes_on(step: &Step, other: &Step) -> bool {
    let commands = step.command.as_deref().zip(other.command.as_deref());
    commands.is_some_and(|(own, other)| other.starts_with(&format!("{own}; ")))
}
