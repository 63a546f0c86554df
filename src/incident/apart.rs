//! Which servers of a backend suffer more than the others, beyond chance.
//!
//! Enters: servers with their requests and victims. Leaves: those that stand out. Must not know: what they suffer from.
//!
//! Shares of few requests differ by chance alone: a server is told apart from the others only where a test says so, with
//! as many tries as there are servers (Bonferroni).

use std::collections::BTreeSet;

use libm::{exp, lgamma};

use crate::rollup::Name;

/// A server that suffers at least this part of what the worst one does is as guilty.
const AS_BAD: f64 = 0.5;

/// How often chance may name a server of a backend whose servers are all alike.
const BY_CHANCE: f64 = 0.01;

/// A term that adds less than this part to a sum adds nothing.
const NOTHING: f64 = 1e-9;

/// A server and what it suffers.
#[derive(Debug, Clone)]
pub struct Hurt {
    /// Its name.
    pub server: Name,
    /// Requests it hurt.
    pub bad: f64,
    /// All its requests.
    pub requests: f64,
}

/// Several servers as one.
#[derive(Clone, Copy, Default)]
struct Sum {
    bad: f64,
    requests: f64,
}

/// Those that stand out; all, where none does.
pub fn worst(hurt: &[Hurt]) -> BTreeSet<Name> {
    let most = hurt.iter().map(Hurt::share).fold(0.0, f64::max);
    let (mut worst, mut others): (Vec<&Hurt>, Vec<&Hurt>) =
        (hurt.iter()).partition(|server| server.share() >= AS_BAD * most);
    // A server that is not named is one of those that the named ones are worse than.
    loop {
        let rest = Sum::of(&others);
        let stands_out = |server: &&Hurt| server.chance(rest) * hurt.len() as f64 <= BY_CHANCE;
        let (named, like_others): (Vec<_>, Vec<_>) = worst.into_iter().partition(stands_out);
        worst = named;
        if like_others.is_empty() {
            break;
        }
        others.extend(like_others);
    }
    let nobody = worst.is_empty() || Sum::of(&others).share() >= AS_BAD * most;
    let named: Vec<&Hurt> = if nobody { hurt.iter().collect() } else { worst };
    named.iter().map(|server| server.server.clone()).collect()
}

impl Hurt {
    fn share(&self) -> f64 {
        Sum::of(&[self]).share()
    }

    /// How often chance alone makes it suffer so much more than `rest`: Fisher's exact test of two shares, one-sided.
    fn chance(&self, rest: Sum) -> f64 {
        let (all, bad) = (self.requests + rest.requests, self.bad + rest.bad);
        if self.share() <= rest.share() {
            return 1.0;
        }
        let of_this = |k: f64| choices(self.requests, k) + choices(rest.requests, bad - k);
        let mut term = exp(of_this(self.bad) - choices(all, bad));
        let (mut k, mut sum) = (self.bad, 0.0);
        // Beyond the share of all, terms only fall.
        while term > sum * NOTHING {
            sum += term;
            term *= (self.requests - k) * (bad - k);
            k += 1.0;
            term /= k * (rest.requests - bad + k);
        }
        sum
    }
}

/// ln of the number of ways to choose `k` of `n`.
fn choices(n: f64, k: f64) -> f64 {
    lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)
}

impl Sum {
    fn of(servers: &[&Hurt]) -> Self {
        servers.iter().fold(Self::default(), |sum, server| Self {
            bad: sum.bad + server.bad,
            requests: sum.requests + server.requests,
        })
    }

    fn share(self) -> f64 {
        self.bad / self.requests.max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hurt, worst};

    /// Servers `a`, `b`, ... by their victims and requests: those that stand out.
    fn named(servers: &[(u32, u32)]) -> String {
        let names = "abcdefgh".chars();
        let hurt = servers.iter().zip(names.clone());
        let hurt: Vec<Hurt> = hurt
            .map(|((bad, requests), name)| Hurt {
                server: name.to_string().as_bytes().into(),
                bad: f64::from(*bad),
                requests: f64::from(*requests),
            })
            .collect();
        let worst = worst(&hurt);
        let text = worst.iter().map(|name| String::from_utf8_lossy(name));
        text.collect()
    }

    #[test]
    fn servers_that_differ_by_chance_are_all_meant() {
        assert_eq!(named(&[(45, 771), (28, 780), (25, 878)]), "abc");
        assert_eq!(named(&[(3, 100), (0, 100), (2, 100), (0, 100)]), "abcd");
        assert_eq!(named(&[(2, 2), (0, 1)]), "ab");
        assert_eq!(named(&[(0, 50), (0, 50)]), "ab");
        assert_eq!(named(&[(50, 50), (50, 50)]), "ab");
        assert_eq!(named(&[]), "");
    }

    #[test]
    fn those_that_are_worse_are_named() {
        assert_eq!(named(&[(5, 5), (0, 5)]), "a");
        assert_eq!(named(&[(45, 771), (3, 780), (2, 878)]), "a");
        assert_eq!(named(&[(300, 1_000), (200, 1_000), (20, 1_000)]), "ab");
        assert_eq!(named(&[(1, 300), (30, 30), (0, 300), (29, 30)]), "bd");
    }

    #[test]
    fn one_of_too_few_requests_to_tell_is_not_named_beside_one_that_is_sure() {
        assert_eq!(named(&[(100, 100), (2, 3), (30, 400)]), "a");
    }
}
