use axum::http::HeaderMap;
use model::Timestamp;
use serde_json::json;

use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, compact, headers};
use crate::providers::digest::hex;
use crate::providers::{self, Provider};

pub(super) struct Authento;

impl StandIn for Authento {
    fn provider(&self) -> &'static dyn Provider {
        &providers::authento::Authento
    }

    fn make_keys(&self, random: &mut Random) -> Keys {
        Keys::text("", random)
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let user = course.id("k").to_lowercase();
        let mut told = Vec::new();
        let mut tell = |event: &str, basic: &str, poa: &str, course: &mut Course<'_>| {
            let body = compact(&json!({
                "event": event,
                "userId": user,
                "userIdentifier": person.reference,
                "type": "INDIVIDUAL",
                "status": {"basic": basic, "poa": poa},
                "timeCreated": seconds(course.now()),
            }));
            told.push(Told {
                at: course.now(),
                id: course.uuid(),
                body,
            });
        };
        tell("PERMISSION_GRANTED", "UNVERIFIED", "UNVERIFIED", course);
        course.wait(5..=60);
        tell("INIT", "UNVERIFIED", "UNVERIFIED", course);
        course.wait(90..=600);
        tell("PENDING", "PROCESSING", "PROCESSING", course);
        if course.chance(15) {
            course.wait(60..=1800);
            tell("ON_HOLD", "INFO_REQUIRED", "PROCESSING", course);
            course.wait(600..=7200);
            tell("INFO_UPDATED", "PROCESSING", "PROCESSING", course);
        }
        course.wait(60..=3600);
        if course.chance(88) {
            tell("REVIEWED", "VERIFIED", "VERIFIED", course);
        } else {
            tell("REVIEWED", "REJECTED", "UNVERIFIED", course);
        }
        if course.chance(20) {
            course.wait(60..=600);
            tell("ADDRRESS_LINKED", "VERIFIED", "VERIFIED", course);
        }
        told
    }

    fn sign(&self, keys: &Keys, _id: &str, body: &[u8], _attempt: Attempt) -> HeaderMap {
        headers([("x-payload-digest", hex(&keys.hmac_sha256(&[body])))])
    }

    /// Authento resends nothing by itself; this is somebody who presses the button in its dashboard.
    fn redelivery_delays(&self) -> &'static [u32] {
        &[900]
    }
}

/// Seconds with milliseconds as a number, as Authento writes times.
pub(super) fn seconds(at: Timestamp) -> serde_json::Value {
    let millis = at.as_millis();
    let text = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
    serde_json::from_str(&text).expect("digits, a point and digits are a number")
}
