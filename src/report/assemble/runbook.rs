//! What to do next, with the incident's own names in the commands.
//!
//! Enters: an incident, and the configuration for addresses. Leaves: steps, the most telling first.
//! Must not know: whether anyone runs them. Names are quoted for a shell: they may come from a forged log.

use super::text;
use crate::config::Config;
use crate::incident::Incident;
use crate::report::document::Step;
use crate::report::escape::shell;
use crate::words::cause::Cause;

/// Where Debian's package puts the runtime socket.
const SOCKET: &str = "/run/haproxy/admin.sock";

/// The steps.
pub fn steps(incident: &Incident, config: Option<&Config>) -> Vec<Step> {
    let Some(backend) = incident.backend.as_ref().map(text) else {
        return of_frontends(incident);
    };
    let mut steps = Vec::new();
    let address = address(incident, config, &backend);
    match incident.cause.code {
        Cause::ServiceNotListening => {
            steps.push(look(
                format!("nc -vz {address}"),
                "is anything listening there now?",
            ));
            steps.push(look(
                "ss -ltnp".to_owned(),
                "on the server: which process should hold that port, and does it?",
            ));
        }
        Cause::NetworkUnreachable => {
            steps.push(look(
                format!("nc -vz -w 3 {address}"),
                "no answer: a firewall that drops, a host that is down, or a wrong address",
            ));
            steps.push(look(
                format!("ip route get {}", host(&address)),
                "which way packets take from this HAProxy",
            ));
        }
        Cause::DnsFailure => steps.push(look(
            socket("show resolvers"),
            "what the name servers answered",
        )),
        Cause::HealthEndpointWrongStatus | Cause::HealthCheckTimeoutTooShort => {
            steps.push(look(
                check(config, &backend, &address),
                "what the health check sees, and how long it takes",
            ));
        }
        Cause::TlsMismatch | Cause::ProtocolMismatch => steps.push(look(
            format!(
                "openssl s_client -connect {} </dev/null",
                with_colon(&address)
            ),
            "does the server speak TLS where HAProxy speaks plain text, or the other way round?",
        )),
        Cause::SlowServer | Cause::SlowBackend => {
            steps.push(look(
                format!(
                    "curl -sv -o /dev/null -w '%{{time_starttransfer}}s\\n' http://{}/",
                    with_colon(&address)
                ),
                "how long it takes to answer, without HAProxy in between",
            ));
            steps.push(look(
                socket("show stat"),
                "rtime, scur and qcur: who is slow now, and who waits",
            ));
        }
        Cause::MaxconnTooLow | Cause::ServerOverloaded => {
            steps.push(look(
                socket("show stat"),
                "qcur and scur against slim: who waits for which server",
            ));
        }
        _ => {}
    }
    steps.push(look(
        socket(&format!("show servers state {backend}")),
        "which servers HAProxy uses now",
    ));
    steps
}

fn of_frontends(incident: &Incident) -> Vec<Step> {
    match incident.cause.code {
        Cause::ProcessLost => vec![
            look(
                "journalctl -u haproxy -n 50".to_owned(),
                "exit codes and signals of the process that went away",
            ),
            look(
                "dmesg --ctime | grep -i -e oom -e segfault".to_owned(),
                "did the kernel kill it?",
            ),
        ],
        Cause::Reload => vec![look(
            socket("show info"),
            "uptime and version of the process that runs now",
        )],
        _ => vec![look(
            socket("show info"),
            "sessions and limits of this HAProxy now",
        )],
    }
}

fn look(command: String, why: &str) -> Step {
    Step {
        command: Some(command),
        why: why.to_owned(),
        changes_state: false,
    }
}

/// A runtime command through the socket.
fn socket(command: &str) -> String {
    format!("echo {} | socat stdio {SOCKET}", shell(command))
}

/// `HOST PORT` of the first culprit, quoted; a placeholder where the configuration does not tell.
fn address(incident: &Incident, config: Option<&Config>, backend: &str) -> String {
    let server = incident.servers.first().map(text);
    let known = config
        .and_then(|config| config.backend(backend))
        .and_then(|proxy| {
            let name = server.as_ref()?;
            proxy
                .servers()
                .iter()
                .find(|candidate| candidate.name == *name)
                .map(|server| server.address.clone())
        });
    match known
        .as_deref()
        .and_then(|address| address.rsplit_once(':'))
    {
        Some((host, port)) if !host.is_empty() => format!("{} {}", shell(host), shell(port)),
        _ => {
            let name = server.map_or_else(
                || backend.to_owned(),
                |server| format!("{backend}/{server}"),
            );
            format!("{} PORT", shell(&format!("ADDRESS_OF_{name}")))
        }
    }
}

fn host(address: &str) -> &str {
    address.split_once(' ').map_or(address, |(host, _)| host)
}

fn with_colon(address: &str) -> String {
    address.replacen(' ', ":", 1)
}

/// The backend's health check, by hand.
fn check(config: Option<&Config>, backend: &str, address: &str) -> String {
    let proxy = config.and_then(|config| config.backend(backend));
    let path = proxy
        .and_then(|proxy| proxy.httpchk())
        .map(|check| check.value.uri.clone());
    let (host, port) = address.split_once(' ').unwrap_or((address, "PORT"));
    let path = path.unwrap_or_else(|| "/HEALTH_PATH".to_owned());
    format!(
        "curl -sv -o /dev/null -w '%{{http_code}} %{{time_total}}s\\n' http://{host}:{port}{}",
        shell(&path)
    )
}
