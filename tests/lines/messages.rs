//! What HAProxy says of checks, proxies and its processes.

use super::reading;
use hapline::line::event::{CheckEvent, CheckResult};
use hapline::line::{Event, ProcessEvent, ProxyEvent, Reading};
use hapline::words::checks::CheckCode;

/// `Health check for server app/web1 failed, reason: Layer7 wrong status, code: 404, info: "Not Found", check duration:
/// 2ms`
const CHECK: CheckEvent = CheckEvent {
    backend: b"app",
    server: b"web1",
    agent: false,
    passed: false,
    result: WRONG_STATUS,
    status: None,
};

const WRONG_STATUS: CheckResult = CheckResult {
    code: Some(CheckCode::L7Status),
    text: b"Layer7 wrong status",
    status: Some(404),
    info: Some(b"Not Found"),
    duration: Some(2),
};

const NO_SERVER: Event = Event::NoServer { backend: b"app" };

const ADDRESS: Event = Event::Address {
    backend: b"app",
    server: b"web1",
};

const fn proxy(what: ProxyEvent) -> Event<'static> {
    Event::Proxy {
        proxy: b"app",
        what,
    }
}

/// A table test: name, line, expectation; one named case each.
macro_rules! tells {
    ($($name:ident: $line:expr => $expected:expr;)+) => {
        $(#[test]
        fn $name() {
            assert_eq!(reading($line.as_bytes()), Reading::Event($expected));
        })+
    };
}

tells! {
    e72_check_failed:
        "Health check for server app/web1 failed, reason: Layer7 wrong status, code: 404, info: \"Not Found\", check duration: 2ms, status: 2/3 UP."
        => Event::Check(CheckEvent { status: Some((2, 3, true)), ..CHECK });
    e73_check_failed_in_1_8:
        "Health check for server app/web1 failed, reason: Layer7 wrong status, code: 503, info: \"HTTP status check returned code <503>\", check duration: 2ms, status: 0/2 DOWN."
        => Event::Check(CheckEvent {
            result: CheckResult {
                status: Some(503), info: Some(b"HTTP status check returned code <503>"), ..WRONG_STATUS
            },
            status: Some((0, 2, false)),
            ..CHECK
        });
    e74_agent_check:
        "Agent check for backup server app/b1 conditionally succeeded, reason: Layer7 check conditionally passed, code: 404, check duration: 1ms, status: 3/3 DRAIN."
        => Event::Check(CheckEvent {
            server: b"b1",
            agent: true,
            passed: true,
            result: CheckResult {
                code: Some(CheckCode::L7OkConditional), text: b"Layer7 check conditionally passed", status: Some(404),
                info: None, duration: Some(1),
            },
            status: Some((3, 3, true)),
            ..CHECK
        });
    e75_no_server:
        "backend app has no server available!"
        => NO_SERVER;
    e76_no_server_on_stderr:
        "[ALERT]    (37) : proxy 'app' has no server available!"
        => NO_SERVER;
    no_server_quoted:
        "backend 'app' has no server available!"
        => NO_SERVER;
    no_server_without_end:
        "backend app has no server available"
        => NO_SERVER;
    no_server_with_full_stop:
        "proxy app has no server available."
        => NO_SERVER;
    e77_proxy_stopped:
        "Proxy app stopped (cumulated conns: FE: 12, BE: 340)."
        => proxy(ProxyEvent::Stopped);
    e78_proxy_stopped_until_2_1:
        "Proxy app stopped (FE: 12 conns, BE: 340 conns)."
        => proxy(ProxyEvent::Stopped);
    e79_no_free_ports:
        "Connect() failed for backend app: no free ports."
        => proxy(ProxyEvent::SourcePorts);
    e80_fd_limit:
        "Proxy app reached process FD limit (maxsock=2048). Please check 'ulimit-n' and restart."
        => proxy(ProxyEvent::FileDescriptors);
    fd_limit_until_1_8:
        "Proxy app reached process FD limit at 2048. Please check 'ulimit-n' and restart."
        => proxy(ProxyEvent::FileDescriptors);
    system_fd_limit:
        "Proxy app reached system FD limit (actconn=9). Please check system tunables."
        => proxy(ProxyEvent::FileDescriptors);
    memory_limit:
        "Proxy app reached system memory limit (maxsock=9). Please check system tunables."
        => proxy(ProxyEvent::Memory);
    connection_limit:
        "Proxy app reached the configured maximum connection limit. Please check the global 'maxconn' value."
        => proxy(ProxyEvent::Maxconn);
    local_address_in_use:
        "Connect() failed for backend app: local address already in use."
        => proxy(ProxyEvent::SourcePorts);
    connect_failed:
        "Connect() failed for backend app: can't connect to destination unix socket."
        => proxy(ProxyEvent::Other);
    cannot_bind_to_source:
        "Cannot bind to source address before connect() for backend app."
        => proxy(ProxyEvent::SourcePorts);
    cannot_create_socket:
        "Proxy app cannot create a server socket: Too many open files"
        => proxy(ProxyEvent::Other);
    proxy_started_until_2_2:
        "Proxy app started."
        => proxy(ProxyEvent::Started);
    proxy_stopping_until_2_4:
        "Stopping backend app in 0 ms."
        => proxy(ProxyEvent::Stopping);
    proxy_hard_stopped:
        "Proxy app hard-stopped (3 remaining conns will be closed)."
        => proxy(ProxyEvent::HardStopped);
    proxy_pausing_until_2_2:
        "Pausing frontend app."
        => proxy(ProxyEvent::Paused);
    proxy_paused:
        "Paused frontend app."
        => proxy(ProxyEvent::Paused);
    proxy_enabling_until_2_2:
        "Enabling proxy app."
        => proxy(ProxyEvent::Resumed);
    proxy_resumed:
        "Resumed proxy app."
        => proxy(ProxyEvent::Resumed);
    proxy_will_not_pause:
        "frontend app failed to enter pause mode."
        => proxy(ProxyEvent::Other);
    port_busy:
        "Port 80 busy while trying to enable frontend app."
        => proxy(ProxyEvent::Other);
    socket_busy:
        "Bind on socket 5 busy while trying to enable frontend app."
        => proxy(ProxyEvent::Other);
    cacheable_cookie:
        "Blocking cacheable cookie in response from instance app, server web1."
        => proxy(ProxyEvent::Other);
    sighup_of_a_proxy:
        "SIGHUP: Proxy app has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0."
        => proxy(ProxyEvent::Other);
    e58_default_format:
        "Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (app/HTTP)"
        => proxy(ProxyEvent::Other);
    e58_default_format_of_tcp:
        "Connect from 2001:db8::1:33312 to :::8012 (app/TCP)"
        => proxy(ProxyEvent::Other);
    internal_proxy_stopped:
        "Proxy <HTTPCLIENT> stopped (cumulated conns: FE: 0, BE: 0)."
        => Event::Proxy { proxy: b"<HTTPCLIENT>", what: ProxyEvent::Stopped };
    e81_ip_changed:
        "app/web1: IP changed from '10.0.0.1' to '10.0.0.9' by 'mydns/dns1'."
        => ADDRESS;
    ip_and_port_changed:
        "app/web1: IP changed from '(none)' to '10.0.0.9', port changed from '80' to '+1' by 'DNS cache'."
        => ADDRESS;
    e82_ip_changed_until_2_9:
        "app/web1 changed its IP from 10.0.0.1 to 10.0.0.9 by mydns/dns1."
        => ADDRESS;
    fqdn_changed:
        "app/web1 changed its FQDN from a.example.org to b.example.org by 'SRV record'"
        => ADDRESS;
    e84_worker_crash:
        "[ALERT]    (1) : Current worker (213) exited with code 139 (Segmentation fault)"
        => Event::Process(ProcessEvent::WorkerDied { code: 139 });
    worker_crash_until_2_4:
        "[ALERT] 123/145023 (1) : Current worker #1 (213) exited with code 137 (Killed)"
        => Event::Process(ProcessEvent::WorkerDied { code: 137 });
    worker_crash_in_1_8:
        "[ALERT] 123/145023 (1) : Current worker 213 left with exit code 139"
        => Event::Process(ProcessEvent::WorkerDied { code: 139 });
    former_worker:
        "[WARNING]  (1) : Former worker (213) exited with code 0 (Exit)"
        => Event::Process(ProcessEvent::FormerWorkerExited { code: 0 });
    former_worker_of_many_reloads:
        "[WARNING]  (1) : Former worker (213) exited with code 143 (Terminated), as it exceeds max reloads (2)"
        => Event::Process(ProcessEvent::FormerWorkerExited { code: 143 });
    worker_cut_before_its_code:
        "[WARNING]  (1) : Current worker (213) exi"
        => Event::Process(ProcessEvent::Notice);
    worker_forked:
        "[NOTICE]   (1) : New worker (213) forked"
        => Event::Process(ProcessEvent::WorkerStarted);
    worker_forked_until_2_4:
        "[NOTICE] 123/145023 (1) : New worker #1 (213) forked"
        => Event::Process(ProcessEvent::WorkerStarted);
    worker_initializing:
        "[NOTICE]   (1) : Initializing new worker (213)"
        => Event::Process(ProcessEvent::WorkerStarted);
    reexecuting:
        "[WARNING] 123/145023 (1) : Reexecuting Master process"
        => Event::Process(ProcessEvent::Reloading);
    waitpid_mode:
        "[WARNING] 123/145023 (1) : Reexecuting Master process in waitpid mode"
        => Event::Process(ProcessEvent::ReloadFailed);
    reloading:
        "[NOTICE]   (1) : Reloading HAProxy (hard-reload)"
        => Event::Process(ProcessEvent::Reloading);
    e85_reload_complete:
        "[NOTICE]   (1) : Loading success."
        => Event::Process(ProcessEvent::ReloadOk);
    reload_failed_until_3_0:
        "[ALERT]    (1) : Loading failure!"
        => Event::Process(ProcessEvent::ReloadFailed);
    reload_failed:
        "[ALERT]    (1) : Failed to load worker (213) exited with code 1 (Exit)"
        => Event::Process(ProcessEvent::ReloadFailed);
    all_exited:
        "[WARNING]  (1) : All workers exited. Exiting... (143)"
        => Event::Process(ProcessEvent::Exiting);
    all_left_in_1_8:
        "[WARNING] 123/145023 (1) : All workers are left. Leaving... (0)"
        => Event::Process(ProcessEvent::Exiting);
    master_exits:
        "[WARNING]  (1) : Exiting Master process..."
        => Event::Process(ProcessEvent::Exiting);
    hard_stop:
        "[WARNING]  (1) : soft-stop running for too long, performing a hard-stop."
        => Event::Process(ProcessEvent::HardStop);
    version:
        "[NOTICE]   (1) : haproxy version is 2.6.12-1"
        => Event::Process(ProcessEvent::Notice);
    e86_sighup_of_a_server:
        "SIGHUP: Server app/web1 is UP. Conn: 3 act, 0 pend, 991 tot."
        => Event::Process(ProcessEvent::Notice);
    spoe:
        "SPOE: [agent] <EVENT:on-client-session> sid=1 st=0 0/0/0/0/0 0/0 0/0 0/1"
        => Event::Process(ProcessEvent::Notice);
}
