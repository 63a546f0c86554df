//! A `bind` line: where a proxy accepts clients (HAProxy manual 5.1).
//!
//! Enters: the words of a line. Leaves: a [`Bind`]. Must not know: the proxy it belongs to.

use super::body::{self, Values};
use super::error::ConfigError;
use super::reader::{Reader, place_of};
use super::setting::Place;
use super::syntax::Word;
use super::table::{Form, Level};

/// Settings without a value; what begins with `no-` or `force-` has none either.
const FLAGS: &str = "\
    accept-proxy allow-0rtt defer-accept generate-certificates prefer-client-ciphers quic-force-retry ssl strict-sni tfo \
    transparent v4v6 v6only";

/// A `bind` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// Addresses as written, with ports or ranges of them: `:80,:8080`, `/run/web.sock`, `quic4@:443`.
    pub address: String,
    /// From `bind` to the last word of the line.
    pub at: Place,
    /// All its settings.
    pub values: Values,
}

impl Bind {
    /// Reads a line.
    pub(super) fn read(words: &[&Word], reader: &mut Reader<'_>) -> Result<Self, ConfigError> {
        let at = place_of(words);
        let address = reader.argument("bind", &at, words.get(1), "an address and a port")?;
        let mut values = Values::new();
        let mut rest = words.get(2..).unwrap_or_default();
        while let Some((&word, after)) = rest.split_first() {
            let keyword = word.text();
            let is_flag = FLAGS.split(' ').any(|flag| flag == keyword)
                || keyword.starts_with("no-")
                || keyword.starts_with("force-");
            let count = usize::from(!is_flag && !after.is_empty());
            let (arguments, after) = after.split_at_checked(count).unwrap_or((after, &[]));
            let form = Level::Bind
                .entry(&keyword)
                .map_or(Form::Text, |entry| entry.form);
            let setting = body::read(&keyword, form, &[word], arguments, reader)?;
            values.insert(keyword, setting);
            rest = after;
        }
        Ok(Self {
            address: address.text(),
            at,
            values,
        })
    }

    /// `ssl`: clients speak TLS here.
    pub fn is_tls(&self) -> bool {
        self.values.contains_key("ssl")
    }

    /// `accept-proxy`: connections begin with the PROXY protocol.
    pub fn accepts_proxy(&self) -> bool {
        self.values.contains_key("accept-proxy")
    }

    /// `maxconn`: concurrent connections on this line's addresses; `None`: the frontend's limit alone.
    pub fn maxconn(&self) -> Option<u32> {
        self.values.get("maxconn")?.value.number()
    }

    /// `backlog`: connections that may wait to be accepted; `None`: [`Proxy::backlog`](super::Proxy::backlog).
    pub fn backlog(&self) -> Option<u32> {
        self.values.get("backlog")?.value.number()
    }
}
