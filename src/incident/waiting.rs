//! What waits for its time, first come first served.
//!
//! Enters and leaves: anything. Must not know: what it waits for.
//!
//! A few wait at each backend and server, each second one comes and one goes: that must cost next to nothing.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting<T> {
    /// Those that wait, behind those that have left.
    line: Vec<T>,
    left: usize,
}

/// Room for the first ones: most places that are heard of once are never heard of again.
const FEW: usize = 4;

/// Room for those of the usual few seconds, and as many that have left.
const ROOM: usize = 16;

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self {
            line: Vec::new(),
            left: 0,
        }
    }
}

impl<T> Waiting<T> {
    /// One more waits.
    #[inline]
    pub fn push(&mut self, one: T) {
        if self.line.len() == self.line.capacity() {
            self.make_room();
        }
        self.line.push(one);
    }

    fn make_room(&mut self) {
        if self.line.is_empty() {
            self.line.reserve_exact(FEW);
        } else if self.line.len() < ROOM {
            self.line.reserve_exact(ROOM - self.line.len());
        } else if self.left * 2 >= self.line.len() {
            self.line.drain(..self.left);
            self.left = 0;
        }
    }

    /// The one that has waited for longest.
    #[inline]
    pub fn first(&self) -> Option<&T> {
        self.line.get(self.left)
    }

    /// It leaves.
    #[inline]
    pub fn pass(&mut self) {
        self.left += 1;
        if self.left >= self.line.len() {
            self.clear();
        }
    }

    /// All leave.
    pub fn clear(&mut self) {
        self.line.clear();
        self.left = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn who_came_first_leaves_first(comes in proptest::collection::vec(any::<bool>(), 0..300)) {
            let (mut waiting, mut expected) = (Waiting::default(), VecDeque::new());
            for (nth, comes) in comes.into_iter().enumerate() {
                if comes {
                    waiting.push(nth);
                    expected.push_back(nth);
                } else {
                    waiting.pass();
                    expected.pop_front();
                }
                prop_assert_eq!(waiting.first(), expected.front());
            }
        }
    }
}
