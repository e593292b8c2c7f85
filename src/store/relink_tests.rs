use model::Verdict::{Invalid, Stale, Unconfigured, Verified};
use uuid::Uuid;

use super::*;

const ENDPOINT: EndpointId = EndpointId(Uuid::from_u128(1));

fn id(id: u128) -> WebhookId {
    WebhookId(Uuid::from_u128(id))
}

fn key(event: u8) -> EventKey {
    (ENDPOINT, SameEvent([event; 16]))
}

/// A webhook that tells of the event; of none when it is 0.
fn webhook(number: u128, event: u8, before: Verdict, after: Verdict) -> Judged {
    Judged {
        id: id(number),
        endpoint_id: ENDPOINT,
        received_at: Timestamp::from_seconds(119).expect("a time"),
        same_event: (event != 0).then(|| key(event).1),
        foreign_network: false,
        was_duplicate: false,
        outcome: None,
        before,
        after,
    }
}

/// Webhooks as their ids and verdicts, all of one event whose original is the one with that id and trust. What each
/// repeats afterwards, and the original.
fn check(webhooks: &[(u128, Verdict)], original: (u128, u8), duplicate_of: &[Option<u128>], expected: (u128, u8)) {
    let webhooks: Vec<_> = webhooks
        .iter()
        .map(|(id, verdict)| webhook(*id, 7, Unconfigured, *verdict))
        .collect();
    let original_of = |(webhook, trust)| Original {
        webhook_id: id(webhook),
        trust,
    };
    let relinked = relink(&webhooks, &BTreeMap::from([(key(7), original_of(original))]));
    let duplicate_of: Vec<_> = duplicate_of.iter().map(|webhook| webhook.map(id)).collect();
    assert_eq!(relinked.duplicate_of, duplicate_of);
    let changed = (expected != original).then(|| (key(7), original_of(expected)));
    assert_eq!(relinked.changed, changed.into_iter().collect());
}

#[test]
fn an_original_stays_one_with_its_new_trust() {
    check(&[(10, Verified)], (10, 0), &[None], (10, 2));
    check(&[(10, Invalid)], (10, 2), &[None], (10, 0));
    check(&[(10, Stale)], (10, 1), &[None], (10, 1));
}

#[test]
fn one_that_is_trusted_more_than_the_original_becomes_it() {
    check(&[(11, Verified)], (10, 0), &[None], (11, 2));
    check(&[(9, Stale)], (10, 0), &[None], (9, 1));
}

#[test]
fn one_that_is_trusted_at_most_as_much_repeats_the_original_even_one_that_came_later() {
    check(&[(11, Verified)], (10, 2), &[Some(10)], (10, 2));
    check(&[(9, Verified)], (10, 2), &[Some(10)], (10, 2));
    check(&[(9, Invalid)], (10, 0), &[Some(10)], (10, 0));
}

#[test]
fn those_that_are_checked_together_see_what_became_of_those_before() {
    check(&[(10, Verified), (11, Verified)], (10, 0), &[None, Some(10)], (10, 2));
    check(
        &[(10, Invalid), (11, Verified), (12, Verified)],
        (10, 2),
        &[None, None, Some(11)],
        (11, 2),
    );
    check(
        &[(10, Stale), (11, Verified), (12, Stale)],
        (10, 0),
        &[None, None, Some(11)],
        (11, 2),
    );
    check(&[(10, Verified), (11, Stale)], (12, 1), &[None, Some(10)], (10, 2));
}

#[test]
fn one_from_a_foreign_network_is_not_trusted() {
    let foreign = Judged {
        foreign_network: true,
        ..webhook(11, 7, Invalid, Verified)
    };
    let original = Original {
        webhook_id: id(10),
        trust: 0,
    };
    let relinked = relink(&[foreign], &BTreeMap::from([(key(7), original)]));
    assert_eq!(relinked.duplicate_of, [Some(id(10))]);
    assert!(relinked.changed.is_empty());
}

#[test]
fn one_that_tells_of_no_event_repeats_nothing() {
    let relinked = relink(&[webhook(10, 0, Invalid, Verified)], &BTreeMap::new());
    assert_eq!(relinked.duplicate_of, [None]);
    assert!(relinked.changed.is_empty());
}

#[test]
fn counts_move_from_the_old_verdicts_to_the_new_ones() {
    let webhooks = [
        webhook(10, 0, Invalid, Verified),
        webhook(11, 0, Invalid, Verified),
        webhook(12, 0, Verified, Stale),
        webhook(13, 0, Stale, Stale),
    ];
    let moves: Vec<_> = moves(&webhooks)
        .into_iter()
        .map(|(counter, count)| (counter.minute.as_seconds(), counter.verdict, count))
        .collect();
    assert_eq!(moves, [(60, Verified, 1), (60, Stale, 1), (60, Invalid, -2)]);
}
