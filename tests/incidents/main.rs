//! What is found in a log: every kind and cause, from lines as HAProxy and rsyslog write them.

mod beginnings;
mod charts;
mod checks;
mod clients;
mod connections;
mod impact;
mod log;
mod operators;
mod pages;
mod processes;
mod quiet;
mod recordings;
mod servers;
mod several;
mod slowness;
mod uploads;
mod visitors;
