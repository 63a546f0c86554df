//! Which lines have a time that is odd among those around them.
//!
//! Enters: the lines of a stretch, in their order. Leaves: a [`Mark`] for each. Must not know: zones, or what comes of it.

use super::Stamped;

/// Lines around a line that are asked whether its time is odd; two may be odd themselves.
const AROUND: usize = 5;

/// Seconds between a line and the middle of those around it that are odd. Zones differ by a day at most.
const FAR: i64 = 2 * 86_400;

/// A time, and how many lines have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wall {
    pub(super) at: i64,
    pub(super) lines: u64,
}

impl Wall {
    pub(super) fn of(line: &Stamped) -> Option<Self> {
        let at = line.clock.wall()?;
        let lines = line.lines;
        Some(Self { at, lines })
    }
}

/// What is odd about a line's time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    /// It is far from those around it.
    pub(super) odd: bool,
    /// And far behind one before it.
    pub(super) back: bool,
}

/// What is odd about the time of each line, `context` being when the one before them was written.
pub(super) fn marks(lines: &[Stamped], context: Option<i64>) -> Vec<Mark> {
    let before = context.map(|at| Wall { at, lines: 1 });
    let walls: Vec<Wall> = before
        .into_iter()
        .chain(lines.iter().filter_map(Wall::of))
        .collect();
    let mut marks = (0..walls.len())
        .map(|at| mark(&walls, at, context.is_some()))
        .skip(usize::from(context.is_some()));
    let mut of = |line| Wall::of(line).and_then(|_| marks.next());
    lines
        .iter()
        .map(|line| of(line).unwrap_or_default())
        .collect()
}

/// What is odd about one of them. Of two that as many lines have, without any before them, nothing can be said.
fn mark(walls: &[Wall], at: usize, has_context: bool) -> Mark {
    let from = at
        .saturating_sub(AROUND / 2)
        .min(walls.len().saturating_sub(AROUND));
    let around = &walls[from..walls.len().min(from + AROUND)];
    let middle = match around {
        [before, _] if has_context => before.at,
        [one, other] if one.lines == other.lines => walls[at].at,
        _ => middle(around),
    };
    let far = |a: i64, b: i64| a.saturating_sub(b) > FAR;
    let is_far = |wall: i64| far(wall, middle) || far(middle, wall);
    let odd = is_far(walls[at].at);
    let before = &walls[from.min(at)..at];
    let at = walls[at].at;
    let back = odd && before.iter().any(|wall| far(wall.at, at));
    Mark { odd, back }
}

/// The time of the line in the middle.
fn middle(walls: &[Wall]) -> i64 {
    let mut sorted = walls.to_vec();
    sorted.sort_unstable();
    let half = sorted.iter().map(|wall| wall.lines).sum::<u64>() / 2;
    let mut passed = 0;
    let holds_it = |wall: &&Wall| {
        passed += wall.lines;
        passed > half
    };
    sorted.iter().find(holds_it).map_or(0, |wall| wall.at)
}
