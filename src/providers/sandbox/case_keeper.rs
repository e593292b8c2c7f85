use axum::http::HeaderMap;
use serde_json::{Value, json};
use time::macros::format_description;

use super::course::written;
use super::{Attempt, Course, Keys, Person, Random, StandIn, Told, compact, headers};
use crate::providers::{self, Provider};

pub(super) struct CaseKeeper;

/// How long a presigned link lives, in seconds.
pub(super) const LINK_LIFE: u32 = 300;

/// What every link to a picture begins with. Nothing is there; where the API's stand-in is served, links lead to it.
pub(super) const PICTURES: &str = "https://pictures.example.com/";

impl StandIn for CaseKeeper {
    fn provider(&self) -> &'static dyn Provider {
        &providers::case_keeper::CaseKeeper
    }

    fn make_keys(&self, _random: &mut Random) -> Keys {
        Keys::none()
    }

    fn story(&self, person: &Person, course: &mut Course<'_>) -> Vec<Told> {
        let id = course.uuid();
        let mut data = json!({"id": id, "ref": person.reference, "status": "created", "createdAt": written(course.now())});
        let mut told = Vec::new();
        let mut tell = |key: &str, data: &Value, course: &mut Course<'_>| {
            let body = compact(&json!({"key": key, "data": data}));
            told.push(Told {
                at: course.now(),
                id: course.uuid(),
                body,
            });
        };
        tell("verification.created", &data, course);
        course.wait(20..=120);
        data["status"] = "pending".into();
        tell("verification.updated", &data, course);
        let steps = [
            ("frontIdCardResult", "front"),
            ("backIdCardResult", "back"),
            ("idFaceRecognitionResult", "face"),
        ];
        for (step, picture) in steps {
            course.wait(10..=60);
            data[step] = json!({
                "imageUrl": presigned(&id, picture, course),
                "fullName": format!("{} {}", person.first_name, person.last_name),
                "confidence": f64::from(course.number(82..=99)) / 100.0,
                "isConfirmed": false,
            });
            tell(&format!("verification.{step}.created"), &data, course);
            course.wait(3..=30);
            data[step]["isConfirmed"] = true.into();
            tell(&format!("verification.{step}.confirmed"), &data, course);
        }
        course.wait(2..=20);
        data["dopaResult"] = json!({"code": "0", "description": "status normal"});
        tell("verification.dopaResult.created", &data, course);
        if course.chance(85) {
            course.wait(1..=10);
            data["status"] = "verified".into();
            tell("verification.verified", &data, course);
        }
        course.wait(5..=60);
        data["status"] = "completed".into();
        tell("verification.completed", &data, course);
        told
    }

    fn sign(&self, _keys: &Keys, _id: &str, _body: &[u8], _attempt: Attempt) -> HeaderMap {
        headers([])
    }
}

fn presigned(id: &str, picture: &str, course: &mut Course<'_>) -> String {
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    let date = course
        .now()
        .to_date_time()
        .format(form)
        .expect("a time of the years 1 to 9999 has all these parts");
    let signature = format!("{}{}", course.uuid(), course.uuid()).replace('-', "");
    format!(
        "{PICTURES}{id}/{picture}.svg?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}\
         &X-Amz-Expires={LINK_LIFE}&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
    )
}
