use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::course::written;
use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, compact, headers};
use crate::providers::{self, Provider};

pub(super) struct StandardWebhooks;

impl StandIn for StandardWebhooks {
    fn provider(&self) -> &'static dyn Provider {
        &providers::standard_webhooks::StandardWebhooks
    }

    fn make_keys(&self, random: &mut Random) -> Keys {
        Keys::base64("whsec_", random)
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let mut told = Vec::new();
        let mut tell = |kind: &str, course: &mut Course<'_>| {
            let body = compact(&json!({
                "type": kind,
                "timestamp": written(course.now()),
                "data": {"id": person.reference, "country": person.country},
            }));
            told.push(Told {
                at: course.now(),
                id: course.id("msg_"),
                body,
            });
        };
        tell("identity.requested", course);
        course.wait(60..=900);
        let end = if course.chance(90) {
            "identity.confirmed"
        } else {
            "identity.refused"
        };
        tell(end, course);
        told
    }

    fn sign(&self, keys: &Keys, id: &str, body: &[u8], attempt: Attempt) -> HeaderMap {
        let timestamp = attempt.at.as_seconds().to_string();
        let signature = keys.hmac_sha256(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
        headers([
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", format!("v1,{}", BASE64_STANDARD.encode(signature))),
        ])
    }

    fn signs_time(&self) -> bool {
        true
    }

    /// The specification leaves the schedule to the sender; this one is short.
    fn redelivery_delays(&self) -> &'static [u32] {
        &[5, 300, 1800]
    }
}
