//! Lines that were cut, spoilt or forged.

use super::example;

example! {
    e88_port_missing_a_relay_stripped:
        b"10.0.1.2 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /index.html HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.1.2","frontend":"http-in","tls":false,"backend":"static","server":"srv1","ts":"2026-02-06T12:14:14.655","TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"status":200,"bytes":2750,"term":"----","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"degraded":["client_port"],"request":"GET /index.html HTTP/1.1","method":"GET","uri":"/index.html","version":"HTTP/1.1"}"#;
    e89_cut_inside_the_header_fields:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30"
        => r#"{"kind":"unknown","truncated":true,"client_ip":"10.0.1.2","client_port":33317,"ts":"2026-02-06T12:14:14.655","frontend":"http-in","backend":"static","server":"srv1"}"#;
    e90_invalid_utf_8:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 N=\xE9\xFF - --VN 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"req_cookie":"N=��","term":"--VN","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /q HTTP/1.1","method":"GET","uri":"/q","version":"HTTP/1.1","lossy_utf8":true}"#;
    e91_embedded_nul_x00:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - --VN 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\"\x00\x00"
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"term":"--VN","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /q HTTP/1.1","method":"GET","uri":"/q","version":"HTTP/1.1"}"#;
    e92_repeated_message:
        b"Feb  6 12:14:14 lb1 haproxy[14389]: message repeated 3 times: [ backend app has no server available!]"
        => r#"{"host":"lb1","tag":"haproxy","pid":14389,"header_ts":"02-06T12:14:14","kind":"event","event":"backend_down","backend":"app","repeat":3,"proxy_kind":"backend"}"#;
    e93_a_client_forging_an_event:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 404 187 - - ---- 8/7/6/3/0 0/0 \"GET /x#0AServer#20app/web1#20is#20DOWN HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":404,"bytes":187,"term":"----","actconn":8,"feconn":7,"beconn":6,"srv_conn":3,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /x\nServer app/web1 is DOWN HTTP/1.1","method":"GET","uri":"/x\nServer app/web1 is DOWN","version":"HTTP/1.1"}"#;
}
