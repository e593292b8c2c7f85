//! Every server function and every page with every role and with none. What a program may do is in the API's tests.

use std::collections::BTreeSet;

use leptos::server_fn::axum::server_fn_paths;
use model::Role;
use reqwest::{Method, Response};

use crate::support::TestApp;
use crate::support::browser::Browser;

/// Of nothing that there is: who may go on is told so.
const ID: &str = "019a9f8e-0000-7000-8000-000000000000";

/// Each with a form that it can read, and the least role that may call it; `None` where nobody needs to be signed in.
const FUNCTIONS: &[(&str, &str, Option<Role>)] = &[
    ("sign_in", "email=a%40example.com&password=x", None),
    ("sign_in/second_factor", "code=1", None),
    ("sign_out", "", None),
    ("link/use", "token=x&password=x&repeat=x", None),
    ("webhooks/count_newer", "filter=&after={id}", Some(Role::Viewer)),
    ("webhooks/reveal", "id={id}", Some(Role::Operator)),
    ("webhooks/resend", "webhooks[]={id}", Some(Role::Operator)),
    ("webhooks/release", "webhooks[]={id}", Some(Role::Operator)),
    (
        "webhooks/bulk",
        "action=resend&filter=verdict%3Dinvalid&last={id}",
        Some(Role::Operator),
    ),
    ("webhooks/refetch", "id={id}", Some(Role::Operator)),
    ("webhooks/refetch_selected", "webhooks[]={id}", Some(Role::Operator)),
    ("records/reveal", "id={id}&webhook={id}", Some(Role::Operator)),
    ("subjects/erase", "subject=nobody&typed=nobody", Some(Role::Admin)),
    ("resends/cancel", "id={id}", Some(Role::Operator)),
    ("resends/progress", "id={id}", Some(Role::Viewer)),
    ("deliveries/retry", "id={id}", Some(Role::Operator)),
    ("deliveries/cancel", "id={id}", Some(Role::Operator)),
    ("destinations/add", "name=&url=", Some(Role::Admin)),
    ("destinations/change", "id={id}&name=x&url=x", Some(Role::Admin)),
    ("destinations/disable", "id={id}", Some(Role::Admin)),
    ("destinations/enable", "id={id}&send_waiting=true", Some(Role::Admin)),
    ("destinations/archive", "id={id}", Some(Role::Admin)),
    ("destinations/rotate", "id={id}", Some(Role::Admin)),
    ("destinations/test", "id={id}", Some(Role::Admin)),
    ("endpoints/add", "provider=persona&name=", Some(Role::Admin)),
    ("endpoints/change", "id={id}&name=x", Some(Role::Admin)),
    ("endpoints/switch", "id={id}&enabled=true", Some(Role::Admin)),
    ("endpoints/archive", "id={id}", Some(Role::Admin)),
    ("endpoints/secrets/add", "id={id}&value=x", Some(Role::Admin)),
    ("endpoints/secrets/end", "id={id}&secret={id}", Some(Role::Admin)),
    ("endpoints/secrets/remove", "id={id}&secret={id}", Some(Role::Admin)),
    ("endpoints/credentials", "id={id}&api_key=x", Some(Role::Admin)),
    ("endpoints/reverify", "id={id}", Some(Role::Admin)),
    ("endpoints/reverify/cancel", "id={id}", Some(Role::Admin)),
    ("endpoints/reverify/progress", "id={id}", Some(Role::Viewer)),
    ("endpoints/reconcile", "id={id}", Some(Role::Operator)),
    ("endpoints/reconcile/cancel", "id={id}", Some(Role::Operator)),
    ("endpoints/reconcile/store", "id={id}", Some(Role::Operator)),
    ("endpoints/reconcile/progress", "id={id}", Some(Role::Viewer)),
    ("endpoints/is_waiting", "id={id}", Some(Role::Viewer)),
    ("account/password", "current=x&new=y&repeat=y", Some(Role::Viewer)),
    ("account/second_factor/begin", "password=x", Some(Role::Viewer)),
    ("account/second_factor/confirm", "code=1", Some(Role::Viewer)),
    ("account/second_factor/remove", "password=x", Some(Role::Viewer)),
    ("account/sessions/end", "key=x", Some(Role::Viewer)),
    ("account/sessions/end_others", "", Some(Role::Viewer)),
    ("account/tokens/add", "name=&password=x", Some(Role::Viewer)),
    ("account/tokens/revoke", "id={id}", Some(Role::Viewer)),
    ("users/invite", "email=x&role=viewer", Some(Role::Admin)),
    ("users/role", "id={id}&role=viewer", Some(Role::Admin)),
    ("users/disable", "id={id}&disabled=true", Some(Role::Admin)),
    ("users/reset_link", "id={id}", Some(Role::Admin)),
    ("users/reset_second_factor", "id={id}", Some(Role::Admin)),
];

const PAGES: &[(&str, Role)] = &[
    ("/", Role::Viewer),
    ("/webhooks", Role::Viewer),
    ("/webhooks/bulk?action=resend", Role::Operator),
    ("/webhooks/bulk?action=refetch", Role::Operator),
    ("/resends/{id}", Role::Viewer),
    ("/deliveries", Role::Viewer),
    ("/deliveries/{id}", Role::Viewer),
    ("/destinations", Role::Viewer),
    ("/destinations/new", Role::Admin),
    ("/destinations/{id}", Role::Viewer),
    ("/webhooks/{id}", Role::Viewer),
    ("/webhooks/{id}/body", Role::Operator),
    ("/records/{id}/body", Role::Operator),
    ("/subjects", Role::Viewer),
    ("/subjects/nobody", Role::Viewer),
    ("/subjects/nobody/export", Role::Admin),
    ("/endpoints", Role::Viewer),
    ("/endpoints/new", Role::Admin),
    ("/endpoints/new?provider=peleza", Role::Admin),
    ("/endpoints/{id}", Role::Viewer),
    ("/account", Role::Viewer),
    ("/users", Role::Admin),
    ("/audit", Role::Admin),
];

#[test]
fn no_server_function_is_missing_here() {
    let known: BTreeSet<_> = FUNCTIONS.iter().map(|(name, ..)| format!("/console/{name}")).collect();
    let all: BTreeSet<_> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(all, known);
}

#[tokio::test]
async fn a_server_function_does_nothing_for_a_lesser_role() {
    let app = TestApp::start().await;
    let methods: Vec<_> = server_fn_paths().collect();
    for role in [None, Some(Role::Viewer), Some(Role::Operator), Some(Role::Admin)] {
        let browser = browser(&app, role).await;
        for (name, form, needs) in FUNCTIONS {
            let Some(needs) = needs else { continue };
            let path = format!("/console/{name}");
            let method = methods
                .iter()
                .find(|(registered, _)| *registered == path)
                .map(|(_, method)| method.clone());
            let status = call(&browser, method.expect("registered"), &path, form)
                .await
                .status()
                .as_u16();
            check(status, role, *needs, name);
        }
    }
    app.end().await;
}

#[tokio::test]
async fn a_page_shows_nothing_to_a_lesser_role() {
    let app = TestApp::start().await;
    for role in [None, Some(Role::Viewer), Some(Role::Operator), Some(Role::Admin)] {
        let browser = browser(&app, role).await;
        for (path, needs) in PAGES {
            let status = match browser.get(&path.replace("{id}", ID)).await.status().as_u16() {
                303 => 401,
                status => status,
            };
            check(status, role, *needs, path);
        }
    }
    app.end().await;
}

fn check(status: u16, role: Option<Role>, needs: Role, what: &str) {
    match role {
        None => assert_eq!(status, 401, "{what} with no role"),
        Some(role) if role < needs => assert_eq!(status, 403, "{what} as {role}"),
        // What is asked for is not there or cannot be taken: that is told only to those who may know.
        Some(role) => assert!(matches!(status, 200 | 404 | 409 | 422), "{what} as {role}: {status}"),
    }
}

async fn browser(app: &TestApp, role: Option<Role>) -> Browser {
    match role {
        Some(role) => app.signed_in(&format!("{role}@example.com"), role).await,
        None => app.browser(),
    }
}

async fn call(browser: &Browser, method: Method, path: &str, form: &str) -> Response {
    let form = form.replace("{id}", ID);
    let request = if method == Method::GET {
        browser.request(method, &format!("{path}?{form}"))
    } else {
        let request = browser.request(method, path).body(form);
        request.header("content-type", "application/x-www-form-urlencoded")
    };
    browser.send(request.header("sec-fetch-site", "same-origin")).await
}
