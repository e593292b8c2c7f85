//! How much of a record is told to whom.

use model::Role;
use serde_json::{Value, json};

use crate::programs::answer;
use crate::refetch::Asking;

const THEIRS: &str = "grace@example.com";

/// Inquiry `inq_1`, of somebody else than the webhook says.
fn of_another() -> Value {
    json!({"data": {"type": "inquiry", "id": "inq_1", "attributes": {"status": "approved", "reference-id": THEIRS}}})
}

#[tokio::test]
async fn a_contradiction_tells_nobody_what_is_masked_in_the_record() {
    let asking = Asking::start().await;
    let Asking { programs, provider, .. } = &asking;
    let webhook = asking.webhook("evt_1").await;
    provider.says("/inquiries/inq_1", 200, of_another());
    let fetched = asking.refetch(&webhook).await;
    let contradiction = |quoted: [&str; 2]| {
        let [webhook, record] = quoted;
        json!({"kind": "contradicts", "path": "/data/attributes/reference-id", "webhook": webhook, "record": record})
    };
    let (told, masked) = (contradiction(["user-1042", THEIRS]), contradiction(["•••"; 2]));
    assert_eq!(
        fetched.body["record"]["agreement"], told,
        "to whom the record is given it is told whole"
    );

    let record = fetched.body["record"]["id"].as_str().expect("an id").to_owned();
    let get = async |role: Role, path: &str| answer(programs.request_as(role, "GET", path)).await.body;
    for role in [Role::Viewer, Role::Operator] {
        let shown = get(role, &webhook).await;
        assert_eq!(shown["evidence"]["record"]["agreement"], masked, "{role}");
        assert_eq!(shown["records"][0]["agreement"], masked, "{role}");
        assert!(!shown.to_string().contains(THEIRS), "{role}: {shown}");
    }
    let path = format!("/api/v1/records/{record}");
    assert_eq!(get(Role::Viewer, &path).await["agreement"], masked);
    assert_eq!(get(Role::Operator, &path).await["agreement"], told);
    let exported = get(Role::Admin, "/api/v1/subjects/user-1042/export").await;
    assert_eq!(exported["webhooks"][0]["evidence"]["record"]["agreement"], told);

    let browser = programs.signed_in("operator.of.records@example.com", Role::Operator).await;
    let id = webhook.rsplit('/').next().expect("an id");
    let tells = async || {
        let page = browser.get(&format!("/webhooks/{id}?tab=record")).await;
        page.text().await.expect("text").contains(THEIRS)
    };
    assert!(!tells().await);
    let revealed = browser.post("records/reveal", &[("id", &*record), ("webhook", id)]).await;
    assert!(revealed.status().is_success());
    assert!(tells().await);
    asking.end().await;
}
