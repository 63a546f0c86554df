//! What each sort of command promises to print.

use std::process::Command;

use crate::needed;

use hapline::config::Config;

/// The first programme of a pipe that is missing here; that is said, and with `CI=true` it fails.
pub fn lacks_a_tool(command: &str) -> bool {
    let tools = [
        "nc",
        "ss",
        "ip",
        "nstat",
        "curl",
        "openssl",
        "socat",
        "journalctl",
    ];
    let is_missing = |tool: &&&str| {
        let found = Command::new("sh")
            .args([
                "-c",
                &format!("PATH=$PATH:/usr/sbin:/sbin command -v {tool}"),
            ])
            .output();
        !found.unwrap().status.success()
    };
    let mut needed = tools
        .iter()
        .filter(|tool| command.split(' ').any(|word| word == **tool));
    let Some(missing) = needed.find(is_missing) else {
        return false;
    };
    let remedy = format!("install it for `{command}`");
    match *missing {
        // systemd is no part of a container.
        "journalctl" => needed::skipped(missing, &remedy),
        _ => needed::missing(missing, &remedy),
    }
    true
}

/// What a command that looks must print, and its exit statuses. `""` is in every output.
pub fn promised(command: &str) -> (Vec<&'static str>, &'static [i32]) {
    let begins = |text: &str| command.starts_with(text);
    let is_dead = command.contains("DEAD");
    let columns = |names: &'static str| (names.split(' ').collect(), &[0][..]);
    if let Some((sent, columns_cut)) = command.split_once(" | cut -d, -f") {
        assert!(sent.starts_with("echo 'show stat "));
        return match columns_cut {
            "2,18,37-39,57" => {
                columns("svname,status,check_status,check_code,check_duration,last_chk")
            }
            "2,3,5,7,18" => columns("svname,qcur,scur,slim,status"),
            "2,3,5,59-62" => columns("svname,qcur,scur,qtime,ctime,rtime,ttime"),
            "2,14-16,18,43-44,51" => {
                columns("svname,econ,eresp,wretr,status,hrsp_4xx,hrsp_5xx,srv_abrt")
            }
            "1,5,7,11,13,18,34,50" => {
                columns("pxname,scur,slim,dreq,ereq,status,rate,cli_abrt fe_www,0,200,")
            }
            other => panic!("columns {other} are not promised"),
        };
    }
    if begins("echo 'show info'") {
        let (_, names) = command.split_once("'^(").unwrap();
        let names = names.trim_end_matches("):'").split('|');
        return (names.map(|name| &*name.to_owned().leak()).collect(), &[0]);
    }
    match () {
        () if begins("echo 'show servers state") => {
            columns("srv_addr srv_op_state srv_admin_state srv_fqdn srv_port 127.0.0.1")
        }
        () if begins("echo 'show errors") => (vec!["Total events captured on"], &[0]),
        () if begins("echo 'show resolvers'") => columns("ns1 valid: nx: timeout: refused:"),
        () if begins("echo 'show table'") => (vec![""], &[0]),
        () if begins("nc ") && command.contains("; ip neigh show to ") => {
            (vec![if is_dead { "refused" } else { "succeeded" }], &[0])
        }
        () if begins("nc ") && is_dead => (vec!["refused"], &[1]),
        () if begins("nc ") => (vec!["succeeded"], &[0]),
        () if begins("ss -ltnp") || begins("ss -ltn") => (
            vec!["Recv-Q", "Send-Q", if is_dead { "" } else { "LISTEN" }],
            &[0],
        ),
        () if begins("ss -s; ") => {
            let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
            (vec!["timewait", "estab", range.unwrap().leak()], &[0])
        }
        () if begins("nstat ") => columns("TcpExtListenOverflows TcpExtListenDrops"),
        () if begins("ip route get ") => columns("127.0.0.1 dev src"),
        () if begins("getent ahosts ") => columns("127.0.0.1 STREAM"),
        () if begins("openssl ") && command.contains("TLS") => {
            (vec!["Protocol version: TLS", "Ciphersuite: "], &[0])
        }
        () if begins("openssl ") && is_dead => (vec!["refused"], &[1]),
        () if begins("openssl ") => (vec!["wrong version number"], &[1]),
        () if begins("curl ") && is_dead => (vec![""], &[7]),
        () if begins("curl -sS") => (vec!["200 after 0."], &[0]),
        () if begins("curl -sv") => (vec!["< HTTP/1."], &[0]),
        () if begins("haproxy -c -f ") => (vec!["Configuration file is valid"], &[0]),
        // Without systemd's journal it says so.
        () if begins("journalctl ") => (vec![""], &[0, 1]),
        () => panic!("`{command}` has no promise yet: say here what it prints"),
    }
}

/// The command with its servers' own names for the eyes of [`promised`].
pub fn marked(command: &str, config: &Config) -> String {
    let address = |backend: &str| {
        config.backend(backend).unwrap().servers()[0]
            .address
            .clone()
    };
    let has = |backend: &str| {
        let address = address(backend);
        let (_, port) = address.rsplit_once(':').unwrap();
        command.contains(&address)
            || command.contains(&format!(" {port}"))
            || command.contains(&format!(":{port}"))
    };
    let mark = match (has("be_dead"), has("be_tls")) {
        (true, _) => " DEAD",
        (_, true) => " TLS",
        _ => "",
    };
    format!("{command}{mark}")
}
