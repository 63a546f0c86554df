//! A program that is told on its standard input.
//!
//! Enters: a document and short variables. Leaves: whether it took them. Must not know: what they say. No shell reads the
//! command, and of the environment it gets only what programs need to run.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::outbox::Outcome;

/// Variables that are passed on.
const KEPT: [&str; 8] = [
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR",
];
/// Time between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// See the module.
#[derive(Debug)]
pub(super) struct Program {
    words: Vec<String>,
    limit: Duration,
}

impl Program {
    /// A program and its arguments; it and what it started are killed after `limit`.
    pub(super) fn new(words: &[String], limit: Duration) -> Self {
        Self {
            words: words.to_vec(),
            limit,
        }
    }

    /// Runs it once.
    pub(super) fn run(&self, body: &str, variables: &[(String, String)]) -> Outcome {
        let Some((program, arguments)) = self.words.split_first() else {
            return Outcome::Never("there is no command".to_owned());
        };
        let kept = |name: &str| Some((OsString::from(name), std::env::var_os(name)?));
        let spawned = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(KEPT.iter().filter_map(|name| kept(name)))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn();
        match spawned {
            Ok(child) => self.wait(child, body.to_owned()),
            Err(error) => Outcome::Later(format!("the command cannot be started: {error}"), None),
        }
    }

    fn wait(&self, mut child: Child, body: String) -> Outcome {
        let began = Instant::now();
        if let Some(mut input) = child.stdin.take() {
            // A program that does not read must not keep this one. One that ends without reading all is its own affair.
            std::thread::spawn(move || input.write_all(body.as_bytes()));
        }
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if began.elapsed() >= self.limit => break Err(None),
                Ok(None) => std::thread::sleep(LOOK),
                Err(error) => break Err(Some(error)),
            }
        };
        // What it left behind would else read on, or run for ever.
        end_group(&mut child, ended.is_err());
        match ended {
            Ok(status) if status.success() => Outcome::Done,
            Ok(status) => Outcome::Later(how(status), None),
            Err(None) => {
                let seconds = self.limit.as_secs_f64();
                Outcome::Later(
                    format!("the command took more than {seconds} s and was killed"),
                    None,
                )
            }
            Err(Some(error)) => {
                Outcome::Later(format!("the command cannot be waited for: {error}"), None)
            }
        }
    }
}

/// Kills what is left of the process group.
fn end_group(child: &mut Child, is_running: bool) {
    if let Ok(group) = i32::try_from(child.id()) {
        // A group without processes is no longer there, which is what is wanted.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    if is_running {
        // It was killed, so this does not wait.
        let _ = child.wait();
    }
}

fn how(status: ExitStatus) -> String {
    format!("the command ended with {status}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Program {
        let words = ["sh", "-c", script].map(str::to_owned);
        Program::new(&words, limit)
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn it_reads_the_document_and_has_only_its_own_variables() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!(
            "{{ cat; echo; echo \"$HAPLINE_ALERT_SAYS $CARGO_MANIFEST_DIR\"; }} > {}",
            out.display()
        );
        let variables = [("HAPLINE_ALERT_SAYS".to_owned(), "$(id)".to_owned())];
        assert_eq!(
            shell(&script, LONG).run("{\"a\":1}", &variables),
            Outcome::Done
        );
        assert_eq!(std::fs::read_to_string(out).unwrap(), "{\"a\":1}\n$(id) \n");
    }

    #[test]
    fn how_it_ended_is_told() {
        let document = "x".repeat(1 << 20);
        for (script, expected) in [
            ("exit 75", "the command ended with exit status: 75"),
            ("kill -9 $$", "the command ended with signal: 9 (SIGKILL)"),
        ] {
            let outcome = shell(script, LONG).run(&document, &[]);
            assert_eq!(outcome, Outcome::Later(expected.into(), None));
        }
        let missing = Program::new(&["/nonexistent/program".to_owned()], LONG);
        assert!(matches!(missing.run("", &[]), Outcome::Later(..)));
    }

    #[test]
    fn after_its_time_it_and_its_children_are_killed() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {}; wait", pid.display());
        let outcome = shell(&script, Duration::from_millis(500)).run("", &[]);
        let expected = "the command took more than 0.5 s and was killed";
        assert_eq!(outcome, Outcome::Later(expected.into(), None));
        let child = std::fs::read_to_string(pid).unwrap();
        let status = format!("/proc/{}/stat", child.trim());
        let began = Instant::now();
        loop {
            // Gone, or dead and not yet collected.
            let state = std::fs::read_to_string(&status).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                break;
            }
            assert!(began.elapsed() < LONG, "{state}");
            std::thread::sleep(LOOK);
        }
    }
}
