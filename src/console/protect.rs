//! What is said to every browser, and which requests are refused before anyone asks who sent them.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::ingest::{self, Limits};

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers that make a browser careful, and says what it may keep.
pub async fn add_headers(State(public_url): State<Url>, request: Request, next: Next) -> Response {
    let is_built_file = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    // The names of built files carry a hash of what is in them; pages show what is true now, and to one person.
    let cache = if is_built_file && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(cache));
    if public_url.scheme() == "https" {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// Takes in what is sent before anyone waits for it: whoever announces a body and does not send it would keep one of the
/// server's places for as long as they like.
pub async fn take_in(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match ingest::read_body(&head.headers, body, &limits).await {
        Ok(body) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Refuses whatever could change something and was not sent by a page of this console.
///
/// Browsers say so themselves in `Sec-Fetch-Site`, which no page can set. Those that do not send it, send `Origin`. A
/// request with neither is refused too: a program has the API.
pub async fn refuse_foreign(State(public_url): State<Url>, request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if only_reads || is_own(request.headers(), &public_url) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "This request was not sent by a page of this console.\n",
    )
        .into_response()
}

fn is_own(headers: &HeaderMap, public_url: &Url) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    if origin == public_url.origin().ascii_serialization() {
        return true;
    }
    // With https in front, a page that came without it is another site's, whatever its name.
    let authority = match origin.split_once("://") {
        Some(("https", authority)) => authority,
        Some(("http", authority)) if public_url.scheme() == "http" => authority,
        _ => return false,
    };
    text(header::HOST) == Some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public_url: &str, headers: &[(&'static str, &'static str)], expected: bool) {
        let mut map = HeaderMap::new();
        map.insert("host", HeaderValue::from_static("hooks.example.com"));
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let url = Url::parse(public_url).expect("a URL");
        assert_eq!(is_own(&map, &url), expected, "{headers:?} at {public_url}");
    }

    #[test]
    fn what_a_browser_says_of_the_site_decides() {
        let url = "https://hooks.example.com";
        let own = ("origin", "https://hooks.example.com");
        check(url, &[("sec-fetch-site", "same-origin")], true);
        check(url, &[("sec-fetch-site", "same-origin"), ("origin", "null")], true);
        for site in ["cross-site", "same-site", "none", "", "same-origin, same-origin"] {
            check(url, &[("sec-fetch-site", site), own], false);
        }
    }

    #[test]
    fn without_that_the_origin_must_be_the_host() {
        let url = "https://hooks.example.com";
        check(url, &[("origin", "https://hooks.example.com")], true);
        check(url, &[("origin", "http://hooks.example.com")], false);
        check(url, &[("origin", "https://hooks.example.com.example.org")], false);
        check(url, &[("origin", "https://hooks.example.com:8443")], false);
        check(url, &[("origin", "null")], false);
        check(url, &[], false);
        // Opened by another name than the public one, such as the machine's.
        check("http://127.0.0.1:3000", &[("origin", "http://hooks.example.com")], true);
        check("http://127.0.0.1:3000", &[("origin", "https://hooks.example.com")], true);
        check("http://127.0.0.1:3000", &[("origin", "http://127.0.0.1:3000")], true);
    }
}
