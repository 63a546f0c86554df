//! A store through a whole process: killed at any moment, without room, without rights.
//!
//! The process is this program again, with a task in its environment.

mod child;
mod kills;
mod limits;
