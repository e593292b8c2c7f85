use std::collections::BTreeMap;

use hookproof::api;
use model::Role;
use serde_json::{Value, json};

use crate::programs::{Programs, answer};

/// Whoever may call each operation, and a body that it takes. Every operation of the description must be in here.
fn expected() -> BTreeMap<&'static str, (Role, Option<Value>)> {
    let endpoint = json!({"provider": "persona", "name": "Persona"});
    let destination = json!({"name": "Onboarding", "url": "https://example.com/webhooks"});
    BTreeMap::from([
        ("list_endpoints", (Role::Viewer, None)),
        ("show_endpoint", (Role::Viewer, None)),
        ("list_secrets", (Role::Viewer, None)),
        ("list_webhooks", (Role::Viewer, None)),
        ("show_webhook", (Role::Viewer, None)),
        ("show_stats", (Role::Viewer, None)),
        ("follow_events", (Role::Viewer, None)),
        ("download_body", (Role::Operator, None)),
        ("add_endpoint", (Role::Admin, Some(endpoint))),
        ("change_endpoint", (Role::Admin, Some(json!({"name": "Other"})))),
        ("archive_endpoint", (Role::Admin, None)),
        ("add_secret", (Role::Admin, Some(json!({"value": "wbhsec_1"})))),
        ("remove_secret", (Role::Admin, None)),
        ("set_credentials", (Role::Admin, Some(json!({"api_key": "key"})))),
        ("reverify", (Role::Admin, Some(json!({})))),
        ("reconcile", (Role::Operator, Some(json!({})))),
        ("show_reconcile", (Role::Viewer, None)),
        ("cancel_reconcile", (Role::Operator, None)),
        ("store_missing", (Role::Operator, None)),
        ("refetch_webhook", (Role::Operator, None)),
        ("show_record", (Role::Viewer, None)),
        ("download_record", (Role::Operator, None)),
        ("show_subject", (Role::Viewer, None)),
        ("erase_subject", (Role::Admin, None)),
        ("export_subject", (Role::Admin, None)),
        ("list_audit", (Role::Admin, None)),
        ("list_destinations", (Role::Viewer, None)),
        ("show_destination", (Role::Viewer, None)),
        ("list_deliveries", (Role::Viewer, None)),
        ("show_delivery", (Role::Viewer, None)),
        ("show_resend", (Role::Viewer, None)),
        ("resend_webhook", (Role::Operator, Some(json!({})))),
        ("release_webhook", (Role::Operator, None)),
        ("retry_delivery", (Role::Operator, None)),
        ("cancel_delivery", (Role::Operator, None)),
        ("start_resend", (Role::Operator, Some(json!({"filter": {}})))),
        ("cancel_resend", (Role::Operator, None)),
        ("add_destination", (Role::Admin, Some(destination))),
        ("change_destination", (Role::Admin, Some(json!({"name": "Other"})))),
        ("archive_destination", (Role::Admin, None)),
        ("rotate_destination_secret", (Role::Admin, None)),
        ("enable_destination", (Role::Admin, Some(json!({"send_waiting": false})))),
        ("disable_destination", (Role::Admin, None)),
        ("test_destination", (Role::Admin, None)),
    ])
}

#[tokio::test]
async fn each_call_is_answered_to_those_who_may_and_to_nobody_else() {
    let programs = Programs::start().await;
    let mut expected = expected();
    let description = serde_json::to_value(api::description()).expect("plain data");
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, call) in methods.as_object().expect("methods") {
            let name = call["operationId"].as_str().expect("every call has a name");
            let (needs, body) = expected.remove(name).unwrap_or_else(|| panic!("who may call {name}?"));
            // Nothing has this id: what is allowed finds nothing, and what is not does not even look.
            let id = "01930000-0000-7000-8000-000000000000";
            let path = path
                .replace("{id}", id)
                .replace("{secret}", id)
                .replace("{subject}", "nobody");
            for caller in [None, Some(Role::Viewer), Some(Role::Operator), Some(Role::Admin)] {
                let method = method.to_uppercase();
                let mut request = match caller {
                    None => programs.request(&method, &path),
                    Some(role) => programs.request_as(role, &method, &path),
                };
                if let Some(body) = &body {
                    request = request.json(body);
                }
                let status = request.send().await.expect("an answer").status().as_u16();
                let said = format!("{method} {path} as {caller:?}: {status}");
                match caller {
                    None => assert_eq!(status, 401, "{said}"),
                    Some(role) if role < needs => assert_eq!(status, 403, "{said}"),
                    Some(_) => assert!(matches!(status, 200..=299 | 404), "{said}"),
                }
            }
        }
    }
    assert!(expected.is_empty(), "no such calls: {expected:?}");
    programs.app.end().await;
}

#[tokio::test]
async fn a_token_counts_while_it_is_live_and_its_user_is_not_disabled() {
    let programs = Programs::start().await;
    let actor = hookproof::operation::Actor::command_line();
    for authorization in ["", "Bearer", "Bearer ", "Bearer hp_", "Basic aHA6aHA=", "hp_x"] {
        let request = programs
            .request("GET", "/api/v1/webhooks")
            .header("authorization", authorization);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 401, "{authorization:?}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
    }
    let token = programs.token(Role::Viewer);
    let lower_case = programs
        .request("GET", "/api/v1/webhooks")
        .header("authorization", format!("bearer {token}"));
    assert_eq!(answer(lower_case).await.status, 200);

    let viewer = programs
        .operations
        .user_named(&actor, "viewer@example.com")
        .await
        .expect("there");
    let disabled = programs.operations.set_user_disabled(&actor, viewer.id, true).await;
    disabled.expect("disabled");
    let refused = answer(programs.request_as(Role::Viewer, "GET", "/api/v1/webhooks")).await;
    assert_eq!(refused.status, 401);
    programs.app.end().await;
}

#[tokio::test]
async fn a_cookie_is_no_way_into_the_api() {
    let programs = Programs::start().await;
    let token = programs.token(Role::Admin);
    let request = programs
        .request("GET", "/api/v1/endpoints")
        .header("cookie", format!("hookproof={token}; token={token}"));
    assert_eq!(answer(request).await.status, 401);
    programs.app.end().await;
}
