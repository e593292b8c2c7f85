use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets only requests to a loopback name through to the pages, and adds what the cache of a browser must know.
///
/// There are no accounts in this version, so the console is for this machine alone. The server listens on loopback only;
/// the name is checked as well, because a reverse proxy could pass everything on, and a web page can make its own name
/// resolve to 127.0.0.1 (DNS rebinding).
pub async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(is_loopback) {
        let text = "The console has no accounts yet and is only for the machine that it runs on: open http://127.0.0.1.\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let is_built_file = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    // The names of built files carry a hash of what is in them; pages show what is true now.
    let cache = if is_built_file && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(header::HeaderValue::from_static(cache));
    response
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_reach_the_console() {
        for host in [
            "localhost",
            "localhost:3000",
            "127.0.0.1",
            "127.0.0.1:3000",
            "127.8.8.8",
            "[::1]",
            "[::1]:3000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "hooks.example.com",
            "127.0.0.1.example.com",
            "192.0.2.1:3000",
            "localhost.example.com",
            "[2001:db8::1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
