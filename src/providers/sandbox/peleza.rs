use axum::http::HeaderMap;
use serde_json::json;

use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, compact, headers};
use crate::providers::{self, Provider};

pub(super) struct Peleza;

impl StandIn for Peleza {
    fn provider(&self) -> &'static dyn Provider {
        &providers::peleza::Peleza
    }

    fn make_keys(&self, _random: &mut Random) -> Keys {
        Keys::none()
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let (status, code, detail) = match course.number(0..=99) {
            0..=84 => (true, "00", "Verification Successful"),
            85..=93 => (false, "01", "ID not found"),
            94..=97 => (false, "02", "Service not available"),
            _ => (false, "03", "Insufficient wallet balance"),
        };
        let mut body = json!({
            "status": status,
            "detail": detail,
            "response_code": code,
            "data": {
                "request_id": course.uuid(),
                "id_number": course.number(10_000_000..=39_999_999).to_string(),
                "first_name": person.first_name,
                "surname": person.last_name,
                "date_of_birth": person.born,
            },
        });
        if course.chance(60) {
            let is_match = status && course.chance(93);
            body["face_data"] = json!({
                "Status": is_match,
                "detail": if is_match { "Face match" } else { "Face mismatch" },
                "response_code": if is_match { "00" } else { "01" },
                "confidence": format!("{}.{}", course.number(if is_match { 85..=99 } else { 8..=40 }), course.number(0..=9)),
            });
            body["widget_info"] = json!({
                "email": person.email(),
                "first_name": person.first_name,
                "last_name": person.last_name,
                "user_ref": person.reference,
            });
        }
        vec![Told {
            at: course.now(),
            id: course.uuid(),
            body: compact(&body),
        }]
    }

    fn sign(&self, _keys: &Keys, _id: &str, _body: &[u8], _attempt: Attempt) -> HeaderMap {
        headers([])
    }
}
