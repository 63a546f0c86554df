//! Advice as changes of the configuration.
//!
//! Enters: pieces of advice and the configuration. Leaves: a [`Patch`] of its files, and the pieces that it cannot have, with
//! why. Must not know: how files are changed.
//!
//! A piece without a value, and one that mends what is not HAProxy's, changes no file.

use super::{Direction, Piece, Review, Scope};
use crate::config::edit::{self, Change, Patch};
use crate::config::{Config, Proxy};
use crate::rollup::Name;

/// `retries` without which `option redispatch` does nothing.
const RETRIES: &str = "3";

/// What became of the advice.
#[derive(Debug)]
pub struct Settled<'a> {
    /// The changes of the files.
    pub patch: Patch,
    /// Pieces that name a change which cannot be made here, and why.
    pub refused: Vec<(&'a Piece, String)>,
}

/// Makes all changes that the advice names.
pub fn settle<'a>(review: &'a Review, config: &Config) -> Settled<'a> {
    let (mut refused, mut changes) = (Vec::new(), Vec::new());
    for piece in &review.advice {
        let wanted = wanted(piece, config);
        if wanted.is_empty() {
            continue;
        }
        match acceptable(config, &changes, wanted) {
            Ok(accepted) => changes.extend(accepted),
            Err(why) => refused.push((piece, why)),
        }
    }
    Settled {
        patch: config.patch(&changes),
        refused,
    }
}

/// The changes, if all of them can be made behind the others; those of all servers also one by one.
fn acceptable(
    config: &Config,
    before: &[Change],
    wanted: Vec<Change>,
) -> Result<Vec<Change>, String> {
    let refusal = |changes: &[Change]| {
        let all = [before, changes].concat();
        let refused = config.patch(&all).refused;
        refused.first().map(|(_, refusal)| refusal.to_string())
    };
    let Some(why) = refusal(&wanted) else {
        return Ok(wanted);
    };
    let one_by_one: Vec<Change> = wanted
        .iter()
        .flat_map(|change| of_each_server(config, change))
        .collect();
    if one_by_one == wanted {
        return Err(why);
    }
    match refusal(&one_by_one) {
        Some(why) => Err(why),
        None => Ok(one_by_one),
    }
}

/// A change of all servers as one of each of them.
fn of_each_server(config: &Config, change: &Change) -> Vec<Change> {
    let edit::Scope::ServersOf(backend) = &change.scope else {
        return vec![change.clone()];
    };
    let servers = config.backend(backend).into_iter().flat_map(Proxy::servers);
    let of_one = |server: &crate::config::Server| Change {
        scope: edit::Scope::Server {
            backend: backend.clone(),
            server: server.name.clone(),
        },
        ..change.clone()
    };
    servers.map(of_one).collect()
}

/// What a piece wants to be in force.
fn wanted(piece: &Piece, config: &Config) -> Vec<Change> {
    let is_change = matches!(
        piece.direction,
        Direction::Raise | Direction::Lower | Direction::Set
    );
    let Some(scope) = scope(piece).filter(|_| is_change) else {
        return Vec::new();
    };
    let change = |keyword: &str, value: &str| Change {
        scope: scope.clone(),
        keyword: keyword.to_owned(),
        value: value.to_owned(),
    };
    match (piece.keyword, &piece.suggested) {
        (keyword @ ("check" | "option allbackups"), _) => vec![change(keyword, "")],
        ("option redispatch", _) => {
            let retries = name(&piece.scope)
                .and_then(|name| config.backend(&name))
                .map(Proxy::retries);
            let retries = (retries == Some(0)).then(|| change("retries", RETRIES));
            let option = [change("option redispatch", "")];
            option.into_iter().chain(retries).collect()
        }
        (keyword, Some(value)) => vec![change(keyword, value)],
        (_, None) => Vec::new(),
    }
}

/// Where a piece's keyword is written: those of servers on their lines.
fn scope(piece: &Piece) -> Option<edit::Scope> {
    let of_servers = matches!(
        piece.keyword,
        "check" | "inter" | "fastinter" | "fall" | "rise" | "slowstart" | "maxconn"
    );
    let text = |name: &Name| String::from_utf8(name.to_vec()).ok();
    Some(match &piece.scope {
        Scope::Global => edit::Scope::Global,
        Scope::Frontend(name) => edit::Scope::Frontend(text(name)?),
        Scope::Backend(name) | Scope::Listen(name) if of_servers => {
            edit::Scope::ServersOf(text(name)?)
        }
        Scope::Listen(name) if is_of_clients(piece.keyword) => edit::Scope::Frontend(text(name)?),
        Scope::Backend(name) | Scope::Listen(name) => edit::Scope::Backend(text(name)?),
        Scope::Server(backend, server) => edit::Scope::Server {
            backend: text(backend)?,
            server: text(server)?,
        },
    })
}

fn is_of_clients(keyword: &str) -> bool {
    matches!(keyword, "timeout client" | "timeout http-request")
}

fn name(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Backend(name) | Scope::Listen(name) => String::from_utf8(name.to_vec()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::advice::fixture::{Log, incident};
    use crate::config::Config;
    use crate::words::cause::Cause;

    /// The patched file, and why pieces are not in it.
    fn patched(text: &str) -> (String, Vec<String>) {
        let mut gone = incident(Cause::ServiceNotListening, "b", &["s2"]);
        gone.detected_at = Some(13_000);
        let log = Log::of(text)
            .answers("b", "s1", &[(10, 500)])
            .cut("b", "s2", b"SC", 3, 20);
        let config = Config::parse("t.cfg", text.as_bytes()).expect("it parses");
        let review = log.and(gone).weigh();
        let settled = settle(&review, &config);
        let file = settled.patch.files.first();
        let file = file.map_or(text.to_owned(), |file| {
            String::from_utf8(file.text()).expect("it is text")
        });
        let why = settled
            .refused
            .into_iter()
            .map(|(piece, why)| format!("{} {}: {why}", piece.keyword, piece.scope));
        (file, why.collect())
    }

    #[test]
    fn a_default_server_is_changed_and_options_are_added() {
        let config = "defaults\n    mode http\n    retries 0\n    timeout server 5s # long\n\nbackend b\n    default-server check inter 5s fall 3\n    server s1 127.0.0.1:80\n    server s2 127.0.0.2:80\n";
        insta::assert_snapshot!(patched(config).0);
    }

    #[test]
    fn servers_with_settings_of_their_own_are_changed_one_by_one() {
        let config = "defaults\n mode http\n option redispatch\nbackend b\n server s1 127.0.0.1:80 check inter 5s\n server s2 127.0.0.2:80 check inter 5s\n";
        let (file, refused) = patched(config);
        assert_eq!(file, config.replace("inter 5s", "inter 1s"));
        assert!(refused.is_empty(), "{refused:?}");
    }

    #[test]
    fn what_cannot_be_changed_is_said() {
        let config = "defaults\n mode http\n option redispatch\nbackend b\n server-template s 1-2 127.0.0.1:80 check inter 5s\n";
        let (file, refused) = patched(config);
        assert_eq!(file, config);
        assert!(refused[0].contains("server-template"), "{refused:?}");
    }
}
