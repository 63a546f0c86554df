//! What HAProxy says of servers and their checks.

use super::example;

example! {
    e60_server_down:
        b"Server app/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. 12 sessions active, 3 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","reason":"Layer4 timeout","check":"L4TOUT","duration_ms":2001,"active":1,"backup":0,"sessions_active":12,"requeued":3,"queued":0}"#;
    e61_backup_server_last:
        b"Backup Server app/bck1 is DOWN, reason: Layer7 wrong status, code: 503, info: \"Service Unavailable\", check duration: 3ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backup_server":true,"backend":"app","server":"bck1","reason":"Layer7 wrong status","check":"L7STS","code":503,"info":"Service Unavailable","duration_ms":3,"active":0,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    e62_up_running_on_backup:
        b"Server app/web2 is UP, reason: Layer7 check passed, code: 200, check duration: 5ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue."
        => r#"{"kind":"event","event":"server_up","backend":"app","server":"web2","reason":"Layer7 check passed","check":"L7OK","code":200,"duration_ms":5,"active":1,"backup":1,"requeued":0,"queued":0}"#;
    e63_running_on_backup:
        b"Server app/web1 is DOWN, reason: Layer4 connection problem, info: \"ECONNREFUSED returned by OS (Connection refused)\", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 4 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","reason":"Layer4 connection problem","check":"L4CON","info":"ECONNREFUSED returned by OS (Connection refused)","duration_ms":0,"active":0,"backup":1,"running_on_backup":true,"sessions_active":4,"requeued":0,"queued":0}"#;
    e64_tracking_no_reason:
        b"Server app/web1 is DOWN via other/chk1. 0 active and 0 backup servers left. 4 sessions active, 2 requeued, 1 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","via":"other/chk1","active":0,"backup":0,"sessions_active":4,"requeued":2,"queued":1}"#;
    e65_info_text_with_a_quote:
        b"Server app/web1 is DOWN, reason: Layer7 invalid response, info: \"TCPCHK did not match content 'say #22hi#22. ok' at step 2\", check duration: 9ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","reason":"Layer7 invalid response","check":"L7RSP","info":"TCPCHK did not match content 'say \"hi\". ok' at step 2","duration_ms":9,"active":0,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    e66_observe_mark_down:
        b"Server app/web1 is DOWN, reason: Health analyze, info: \"Detected 10 consecutive errors, last one was: L4 unsuccessful connection\". 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","reason":"Health analyze","check":"HANA","info":"Detected 10 consecutive errors, last one was: L4 unsuccessful connection","active":0,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    e67_changed_from_cli:
        b"Server app/web1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_down","backend":"app","server":"web1","cause":"changed from CLI","active":1,"backup":0,"sessions_active":0,"requeued":0,"queued":0}"#;
    e68_admin_maintenance:
        b"Server app/web1 is going DOWN for maintenance. 1 active and 0 backup servers left. 2 sessions active, 0 requeued, 0 remaining in queue."
        => r#"{"kind":"event","event":"server_maint","backend":"app","server":"web1","active":1,"backup":0,"sessions_active":2,"requeued":0,"queued":0}"#;
    e69_dns_maintenance:
        b"Server app/web1 was DOWN and now enters maintenance (DNS timeout status)."
        => r#"{"kind":"event","event":"server_maint","backend":"app","server":"web1","cause":"DNS timeout status"}"#;
    e70_leaving_maintenance:
        b"Server app/web1 ('app.example.org') is UP/READY (resolves again)."
        => r#"{"kind":"event","event":"server_ready","backend":"app","server":"web1","host":"app.example.org","state":"UP","admin":"READY","cause":"resolves again"}"#;
    e71_drain:
        b"Server app/web1 enters drain state. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
        => r#"{"kind":"event","event":"server_drain","backend":"app","server":"web1","active":2,"backup":0,"requeued":0,"queued":0}"#;
    e72_health_log_failing:
        b"Health check for server app/web1 failed, reason: Layer7 wrong status, code: 404, info: \"Not Found\", check duration: 2ms, status: 2/3 UP."
        => r#"{"kind":"event","event":"check_failed","backend":"app","server":"web1","reason":"Layer7 wrong status","check":"L7STS","code":404,"info":"Not Found","duration_ms":2,"health":"2/3","state":"UP"}"#;
    e73_health_log_1_8_wording:
        b"Health check for server app/web1 failed, reason: Layer7 wrong status, code: 503, info: \"HTTP status check returned code <503>\", check duration: 2ms, status: 0/2 DOWN."
        => r#"{"kind":"event","event":"check_failed","backend":"app","server":"web1","reason":"Layer7 wrong status","check":"L7STS","code":503,"info":"HTTP status check returned code <503>","duration_ms":2,"health":"0/2","state":"DOWN"}"#;
    e74_agent_check_backup_server:
        b"Agent check for backup server app/b1 conditionally succeeded, reason: Layer7 check conditionally passed, code: 404, check duration: 1ms, status: 3/3 DRAIN."
        => r#"{"kind":"event","event":"check_ok","backup_server":true,"conditional":true,"backend":"app","server":"b1","reason":"Layer7 check conditionally passed","check":"L7OKC","code":404,"duration_ms":1,"health":"3/3","state":"DRAIN","agent":true}"#;
}
