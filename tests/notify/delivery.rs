//! Targets that are slow, dead, or say no.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use hapline::report::feed::Transition;
use hapline::serve::notify::Counts;

use super::fixture::{NOW, notice, notifier, over, target};
use super::server::Server;

const LIMIT: Duration = Duration::from_secs(20);

fn webhook(server: &Server) -> String {
    target(
        "webhook",
        &format!("url = \"http://{}/hook\"", server.address),
    )
}

#[test]
fn what_was_not_taken_is_sent_again_when_the_target_wants_it() {
    let server = Server::answering(&[
        "503 Service Unavailable",
        "429 Too Many Requests\r\nretry-after: 2",
    ]);
    let mut notifier = notifier(&webhook(&server), None);
    notifier.notice(&notice("i-1", Transition::Opened), NOW);
    let requests = server.wait(3);
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[1].body, requests[2].body);
    let pause = requests[1].at - requests[0].at;
    assert!(pause >= Duration::from_millis(450), "{pause:?}");
    let pause = requests[2].at - requests[1].at;
    assert!(pause >= Duration::from_millis(1950), "{pause:?}");
    notifier.stop(LIMIT);
    let expected = Counts {
        sent: 1,
        retried: 2,
        ..Counts::default()
    };
    assert_eq!(notifier.standings()[0].counts, expected);
}

#[test]
fn what_was_refused_is_not_sent_again() {
    let server = Server::answering(&["400 Bad Request", "302 Found\r\nlocation: /other"]);
    let mut notifier = notifier(&webhook(&server), None);
    for id in ["i-1", "i-2", "i-3"] {
        notifier.notice(&notice(id, Transition::Opened), NOW);
    }
    let requests = server.wait(3);
    notifier.stop(LIMIT);
    assert!(
        requests
            .iter()
            .all(|request| request.line.contains("/hook"))
    );
    let counts = notifier.standings()[0].counts;
    assert_eq!((counts.sent, counts.refused, counts.retried), (1, 2, 0));
}

/// It takes connections and never answers: each attempt takes its whole time.
#[test]
fn a_dead_target_slows_neither_the_caller_nor_the_others() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start();
    let text = format!(
        "{}[[notify]]\nname = \"dead\"\ntype = \"webhook\"\nhold_off = \"0\"\nurl = \"http://{}\"\n",
        webhook(&server),
        dead.local_addr().unwrap()
    );
    let mut notifier = notifier(&text, None);
    let began = Instant::now();
    for number in 0..300 {
        let id = format!("i-{number}");
        notifier.notice(&notice(&id, Transition::Opened), NOW);
        if number % 2 == 0 {
            notifier.notice(&over(&id), NOW + 1);
        }
        notifier.tick(NOW + 2);
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(8), "{took:?}");
    let standings = notifier.standings();
    let dead = &standings[1];
    assert_eq!(dead.name, "dead");
    assert_eq!(dead.counts.sent, 0);
    // One may be at work beside those that wait.
    let seen = dead.counts.left_out + dead.waiting as u64;
    assert_eq!(seen, 450, "what fell out is counted");
    assert!((256..=257).contains(&dead.waiting));
    let began = Instant::now();
    notifier.stop(Duration::from_millis(500));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn no_secret_is_shown_or_stored() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = dead.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "s3cr3t-s3cr3t").unwrap();
    let path = path.display();
    let text = format!(
        "{}[[notify]]\nname = \"two\"\ntype = \"webhook\"\nhold_off = \"0\"\nurl = \"http://{address}/s3cr3t-s3cr3t\"\ntoken_file = \"{path}\"\n",
        target(
            "pagerduty",
            &format!("url = \"http://{address}/\"\ntoken_file = \"{path}\"")
        )
    );
    let mut notifier = notifier(&text, None);
    notifier.notice(&notice("i-1", Transition::Opened), NOW);
    assert!(!format!("{notifier:?}").contains("s3cr3t"));
    let state = notifier.state();
    assert!(!String::from_utf8_lossy(&state).contains("s3cr3t"));
    assert!(String::from_utf8_lossy(&state).contains("dedup_key"));
}
