//! Who may send, as it is written on the command line.

use super::daemon::Daemon;
use super::reload::is_refused;

#[test]
fn an_address_alone_lets_nobody_else_in() {
    for (allowed, refuses) in [
        ("192.0.2.7", true),
        ("127.0.0.1", false),
        ("127.0.0.0/8", false),
    ] {
        let any = "127.0.0.1:0";
        let daemon = Daemon::start(&["--tcp", any, "--http", any, "--allow", allowed]);
        let (refused, _) = is_refused(&daemon, daemon.address("tcp:"));
        assert_eq!(refused, refuses, "{allowed}");
    }
}
