//! Makes the document from what was found.
//!
//! Enters: a scan, the sealer it was fed by, names of sources, the configuration if there is one.
//! Leaves: a [`Document`] or one [`Incident`] of it. Must not know: how it will be shown.
//! Here instants become times of the log's zone, positions become line numbers, and facts become sentences.

mod chart;
mod coverage;
mod cut;
mod elsewhere;
pub mod events;
mod figures;
mod flaps;
mod grid;
mod impact;
mod live;
mod missing;
mod operators;
mod reckoned;
mod retried;
mod sentences;
mod timeline;
mod together;

use std::collections::BTreeMap;

use super::document::{
    Advice, CauseVerdict, Document, Estimate, Evidence, Flap, Incident, Lane, LaneSpan, Live,
    Moment, Omitted, RunnerUp, SCHEMA, SourceSummary, Totals, Window as WindowOf,
};
use super::full::Full;
use super::grid::Grid;
use super::{change, patch, review, runbook, what_if};
use crate::advice;
use crate::config::{Config, Proxy};
use crate::filter::Filter;
use crate::incident::{self, Clue, Scanned, Window};
use crate::rollup::seal::SourceState;
use crate::rollup::{Name, Sealer};
use crate::source::{Caveat, SourceId};
use crate::words::cause::{Kind, Severity};
use chart::Charts;
use events::Event;
use missing::Missing;

/// All that a document is made from.
#[derive(Debug, Clone, Copy)]
pub struct Assembly<'a> {
    /// What was read.
    pub sealer: &'a Sealer,
    /// What was found.
    pub scan: &'a Scanned,
    /// What was asked for.
    pub window: &'a Window,
    /// Names of the sources.
    pub names: &'a BTreeMap<SourceId, String>,
    /// What of the input was not read.
    pub caveats: &'a [Caveat],
    /// The configuration.
    pub config: Option<&'a Config>,
    /// What decided which lines count.
    pub filter: Option<&'a Filter>,
    /// What was done meanwhile, in order of time.
    pub events: &'a [Event],
    /// What the running process says of its connections.
    pub running: Option<advice::Running>,
}

impl Assembly<'_> {
    /// Why nothing, or not what was asked for, can be told of the log.
    pub fn reservations(&self) -> Vec<String> {
        coverage::reservations(self)
    }

    /// The whole document.
    pub fn document(&self) -> Document {
        let totals = self.scan.totals();
        let late = self.sealer.late().requests();
        let (requests, failed) = (totals.requests + late.n, totals.failed + late.failed);
        let has_share = requests > 0 && !Missing::of_log(self).lacks_good_ones();
        let shown = operators::taken_in(self.shown());
        let review = self.weighed(&shown);
        let mut incidents: Vec<Incident> = shown
            .iter()
            .map(|incident| self.described(incident, Some(&review)))
            .collect();
        together::relate(&shown, &mut incidents, self.config);
        let charts = Charts::new(self, &shown, &review);
        for (found, told) in shown.iter().zip(&mut incidents) {
            told.chart = Some(charts.of(found));
        }
        Document {
            schema: SCHEMA,
            window: self.span(),
            sources: self.sources(),
            filter: self.filter.map(Filter::to_string),
            coverage: coverage::of(self),
            totals: Totals {
                requests,
                failed,
                given_up: given_up(&shown),
                availability: has_share.then(|| 1.0 - failed as f64 / requests as f64),
            },
            figures: figures::of(self, &shown),
            chart: charts.of_window(),
            incidents,
            omitted: self.forgotten(),
            now: None,
            advice: self.told(&review),
        }
    }

    /// What was found and is not kept.
    fn forgotten(&self) -> Option<Omitted> {
        let mut omitted = Omitted::default();
        for ((severity, kind), n) in self.scan.forgotten() {
            omitted.incidents += n;
            *omitted.severities.entry(*severity).or_default() += n;
            *omitted.kinds.entry(*kind).or_default() += n;
        }
        (omitted.incidents > 0).then_some(omitted)
    }

    /// Backends and servers as they stand.
    pub fn grid(&self) -> Grid {
        grid::of(self)
    }

    /// What goes on right now.
    pub fn live(&self) -> Live {
        live::of(self)
    }

    /// What `advise` shows.
    pub fn review(&self) -> review::Document {
        let found = self.weighed(&self.shown());
        let filtered = self.filter.map(|filter| review::Filtered {
            filter: filter.to_string(),
            lines: coverage::of(self).filtered,
        });
        review::Document {
            interrupted: coverage::interrupted(self).map(Caveat::to_string),
            ..review::Document::new(&found, self.span(), filtered, self.told(&found))
        }
    }

    /// What other values of timeouts would have done.
    pub fn what_if(&self, questions: &[advice::what_if::Question]) -> what_if::Document {
        let shown = self.shown();
        let parties = self.parties(&shown);
        let answer = |question| advice::what_if::answer(question, &parties);
        let answers: Vec<_> = questions.iter().map(answer).collect();
        what_if::Document::new(&answers, self.span())
    }

    /// The advice as changes of the configuration.
    pub fn patch(&self, config: &Config) -> patch::Patch {
        let review = self.weighed(&self.shown());
        patch::Patch::new(&advice::settings::settle(&review, config))
    }

    /// What changed since another log.
    pub fn changed(&self, before: &Assembly) -> change::Document {
        let reviews = [before, self].map(|side| side.weighed(&side.shown()));
        let compared = advice::change::compare(&reviews[0], &reviews[1]);
        change::Document::new(&compared, [before.span(), self.span()])
    }

    fn weighed(&self, shown: &[incident::Incident]) -> advice::Review {
        advice::weigh(&self.parties(shown))
    }

    fn parties<'s>(&'s self, shown: &'s [incident::Incident]) -> advice::Parties<'s> {
        let lacks_good_ones = missing::hardly_a_good_one(self);
        advice::Parties::new(self.scan.accounts(), shown, self.config, lacks_good_ones)
            .beside(self.running)
    }

    fn told(&self, review: &advice::Review) -> Vec<Advice> {
        let evidence = |piece: &advice::Piece| {
            piece
                .evidence
                .iter()
                .map(|clue| self.evidence(clue))
                .collect()
        };
        review
            .advice
            .iter()
            .map(|piece| review::advice_of(piece, evidence(piece)))
            .collect()
    }

    fn shown(&self) -> Vec<incident::Incident> {
        let mut shown = self.scan.incidents();
        shown.retain(|incident| {
            let backend = incident.backend.as_ref().map(text);
            self.window
                .shows(backend.as_deref(), incident.start, incident.end)
        });
        let all = shown.into_iter();
        all.map(|incident| self.judged(incident)).collect()
    }

    /// The incident with the cause and the severity that the configuration leaves it.
    fn judged(&self, found: incident::Incident) -> incident::Incident {
        let found = elsewhere::judged(retried::judged(found, self.config), self.config);
        let is_by_share = found.severity == Severity::Outage && found.kind != Kind::BackendDown;
        if is_by_share && Missing::of_incident(self, &found).logs_failures_only() {
            // They are all of those that are logged, of nobody knows how many.
            return incident::Incident {
                severity: Severity::Degraded,
                ..found
            };
        }
        found
    }

    /// One incident, without what advice says of it.
    pub fn incident(&self, found: &incident::Incident) -> Incident {
        self.described(found, None)
    }

    fn described(&self, found: &incident::Incident, review: Option<&advice::Review>) -> Incident {
        let found = reckoned::with_first_check(found, self.config);
        let found = &self.judged(found);
        let full = Full::of(found, self.config);
        let missing = Missing::of_incident(self, found);
        let base = sentences::Base {
            requests: (!missing.lacks_good_ones()).then_some(found.requests),
            is_sampled: missing.is_sampled(),
            is_cut_off: self.is_cut_off(found),
            is_filtered: self.leaves_out_lines(),
            goes_on: self.goes_on(),
            is_of_checks: elsewhere::is_of_checks(found, self.config),
        };
        let mut incident = Incident {
            id: found.id.clone(),
            start: self.time(found.start),
            end: found.end.map(|end| self.time(end)),
            end_reason: self.end_reason(found),
            now: None,
            severity: found.severity,
            is_outage: found.severity == Severity::Outage,
            kind: found.kind,
            cause: self.verdict(&found.cause),
            frontends: self.frontends(found),
            backend: found.backend.as_ref().map(text),
            servers: found.servers.iter().map(text).collect(),
            affected_servers: found.affected_servers.iter().map(text).collect(),
            headline: sentences::headline(found, full),
            story: sentences::story(found, base, &self.frontends(found), full),
            first_symptom: found.first_symptom.map(|at| self.time(at)),
            detected_at: found.detected_at.map(|at| self.time(at)),
            service_restored: found.service_restored.map(|at| self.time(at)),
            all_back: found.all_back.map(|at| self.time(at)),
            requests: base.requests,
            failed_requests: found.failed,
            background_failures: found.background,
            degraded_requests: found.degraded,
            retried: found.retried,
            redispatched: found.redispatched,
            clients: Estimate {
                estimate: found.clients.0,
                error: round(found.clients.1),
            },
            termination_states: found.terms.clone(),
            statuses: found
                .statuses
                .iter()
                .map(|(status, n)| (status.to_string(), *n))
                .collect(),
            impact: impact::of(self, found, missing.lacks_good_ones()),
            failures_part_s: found.curve_part,
            failures_per_second: found.curve.iter().map(|rate| round(*rate)).collect(),
            chart: None,
            lanes: self.lanes(found),
            timeline: timeline::joined(&found.timeline)
                .iter()
                .map(|row| self.moment(row, found, base.is_sampled))
                .collect(),
            related: Vec::new(),
            runbook: runbook::of(found, self.config, review),
        };
        events::mark(self, &mut incident, found.start, found.end);
        incident
    }

    /// It was there before the first line was written: that is a second later at most, or as long as its request waited.
    fn is_cut_off(&self, found: &incident::Incident) -> bool {
        let first = self.window_ms().map(|(first, _)| first);
        first.is_some_and(|first| found.start < first + 2_000)
    }

    fn leaves_out_lines(&self) -> bool {
        let mut sources = self.sealer.sources().values();
        sources.any(|source| source.counts.filtered > 0)
    }

    /// The log goes on behind what the window shows.
    fn goes_on(&self) -> bool {
        let last = |source: &SourceState| source.last;
        let last = self.sealer.sources().values().filter_map(last).max();
        let until = self.window.until;
        until.zip(last).is_some_and(|(until, last)| last >= until)
    }

    fn end_reason(&self, found: &incident::Incident) -> Option<&'static str> {
        match found.end {
            None if self.goes_on() => Some("until"),
            _ => found.end_reason,
        }
    }

    /// Frontends of the victims; where nobody was hurt, those the configuration leads from.
    fn frontends(&self, found: &incident::Incident) -> Vec<String> {
        let mut frontends: Vec<String> = found.frontends.iter().map(text).collect();
        if let (true, Some(config), Some(backend)) =
            (frontends.is_empty(), self.config, &found.backend)
        {
            frontends.extend(
                config
                    .frontends_of(&text(backend))
                    .map(|proxy| proxy.name.clone()),
            );
        }
        frontends
    }

    fn verdict(&self, verdict: &incident::Verdict) -> CauseVerdict {
        CauseVerdict {
            code: verdict.code,
            confidence: verdict.confidence,
            runner_up: verdict
                .runner_up
                .map(|(code, confidence)| RunnerUp { code, confidence }),
            evidence: verdict
                .evidence
                .iter()
                .map(|clue| self.evidence(clue))
                .collect(),
            events: Vec::new(),
        }
    }

    fn evidence(&self, clue: &Clue) -> Evidence {
        // Of CR LF, the CR is no more part of the line than the LF.
        let line = clue.text.strip_suffix(b"\r").unwrap_or(&clue.text);
        Evidence {
            source: self
                .names
                .get(&clue.position.source)
                .cloned()
                .unwrap_or_default(),
            host: (!clue.host.is_empty()).then(|| text(&clue.host)),
            line: self.sealer.line_number(clue.position),
            offset: clue.position.offset,
            time: Some(self.time(clue.second * 1000)),
            text: String::from_utf8_lossy(line).into_owned(),
        }
    }

    fn lanes(&self, found: &incident::Incident) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = found
            .lanes
            .iter()
            .map(|lane| self.lane(lane, found))
            .collect();
        for flapped in flaps::of(found) {
            if let Some(lane) = lanes.iter_mut().find(|lane| lane.server == flapped.0) {
                lane.flap = Some(self.flap(&flapped));
            }
        }
        lanes
    }

    fn flap(&self, (_, from, to, downs): &flaps::Flapped) -> Flap {
        Flap {
            from: self.time(*from),
            to: to.map(|to| self.time(to)),
            downs: *downs,
        }
    }

    fn lane(&self, lane: &incident::Lane, found: &incident::Incident) -> Lane {
        let log_end = self.window_ms().map_or(found.start, |(_, end)| end);
        let out = lane.out.iter().map(|(from, to, state)| LaneSpan {
            from: self.time(*from),
            to: to.map(|to| self.time(to)),
            state,
        });
        Lane {
            server: text(&lane.server),
            out: out.collect(),
            out_ms: lane
                .out
                .iter()
                .map(|(from, to, _)| (to.unwrap_or(log_end) - from).max(0))
                .sum(),
            flap: None,
        }
    }

    fn moment(
        &self,
        row: &incident::Moment,
        found: &incident::Incident,
        is_sampled: bool,
    ) -> Moment {
        Moment {
            time: self.time(row.at),
            what: row.what,
            place: row.place.clone(),
            text: match row.what {
                "peak" if is_sampled => row.text.replacen("peak: ", "peak: at least ", 1),
                "last_failure" => sentences::last(found).to_owned(),
                _ => row.text.clone(),
            },
            evidence: row.clue.as_ref().map(|clue| self.evidence(clue)),
        }
    }

    fn time(&self, ms: i64) -> String {
        self.sealer.zone().rfc3339(ms)
    }

    /// The first and the last second of the log that were asked for, in ms.
    fn window_ms(&self) -> Option<(i64, i64)> {
        let sources = self.sealer.sources().values();
        let first = sources.clone().filter_map(|source| source.first).min()?;
        let last = sources.filter_map(|source| source.last).max()?;
        let start = self.window.since.map_or(first, |since| first.max(since));
        let end = self.window.until.map_or(last, |until| last.min(until));
        (start <= end).then_some((start * 1000, end * 1000))
    }

    fn span(&self) -> WindowOf {
        let window = self.window_ms();
        WindowOf {
            start: window.map(|(start, _)| self.time(start)),
            end: window.map(|(_, end)| self.time(end)),
            timezone: self.sealer.zone().name().to_owned(),
            timezone_from: self.sealer.zone().chosen_by().to_owned(),
            years_from: self.years_from().to_owned(),
        }
    }

    fn years_from(&self) -> &'static str {
        let sources = self.sealer.sources().values();
        match sources.clone().any(|source| source.is_without_years()) {
            true => "the end of the log",
            false => "the lines",
        }
    }

    fn sources(&self) -> Vec<SourceSummary> {
        let summary = |(id, source): (&SourceId, &crate::rollup::seal::SourceState)| {
            let hosts: Vec<String> = source.hosts.iter().map(text).collect();
            SourceSummary {
                name: self.names.get(id).cloned().unwrap_or_default(),
                host: (!hosts.is_empty()).then(|| hosts.join(", ")),
                lines: source.lines(),
                first: source.first.map(|second| self.time(second * 1000)),
                last: source.last.map(|second| self.time(second * 1000)),
            }
        };
        self.sealer.sources().iter().map(summary).collect()
    }
}

/// Requests that their clients gave up because of what was broken.
fn given_up(shown: &[incident::Incident]) -> u64 {
    let hurt = shown
        .iter()
        .filter(|incident| matches!(incident.severity, Severity::Outage | Severity::Degraded));
    let left = |(state, _): &(&String, &u64)| state.starts_with('C');
    hurt.flat_map(|incident| incident.terms.iter().filter(left))
        .map(|(_, n)| n)
        .sum()
}

/// The section of an incident's backend.
fn section<'a>(found: &incident::Incident, config: Option<&'a Config>) -> Option<&'a Proxy> {
    config?.backend(&text(found.backend.as_ref()?))
}

/// Names are shown as text; what is not UTF-8 is replaced.
fn text(name: &Name) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Three digits behind the point are what these numbers are good for.
fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
