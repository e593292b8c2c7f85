use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, headers, indented};
use crate::providers::{self, Provider};

pub(super) struct Pleenk;

impl StandIn for Pleenk {
    fn provider(&self) -> &'static dyn Provider {
        &providers::pleenk::Pleenk
    }

    fn make_keys(&self, random: &mut Random) -> Keys {
        Keys::p521(random)
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let mut told = Vec::new();
        let asked = course.pick(&["age_over_18", "age_over_18", "estimated_age_over_18"]);
        let is_granted = course.chance(86);
        // Without a time in it, the reference alone keeps two approvals of one person apart.
        let reference = format!("{}-{}", person.reference, course.id("").to_lowercase());
        let approve = json!({"events": [{
            "eventType": "APPROVE",
            "data": {
                "@type": "APPROVE_EVENT",
                "userRef": reference,
                "request": asked,
                "result": {asked: is_granted},
            },
        }]});
        told.push(Told {
            at: course.now(),
            id: course.uuid(),
            body: indented(&approve),
        });
        if is_granted && course.chance(30) {
            course.wait(5..=120);
            let batch = json!({"events": [
                {"eventType": "USER", "data": {"@type": "USER_EVENT", "ref": reference, "status": "LINKED"}},
                {"eventType": "PAYMENT", "data": {
                    "@type": "PAYMENT_EVENT",
                    "transactionRef": course.id("t-"),
                    "paymentId": course.uuid(),
                    "status": "ACCEPTED",
                }},
            ]});
            told.push(Told {
                at: course.now(),
                id: course.uuid(),
                body: indented(&batch),
            });
        }
        told
    }

    fn sign(&self, keys: &Keys, _id: &str, body: &[u8], _attempt: Attempt) -> HeaderMap {
        headers([("pleenk-signature", BASE64_STANDARD.encode(keys.ecdsa(body)))])
    }
}
