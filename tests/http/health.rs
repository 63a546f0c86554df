//! Whether it lives, and whether it is ready.

use hapline::serve::view::View;
use hapline::store::{Degraded, Status};
use serde_json::Value;

use crate::metrics::series;
use crate::served::{serve, settings, view};

/// A way in which a view may not be in order.
type Broken = fn(&mut View);

#[test]
fn what_is_not_ready_is_said() {
    let table: [(&str, Broken, &str, &str); 6] = [
        ("", |_| {}, "", ""),
        (
            "ingest",
            |view| view.lag_ms = 10_001,
            "ingest",
            "10001 ms behind",
        ),
        (
            "listeners",
            |view| view.unbound = vec!["udp:127.0.0.1:514".to_owned()],
            "listeners",
            "not bound: udp:127.0.0.1:514",
        ),
        (
            "store",
            |view| {
                let degraded = Degraded {
                    reason: "/var/lib/hapline/store cannot be written: No space left on device"
                        .to_owned(),
                    hint: "make room there".to_owned(),
                    since: 0,
                };
                view.store = Some(Status {
                    degraded: Some(degraded),
                    waiting_bytes: 4_096,
                    ..Status::default()
                });
            },
            "store",
            "/var/lib/hapline/store cannot be written: No space left on device; make room there; 4096 bytes wait",
        ),
        (
            "view",
            |view| view.at -= 3_600_000,
            "view",
            "what is shown is 36",
        ),
        (
            "a store that works",
            |view| view.store = Some(Status::default()),
            "",
            "",
        ),
    ];
    for (name, broken, check, detail) in table {
        let mut view = view(b"", None);
        broken(&mut view);
        let served = serve(view, &settings());
        assert_eq!(served.get("/healthz").status, 200, "{name}");
        let reply = served.get("/readyz");
        let is_ready = check.is_empty();
        assert_eq!(reply.status, if is_ready { 200 } else { 503 }, "{name}");
        let answer = reply.json();
        assert_eq!(answer["ready"], Value::Bool(is_ready), "{name}");
        let checks = answer["checks"].as_array().unwrap();
        let failed: Vec<&Value> = checks.iter().filter(|check| check["ok"] == false).collect();
        assert_eq!(failed.len(), usize::from(!is_ready), "{name}: {checks:?}");
        let metrics = series(&served.get("/metrics").body);
        for failed in failed {
            assert_eq!(failed["name"], check);
            assert!(
                failed["detail"].as_str().unwrap().starts_with(detail),
                "{failed}"
            );
            assert_eq!(metrics[&format!("hapline_ready{{check=\"{check}\"}}")], 0.0);
        }
        assert_eq!(
            metrics["hapline_ready{check=\"listeners\"}"] == 0.0,
            check == "listeners"
        );
    }
}
