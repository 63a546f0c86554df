//! What stands before every answer: who may ask, and what a browser may do with it.
//!
//! Enters: a request. Leaves: the same to the router, or a problem. Must not know: what is answered.
//!
//! On loopback, the host that is asked for must be this machine: else a page of any site could have its own name lead
//! here, and read the log in its visitor's browser (DNS rebinding). Elsewhere a token is asked for.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    HOST, HeaderName, REFERRER_POLICY, TRANSFER_ENCODING, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::Shared;
use super::basic;
use super::problem::Problem;
use super::reasons::Reason;
use super::settings::is_loopback;

/// Said with every answer.
const HARDENED: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// See the module.
pub async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&shared, &request) {
        Ok(()) => {
            let answer = timeout(shared.settings.request_timeout(), next.run(request)).await;
            answer.unwrap_or_else(|_| {
                shared.reasons.note(Reason::Timeout);
                Problem::busy("the answer was not ready in time").into_response()
            })
        }
        Err((reason, problem)) => {
            shared.reasons.note(reason);
            let is_browser = reason == Reason::Token && wants_a_page(request.headers());
            let mut response = problem.into_response();
            if is_browser {
                // It asks its user, and says what it was told with every request.
                let challenge =
                    HeaderValue::from_static("Basic realm=\"hapline\", charset=\"UTF-8\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HARDENED {
        // A page may do what it must, and says so.
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    // What is left of a body is not read.
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// Only reading is offered.
pub async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "only GET and HEAD are answered",
    )
}

fn admit(shared: &Shared, request: &Request) -> Result<(), (Reason, Problem)> {
    let headers = request.headers();
    if shared.settings.is_loopback() && !is_host_known(shared, request) {
        let detail = "this host is not known here; ask for localhost, or the address";
        let problem = Problem::new(StatusCode::MISDIRECTED_REQUEST, detail);
        return Err((Reason::Host, problem));
    }
    if has_body(headers) {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "no request has a body here");
        return Err((Reason::Body, problem));
    }
    let token = shared.token.as_ref();
    if token.is_some_and(|token| !is_open(request.uri().path()) && !is_known(token, headers)) {
        let detail =
            "the header `Authorization: Bearer TOKEN` is missing, or the token is another one";
        let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
        return Err((Reason::Token, problem));
    }
    Ok(())
}

/// Nothing of the log stands there: health, and HAProxy's vocabulary.
fn is_open(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/explain") || path.starts_with("/explain/")
}

/// A program says the token; a browser says it as the password of whoever asks.
fn is_known(token: &super::Token, headers: &HeaderMap) -> bool {
    let said = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let password = said.and_then(basic::password);
    bearer(headers).is_some_and(|said| token.is(said))
        || password.is_some_and(|said| token.is(&said))
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let said = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = said.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| token.trim_ascii())
}

fn wants_a_page(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH);
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

/// A browser always says which host it asks for. Who says none is none: `option httpchk` of HAProxy, for one.
fn is_host_known(shared: &Shared, request: &Request) -> bool {
    let said = request.headers().get_all(HOST).iter();
    let said = said.map(|host| host.to_str().ok().and_then(|host| host.parse().ok()));
    let asked = request.uri().authority().cloned().map(Some);
    said.chain(asked).all(|authority: Option<Authority>| {
        authority.is_some_and(|authority| is_here(shared, authority.host()))
    })
}

fn is_here(shared: &Shared, host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = bare
        .parse()
        .is_ok_and(|address: IpAddr| is_loopback(address));
    let mut known = shared.settings.hosts.iter().map(String::as_str);
    is_address
        || host.eq_ignore_ascii_case("localhost")
        || known.any(|known| host.eq_ignore_ascii_case(known))
}
