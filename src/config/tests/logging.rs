//! Where requests are logged, and what is left out.

use super::{Config, config, proxy};
use crate::config::Sample;

/// A `log` line in force: where it stands, its `len` and its sample.
type Target = (usize, Option<u32>, Option<(u32, u32)>);

fn targets(config: &Config, name: &str) -> Vec<Target> {
    let pair = |sample: Sample| (sample.logged, sample.of);
    let lines = config.log_targets(proxy(config, name));
    lines
        .map(|line| (line.at.line, line.value.len, line.value.sample.map(pair)))
        .collect()
}

#[test]
fn log_lines_in_force() {
    let config = config(
        "global
 log 127.0.0.1:514 len 8192 local0
 log stderr format raw sample 1,3-5:10 daemon notice
defaults
 log global
frontend inherits
frontend adds
 log ring@r len \"$LEN\" local1
frontend none
 no log
frontend own
 no log
 log /dev/log local0
defaults
frontend other
 log 10.0.0.1 sample 1-2:2 local0
",
    );
    let global = [(2, Some(8192), None), (3, Some(1024), Some((4, 10)))];
    assert_eq!(targets(&config, "inherits"), global);
    let adds: Vec<_> = global.into_iter().chain([(8, None, None)]).collect();
    assert_eq!(targets(&config, "adds"), adds);
    assert_eq!(targets(&config, "none"), []);
    assert_eq!(targets(&config, "own"), [(13, Some(1024), None)]);
    assert_eq!(targets(&config, "other"), [(16, Some(1024), None)]);
    let mut lines = config.log_targets(proxy(&config, "own"));
    let text = lines.next().map(|line| line.text.as_str());
    assert_eq!(text, Some("log /dev/log local0"));
}

#[test]
fn what_takes_requests_out_of_the_log() {
    let config = config(
        "defaults
 option log-separate-errors
frontend rules
 http-request set-log-level silent if { path /health }
 http-request set-header X-Level silent
frontend ends
 log-steps accept,close
frontend begins
 no option log-separate-errors
 log-steps accept,request
",
    );
    let [rules, ends, begins] = ["rules", "ends", "begins"].map(|name| proxy(&config, name));
    assert_eq!(rules.silent_rules().len(), 1);
    assert_eq!(rules.silent_rules()[0].at.line, 4);
    assert_eq!((ends.silent_rules().len(), ends.logs_no_end()), (0, false));
    assert!(begins.logs_no_end() && !rules.logs_no_end());
    assert!(ends.log_separate_errors() && !begins.log_separate_errors());
}

#[test]
fn where_requests_may_go() {
    let config = config(
        "frontend named
 use_backend api if { path /api }
 default_backend app
frontend computed
 use_backend %[req.hdr(host)]
backend app
backend api
backend other
",
    );
    for (frontend, backend, may) in [
        ("named", "app", true),
        ("named", "api", true),
        ("named", "other", false),
        ("named", "named", true),
        ("computed", "other", true),
        ("app", "app", false),
    ] {
        let proxy = proxy(&config, frontend);
        assert_eq!(proxy.may_lead_to(backend), may, "{frontend} to {backend}");
    }
}
