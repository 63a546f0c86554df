//! CLF, handshakes, connections, and JSON.

use super::example;

example! {
    e53_httplog_clf_with_one_capture:
        b"10.0.1.2 - - [06/Feb/2026:11:14:14 +0000] \"GET /index.html HTTP/1.1\" 200 2750 \"\" \"\" 33317 655 \"http-in\" \"static\" \"srv1\" 10 0 30 69 109 ---- 1 1 1 1 0 0 0 \"\" \"\" \"1wt.eu\" \"\""
        => r#"{"kind":"clf_http","client_ip":"10.0.1.2","client_port":33317,"ts":"2026-02-06T11:14:14+0000","ms":655,"frontend":"http-in","tls":false,"backend":"static","server":"srv1","request":"GET /index.html HTTP/1.1","method":"GET","uri":"/index.html","version":"HTTP/1.1","status":200,"bytes":2750,"TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"term":"----","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":0,"srv_queue":0,"backend_queue":0,"req_caps":["1wt.eu"],"resp_caps":[""]}"#;
    e54_tcplog_clf_3_1_timers:
        b"10.0.1.2 - - [06/Feb/2026:11:12:51 +0000] \"TCP \" 000 212 \"\" \"\" 33313 443 \"fnt\" \"bck\" \"srv1\" 0 0 0 5007 38 ---- 0 0 0 0 0 0 0 \"\" \"\""
        => r#"{"kind":"clf_tcp","client_ip":"10.0.1.2","client_port":33313,"ts":"2026-02-06T11:12:51+0000","ms":443,"frontend":"fnt","backend":"bck","server":"srv1","bytes":212,"bytes_up":38,"Th":0,"Tw":0,"Tc":0,"Tt":5007,"term":"--","actconn":0,"feconn":0,"beconn":0,"srv_conn":0,"retries":0,"srv_queue":0,"backend_queue":0}"#;
    e55_tls_handshake_error_2_8:
        b"127.0.0.1:56059 [03/Dec/2026:17:35:10.380] frt/f1: SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)"
        => r#"{"kind":"conn_error","client_ip":"127.0.0.1","client_port":56059,"ts":"2026-12-03T17:35:10.380","frontend":"frt","bind":"f1","error":"SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)"}"#;
    e56_tls_error_unnamed_bind_unix:
        b"unix:1 [03/Dec/2026:17:35:10.380] frt/1: Connection closed during SSL handshake"
        => r#"{"kind":"conn_error","client_ip":"unix","client_port":1,"ts":"2026-12-03T17:35:10.380","frontend":"frt","bind":"1","error":"Connection closed during SSL handshake"}"#;
    e57_proxy_header_missing:
        b"10.0.0.7:5000 [03/Dec/2026:17:35:10.380] fe/2: Received something which does not look like a PROXY protocol header"
        => r#"{"kind":"conn_error","client_ip":"10.0.0.7","client_port":5000,"ts":"2026-12-03T17:35:10.380","frontend":"fe","bind":"2","error":"Received something which does not look like a PROXY protocol header"}"#;
    e58_default_format_no_option:
        b"Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)"
        => r#"{"kind":"connect","client_ip":"10.0.1.2","client_port":33312,"dest_ip":"10.0.3.31","dest_port":8012,"frontend":"www","mode":"HTTP"}"#;
    e59_custom_json_template_json_o:
        b"{\"req\": \"GET /a#22b HTTP/1.1\", \"ms\": 12, \"srv\": null}"
        => r#"{"kind":"json","fields":{"req":"GET /a\"b HTTP/1.1","ms":12,"srv":null}}"#;
    json_of_another_program_is_left_as_it_is:
        b"Feb  6 12:14:14 lb1 tickets[7]: {\"ticket\":\"#1234\",\"color\":\"#FF0000\",\"text\":\"#22\"}"
        => r##"{"header_ts":"02-06T12:14:14","host":"lb1","tag":"tickets","pid":7,"kind":"json","fields":{"ticket":"#1234","color":"#FF0000","text":"#22"}}"##;
    json_of_nobody_is_left_as_it_is_where_it_is_no_escape:
        b"{\"ticket\":\"#1234\",\"color\":\"#FF0000\",\"in\":[\"#22\",\"a##22\"]}"
        => r##"{"kind":"json","fields":{"ticket":"#1234","color":"#FF0000","in":["\"","a##22"]}}"##;
    json_that_is_no_utf_8:
        b"{\"a\":\"\xff\"}"
        => r#"{"kind":"json","fields":{"a":"\ufffd"},"lossy_utf8":true}"#;
    cookies_of_a_json_format:
        b"{\"st\": 200, \"cc\": \"A=\\\"x\\\\y\\\"\", \"hdr\": \"{#FF}\"}"
        by "%{+json}o %(st)ST %(cc)CC %(hdr)hr"
        => r#"{"kind":"http","status":200,"req_cookie":"A=\"x\\y\"","caps":["\ufffd"],"lossy_utf8":true}"#;
    escapes_hide_bytes_in_a_field_of_the_formats_own:
        b"{\"st\": 200, \"q\": \"?a=#E9\"}"
        by "%{+json}o %(st)ST %(q)HQ"
        => r#"{"kind":"http","status":200,"fields":{"q":"?a=\ufffd"},"lossy_utf8":true}"#;
    escapes_hide_bytes_in_what_a_check_says:
        b"Health check for server app/web1 failed, reason: Layer7 wrong status, code: 500, info: \"a#E9\", check duration: 1ms, status: 2/3 UP."
        => r#"{"kind":"event","event":"check_failed","backend":"app","server":"web1","state":"UP","reason":"Layer7 wrong status","check":"L7STS","code":500,"info":"a\ufffd","duration_ms":1,"health":"2/3","lossy_utf8":true}"#;
}
