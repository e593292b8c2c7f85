use hookproof::operation::Actor;
use model::Role;
use reqwest::Method;

use crate::support::TestApp;
use crate::support::browser::Browser;

const INVITE: [(&str, &str); 2] = [("email", "eve@example.com"), ("role", "admin")];

/// Posts to a server function that changes something, and says with what status it was answered.
async fn status(browser: &Browser, headers: &[(&str, &str)]) -> u16 {
    let mut request = browser.form("users/invite", &INVITE);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request).await.status().as_u16()
}

#[tokio::test]
async fn only_what_a_page_of_the_console_sends_changes_anything() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Admin).await;
    let own = browser.base.clone();
    let foreign = "https://example.com";
    for refused in [
        vec![],
        vec![("origin", foreign)],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site"), ("origin", foreign)],
        vec![("sec-fetch-site", "same-site"), ("origin", &own)],
        vec![("sec-fetch-site", "none"), ("origin", &own)],
        vec![("referer", &own)],
        vec![("x-requested-with", "XMLHttpRequest")],
    ] {
        assert_eq!(status(&browser, &refused).await, 403, "{refused:?}");
    }
    assert_eq!(app.operations.users(&Actor::command_line()).await.expect("read").len(), 1);

    assert_eq!(status(&browser, &[("origin", &own)]).await, 200);
    assert_eq!(
        status(&browser, &[("sec-fetch-site", "same-origin")]).await,
        409,
        "it was done before"
    );
    assert_eq!(app.operations.users(&Actor::command_line()).await.expect("read").len(), 2);
    app.end().await;
}

#[tokio::test]
async fn a_get_is_a_get_whatever_it_says_of_itself() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Admin).await;
    let query = "email=eve%40example.com&role=admin&_method=POST";
    for header in ["x-http-method-override", "x-method-override", "x-http-method"] {
        let path = format!("/console/users/invite?{query}");
        let request = browser.request(Method::GET, &path).header(header, "POST");
        let status = browser.send(request).await.status().as_u16();
        assert!((400..500).contains(&status), "{header}: {status}");
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = browser
            .request(method.clone(), "/console/users/invite")
            .header("x-http-method-override", "GET");
        assert_eq!(browser.send(request).await.status(), 403, "{method}");
    }
    assert_eq!(app.operations.users(&Actor::command_line()).await.expect("read").len(), 1);
    app.end().await;
}

#[tokio::test]
async fn another_site_cannot_sign_anyone_in_or_out() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Admin).await;
    for function in ["sign_in", "sign_out", "link/use"] {
        let request = browser.form(function, &[]).header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request).await.status(), 403, "{function}");
    }
    assert!(browser.is_in().await);
    app.end().await;
}

#[tokio::test]
async fn every_page_tells_the_browser_to_be_careful() {
    let app = TestApp::start().await;
    let browser = app.signed_in("ada@example.com", Role::Admin).await;
    for path in ["/webhooks", "/sign-in", "/nowhere", "/favicon.svg"] {
        let response = browser.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(response.headers()[name], value, "{name} of {path}");
        }
        assert!(response.headers().contains_key("permissions-policy"), "{path}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_form_has_an_end() {
    let app = TestApp::start().await;
    let email = "a".repeat(300 * 1024);
    let response = app.browser().sign_in(&email, "a password").await;
    assert_eq!(response.status(), 413);
    app.end().await;
}
