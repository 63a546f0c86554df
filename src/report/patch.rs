//! The advice as a unified diff of the configuration, and what is not in it.
//!
//! Enters: what became of the advice. Leaves: bytes for `patch`, and sentences. Must not know: how files are changed.

use super::change::Brief;
use crate::advice::settings::Settled;
use crate::config::edit::Way;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The diff, with the bytes of the files, whatever they are; empty where nothing is to change.
    pub diff: Vec<u8>,
    /// How to apply it; empty where nothing is to change.
    pub apply: String,
    /// Advice that names a change and is not in it, each in one sentence.
    pub refused: Vec<String>,
}

impl Patch {
    /// Of what became of the advice.
    pub fn new(settled: &Settled) -> Self {
        let files = &settled.patch.files;
        let apply = match files.first().map(|file| file.way()) {
            None => String::new(),
            Some(Way::Here) => "patch -p0".to_owned(),
            Some(Way::FromRoot) => "patch -p0 -d /".to_owned(),
            Some(Way::ByName) => "patch FILE".to_owned(),
        };
        let refused = settled.refused.iter();
        Self {
            diff: settled.patch.diff(),
            apply,
            refused: refused
                .map(|(piece, why)| Brief::because(piece, why).words())
                .collect(),
        }
    }
}
