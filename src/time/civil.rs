//! Civil dates as plain integers.
