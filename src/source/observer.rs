//! Who looks on while bytes are read.
//!
//! Enters: how many are to be read, and how many were. Leaves: whether to go on. Must not know: who it is; a terminal, or
//! nobody.

/// See the module. What is read is counted as it lies there, packed or not.
pub trait Observer: Sync {
    /// So many bytes more are to be read.
    fn expect(&self, bytes: u64);

    /// So many bytes more were read.
    fn read(&self, bytes: u64);

    /// Nothing more is to be begun.
    fn is_stopped(&self) -> bool;
}

/// Nobody.
impl Observer for () {
    fn expect(&self, _: u64) {}

    fn read(&self, _: u64) {}

    fn is_stopped(&self) -> bool {
        false
    }
}
