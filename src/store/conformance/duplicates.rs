use model::Verdict::{self, Confirmed, Invalid, Missing, Stale, Unsigned, Verified};
use model::{EndpointId, WebhookId};

use super::database::Database;
use super::world::{World, same_event};
use crate::store::NewWebhook;

/// Batches of events with verdicts, and for each webhook the position, over all batches, of the one that it repeats.
type Case<'a> = (&'a [&'a [(&'a str, Verdict)]], &'a [Option<usize>]);

pub async fn a_webhook_repeats_the_first_one_that_is_trusted_as_much(database: Database) {
    let world = World::new(&database).await;
    let cases: &[Case] = &[
        (
            &[&[("a", Verified), ("a", Verified), ("a", Verified)]],
            &[None, Some(0), Some(0)],
        ),
        (
            &[&[("a", Verified)], &[("a", Verified)], &[("a", Verified)]],
            &[None, Some(0), Some(0)],
        ),
        (
            &[&[("a", Verified), ("b", Verified)], &[("b", Verified), ("a", Verified)]],
            &[None, None, Some(1), Some(0)],
        ),
        // Forged first, in the same batch and in one before.
        (
            &[&[("a", Invalid), ("a", Verified), ("a", Invalid), ("a", Verified)]],
            &[None, None, Some(1), Some(1)],
        ),
        (
            &[&[("a", Invalid)], &[("a", Verified)], &[("a", Invalid)], &[("a", Confirmed)]],
            &[None, None, Some(1), Some(1)],
        ),
        (
            &[&[("a", Invalid)], &[("a", Missing), ("a", Unsigned), ("a", Missing)]],
            &[None, Some(0), None, Some(2)],
        ),
        (
            &[&[("a", Missing)], &[("a", Stale)], &[("a", Verified), ("a", Stale)]],
            &[None, None, None, Some(2)],
        ),
        (
            &[&[("a", Verified)], &[("a", Invalid), ("a", Verified)]],
            &[None, Some(0), Some(0)],
        ),
        // New events among those that were told of before.
        (
            &[
                &[("b", Invalid)],
                &[("c", Verified), ("b", Verified), ("a", Verified), ("b", Verified)],
            ],
            &[None, None, None, None, Some(2)],
        ),
        // No event, no duplicate.
        (&[&[("", Verified), ("", Verified)], &[("", Verified)]], &[None, None, None]),
    ];
    for (batches, expected) in cases {
        check(&world, batches, expected).await;
    }
}

async fn check(world: &World, batches: &[&[(&str, Verdict)]], expected: &[Option<usize>]) {
    let endpoint = world.endpoint("persona").await;
    let mut ids = Vec::new();
    let mut duplicates = Vec::new();
    for batch in batches {
        let batch: Vec<_> = batch
            .iter()
            .map(|(event, verdict)| webhook(world, endpoint, event, *verdict))
            .collect();
        for appended in world.append(&batch).await {
            ids.push(appended.id);
            duplicates.push(appended.duplicate_of);
        }
    }
    let expected: Vec<_> = expected
        .iter()
        .map(|position| position.map(|position| ids[position]))
        .collect();
    assert_eq!(duplicates, expected, "{batches:?}");
    for (id, expected) in ids.into_iter().zip(expected) {
        assert_eq!(stored_duplicate_of(world, id).await, expected, "{batches:?}");
    }
}

pub async fn the_same_event_at_another_endpoint_is_another_event(database: Database) {
    let world = World::new(&database).await;
    let (one, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let batch = [webhook(&world, one, "a", Verified), webhook(&world, other, "a", Verified)];
    for appended in world.append(&batch).await {
        assert_eq!(appended.duplicate_of, None);
    }
    let again = [webhook(&world, other, "a", Verified), webhook(&world, one, "a", Verified)];
    let duplicates: Vec<_> = world
        .append(&again)
        .await
        .into_iter()
        .map(|appended| appended.duplicate_of)
        .collect();
    assert_eq!(duplicates, [Some(batch[1].id), Some(batch[0].id)]);
}

pub async fn of_appends_at_the_same_time_exactly_one_has_the_original(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let endpoint = world.endpoint("persona").await;
    for round in 0..100 {
        // Each has every event twice; their orders differ, so that they meet in the middle.
        let events: Vec<_> = (0..8).map(|event| format!("{round}-{event}")).collect();
        let mine: Vec<_> = events
            .iter()
            .chain(&events)
            .map(|event| webhook(&world, endpoint, event, Verified))
            .collect();
        let theirs: Vec<_> = events
            .iter()
            .chain(&events)
            .rev()
            .map(|event| webhook(&world, endpoint, event, Verified))
            .collect();
        let (mine_done, theirs_done) = tokio::join!(append_elsewhere(&world, &mine), append_elsewhere(&node, &theirs));

        for event in &events {
            let told: Vec<_> = mine
                .iter()
                .zip(&mine_done)
                .chain(theirs.iter().zip(&theirs_done))
                .filter(|(webhook, _)| webhook.same_event == Some(same_event(event)))
                .map(|(webhook, duplicate_of)| (webhook.id, *duplicate_of))
                .collect();
            let originals: Vec<_> = told
                .iter()
                .filter(|(_, duplicate_of)| duplicate_of.is_none())
                .map(|(id, _)| *id)
                .collect();
            let [original] = originals[..] else {
                panic!("{} originals of {event}", originals.len())
            };
            assert!(
                told.iter()
                    .all(|(id, duplicate_of)| *id == original || *duplicate_of == Some(original))
            );
        }
    }
}

pub async fn appends_at_the_same_time_agree_on_the_most_trusted_one(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let endpoint = world.endpoint("persona").await;
    for round in 0..100 {
        let events: Vec<_> = (0..8).map(|event| format!("{round}-{event}")).collect();
        let forged: Vec<_> = events.iter().map(|event| webhook(&world, endpoint, event, Invalid)).collect();
        let genuine: Vec<_> = events
            .iter()
            .rev()
            .map(|event| webhook(&world, endpoint, event, Verified))
            .collect();
        let (_, genuine_done) = tokio::join!(append_elsewhere(&world, &forged), append_elsewhere(&node, &genuine));
        assert!(
            genuine_done.iter().all(Option::is_none),
            "a forged webhook shadows a genuine one"
        );

        let again: Vec<_> = genuine
            .iter()
            .map(|genuine| NewWebhook {
                id: WebhookId(world.id(genuine.received_at)),
                ..genuine.clone()
            })
            .collect();
        let originals: Vec<_> = world
            .append(&again)
            .await
            .into_iter()
            .map(|appended| appended.duplicate_of)
            .collect();
        assert_eq!(originals, genuine.iter().map(|genuine| Some(genuine.id)).collect::<Vec<_>>());
    }
}

/// Appends on a thread of its own, so that two of these truly run at the same time.
async fn append_elsewhere(world: &World, batch: &[NewWebhook]) -> Vec<Option<WebhookId>> {
    let (store, batch) = (world.store.clone(), batch.to_vec());
    let appending = tokio::spawn(async move { store.append(&batch).await.expect("the batch is appended") });
    appending
        .await
        .expect("no panic")
        .into_iter()
        .map(|appended| appended.duplicate_of)
        .collect()
}

/// A webhook that tells of the event; of none when its name is empty.
fn webhook(world: &World, endpoint: EndpointId, event: &str, verdict: Verdict) -> NewWebhook {
    let same_event = (!event.is_empty()).then(|| same_event(event));
    NewWebhook {
        verdict,
        same_event,
        ..world.webhook(endpoint, 0)
    }
}

async fn stored_duplicate_of(world: &World, id: WebhookId) -> Option<WebhookId> {
    world
        .store
        .webhook(id)
        .await
        .expect("a webhook")
        .expect("the webhook is there")
        .row
        .duplicate_of
}
