//! Takes clients out of a report: one pass over the document, before any face sees it.
//!
//! Enters: a document, or one incident of it. Leaves: the same with clients under pseudonyms, and without query strings,
//! cookies, captured headers, and whatever else of a line its client may have sent. Must not know: how it will be shown.
//!
//! A line is read again, and only what HAProxy itself wrote of it stays. One that cannot be read as a whole keeps its header.

mod text;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::sync::Arc;

use super::document::{Advice, Chart, Document, Evidence, Incident};
use crate::config::Config;
use crate::line::Reader;
use crate::record::private::Private;
use crate::record::{self, Class, Record};

/// What stands in the place of what was taken out.
const HIDDEN: &str = "…";

/// Clients that are told apart; a feed that never ends may meet any number of them.
const CLIENTS: usize = 1 << 16;

/// See the module. A client has one pseudonym for as long as this lives.
#[derive(Debug)]
pub struct Redaction {
    reader: Arc<Reader>,
    /// Addresses that are of servers and of log targets, or part of a name.
    known: HashSet<IpAddr>,
    clients: HashMap<String, usize>,
}

impl Redaction {
    /// For lines that `reader` reads.
    pub fn new(reader: Reader, config: Option<&Config>) -> Self {
        let mut known = HashSet::new();
        for (config, proxy) in config
            .into_iter()
            .flat_map(|config| config.proxies().map(move |proxy| (config, proxy)))
        {
            let targets = config.log_targets(proxy).map(|target| target.text.as_str());
            let servers = proxy.servers().iter().map(|server| server.address.as_str());
            known.extend(targets.chain(servers).flat_map(text::addresses));
        }
        Self {
            reader: Arc::new(reader),
            known,
            clients: HashMap::new(),
        }
    }

    /// Redacts a whole document.
    pub fn document(&mut self, document: &mut Document) {
        document
            .incidents
            .iter_mut()
            .for_each(|incident| self.incident(incident));
        document
            .advice
            .iter_mut()
            .for_each(|advice| self.advice(advice));
        document
            .chart
            .iter_mut()
            .for_each(|chart| self.chart(chart));
        let said = document.coverage.warnings.iter_mut();
        said.chain(&mut document.filter)
            .for_each(|text| self.sentence(text));
    }

    /// Redacts an incident.
    pub fn incident(&mut self, incident: &mut Incident) {
        let names = [
            &incident.frontends,
            &incident.servers,
            &incident.affected_servers,
        ];
        let names = names.into_iter().flatten().chain(&incident.backend);
        self.known
            .extend(names.flat_map(|name| text::addresses(name)));
        let cause = &mut incident.cause;
        cause.evidence.iter_mut().for_each(|line| self.line(line));
        for moment in &mut incident.timeline {
            moment.evidence.iter_mut().for_each(|line| self.line(line));
            self.sentence(&mut moment.text);
        }
        let events = cause.events.iter_mut().map(|event| &mut event.text);
        let said = events.chain(&mut incident.story);
        said.chain([&mut incident.headline])
            .for_each(|text| self.sentence(text));
        for share in &mut incident.impact.hit.clients {
            share.name = self.client(&share.name);
        }
        incident
            .chart
            .iter_mut()
            .for_each(|chart| self.chart(chart));
        let runbook = &mut incident.runbook;
        self.sentence(&mut runbook.meaning);
        self.sentence(&mut runbook.impact);
        for step in &mut runbook.steps {
            if let Some(command) = &mut step.command {
                *command = self.addresses(&text::command_without_query(command));
            }
            self.sentence(&mut step.why);
        }
    }

    /// Redacts a chart.
    pub fn chart(&mut self, chart: &mut Chart) {
        let texts = chart.markers.iter_mut().map(|marker| &mut marker.text);
        texts.for_each(|text| self.sentence(text));
    }

    fn advice(&mut self, advice: &mut Advice) {
        advice.evidence.iter_mut().for_each(|line| self.line(line));
        self.sentence(&mut advice.why);
        self.sentence(&mut advice.effect);
    }

    fn sentence(&mut self, sentence: &mut String) {
        *sentence = self.addresses(&text::without_queries(sentence));
    }

    fn addresses(&mut self, text: &str) -> String {
        text::replaced(text, |address| {
            // Sentences of ours speak of these; they are nobody's.
            let is_own = address == Ipv4Addr::LOCALHOST || address.is_unspecified();
            (!is_own && !self.known.contains(&address)).then(|| self.client(&address.to_string()))
        })
    }

    fn line(&mut self, evidence: &mut Evidence) {
        let reader = Arc::clone(&self.reader);
        let line = evidence.text.as_bytes();
        evidence.text = record::read(line, &reader, |record| self.record(&record));
    }

    fn record(&mut self, record: &Record) -> String {
        let mut shown = header(record);
        let Some(pieces) = record.private() else {
            return shown + HIDDEN;
        };
        let message = |from: usize, to: usize| {
            String::from_utf8_lossy(record.message.get(from..to).unwrap_or_default())
        };
        if record.class() == Class::State {
            // What HAProxy says of servers names no client.
            let whole = message(0, record.message.len());
            self.known.extend(text::addresses(&whole));
        }
        let mut from = 0;
        for piece in pieces {
            shown.push_str(&message(from, piece.at.start));
            from = piece.at.end;
            let text = message(piece.at.start, piece.at.end);
            match piece.what {
                Private::Client => shown.push_str(&self.client(&text::client_address(&text))),
                Private::Request => {
                    shown.push_str(&self.addresses(&text::request_without_query(&text)));
                }
                Private::Sent => {
                    let blank = text.len() - text.trim_start().len();
                    shown.push_str(&text[..blank]);
                    shown.push_str(HIDDEN);
                }
            }
        }
        shown.push_str(&message(from, record.message.len()));
        shown
    }

    /// `client-1`, the same for the same address; `unix` and `-` are no one's.
    fn client(&mut self, client: &str) -> String {
        if matches!(client, "unix" | "-") {
            return client.to_owned();
        }
        let next = self.clients.len() + 1;
        match self.clients.get(client) {
            Some(number) => format!("client-{number}"),
            None if next > CLIENTS => "client".to_owned(),
            None => {
                self.clients.insert(client.to_owned(), next);
                format!("client-{next}")
            }
        }
    }
}

/// What stands before the message, without structured data, which a format of its own writes.
fn header(record: &Record) -> String {
    let header = &record.text[..record.message_at()];
    let data = record.envelope.structured;
    let at = memchr::memmem::find(header, data).filter(|_| data.len() > 1);
    match at {
        Some(at) => [
            String::from_utf8_lossy(&header[..at]),
            format!("[{HIDDEN}]").into(),
            String::from_utf8_lossy(&header[at + data.len()..]),
        ]
        .concat(),
        None => String::from_utf8_lossy(header).into_owned(),
    }
}
