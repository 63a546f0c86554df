//! Settings as the parts of the daemon take them.
//!
//! Enters: sections of settings. Leaves: what listeners, followed files, the store and the HTTP server are set by. Must not
//! know: what they do with it.

use axum::http::Uri;

use super::sections::{Follow, From, Http, Listen, Store};
use super::units::Span;
use crate::serve::{follow, http, listen};
use crate::store;

impl Listen {
    /// For the listeners.
    pub fn joined(&self) -> listen::Settings {
        listen::Settings {
            udp: self.udp.clone(),
            sockets: self.sockets,
            buffer: usize::try_from(self.buffer.bytes()).unwrap_or(usize::MAX),
            tcp: self.tcp.clone(),
            tls: self.tls.clone(),
            certificate: self.tls_certificate.clone(),
            key: self.tls_key.clone(),
            client_ca: self.tls_client_ca.clone(),
            unix: self.unix.clone(),
            stdin: self.stdin,
            // What is no network was refused when the settings were read.
            allow: self
                .allow
                .iter()
                .filter_map(|text| listen::network(text))
                .collect(),
            connections: self.max_connections,
            idle: seconds(self.idle),
        }
    }
}

impl Follow {
    /// For followed files.
    pub fn joined(&self) -> follow::Settings {
        follow::Settings {
            paths: self.paths.iter().map(Into::into).collect(),
            from: match self.from {
                From::Start => follow::From::Beginning,
                From::End => follow::From::End,
            },
        }
    }
}

impl Store {
    /// For the store, if there is one.
    pub fn joined(&self) -> Option<store::Settings> {
        Some(store::Settings {
            path: self.path.clone()?,
            keep_s: seconds(self.keep),
            seconds_s: seconds(self.keep_seconds),
            max_bytes: self.max_size.bytes(),
            ..store::Settings::default()
        })
    }
}

impl Http {
    /// For the HTTP server, if there is one.
    pub fn joined(&self) -> Option<http::Settings> {
        Some(http::Settings {
            address: self.address?,
            token_file: self.token_file.clone(),
            hosts: self.host().into_iter().collect(),
            ..http::Settings::default()
        })
    }

    /// The host under which people reach the pages; a proxy before them asks for it, too.
    fn host(&self) -> Option<String> {
        let url: Uri = self.external_url.as_deref()?.parse().ok()?;
        url.host().map(str::to_owned)
    }
}

fn seconds(span: Span) -> u64 {
    span.millis().unsigned_abs() / 1000
}
