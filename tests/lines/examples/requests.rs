//! What clients write into a line.

use super::example;

example! {
    e42_httpslog_16_hex_digits:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] https-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} \"GET /index.html HTTP/1.1\" 0/0000000000000000/0/0/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384"
        => r#"{"kind":"https","client_ip":"10.0.1.2","client_port":33317,"frontend":"https-in","tls":true,"backend":"static","server":"srv1","ts":"2026-02-06T12:14:14.655","TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"status":200,"bytes":2750,"term":"----","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"req_caps":["1wt.eu"],"resp_caps":[""],"request":"GET /index.html HTTP/1.1","ssl":{"fc_err":"0","ssl_err":"0000000000000000","c_err":"0","ca_err":"0","resumed":"1","sni":"1wt.eu","version":"TLSv1.3","cipher":"TLS_AES_256_GCM_SHA384"},"method":"GET","uri":"/index.html","version":"HTTP/1.1"}"#;
    // The shape does not tell these from TR and Ta; whoever knows the version says so.
    e43_pre_1_7_timers_tq:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 5010/0/0/21/5031 200 6312 - - ---- 8/7/6/3/0 0/0 \"GET / HTTP/1.0\""
        by "%ci:%cp [%t] %ft %b/%s %Tq/%Tw/%Tc/%Tr/%Tt %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %{+Q}r"
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","Tq":5010,"Tw":0,"Tc":0,"Tr":21,"Tt":5031,"status":200,"bytes":6312,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET / HTTP/1.0","method":"GET","uri":"/","version":"HTTP/1.0"}"#;
    e44_capture_value_with_spaces_escapes:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {Mozilla/5.0 (X11#7C Linux)|a#22b} {} \"GET /q HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"req_caps":["Mozilla/5.0 (X11| Linux)","a\"b"],"resp_caps":[""],"request":"GET /q HTTP/1.1","method":"GET","uri":"/q","version":"HTTP/1.1"}"#;
    e45_empty_captures:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {||} {} \"GET /q HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"req_caps":["","",""],"resp_caps":[""],"request":"GET /q HTTP/1.1","method":"GET","uri":"/q","version":"HTTP/1.1"}"#;
    e46_quote_hash_and_8_bit:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 400 187 - - PR-- 8/7/6/3/0 0/0 \"GET /a#22b#23c#C3#A9 HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":400,"bytes":187,"term":"PR--","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /a\"b#cé HTTP/1.1","method":"GET","uri":"/a\"b#cé","version":"HTTP/1.1"}"#;
    e47_raw_space_inside_the_uri:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 187 - - ---- 8/7/6/3/0 0/0 \"GET /a b HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":187,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /a b HTTP/1.1","method":"GET","uri":"/a b","version":"HTTP/1.1"}"#;
    e48_embedded_control_bytes_haproxy_writes:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 400 187 - - PR-- 8/7/6/3/0 0/0 \"GET /a#00b#0D HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":400,"bytes":187,"term":"PR--","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /a\u0000b\r HTTP/1.1","method":"GET","uri":"/a\u0000b\r","version":"HTTP/1.1"}"#;
    e49_request_cookie_with_a_space:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 NAME=John Smith SID=y --VN 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"req_cookie":"NAME=John Smith","resp_cookie":"SID=y","term":"--VN","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /q HTTP/1.1","method":"GET","uri":"/q","version":"HTTP/1.1"}"#;
    e50_very_long_request_cut:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {shop} \"GET /search?q=aaaaaaaaaaaa"
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"caps":["shop"],"truncated":true,"request":"GET /search?q=aaaaaaaaaaaa","method":"GET","uri":"/search?q=aaaaaaaaaaaa"}"#;
    e51_syslog_line_cut_inside:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 \"GET /search?q=caf#C"
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"truncated":true,"request":"GET /search?q=caf#C","method":"GET","uri":"/search?q=caf#C"}"#;
    e52_crlf_at_the_end_strip:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /r HTTP/1.1\"\r"
        => r#"{"kind":"http","client_ip":"10.0.1.2","client_port":33317,"frontend":"http-in","tls":false,"backend":"static","server":"srv1","ts":"2026-02-06T12:14:14.655","TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"status":200,"bytes":2750,"term":"----","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /r HTTP/1.1","method":"GET","uri":"/r","version":"HTTP/1.1"}"#;
}
