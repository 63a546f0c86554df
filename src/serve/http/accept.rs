//! Takes connections, so many at a time, and lets none of them wait for ever.
//!
//! Enters: a listener. Leaves: requests, to the router. Must not know: what is asked.

use std::convert::Infallible;
use std::error::Error as _;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Shared;
use super::answering::Answer;
use super::patient::Patient;
use super::reasons::Reason;
use super::room::{Place, Room};

/// Bytes of a request's line and headers, at most; what is not read yet included.
const HEADERS: usize = 16 << 10;

/// Headers of a request, at most.
const MOST_HEADERS: usize = 64;

/// Time for answers that have begun when it is told to stop.
const FAREWELL: Duration = Duration::from_secs(2);

/// Time after which it is tried again where the system gave no connection.
const AGAIN: Duration = Duration::from_millis(100);

/// What one is told for whom there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n";

/// Serves connections until it is told to stop.
pub async fn accept(listener: &TcpListener, router: &Router, shared: &Arc<Shared>) {
    let room = Room::of(shared.settings.connections);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            shared.reasons.note(Reason::Accept);
            sleep(AGAIN).await;
            continue;
        };
        match room.enter() {
            Some(place) => {
                let (router, shared) = (router.clone(), shared.clone());
                connections.spawn(async move { serve(stream, router, &shared, place).await });
            }
            None => {
                shared.reasons.note(Reason::TooMany);
                // A fresh socket takes that much at once; where it does not, the end tells it, too.
                let _ = stream.try_write(FULL);
            }
        }
    }
    let _ = timeout(FAREWELL, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn serve(stream: TcpStream, router: Router, shared: &Shared, place: Arc<Place>) {
    // Answers are written whole.
    let _ = stream.set_nodelay(true);
    let is_asked = Arc::new(AtomicBool::new(false));
    let patience = shared.settings.stall_timeout();
    let stream = Patient::new(stream, patience, is_asked.clone(), place.clone());
    let (asked, router) = (place.clone(), TowerToHyperService::new(router));
    let service = service_fn(move |request| {
        let (answering, answer) = (asked.ask(), router.call(request));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Answer::new(body, answering))) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.settings.header_timeout())
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = place.lost() => return shared.reasons.note(Reason::TooMany),
        () = shared.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    let reason = ended.err().as_ref().and_then(reason);
    // One that asks nothing more, and is let go, did nothing wrong.
    let is_idle = reason == Some(Reason::TooSlow) && !is_asked.load(Ordering::Relaxed);
    if let Some(reason) = reason.filter(|_| !is_idle) {
        shared.reasons.note(reason);
    }
}

/// Why a connection failed, where that was not its peer's free choice.
fn reason(error: &hyper::Error) -> Option<Reason> {
    let io = error.source().and_then(|source| source.downcast_ref());
    if io.is_some_and(|io: &std::io::Error| io.kind() == ErrorKind::TimedOut) {
        Some(Reason::Stalled)
    } else if error.is_timeout() {
        Some(Reason::TooSlow)
    } else if error.is_parse() || error.is_parse_too_large() {
        Some(Reason::Malformed)
    } else {
        None
    }
}
