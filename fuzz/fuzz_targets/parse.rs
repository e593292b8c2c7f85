//! Every provider reads the same bytes: nothing panics, limits hold, and what is JSON is decided as `serde_json` does.

#![no_main]

use axum::http::HeaderMap;
use hookproof_fuzz::providers::{ALL, MAX_EVENTS, ParseProblem, Request};
use libfuzzer_sys::fuzz_target;
use model::{TEXT_LIMIT, Timestamp};
use serde_json::value::RawValue;

fuzz_target!(|body: &[u8]| {
    let headers = HeaderMap::new();
    let received_at = Timestamp::from_seconds(1_763_600_000).expect("a time of this century");
    let without_mark = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let is_json = serde_json::from_slice::<&RawValue>(without_mark).is_ok();
    for provider in ALL {
        let parsed = provider.parse(&Request {
            headers: &headers,
            body,
            received_at,
        });
        let is_read = !matches!(
            parsed.problem,
            Some(ParseProblem::Empty | ParseProblem::NotUtf8 { .. } | ParseProblem::NotJson { .. })
        );
        assert_eq!(is_read, is_json, "{provider:?}");
        assert!(parsed.events.len() <= MAX_EVENTS);
        for event in &parsed.events {
            let type_length = event.event_type.as_str().len();
            assert!((1..=TEXT_LIMIT).contains(&type_length));
        }
    }
});
