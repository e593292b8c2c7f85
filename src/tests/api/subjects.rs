use hookproof::endpoints::EndpointView;
use model::Role;
use serde_json::{Value, json};

use crate::programs::{Programs, answer};
use crate::support::{new_endpoint, receipt};

/// A Persona event of an inquiry of the subject.
pub fn event(id: &str, name: &str, subject: &str, at: &str) -> String {
    let inquiry = json!({"data": {"type": "inquiry", "id": "inq_7", "attributes": {"reference-id": subject}}});
    let attributes = json!({"name": name, "created-at": at, "payload": inquiry});
    json!({"data": {"type": "event", "id": id, "attributes": attributes}}).to_string()
}

async fn tell(programs: &Programs, endpoint: &EndpointView, id: &str, name: &str, subject: &str, at: &str) -> String {
    let body = event(id, name, subject, at);
    receipt(programs.post_signed(endpoint, &body).await).await.to_string()
}

fn column(answer: &Value, list: &str, pointer: &str) -> Vec<Value> {
    let rows = answer[list].as_array().expect("a list").iter();
    rows.map(|row| row.pointer(pointer).cloned().unwrap_or_default()).collect()
}

#[tokio::test]
async fn one_person_is_told_of_over_all_providers_by_the_events_own_time() {
    let programs = Programs::start().await;
    let persona = programs.persona().await;
    let peleza = programs.add_endpoint(new_endpoint("peleza", None)).await;
    let subject = "user-1042";
    // The approval comes before what led to it, and again, and somebody forges a refusal.
    let approved = tell(
        &programs,
        &persona,
        "evt_3",
        "inquiry.approved",
        subject,
        "2025-11-20T11:00:00.000Z",
    )
    .await;
    tell(
        &programs,
        &persona,
        "evt_1",
        "inquiry.created",
        subject,
        "2025-11-20T09:00:00.000Z",
    )
    .await;
    tell(
        &programs,
        &persona,
        "evt_3",
        "inquiry.approved",
        subject,
        "2025-11-20T11:00:00.000Z",
    )
    .await;
    let forged = event("evt_4", "inquiry.declined", subject, "2025-11-20T11:30:00.000Z");
    receipt(programs.post(&persona.url, &[], forged).await).await;
    let sdk = json!({"status": true, "detail": "Verification Successful", "response_code": "00", "data": {},
        "face_data": {"Status": true, "confidence": "95.3"}, "widget_info": {"user_ref": subject}});
    let unsigned = receipt(programs.post(&peleza.url, &[], sdk.to_string()).await).await;

    let shown = answer(programs.request_as(Role::Viewer, "GET", "/api/v1/subjects/user-1042")).await;
    assert_eq!((shown.status, &shown.body["subject"]), (200, &json!(subject)), "{shown:?}");
    let present = json!([
        {"provider": "peleza", "outcome": "approved", "event_type": "sdk.verification", "webhook_id": unsigned,
         "at": "2025-11-20T12:00:00Z"},
        {"provider": "persona", "outcome": "approved", "event_type": "inquiry.approved", "webhook_id": approved,
         "at": "2025-11-20T11:00:00Z"},
    ]);
    assert_eq!(shown.body["present"], present);
    assert_eq!(
        column(&shown.body, "events", "/event/event_type"),
        [
            "sdk.verification",
            "inquiry.declined",
            "inquiry.approved",
            "inquiry.approved",
            "inquiry.created"
        ]
    );
    assert_eq!(
        column(&shown.body, "events", "/duplicate"),
        [false, false, true, false, false].map(Value::from)
    );
    assert_eq!(shown.body["has_more"], false);
    assert_eq!(programs.get("/api/v1/subjects/user-104").await.status, 404);
    programs.app.end().await;
}

#[tokio::test]
async fn a_subject_may_have_any_characters() {
    let programs = Programs::start().await;
    let persona = programs.persona().await;
    for (number, subject) in [
        "a/b?c=d&e#f",
        "Zoë 100 %",
        "%2e%2e",
        "semi;colon,comma+plus",
        "\"'<>\\{}",
        "人/😀",
    ]
    .into_iter()
    .enumerate()
    {
        let at = "2025-11-20T11:00:00.000Z";
        tell(&programs, &persona, &format!("evt_{number}"), "inquiry.approved", subject, at).await;
        let segment = percent_encoding::utf8_percent_encode(subject, percent_encoding::NON_ALPHANUMERIC);
        let path = format!("/api/v1/subjects/{segment}");
        let shown = programs.get(&path).await;
        assert_eq!((shown.status, &shown.body["subject"]), (200, &json!(subject)), "{subject}");
        let exported = programs.get(&format!("{path}/export")).await;
        assert_eq!(
            (exported.status, &exported.body["subject"]),
            (200, &json!(subject)),
            "{subject}"
        );
        let erased = answer(programs.request_as(Role::Admin, "DELETE", &path)).await;
        assert_eq!(
            (erased.status, &erased.body["webhooks"]),
            (200, &json!(1)),
            "{subject}: {erased:?}"
        );
        assert_eq!(programs.get(&path).await.status, 404, "{subject}");
    }
    for wrong in ["%00", "%ff", "%e2%80%ae", &"x".repeat(257)] {
        assert_eq!(
            programs.get(&format!("/api/v1/subjects/{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
    programs.app.end().await;
}

#[tokio::test]
async fn of_a_webhook_that_tells_of_two_people_each_is_erased() {
    let programs = Programs::start().await;
    let pleenk = programs.add_endpoint(new_endpoint("pleenk", None)).await;
    let of = |subject: &str| json!({"eventType": "APPROVE", "data": {"userRef": subject}});
    let body = json!({"events": [of("first-5501"), of("second-5502")]});
    let webhook = receipt(programs.post(&pleenk.url, &[], body.to_string()).await).await;
    let path = format!("/api/v1/webhooks/{webhook}");
    for (subject, left) in [
        ("first-5501", json!([null, "second-5502"])),
        ("second-5502", json!([null, null])),
    ] {
        let erase = programs.request_as(Role::Admin, "DELETE", &format!("/api/v1/subjects/{subject}"));
        let erased = answer(erase).await;
        assert_eq!(
            (erased.status, &erased.body["webhooks"]),
            (200, &json!(1)),
            "{subject}: {erased:?}"
        );
        let whole = programs.get(&path).await.body;
        assert_eq!(json!(column(&whole, "events", "/subject")), left, "{whole}");
    }
    programs.app.end().await;
}
