//! Puts the parts of the daemon together, and starts them.
//!
//! Enters: settings, and an engine that has read nothing. Leaves: everything running and joined; at the end, all that was
//! read. Must not know: what lines say.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::arrival::{Arrival, Intake};
use super::asker::Asker;
use super::current::Current;
use super::daemon::{Begin, Daemon};
use super::follow::{self, Follow};
use super::generations::Generations;
use super::http::{self, CannotServe, Server};
use super::keeper::{Keeper, Kept};
use super::lag::Lag;
use super::listen::{self, Bound, CannotListen};
use super::looker::{Looker, Telltale};
use super::notify::{CannotNotify, Notifier};
use super::publisher::Publisher;
use super::reload::{Listening, Reload};
use super::running::{Running, Signals};
use super::sinks::{Alerts, Feed, Live};
use super::systemd::Systemd;
use super::view::View;
use crate::config::Config;
use crate::engine::Engine;
use crate::report::escape;
use crate::report::feed::Notice;
use crate::report::telling::Telling;
use crate::runtime::Address;
use crate::serve::settings::{Silence, Target};
use crate::store;

/// Pieces of input that wait to be taken in. When they are as many, streams wait, and buffers of sockets fill.
const WAITING: usize = 256;

/// Notices that wait for whoever passes them on.
const NOTICES: usize = 1_024;

/// What a daemon is made of.
#[derive(Debug)]
pub struct Start {
    /// One that has read nothing and whose blocks are cut freely.
    pub engine: Engine,
    /// The configuration of HAProxy.
    pub config: Option<Arc<Config>>,
    /// What is told beside the log, and what of it is not.
    pub telling: Telling,
    /// Where the running HAProxy is asked, if anywhere.
    pub stats_socket: Option<Address>,
    /// What changes is written there, too.
    pub feed: Feed,
    /// What is listened on.
    pub listen: listen::Settings,
    /// What is followed.
    pub follow: follow::Settings,
    /// Where history is kept, if anywhere.
    pub store: Option<store::Settings>,
    /// Who may ask, if anyone.
    pub http: Option<http::Settings>,
    /// Who is told of incidents.
    pub notify: Told,
}

/// Who is told of incidents.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Everyone who is told of some.
    pub targets: Vec<Target>,
    /// When nobody is.
    pub silences: Vec<Silence>,
    /// How people reach the pages.
    pub external_url: Option<String>,
}

/// Why a daemon cannot start, or go on.
#[derive(Debug, thiserror::Error)]
pub enum CannotRun {
    /// It would have nothing to read.
    #[error("there is nothing to read: no listener, and no file to follow")]
    Nothing,
    /// A listener.
    #[error(transparent)]
    Listen(#[from] CannotListen),
    /// The HTTP server.
    #[error(transparent)]
    Serve(#[from] CannotServe),
    /// A target of alerts.
    #[error(transparent)]
    Notify(#[from] CannotNotify),
    /// Threads, signals, output.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl CannotRun {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Nothing => "give --udp, --tcp, --tls, --unix, --stdin or --follow".to_owned(),
            Self::Listen(error) => error.hint(),
            Self::Serve(error) => error.hint(),
            Self::Notify(error) => error.hint().to_owned(),
            Self::Io(_) => String::new(),
        }
    }
}

/// Runs until it is told to stop (SIGINT, SIGTERM), or until everything it reads has ended. Gives all that was read, and how
/// many datagrams the kernel dropped.
///
/// # Errors
/// When something it is made of cannot be had, or output cannot be written.
pub fn run(start: Start, reload: Reload) -> Result<(Engine, u64), CannotRun> {
    small_pages();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let done = runtime.block_on(joined(start, reload));
    // A thread that waits for standard input must not keep the process.
    runtime.shutdown_background();
    done
}

/// The kernel joins pages to huge ones beside the work, and fills the holes with what had been given back to it: in
/// hours, memory grows that nobody uses.
fn small_pages() {
    #[cfg(target_os = "linux")]
    // Where it is not to be had, it is a matter of a tenth.
    let _ = nix::sys::prctl::set_thp_disable(true);
}

async fn joined(start: Start, reload: Reload) -> Result<(Engine, u64), CannotRun> {
    let signals = Signals::new()?;
    let bound = listen::bind(&start.listen)?;
    if bound.is_empty() && start.follow.paths.is_empty() {
        return Err(CannotRun::Nothing);
    }
    let server = start.http.as_ref().map(Server::bind).transpose()?;
    let (keeper, refused) = opened(start.store.as_ref());
    let (engine, kept) = restored(start.engine, keeper.as_ref());
    let stop = CancellationToken::new();
    let telling = Arc::new(Mutex::new(start.telling));
    let current = Current::new(start.config);
    let asker = start.stats_socket.map(Asker::begin).transpose()?;
    let (publisher, views) = Publisher::new(
        engine.clone(),
        current.clone(),
        telling.clone(),
        intakes(&bound),
        asker.clone(),
        refused,
    );
    let alerts = Alerts::new(notifier(&start.notify, keeper.as_ref())?);
    let (notices, _) = broadcast::channel(NOTICES);
    if let Some(server) = server {
        show(server, views, &notices, &stop);
    }
    let looker = Looker::begin(Telltale {
        changes: kept.changes,
        config: current.clone(),
        telling,
        sinks: vec![
            Box::new(start.feed),
            Box::new(Live::new(notices)),
            Box::new(alerts.clone()),
        ],
        show: publisher.shows(),
    })?;
    let follow = followed(start.follow, &kept.generations, &engine);
    let daemon = Daemon::new(Begin {
        engine,
        listeners: bound.iter().map(|bound| bound.name().to_owned()).collect(),
        generations: kept.generations,
        held: kept.held,
        follows: follow.is_some(),
        keeper,
        looker,
        asker,
    });
    Running {
        daemon,
        listening: Listening::of(&bound),
        arrivals: begin(bound, follow, &stop)?,
        publisher,
        alerts,
        signals,
        stop,
        reload,
        current,
        systemd: Systemd::ready(),
        lag: Lag::default(),
    }
    .run()
    .await
}

/// What each listener counts, by its name.
fn intakes(bound: &[Bound]) -> Vec<(String, Arc<Intake>)> {
    let counts = |bound: &Bound| (bound.name().to_owned(), bound.intake());
    bound.iter().map(counts).collect()
}

/// Whoever asks by HTTP is answered from now on.
fn show(
    server: Server,
    views: watch::Receiver<Arc<View>>,
    notices: &broadcast::Sender<Arc<Notice>>,
    stop: &CancellationToken,
) {
    let address = server.address();
    aside!("hapline: http://{address}/ has /metrics, /api/v1 and /healthz");
    tokio::spawn(server.run(views, notices.clone(), stop.clone()));
}

/// The files that are followed, if any, from where they were read to.
fn followed(
    settings: follow::Settings,
    generations: &Generations,
    engine: &Engine,
) -> Option<Follow> {
    settings.paths.iter().for_each(|path| welcome(path));
    let follows = !settings.paths.is_empty();
    let marks = generations.marks();
    follows.then(|| Follow::new(settings, marks, engine.lens().clone()))
}

/// What sinks remember stands in the store.
fn notifier(told: &Told, keeper: Option<&Keeper>) -> Result<Notifier, CannotNotify> {
    let state = keeper.and_then(|keeper| keeper.note(Alerts::NOTE).ok().flatten());
    let external_url = told.external_url.as_deref();
    Notifier::new(
        &told.targets,
        &told.silences,
        external_url,
        state.as_deref(),
    )
}

/// The store; without one that can be used, everything is in memory, and why is said and shown.
fn opened(settings: Option<&store::Settings>) -> (Option<Keeper>, Option<store::Status>) {
    let Some(settings) = settings else {
        return (None, None);
    };
    match Keeper::open(settings) {
        Ok(keeper) => (Some(keeper), None),
        Err(error) => {
            aside!(
                "hapline: {}; {}\nhapline: nothing is stored: everything is in memory, until a restart",
                escape::terminal(&error.to_string()),
                escape::terminal(&error.hint()),
            );
            (None, Some(status_of(&error, settings)))
        }
    }
}

fn status_of(error: &store::CannotStore, settings: &store::Settings) -> store::Status {
    store::Status {
        path: settings.path.clone(),
        degraded: Some(store::Degraded {
            reason: error.to_string(),
            hint: error.hint(),
            since: jiff::Timestamp::now().as_millisecond(),
        }),
        ..store::Status::default()
    }
}

/// What was kept; nothing of what cannot be read.
fn restored(engine: Engine, keeper: Option<&Keeper>) -> (Engine, Kept) {
    let Some(keeper) = keeper else {
        return (engine, Kept::default());
    };
    match keeper.restore(engine.clone()) {
        Ok(restored) => restored,
        Err(error) => {
            aside!(
                "hapline: {}; begins anew",
                escape::terminal(&error.to_string())
            );
            (engine, Kept::default())
        }
    }
}

/// Says that a file, or what a glob stands for, is followed; and that it is waited for, where nothing has that name.
fn welcome(path: &Path) {
    let name = path.display().to_string();
    let is_glob = name.contains(['*', '?', '[']);
    let waits = if is_glob || path.exists() {
        ""
    } else {
        ", which is not there yet"
    };
    aside!("hapline: following {}{waits}", escape::terminal(&name));
}

/// Listeners and followed files begin to hand over.
fn begin(
    bound: Vec<Bound>,
    follow: Option<Follow>,
    stop: &CancellationToken,
) -> io::Result<Receiver<Arrival>> {
    let (sender, arrivals) = mpsc::channel(WAITING);
    for (number, bound) in bound.into_iter().enumerate() {
        aside!("hapline: listening on {}", escape::terminal(bound.name()));
        if let Some(remark) = bound.remark() {
            aside!("hapline: {}", escape::terminal(&remark));
        }
        bound.begin(number, sender.clone(), stop.clone())?;
    }
    if let Some(follow) = follow {
        follow.begin(sender, stop.clone())?;
    }
    Ok(arrivals)
}
