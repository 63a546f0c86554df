//! The changes that are tried on a configuration, and what each may touch.

use hapline::config::edit::{CHECK_URI, Change, Scope};
use hapline::config::{CheckKind, Config, Proxy};

fn change(scope: Scope, keyword: &str, value: &str) -> Change {
    let (keyword, value) = (keyword.to_owned(), value.to_owned());
    Change {
        scope,
        keyword,
        value,
    }
}

/// Every kind of change, for every proxy and server.
pub fn every(config: &Config) -> Vec<Change> {
    let mut changes = vec![
        change(Scope::Global, "maxconn", "54321"),
        change(Scope::Global, "spread-checks", "7"),
    ];
    for proxy in config.proxies() {
        if proxy.is_frontend() {
            of_frontend(&proxy.name, &mut changes);
        }
        if proxy.is_backend() {
            of_backend(config, proxy, &mut changes);
        }
    }
    changes
}

fn of_frontend(name: &str, changes: &mut Vec<Change>) {
    let (own, defaults) = (
        Scope::Frontend(name.to_owned()),
        Scope::DefaultsOfFrontend(name.to_owned()),
    );
    changes.extend([
        change(own.clone(), "maxconn", "4321"),
        change(own, "timeout client", "43s"),
        change(defaults, "timeout http-request", "4321ms"),
    ]);
}

fn of_backend(config: &Config, proxy: &Proxy, changes: &mut Vec<Change>) {
    let name = proxy.name.clone();
    let (own, defaults) = (
        Scope::Backend(name.clone()),
        Scope::DefaultsOfBackend(name.clone()),
    );
    let servers = Scope::ServersOf(name.clone());
    changes.extend([
        change(own.clone(), "timeout queue", "5432ms"),
        change(own.clone(), "timeout server", "54s"),
        change(own.clone(), "option redispatch", ""),
        change(own.clone(), "no option abortonclose", ""),
        change(own.clone(), "retries", "1"),
        change(own.clone(), "balance", "leastconn"),
        change(defaults, "timeout connect", "4321ms"),
        change(servers.clone(), "inter", "1234ms"),
        change(servers, "fall", "5"),
    ]);
    match proxy.check_kind() {
        CheckKind::Http => changes.extend(config.change_of_check_path(&name, "/changed")),
        CheckKind::Connect => changes.push(change(own, "option httpchk", "GET /changed")),
        _ => {}
    }
    for server in proxy.servers() {
        let (backend, server) = (name.clone(), server.name.clone());
        let scope = Scope::Server { backend, server };
        for (keyword, value) in [
            ("inter", "1s"),
            ("rise", "4"),
            ("check", ""),
            ("maxconn", "321"),
            ("slowstart", "5s"),
        ] {
            changes.push(change(scope.clone(), keyword, value));
        }
    }
}

/// Whether a change may make this fact another one.
pub fn may_touch(change: &Change, fact: &str) -> bool {
    let Some((who, keyword)) = fact.split_once('|') else {
        return false;
    };
    let is_rule = change.keyword == CHECK_URI && keyword.ends_with("|http-check");
    let no = match change.scope {
        Scope::ServersOf(_) | Scope::Server { .. } => "no-",
        _ => "no ",
    };
    let wanted = change.keyword.strip_prefix(no).unwrap_or(&change.keyword);
    if keyword != wanted && !is_rule {
        return false;
    }
    let proxy = who.split_once(' ').map_or("", |(_, name)| name);
    match &change.scope {
        Scope::Global => who == "global",
        Scope::Frontend(name) | Scope::Backend(name) => proxy == name,
        Scope::DefaultsOfFrontend(_) | Scope::DefaultsOfBackend(_) => !proxy.contains('/'),
        Scope::ServersOf(backend) => proxy
            .strip_prefix(backend.as_str())
            .is_some_and(|rest| rest.starts_with('/')),
        Scope::Server { backend, server } => proxy == format!("{backend}/{server}"),
    }
}
