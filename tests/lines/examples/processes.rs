//! What HAProxy says of proxies and its processes.

use super::example;

example! {
    e75_backend_down_syslog:
        b"backend app has no server available!"
        => r#"{"kind":"event","event":"backend_down","backend":"app","proxy_kind":"backend"}"#;
    e76_backend_down_on_stderr_quoted:
        b"[ALERT]    (37) : proxy 'app' has no server available!"
        => r#"{"kind":"event","event":"backend_down","backend":"app","proxy_kind":"proxy","pid":37,"stderr_level":"ALERT"}"#;
    e77_proxy_stopped:
        b"Proxy app stopped (cumulated conns: FE: 12, BE: 340)."
        => r#"{"kind":"event","event":"proxy_stopped","proxy":"app","fe_conns":12,"be_conns":340}"#;
    e78_proxy_stopped_old_wording:
        b"Proxy app stopped (FE: 12 conns, BE: 340 conns)."
        => r#"{"kind":"event","event":"proxy_stopped","proxy":"app","fe_conns":12,"be_conns":340}"#;
    e79_no_free_ports:
        b"Connect() failed for backend app: no free ports."
        => r#"{"kind":"event","event":"source_port_exhaustion","backend":"app"}"#;
    e80_fd_limit:
        b"Proxy app reached process FD limit (maxsock=2048). Please check 'ulimit-n' and restart."
        => r#"{"kind":"event","event":"fd_limit","proxy":"app","limit":"process","maxsock":2048}"#;
    e81_ip_change_3_0:
        b"app/web1: IP changed from '10.0.0.1' to '10.0.0.9' by 'mydns/dns1'."
        => r#"{"kind":"event","event":"server_addr_change","backend":"app","server":"web1","from_ip":"10.0.0.1","to_ip":"10.0.0.9","by":"mydns/dns1"}"#;
    e82_ip_change_2_9:
        b"app/web1 changed its IP from 10.0.0.1 to 10.0.0.9 by mydns/dns1."
        => r#"{"kind":"event","event":"server_addr_change","backend":"app","server":"web1","from_ip":"10.0.0.1","to_ip":"10.0.0.9","by":"mydns/dns1"}"#;
    e83_old_stderr_stamp_0_based:
        b"[WARNING] 123/145023 (1234) : Server app/web1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","yday":123,"stamp":"05-04T14:50:23","pid":1234,"stderr_level":"WARNING","backend":"app","server":"web1","cause":"changed from CLI","active":1,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    e84_worker_crash:
        b"[ALERT]    (1) : Current worker (213) exited with code 139 (Segmentation fault)"
        => r#"{"kind":"event","event":"worker_died","stderr_level":"ALERT","pid":1,"worker_pid":213,"code":139,"signal":"Segmentation fault"}"#;
    e85_reload_complete:
        b"[NOTICE]   (1) : Loading success."
        => r#"{"kind":"event","event":"reload_ok","stderr_level":"NOTICE","pid":1}"#;
    e86_sighup:
        b"SIGHUP: Server app/web1 is UP. Conn: 3 act, 0 pend, 991 tot."
        => r#"{"kind":"event","event":"sighup_server","backend":"app","server":"web1","state":"UP","active_conns":3,"pending":0,"total":991}"#;
    e87_rsyslog_escaped_lf_at_end:
        b"Feb  6 12:14:14 lb1 haproxy[14389]: Server app/web1 is UP/READY (leaving forced maintenance).#012"
        => r#"{"host":"lb1","tag":"haproxy","pid":14389,"header_ts":"02-06T12:14:14","kind":"event","event":"server_ready","backend":"app","server":"web1","state":"UP","admin":"READY","cause":"leaving forced maintenance"}"#;
}
