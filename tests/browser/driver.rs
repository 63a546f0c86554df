//! A browser, driven by WebDriver.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use super::needed;

/// The Tab key.
pub const TAB: &str = "\u{e004}";
/// The Enter key.
pub const ENTER: &str = "\u{e007}";

/// A headless Chromium with one page.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
}

impl Browser {
    /// A browser with a page of so many px; nothing where there is none.
    pub fn start(width: u32, height: u32) -> Option<Self> {
        let chromium = needed::program("chromium", "chromium")?;
        let driver = needed::program("chromedriver", "chromium-driver")?;
        let port = free_port();
        let driver = Command::new(driver)
            .args([format!("--port={port}"), "--log-level=SEVERE".to_owned()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build();
        let mut browser = Self {
            driver,
            agent: agent.into(),
            session: format!("http://127.0.0.1:{port}"),
        };
        browser.wait_for_driver();
        let options = json!({
            "binary": chromium,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
            "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "ignore",
        }}});
        let session = browser.post("/session", &wanted);
        let id = session["sessionId"].as_str().expect("a session").to_owned();
        browser.session += &format!("/session/{id}");
        browser.post("/timeouts", &json!({"script": 110_000}));
        browser.resize(width, height);
        Some(browser)
    }

    fn wait_for_driver(&self) {
        let began = Instant::now();
        let status = format!("{}/status", self.session);
        while self.agent.get(&status).call().is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "chromedriver");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self
            .agent
            .post(format!("{}{path}", self.session))
            .send(body.to_string())
            .expect("chromedriver answers");
        value(path, answer.into_body().read_to_string())
    }

    /// Opens a page, and waits until it is there.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Runs a script in the page; what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs a script that calls its last argument with what it returns.
    pub fn run_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    /// A command of the browser's own protocol.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        let body = json!({"cmd": name, "params": parameters});
        self.post("/goog/cdp/execute", &body)
    }

    /// The page is so many px wide and high.
    pub fn resize(&self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", &size);
    }

    /// The reader prefers a dark page, or a light one.
    pub fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.command(
            "Emulation.setEmulatedMedia",
            &json!({"features": [feature]}),
        );
    }

    /// Types keys, one after the other.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.post("/actions", &json!({"actions": [keyboard]}));
    }

    /// What the console has said since it was asked last.
    pub fn console(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// The addresses that were asked for since this was asked last.
    pub fn requests(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "performance"}));
        let entries = log.as_array().cloned().unwrap_or_default();
        let messages = entries
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        messages
            .filter(|it| it["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|it| {
                let url = &it["message"]["params"]["request"]["url"];
                Some(url.as_str()?.to_owned())
            })
            .collect()
    }

    /// The page on A4, as a PDF.
    pub fn print(&self) -> Vec<u8> {
        let paper = json!({"page": {"width": 21.0, "height": 29.7}, "background": true});
        let printed = self.post("/print", &paper);
        let script = "return [...atob(arguments[0])].map((c) => c.charCodeAt(0))";
        let body = json!({"script": script, "args": [printed]});
        let bytes = self.post("/execute/sync", &body);
        serde_json::from_value(bytes).expect("bytes")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn value(path: &str, body: Result<String, ureq::Error>) -> Value {
    let body = body.expect("chromedriver's answer");
    let mut answer: Value = serde_json::from_str(&body).expect("JSON");
    let value = answer["value"].take();
    assert!(value["error"].is_null(), "{path}: {value}");
    value
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
