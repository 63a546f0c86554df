//! Which requests the log does not hold, as far as its lines and the configuration tell.
//!
//! Enters: what was found, and the configuration. Leaves: what is [`Lack`]ing, and each known cause in one sentence.
//! Must not know: what failed.
//!
//! Only frontends count whose requests may stand in the log: those that lead to a backend it names, or are named
//! themselves. `option dontlognull` is no cause: connections on which nothing was sent are no requests.

use super::{Assembly, text};
use crate::config::{Config, LogTarget, Proxy, Setting};
use crate::incident::Incident;
use crate::report::document::Lack;
use crate::report::numbers::count;

/// Requests below which a log without good ones may be an accident.
const TELLING: u64 = 100;

/// What is known of the requests behind the lines, of all of them or of an incident's.
#[derive(Debug)]
pub struct Missing<'a> {
    /// The frontends that they may have come through.
    frontends: Vec<&'a Proxy>,
    config: Option<&'a Config>,
    hardly_a_good_one: bool,
}

impl<'a> Missing<'a> {
    /// Of the whole log.
    pub fn of_log(assembly: &Assembly<'a>) -> Self {
        let named = assembly.scan.backends().into_iter().map(text);
        Self::of(assembly, &named.collect::<Vec<_>>())
    }

    /// Of a backend; none if no frontend of the configuration leads to it.
    pub fn of_backend(assembly: &Assembly<'a>, name: &str) -> Option<Self> {
        assembly.config?;
        Some(Self::of(assembly, &[name.to_owned()])).filter(|own| !own.frontends.is_empty())
    }

    /// Of what an incident tells of.
    pub fn of_incident(assembly: &Assembly<'a>, incident: &Incident) -> Self {
        let named = incident.backend.iter().chain(&incident.frontends).map(text);
        Self::of(assembly, &named.collect::<Vec<_>>())
    }

    fn of(assembly: &Assembly<'a>, named: &[String]) -> Self {
        let proxies = assembly.config.into_iter().flat_map(Config::proxies);
        let leads = |proxy: &&Proxy| named.iter().any(|name| proxy.may_lead_to(name));
        Self {
            frontends: proxies.filter(leads).collect(),
            config: assembly.config,
            hardly_a_good_one: hardly_a_good_one(assembly),
        }
    }

    /// Requests that ended well are not logged, or hardly any.
    pub fn lacks_good_ones(&self) -> bool {
        self.hardly_a_good_one || self.logs_failures_only()
    }

    /// The configuration says that requests that end well are not logged.
    pub fn logs_failures_only(&self) -> bool {
        self.frontends.iter().any(|proxy| proxy.dontlog_normal())
    }

    /// There were more requests than were logged.
    pub fn is_sampled(&self) -> bool {
        self.frontends
            .iter()
            .any(|proxy| self.is_all_sampled(proxy))
    }

    /// No `log` line gets all that came through a frontend.
    fn is_all_sampled(&self, proxy: &Proxy) -> bool {
        let mut targets = self
            .targets()
            .filter(|(of, _)| of.at == proxy.at)
            .peekable();
        targets.peek().is_some() && targets.all(|(_, target)| target.value.sample.is_some())
    }

    /// What is missing, each once.
    pub fn lacks(&self) -> Vec<Lack> {
        let good_ones = self.lacks_good_ones().then_some(Lack::GoodRequests);
        let sampled = self.is_sampled().then_some(Lack::Sampled);
        good_ones.into_iter().chain(sampled).collect()
    }

    /// The `log` lines that their requests go by.
    pub fn targets(&self) -> impl Iterator<Item = (&'a Proxy, &'a Setting<LogTarget>)> {
        let of = |proxy: &'a Proxy, config: &'a Config| {
            config.log_targets(proxy).map(move |target| (proxy, target))
        };
        let config = self.config.into_iter();
        config.flat_map(move |config| {
            self.frontends
                .iter()
                .flat_map(move |proxy| of(proxy, config))
        })
    }

    /// Known causes, one sentence each.
    pub fn warnings(&self, assembly: &Assembly) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.hardly_a_good_one {
            let whose = match assembly.filter {
                Some(_) => "The filter lets hardly a good request through: shares and",
                // A cause that is known stands in a sentence of its own.
                None if self.frontends.iter().any(|proxy| proxy.dontlog_normal()) => {
                    "Hardly a good request stands in this log: shares and"
                }
                None => {
                    "Hardly a good request stands in this log. If that is `option dontlog-normal`, shares and"
                }
            };
            warnings.push(format!(
                "{whose} availability mean nothing, and failures were measured against time alone."
            ));
        }
        warnings.extend(self.left_out(assembly));
        warnings.extend(self.sampled());
        warnings
    }

    /// What settings take out of the log.
    fn left_out(&self, assembly: &Assembly) -> Vec<String> {
        let totals = assembly.scan.totals();
        let is_logged = |proxy: &Proxy| self.targets().any(|(logged, _)| logged.at == proxy.at);
        // A configuration without any `log` line is not all of it.
        let is_whole = self.targets().next().is_some();
        let has_no_error = totals.failed == 0 && totals.requests >= TELLING;
        let causes = [
            (
                self.names(Proxy::dontlog_normal),
                "`option dontlog-normal` hides good requests of",
                "",
            ),
            (
                self.names(|proxy| is_whole && !is_logged(proxy)),
                "No `log` line is in force for",
                ": requests that came that way are not in this log",
            ),
            (
                self.names(|proxy| !proxy.silent_rules().is_empty()),
                "`set-log-level silent` takes some requests out of the log of",
                "",
            ),
            (
                self.names(Proxy::logs_no_end),
                "`log-steps` leaves the end of requests out of the log of",
                ": how they ended cannot be told",
            ),
            (
                self.names(|proxy| has_no_error && proxy.log_separate_errors()),
                "None failed, but `option log-separate-errors` may send failed requests to another file, of",
                "",
            ),
        ];
        let told = causes.into_iter().filter(|(names, ..)| !names.is_empty());
        told.map(|(names, what, then)| format!("{what} {}{then}.", names.join(", ")))
            .collect()
    }

    fn names(&self, is_so: impl Fn(&Proxy) -> bool) -> Vec<&'a str> {
        let so = self.frontends.iter().filter(|proxy| is_so(proxy));
        so.map(|proxy| proxy.name.as_str()).collect()
    }

    /// The `log … sample` lines, and whose requests go by them.
    fn sampled(&self) -> Vec<String> {
        let mut lines: Vec<(&Setting<LogTarget>, Vec<&Proxy>)> = Vec::new();
        for (proxy, target) in self.targets() {
            match lines.iter_mut().find(|(line, _)| line.at == target.at) {
                Some((_, proxies)) => proxies.push(proxy),
                None => lines.push((target, vec![proxy])),
            }
        }
        let told = lines.into_iter().filter_map(|(line, proxies)| {
            let sample = line.value.sample?;
            let file = self.config.map_or("", |config| config.file_of(&line.at));
            let [logged, of] = [sample.logged, sample.of].map(|n| count(u64::from(n)));
            let names: Vec<&str> = proxies.iter().map(|proxy| proxy.name.as_str()).collect();
            let then = match proxies.iter().all(|proxy| self.is_all_sampled(proxy)) {
                true => "",
                false => "if this log came that way, ",
            };
            Some(format!(
                "`{}` ({file}:{}) gets {logged} of {of} lines of {}: {then}counts are of what was logged, and lower bounds.",
                line.text,
                line.at.line,
                names.join(", ")
            ))
        });
        told.collect()
    }
}

/// Hardly a good request stands in the log.
pub fn hardly_a_good_one(assembly: &Assembly) -> bool {
    let totals = assembly.scan.totals();
    totals.requests >= TELLING && totals.lack_good_ones()
}
