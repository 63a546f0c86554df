//! Each form of comparison, on lines that have what it asks for and on lines that have not.

use super::{DOWN, FAILED, GOOD, SESSION, truth};

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);
const UNKNOWN: Option<bool> = None;

/// A table test: name, expression, line, what it says; one named case each.
macro_rules! says {
    ($($name:ident: $filter:expr, $line:expr => $expected:expr;)+) => {
        $(#[test]
        fn $name() {
            assert_eq!(truth($filter, $line), $expected, "{}", $filter);
        })+
    };
}

says! {
    text_is_compared_as_a_whole: "backend=api", GOOD => YES;
    text_knows_upper_case: "backend=API", GOOD => NO;
    text_that_differs: "backend!=api", FAILED => YES;
    quotes_are_for_blanks: "req_caps='Mozilla/5.0 (X11)'", GOOD => YES;
    a_quote_in_quotes: r#"backend="a\"pi""#, GOOD => NO;
    signs_of_haproxy_need_no_quotes: "server=<NOSRV>", FAILED => YES;
    dashes_need_no_quotes: "term=----", GOOD => YES;
    an_ending_whatever_became_of_cookies: "term=SC", FAILED => YES;
    an_ending_with_what_became_of_cookies: "term=SC--", FAILED => YES;
    other_cookies: "term=SCNI", FAILED => NO;
    an_ending_knows_upper_case: "term=sC", FAILED => NO;
    another_ending: "term!=SC", FAILED => NO;
    a_list_of_endings: "term in sH, SC", FAILED => YES;
    the_ending_of_a_session: "term=--", SESSION => YES;

    a_number: "status=200", GOOD => YES;
    a_number_in_quotes: "status='200'", GOOD => YES;
    at_least: "status>=503", FAILED => YES;
    greater: "status>503", FAILED => NO;
    less: "status<503", FAILED => NO;
    at_most: "status<=503", FAILED => YES;
    blanks_around_operators: "status  >=  503", FAILED => YES;
    below_zero: "Tr<0", FAILED => YES;
    what_never_happened: "Tr=-1", FAILED => YES;
    a_range: "status in 500..599", FAILED => YES;
    a_range_holds_its_ends: "status in 503..503", FAILED => YES;
    an_open_range: "status in ..499", FAILED => NO;
    another_open_range: "status in 500..", FAILED => YES;
    a_list: "status in 429, 500..599", FAILED => YES;
    a_list_without_blanks: "status in 429,503", FAILED => YES;
    none_of_a_list: "status not in 429, 500..599", FAILED => NO;
    a_list_of_names: "backend in web, api", GOOD => YES;

    ms_without_a_unit: "Tr=1069", GOOD => YES;
    seconds: "Tr>1s", GOOD => YES;
    parts_of_seconds: "Tr>1.1s", GOOD => NO;
    minutes: "Tr<1m", GOOD => YES;
    sizes: "bytes>2k", GOOD => YES;
    larger_sizes: "bytes>=1M", GOOD => NO;

    a_pattern_is_found_anywhere: "server~1", GOOD => YES;
    a_pattern_at_the_start: "term~^S", FAILED => YES;
    a_pattern_with_its_own_commas_and_brackets: "(server~(s|t){1,2}1$)", GOOD => YES;
    an_escaped_bracket: r"req_caps~\(X11\)", GOOD => YES;
    no_pattern: "term!~^S", FAILED => NO;
    a_pattern_on_a_number: "status~^50", FAILED => YES;

    a_network: "client_ip in 10.0.0.0/8", GOOD => YES;
    a_network_of_the_other_kind: "client_ip in 10.0.0.0/8", FAILED => NO;
    a_network_of_ipv6: "client_ip in 192.0.2.0/24, 2001:db8::/32", FAILED => YES;
    an_address: "client_ip=2001:db8:0::7", FAILED => YES;
    another_address: "client_ip!=10.0.1.3", GOOD => YES;

    from_a_time: "ts>=2026-02-06T12:14:15", FAILED => YES;
    after_a_second: "ts>2026-02-06T12:14:15", FAILED => NO;
    before_a_time: "ts<2026-02-06T12:14:14.655", GOOD => NO;
    a_minute: "ts=2026-02-06T12:14", FAILED => YES;
    a_day: "ts=2026-02-06", GOOD => YES;
    another_day: "ts=2026-02-07", GOOD => NO;
    a_time_with_its_zone: "ts=2026-02-06T11:14Z", GOOD => YES;
    a_time_of_another_zone: "ts=2026-02-06T06:14-05:00", GOOD => YES;
    a_second_since_1970: "ts=@1770376454", GOOD => YES;
    a_span_of_time: "ts in 2026-02-06T12:00..2026-02-06T12:14", GOOD => YES;
    a_time_of_day: "ts in 12:00..12:14", GOOD => YES;
    a_night: "ts in 22:00..06:00", GOOD => NO;
    a_night_and_a_morning: "ts in 22:00..12:14", GOOD => YES;

    a_flag: "tls", GOOD => YES;
    a_flag_that_is_not_set: "tls", FAILED => NO;
    no_flag: "not tls", FAILED => YES;
    a_flag_spelt_out: "tls=false", FAILED => YES;
    a_mark: "partial", SESSION => YES;
    a_mark_that_is_missing_is_not_set: "not partial", GOOD => YES;
    a_mark_says_nothing_of_other_lines: "partial", DOWN => UNKNOWN;

    an_element: "req_caps[1]=shop.example.org", GOOD => YES;
    another_element: "req_caps[2]~shop", GOOD => NO;
    an_element_beyond_the_last: "req_caps[3]=x", GOOD => UNKNOWN;
    any_element: "req_caps~^shop", GOOD => YES;
    not_any_element: "req_caps!~^shop", GOOD => NO;
    no_element_of_text: "backend[1]=api", GOOD => UNKNOWN;

    there_is_a_cookie: "has req_cookie", GOOD => YES;
    there_is_none: "has req_cookie", FAILED => NO;
    there_is_an_element: "has req_caps[2]", GOOD => YES;
    there_is_no_element: "not has req_caps[3]", GOOD => YES;

    what_a_line_lacks_is_unknown: "status>=500", SESSION => UNKNOWN;
    so_is_its_opposite: "not status>=500", SESSION => UNKNOWN;
    so_is_that_it_differs: "status!=500", SESSION => UNKNOWN;
    and_with_unknown: "status>=500 and backend=bck", SESSION => UNKNOWN;
    and_with_false: "status>=500 and backend=api", SESSION => NO;
    or_with_true: "status>=500 or backend=bck", SESSION => YES;
    or_with_false: "status>=500 or backend=api", SESSION => UNKNOWN;

    and_binds_closer_than_or: "backend=web or backend=api and status=503", FAILED => YES;
    brackets_bind_closest: "(backend=web or backend=api) and status=200", FAILED => NO;
    not_binds_closer_than_and: "not backend=api and status=503", FAILED => YES;
    not_of_brackets: "not (backend=api and status=503)", GOOD => YES;
    brackets_need_no_blanks: "not(backend=api)and(status=503)", FAILED => YES;

    lines_of_servers: "backend=api", DOWN => YES;
    lines_of_other_servers: "backend=web", DOWN => NO;
    what_wraps_a_line: "host=lb2 and pid=7 and tag=haproxy", FAILED => YES;
}
