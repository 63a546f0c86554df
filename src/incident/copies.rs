//! Messages that stand in the log twice, because two `log` targets end in one file.
//!
//! Enters: messages about servers that are no transitions, in time order. Leaves: whether one was there already.
//! Must not know: what they say.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::hash;
use crate::rollup::seal::{Origin, SealedEvent};

/// Seconds between a message and its copy: both are written at once, on either side of a full second.
const APART: i64 = 1;

/// Messages of so short a time that are remembered; more are forged.
const REMEMBERED: usize = 4_096;

/// See the module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Copies(BTreeSet<(i64, Origin, u32, u64)>);

impl Copies {
    /// The same process said the same just now.
    pub fn is_copy(&mut self, event: &SealedEvent) -> bool {
        let earliest = event.second - APART;
        self.0.retain(|(second, ..)| *second >= earliest);
        let text: Name = event.message().into();
        let said = |second| (second, event.origin.clone(), event.pid, hash::bytes(&text));
        if (earliest..=event.second).any(|second| self.0.contains(&said(second))) {
            return true;
        }
        if self.0.len() < REMEMBERED {
            self.0.insert(said(event.second));
        }
        false
    }
}
