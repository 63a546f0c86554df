//! The HTTP face of the daemon: metrics, an API, a live feed, health, and pages that explain.
//!
//! Enters: views as the daemon publishes them, and notices. Leaves: answers to whoever may ask. Must not know: where lines
//! come from.
//!
//! A peer costs a bounded amount of time and memory, whatever it sends, and whether it reads or not.

mod accept;
mod answer;
mod answering;
mod api;
mod basic;
mod events;
mod explain;
mod guard;
mod health;
mod metrics;
mod pages;
mod patient;
mod problem;
mod reasons;
mod room;
mod settings;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{MethodRouter, get};
use tokio::sync::{Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;

pub use settings::{CannotServe, Settings, TOKEN_VARIABLE};

use super::view::View;
use crate::report::feed::Notice;
use events::Feed;
use metrics::Metrics;
use problem::Problem;
use reasons::Reasons;
use settings::Token;

/// Answers that are worked out at a time; others wait for their turn.
const AT_WORK: usize = 2;

/// A path, and who answers it.
type Route = (&'static str, fn() -> MethodRouter<Arc<Shared>>);

/// All that is answered to programs; `openapi.json` describes it.
const ROUTES: [Route; 16] = [
    ("/healthz", || get(health::lives)),
    ("/readyz", || get(health::is_ready)),
    ("/metrics", || get(metrics::answer)),
    ("/explain", || get(explain::index)),
    ("/explain/{*term}", || get(explain::term)),
    ("/api/v1/report", || get(api::report)),
    ("/api/v1/incidents", || get(api::incidents)),
    ("/api/v1/incidents/{id}", || get(api::incident)),
    ("/api/v1/timeline", || get(api::timeline)),
    ("/api/v1/backends", || get(api::backends)),
    ("/api/v1/servers", || get(api::servers)),
    ("/api/v1/grid", || get(api::grid)),
    ("/api/v1/advice", || get(api::advice)),
    ("/api/v1/coverage", || get(api::coverage)),
    ("/api/v1/events", || get(events::answer)),
    ("/api/v1/openapi.json", || get(api::description)),
];

/// Pages for people, and what they load.
const PAGES: [Route; 8] = [
    ("/", || get(pages::home)),
    ("/incidents/{id}", || get(pages::incident)),
    ("/days", || get(pages::days)),
    ("/advice", || get(pages::advice)),
    ("/coverage", || get(pages::coverage)),
    ("/style.css", || get(pages::style)),
    ("/page.js", || get(pages::page_script)),
    ("/live.js", || get(pages::live_script)),
];

/// Every path that a page, or what it loads, is under.
pub fn pages() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(path, _)| *path)
}

/// Every path that is answered to programs.
pub fn paths() -> impl Iterator<Item = &'static str> {
    ROUTES.iter().map(|(path, _)| *path)
}

/// What all answers are made from.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    token: Option<Token>,
    views: watch::Receiver<Arc<View>>,
    feed: Arc<Feed>,
    metrics: Metrics,
    reasons: Reasons,
    work: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Shared {
    fn view(&self) -> Arc<View> {
        self.views.borrow().clone()
    }
}

/// A server that is bound and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    settings: Settings,
    token: Option<Token>,
}

impl Server {
    /// Binds the address of the settings. The token is of their file, else of the environment.
    ///
    /// # Errors
    /// When anyone could ask, the token is no good, or the address cannot be bound.
    pub fn bind(settings: &Settings) -> Result<Self, CannotServe> {
        let environment = std::env::var(TOKEN_VARIABLE).ok();
        let token = settings.token(environment.as_deref())?;
        let address = settings.address;
        let bound = TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let listener = bound.map_err(|error| CannotServe::Bind { address, error })?;
        Ok(Self {
            listener,
            settings: settings.clone(),
            token,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let bound = self.listener.local_addr();
        bound.unwrap_or(self.settings.address)
    }

    /// Answers until it is told to stop; then answers that have begun are finished, within a short time.
    ///
    /// # Errors
    /// When the runtime cannot wait for the listener.
    pub async fn run(
        self,
        views: watch::Receiver<Arc<View>>,
        notices: broadcast::Sender<Arc<Notice>>,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let feed = Arc::new(Feed::new(self.settings.ring));
        let shared = Arc::new(Shared {
            metrics: Metrics::new(self.settings.metric_backends, self.settings.metric_servers),
            streams: Arc::new(Semaphore::new(self.settings.streams)),
            settings: self.settings,
            token: self.token,
            views,
            feed: feed.clone(),
            reasons: Reasons::default(),
            work: Arc::new(Semaphore::new(AT_WORK)),
            stop,
        });
        let router = router(shared.clone());
        let notices = notices.subscribe();
        // It ends when nobody gives notice any more; answers go on.
        let pump = tokio::spawn(async move { feed.pump(notices).await });
        accept::accept(&listener, &router, &shared).await;
        pump.abort();
        Ok(())
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new();
    for (path, answer) in ROUTES.into_iter().chain(PAGES) {
        router = router.route(path, answer());
    }
    router
        .fallback(|| async { Problem::unknown("nothing is answered under this path") })
        .method_not_allowed_fallback(guard::method_not_allowed)
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared)
}
