//! A server on 127.0.0.1 that shows what a log holds, and a client.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use hapline::config::Config;
use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::line::Reader;
use hapline::report::feed::Notice;
use hapline::report::telling::Telling;
use hapline::serve::http::{Server, Settings};
use hapline::serve::view::View;
use hapline::time::zone::Zone;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

/// No recorded line is later: 1 January 2027 (s since 1970).
pub const LATEST: i64 = 1_798_761_600;

/// A recorded outage: both servers of `app` refuse, and come back.
pub const RECORDING: &str = "every_server_refuses";

/// A server that answers until it is dropped.
pub struct Served {
    runtime: Option<Runtime>,
    pub address: SocketAddr,
    pub views: watch::Sender<Arc<View>>,
    pub notices: broadcast::Sender<Arc<Notice>>,
    stop: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// What came over the wire.
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

/// What a recording's folder holds.
pub fn recording(name: &str) -> (Vec<u8>, Config, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/recordings")
        .join(name);
    let mut log = Vec::new();
    let packed = File::open(folder.join("haproxy.log.gz")).expect("haproxy.log.gz");
    GzDecoder::new(packed).read_to_end(&mut log).expect("a log");
    let text = std::fs::read(folder.join("haproxy.cfg")).expect("haproxy.cfg");
    let config = Config::parse("haproxy.cfg", &text).expect("a configuration");
    (log, config, folder)
}

/// A stream that has read a log.
pub fn stream(log: &[u8], config: Option<&Config>, latest: i64) -> Streams {
    let zone = Zone::named("UTC").expect("a zone");
    let mut engine = Engine::cut_freely(zone, Window::default());
    if let Some(config) = config {
        engine = engine.with_reader(Reader::from_config(config).0);
    }
    let mut streams = Streams::new(engine);
    let source = streams.begin("udp:127.0.0.1:5514", latest);
    streams.feed(source, log);
    streams
}

/// What is known of a log while it goes on, and now.
pub fn view(log: &[u8], config: Option<Config>) -> View {
    let engine = stream(log, config.as_ref(), LATEST).look_ahead(0);
    let mut view = of(engine);
    view.config = config.map(Arc::new);
    view
}

/// What an engine knows, now.
pub fn of(engine: Engine) -> View {
    let telling = Arc::new(Mutex::new(Telling::default()));
    let now = jiff::Timestamp::now().as_millisecond();
    View::new(Arc::new(engine), telling, now)
}

/// Settings for a test: any port that is free.
pub fn settings() -> Settings {
    Settings {
        address: ([127, 0, 0, 1], 0).into(),
        ..Settings::default()
    }
}

/// Serves a view.
pub fn serve(view: View, settings: &Settings) -> Served {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let server = Server::bind(settings).expect("a port");
    let address = server.address();
    let (views, watched) = watch::channel(Arc::new(view));
    let (notices, _) = broadcast::channel(1024);
    let stop = CancellationToken::new();
    let run = server.run(watched, notices.clone(), stop.clone());
    runtime.spawn(run);
    Served {
        runtime: Some(runtime),
        address,
        views,
        notices,
        stop,
    }
}

/// Serves the recording.
pub fn serve_recording() -> Served {
    let (log, config, _) = recording(RECORDING);
    serve(view(&log, Some(config)), &settings())
}

impl Served {
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).expect("a timeout");
        stream
    }

    /// Sends a request as it stands, and reads until the end.
    pub fn send(&self, request: &str) -> Reply {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = Vec::new();
        // One that is cut off resets what was not read.
        let _ = stream.read_to_end(&mut answer);
        Reply::read(&String::from_utf8_lossy(&answer))
    }

    /// Asks with more headers, each with its line end.
    pub fn get_with(&self, path: &str, headers: &str) -> Reply {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
            self.address
        ))
    }

    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }
}
