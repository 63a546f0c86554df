//! What the screen shows, and where the cursor is.
//!
//! Enters: pictures, as they come; what a person wants. Leaves: the state to draw. Must not know: keys, and how it is drawn.

use std::sync::Arc;

use super::Recent;
use crate::report::document::Document;
use crate::report::grid::Grid;

/// What is known of one moment.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The report.
    pub document: Arc<Document>,
    /// Backends and servers.
    pub grid: Arc<Grid>,
    /// What went on lately.
    pub recent: Recent,
}

/// Something the cursor can stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An incident, by its id.
    Incident(String),
    /// A backend.
    Backend(String),
    /// A server of a backend.
    Server(String, String),
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum View {
    /// Incidents and all backends.
    #[default]
    Overview,
    /// One backend.
    Backend(String),
    /// One incident, by its id.
    Incident(String),
}

/// In which order backends stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Those with an open incident, or a server out of rotation, first; then by name.
    #[default]
    Trouble,
    /// The busiest first.
    Rate,
    /// By name.
    Name,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// What is read.
    pub source: String,
    /// What is shown; nothing has come before.
    pub picture: Option<Picture>,
    /// What came while it was paused.
    next: Option<Picture>,
    /// It stands still.
    pub paused: bool,
    /// Nothing more comes.
    pub ended: bool,
    /// Why nothing new comes.
    pub trouble: Option<String>,
    /// What names must contain.
    pub filter: String,
    /// A filter that is being typed.
    pub typing: Option<String>,
    /// The keys are told.
    pub is_help: bool,
    /// What is looked at.
    pub view: View,
    /// What was looked at before, with the cursor.
    trail: Vec<(View, Option<Key>)>,
    /// Rows of the list above the terminal.
    pub scroll: usize,
    /// Where the cursor is.
    pub cursor: Option<Key>,
    /// Servers are not listed.
    pub hides_servers: bool,
    /// Incidents that are over are listed, too, however many.
    pub shows_all_incidents: bool,
    /// The order of backends.
    pub order: Order,
    /// Nothing but ASCII is shown.
    pub ascii: bool,
}

impl State {
    /// One that has seen nothing of what is read from `source`.
    pub fn new(source: String, ascii: bool) -> Self {
        Self {
            source,
            ascii,
            ..Self::default()
        }
    }

    /// Something new has come.
    pub fn see(&mut self, picture: Picture) {
        if self.paused && self.picture.is_some() {
            self.next = Some(picture);
        } else {
            self.picture = Some(picture);
        }
    }

    /// What is known last, shown or not.
    pub fn latest(&self) -> Option<&Picture> {
        self.next.as_ref().or(self.picture.as_ref())
    }

    /// Stands still, or goes on.
    pub fn pause(&mut self) {
        self.paused = !self.paused;
        if let Some(next) = self.next.take() {
            self.picture = Some(next);
        }
    }

    /// Looks at something else.
    pub fn open(&mut self, view: View) {
        let last = std::mem::replace(&mut self.view, view);
        self.trail.push((last, self.cursor.take()));
        self.scroll = 0;
    }

    /// Looks at what was looked at before. Whether there was something.
    pub fn back(&mut self) -> bool {
        let Some((view, cursor)) = self.trail.pop() else {
            return false;
        };
        (self.view, self.cursor, self.scroll) = (view, cursor, 0);
        true
    }

    /// One of these texts has what is filtered for.
    pub(super) fn is_wanted<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let wanted = self.typing.as_ref().unwrap_or(&self.filter).to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        wanted.is_empty() || texts.into_iter().any(has)
    }
}
