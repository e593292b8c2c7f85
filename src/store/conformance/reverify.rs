use model::Verdict::{self, Invalid, Missing, Stale, Unsigned, Verified};
use model::{EndpointId, Evidence, Outcome, Scheme, Timestamp, WebhookFilter, WebhookId};

use super::database::Database;
use super::world::{World, at, event, same_event};
use crate::store::NewWebhook;
use crate::store::reverify::{Before, Most, NewVerdict};

pub async fn what_is_stored_can_be_checked_again(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let webhooks: Vec<_> = (0..6)
        .map(|number: u8| NewWebhook {
            body: vec![number; 3].into(),
            headers: format!("x-number: {number}\r\n").into_bytes(),
            verdict: Stale,
            evidence: Evidence {
                live_secrets: number.into(),
                ..Evidence::default()
            },
            ..world.webhook(endpoint, i64::from(number) * 40)
        })
        .collect();
    world.append(&[world.webhook(other, 0)]).await;
    world.append(&webhooks).await;
    let read = async |from: Option<Timestamp>, to: Option<Timestamp>, after: Option<WebhookId>, webhooks, bytes| {
        let most = Most { webhooks, bytes };
        let requests = world.store.stored_requests(endpoint, from, to, after, most).await;
        requests.expect("requests")
    };

    let all = read(None, None, None, 100, 100).await;
    assert_eq!(all.len(), webhooks.len());
    for (request, webhook) in all.iter().zip(&webhooks) {
        assert_eq!((request.id, request.received_at), (webhook.id, webhook.received_at));
        assert_eq!((&request.headers, &request.body), (&webhook.headers, &webhook.body));
        assert_eq!((request.verdict, &request.evidence), (webhook.verdict, &webhook.evidence));
        assert_eq!(request.duplicate_of, None);
    }
    // Each body has three bytes.
    for (bytes, expected) in [(1, 1), (3, 1), (4, 2), (15, 5), (16, 6)] {
        assert_eq!(read(None, None, None, 100, bytes).await.len(), expected, "{bytes} bytes");
    }
    let check = async |from: Option<i64>, to: Option<i64>, after: Option<usize>, limit, expected: &[usize]| {
        let found = read(from.map(at), to.map(at), after.map(|after| webhooks[after].id), limit, 100).await;
        let found: Vec<_> = found.iter().map(|request| request.id).collect();
        let expected: Vec<_> = expected.iter().map(|number| webhooks[*number].id).collect();
        assert_eq!(found, expected, "from {from:?} to {to:?} after {after:?}");
    };
    check(None, None, None, 2, &[0, 1]).await;
    check(None, None, Some(1), 2, &[2, 3]).await;
    check(None, None, Some(5), 2, &[]).await;
    check(Some(40), Some(160), None, 9, &[1, 2, 3]).await;
    check(Some(41), Some(161), Some(2), 9, &[3, 4]).await;
    check(Some(1000), None, None, 9, &[]).await;
    check(Some(160), Some(40), None, 9, &[]).await;
}

pub async fn the_webhooks_of_a_span_are_counted(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    // A minute begins at 40, as `at(0)` is twenty seconds into one.
    for seconds in [0, 39, 40, 41, 100, 160] {
        world
            .append(&[world.webhook(endpoint, seconds), world.webhook(other, seconds)])
            .await;
    }
    let check = async |from: Option<i64>, to: Option<i64>, expected| {
        let count = world.store.count_of_endpoint(endpoint, from.map(at), to.map(at)).await;
        assert_eq!(count.expect("a count"), expected, "from {from:?} to {to:?}");
    };
    check(None, None, 6).await;
    check(Some(40), None, 4).await;
    check(Some(99), None, 4).await;
    check(Some(100), None, 2).await;
    check(None, Some(40), 2).await;
    check(None, Some(41), 4).await;
    check(Some(40), Some(100), 2).await;
    check(Some(1000), None, 0).await;
}

pub async fn verdicts_evidence_and_counts_follow(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let judged = |endpoint, seconds, verdict, outcome: Option<Outcome>| NewWebhook {
        verdict,
        events: outcome
            .iter()
            .flat_map(|outcome| [event("first", *outcome, None), event("second", Outcome::Failed, None)])
            .collect(),
        ..world.webhook(endpoint, seconds)
    };
    let webhooks = [
        judged(endpoint, 0, Invalid, Some(Outcome::Approved)),
        judged(endpoint, 1, Invalid, Some(Outcome::Approved)),
        judged(endpoint, 2, Invalid, None),
        judged(endpoint, 60, Verified, Some(Outcome::Declined)),
        judged(endpoint, 61, Stale, Some(Outcome::Declined)),
        judged(endpoint, 62, Stale, Some(Outcome::Declined)),
    ];
    let untouched = judged(other, 0, Invalid, Some(Outcome::Approved));
    world.append(&webhooks).await;
    world.append(std::slice::from_ref(&untouched)).await;

    let evidence = Evidence {
        scheme: Some(Scheme::Ed25519),
        live_secrets: 2,
        ..Evidence::default()
    };
    let mut new: Vec<_> = [Verified, Invalid, Verified, Stale, Missing, Stale]
        .into_iter()
        .zip(&webhooks)
        .map(|(verdict, webhook)| NewVerdict {
            before: None,
            id: webhook.id,
            verdict,
            evidence: evidence.clone(),
            contradicted: false,
            forwards: verdict == Verified,
            deliveries: Vec::new(),
            refetch: None,
        })
        .collect();
    // One of another endpoint is none of it.
    new.push(NewVerdict {
        evidence: evidence.clone(),
        ..new_verdict(untouched.id, Verified)
    });
    world
        .store
        .set_verdicts(endpoint, &new, at(5))
        .await
        .expect("the verdicts are written");

    for (webhook, new) in webhooks.iter().zip(&new) {
        let detail = world
            .store
            .webhook(webhook.id)
            .await
            .expect("an answer")
            .expect("it is there");
        assert_eq!((detail.row.verdict, detail.evidence), (new.verdict, evidence.clone()));
        assert_eq!(detail.events, webhook.events);
    }
    let detail = world
        .store
        .webhook(untouched.id)
        .await
        .expect("an answer")
        .expect("it is there");
    assert_eq!((detail.row.verdict, detail.evidence), (Invalid, Evidence::default()));
    assert_counts_are_those_of_the_webhooks(&world).await;
    let none_left = WebhookFilter {
        verdicts: vec![Invalid],
        endpoints: vec![endpoint],
        outcomes: Vec::new(),
        ..WebhookFilter::default()
    };
    let volume = world.store.volume(&none_left, at(-20), at(40), 1).await.expect("a volume");
    assert_eq!(volume.buckets[0].counts, [(Invalid, 1)]);

    // What nothing is left of is not counted as nothing.
    let last = NewVerdict {
        before: None,
        verdict: Verified,
        ..new[1].clone()
    };
    world
        .store
        .set_verdicts(endpoint, &[last], at(5))
        .await
        .expect("the verdict is written");
    let volume = world.store.volume(&none_left, at(-20), at(40), 1).await.expect("a volume");
    assert_eq!(volume.buckets[0].counts, []);
    world
        .store
        .set_verdicts(endpoint, &[], at(5))
        .await
        .expect("nothing is written");
    assert_counts_are_those_of_the_webhooks(&world).await;
}

/// In each minute and for each verdict and outcome.
async fn assert_counts_are_those_of_the_webhooks(world: &World) {
    let (from, to) = (at(-20), at(100));
    for verdict in Verdict::ALL {
        for outcome in Outcome::ALL {
            let filter = WebhookFilter {
                verdicts: vec![*verdict],
                outcomes: vec![*outcome],
                ..WebhookFilter::default()
            };
            let volume = world.store.volume(&filter, from, to, 1).await.expect("a volume");
            for bucket in volume.buckets {
                let listed = WebhookFilter {
                    from: Some(bucket.start),
                    to: Some(bucket.start.plus_seconds(60)),
                    ..filter.clone()
                };
                let rows = world
                    .page(
                        &listed,
                        model::PageRequest {
                            limit: 200,
                            cursor: None,
                        },
                    )
                    .await;
                let first = |row: &&model::WebhookRow| row.event.as_ref().is_some_and(|event| event.outcome == *outcome);
                let listed = rows.items.iter().filter(first).count() as u64;
                let counted: u64 = bucket.counts.iter().map(|(_, count)| count).sum();
                assert_eq!(counted, listed, "{verdict} {outcome} at {}", bucket.start);
            }
        }
    }
}

/// The verdicts at arrival, the new ones, what each repeats afterwards, and what a verified webhook of the same event
/// repeats that comes after all that: `None` when it is the original.
type Case<'a> = (&'a [Verdict], &'a [(usize, Verdict)], &'a [Option<usize>], Option<usize>);

pub async fn webhooks_are_linked_anew(database: Database) {
    let world = World::new(&database).await;
    let cases: &[Case] = &[
        // An original that is trusted now shadows the genuine one that comes later.
        (&[Invalid, Invalid], &[(0, Verified)], &[None, Some(0)], Some(0)),
        // One that is trusted no more does not.
        (&[Verified, Verified], &[(0, Invalid)], &[None, Some(0)], None),
        // Trusted more than the original, a duplicate becomes the original.
        (&[Invalid, Invalid], &[(1, Verified)], &[None, None], Some(1)),
        (
            &[Invalid, Invalid, Invalid],
            &[(1, Stale), (2, Stale)],
            &[None, None, Some(1)],
            None,
        ),
        (&[Verified, Verified], &[(0, Stale), (1, Verified)], &[None, None], Some(1)),
        // Both in the order of their arrival.
        (
            &[Invalid, Invalid],
            &[(0, Verified), (1, Verified)],
            &[None, Some(0)],
            Some(0),
        ),
        // One that was forged as far as could be told, and is genuine after all, repeats the one that came later: that may
        // have been forwarded already.
        (&[Invalid, Verified], &[(0, Verified)], &[Some(1), None], Some(1)),
        (&[Invalid, Verified], &[(0, Stale)], &[Some(1), None], Some(1)),
        // It is the original again when the later one is trusted less.
        (&[Invalid, Verified], &[(0, Stale), (1, Invalid)], &[Some(1), None], None),
        (&[Missing, Stale], &[(0, Verified)], &[None, None], Some(0)),
        // An original whose evidence alone is another stays what it is.
        (&[Unsigned, Unsigned], &[(0, Unsigned)], &[None, Some(0)], None),
    ];
    for case in cases {
        check(&world, case).await;
    }
}

async fn check(world: &World, case: &Case<'_>) {
    let (before, after, duplicate_of, later) = case;
    let endpoint = world.endpoint("persona").await;
    let webhooks: Vec<_> = before.iter().map(|verdict| of_event(world, endpoint, *verdict)).collect();
    world.append(&webhooks).await;
    let new: Vec<_> = after
        .iter()
        .map(|(number, verdict)| new_verdict(webhooks[*number].id, *verdict))
        .collect();
    world
        .store
        .set_verdicts(endpoint, &new, at(5))
        .await
        .expect("the verdicts are written");
    let id = |number: &Option<usize>| number.map(|number| webhooks[number].id);
    for (webhook, expected) in webhooks.iter().zip(*duplicate_of) {
        assert_eq!(duplicate_of_stored(world, webhook.id).await, id(expected), "{case:?}");
    }
    let appended = world.append(&[of_event(world, endpoint, Verified)]).await;
    assert_eq!(appended[0].duplicate_of, id(later), "{case:?}");
}

pub async fn one_from_a_foreign_network_stays_untrusted(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let foreign = NewWebhook {
        foreign_network: true,
        ..of_event(&world, endpoint, Invalid)
    };
    world.append(std::slice::from_ref(&foreign)).await;
    let new = [new_verdict(foreign.id, Verified)];
    world
        .store
        .set_verdicts(endpoint, &new, at(5))
        .await
        .expect("the verdict is written");
    let appended = world.append(&[of_event(&world, endpoint, Stale)]).await;
    assert_eq!(appended[0].duplicate_of, None);
}

pub async fn the_same_event_elsewhere_is_left_alone(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let webhooks = [of_event(&world, other, Invalid), of_event(&world, endpoint, Invalid)];
    world.append(&webhooks).await;
    let new = [new_verdict(webhooks[1].id, Verified)];
    world
        .store
        .set_verdicts(endpoint, &new, at(5))
        .await
        .expect("the verdict is written");
    let again = [of_event(&world, other, Invalid), of_event(&world, endpoint, Invalid)];
    let duplicate_of: Vec<_> = world
        .append(&again)
        .await
        .iter()
        .map(|appended| appended.duplicate_of)
        .collect();
    assert_eq!(duplicate_of, [Some(webhooks[0].id), Some(webhooks[1].id)]);
}

fn of_event(world: &World, endpoint: EndpointId, verdict: Verdict) -> NewWebhook {
    NewWebhook {
        verdict,
        same_event: Some(same_event("a")),
        ..world.webhook(endpoint, 0)
    }
}

/// What a re-fetch finds while its webhook is checked again is not undone by what was read before it.
pub async fn what_changed_since_it_was_read_is_left_as_it_is(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let webhooks = [0, 1].map(|seconds| world.webhook(endpoint, seconds));
    world.append(&webhooks).await;
    let most = Most { webhooks: 9, bytes: 100 };
    let read = world
        .store
        .stored_requests(endpoint, None, None, None, most)
        .await
        .expect("read");
    let checked: Vec<_> = read
        .into_iter()
        .map(|stored| NewVerdict {
            before: Some(Before {
                verdict: stored.verdict,
                evidence: stored.evidence,
                contradicted: stored.contradicted,
            }),
            ..new_verdict(stored.id, Stale)
        })
        .collect();
    let contradicted = NewVerdict {
        contradicted: true,
        ..new_verdict(webhooks[0].id, Verified)
    };
    let written = world.store.set_verdicts(endpoint, &[contradicted], at(5)).await;
    assert_eq!(written.expect("written"), []);

    let changed = world.store.set_verdicts(endpoint, &checked, at(6)).await.expect("written");
    assert_eq!(changed, [webhooks[0].id]);
    let now = world
        .store
        .stored_requests(endpoint, None, None, None, most)
        .await
        .expect("read");
    let now: Vec<_> = now.iter().map(|stored| (stored.verdict, stored.contradicted)).collect();
    assert_eq!(now, [(Verified, true), (Stale, false)]);
}

fn new_verdict(id: WebhookId, verdict: Verdict) -> NewVerdict {
    NewVerdict {
        before: None,
        id,
        verdict,
        evidence: Evidence::default(),
        contradicted: false,
        forwards: verdict == Verified,
        deliveries: Vec::new(),
        refetch: None,
    }
}

async fn duplicate_of_stored(world: &World, id: WebhookId) -> Option<WebhookId> {
    let detail = world.store.webhook(id).await.expect("an answer").expect("it is there");
    detail.row.duplicate_of
}

pub async fn headers_are_replaced_and_nothing_else(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("peleza").await, world.endpoint("peleza").await);
    let [first, second, elsewhere] = [(endpoint, 0), (endpoint, 1), (other, 2)].map(|(endpoint, seconds)| NewWebhook {
        headers: b"x-token: open sesame\r\n".to_vec(),
        ..world.webhook(endpoint, seconds)
    });
    world.append(&[first.clone(), second.clone(), elsewhere.clone()]).await;
    let hidden = b"x-token: (hidden)\r\n".to_vec();
    let replaced = [(first.id, hidden.clone()), (elsewhere.id, hidden.clone())];
    world.store.replace_headers(endpoint, &replaced).await.expect("replaced");
    for (webhook, expected) in [
        (&first, &hidden),
        (&second, &second.headers),
        (&elsewhere, &elsewhere.headers),
    ] {
        assert_eq!(world.store.headers(webhook.id).await.expect("read").as_ref(), Some(expected));
        assert_eq!(
            world.store.body(webhook.id).await.expect("read").as_deref(),
            Some(&webhook.body[..])
        );
    }
}
