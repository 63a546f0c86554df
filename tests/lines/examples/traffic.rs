//! Requests and sessions, and how they end.

use super::example;

example! {
    e13_tcplog_normal:
        b"10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/0 0/0"
        => r#"{"kind":"tcp","client_ip":"10.0.1.2","client_port":33313,"frontend":"fnt","tls":false,"backend":"bck","server":"srv1","ts":"2026-02-06T12:12:51.443","Tw":0,"Tc":0,"Tt":5007,"bytes":212,"term":"--","actconn":0,"feconn":0,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0}"#;
    e14_tcplog_idle_timeout_client_side:
        b"10.0.0.9:34550 [15/Oct/2026:15:24:28.312] px-tcp px-tcp/srv1 0/0/5007 0 cD 0/0/0/0/0 0/0"
        => r#"{"kind":"tcp","client_ip":"10.0.0.9","client_port":34550,"frontend":"px-tcp","tls":false,"backend":"px-tcp","server":"srv1","ts":"2026-10-15T15:24:28.312","Tw":0,"Tc":0,"Tt":5007,"bytes":0,"term":"cD","actconn":0,"feconn":0,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0}"#;
    e15_tcplog_connect_timeout:
        b"192.0.2.7:41000 [15/Oct/2026:15:24:28.312] mysql mysql/db2 0/-1/20004 0 sC 12/4/4/3/3 0/0"
        => r#"{"kind":"tcp","client_ip":"192.0.2.7","client_port":41000,"frontend":"mysql","tls":false,"backend":"mysql","server":"db2","ts":"2026-10-15T15:24:28.312","Tw":0,"Tc":-1,"Tt":20004,"bytes":0,"term":"sC","actconn":12,"feconn":4,"beconn":4,"srv_conn":3,"retries":3,"redispatched":false,"srv_queue":0,"backend_queue":0}"#;
    e16_logasap_tcp_on_total:
        b"10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/1/+2 +120 -- 3/3/3/1/0 0/0"
        => r#"{"kind":"tcp","client_ip":"10.0.1.2","client_port":33313,"frontend":"fnt","tls":false,"backend":"bck","server":"srv1","ts":"2026-02-06T12:12:51.443","Tw":0,"Tc":1,"Tt":2,"partial":true,"bytes":120,"term":"--","actconn":3,"feconn":3,"beconn":3,"srv_conn":1,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0}"#;
    e17_tls_bind_and_ipv6_client:
        b"2001:db8::1:52000 [06/Feb/2026:12:14:14.655] https-in~ app/web-1 0/0/1/12/13 200 512 - - ---- 5/4/3/2/0 0/0 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"2001:db8::1","client_port":52000,"frontend":"https-in","tls":true,"backend":"app","server":"web-1","ts":"2026-02-06T12:14:14.655","TR":0,"Tw":0,"Tc":1,"Tr":12,"Ta":13,"status":200,"bytes":512,"term":"----","actconn":5,"feconn":4,"beconn":3,"srv_conn":2,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e18_ipv4_mapped_ipv6:
        b"::ffff:10.0.0.1:5000 [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 204 98 - - ---- 5/4/3/2/0 0/0 \"DELETE /x HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"::ffff:10.0.0.1","client_port":5000,"frontend":"fe","tls":false,"backend":"be","server":"s1","ts":"2026-02-06T12:14:14.655","TR":0,"Tw":0,"Tc":1,"Tr":12,"Ta":13,"status":204,"bytes":98,"term":"----","actconn":5,"feconn":4,"beconn":3,"srv_conn":2,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"DELETE /x HTTP/1.1","method":"DELETE","uri":"/x","version":"HTTP/1.1"}"#;
    e19_unix_socket_client_port:
        b"unix:1 [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 200 98 - - ---- 5/4/3/2/0 0/0 \"GET /x HTTP/1.0\""
        => r#"{"kind":"http","client_ip":"unix","client_port":1,"frontend":"fe","tls":false,"backend":"be","server":"s1","ts":"2026-02-06T12:14:14.655","TR":0,"Tw":0,"Tc":1,"Tr":12,"Ta":13,"status":200,"bytes":98,"term":"----","actconn":5,"feconn":4,"beconn":3,"srv_conn":2,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /x HTTP/1.0","method":"GET","uri":"/x","version":"HTTP/1.0"}"#;
    e20_no_address_available:
        b"-:- [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 200 98 - - ---- 5/4/3/2/0 0/0 \"GET /x HTTP/1.0\""
        => r#"{"kind":"http","client_ip":"-","frontend":"fe","tls":false,"backend":"be","server":"s1","ts":"2026-02-06T12:14:14.655","TR":0,"Tw":0,"Tc":1,"Tr":12,"Ta":13,"status":200,"bytes":98,"term":"----","actconn":5,"feconn":4,"beconn":3,"srv_conn":2,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /x HTTP/1.0","method":"GET","uri":"/x","version":"HTTP/1.0"}"#;
    e21_httplog_cookie_pair_and_cookie:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 SID=abc SID=xyz --VU 88/70/66/31/0 0/0 {shop.example.org} {text/html} \"GET /cart?id=5 HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.5","client_port":51000,"frontend":"www","tls":false,"backend":"app","server":"web2","ts":"2026-02-06T12:14:14.655","TR":2,"Tw":0,"Tc":0,"Tr":21,"Ta":23,"status":200,"bytes":6312,"req_cookie":"SID=abc","resp_cookie":"SID=xyz","term":"--VU","actconn":88,"feconn":70,"beconn":66,"srv_conn":31,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"req_caps":["shop.example.org"],"resp_caps":["text/html"],"request":"GET /cart?id=5 HTTP/1.1","method":"GET","uri":"/cart?id=5","version":"HTTP/1.1"}"#;
    e22_logasap_http:
        b"127.0.0.1:34014 [09/Aug/2026:20:26:09.111] proxy-out proxy-out/cache1 0/0/0/162/+162 200 +350 - - ---- 0/0/0/0/0 0/0 {fr.adserver.example||} {|864|private||} \"GET http://fr.adserver.example/ HTTP/1.0\""
        => r#"{"kind":"http","client_ip":"127.0.0.1","client_port":34014,"frontend":"proxy-out","tls":false,"backend":"proxy-out","server":"cache1","ts":"2026-08-09T20:26:09.111","TR":0,"Tw":0,"Tc":0,"Tr":162,"Ta":162,"partial":true,"status":200,"bytes":350,"term":"----","actconn":0,"feconn":0,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"req_caps":["fr.adserver.example","",""],"resp_caps":["","864","private","",""],"request":"GET http://fr.adserver.example/ HTTP/1.0","method":"GET","uri":"http://fr.adserver.example/","version":"HTTP/1.0"}"#;
    e23_retries_with_redispatch:
        b"10.0.0.8:40512 [06/Feb/2026:12:20:03.001] www app/web3 0/0/3005/11/3016 200 740 - - ---- 90/80/70/10/+3 0/0 \"GET /api HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.0.0.8","client_port":40512,"frontend":"www","tls":false,"backend":"app","server":"web3","ts":"2026-02-06T12:20:03.001","TR":0,"Tw":0,"Tc":3005,"Tr":11,"Ta":3016,"status":200,"bytes":740,"term":"----","actconn":90,"feconn":80,"beconn":70,"srv_conn":10,"retries":3,"redispatched":true,"srv_queue":0,"backend_queue":0,"request":"GET /api HTTP/1.1","method":"GET","uri":"/api","version":"HTTP/1.1"}"#;
    e24_queued_request:
        b"127.0.0.1:33319 [15/Oct/2026:08:31:57.149] px-http px-http/srv1 6559/1230/7/147/6870 200 243 - - ---- 324/239/239/99/0 0/9 \"HEAD / HTTP/1.0\""
        => r#"{"kind":"http","client_ip":"127.0.0.1","client_port":33319,"frontend":"px-http","tls":false,"backend":"px-http","server":"srv1","ts":"2026-10-15T08:31:57.149","TR":6559,"Tw":1230,"Tc":7,"Tr":147,"Ta":6870,"status":200,"bytes":243,"term":"----","actconn":324,"feconn":239,"beconn":239,"srv_conn":99,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":9,"request":"HEAD / HTTP/1.0","method":"HEAD","uri":"/","version":"HTTP/1.0"}"#;
    e25_no_server_available:
        b"203.0.113.4:18222 [06/Feb/2026:12:21:00.000] www app/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 210/200/0/0/0 0/0 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18222,"frontend":"www","tls":false,"backend":"app","server":"<NOSRV>","ts":"2026-02-06T12:21:00.000","TR":0,"Tw":-1,"Tc":-1,"Tr":-1,"Ta":0,"status":503,"bytes":217,"term":"SC--","actconn":210,"feconn":200,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e26_connection_refused_after_retries:
        b"203.0.113.4:18222 [06/Feb/2026:12:21:01.000] www app/web1 0/0/-1/-1/3004 503 217 - - SC-- 210/200/5/2/3 0/0 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18222,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:21:01.000","TR":0,"Tw":0,"Tc":-1,"Tr":-1,"Ta":3004,"status":503,"bytes":217,"term":"SC--","actconn":210,"feconn":200,"beconn":5,"srv_conn":2,"retries":3,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e27_connect_timeout:
        b"203.0.113.4:18222 [06/Feb/2026:12:21:02.000] www app/web1 0/0/-1/-1/20002 503 217 - - sC-- 210/200/5/2/3 0/0 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18222,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:21:02.000","TR":0,"Tw":0,"Tc":-1,"Tr":-1,"Ta":20002,"status":503,"bytes":217,"term":"sC--","actconn":210,"feconn":200,"beconn":5,"srv_conn":2,"retries":3,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e28_server_timeout:
        b"203.0.113.4:18223 [06/Feb/2026:12:21:03.000] www app/web1 1/0/0/-1/30001 504 198 - - sH-- 210/200/40/38/0 0/0 \"POST /report HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18223,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:21:03.000","TR":1,"Tw":0,"Tc":0,"Tr":-1,"Ta":30001,"status":504,"bytes":198,"term":"sH--","actconn":210,"feconn":200,"beconn":40,"srv_conn":38,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"POST /report HTTP/1.1","method":"POST","uri":"/report","version":"HTTP/1.1"}"#;
    e29_server_closed_before_headers:
        b"203.0.113.4:18224 [06/Feb/2026:12:21:04.000] www app/web1 1/0/0/-1/4 502 208 - - SH-- 210/200/40/38/0 0/0 \"GET /crash HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18224,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:21:04.000","TR":1,"Tw":0,"Tc":0,"Tr":-1,"Ta":4,"status":502,"bytes":208,"term":"SH--","actconn":210,"feconn":200,"beconn":40,"srv_conn":38,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /crash HTTP/1.1","method":"GET","uri":"/crash","version":"HTTP/1.1"}"#;
    e30_queue_timeout:
        b"203.0.113.4:18225 [06/Feb/2026:12:21:05.000] www app/<NOSRV> 0/10001/-1/-1/10001 503 217 - - sQ-- 400/390/380/0/0 0/153 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18225,"frontend":"www","tls":false,"backend":"app","server":"<NOSRV>","ts":"2026-02-06T12:21:05.000","TR":0,"Tw":10001,"Tc":-1,"Tr":-1,"Ta":10001,"status":503,"bytes":217,"term":"sQ--","actconn":400,"feconn":390,"beconn":380,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":153,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e31_client_gave_up_in_queue:
        b"203.0.113.4:18226 [06/Feb/2026:12:21:06.000] www app/<NOSRV> 0/4210/-1/-1/4210 -1 0 - - CQ-- 400/390/380/0/0 0/87 \"GET / HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18226,"frontend":"www","tls":false,"backend":"app","server":"<NOSRV>","ts":"2026-02-06T12:21:06.000","TR":0,"Tw":4210,"Tc":-1,"Tr":-1,"Ta":4210,"status":-1,"bytes":0,"term":"CQ--","actconn":400,"feconn":390,"beconn":380,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":87,"request":"GET / HTTP/1.1","method":"GET","uri":"/","version":"HTTP/1.1"}"#;
    e32_incomplete_request_timeout_no_stream:
        b"203.0.113.4:18227 [06/Feb/2026:12:21:07.000] www www/<NOSRV> -1/-1/-1/-1/10001 408 0 - - cR-- 400/390/0/0/0 0/0 \"<BADREQ>\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18227,"frontend":"www","tls":false,"backend":"www","server":"<NOSRV>","ts":"2026-02-06T12:21:07.000","TR":-1,"Tw":-1,"Tc":-1,"Tr":-1,"Ta":10001,"status":408,"bytes":0,"term":"cR--","actconn":400,"feconn":390,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"<BADREQ>"}"#;
    e33_bad_request_syntax:
        b"203.0.113.4:18228 [06/Feb/2026:12:21:08.000] www www/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 400/390/0/0/0 0/0 \"<BADREQ>\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18228,"frontend":"www","tls":false,"backend":"www","server":"<NOSRV>","ts":"2026-02-06T12:21:08.000","TR":-1,"Tw":-1,"Tc":-1,"Tr":-1,"Ta":0,"status":400,"bytes":0,"term":"PR--","actconn":400,"feconn":390,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"<BADREQ>"}"#;
    e34_http_2_connection_error_status:
        b"203.0.113.4:18229 [06/Feb/2026:12:21:09.000] www~ www/<NOSRV> -1/-1/-1/-1/15 0 0 - - PR-- 12/9/0/0/0 0/0 \"<BADREQ>\""
        => r#"{"kind":"http","client_ip":"203.0.113.4","client_port":18229,"frontend":"www","tls":true,"backend":"www","server":"<NOSRV>","ts":"2026-02-06T12:21:09.000","TR":-1,"Tw":-1,"Tc":-1,"Tr":-1,"Ta":15,"status":0,"bytes":0,"term":"PR--","actconn":12,"feconn":9,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"<BADREQ>"}"#;
    e35_denied:
        b"198.51.100.3:9001 [06/Feb/2026:12:21:10.000] www www/<NOSRV> 0/-1/-1/-1/0 403 192 - - PR-- 3/3/0/0/0 0/0 \"GET /wp-login.php HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"198.51.100.3","client_port":9001,"frontend":"www","tls":false,"backend":"www","server":"<NOSRV>","ts":"2026-02-06T12:21:10.000","TR":0,"Tw":-1,"Tc":-1,"Tr":-1,"Ta":0,"status":403,"bytes":192,"term":"PR--","actconn":3,"feconn":3,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /wp-login.php HTTP/1.1","method":"GET","uri":"/wp-login.php","version":"HTTP/1.1"}"#;
    e36_tarpit:
        b"198.51.100.3:9002 [06/Feb/2026:12:21:11.000] www www/<NOSRV> 0/10001/-1/-1/10001 500 212 - - PT-- 3/3/0/0/0 0/0 \"GET /wp-login.php HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"198.51.100.3","client_port":9002,"frontend":"www","tls":false,"backend":"www","server":"<NOSRV>","ts":"2026-02-06T12:21:11.000","TR":0,"Tw":10001,"Tc":-1,"Tr":-1,"Ta":10001,"status":500,"bytes":212,"term":"PT--","actconn":3,"feconn":3,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /wp-login.php HTTP/1.1","method":"GET","uri":"/wp-login.php","version":"HTTP/1.1"}"#;
    e37_stats_page:
        b"10.1.1.1:5511 [06/Feb/2026:12:21:12.000] stats stats/<STATS> 0/0/0/0/2 200 18231 - - LR-- 2/1/0/0/0 0/0 \"GET /stats HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"10.1.1.1","client_port":5511,"frontend":"stats","tls":false,"backend":"stats","server":"<STATS>","ts":"2026-02-06T12:21:12.000","TR":0,"Tw":0,"Tc":0,"Tr":0,"Ta":2,"status":200,"bytes":18231,"term":"LR--","actconn":2,"feconn":1,"beconn":0,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /stats HTTP/1.1","method":"GET","uri":"/stats","version":"HTTP/1.1"}"#;
    e38_client_aborts_download:
        b"198.51.100.9:20321 [06/Feb/2026:12:00:00.000] www app/web1 0/0/1/4/812345 200 6100233 - - CD-- 50/44/30/12/0 0/0 \"GET /big.iso HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"198.51.100.9","client_port":20321,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:00:00.000","TR":0,"Tw":0,"Tc":1,"Tr":4,"Ta":812345,"status":200,"bytes":6100233,"term":"CD--","actconn":50,"feconn":44,"beconn":30,"srv_conn":12,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /big.iso HTTP/1.1","method":"GET","uri":"/big.iso","version":"HTTP/1.1"}"#;
    e39_server_dies_in_data:
        b"198.51.100.9:20322 [06/Feb/2026:12:00:01.000] www app/web1 0/0/1/4/220 200 44120 - - SD-- 50/44/30/12/0 0/0 \"GET /big.iso HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"198.51.100.9","client_port":20322,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:00:01.000","TR":0,"Tw":0,"Tc":1,"Tr":4,"Ta":220,"status":200,"bytes":44120,"term":"SD--","actconn":50,"feconn":44,"beconn":30,"srv_conn":12,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /big.iso HTTP/1.1","method":"GET","uri":"/big.iso","version":"HTTP/1.1"}"#;
    e40_response_blocked_by_proxy:
        b"127.0.0.1:33320 [15/Oct/2026:08:32:17.925] px-http px-http/srv1 9/0/7/14/30 502 243 - - PH-- 3/2/2/0/0 0/0 \"GET /cgi-bin/bug.cgi? HTTP/1.0\""
        => r#"{"kind":"http","client_ip":"127.0.0.1","client_port":33320,"frontend":"px-http","tls":false,"backend":"px-http","server":"srv1","ts":"2026-10-15T08:32:17.925","TR":9,"Tw":0,"Tc":7,"Tr":14,"Ta":30,"status":502,"bytes":243,"term":"PH--","actconn":3,"feconn":2,"beconn":2,"srv_conn":0,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /cgi-bin/bug.cgi? HTTP/1.0","method":"GET","uri":"/cgi-bin/bug.cgi?","version":"HTTP/1.0"}"#;
    e41_killed_by_operator:
        b"198.51.100.9:20323 [06/Feb/2026:12:00:02.000] www app/web1 0/0/1/4/99213 500 44120 - - KC-- 50/44/30/12/0 0/0 \"GET /stream HTTP/1.1\""
        => r#"{"kind":"http","client_ip":"198.51.100.9","client_port":20323,"frontend":"www","tls":false,"backend":"app","server":"web1","ts":"2026-02-06T12:00:02.000","TR":0,"Tw":0,"Tc":1,"Tr":4,"Ta":99213,"status":500,"bytes":44120,"term":"KC--","actconn":50,"feconn":44,"beconn":30,"srv_conn":12,"retries":0,"redispatched":false,"srv_queue":0,"backend_queue":0,"request":"GET /stream HTTP/1.1","method":"GET","uri":"/stream","version":"HTTP/1.1"}"#;
}
