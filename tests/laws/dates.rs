//! Live lines whose dates are not those of the moment they come in: what waited on its way, clocks that are wrong, dates that are
//! made up.

use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::time::zone::Zone;
use jiff::Timestamp;

/// 14 March 2026, 09:20:00 UTC.
const NOW: i64 = 1_773_480_000;

const HOUR: i64 = 3_600;

/// So many streams, and the time it is.
struct Live {
    streams: Streams,
    now: i64,
    lines: u64,
}

impl Live {
    fn new(streams: u32) -> Self {
        let zone = Zone::named("UTC").expect("a zone");
        let mut live = Streams::new(Engine::cut_freely(zone, Window::default()));
        for number in 0..streams {
            assert_eq!(live.begin(&format!("tcp {number}"), NOW), number);
        }
        Self {
            streams: live,
            now: NOW,
            lines: 0,
        }
    }

    /// It is so many seconds later, and blocks have been cut meanwhile, as a daemon does.
    fn later(&mut self, seconds: i64) {
        self.now += seconds;
        self.streams.latest(self.now);
        self.streams.cut();
    }

    /// A request comes that is dated so many seconds from now.
    fn request(&mut self, stream: u32, host: &str, dated: i64) {
        let at = Timestamp::from_second(self.now + dated).expect("a time");
        let (logged, accepted) = (
            at.strftime("%b %e %H:%M:%S"),
            at.strftime("%d/%b/%Y:%H:%M:%S.000"),
        );
        let line = format!(
            "{logged} {host} haproxy[7]: 10.0.0.9:{} [{accepted}] fe app/s1 0/0/1/7/8 200 1412 - - ---- 1/1/0/0/0 0/0 \
             \"GET / HTTP/1.1\"\n",
            1_024 + self.lines % 60_000
        );
        self.lines += 1;
        self.streams.feed(stream, line.as_bytes());
    }

    /// A server goes down, says a line without a year that is dated so many seconds from now.
    fn down(&mut self, stream: u32, host: &str, server: &str, dated: i64) {
        let at = Timestamp::from_second(self.now + dated).expect("a time");
        let line = format!(
            "{} {host} haproxy[7]: Server app/{server} is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 \
             backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n",
            at.strftime("%b %e %H:%M:%S")
        );
        self.lines += 1;
        self.streams.feed(stream, line.as_bytes());
    }

    fn late(&self) -> u64 {
        self.streams.engine().sealer().late().lines()
    }

    /// Seconds between now and what is complete.
    fn behind(&self) -> i64 {
        let frontier = self.streams.engine().sealer().frontier();
        self.now - frontier.expect("a frontier")
    }

    /// All lines are in the totals, in order or late.
    fn finish(mut self) -> Engine {
        self.streams.finish();
        let engine = self.streams.into_engine();
        let counted: u64 = engine.sources().map(|(_, source)| source.lines()).sum();
        assert_eq!(counted, self.lines);
        engine
    }
}

/// Half a minute of a busy stream, again and again.
fn busy(live: &mut Live, stream: u32, times: usize) {
    for _ in 0..times {
        for _ in 0..10 {
            live.request(stream, "lb1", 0);
        }
        live.later(30);
    }
}

#[test]
fn a_line_ahead_that_comes_alone_makes_no_other_line_late() {
    for dated in [180, 6 * HOUR] {
        let mut live = Live::new(2);
        busy(&mut live, 0, 4);
        live.request(1, "lb2", dated);
        live.later(1);
        busy(&mut live, 0, 20);
        assert_eq!(live.late(), 0, "{dated}");
        assert!(
            (60..240).contains(&live.behind()),
            "{dated}: {}",
            live.behind()
        );
        // Even where it is the first of all.
        let mut live = Live::new(2);
        live.request(1, "lb2", dated);
        live.later(1);
        busy(&mut live, 0, 20);
        assert_eq!(live.late(), 0, "{dated}");
    }
}

#[test]
fn a_burst_of_lines_with_one_date_ahead_displaces_no_other_line() {
    for stream in [0, 1] {
        let mut live = Live::new(2);
        busy(&mut live, 0, 10);
        for _ in 0..4 {
            for _ in 0..2_000 {
                live.request(stream, "lb9", HOUR);
            }
            busy(&mut live, 0, 4);
        }
        assert_eq!(live.late(), 0, "{stream}");
        assert!(live.behind() < 240, "{stream}");
    }
}

#[test]
fn where_all_are_ahead_the_zone_is_wrong_and_they_are_told_at_once() {
    let mut live = Live::new(2);
    for second in 0..40 {
        live.down(0, "lb1", &format!("s{second}"), 5 * HOUR);
        for stream in [0, 1] {
            for _ in 0..20 {
                live.request(stream, "lb1", 5 * HOUR);
            }
        }
        if second % 2 == 0 {
            // The date of one is made up.
            live.request(0, "lb2", -HOUR);
        }
        live.later(30);
        let seen = live.streams.look_ahead(0).now() / 1_000 - live.now;
        assert_eq!(seen, 5 * HOUR - 30, "at once");
    }
    assert!(live.late() <= 20, "{}", live.late());
}

#[test]
fn where_all_are_ahead_from_some_time_on_they_are_told_at_once_too() {
    let mut live = Live::new(2);
    busy(&mut live, 0, 20);
    live.request(1, "lb9", 20 * HOUR);
    busy(&mut live, 0, 20);
    for _ in 0..80 {
        for _ in 0..10 {
            live.request(0, "lb1", HOUR);
        }
        live.later(30);
        let seen = live.streams.look_ahead(0).now() / 1_000 - live.now;
        assert_eq!(seen, HOUR - 30);
    }
    assert!(live.behind() < 0, "{}", live.behind());
    assert_eq!(live.late(), 0);
}

/// Queued while nobody took them: by one sender, and by one of several that send at once, each at its own pace.
#[test]
fn what_was_queued_for_hours_is_in_order() {
    let mut live = Live::new(1);
    busy(&mut live, 0, 10);
    live.now += 3 * HOUR;
    for ago in (0..3 * HOUR).rev().step_by(5) {
        live.request(0, "lb1", -ago);
        if ago % 600 == 0 {
            live.later(0);
        }
    }
    busy(&mut live, 0, 20);
    assert_eq!(live.late(), 0, "of one sender");

    // The daemon was away for an hour, and both go on.
    live.now += HOUR;
    live.streams.latest(live.now);
    for nth in 0..60 {
        for _ in 0..60 {
            // One catches up at once and is many; the other needs half an hour.
            live.request(0, "lb1", if nth < 6 { nth * 600 - HOUR } else { 0 });
        }
        live.request(0, "lb2", nth * 60 - HOUR);
        live.later(30);
    }
    assert_eq!(live.late(), 0, "of two senders");
    assert_eq!(live.finish().sealer().late().lines(), 0);
}

/// A host that says little, and all of it with a clock that is hours behind, or ahead.
#[test]
fn what_a_quiet_host_with_a_wrong_clock_says_is_told() {
    for dated in [-2 * HOUR, -400, 400, 2 * HOUR] {
        let mut live = Live::new(1);
        let mut told = false;
        for nth in 0..4 * 120 {
            for _ in 0..40 {
                live.request(0, "lb1", 0);
            }
            live.request(0, "lb2", dated);
            if nth == 100 {
                live.down(0, "lb2", "s7", dated);
            }
            live.later(30);
            told |= (nth % 60 == 0) && !live.streams.look_ahead(0).incidents().is_empty();
        }
        assert_eq!(live.late(), 0, "{dated}");
        assert!(told, "{dated}");
    }
}
