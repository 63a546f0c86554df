//! Whether servers get what their weights say.
//!
//! Enters: a backend with its section. Leaves: a sentence where they do not. Must not know: timers other than `Tr`.
//!
//! Only `roundrobin` and `static-rr` give each server its part. `leastconn` gives more to those that are quicker, a hash
//! and a cookie follow clients: with these, unequal shares are what was asked for, and the sentence says so.

use super::amount;
use super::narrow::narrowest;
use super::subject::Subject;
use super::waits::{Wait, Waits};
use crate::config::{Proxy, Server};
use crate::rollup::Name;
use crate::words::numbers::count;

/// Requests of calm minutes below which shares say little.
const ENOUGH: u64 = 1_000;

/// A share is another one from this difference on, as a part of what it should be, ...
const UNLIKE: f64 = 0.25;

/// ... and where something else than weights decides, from this one on.
const VERY_UNLIKE: f64 = 0.5;

/// The sentence.
pub fn note(subject: &Subject) -> Option<String> {
    let proxy = subject.proxy?;
    let shares = shares(subject, proxy)?;
    let total: u64 = shares.iter().map(|share| share.requests).sum();
    let off = |share: &&Share| (share.got / share.due - 1.0).abs();
    let worst = shares.iter().max_by(|a, b| off(a).total_cmp(&off(b)))?;
    let by = by(proxy);
    let least = match by {
        By::Weights => UNLIKE,
        By::Quickness | By::Clients(_) => VERY_UNLIKE,
    };
    if total < ENOUGH || off(&worst) < least {
        return None;
    }
    let told = format!(
        "In calm minutes {} got {:.0} % of {total} requests, by its weight {:.0} % were due",
        String::from_utf8_lossy(worst.server),
        worst.got * 100.0,
        worst.due * 100.0,
        total = count(total)
    );
    Some(match by {
        By::Weights if is_short_of_slots(proxy, worst) => format!(
            "{told}: it has fewer slots (`maxconn`) than its neighbours, and is passed over while they are taken; or weights or states were changed while HAProxy ran (`show servers state`), or rules choose the server."
        ),
        By::Weights => format!(
            "{told}: weights or states were changed while HAProxy ran (`show servers state`), or rules choose the server."
        ),
        By::Quickness => format!(
            "{told}; `balance leastconn` gives more to servers that answer sooner{}.",
            quickness(subject, worst.server)
        ),
        By::Clients(what) => format!("{told}; {what} decides, and weights only for new clients."),
    })
}

/// What decides which server a request gets.
enum By {
    Weights,
    Quickness,
    Clients(&'static str),
}

fn by(proxy: &Proxy) -> By {
    let algorithm = proxy
        .balance()
        .map_or("roundrobin", |balance| &balance.value);
    let sticks = proxy.body().lines("stick").next().is_some();
    match algorithm.split_whitespace().next().unwrap_or_default() {
        _ if proxy.cookie().is_some() => By::Clients("the cookie"),
        _ if sticks => By::Clients("the stick table"),
        "roundrobin" | "static-rr" => By::Weights,
        "leastconn" => By::Quickness,
        _ => By::Clients("the algorithm of `balance`"),
    }
}

/// It got less than its part, and may have been full more often than the others.
fn is_short_of_slots(proxy: &Proxy, share: &Share) -> bool {
    let narrow = narrowest(proxy);
    share.got < share.due && narrow.is_some_and(|(it, _)| share.server[..] == *it.name.as_bytes())
}

/// What decides that, as a sentence names it.
pub fn chooser(proxy: &Proxy) -> &'static str {
    match by(proxy) {
        By::Weights | By::Quickness => "`balance`",
        By::Clients(what) => what,
    }
}

/// What a server got of all requests, and what its weight makes; 0 to 1.
struct Share<'a> {
    server: &'a Name,
    requests: u64,
    got: f64,
    due: f64,
}

/// Of all servers, where the weight of each is known and each was asked.
fn shares<'a>(subject: &Subject<'a>, proxy: &Proxy) -> Option<Vec<Share<'a>>> {
    let weights = weights(proxy)?;
    let all: f64 = weights.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let counts = subject.group.calm_requests();
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let share = |(server, weight): &(&Server, u32)| {
        let mut counts = counts.iter();
        let (name, n) = counts.find(|(name, _)| name[..] == *server.name.as_bytes())?;
        Some(Share {
            server: name,
            requests: *n,
            got: *n as f64 / total as f64,
            due: f64::from(*weight) / all,
        })
    };
    let some = weights.iter().filter(|(_, weight)| *weight > 0);
    let shares: Vec<Share> = some.map(share).collect::<Option<_>>()?;
    (shares.len() > 1).then_some(shares)
}

/// The servers in use with their weights, where each is known.
pub fn weights(proxy: &Proxy) -> Option<Vec<(&Server, u32)>> {
    let in_use = |server: &&Server| !server.backup && !server.disabled;
    let servers = proxy.servers().iter().filter(in_use);
    servers
        .map(|server| Some((server, weight(server)?)))
        .collect()
}

/// Its weight, HAProxy's default of 1 included; `None` where it depends on the environment, or an agent sets it.
fn weight(server: &Server) -> Option<u32> {
    let is_unknown = |word| server.unknown.iter().any(|unknown| unknown.keyword == word);
    let is_known = !is_unknown("weight") && !is_unknown("server") && !server.is_on("agent-check");
    is_known.then(|| server.weight.as_ref().map_or(1, |weight| weight.value))
}

/// How soon a server answers, beside all of them.
fn quickness(subject: &Subject, server: &Name) -> String {
    let median = |waits: &Waits| waits.calm.completed.quantile(0.5);
    let servers = subject.group.by_server(Wait::Answer);
    let its = servers.iter().find(|(name, _)| *name == server);
    let its = its.and_then(|(_, waits)| median(waits));
    let all = median(&subject.group.waits(Wait::Answer));
    match its.zip(all) {
        Some(((_, its), (_, all))) => format!(
            " (its median is {}, that of all {})",
            amount::words(u64::from(its)),
            amount::words(u64::from(all))
        ),
        None => String::new(),
    }
}
