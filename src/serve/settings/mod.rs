//! How `hapline serve` is to run.
//!
//! Enters: a TOML file, the environment, and flags. Leaves: settings, each with where it came from; or what is wrong, and
//! where. Must not know: who acts on them, so that they can be loaded again at any time.
//!
//! A flag wins over the environment, the environment over the file, the file over the default. The file is
//! [`FILE`] unless another is named.

mod check;
mod diff;
mod error;
mod joined;
mod keys;
mod load;
mod places;
mod sections;
mod show;
mod targets;
mod units;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use diff::{Change, diff};
pub use error::CannotLoad;
pub use keys::{KEYS, Key, Shape};
pub use load::{Given, Loaded, Origin, Sources, Text, load};
pub use sections::{Follow, From, Haproxy, Http, Listen, Store};
pub use targets::{Kind, Silence, Target, Until};
pub use units::{NoUnit, Size, Span};

/// The file that is read where it exists and no other is named.
pub const FILE: &str = "/etc/hapline/hapline.toml";

/// The variable of the environment that names another file.
pub const FILE_VARIABLE: &str = "HAPLINE_SETTINGS";

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where syslog comes in.
    pub listen: Listen,
    /// Files that are read as they grow.
    pub follow: Follow,
    /// What outlives a restart.
    pub store: Store,
    /// Metrics, API and pages.
    pub http: Http,
    /// What the lines do not say themselves.
    pub haproxy: Haproxy,
    /// Who is told of incidents.
    pub notify: Vec<Target>,
    /// When nobody is.
    pub silence: Vec<Silence>,
}
