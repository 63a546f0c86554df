//! Where the running HAProxy takes commands: `stats socket` of `global` (HAProxy manual 3.1).
//!
//! Enters: a configuration. Leaves: addresses as written, and whether they may change anything.
//! Must not know: how one connects to them.

use super::Config;
use super::syntax::Word;

/// A `stats socket` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatsSocket {
    /// The address as written: `/run/haproxy/admin.sock`, `unix@admin.sock`, `ipv4@127.0.0.1:9999`.
    pub address: String,
    /// `level admin`: takes commands that change the state of the process.
    pub is_admin: bool,
}

impl Config {
    /// The `stats socket` lines in order, without those whose address depends on the environment.
    pub fn stats_sockets(&self) -> Vec<StatsSocket> {
        let mut is_global = false;
        let mut sockets = Vec::new();
        for line in self.lines() {
            let words: Vec<&Word> = line.words().collect();
            match words[..] {
                [first, ..] if first.opens_section() => is_global = first.is("global"),
                [stats, socket, address, ref more @ ..]
                    if is_global
                        && stats.is("stats")
                        && socket.is("socket")
                        && !address.is_unexpanded() =>
                {
                    sockets.push(StatsSocket {
                        address: address.text(),
                        is_admin: more
                            .windows(2)
                            .any(|pair| pair[0].is("level") && pair[1].is("admin")),
                    });
                }
                _ => {}
            }
        }
        sockets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_those_of_global_whose_address_is_known() {
        let text = b"global\n  stats socket /run/a.sock mode 660 level admin\n  stats timeout 1m\n  stats socket \
                     ipv4@127.0.0.1:9999 level operator\n  stats socket \"$DIR/b.sock\"\ndefaults\nfrontend f\n  stats \
                     socket /no.sock\nglobal\n  stats socket unix@c.sock\n";
        let config = Config::parse("haproxy.cfg", text).unwrap();
        let sockets: Vec<(String, bool)> = config
            .stats_sockets()
            .into_iter()
            .map(|socket| (socket.address, socket.is_admin))
            .collect();
        assert_eq!(
            sockets,
            [
                ("/run/a.sock".to_owned(), true),
                ("ipv4@127.0.0.1:9999".to_owned(), false),
                ("unix@c.sock".to_owned(), false),
            ]
        );
    }
}
