use hookproof::clock::Clock;
use model::Role;
use serde_json::{Value, json};

use crate::programs::{Programs, answer, header, redacted};
use crate::support::{PERSONA_SECRET, persona_event, receipt};

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_endpoint_is_added_changed_and_archived() {
    let programs = Programs::start().await;
    let new = json!({
        "provider": "peleza",
        "name": "Peleza production",
        "environment": "sandbox",
        "policy": {"on_untrusted": "reject"},
        "static_header": {"name": "X-Peleza", "value": "open sesame"},
        "networks": ["192.0.2.0/24"],
        "rate_limit": 20,
    });
    let added = programs.send("POST", "/api/v1/endpoints", &new).await;
    assert_eq!(added.status, 201);
    let path = format!("/api/v1/endpoints/{}", id(&added.body));
    assert_eq!(programs.get(&path).await.body, added.body);
    insta::assert_json_snapshot!("endpoint", redacted(added.body.clone()));

    let change = json!({"name": "Peleza", "policy": {"forward_unsigned": true}, "rate_limit": null, "enabled": false});
    let changed = programs.send("PATCH", &path, &change).await;
    assert_eq!(changed.status, 200);
    insta::assert_json_snapshot!("endpoint_changed", redacted(changed.body));
    let null = programs.send("PATCH", &path, &json!({"name": null})).await;
    assert_eq!(
        (null.status, null.body["errors"][0]["pointer"].as_str()),
        (422, Some("#/name"))
    );

    assert_eq!(answer(programs.request_as(Role::Admin, "DELETE", &path)).await.status, 204);
    assert_eq!(programs.get(&path).await.status, 404);
    assert_eq!(
        programs.get("/api/v1/endpoints").await.body,
        json!({"items": [], "next": null})
    );
    programs.app.end().await;
}

#[tokio::test]
async fn a_secret_goes_in_and_never_comes_out() {
    let programs = Programs::start().await;
    let new = json!({"provider": "persona", "name": "Persona"});
    let endpoint = id(&programs.send("POST", "/api/v1/endpoints", &new).await.body);
    let path = format!("/api/v1/endpoints/{endpoint}");
    let secrets = format!("{path}/secrets");
    let added = programs.send("POST", &secrets, &json!({"value": PERSONA_SECRET})).await;
    assert_eq!(added.status, 201);
    insta::assert_json_snapshot!("secret", redacted(added.body.clone()));
    let credentials = json!({"api_key": "persona_production_0123456789"});
    let set = programs.send("PUT", &format!("{path}/credentials"), &credentials).await;
    assert_eq!((set.status, set.body), (204, Value::Null));

    let listed = programs.get(&secrets).await.body;
    assert_eq!(listed["items"], json!([added.body]));
    for path in [&path, &secrets, "/api/v1/endpoints", "/api/v1/audit"] {
        let answer = programs.get(path).await.body.to_string();
        for secret in [PERSONA_SECRET, "persona_production_0123456789"] {
            assert!(!answer.contains(secret), "{path}: {answer}");
        }
    }
    let wrong = json!({"value": "", "expires_at": "2025-11-19T00:00:00Z", "not_before": "2025-11-20T00:00:00Z"});
    let wrong = programs.send("POST", &secrets, &wrong).await;
    insta::assert_json_snapshot!("secret_refused", wrong.body);
    let secret = format!("{secrets}/{}", id(&added.body));
    assert_eq!(answer(programs.request_as(Role::Admin, "DELETE", &secret)).await.status, 204);
    assert_eq!(answer(programs.request_as(Role::Admin, "DELETE", &secret)).await.status, 404);
    programs.app.end().await;
}

#[tokio::test]
async fn webhooks_are_listed_shown_and_downloaded() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let body = persona_event("evt_1");
    let webhook = receipt(programs.post_signed(&endpoint, &body).await).await;
    receipt(programs.post(&endpoint.url, &[], "not JSON").await).await;

    let list = programs.get("/api/v1/webhooks").await;
    assert_eq!(list.status, 200);
    insta::assert_json_snapshot!("webhooks", redacted(list.body));
    let path = format!("/api/v1/webhooks/{webhook}");
    let mut whole = redacted(programs.get(&path).await.body);
    whole["headers"] = json!(["the sender's"]);
    insta::assert_json_snapshot!("webhook", whole);

    let download = programs.request_as(Role::Operator, "GET", &format!("{path}/body"));
    let download = download.send().await.expect("an answer");
    assert_eq!(header(&download, "content-type"), "application/octet-stream");
    let disposition = format!("attachment; filename=\"webhook-{webhook}.bin\"");
    assert_eq!(header(&download, "content-disposition"), disposition);
    assert_eq!(download.text().await.expect("a body"), body);
    let audit = programs.get("/api/v1/audit?action=webhook.body_downloaded").await;
    insta::assert_json_snapshot!("audit", redacted(audit.body));
    programs.app.end().await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let mut posted = Vec::new();
    for number in 0..5 {
        let webhook = receipt(
            programs
                .post_signed(&endpoint, &persona_event(&format!("evt_{number}")))
                .await,
        )
        .await;
        posted.push(webhook.to_string());
        programs.persona().await;
    }
    posted.reverse();
    for (list, all) in [("webhooks", 5), ("endpoints", 6), ("audit", 12)] {
        let (mut read, mut next) = (Vec::new(), String::new());
        loop {
            let page = programs.get(&format!("/api/v1/{list}?limit=2{next}")).await.body;
            let items = page["items"].as_array().expect("items");
            assert!(items.len() <= 2, "{list}");
            read.extend(items.iter().cloned());
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        assert_eq!(read.len(), all, "{list}");
        let whole = programs.get(&format!("/api/v1/{list}")).await.body;
        assert_eq!(whole, json!({"items": read, "next": null}), "{list}");
        if list == "webhooks" {
            assert_eq!(read.iter().map(id).collect::<Vec<_>>(), posted);
        }
    }
    programs.app.end().await;
}

#[tokio::test]
async fn the_log_is_narrowed_by_what_the_console_narrows_it_by() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let signed = receipt(programs.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    let missing = receipt(programs.post(&endpoint.url, &[], persona_event("evt_2")).await).await;
    let check = async |query: &str, expected: &[model::WebhookId]| {
        let list = programs.get(&format!("/api/v1/webhooks?{query}")).await.body;
        let ids: Vec<_> = list["items"].as_array().expect("items").iter().map(id).collect();
        let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(ids, expected, "{query}");
    };
    check("provider=persona&provider=pleenk", &[missing, signed]).await;
    check("verdict=verified", &[signed]).await;
    check("verdict=missing&event_type=inquiry.*", &[missing]).await;
    check(
        &format!("endpoint={}&outcome=approved&subject=user-1042", endpoint.id),
        &[missing, signed],
    )
    .await;
    check("from=2025-11-20T12:00:00Z&to=2025-11-20T12:00:01Z", &[missing, signed]).await;
    check("to=2025-11-20T12:00:00Z", &[]).await;
    programs.app.end().await;
}

#[tokio::test]
async fn statistics_count_by_time_provider_verdict_and_outcome() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    receipt(programs.post_signed(&endpoint, &persona_event("evt_1")).await).await;
    receipt(programs.post(&endpoint.url, &[], "not JSON").await).await;
    programs.clock.advance_seconds(3600);
    receipt(programs.post_signed(&endpoint, &persona_event("evt_2")).await).await;
    let stats = programs
        .get("/api/v1/stats?from=2025-11-20T11:00:00Z&to=2025-11-20T14:00:00Z")
        .await;
    insta::assert_json_snapshot!("stats", stats.body);
    let too_many = programs.get("/api/v1/stats?from=2024-11-20T11:00:00Z&bucket=minute").await;
    assert_eq!(
        (too_many.status, &too_many.body["errors"][0]["pointer"]),
        (400, &json!("#/bucket"))
    );
    programs.app.end().await;
}

#[tokio::test]
async fn stored_webhooks_are_checked_again_after_a_secret_was_added() {
    let programs = Programs::start().await;
    let new = json!({"provider": "persona", "name": "Persona"});
    let added = programs.send("POST", "/api/v1/endpoints", &new).await.body;
    programs.directory.refresh().await.expect("read again");
    let (path, url) = (
        format!("/api/v1/endpoints/{}", id(&added)),
        added["url"].as_str().expect("a URL"),
    );
    let body = persona_event("evt_1");
    let signature = crate::support::persona_signature(programs.clock.now().as_seconds(), body.as_bytes());
    let headers = [("persona-signature", signature.as_str())];
    receipt(programs.post(url, &headers, body).await).await;
    let secret = json!({"value": PERSONA_SECRET});
    assert_eq!(programs.send("POST", &format!("{path}/secrets"), &secret).await.status, 201);

    let reverify = format!("{path}/reverify");
    let again = answer(programs.request_as(Role::Admin, "POST", &reverify)).await;
    assert_eq!((again.status, again.body), (200, json!({"checked": 1, "changed": 1})));
    let span = json!({"from": "2025-11-21T00:00:00Z"});
    assert_eq!(
        programs.send("POST", &reverify, &span).await.body,
        json!({"checked": 0, "changed": 0})
    );
    assert_eq!(
        programs.get("/api/v1/webhooks?verdict=verified").await.body["items"]
            .as_array()
            .expect("items")
            .len(),
        1
    );
    programs.app.end().await;
}

#[tokio::test]
async fn the_description_is_open_to_everyone() {
    let programs = Programs::start().await;
    let description = answer(programs.request("GET", "/api/v1/openapi.json")).await;
    assert_eq!(
        (description.status, description.content_type.as_str()),
        (200, "application/json")
    );
    assert_eq!(description.body["info"]["title"], "Hookproof");
    let mut references = Vec::new();
    find_references(&description.body, &mut references);
    assert!(references.len() > 20, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("it is in the same document");
        assert!(description.body.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let verdicts = &description.body["components"]["schemas"]["Verdict"]["enum"];
    assert_eq!(verdicts[0], "verified");
    programs.app.end().await;
}

fn find_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| find_references(item, found)),
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| find_references(member, found));
        }
        _ => {}
    }
}
