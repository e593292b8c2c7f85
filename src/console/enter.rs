use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use app::port::Console;
use app::view::{ConsoleError, Visitor};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ipnet::IpNet;
use leptos::prelude::{provide_context, use_context};
use tower_sessions::{Session, session};
use url::form_urlencoded;

use super::ServerConsole;
use crate::accounts::sessions::{self, SEEN_EVERY_SECONDS, Who};
use crate::ingest::peer_address;
use crate::operation::{Actor, OperationError, Operations};

/// Pages and files that nobody needs to be signed in for, beside what is under `/pkg/` and `/link/`.
const OPEN_PAGES: [&str; 3] = ["/sign-in", "/sign-in/code", "/favicon.svg"];
/// Server functions of the same kind.
const OPEN_FUNCTIONS: [&str; 4] = [
    "/console/sign_in",
    "/console/sign_in/second_factor",
    "/console/sign_out",
    "/console/link/use",
];
/// What a browser without scripts shows when a form was sent too late.
const SESSION_ENDED: &str = "<!DOCTYPE html><html lang=\"en\"><title>Sign in</title>\
    <p>The session has ended, and nothing was changed. <a href=\"/sign-in\">Sign in</a> and try again.</p></html>\n";
const FUNCTIONS: &str = "/console/";
const DEVICE_COOKIE_SECONDS: i64 = 365 * 24 * 60 * 60;
/// How much is kept of what a browser says of itself, in characters.
const USER_AGENT: usize = 200;

/// What is known at the entrance.
#[derive(Clone)]
pub struct Entrance {
    pub operations: Operations,
    /// Networks whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// The browser that sent a request.
#[derive(Clone)]
pub(super) struct Browser {
    pub address: IpAddr,
    pub user_agent: String,
    pub device_mark: Option<String>,
    /// It fetches ahead what may never be looked at.
    pub fetches_ahead: bool,
    /// The mark that it is to be given with the answer.
    pub new_mark: Arc<OnceLock<String>>,
}

/// Finds out who asks, and lets in only those who are signed in, but for the pages where one signs in.
///
/// The role is read from the database each time, so that a change takes effect with the next request.
pub async fn enter(State(entrance): State<Entrance>, session: Session, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Built files are the same for everyone: no session is looked up for them.
    if path.starts_with("/pkg/") {
        return next.run(request).await;
    }
    let browser = browser(&entrance, &request);
    let actor = match actor(&entrance.operations, &session, &browser).await {
        Ok(actor) => actor,
        Err(error) => {
            // What went wrong with a session is logged where it is kept.
            if !matches!(error, EntranceError::Session(session::Error::Store(_))) {
                tracing::error!(%error, "nobody let in");
            }
            return (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer now.\n").into_response();
        }
    };
    if actor.role.is_none() && !is_open(path) {
        return ask_to_sign_in(&request);
    }
    let new_mark = Arc::clone(&browser.new_mark);
    let mut request = request;
    request.extensions_mut().insert(ServerConsole {
        operations: entrance.operations.clone(),
        actor,
        session,
        browser,
    });
    let mut response = next.run(request).await;
    if let Some(cookie) = new_mark.get().and_then(|mark| device_cookie(&entrance.operations, mark)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Gives the page or server function that runs the port of its request, and says who looks.
pub fn provide() {
    let console = use_context::<axum::http::request::Parts>().and_then(|parts| parts.extensions.get::<ServerConsole>().cloned());
    let visitor = console.as_ref().and_then(|console| {
        console.actor.role.map(|role| Visitor {
            email: console.actor.name.clone(),
            role,
        })
    });
    provide_context::<Option<Visitor>>(visitor);
    if let Some(console) = console {
        provide_context::<Arc<dyn Console>>(Arc::new(console));
    }
}

fn is_open(path: &str) -> bool {
    OPEN_PAGES.contains(&path) || OPEN_FUNCTIONS.contains(&path) || path.starts_with("/link/")
}

fn ask_to_sign_in(request: &Request) -> Response {
    let path = request.uri().path();
    if path.starts_with(FUNCTIONS) || !request.method().is_safe() {
        let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
            return (StatusCode::UNAUTHORIZED, Html(SESSION_ENDED)).into_response();
        }
        let error = serde_json::to_string(&ConsoleError::NotSignedIn).expect("a word is plain data");
        let headers = [(header::CONTENT_TYPE, "application/json")];
        return (StatusCode::UNAUTHORIZED, headers, error).into_response();
    }
    let wanted = request.uri().path_and_query().map_or(path, |wanted| wanted.as_str());
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", wanted)
        .finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

/// Who sits behind the session. A session of someone who is disabled or not there any more is forgotten.
async fn actor(operations: &Operations, session: &Session, browser: &Browser) -> Result<Actor, EntranceError> {
    let nobody = Actor::nobody(browser.address);
    let Some(visit) = sessions::visit(session).await? else {
        return Ok(nobody);
    };
    let Who::SignedIn(user) = visit.who else {
        return Ok(nobody);
    };
    let user = operations.store.user(user).await.map_err(OperationError::from)?;
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else {
        session.flush().await?;
        return Ok(nobody);
    };
    let now = operations.clock.now();
    if now >= visit.seen_at.plus_seconds(SEEN_EVERY_SECONDS) {
        let noted = sessions::note_seen(operations.store.as_ref(), session, &visit, now, browser.address).await;
        noted.map_err(OperationError::from)?;
    }
    Ok(Actor::signed_in(&user, browser.address))
}

#[derive(Debug, thiserror::Error)]
enum EntranceError {
    #[error(transparent)]
    Session(#[from] tower_sessions::session::Error),
    #[error(transparent)]
    Operation(#[from] OperationError),
}

fn browser(entrance: &Entrance, request: &Request) -> Browser {
    let headers = request.headers();
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let socket = socket.map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let purpose = headers.get("sec-purpose").and_then(|value| value.to_str().ok());
    Browser {
        address: peer_address(socket, headers, &entrance.trusted_proxies),
        user_agent: user_agent.unwrap_or_default().trim().chars().take(USER_AGENT).collect(),
        device_mark: cookie(headers, device_cookie_name(&entrance.operations)),
        fetches_ahead: purpose.is_some_and(|purpose| purpose.starts_with("prefetch")),
        new_mark: Arc::default(),
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

fn device_cookie_name(operations: &Operations) -> &'static str {
    match operations.public_url.scheme() {
        "https" => "__Host-hookproof_device",
        _ => "hookproof_device",
    }
}

fn device_cookie(operations: &Operations, mark: &str) -> Option<HeaderValue> {
    let name = device_cookie_name(operations);
    let secure = if operations.public_url.scheme() == "https" {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!("{name}={mark}; HttpOnly; SameSite=Lax{secure}; Path=/; Max-Age={DEVICE_COOKIE_SECONDS}");
    HeaderValue::from_str(&cookie).ok()
}
