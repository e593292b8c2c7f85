use axum::http::HeaderMap;
use model::Timestamp;
use serde_json::{Value, json};

use super::course::written;
use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, compact, headers};
use crate::providers::digest::hex;
use crate::providers::{self, Provider};

pub(super) struct Persona;

/// How often Persona tries in all: the vectors' second try says that six are left.
const TRIES: u32 = 8;

impl StandIn for Persona {
    fn provider(&self) -> &'static dyn Provider {
        &providers::persona::Persona
    }

    fn make_keys(&self, random: &mut Random) -> Keys {
        Keys::text("wbhsec_", random)
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let mut inquiry = Inquiry::create(person, course);
        inquiry.tell("inquiry.created", course);
        if course.chance(10) {
            // Whoever does not begin has a day.
            course.wait(86_400..=86_460);
            inquiry.status = "expired";
            inquiry.tell("inquiry.expired", course);
            return inquiry.told;
        }
        course.wait(20..=90);
        inquiry.status = "pending";
        inquiry.started_at = Some(course.now());
        inquiry.tell("inquiry.started", course);
        let is_genuine = course.chance(90);
        for kind in ["verification/government-id", "verification/selfie"] {
            inquiry.verify(kind, is_genuine, course);
        }
        course.wait(1..=4);
        if !is_genuine && course.chance(50) {
            inquiry.status = "failed";
            inquiry.tell("inquiry.failed", course);
            return inquiry.told;
        }
        inquiry.status = "completed";
        inquiry.completed_at = Some(course.now());
        inquiry.tell("inquiry.completed", course);
        inquiry.decide(is_genuine, course);
        inquiry.told
    }

    fn sign(&self, keys: &Keys, _id: &str, body: &[u8], attempt: Attempt) -> HeaderMap {
        let timestamp = attempt.at.as_seconds().to_string();
        let signature = keys.hmac_sha256(&[timestamp.as_bytes(), b".", body]);
        headers([
            ("persona-signature", format!("t={timestamp},v1={}", hex(&signature))),
            ("persona-webhook-attempts-made", attempt.number.to_string()),
            (
                "persona-webhook-attempts-left",
                TRIES.saturating_sub(attempt.number).to_string(),
            ),
            (
                "persona-webhook-first-attempted-at",
                attempt.first_at.as_seconds().to_string(),
            ),
        ])
    }

    fn signs_time(&self) -> bool {
        true
    }

    fn redelivery_delays(&self) -> &'static [u32] {
        let delays = self.provider().about().retry_schedule.unwrap_or_default();
        &delays[..delays.len().min(TRIES as usize - 1)]
    }
}

/// One inquiry as it goes on, and what was told of it.
struct Inquiry<'a> {
    person: &'a Person,
    id: String,
    account: String,
    template: String,
    created_at: Timestamp,
    status: &'static str,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    decisioned_at: Option<Timestamp>,
    /// As they stand in `included`.
    verifications: Vec<Value>,
    told: Vec<Told>,
}

impl<'a> Inquiry<'a> {
    fn create(person: &'a Person, course: &mut Course<'_>) -> Self {
        Self {
            person,
            id: course.id("inq_"),
            account: course.id("act_"),
            template: course.id("itmpl_"),
            created_at: course.now(),
            status: "created",
            started_at: None,
            completed_at: None,
            decisioned_at: None,
            verifications: Vec::new(),
            told: Vec::new(),
        }
    }

    /// The person goes through one check.
    fn verify(&mut self, kind: &'static str, is_genuine: bool, course: &mut Course<'_>) {
        let id = course.id("ver_");
        let created_at = course.wait(5..=60);
        let submitted_at = course.wait(5..=90);
        let submitted = verification(kind, &id, "submitted", created_at, submitted_at, None);
        self.tell_of("verification.submitted", &submitted, &[], course);
        let completed_at = course.wait(2..=8);
        let status = if is_genuine { "passed" } else { "failed" };
        let done = verification(kind, &id, status, created_at, submitted_at, Some(completed_at));
        self.tell_of(&format!("verification.{status}"), &done, &[], course);
        self.verifications.push(done);
    }

    fn decide(&mut self, is_genuine: bool, course: &mut Course<'_>) {
        if course.chance(15) {
            course.wait(1..=5);
            self.status = "needs_review";
            self.tell("inquiry.marked-for-review", course);
            course.wait(600..=10_800);
        } else {
            course.wait(1..=10);
        }
        let decision = if is_genuine { "approved" } else { "declined" };
        self.status = decision;
        self.decisioned_at = Some(course.now());
        self.tell(&format!("inquiry.{decision}"), course);
    }

    fn tell(&mut self, name: &str, course: &mut Course<'_>) {
        let data = self.data();
        let template = json!({
            "type": "inquiry-template", "id": self.template,
            "attributes": {"status": "active", "name": "Government ID and selfie"},
        });
        let included: Vec<_> = std::iter::once(template).chain(self.verifications.iter().cloned()).collect();
        self.tell_of(name, &data, &included, course);
    }

    fn tell_of(&mut self, name: &str, data: &Value, included: &[Value], course: &mut Course<'_>) {
        let id = course.id("evt_");
        let body = compact(&json!({"data": {"type": "event", "id": id, "attributes": {
            "name": name,
            "payload": {"data": data, "included": included},
            "created-at": written(course.now()),
        }}}));
        self.told.push(Told {
            at: course.now(),
            id,
            body,
        });
    }

    fn data(&self) -> Value {
        let verifications: Vec<_> = self
            .verifications
            .iter()
            .map(|verification| json!({"type": verification["type"], "id": verification["id"]}))
            .collect();
        json!({
            "type": "inquiry",
            "id": self.id,
            "attributes": {
                "status": self.status,
                "reference-id": self.person.reference,
                "note": null,
                "tags": [],
                "creator": "API",
                "reviewer-comment": null,
                "created-at": written(self.created_at),
                "started-at": self.started_at.map(written),
                "completed-at": self.completed_at.map(written),
                "failed-at": null,
                "decisioned-at": self.decisioned_at.map(written),
                "expired-at": null,
                "redacted-at": null,
                "previous-step-name": "start",
                "next-step-name": "success",
                "fields": {
                    "name-first": {"type": "string", "value": self.person.first_name},
                    "name-last": {"type": "string", "value": self.person.last_name},
                    "birthdate": {"type": "date", "value": self.person.born},
                    "email-address": {"type": "string", "value": self.person.email()},
                    "address-street-1": {"type": "string", "value": self.person.street},
                    "address-city": {"type": "string", "value": self.person.city},
                    "address-country-code": {"type": "string", "value": self.person.country},
                },
            },
            "relationships": {
                "account": {"data": {"type": "account", "id": self.account}},
                "template": {"data": null},
                "inquiry-template": {"data": {"type": "inquiry-template", "id": self.template}},
                "reports": {"data": []},
                "verifications": {"data": verifications},
                "sessions": {"data": []},
                "documents": {"data": []},
            },
        })
    }
}

fn verification(
    kind: &str,
    id: &str,
    status: &str,
    created_at: Timestamp,
    submitted_at: Timestamp,
    completed_at: Option<Timestamp>,
) -> Value {
    let names: &[&str] = match kind {
        "verification/selfie" => &["selfie_liveness_detection", "selfie_comparison", "selfie_pose_detection"],
        _ => &["id_expired_detection", "id_fabrication_detection", "id_barcode_detection"],
    };
    let checks: Vec<_> = names
        .iter()
        .map(|name| json!({"name": name, "status": status, "reasons": [], "requirement": "required", "metadata": {}}))
        .collect();
    json!({
        "type": kind,
        "id": id,
        "attributes": {
            "status": status,
            "created-at": written(created_at),
            "submitted-at": written(submitted_at),
            "completed-at": completed_at.map(written),
            "country-code": "US",
            "capture-method": "auto",
            "entity-confidence-score": null,
            "checks": if completed_at.is_some() { checks } else { Vec::new() },
        },
        "relationships": {"template": {"data": null}, "accessories": {"data": []}},
    })
}
