//! HAProxy's lines in formats of a configuration.

use std::process::Command;

use serde_json::Value;

use super::proxy::Site;

/// As they stand in `haproxy.cfg`: text, text that looks like JSON, what `option httpslog` prints, and CLF.
const LOGGING: [&str; 4] = [
    r#"log-format '%ci [%T] fe=%f be=%b srv=%s t=%TR,%Tw,%Tc,%Tr,%Ta st=%ST ts=%tsc rc=%rc %HM %HP'"#,
    r#"log-format '{"at":"%tr","client":"%ci","fe":"%f","be":"%b","srv":"%s","ms":[%TR,%Tw,%Tc,%Tr,%Ta],"st":%ST,"ts":"%tsc","path":"%HP"}'"#,
    r#"log-format "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc""#,
    "option httplog clf",
];

#[test]
fn every_request_is_counted_with_the_status_its_client_saw() {
    for logging in LOGGING {
        let Some(mut site) = Site::logging(logging, None) else {
            return;
        };
        let load = site.load();
        load.wait(40, 200);
        site.servers[0].stop();
        site.servers[1].stop();
        site.tee.wait("backend be_app has no server available");
        load.wait(11, 503);
        let seen = load.stop();
        site.tee.settled();
        let report = report(&site);
        let coverage = &report["coverage"];
        assert_eq!(coverage["traffic"], seen.len(), "{logging}: {coverage}");
        for class in ["other", "unparsed", "truncated"] {
            assert_eq!(coverage[class], 0, "{logging}: {coverage}");
        }
        let count = |is: fn(u16) -> bool| seen.iter().filter(|status| is(**status)).count();
        let (failed, unavailable) = (count(|status| status != 200), count(|status| status == 503));
        assert!(unavailable > 10 && failed + 10 < seen.len(), "{seen:?}");
        assert_eq!(report["totals"]["requests"], seen.len(), "{logging}");
        assert_eq!(report["totals"]["failed"], failed, "{logging}");
        let incident = &report["incidents"][0];
        assert_eq!(
            incident["statuses"]["503"], unavailable,
            "{logging}: {incident}"
        );
        assert_eq!(incident["kind"], "backend_down", "{logging}");
    }
}

fn report(site: &Site) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .arg("report")
        .arg(site.log())
        .arg("--config")
        .arg(site.config())
        .args(["--timezone", "UTC", "--format", "json"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}
