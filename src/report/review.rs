//! stub
use super::document::{Advice, Window};
#[allow(missing_docs)]
pub struct ReviewDocument {
    pub window: Window,
    pub backends: Vec<()>,
    pub advice: Vec<Advice>,
}
/// d
pub fn document(window: Window, backends: Vec<()>, advice: Vec<Advice>) -> ReviewDocument {
    ReviewDocument {
        window,
        backends,
        advice,
    }
}
