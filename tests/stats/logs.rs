//! Logs of requests of every kind, the same in every run.

use std::fmt::Write as _;

/// A log in the making.
pub struct Log {
    state: u64,
    ms: u64,
    pub text: String,
}

impl Log {
    pub fn new() -> Self {
        Self {
            state: 0x9e37_79b9,
            ms: 0,
            text: String::new(),
        }
    }

    /// One of these.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % most
    }

    /// 6 February, and some hours on.
    fn date(&mut self) -> String {
        self.ms += self.below(4_000);
        let (seconds, ms) = (self.ms / 1000, self.ms % 1000);
        let (hour, minute, second) = (9 + seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("06/Feb/2026:{hour:02}:{minute:02}:{second:02}.{ms:03}")
    }

    pub fn say(&mut self, message: &str) {
        let _ = writeln!(self.text, "Feb  6 11:14:14 lb1 haproxy[7]: {message}");
    }

    /// A request whose fields stand where halog looks for them.
    pub fn request(&mut self) {
        let client = self.client();
        let date = self.date();
        let place = self.place();
        let timers = self.timers();
        let status = self.one(&[-1, 200, 200, 200, 204, 304, 404, 500, 503, 101]);
        let bytes = self.below(50_000);
        let term = self.one(&[
            "----", "----", "SC--", "sHVN", "cDNI", "PR--", "--VN", "CDDI",
        ]);
        let queues = self.one(&["0/0", "0/0", "0/3", "2/0", "10/21"]);
        let (host, agent) = (
            self.one(&["shop", "www", ""]),
            self.one(&["Mozilla/5.0", "curl", "x y"]),
        );
        let url = self.url();
        let end = match self.below(12) {
            0 => "\"<BADREQ>\"".to_owned(),
            _ => format!("\"GET {url} HTTP/1.1\""),
        };
        self.say(&format!(
            "{client}:{} [{date}] www {place} {timers} {status} {bytes} - - {term} 9/9/4/2/0 {queues} \
             {{{host}|{agent}}} {{text/html}} {end}",
            1024 + bytes
        ));
    }

    fn client(&mut self) -> String {
        match self.below(9) {
            0 => "2001:db8::7".to_owned(),
            _ => format!("10.0.{}.{}", self.below(3), self.below(50)),
        }
    }

    fn place(&mut self) -> &'static str {
        self.one(&[
            "app/s1",
            "app/s2",
            "app/s10",
            "static/s1",
            "app/<NOSRV>",
            "www/<NOSRV>",
        ])
    }

    fn timers(&mut self) -> String {
        let response = self.below(3_000);
        let total = response + self.below(9_000) + 100;
        match self.below(8) {
            0 => format!("-1/-1/-1/-1/{total}"),
            1 => format!("{}/-1/-1/-1/{total}", self.below(40)),
            2 => format!("0/7/{}/-1/{total}", self.below(40)),
            _ => format!(
                "{}/{}/{}/{response}/{total}",
                self.below(40),
                self.below(5),
                self.below(40)
            ),
        }
    }

    fn url(&mut self) -> String {
        let url = format!("/{}/{}", self.one(&["a", "b", "items"]), self.below(40));
        match self.below(4) {
            0 => format!("{url}?id={}", self.below(9)),
            1 => format!("{url};s={}?x", self.below(9)),
            _ => url,
        }
    }

    /// What is no request.
    pub fn other(&mut self) {
        let date = self.date();
        let session = format!("10.0.0.1:4000 [{date}] fnt bck/srv1 0/1/2000 503 -- 3/3/3/1/0 0/0");
        let cut = format!("10.0.0.2:4000 [{date}] fnt bck/<NOSRV> 3/-1/5 0 SC 3/3/3/1/0 0/4");
        let handshake = format!("10.0.0.1:4000 [{date}] www/1: SSL handshake failure");
        let down = "Server app/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup \
                    servers left. 0 sessions active, 0 requeued, 0 remaining in queue.";
        let message = self.one(&[session.as_str(), cut.as_str(), handshake.as_str(), down]);
        let message = message.to_owned();
        self.say(&message);
    }
}

/// Requests alone.
pub fn requests(count: usize) -> String {
    let mut log = Log::new();
    (0..count).for_each(|_| log.request());
    log.text
}

/// The same among other lines.
pub fn mixture(count: usize) -> String {
    let mut log = Log::new();
    for nth in 0..count {
        log.request();
        if nth % 3 == 0 {
            log.other();
        }
    }
    log.text
}
