//! A table whose first column names its rows.
//!
//! Enters: heads and cells. Leaves: a `table`, which scrolls by itself where it is too wide. Must not know: what it shows.

use askama::Template;

/// See the module.
#[derive(Template)]
#[template(path = "report/html/table.html")]
pub(super) struct Table {
    /// What it is a table of.
    pub(super) caption: String,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Columns from the second up to this one hold numbers.
    pub(super) numbers: usize,
}

impl Table {
    /// Of cells with fixed heads; nothing without rows.
    pub(super) fn of<const N: usize>(
        caption: &str,
        heads: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
        numbers: usize,
    ) -> Option<Self> {
        let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
        (!rows.is_empty()).then(|| Self {
            caption: caption.to_owned(),
            heads: heads.map(str::to_owned).to_vec(),
            rows,
            numbers,
        })
    }
}
