//! Erasing a person through the API of a running server: afterwards no file of the installation holds what was erased.

use std::path::Path;

use hookproof::delivery::Worker as Forwarder;
use hookproof::operation::{Actor, OperationError};
use hookproof::webhooks::Payload;
use model::Role;
use serde_json::{Value, json};

use crate::elsewhere::{self, Elsewhere};
use crate::programs::{Programs, answer};
use crate::refetch::{API_KEY, Asking};
use crate::support::{new_endpoint, receipt};

const SUBJECT: &str = "customer-7731";
const NAME: &str = "Augusta Byron-King";
const EMAIL: &str = "augusta.7731@example.com";
const RESOURCES: [&str; 2] = ["inq_of_7731", "khz7731vqr0023ptx"];
/// In the bodies of webhooks and records and nowhere else.
const BODY: &str = "only in a body 58c1";
/// In what destinations answered and nowhere else.
const ANSWER: &str = "only in an answer 0d9e";
/// Of somebody else, who stays.
const OTHER: &str = "customer-8842";

/// What of `needles` any file of the folder holds, as `needle in file`.
fn found(folder: &Path, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let holds = |needle: &&&str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        found.extend(needles.iter().filter(holds).map(|needle| format!("{needle} in {name}")));
    }
    found
}

fn persona_event(id: &str, inquiry: &str, subject: &str, name: &str, email: &str) -> String {
    let attributes =
        json!({"status": "approved", "reference-id": subject, "name-first": name, "email-address": email, "note": BODY});
    let payload = json!({"data": {"type": "inquiry", "id": inquiry, "attributes": attributes}});
    let event = json!({"name": "inquiry.approved", "created-at": "2025-11-20T11:59:58.000Z", "payload": payload});
    json!({"data": {"type": "event", "id": id, "attributes": event}}).to_string()
}

/// Tells of the person and of somebody else at two providers, asks again, forwards, resends and cancels.
async fn fill(asking: &Asking, destination: &Elsewhere) {
    let Asking {
        programs,
        provider,
        endpoint,
        ..
    } = asking;
    // Only of the webhook that it was sent, so that another's answer does not tell of the person.
    destination.says("/", 500, format!("{ANSWER}: cannot read {}", elsewhere::BODY));
    let new = json!({"name": "Onboarding", "url": destination.url, "schedule": [0, 86400]});
    assert_eq!(programs.send("POST", "/api/v1/destinations", &new).await.status, 201);

    let authento = programs.add_endpoint(new_endpoint("authento", None)).await;
    let credentials = json!({"api_key": API_KEY, "api_secret": API_KEY, "base_url": provider.url});
    let path = format!("/api/v1/endpoints/{}/credentials", authento.id);
    assert_eq!(programs.send("PUT", &path, &credentials).await.status, 204);

    let mine = persona_event("evt_1", RESOURCES[0], SUBJECT, NAME, EMAIL);
    let theirs = persona_event("evt_2", "inq_of_8842", OTHER, "Somebody Else", "else@example.com");
    let mine = receipt(programs.post_signed(endpoint, &mine).await).await;
    receipt(programs.post_signed(endpoint, &theirs).await).await;
    let user = json!({"event": "REVIEWED", "userId": RESOURCES[1], "userIdentifier": SUBJECT, "type": "INDIVIDUAL",
        "status": {"basic": "VERIFIED"}, "timeCreated": 1_763_639_000.5, "email": EMAIL, "note": BODY});
    let unsigned = receipt(programs.post(&authento.url, &[("x-of", NAME)], user.to_string()).await).await;

    let attributes = json!({"status": "approved", "reference-id": SUBJECT, "name-first": NAME, "note": BODY});
    provider.says(
        "/inquiries/",
        200,
        json!({"data": {"type": "inquiry", "id": RESOURCES[0], "attributes": attributes}}),
    );
    let result = json!({"id": RESOURCES[1], "status": {"basic": "VERIFIED"}, "email": EMAIL, "name": NAME, "note": BODY});
    provider.says("/userinfo/full", 200, json!({"success": true, "result": result}));
    for webhook in [mine, unsigned] {
        let fetched = asking.refetch(&format!("/api/v1/webhooks/{webhook}")).await;
        assert_eq!(fetched.status, 200, "{fetched:?}");
    }
    forward(programs, 2).await;

    // What names the subject by other ways: a bulk resend, and whoever looked at the person.
    let bulk = json!({"filter": {"subject": SUBJECT}});
    let started = programs.send("POST", "/api/v1/resends", &bulk).await;
    assert_eq!(started.status, 202, "{started:?}");
    for path in ["body", "refetch"] {
        let method = if path == "body" { "GET" } else { "POST" };
        let call = programs.request_as(Role::Operator, method, &format!("/api/v1/webhooks/{mine}/{path}"));
        assert_eq!(call.send().await.expect("an answer").status(), 200, "{path}");
    }
    let exported = programs.get(&format!("/api/v1/subjects/{SUBJECT}/export")).await;
    assert_eq!(exported.status, 200, "{exported:?}");
}

/// Lets the forwarder run until so many attempts were answered.
async fn forward(programs: &Programs, attempts: usize) {
    let operations = &programs.operations;
    let forwarder = Forwarder::start(
        programs.store.clone(),
        operations.clock.clone(),
        programs.ids.clone(),
        programs.directory.clone(),
        operations.forwarding.clone(),
    );
    loop {
        let list = programs.get("/api/v1/deliveries").await.body;
        let items = list["items"].as_array().expect("a list");
        if items.iter().filter(|delivery| delivery["attempts"] == 1).count() >= attempts {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    forwarder.stop().await;
}

#[tokio::test]
async fn after_an_erasure_no_file_holds_what_was_erased_and_the_rest_is_as_it_was() {
    let (asking, destination) = (Asking::start().await, Elsewhere::start().await);
    fill(&asking, &destination).await;
    let programs = &asking.programs;
    let folder = programs.folder.path();
    let needles = [SUBJECT, NAME, EMAIL, RESOURCES[0], RESOURCES[1], BODY, ANSWER];
    for needle in needles {
        assert!(!found(folder, &[needle]).is_empty(), "{needle} was never there");
    }
    let log = column(
        &programs.get("/api/v1/webhooks").await.body,
        &["id", "received_at", "event_type", "provider"],
    );
    let others = programs.get(&format!("/api/v1/subjects/{OTHER}")).await.body;

    let path = format!("/api/v1/subjects/{SUBJECT}");
    for role in [Role::Viewer, Role::Operator] {
        assert_eq!(answer(programs.request_as(role, "DELETE", &path)).await.status, 403, "{role}");
    }
    let erased = answer(programs.request_as(Role::Admin, "DELETE", &path)).await;
    assert_eq!((erased.status, erased.body), (200, json!({"webhooks": 2, "records": 3})));
    // The note of the body is also in the other's webhook, which stays.
    let gone = [SUBJECT, NAME, EMAIL, RESOURCES[0], RESOURCES[1]];
    assert_eq!(found(folder, &gone), Vec::<String>::new());

    let after = programs.get("/api/v1/webhooks").await.body;
    assert_eq!(column(&after, &["id", "received_at", "event_type", "provider"]), log);
    assert_eq!(programs.get(&format!("/api/v1/subjects/{OTHER}")).await.body, others);
    assert_eq!(programs.get(&path).await.status, 404);
    asking_is_refused(&asking, &after).await;

    // Once more, for what may have come meanwhile: there is nothing, and that is no error.
    let again = answer(programs.request_as(Role::Admin, "DELETE", &path)).await;
    assert_eq!((again.status, again.body), (200, json!({"webhooks": 0, "records": 0})));
    let audit = programs.get("/api/v1/audit?action=subject.erased").await.body;
    let entries = audit["items"].as_array().expect("a list");
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (&entries[1]["target"]["name"], &entries[1]["actor"]["name"]),
        (&json!("a subject"), &json!("admin@example.com/program"))
    );
    let other = answer(programs.request_as(Role::Admin, "DELETE", &format!("/api/v1/subjects/{OTHER}"))).await;
    assert_eq!(other.status, 200);
    assert_eq!(found(folder, &needles), Vec::<String>::new());
    asking.end().await;
}

/// Nothing is done any more with a webhook that was erased.
async fn asking_is_refused(asking: &Asking, log: &Value) {
    let rows = log["items"].as_array().expect("a list");
    let erased: Vec<_> = rows.iter().filter(|row| !row["erased_at"].is_null()).collect();
    assert_eq!(erased.len(), 2);
    for row in erased {
        let path = format!("/api/v1/webhooks/{}", row["id"].as_str().expect("an id"));
        let call = async |method: &str, verb: &str| {
            let request = asking.programs.request_as(Role::Operator, method, &format!("{path}/{verb}"));
            answer(request).await.status
        };
        assert_eq!(call("GET", "body").await, 410);
        assert_eq!(call("POST", "refetch").await, 409);
        assert_eq!(call("POST", "resend").await, 409);
        let id = row["id"].as_str().expect("an id").parse().expect("an id");
        let operations = &asking.programs.operations;
        let payload = operations.masked_body(&Actor::command_line(), id).await;
        assert_eq!(payload.expect("shown as empty"), Payload::default());
        let refused = operations.reveal(&Actor::command_line(), id).await;
        assert!(matches!(refused, Err(OperationError::Gone(_))), "{refused:?}");
        let page = asking.programs.signed_in(&format!("{id}@example.com"), Role::Operator).await;
        assert_eq!(page.get(&format!("/webhooks/{id}")).await.status(), 200);
        assert_eq!(page.get(&format!("/webhooks/{id}/body")).await.status(), 410);
        let whole = asking.programs.get(&path).await.body;
        assert_eq!(
            (&whole["subject"], &whole["resource"], &whole["headers"]),
            (&Value::Null, &Value::Null, &json!([]))
        );
        assert_eq!(whole["records"], json!([]));
        // That there was a record is told, and no id that leads nowhere.
        let rests_on = &whole["evidence"]["record"];
        assert!(rests_on["fetched_at"].is_string() && rests_on["record"].is_null(), "{whole}");
        for delivery in whole["deliveries"].as_array().expect("a list") {
            let path = format!("/api/v1/deliveries/{}", delivery["id"].as_str().expect("an id"));
            let retry = asking.programs.request_as(Role::Operator, "POST", &format!("{path}/retry"));
            assert_eq!(answer(retry).await.status, 409);
        }
    }
}

fn column(list: &Value, names: &[&str]) -> Vec<Vec<Value>> {
    let rows = list["items"].as_array().expect("a list").iter();
    rows.map(|row| names.iter().map(|name| row[*name].clone()).collect())
        .collect()
}

#[tokio::test]
async fn an_export_holds_everything_of_a_person_and_no_secret() {
    let (asking, destination) = (Asking::start().await, Elsewhere::start().await);
    fill(&asking, &destination).await;
    let programs = &asking.programs;
    let path = format!("/api/v1/subjects/{SUBJECT}/export");
    let export = programs.get(&path).await.body;
    let text = export.to_string();
    for needle in [SUBJECT, NAME, EMAIL, RESOURCES[0], RESOURCES[1], BODY, ANSWER] {
        assert!(text.contains(needle), "{needle} is not in {text}");
    }
    assert!(!text.contains(API_KEY) && !text.contains(OTHER), "{text}");
    assert_eq!(export["webhooks"].as_array().map(Vec::len), Some(2));
    assert_eq!(export["records"].as_array().map(Vec::len), Some(3));
    let persona = &export["webhooks"][1];
    assert_eq!(persona["body"]["data"]["id"], "evt_1");
    assert_eq!(persona["tells_of_others"], false);
    let attempt = &persona["deliveries"][0]["attempts"][0];
    assert!(
        attempt["response_body"].as_str().is_some_and(|body| body.contains(ANSWER)),
        "{attempt}"
    );
    let audit = programs.get("/api/v1/audit?action=subject.exported").await.body;
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(2));
    assert!(
        !programs
            .get("/api/v1/audit?limit=200")
            .await
            .body
            .to_string()
            .contains(SUBJECT)
    );
    // What the provider was asked with is on no page and in no list.
    for path in ["/api/v1/webhooks", "/api/v1/audit?limit=200", "/api/v1/endpoints"] {
        assert!(!programs.get(path).await.body.to_string().contains(API_KEY), "{path}");
    }
    let folder = programs.folder.path();
    assert_eq!(found(folder, &[API_KEY]), Vec::<String>::new());
    asking.end().await;
}
