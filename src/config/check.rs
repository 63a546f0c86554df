//! What a proxy's health checks ask of its servers (HAProxy manual 4.2, `option httpchk` and its kin).
//!
//! Enters: the options in force. Leaves: a [`CheckKind`]. Must not know: servers.

use super::proxy::Proxy;

/// What a check does once it is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// None of the options: it only connects.
    Connect,
    /// `option httpchk`
    Http,
    /// `option tcp-check`, with the `tcp-check` rules.
    Tcp,
    /// `option ssl-hello-chk`
    SslHello,
    /// `option smtpchk`
    Smtp,
    /// `option pgsql-check`
    Pgsql,
    /// `option redis-check`
    Redis,
    /// `option mysql-check`
    Mysql,
    /// `option ldap-check`
    Ldap,
    /// `option spop-check`
    Spop,
    /// `option external-check`, a program.
    External,
}

impl CheckKind {
    const OPTIONS: [(&'static str, Self); 10] = [
        ("option httpchk", Self::Http),
        ("option tcp-check", Self::Tcp),
        ("option ssl-hello-chk", Self::SslHello),
        ("option smtpchk", Self::Smtp),
        ("option pgsql-check", Self::Pgsql),
        ("option redis-check", Self::Redis),
        ("option mysql-check", Self::Mysql),
        ("option ldap-check", Self::Ldap),
        ("option spop-check", Self::Spop),
        ("option external-check", Self::External),
    ];
}

impl Proxy {
    /// What its checks ask. Checks are made of the servers whose [`Server::check`](super::Server::check) is there.
    pub fn check_kind(&self) -> CheckKind {
        let mut options = CheckKind::OPTIONS.into_iter();
        let in_force = options.find(|(option, _)| self.body().value(option).is_some());
        in_force.map_or(CheckKind::Connect, |(_, kind)| kind)
    }

    /// The arguments of the `tcp-check` lines in force, in order.
    pub fn tcp_check(&self) -> impl Iterator<Item = &str> {
        self.body()
            .lines("tcp-check")
            .map(|line| line.value.as_str())
    }

    /// The request of an HTTP check as method and URI: that of `http-check send`, where it has one, else that of
    /// `option httpchk`. `None` when checks are of another kind or the request is not known.
    pub fn check_request(&self) -> Option<(String, String)> {
        let option = &self.httpchk()?.value;
        let (mut method, mut uri) = (option.method.clone(), option.uri.clone());
        for line in self.body().lines("http-check") {
            let words: Vec<&str> = line.value.split(' ').collect();
            if words.first() != Some(&"send") {
                continue;
            }
            for pair in words.windows(2) {
                match pair {
                    ["meth", value] => (*value).clone_into(&mut method),
                    ["uri" | "uri-lf", value] => (*value).clone_into(&mut uri),
                    _ => {}
                }
            }
            break;
        }
        Some((method, uri))
    }
}
