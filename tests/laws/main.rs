//! What holds for every log, however it is cut, ordered, repeated or looked at.
//!
//! `lines` writes HAProxy's lines, `logs` draws whole logs, `read` reads them in each way there is.

mod carried;
mod copies;
mod crowds;
mod cuts;
mod dates;
mod exact;
mod filters;
mod forged;
mod instants;
mod lines;
mod logs;
mod order;
mod parts;
mod read;
mod records;
mod stopped;
mod streams;
mod targets;
