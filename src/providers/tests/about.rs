use std::collections::HashSet;

use model::Outcome;

use super::provider;
use crate::providers::{ALL, Refetch};

#[test]
fn each_provider_says_all_that_a_page_shows_of_it() {
    let mut keys = HashSet::new();
    for about in ALL.iter().map(|provider| provider.about()) {
        assert!(keys.insert(about.key), "{} is there twice", about.key);
        assert_eq!(about.monogram.chars().count(), 2, "{}", about.key);
        assert!(
            about.hue < 360 && !about.title.is_empty() && !about.paste_address_at.is_empty(),
            "{}",
            about.key
        );
        if let Refetch::Undocumented(why) = about.refetch {
            assert!(why.ends_with('.'), "{}", about.key);
        }
        // The mask keeps a bit for each rule.
        assert!(about.personal.len() <= 64 && about.not_personal.len() <= 64, "{}", about.key);
        for rule in about.personal.iter().chain(about.not_personal) {
            let is_segment = |segment: &str| {
                segment == "*" || (!segment.is_empty() && segment.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()))
            };
            assert!(rule.split('.').all(is_segment), "{rule} of {}", about.key);
        }
        for header in about.signature_headers {
            // Names in capitals cannot be made into headers.
            assert!(
                !header.is_empty()
                    && header
                        .bytes()
                        .all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
            );
        }
        let mut types = HashSet::new();
        for entry in about.catalogue {
            assert!(types.insert(entry.event_type), "{} is there twice", entry.event_type);
            assert!(!entry.group.is_empty() && !entry.title.is_empty(), "{}", entry.event_type);
        }
    }
}

#[test]
fn the_catalogues_hold_what_is_documented() {
    let check = |key: &str, event_type: &str, expected: Option<Outcome>| {
        assert_eq!(provider(key).about().usual_outcome(event_type), expected, "{event_type}");
    };
    check("persona", "inquiry.failed", Some(Outcome::Declined));
    check("persona", "verification.submitted", Some(Outcome::Pending));
    check("persona", "inquiry-session.started", Some(Outcome::Updated));
    check("persona", "report/watchlist.matched", Some(Outcome::Updated));
    check("authento", "ADDRRESS_LINKED", Some(Outcome::Updated));
    check("authento", "ADDRESS_LINKED", Some(Outcome::Updated));
    check("case_keeper", "verification.verified", Some(Outcome::Approved));
    check("case_keeper", "verification.dopaResult.created", Some(Outcome::Updated));
    check("case_keeper", "verification.other", None);
    assert_eq!(provider("case_keeper").about().catalogue.len(), 36);
}
