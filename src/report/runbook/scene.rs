//! The names and addresses of one incident, and the commands that are about them.
//!
//! Enters: an incident and, where there is one, the configuration. Leaves: commands and words for steps.
//! Must not know: which steps there are.

use super::command::{self, Socket, line};
use super::endpoint::{Ask, Endpoint};
use super::request;
use crate::advice::{self, Review, elsewhere};
use crate::config::{Config, Proxy, Server, Timeout};
use crate::incident::Incident;
use crate::report::full::Full;
use crate::rollup::Name;
use crate::words::cause::Kind;

/// One of so many requests, answered, is a good part.
const ANSWERED: u64 = 3;

/// Servers that one command is given for.
const AT_ONCE: usize = 4;

/// See the module.
pub struct Scene<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Its backend's section.
    pub proxy: Option<&'a Proxy>,
    config: Option<&'a Config>,
    review: Option<&'a Review>,
    socket: Socket,
    backend: Option<String>,
    servers: Vec<String>,
}

impl<'a> Scene<'a> {
    /// The scene of an incident.
    pub fn new(
        incident: &'a Incident,
        config: Option<&'a Config>,
        review: Option<&'a Review>,
    ) -> Self {
        let backend = incident.backend.as_ref().map(text);
        let proxy = config.zip(backend.as_ref());
        Self {
            incident,
            proxy: proxy.and_then(|(config, backend)| config.backend(backend)),
            config,
            review,
            socket: Socket::of(config),
            backend,
            servers: incident.servers.iter().map(text).collect(),
        }
    }

    /// What a sentence calls the backend, or the frontend where there is none.
    pub fn place(&self) -> String {
        let frontend = || self.incident.frontends.first().map(text);
        let name = self.backend.clone().or_else(frontend);
        name.unwrap_or_else(|| "HAProxy".to_owned())
    }

    /// What a sentence calls the server that is asked.
    pub fn server(&self) -> String {
        let known = || self.in_config().map(|server| server.name.clone());
        let name = self.servers.first().cloned().or_else(known);
        name.unwrap_or_else(|| "the server".to_owned())
    }

    /// `be_app/app1`, as the runtime socket names a server.
    pub fn path(&self) -> String {
        let backend = self.backend.as_deref().unwrap_or("BACKEND");
        let server = self.servers.first().map_or("SERVER", String::as_str);
        format!("{backend}/{server}")
    }

    /// All culprits: `app1 and app2`, `app1 and 3 others`.
    pub fn culprits(&self) -> String {
        match &self.servers[..] {
            [] => self.server(),
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [one, others @ ..] => format!("{one} and {} others", others.len()),
        }
    }

    /// The culprits have peers that can take their load: at least as many others answered meanwhile. What the configuration has
    /// may have been out itself.
    pub fn has_peers(&self) -> bool {
        let others = self.incident.load.iter().filter(|(name, n, failed)| {
            let is_server = !name.starts_with(b"<");
            is_server && n > failed && !self.incident.servers.contains(name)
        });
        !self.servers.is_empty() && others.count() >= self.servers.len()
    }

    /// The culprits answered a good part of what they were asked meanwhile.
    pub fn answered_others(&self) -> bool {
        let is_culprit = |name: &Name| self.incident.servers.contains(name);
        let loads = self.incident.load.iter();
        let (n, failed) = loads
            .filter(|(name, ..)| is_culprit(name))
            .fold((0, 0), |(n, failed), load| (n + load.1, failed + load.2));
        (n - failed) * ANSWERED > n
    }

    /// Half of the culprits' weights is more than 0, as far as is known: a weight is a whole number.
    pub fn can_be_halved(&self) -> bool {
        let servers = self.proxy.map(Proxy::servers).unwrap_or_default();
        let is_halved = |name: &String| {
            let server = servers.iter().find(|server| server.name == *name);
            let weight = server.and_then(|server| server.weight.as_ref());
            weight.is_some_and(|weight| weight.value >= 2)
        };
        self.servers.iter().all(is_halved)
    }

    /// Requests are HTTP, as far as is known: lines of mode tcp have no status.
    pub fn is_http(&self) -> bool {
        match self.proxy {
            Some(proxy) => !proxy.mode_tcp(),
            None => !self.incident.statuses.is_empty() || self.incident.failed == 0,
        }
    }

    fn in_config(&self) -> Option<&'a Server> {
        let servers = self.proxy?.servers();
        match self.servers.first() {
            Some(name) => servers.iter().find(|server| server.name == *name),
            None => servers.first(),
        }
    }

    /// The server that is asked, if it is in the configuration.
    pub fn setting(&self) -> Option<&'a Server> {
        self.in_config()
    }

    /// Where the first culprit listens.
    pub fn endpoint(&self) -> Endpoint {
        let label = match (&self.backend, self.servers.first()) {
            (Some(backend), Some(server)) => format!("{backend}/{server}"),
            (backend, _) => backend.clone().unwrap_or_else(|| "server".to_owned()),
        };
        Endpoint::of(self.in_config(), &label)
    }

    /// Where checks of the first culprit go.
    pub fn endpoint_of_checks(&self) -> Endpoint {
        self.endpoint().of_checks(self.in_config())
    }

    /// Only checks failed, which go elsewhere than requests.
    pub fn is_of_checks(&self) -> bool {
        self.proxy
            .is_some_and(|proxy| elsewhere::failed_alone(self.incident, proxy))
    }

    /// A server of the backend that is no culprit and no backup.
    fn peer(&self) -> Option<&'a Server> {
        let mut servers = self.proxy?.servers().iter();
        servers.find(|server| !server.backup && !self.servers.contains(&server.name))
    }

    /// Asks the first culprit over HTTP; in mode tcp opens a connection.
    pub fn ask(&self) -> String {
        self.ask_of(&self.endpoint(), self.in_config())
    }

    /// The same of a peer, with its name.
    pub fn ask_peer(&self) -> Option<(String, String)> {
        let peer = self.peer()?;
        let endpoint = Endpoint::of(Some(peer), &peer.name);
        Some((peer.name.clone(), self.ask_of(&endpoint, Some(peer))))
    }

    fn ask_of(&self, endpoint: &Endpoint, server: Option<&Server>) -> String {
        match self.is_http() {
            true => endpoint.status(&request::plain(server)),
            false => endpoint.connect(),
        }
    }

    /// Asks the first culprit over HTTP, and shows what it sends.
    pub fn ask_aloud(&self) -> String {
        self.endpoint().headers(&request::plain(self.in_config()))
    }

    /// The health check by hand.
    pub fn check(&self) -> String {
        let server = self.in_config();
        let endpoint = self.endpoint_of_checks();
        let asked = self.proxy.and_then(Proxy::httpchk);
        match (asked, self.proxy) {
            (None, Some(_)) => endpoint.connect(),
            (None, None) => endpoint.status(&Ask {
                path: "/HEALTH_PATH".to_owned(),
                ..Ask::default()
            }),
            (Some(asked), proxy) => {
                let rules = proxy.map(Proxy::http_check).unwrap_or_default();
                endpoint.status(&request::of_check(asked, rules, server))
            }
        }
    }

    /// What a check expects, as it is written.
    pub fn expected(&self) -> String {
        let rules = self.proxy.map(Proxy::http_check).unwrap_or_default();
        let mut expects = rules
            .iter()
            .filter_map(|rule| rule.value.strip_prefix("expect "));
        match (expects.next(), self.proxy) {
            (Some(expects), _) => format!("`http-check expect {expects}`"),
            (None, Some(_)) => "a status of 200 to 399".to_owned(),
            (None, None) => "what `http-check expect` says, else 200 to 399".to_owned(),
        }
    }

    /// How long a check may take, as the configuration has it.
    pub fn check_limit(&self) -> Option<String> {
        let own = self
            .proxy?
            .effective_timeout(Timeout::Check)
            .map(|limit| limit.value);
        let limit = own.or_else(|| self.in_config()?.inter())?;
        Some(advice::time(limit))
    }

    /// How a server that works again is used again: a sentence.
    pub fn taken_back(&self) -> String {
        let incident = self.incident;
        let never_out = incident.downs == 0 && incident.detected_at.is_none();
        match never_out && !self.is_unchecked() {
            true => "It was never marked DOWN: once it answers, requests succeed.".to_owned(),
            false => format!(
                "HAProxy takes servers back by itself {}.",
                self.return_time()
            ),
        }
    }

    /// The culprits went and came back by themselves, again and again.
    pub fn comes_and_goes(&self) -> bool {
        self.incident.kind == Kind::Flapping
    }

    /// When a server that works again is used again.
    fn return_time(&self) -> String {
        let Some(server) = self.in_config() else {
            return "after `rise` good checks".to_owned();
        };
        match (server.rise(), server.fastinter()) {
            (Some(1), Some(_)) => "after 1 good check".to_owned(),
            (Some(rise), Some(inter)) => {
                format!("after {rise} good checks, {} apart", advice::time(inter))
            }
            (Some(_), None) | (None, Some(_)) => "after `rise` good checks".to_owned(),
            (None, None) if server.track.is_some() => {
                "when the one that it tracks is back".to_owned()
            }
            (None, None) => "at the next request, as it has no `check`".to_owned(),
        }
    }

    /// The configuration has a server of this backend that nobody checks.
    pub fn is_unchecked(&self) -> bool {
        self.in_config()
            .is_some_and(|server| server.check.is_none() && server.track.is_none())
    }

    /// Whether the servers of the backend are looked at one by one.
    fn backend_name(&self) -> Option<&str> {
        self.backend.as_deref().and_then(command::name)
    }

    /// A runtime command.
    pub fn send(&self, command: &str) -> String {
        self.socket.send(command)
    }

    /// `show servers state` of the backend.
    pub fn servers_state(&self) -> String {
        self.send(
            format!(
                "show servers state {}",
                self.backend_name().unwrap_or_default()
            )
            .trim_end(),
        )
    }

    /// Columns of `show stat` for the backend and its servers.
    pub fn stat(&self, columns: &str) -> String {
        let command = match self.backend_name() {
            Some(backend) => format!("show stat {backend} 6 -1"),
            None => "show stat -1 6 -1".to_owned(),
        };
        self.cut(&command, columns)
    }

    /// Columns of `show stat` for all frontends.
    pub fn frontends(&self) -> String {
        self.cut("show stat -1 1 -1", command::columns::FRONTENDS)
    }

    fn cut(&self, command: &str, columns: &str) -> String {
        format!("{} | cut -d, -f{columns}", self.send(command))
    }

    /// What HAProxy could not parse of the backend's answers.
    pub fn errors(&self) -> String {
        match self.backend_name() {
            Some(backend) => self.send(&format!("show errors {backend} response")),
            None => self.send("show errors"),
        }
    }

    /// Rows of `show info`.
    pub fn info(&self, names: &[&str]) -> String {
        let pattern = format!("^({}):", names.join("|"));
        format!(
            "{} | {}",
            self.send("show info"),
            line(&["grep", "-E", &pattern])
        )
    }

    /// One or more runtime commands for each culprit, in which `@` stands for `backend/server`; none where names are
    /// not known, or not fit.
    pub fn for_culprits(&self, commands: &str) -> Option<String> {
        let backend = self.backend_name()?;
        let servers: Option<Vec<&str>> = self
            .servers
            .iter()
            .take(AT_ONCE)
            .map(|server| command::name(server))
            .collect();
        let all: Vec<String> = servers?
            .iter()
            .map(|server| commands.replace('@', &format!("{backend}/{server}")))
            .collect();
        (!all.is_empty()).then(|| self.send(&all.join("; ")))
    }

    /// The first frontend of the victims that the configuration has.
    pub fn frontend(&self) -> Option<&'a Proxy> {
        let name = self.incident.frontends.first().map(text)?;
        let proxy = self.config?.frontend(&name)?;
        command::name(&proxy.name).is_some().then_some(proxy)
    }

    /// The limit at which its connections stood.
    pub fn full(&self) -> Option<Full> {
        Full::of(self.incident, self.config)
    }

    /// What `maxconn` is to be instead of `limit`: as is advised for this incident, so that both say one number.
    pub fn more_than(&self, limit: u32) -> u64 {
        let mut advised = self.review.into_iter().flat_map(|review| &review.advice);
        let its = advised.find(|piece| {
            piece.keyword == "maxconn" && piece.incidents.contains(&self.incident.id)
        });
        let suggested = its.and_then(|piece| piece.suggested.as_ref()?.parse().ok());
        suggested.unwrap_or_else(|| advice::raised(limit))
    }

    /// The file of the configuration.
    pub fn config_file(&self) -> &str {
        self.config.map_or("/etc/haproxy/haproxy.cfg", Config::name)
    }
}

/// Names are shown as text; what is not UTF-8 is replaced.
fn text(name: &Name) -> String {
    String::from_utf8_lossy(name).into_owned()
}
