//! The live feed: notices as Server-Sent Events.
//!
//! Enters: notices. Leaves: an event each, to everyone who listens, with numbers by which a feed is resumed. Must not
//! know: what a notice says.
//!
//! Nothing is kept for one who does not read: whoever falls behind is told so, and the feed ends. A browser then comes
//! back with the number it saw last, and gets what came since, as far as that is still there.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_stream::Stream;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::Shared;
use super::problem::Problem;
use super::reasons::Reason;
use crate::report::escape;
use crate::report::feed::Notice;

/// Notices that one who reads slowly may be behind.
const BEHIND: usize = 64;

/// Time after which a browser comes back.
const RETRY: Duration = Duration::from_secs(3);

/// A notice as it is sent.
#[derive(Debug)]
struct Told {
    number: u64,
    /// One line of JSON.
    text: String,
}

/// See the module.
#[derive(Debug)]
pub struct Feed {
    /// Tells the numbers of this run from those of another.
    run: i64,
    last: Mutex<Last>,
    sender: broadcast::Sender<Arc<Told>>,
}

#[derive(Debug)]
struct Last {
    number: u64,
    kept: VecDeque<Arc<Told>>,
    most: usize,
}

/// What one who listens gets first.
#[derive(Debug)]
struct Resumed {
    /// What came since is not all there.
    is_incomplete: bool,
    kept: Vec<Arc<Told>>,
    live: broadcast::Receiver<Arc<Told>>,
}

impl Feed {
    /// One that keeps so many notices.
    pub fn new(most: usize) -> Self {
        Self {
            run: jiff::Timestamp::now().as_millisecond(),
            last: Mutex::new(Last {
                number: 0,
                kept: VecDeque::new(),
                most,
            }),
            sender: broadcast::channel(BEHIND).0,
        }
    }

    /// Numbers notices and passes them on, until nobody gives any.
    pub async fn pump(&self, mut notices: broadcast::Receiver<Arc<Notice>>) {
        loop {
            match notices.recv().await {
                Ok(notice) => self.tell(&notice),
                // Their numbers are missing, so that who resumes is told.
                Err(RecvError::Lagged(missed)) => self.last().number += missed,
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn tell(&self, notice: &Notice) {
        let Ok(text) = serde_json::to_string(notice) else {
            return;
        };
        let text = escape::json(&text).into_owned();
        let mut last = self.last();
        last.number += 1;
        let number = last.number;
        let told = Arc::new(Told { number, text });
        if last.kept.len() >= last.most {
            last.kept.pop_front();
        }
        last.kept.push_back(told.clone());
        // Nobody may be listening.
        let _ = self.sender.send(told);
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came after the one with this id, and what will come. Without an id, only what will.
    fn resume(&self, id: Option<&str>) -> Resumed {
        let last = self.last();
        let live = self.sender.subscribe();
        let Some(id) = id else {
            let kept = Vec::new();
            return Resumed {
                is_incomplete: false,
                kept,
                live,
            };
        };
        let seen = self.seen(id).filter(|seen| *seen <= last.number);
        let newer = |told: &&Arc<Told>| seen.is_none_or(|seen| told.number > seen);
        let kept: Vec<_> = last.kept.iter().filter(newer).cloned().collect();
        let is_missing = |seen| last.number - seen > kept.len() as u64;
        Resumed {
            is_incomplete: seen.is_none_or(is_missing),
            kept,
            live,
        }
    }

    fn seen(&self, id: &str) -> Option<u64> {
        let (run, number) = id.split_once('-')?;
        let is_own = run.parse().is_ok_and(|run: i64| run == self.run);
        is_own.then(|| number.parse().ok())?
    }

    fn event(&self, told: &Told) -> Event {
        Event::default()
            .id(format!("{}-{}", self.run, told.number))
            .event("notice")
            .data(&told.text)
    }
}

/// Something between two notices is not there.
fn missed(why: &str) -> Event {
    Event::default().event("missed").data(why)
}

/// `/api/v1/events`
pub async fn answer(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = shared.streams.clone().try_acquire_owned().map_err(|_| {
        shared.reasons.note(Reason::Streams);
        Problem::busy("there are as many live feeds as are wanted at a time")
    })?;
    let id = headers.get("last-event-id").map(|id| id.to_str().ok());
    let resumed = shared.feed.resume(id.map(Option::unwrap_or_default));
    let mut first = VecDeque::from([Event::default().retry(RETRY).comment("hapline")]);
    if resumed.is_incomplete {
        let why = r#"{"reason":"what came before is not kept any more; ask /api/v1/incidents"}"#;
        first.push_back(missed(why));
    }
    first.extend(resumed.kept.iter().map(|told| shared.feed.event(told)));
    let events = Events {
        first,
        live: BroadcastStream::new(resumed.live),
        stop: Box::pin(shared.stop.clone().cancelled_owned()),
        is_over: false,
        shared: shared.clone(),
        _place: place,
    };
    let heartbeat = KeepAlive::new().interval(shared.settings.heartbeat());
    Ok(Sse::new(events).keep_alive(heartbeat).into_response())
}

/// The events of one who listens.
struct Events {
    first: VecDeque<Event>,
    live: BroadcastStream<Arc<Told>>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    is_over: bool,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<Self::Item>> {
        if self.is_over || self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        if let Some(event) = self.first.pop_front() {
            return Poll::Ready(Some(Ok(event)));
        }
        let next = match std::task::ready!(Pin::new(&mut self.live).poll_next(context)) {
            Some(Ok(told)) => self.shared.feed.event(&told),
            Some(Err(_)) => {
                self.is_over = true;
                self.shared.reasons.note(Reason::Behind);
                missed(
                    r#"{"reason":"this feed was read too slowly; come back with Last-Event-ID"}"#,
                )
            }
            None => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(next)))
    }
}
