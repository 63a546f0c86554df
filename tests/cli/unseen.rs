//! Log lines in, advice out: timeouts and limits of which the lines show only bounds.

use serde_json::Value;

use crate::tuning::{Log, SITE, pieces, timer};

const TCP: &str = "defaults\n mode tcp\n timeout connect 1s\n timeout client 30s\n timeout server 30s\nfrontend db_in\n bind 127.0.0.1:5432\n default_backend db\nbackend db\n server d1 127.0.0.1:5433\n";
const QUERY: &str = "db_in db/d1 0/0/120 900 -- 5/5/3/2/0 0/0";

fn with_fins(config: &str) -> String {
    let both = " timeout server 30s\n timeout client-fin 2s\n timeout server-fin 2s\n";
    config.replace(" timeout server 30s\n", both)
}

fn verdict<'a>(said: &'a Value, scope: &str, timeout: &str) -> (&'a str, &'a str) {
    let timer = timer(said, scope, timeout);
    let text = |field: &str| timer[field].as_str().unwrap();
    (text("verdict"), text("why"))
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{text}");
}

#[test]
fn servers_at_work_for_clients_that_closed_their_direction_are_cut_by_server_fin() {
    let early = "db_in db/d1 0/0/2003 120 sD 5/5/3/2/0 0/0";
    let turns = [[QUERY; 15].as_slice(), &[early]].concat();
    let log = Log::new(200).mixed(320, &turns);
    let said = log.advise(Some(&with_fins(TCP)));
    let fin = timer(&said, "backend db", "timeout server-fin");
    assert_eq!(
        (&fin["cut"], &fin["suggested"]),
        (&20.into(), &"30s".into())
    );
    let (verdict, why) = verdict(&said, "backend db", "timeout server-fin");
    assert_eq!(verdict, "raise");
    has(why, "20 of 320 sessions ended 2 s after they began");
    let piece = &said["advice"][0];
    assert_eq!(piece["keyword"], "timeout server-fin");
    has(piece["evidence"][0]["text"].as_str().unwrap(), " sD ");
}

#[test]
fn what_lasted_less_was_not_cut_and_what_lasted_long_may_have_been() {
    let long = "db_in db/d1 0/0/30002 120 cD 5/5/3/2/0 0/0";
    let log = Log::new(200).requests(300, QUERY).requests(20, long);
    let said = log.advise(Some(&with_fins(TCP)));
    let (server, why) = verdict(&said, "backend db", "timeout server-fin");
    assert_eq!(server, "keep");
    has(why, "none ended in the silence of its server");
    let (client, why) = verdict(&said, "frontend db_in", "timeout client-fin");
    assert_eq!(client, "cannot_tell");
    has(
        why,
        "20 of 320 sessions ended in the silence of their client",
    );
    // Sooner than the timeout that runs while both directions are open: it was the other one.
    let sooner = "db_in db/d1 0/0/2302 120 cD 5/5/3/2/0 0/0";
    let said = Log::new(200)
        .requests(300, QUERY)
        .requests(20, sooner)
        .advise(Some(&with_fins(TCP)));
    let (client, why) = verdict(&said, "frontend db_in", "timeout client-fin");
    assert_eq!(client, "keep");
    has(why, "it does its work");
}

#[test]
fn where_none_is_set_the_log_cannot_tell_whether_one_is_missing() {
    let said = Log::new(200).requests(300, QUERY).advise(Some(TCP));
    for (scope, timeout) in [
        ("frontend db_in", "timeout client-fin"),
        ("backend db", "timeout server-fin"),
    ] {
        assert_eq!(timer(&said, scope, timeout)["current_from"], "not set");
        assert_eq!(verdict(&said, scope, timeout).0, "cannot_tell");
    }
    assert_eq!(pieces(&said), [""; 0]);
}

/// Why there is a piece on this keyword.
fn piece(said: &Value, keyword: &str) -> String {
    let mut advice = said["advice"].as_array().unwrap().iter();
    let piece = advice.find(|piece| piece["keyword"] == keyword);
    piece.expect("a piece")["why"].as_str().unwrap().to_owned()
}

/// A page whose line says that the frontend held so many connections.
fn page(connections: u32) -> String {
    format!(
        "www app/a1 0/0/1/40/42 200 900 - - ---- {connections}/{connections}/3/2/0 0/0 \"GET /page/# HTTP/1.1\""
    )
}

#[test]
fn idle_connections_that_fill_a_frontend_ask_for_a_shorter_keep_alive() {
    let config = SITE.replace("frontend www\n", "frontend www\n maxconn 40\n");
    let full = Log::new(100).requests(600, &page(40)).advise(Some(&config));
    // Ten requests a second of 41 ms: a half of 40 connections is left in use by half of 30 s.
    let wanted = "set timeout http-keep-alive frontend www 15s";
    assert!(pieces(&full).contains(&wanted.to_owned()), "{full}");
    // In a rush of some seconds more may be at work than in the mean of its minute.
    let rush = Log::new(100)
        .requests(500, &page(3))
        .requests(100, &page(40))
        .advise(Some(&config));
    let (told, why) = verdict(&rush, "frontend www", "timeout http-keep-alive");
    assert_eq!(told, "cannot_tell");
    has(why, "how many of the others idled is on no line");
    let maxconn = piece(&rush, "maxconn");
    has(
        &maxconn,
        "All 40 connections of the frontend were in use for up to 10 seconds on end.",
    );
    // Where clients stall within their requests, those may be what holds the connections.
    let stalled = "www www/<NOSRV> -1/-1/-1/-1/30001 408 0 - - cR-- 40/40/0/0/0 0/0 \"<BADREQ>\"";
    let page_of_40 = page(40);
    let turns = [[&page_of_40[..]; 9].as_slice(), &[stalled]].concat();
    let said = Log::new(100).mixed(600, &turns).advise(Some(&config));
    let (told, _) = verdict(&said, "frontend www", "timeout http-keep-alive");
    assert_eq!(told, "cannot_tell");
    let log = Log::new(100).requests(600, &page(30));
    let said = log.advise(Some(&config));
    let (verdict, why) = verdict(&said, "frontend www", "timeout http-keep-alive");
    assert_eq!(verdict, "cannot_tell");
    has(why, "`timeout client` stands in for it");
    has(why, "up to 30 connections at once");
}

#[test]
fn another_value_of_what_no_line_shows_is_answered_with_its_bounds() {
    let log = Log::new(100).requests(600, &page(30));
    let asked = |log: &Log, config: &str, setting: &str| {
        let said = log.ask(Some(config), &["--what-if", setting]);
        let said = said["answers"][0]["said"].as_array().unwrap().iter();
        said.map(|text| text.as_str().unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let keep_alive = asked(&log, SITE, "www timeout http-keep-alive 5s");
    has(&keep_alive, "up to 30 connections at once");
    let slow = "db_in db/d1 0/0/6000 900 -- 5/5/3/2/0 0/0";
    let sessions = Log::new(200).requests(1_200, QUERY).requests(7, slow);
    for setting in ["db timeout server-fin 5s", "db_in timeout client-fin 5s"] {
        let said = asked(&sessions, TCP, setting);
        has(
            &said,
            "Of 1,207 sessions that ended by themselves 7 lasted longer",
        );
    }
}

#[test]
fn connections_that_fill_the_process_are_not_the_frontends_limit() {
    let config = format!("global\n maxconn 40\n{SITE}");
    let log = Log::new(100)
        .requests(300, &page(4))
        .requests(300, &page(40));
    let said = log.advise(Some(&config));
    assert!(
        pieces(&said).contains(&"raise maxconn global 80".to_owned()),
        "{said}"
    );
    let of_frontend = pieces(&said)
        .into_iter()
        .any(|piece| piece.contains("maxconn frontend"));
    assert!(!of_frontend, "{said}");
}

#[test]
fn cookies_that_name_no_server_are_told_with_a_line() {
    let config = SITE.replace(
        "backend app\n",
        "backend app\n cookie SRV insert indirect nocache\n",
    );
    let line = |state: &str| page(5).replace("----", state);
    let log = Log::new(50)
        .requests(1_200, &line("--VN"))
        .requests(200, &line("--II"));
    let said = log.advise(Some(&config));
    assert_eq!(pieces(&said), ["fix cookie backend app -"]);
    has(
        said["advice"][0]["evidence"][0]["text"].as_str().unwrap(),
        " --II ",
    );
    let log = Log::new(50)
        .requests(1_200, &line("--VN"))
        .requests(200, &line("--DI"));
    assert_eq!(
        pieces(&log.advise(Some(&config))),
        ["keep cookie backend app -"]
    );
}
