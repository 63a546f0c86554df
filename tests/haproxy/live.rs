//! What a person reads.

use std::thread::sleep;
use std::time::Duration;

use super::hapline::Hapline;
use super::proxy::Site;

#[test]
fn every_change_is_one_readable_line() {
    let (hapline, address) = Hapline::serve("text");
    let Some(mut site) = Site::start(Some(address)) else {
        return;
    };
    let load = site.load();
    load.wait(50, 200);
    site.servers[1].stop();
    site.tee.wait("Server be_app/app2 is DOWN");
    sleep(Duration::from_millis(1500));
    site.servers[1].restart();
    site.tee.wait("Server be_app/app2 is UP");
    sleep(Duration::from_millis(1500));
    load.stop();
    site.tee.settled();
    let lines = hapline.stop("INT");
    let end = lines.iter().position(String::is_empty).unwrap();
    let (feed, report) = lines.split_at(end);
    let words: Vec<&str> = feed
        .iter()
        .map(|line| line.split_whitespace().nth(1).unwrap())
        .collect();
    // Refused requests may be told before the DOWN mark is: then it turns into a lost server.
    let opened = words.iter().filter(|word| **word == "OPENED").count();
    assert_eq!((opened, words.first()), (1, Some(&"OPENED")), "{feed:#?}");
    assert!(
        words.len() <= 3 && words.last() == Some(&"CLOSED"),
        "{feed:#?}"
    );
    assert!(
        feed[feed.len() - 1].contains("be_app lost app2"),
        "{feed:#?}"
    );
    for line in feed {
        assert!(line.contains("be_app"), "{line}");
        assert!(line.contains("service not listening"), "{line}");
        assert!(line.ends_with(']'), "{line}");
        assert!(!line.chars().any(char::is_control), "{line}");
        assert_eq!(line[..8].matches(':').count(), 2, "{line}");
    }
    assert!(report[1].starts_with(&format!("udp:{address} · ")));
}
