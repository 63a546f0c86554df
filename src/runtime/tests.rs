//! The client against sockets that answer well, badly, or not at all.

use std::os::unix::net::UnixListener;
use std::thread::JoinHandle;

use super::*;

const STAT: &str = "# pxname,svname,status,lastchg,type,\napp,app1,DOWN,184,2,\n\n";

/// A socket that reads one command and answers; gives what it was asked.
fn answering(folder: &tempfile::TempDir, answer: Vec<u8>) -> (Address, JoinHandle<String>) {
    let path = folder.path().join("admin.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 64];
        let length = stream.read(&mut asked).unwrap();
        // The client may have had enough before all is written.
        let _ = stream.write_all(&answer);
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    (Address::Unix(path), served)
}

fn refused(answer: &[u8]) -> (String, &'static str) {
    let folder = tempfile::tempdir().unwrap();
    let (address, served) = answering(&folder, answer.to_vec());
    let error = answers(&address).unwrap_err();
    served.join().unwrap();
    let place = format!("{address}: ");
    (error.to_string().replace(&place, ""), error.hint())
}

#[test]
fn one_question_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (address, served) = answering(&folder, STAT.into());
    let found = answers(&address).unwrap().1.servers;
    assert_eq!(served.join().unwrap(), "show info;show stat -1 6 -1\n");
    assert_eq!((found.len(), found[0].since), (1, Some(184)));
}

#[test]
fn sessions_are_told_where_all_of_them_are() {
    let folder = tempfile::tempdir().unwrap();
    let answer = "# pxname,svname,qcur,scur,smax,slim,status,lastchg,type,\n\
                  app,app1,3,20,20,20,UP,184,2,\n\
                  app,app2,0,7,9,,UP,184,2,\n\
                  app,app3,,,,,UP,184,2,\n\n";
    let (address, served) = answering(&folder, answer.into());
    let found = answers(&address).unwrap().1.servers;
    served.join().unwrap();
    let sessions = |now, most, limit, queued| Sessions {
        now,
        most,
        limit,
        queued,
    };
    let told: Vec<_> = found.iter().map(|server| server.sessions).collect();
    let limited = sessions(20, 20, Some(20), 3);
    assert_eq!(told, [Some(limited), Some(sessions(7, 9, None, 0)), None]);
}

#[test]
fn wrong_answers_are_named() {
    let (said, hint) = refused(b"Permission denied\n");
    assert_eq!(said, "HAProxy permits no such question here");
    assert!(hint.contains("level operator"));
    let (said, _) = refused(b"220 mail.example ESMTP\r\n");
    assert_eq!(
        said,
        "this is no answer of HAProxy's: 220 mail.example ESMTP"
    );
    assert_eq!(refused(b"").0, "an empty answer");
    let cut = &STAT.as_bytes()[..STAT.len() - 9];
    assert_eq!(refused(cut).0, "the answer was cut off");
}

#[test]
fn an_answer_without_an_end_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    // It accepts, and says nothing.
    let _listener = UnixListener::bind(&path).unwrap();
    let began = Instant::now();
    let error = answers(&Address::Unix(path)).unwrap_err();
    assert!(
        error.to_string().ends_with("no whole answer within 3 s"),
        "{error}"
    );
    assert!(began.elapsed() < 2 * PATIENCE);
}

#[test]
fn sockets_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    let error = answers(&Address::Unix(path.clone())).unwrap_err();
    assert!(error.to_string().ends_with("there is no such socket"));
    drop(UnixListener::bind(&path).unwrap());
    let error = answers(&Address::Unix(path)).unwrap_err();
    assert!(error.to_string().ends_with("nothing listens there"));
    let error = answers(&Address::Unix("/".repeat(200).into())).unwrap_err();
    assert!(error.to_string().contains("cannot ask HAProxy"), "{error}");
}

#[test]
fn addresses_as_haproxy_writes_them() {
    let unix = |path: &str| Some(Address::Unix(path.into()));
    let tcp = |host: &str| Some(Address::Tcp(host.into()));
    for (text, expected) in [
        ("/run/haproxy/admin.sock", unix("/run/haproxy/admin.sock")),
        ("unix@/run/a.sock", unix("/run/a.sock")),
        ("./a:1", unix("./a:1")),
        ("admin.sock", unix("admin.sock")),
        ("lb1:9999", tcp("lb1:9999")),
        ("[::1]:9999", tcp("[::1]:9999")),
        ("ipv4@10.0.0.1:9999", tcp("10.0.0.1:9999")),
        ("tcp@lb1:9999", tcp("lb1:9999")),
        ("tcp@lb1", None),
        ("unix@", None),
        ("", None),
    ] {
        assert_eq!(Address::parse(text).ok(), expected, "{text}");
    }
}
