//! `hapline top` on a terminal of its own: what it takes, it gives back.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::{BACKEND_DOWN, hapline, refused, sample};

/// The longest that a picture may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell on a terminal of 80 by 24.
struct Shell {
    child: Child,
    came: Receiver<Vec<u8>>,
    seen: String,
}

impl Shell {
    fn run(script: &str) -> Self {
        let program = assert_cmd::cargo::cargo_bin("hapline");
        let path = program.parent().unwrap().display().to_string();
        let script = format!("stty cols 80 rows 24; PATH={path}:$PATH; {script}");
        let mut child = Command::new("script")
            .args(["-qefc", &script, "/dev/null"])
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let (sender, came) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = out.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            came,
            seen: String::new(),
        }
    }

    /// Waits until the terminal shows this.
    fn wait_for(&mut self, text: &str) -> &mut Self {
        let began = Instant::now();
        while !shown(&self.seen).contains(text) {
            assert!(
                began.elapsed() < PATIENCE,
                "no {text} in {}",
                shown(&self.seen)
            );
            if let Ok(bytes) = self.came.recv_timeout(Duration::from_millis(100)) {
                self.seen += &String::from_utf8_lossy(&bytes);
            }
        }
        self
    }

    /// The same on a terminal that has nothing on it.
    fn wait_for_again(&mut self, text: &str) -> &mut Self {
        let before = std::mem::take(&mut self.seen);
        self.wait_for(text);
        self.seen.insert_str(0, &before);
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).unwrap();
        stdin.flush().unwrap();
        self
    }

    /// Everything that the terminal was sent, and how it ended.
    fn end(mut self) -> (String, ExitStatus) {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.came.recv() {
            self.seen += &String::from_utf8_lossy(&bytes);
        }
        (self.seen, status)
    }
}

/// What a terminal of 80 by 24 shows that was sent this: only what changes is sent.
fn shown(seen: &str) -> String {
    let mut cells = vec![[' '; 80]; 24];
    let (mut x, mut y) = (0, 0);
    let mut rest = seen.chars();
    while let Some(character) = rest.next() {
        match character {
            '\x1b' => {
                let mut sequence = vec![rest.next().unwrap_or('[')];
                while sequence.len() == 1 || !sequence[sequence.len() - 1].is_ascii_alphabetic() {
                    // Its end may not have come yet.
                    sequence.push(rest.next().unwrap_or('m'));
                }
                let numbers: String = sequence[1..sequence.len() - 1].iter().collect();
                let mut numbers = numbers.split(';').map(|number| number.parse().unwrap_or(1));
                match sequence.last() {
                    Some('H') => {
                        y = numbers.next().unwrap_or(1_usize) - 1;
                        x = numbers.next().unwrap_or(1) - 1;
                    }
                    Some('J') => cells = vec![[' '; 80]; 24],
                    _ => {}
                }
            }
            '\r' => x = 0,
            '\n' => y = (y + 1).min(23),
            other => {
                if let Some(cell) = cells.get_mut(y).and_then(|row| row.get_mut(x)) {
                    *cell = other;
                }
                x += 1;
            }
        }
    }
    let rows = cells.iter().map(|row| row.iter().collect::<String>());
    rows.collect::<Vec<_>>().join("\n")
}

/// The terminal shows its own page again, with a cursor, and lines as they are typed.
fn is_as_it_was(seen: &str) {
    let taken = seen.find("\x1b[?1049h").expect("it took the terminal");
    let left = seen.rfind("\x1b[?1049l").expect("it left the terminal");
    assert!(taken < left);
    assert!(seen[left..].contains("\x1b[?25h"), "{seen:?}");
    assert!(seen[left..].contains(" icanon"), "{seen:?}");
    assert!(!seen[left..].contains("-echo "), "{seen:?}");
}

fn log() -> String {
    sample(BACKEND_DOWN).display().to_string()
}

#[test]
fn q_leaves_the_terminal_as_it_was() {
    let mut shell = Shell::run(&format!(
        "hapline top {} --timezone UTC; echo code $?; stty -a",
        log()
    ));
    shell.wait_for("815 of 3,147 requests failed").press("q");
    let (seen, status) = shell.end();
    assert!(status.success());
    assert!(seen.contains("code 0"), "{seen:?}");
    is_as_it_was(&seen);
}

#[test]
fn a_pipe_is_read_while_keys_come_from_the_terminal() {
    let mut shell = Shell::run(&format!(
        "cat {} | hapline top - --timezone UTC --ascii; echo code $?; stty -a",
        log()
    ));
    shell.wait_for("ended").press("?").wait_for("Ctrl-C");
    assert!(shell.seen.is_ascii(), "{:?}", shell.seen);
    shell.press("\x03");
    let (seen, _) = shell.end();
    assert!(seen.contains("code 0"), "{seen:?}");
    is_as_it_was(&seen);
}

#[test]
fn a_signal_ends_it_and_leaves_the_terminal_as_it_was() {
    let mut shell = Shell::run(&format!(
        "hapline top {} --timezone UTC & pid=$!; read line; kill -TERM $pid; wait $pid; echo code $?; stty -a",
        log()
    ));
    shell.wait_for("815 of 3,147 requests failed");
    // Keys go to whoever reads first, so it is asked again until the shell has its line.
    let began = Instant::now();
    while !shell.seen.contains("code 143") && began.elapsed() < PATIENCE {
        shell.press("\r\n");
        if let Ok(bytes) = shell.came.recv_timeout(Duration::from_millis(200)) {
            shell.seen += &String::from_utf8_lossy(&bytes);
        }
    }
    let (seen, _) = shell.end();
    assert!(seen.contains("code 143"), "{seen:?}");
    is_as_it_was(&seen);
}

/// Whatever stops it, the shell has its terminal meanwhile.
#[test]
fn it_is_suspended_and_goes_on() {
    let number = tempfile::tempdir().unwrap();
    let number = number.path().join("pid");
    let from_outside = format!("kill -TSTP $(cat {})", number.display());
    for stop in ["\x1a", from_outside.as_str()] {
        // Jobs of their own, as in a shell that somebody types into.
        let mut shell = Shell::run(&format!(
            "set -m; sh -c 'echo $$ > {}; exec hapline top {} --timezone UTC'; echo stopped $?; stty -a; read line; fg; echo code $?; stty -a",
            number.display(),
            log()
        ));
        shell.wait_for("815 of 3,147 requests failed");
        match stop {
            "\x1a" => drop(shell.press(stop)),
            command => {
                let killed = Command::new("sh").args(["-c", command]).status().unwrap();
                assert!(killed.success());
            }
        }
        // The terminal is the shell's, which waits for a line.
        shell.wait_for("stopped").wait_for(" icanon");
        is_as_it_was(&shell.seen);
        shell
            .press("\r")
            .wait_for_again("815 of 3,147 requests failed");
        shell.press("q");
        let (seen, _) = shell.end();
        assert!(seen.contains("code 0"), "{seen:?}");
        is_as_it_was(&seen);
    }
}

#[test]
fn a_terminal_that_is_gone_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let number = folder.path().join("pid");
    let mut shell = Shell::run(&format!(
        "echo $$ > {}; exec hapline top {} --timezone UTC",
        number.display(),
        log()
    ));
    shell.wait_for("815 of 3,147 requests failed");
    let process = std::fs::read_to_string(number).unwrap();
    let process = std::path::Path::new("/proc").join(process.trim());
    assert!(process.exists());
    shell.child.kill().unwrap();
    let began = Instant::now();
    while process.exists() {
        assert!(began.elapsed() < PATIENCE, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(50));
    }
    shell.child.wait().unwrap();
}

/// Only what old terminals know is sent: no more than cursor, colours, and the other page.
#[test]
fn nothing_exotic_is_sent() {
    let mut shell = Shell::run(&format!("TERM=linux hapline top {} --timezone UTC", log()));
    shell.wait_for("815 of 3,147 requests failed").press("q");
    let (seen, _) = shell.end();
    is_tame(&seen);
}

/// URLs of 10 KB, and text that would paint, retitle or turn a terminal around, in an incident as in a backend.
#[test]
fn text_of_a_log_is_text() {
    let attack = "\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}gpj\u{2066}";
    let long = format!("GET /{attack}{}", "x".repeat(10_240));
    let hostile = std::fs::read_to_string(sample(BACKEND_DOWN))
        .unwrap()
        .replace("\"GET /", &format!("\"{long}"))
        .replace("app/app", "app/\u{1b}[7m\u{202e}app");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.log");
    std::fs::write(&path, hostile).unwrap();
    let mut shell = Shell::run(&format!("hapline top {} --timezone UTC", path.display()));
    shell.wait_for("815 of 3,147 requests failed");
    shell.wait_for("[7m").press("j\r").wait_for("Esc back");
    shell.press("G").wait_for("Before a restart").press("\x1b");
    shell.wait_for("i incidents").press("\t\r");
    shell.wait_for("backend app").press("G");
    shell.wait_for("The last one").press("\x0c");
    shell.wait_for_again("The last one").press("q");
    let (seen, status) = shell.end();
    assert!(status.success(), "{seen:?}");
    is_tame(&seen);
    let turned = |c: char| matches!(c, '\u{7}' | '\u{9b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert_eq!(seen.chars().find(|c| turned(*c)), None);
}

/// Every sequence is one that moves the cursor, colours, clears, or shows the other page.
fn is_tame(seen: &str) {
    for sequence in seen.split('\x1b').skip(1) {
        let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        let known = match &sequence[..=end] {
            "[?1049h" | "[?1049l" | "[?25h" | "[?25l" => true,
            other => {
                other.starts_with('[')
                    && other.ends_with(['H', 'J', 'K', 'm', 'A', 'B', 'C', 'D'])
                    && !other.contains(['?', '>', '<', '='])
            }
        };
        assert!(known, "{sequence:?}");
    }
}

#[test]
fn no_color_is_heard() {
    let mut shell = Shell::run(&format!("NO_COLOR=1 hapline top {} --timezone UTC", log()));
    shell.wait_for("815 of 3,147 requests failed").press("q");
    let (seen, _) = shell.end();
    for colour in ["\x1b[31m", "\x1b[38;", "\x1b[48;"] {
        assert!(!seen.contains(colour), "{seen:?}");
    }
}

/// A daemon that has read the sample, with what it says of where it answers.
struct Served {
    daemon: Child,
    url: String,
    folder: tempfile::TempDir,
}

const TOKEN: &str = "0123456789abcdef0123";

impl Served {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut daemon = Command::new(assert_cmd::cargo::cargo_bin("hapline"))
            .args([
                "serve",
                "--udp",
                "",
                "--stdin",
                "--timezone",
                "UTC",
                "--http",
                "127.0.0.1:0",
                "--store",
            ])
            .arg(folder.path().join("hapline.db"))
            .env("HAPLINE_HTTP_TOKEN", TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(daemon.stderr.take().unwrap());
        let mut said = said.lines().map_while(Result::ok);
        let url = said.find_map(|line| {
            Some(
                line.strip_prefix("hapline: ")?
                    .split_once("/ has ")?
                    .0
                    .to_owned(),
            )
        });
        std::thread::spawn(move || said.for_each(drop));
        let stdin = daemon.stdin.as_mut().unwrap();
        stdin
            .write_all(&std::fs::read(sample(BACKEND_DOWN)).unwrap())
            .unwrap();
        stdin.flush().unwrap();
        Self {
            daemon,
            url: url.expect("it answers over HTTP"),
            folder,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[test]
fn a_daemon_is_asked_and_its_store_is_read() {
    let served = Served::begin();
    let store = served.folder.path().join("hapline.db");
    let wrong = format!(
        "HAPLINE_HTTP_TOKEN=another hapline top --connect {}; echo code $?",
        served.url
    );
    let (seen, _) = Shell::run(&wrong).end();
    assert!(seen.contains("asks for a token"), "{seen:?}");
    assert!(seen.contains("code 2"), "{seen:?}");
    for command in [
        format!(
            "HAPLINE_HTTP_TOKEN={TOKEN} hapline top --connect {}",
            served.url
        ),
        format!(
            "hapline top --store {} --since 2026-11-01 --timezone UTC",
            store.display()
        ),
    ] {
        let mut shell = Shell::run(&format!("{command}; echo code $?; stty -a"));
        shell
            .wait_for("815 of 3,147 requests failed")
            .wait_for("app2")
            .press("q");
        let (seen, _) = shell.end();
        assert!(seen.contains("code 0"), "{seen:?}");
        is_as_it_was(&seen);
    }
}

#[test]
fn what_cannot_be_read_is_said_on_a_terminal_as_it_was() {
    for (arguments, said) in [
        ("--connect http://127.0.0.1:1", "hapline serve --http"),
        ("--store /nowhere/hapline.db", "hapline: "),
        ("-", "standard input is the terminal"),
    ] {
        let (seen, _) = Shell::run(&format!("hapline top {arguments}; echo code $?")).end();
        assert!(seen.contains(said), "{seen:?}");
        assert!(seen.contains("code 2"), "{seen:?}");
        let taken = seen.matches("\x1b[?1049h").count();
        assert_eq!(taken, seen.matches("\x1b[?1049l").count(), "{seen:?}");
    }
}

#[test]
fn without_a_terminal_it_says_so() {
    let said = refused(hapline().args(["top", BACKEND_DOWN]));
    assert!(
        said.starts_with("hapline: standard output is no terminal"),
        "{said}"
    );
    let said = refused(hapline().args(["top", "/nowhere/haproxy.log"]));
    assert!(
        said.starts_with("hapline: /nowhere/haproxy.log: cannot be read"),
        "{said}"
    );
}
