//! What HAProxy says besides, and what is left of lines that were cut.

use super::example;

example! {
    server_stopping:
        b"Server app/web1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_stopping","backend":"app","server":"web1","reason":"Layer7 check conditionally passed","check":"L7OKC","code":404,"duration_ms":1,"active":1,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    leaving_forced_drain:
        b"Server app/web1 is UP (leaving forced drain)."
        => r#"{"kind":"event","event":"server_ready","backend":"app","server":"web1","state":"UP","cause":"leaving forced drain"}"#;
    leaving_drain_while_down:
        b"Server app/web1 is DOWN (leaving drain) via other/chk1."
        => r#"{"kind":"event","event":"server_ready","backend":"app","server":"web1","state":"DOWN","cause":"leaving drain","via":"other/chk1"}"#;
    leaving_maintenance_into_drain:
        b"Server app/web1 is DOWN/DRAIN (leaving forced maintenance)."
        => r#"{"kind":"event","event":"server_drain","backend":"app","server":"web1","state":"DOWN","admin":"DRAIN","cause":"leaving forced maintenance"}"#;
    still_in_maintenance:
        b"Server app/web1 is leaving forced maintenance but remains in maintenance via other/chk1."
        => r#"{"kind":"event","event":"server_still_maint","backend":"app","server":"web1","via":"other/chk1"}"#;
    still_in_maintenance_by_dns:
        b"Server app/web1 ('app.example.org') resolves again but remains in maintenance."
        => r#"{"kind":"event","event":"server_still_maint","backend":"app","server":"web1","host":"app.example.org"}"#;
    still_in_drain:
        b"Server app/web1 remains in forced drain mode."
        => r#"{"kind":"event","event":"server_still_drain","backend":"app","server":"web1"}"#;
    resolved:
        b"Server app/web1 administratively READY thanks to valid DNS answer."
        => r#"{"kind":"event","event":"server_resolved","backend":"app","server":"web1"}"#;
    no_address:
        b"Server app/web1 is going DOWN for maintenance (No IP for server ). 1 active and 0 backup servers left. 2 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_maint","backend":"app","server":"web1","cause":"No IP for server","active":1,"backup":0,"sessions_active":2,"requeued":0,"queued":0}"#;
    address_and_port:
        b"app/web1: IP changed from '(none)' to '10.0.0.9', port changed from '80' to '+8080' by 'DNS cache'."
        => r#"{"kind":"event","event":"server_addr_change","backend":"app","server":"web1","from_ip":"(none)","to_ip":"10.0.0.9","from_port":"80","to_port":"+8080","by":"DNS cache"}"#;
    name_change:
        b"app/web1 changed its FQDN from a.example to b.example by 'SRV record'"
        => r#"{"kind":"event","event":"server_addr_change","backend":"app","server":"web1","from_fqdn":"a.example","to_fqdn":"b.example","by":"SRV record"}"#;
    proxy_started:
        b"Proxy app started."
        => r#"{"kind":"event","event":"proxy_started","proxy":"app"}"#;
    proxy_stopping:
        b"Stopping backend app in 500 ms."
        => r#"{"kind":"event","event":"proxy_stopping","proxy":"app","proxy_kind":"backend","grace_ms":500}"#;
    proxy_paused:
        b"Paused frontend www."
        => r#"{"kind":"event","event":"proxy_paused","proxy":"www","proxy_kind":"frontend"}"#;
    port_busy:
        b"Port 80 busy while trying to enable frontend www."
        => r#"{"kind":"event","event":"bind_busy","proxy":"www","proxy_kind":"frontend","port":80}"#;
    hard_stopped:
        b"Proxy app hard-stopped (3 remaining conns will be closed)."
        => r#"{"kind":"event","event":"proxy_hard_stopped","proxy":"app","remaining_conns":3}"#;
    memory_limit_until_1_8:
        b"Proxy app reached system memory limit at 2048 sockets. Please check system tunables."
        => r#"{"kind":"event","event":"memory_limit","proxy":"app","limit":"system","maxsock":2048}"#;
    maxconn_limit:
        b"Proxy app reached the configured maximum connection limit. Please check the global 'maxconn' value."
        => r#"{"kind":"event","event":"maxconn_limit","proxy":"app"}"#;
    server_socket_failed:
        b"Proxy app cannot create a server socket: Too many open files"
        => r#"{"kind":"event","event":"server_socket_failed","proxy":"app","reason":"Too many open files"}"#;
    connect_failed:
        b"Connect() failed for backend app: can't connect to destination unix socket, check backlog size on the server (Resource temporarily unavailable)."
        => r#"{"kind":"event","event":"connect_failed","backend":"app","reason":"can't connect to destination unix socket, check backlog size on the server (Resource temporarily unavailable)"}"#;
    source_bind_failed:
        b"Cannot bind to source address before connect() for backend app."
        => r#"{"kind":"event","event":"source_bind_failed","backend":"app"}"#;
    cookie_blocked:
        b"Blocking cacheable cookie in response from instance app, server web1."
        => r#"{"kind":"event","event":"cacheable_cookie_blocked","backend":"app","server":"web1"}"#;
    sighup_no_servers:
        b"SIGHUP: Proxy app has no servers. Conn: act(FE+BE): 1+2, 3 pend (4 unass), tot(FE+BE): 5+6."
        => r#"{"kind":"event","event":"sighup_proxy","proxy":"app","fe_conns":5,"be_conns":6,"fe_active":1,"be_active":2,"pending":3,"unassigned":4}"#;
    sighup_some_servers:
        b"SIGHUP: Proxy app has 2 active servers and 1 backup servers available. Conn: act(FE+BE): 1+2, 3 pend (4 unass), tot(FE+BE): 5+6."
        => r#"{"kind":"event","event":"sighup_proxy","proxy":"app","active":2,"backup":1,"fe_conns":5,"be_conns":6,"fe_active":1,"be_active":2,"pending":3,"unassigned":4}"#;
    sighup:
        b"SIGHUP received, dumping servers states for proxy app."
        => r#"{"kind":"event","event":"sighup","proxy":"app"}"#;
    worker_started:
        b"[NOTICE]   (1) : New worker (213) forked"
        => r#"{"kind":"event","pid":1,"stderr_level":"NOTICE","event":"worker_started","worker_pid":213}"#;
    worker_started_with_number:
        b"[NOTICE]   (1) : New worker #1 (213) forked"
        => r#"{"kind":"event","pid":1,"stderr_level":"NOTICE","event":"worker_started","worker":1,"worker_pid":213}"#;
    reload_started:
        b"[NOTICE]   (1) : Reloading HAProxy"
        => r#"{"kind":"event","pid":1,"stderr_level":"NOTICE","event":"reload_started"}"#;
    former_worker:
        b"[WARNING]  (1) : Former worker (213) exited with code 0 (Exit)"
        => r#"{"kind":"event","pid":1,"stderr_level":"WARNING","event":"worker_exited","code":0,"worker_pid":213,"signal":"Exit"}"#;
    current_worker_with_number:
        b"[ALERT]    (1) : Current worker #1 (213) exited with code 139 (Segmentation fault)"
        => r#"{"kind":"event","pid":1,"stderr_level":"ALERT","event":"worker_died","code":139,"worker":1,"worker_pid":213,"signal":"Segmentation fault"}"#;
    current_worker_of_1_8:
        b"[ALERT]    (1) : Current worker 213 left with exit code 139"
        => r#"{"kind":"event","pid":1,"stderr_level":"ALERT","event":"worker_died","code":139,"worker_pid":213}"#;
    version:
        b"[NOTICE]   (1) : haproxy version is 3.2.1-abc"
        => r#"{"kind":"event","pid":1,"stderr_level":"NOTICE","event":"version","message":"haproxy version is 3.2.1-abc"}"#;
    master_exiting:
        b"[WARNING]  (1) : All workers exited. Exiting... (139)"
        => r#"{"kind":"event","pid":1,"stderr_level":"WARNING","event":"master_exiting","code":139}"#;
    how_a_notice_of_the_configuration_goes_on:
        b"   | While not properly invalid, you will certainly encounter various problems"
        => r#"{"kind":"event","event":"config_notice","message":"| While not properly invalid, you will certainly encounter various problems"}"#;
    worker_not_loaded:
        b"[ALERT]    (1) : Failed to load worker (213) exited with code 1 (Exit)"
        => r#"{"kind":"event","pid":1,"stderr_level":"ALERT","event":"reload_failed","code":1,"worker_pid":213,"signal":"Exit"}"#;
    server_full:
        b"Server app/web1 reached maxconn"
        => r#"{"kind":"event","event":"server_full","backend":"app","server":"web1"}"#;
    cut_within_the_counters:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - SC-- 1/1/1"
        => r#"{"kind":"unknown","client_ip":"10.0.1.2","client_port":33317,"ts":"2026-02-06T12:14:14.655","frontend":"http-in","backend":"static","server":"srv1","TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"status":200,"bytes":2750,"term":"SC--","truncated":true}"#;
    cut_within_the_bytes:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 27"
        => r#"{"kind":"unknown","client_ip":"10.0.1.2","client_port":33317,"ts":"2026-02-06T12:14:14.655","frontend":"http-in","backend":"static","server":"srv1","TR":10,"Tw":0,"Tc":30,"Tr":69,"Ta":109,"status":200,"truncated":true}"#;
    cut_within_the_place:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in sta"
        => r#"{"kind":"unknown","client_ip":"10.0.1.2","client_port":33317,"ts":"2026-02-06T12:14:14.655","truncated":true}"#;
    cut_within_the_date:
        b"10.0.1.2:33317 [06/Feb/20"
        => r#"{"kind":"unknown","client_ip":"10.0.1.2","client_port":33317,"truncated":true}"#;
    hard_stop:
        b"soft-stop running for too long, performing a hard-stop."
        => r#"{"kind":"event","event":"hard_stop"}"#;
}
