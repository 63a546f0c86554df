//! stub
use crate::config::Config;
use crate::incident::{Clue, Incident, accounts::Accounts};
use crate::report::document::{Direction, Samples};
/// r
#[derive(Default)]
#[allow(missing_docs)]
pub struct Review {
    pub backends: Vec<()>,
    pub advice: Vec<Piece>,
}
#[allow(missing_docs)]
pub struct Piece {
    pub keyword: String,
    pub scope: String,
    pub direction: Direction,
    pub current: Option<String>,
    pub current_from: Option<&'static str>,
    pub suggested: Option<String>,
    pub effect: String,
    pub samples: Samples,
    pub confidence: f64,
    pub why: String,
    pub evidence: Vec<Clue>,
}
/// w
pub fn weigh(_: &Accounts, _: &[Incident], _: Option<&Config>) -> Review {
    Review::default()
}
