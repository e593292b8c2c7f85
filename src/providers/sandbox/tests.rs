use std::collections::{BTreeMap, HashSet};

use model::{Diagnosis, SecretId, Verdict};
use rand::SeedableRng;
use uuid::Uuid;

use super::*;
use crate::providers::{Keyring, Request, SigningSecret};

fn begins_at() -> Timestamp {
    Timestamp::parse("2025-11-20T00:53:20Z").expect("a time")
}

fn sources(seed: u64) -> Vec<Source> {
    let mut random = Random::seed_from_u64(seed);
    ALL.iter()
        .map(|stand_in| Source {
            stand_in: *stand_in,
            keys: stand_in.make_keys(&mut random),
        })
        .collect()
}

fn traffic(seed: u64, webhooks_per_second: f64, times_faster: f64) -> Traffic {
    let pace = Pace {
        begins_at: begins_at(),
        webhooks_per_second,
        speed: times_faster,
    };
    Traffic::new(seed, pace, sources(seed))
}

/// The keyring of an endpoint at which the keys were registered.
fn keyring(source: &Source) -> Keyring {
    let secret = |value| SigningSecret {
        id: SecretId(Uuid::nil()),
        label: "registered".to_owned(),
        key: source
            .stand_in
            .provider()
            .read_secret(value)
            .expect("a secret of the provider's form"),
        not_before: None,
        expires_at: None,
    };
    Keyring {
        secrets: source.keys.registered().map(secret).into_iter().collect(),
        ..Keyring::default()
    }
}

#[test]
fn a_stand_in_is_found_by_the_key_of_its_provider() {
    for stand_in in ALL {
        let key = ProviderKey::new(stand_in.provider().about().key);
        let provider = crate::providers::find(&key).expect("a provider of the registry");
        assert_eq!(
            find(&key).map(|found| found.provider().about().title),
            Some(provider.about().title)
        );
    }
}

#[test]
fn whatever_a_stand_in_tells_verifies_and_parses() {
    for source in sources(1) {
        let provider = source.stand_in.provider();
        let (keyring, is_signed) = (keyring(&source), source.keys.registered().is_some());
        let mut random = Random::seed_from_u64(2);
        for _ in 0..20 {
            let person = Person::of_a_crowd(1000, &mut random);
            let story = source
                .stand_in
                .story(&person, &mut Course::begin(begins_at(), 1.0, &mut random));
            assert!(!story.is_empty() && story.is_sorted_by_key(|told| told.at));
            for told in story {
                let headers = source
                    .stand_in
                    .sign(&source.keys, &told.id, &told.body, Attempt::first(told.at));
                let request = Request {
                    headers: &headers,
                    body: &told.body,
                    received_at: told.at,
                };
                let expected = if is_signed { Verdict::Verified } else { Verdict::Unsigned };
                let verification = provider.verify(&request, &keyring);
                assert_eq!(verification.verdict, expected, "{provider:?}: {verification:?}");
                let parsed = provider.parse(&request);
                assert_eq!(parsed.problem, None, "{provider:?}");
                assert!(!parsed.events.is_empty() && parsed.same_event.is_some(), "{provider:?}");
            }
        }
    }
}

#[test]
fn a_story_tells_only_of_events_in_the_catalogue() {
    for stand_in in ALL
        .iter()
        .filter(|stand_in| !stand_in.provider().about().catalogue.is_empty())
    {
        let (provider, mut random) = (stand_in.provider(), Random::seed_from_u64(3));
        let known: Vec<_> = provider.about().catalogue.iter().map(|entry| entry.event_type).collect();
        for _ in 0..20 {
            let person = Person::of_a_crowd(1000, &mut random);
            for told in stand_in.story(&person, &mut Course::begin(begins_at(), 1.0, &mut random)) {
                let request = Request {
                    headers: &HeaderMap::new(),
                    body: &told.body,
                    received_at: told.at,
                };
                for event in provider.parse(&request).events {
                    assert!(
                        known.contains(&event.event_type.as_str()),
                        "{provider:?}: {}",
                        event.event_type
                    );
                }
            }
        }
    }
}

#[test]
fn an_inquiry_is_as_long_as_at_persona() {
    let mut random = Random::seed_from_u64(4);
    let person = Person::of_a_crowd(1000, &mut random);
    let stories = (0..20).flat_map(|_| persona::Persona.story(&person, &mut Course::begin(begins_at(), 1.0, &mut random)));
    let longest = stories.map(|told| told.body.len()).max().expect("stories");
    assert!((2500..4500).contains(&longest), "{longest}");
}

#[test]
fn the_same_seed_gives_the_same_traffic_and_another_seed_another() {
    let first: Vec<_> = traffic(5, 10.0, 60.0).take(300).collect();
    assert!(first.iter().eq(traffic(5, 10.0, 60.0).take(300).collect::<Vec<_>>().iter()));
    assert!(first.iter().ne(traffic(6, 10.0, 60.0).take(300).collect::<Vec<_>>().iter()));
}

#[test]
fn traffic_comes_in_the_order_of_time_and_as_dense_as_was_asked() {
    let sent: Vec<_> = traffic(7, 20.0, 1000.0).take(4000).collect();
    assert!(sent.is_sorted_by_key(|sent| sent.at));
    let seconds = sent[0].at.micros_until(sent[3999].at) / 1_000_000;
    assert!((150..260).contains(&seconds), "4000 webhooks at 20 a second took {seconds} s");
}

#[test]
fn traffic_of_no_density_goes_on_at_the_end_of_time() {
    assert_eq!(traffic(7, 0.0, 1.0).take(100).count(), 100);
}

#[test]
fn each_request_gets_the_verdict_that_its_note_lets_expect() {
    let traffic = traffic(8, 20.0, 100.0);
    let keyrings: Vec<_> = traffic.sources().iter().map(keyring).collect();
    let mut seen = HashSet::new();
    let mut rewritten = 0;
    for sent in traffic.take(3000) {
        let stand_in = ALL[sent.source];
        let request = Request {
            headers: &sent.headers,
            body: &sent.body,
            received_at: sent.at,
        };
        let verification = stand_in.provider().verify(&request, &keyrings[sent.source]);
        let expected = match sent.note {
            _ if keyrings[sent.source].secrets.is_empty() => Verdict::Unsigned,
            Note::Genuine | Note::Redelivery { .. } | Note::OutOfOrder => Verdict::Verified,
            Note::WrongSignature | Note::Altered => Verdict::Invalid,
            Note::MissingSignature => Verdict::Missing,
            Note::Stale => Verdict::Stale,
        };
        assert_eq!(
            verification.verdict, expected,
            "{stand_in:?}: {:?} {verification:?}",
            sent.note
        );
        let is_rewritten = |diagnosis: &Diagnosis| matches!(diagnosis, Diagnosis::BodyRewritten { .. });
        rewritten += usize::from(verification.evidence.diagnoses.iter().any(is_rewritten));
        seen.insert(std::mem::discriminant(&sent.note));
    }
    assert_eq!(seen.len(), 7, "every kind of request was seen");
    assert!(rewritten > 0, "a proxy was seen at work");
}

#[test]
fn a_redelivery_follows_the_schedule_and_tells_of_the_same_event() {
    let mut by_event = BTreeMap::<_, Vec<_>>::new();
    for sent in traffic(9, 5.0, 1.0).take(3000).filter(|sent| sent.source == 0) {
        let request = Request {
            headers: &sent.headers,
            body: &sent.body,
            received_at: sent.at,
        };
        let same_event = ALL[0].provider().parse(&request).same_event.expect("an event");
        let notes = ALL[0].provider().delivery_notes(&sent.headers);
        by_event.entry(same_event).or_default().push((sent.at, sent.note, notes));
    }
    let second = by_event.values().filter(|tries| tries.len() > 1).collect::<Vec<_>>();
    assert!(!second.is_empty(), "something was sent again");
    for tries in second {
        let [(first_at, ..), (second_at, note, notes), ..] = tries.as_slice() else {
            unreachable!("there are two")
        };
        assert_eq!(*note, Note::Redelivery { attempt: 2 });
        assert_eq!(first_at.micros_until(*second_at), 3_000_000);
        assert_eq!((notes.attempts_made, notes.attempts_left), (Some(2), Some(6)));
        assert_eq!(
            notes.first_attempted_at.map(Timestamp::as_seconds),
            Some(first_at.as_seconds())
        );
    }
}
