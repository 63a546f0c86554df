//! rollup

pub mod distinct;
pub mod hash;
pub mod histogram;
pub mod merge;
pub mod sample;
