use model::Role;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::programs::{Programs, answer, header, redacted};

const ENDPOINTS: &str = "/api/v1/endpoints";
const NOTHING: &str = "/api/v1/webhooks/01930000-0000-7000-8000-000000000000";

/// The problem that a call is answered with, as everything that RFC 9457 wants it to be.
async fn problem(request: RequestBuilder, status: u16) -> Value {
    let answer = answer(request).await;
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.content_type, "application/problem+json", "{answer:?}");
    assert_eq!(answer.body["status"], status, "{answer:?}");
    assert!(
        answer.body["title"].is_string() && answer.body["type"].is_string(),
        "{answer:?}"
    );
    answer.body
}

#[tokio::test]
async fn every_error_is_a_problem_that_says_what_to_do() {
    let programs = Programs::start().await;
    let get = |path: &str| programs.request_as(Role::Admin, "GET", path);
    let post = |body: &Value| programs.request_as(Role::Admin, "POST", ENDPOINTS).json(body);
    let text = |body: &'static str| {
        let request = programs.request_as(Role::Admin, "POST", ENDPOINTS);
        request.header("content-type", "application/json").body(body)
    };
    let viewer = programs.request_as(Role::Viewer, "POST", ENDPOINTS);
    let unsigned = programs.request("GET", ENDPOINTS);
    let other = programs.request_as(Role::Admin, "PUT", ENDPOINTS);
    let persona = json!({"provider": "persona", "name": "Persona"});
    let form = programs
        .request_as(Role::Admin, "POST", ENDPOINTS)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=Persona");
    let long = json!({"provider": "persona", "name": "x".repeat(1024 * 1024)});
    let header = json!({"provider": "peleza", "name": "Peleza", "static_header": {"name": "x y", "value": ""}});
    let all = [
        ("not signed in", problem(unsigned, 401).await),
        ("too small a role", problem(viewer.json(&persona), 403).await),
        ("nothing there", problem(get("/api/v1/nothing?x"), 404).await),
        ("another version", problem(get("/api/v2/webhooks"), 404).await),
        ("the top", problem(get("/api"), 404).await),
        ("no such webhook", problem(get(NOTHING), 404).await),
        ("another method", problem(other, 405).await),
        ("an id that is none", problem(get("/api/v1/webhooks/first"), 400).await),
        ("a path that is not text", problem(get("/api/v1/webhooks/%ff"), 400).await),
        ("a limit that is none", problem(get("/api/v1/webhooks?limit=0"), 400).await),
        (
            "a cursor that is none",
            problem(get("/api/v1/webhooks?cursor=newest"), 400).await,
        ),
        (
            "several parameters",
            problem(get("/api/v1/webhooks?verdict=good&from=yesterday&page=2&outcome="), 400).await,
        ),
        ("a parameter twice", problem(get("/api/v1/audit?limit=1&limit=2"), 400).await),
        ("no JSON", problem(text("{\"name\": "), 400).await),
        (
            "two JSONs",
            problem(text("{\"provider\": \"persona\", \"name\": \"Persona\"} {}"), 400).await,
        ),
        ("no content type", problem(form, 415).await),
        ("too long", problem(post(&long), 413).await),
        (
            "a field that is missing",
            problem(post(&json!({"provider": "persona"})), 422).await,
        ),
        (
            "a field that nobody asked for",
            problem(post(&json!({"provider": "persona", "name": "Persona", "secret": "x"})), 422).await,
        ),
        (
            "a wrong type deep inside",
            problem(
                post(&json!({"provider": "persona", "name": "Persona", "networks": ["10.0.0.0/8", 7]})),
                422,
            )
            .await,
        ),
        (
            "an array of the fields",
            problem(post(&json!(["persona", "Persona"])), 422).await,
        ),
        (
            "an array of the fields inside",
            problem(
                post(&json!({"provider": "persona", "name": "Persona", "policy": ["hold"]})),
                422,
            )
            .await,
        ),
        (
            "what the operation refuses",
            problem(post(&json!({"provider": "nobody", "name": "Nobody"})), 422).await,
        ),
        ("several fields", problem(post(&header), 422).await),
    ];
    let all: serde_json::Map<_, _> = all
        .into_iter()
        .map(|(name, problem)| (name.to_owned(), redacted(problem)))
        .collect();
    insta::assert_json_snapshot!("problems", all);
    programs.app.end().await;
}

#[tokio::test]
async fn the_methods_that_an_address_answers_to_are_named() {
    let programs = Programs::start().await;
    for (method, path, allowed) in [
        ("PUT", ENDPOINTS, "GET,HEAD,POST"),
        ("POST", NOTHING, "GET,HEAD"),
        ("PATCH", "/api/v1/openapi.json", "GET,HEAD"),
    ] {
        let response = programs
            .request_as(Role::Admin, method, path)
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(header(&response, "allow"), allowed, "{method} {path}");
    }
    programs.app.end().await;
}

#[tokio::test]
async fn no_answer_may_be_kept_or_read_by_another_site() {
    let programs = Programs::start().await;
    for path in [ENDPOINTS, NOTHING, "/api/v1/nothing", "/api/v1/openapi.json"] {
        let request = programs
            .request_as(Role::Admin, "GET", path)
            .header("origin", "https://example.com");
        let response = request.send().await.expect("an answer");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{path}");
        assert_eq!(header(&response, "set-cookie"), "", "{path}");
    }
    programs.app.end().await;
}
