//! The addresses of destinations.

use model::{DestinationId, Failure};

use crate::view::TestAnswer;

pub const LIST: &str = "/destinations";
pub const NEW: &str = "/destinations/new";

pub fn destination(id: DestinationId) -> String {
    format!("{LIST}/{id}")
}

/// The page that says what came of a test: in numbers and words that are known, since anyone can make an address up.
pub fn tested(id: DestinationId, answer: &TestAnswer) -> String {
    let result = answer.failure.map_or("delivered", Failure::as_str);
    let status = answer.status.unwrap_or(0);
    format!("{}?tested={result}.{status}.{}#test", destination(id), answer.duration_ms)
}

/// What an address says of a test; `None` when it cannot be read.
pub fn read_tested(text: &str) -> Option<TestAnswer> {
    let mut parts = text.split('.');
    let (result, status, duration_ms) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(TestAnswer {
        status: (status > 0).then_some(status),
        failure: match result {
            "delivered" => None,
            failure => Some(failure.parse().ok()?),
        },
        duration_ms,
        response_body: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_a_test_survives_the_way_through_an_address() {
        fn check(status: Option<u16>, failure: Option<Failure>, written: &str) {
            let id: DestinationId = "019a2f60-7c1e-7000-8000-0123456d7f3c".parse().expect("an id");
            let answer = TestAnswer {
                status,
                failure,
                duration_ms: 41,
                response_body: String::new(),
            };
            assert_eq!(tested(id, &answer), format!("/destinations/{id}?tested={written}#test"));
            assert_eq!(read_tested(written), Some(answer));
        }
        check(Some(204), None, "delivered.204.41");
        check(Some(503), Some(Failure::Status), "status.503.41");
        check(None, Some(Failure::DnsFailed), "dns_failed.0.41");
    }

    #[test]
    fn an_address_that_was_made_up_says_nothing() {
        for text in ["", "delivered", "call us.200.41", "delivered.200.soon"] {
            assert_eq!(read_tested(text), None, "{text}");
        }
    }
}
