//! A scan, with the accounts of all its minutes once somebody asked for them.
//!
//! Enters: changes of the scan. Leaves: the scan as it stands, and its accounts, made once for all who ask until it changes.
//! Must not know: who asks.
//!
//! A daemon looks each second, and advice is asked for now and then: a look that nobody asks does not pay for them.

use std::ops::Deref;
use std::sync::OnceLock;

use super::accounts::Accounts;
use super::scan::Scan;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Scanned {
    scan: Scan,
    accounts: OnceLock<Accounts>,
}

impl Scanned {
    /// The scan, to be changed.
    pub fn change(&mut self) -> &mut Scan {
        self.accounts.take();
        &mut self.scan
    }

    /// Timer distributions, loads, samples of URLs and cookies of all minutes that were scanned.
    pub fn accounts(&self) -> &Accounts {
        self.accounts.get_or_init(|| self.scan.with_held_minutes())
    }
}

impl From<Scan> for Scanned {
    fn from(scan: Scan) -> Self {
        let accounts = OnceLock::new();
        Self { scan, accounts }
    }
}

impl Deref for Scanned {
    type Target = Scan;

    fn deref(&self) -> &Scan {
        &self.scan
    }
}
