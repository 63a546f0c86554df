//! `haproxy.cfg`, read losslessly: every value knows where it stands.
//!
//! Enters: the text of a configuration. Leaves: a [`Config`] to ask what is in force for a proxy.
//! Must not know: logs.
