use model::{Outcome, Timestamp, Verdict, VolumeBucket, WebhookFilter};

use super::database::Database;
use super::world::{World, at, event, filter};
use crate::store::NewWebhook;

/// 20 November 2025, 01:00, which is 400 s after [`at`]`(0)`.
fn one_o_clock(minutes: i64) -> Timestamp {
    at(400 + 60 * minutes)
}

/// Two endpoints of two providers, two hours of webhooks.
async fn filled(database: &Database) -> World {
    let world = World::new(database).await;
    let endpoints = [world.endpoint("persona").await, world.endpoint("pleenk").await];
    let verdicts = [Verdict::Verified, Verdict::Verified, Verdict::Invalid];
    let outcomes = [
        Some(Outcome::Approved),
        Some(Outcome::Declined),
        None,
        Some(Outcome::Pending),
        Some(Outcome::Approved),
    ];
    let webhooks: Vec<_> = (0..420)
        .map(|number: usize| {
            let seconds = 17 * i64::try_from(number).expect("a small number");
            let first = outcomes[number % 5].map(|outcome| event("inquiry", outcome, None));
            NewWebhook {
                verdict: verdicts[number % 3],
                // The second event of a webhook is not counted.
                events: first
                    .into_iter()
                    .flat_map(|first| [first, event("more", Outcome::Failed, None)])
                    .collect(),
                ..world.webhook(endpoints[number % 2], 400 + seconds)
            }
        })
        .collect();
    // Counters are counted up by later batches.
    for batch in webhooks.chunks(25) {
        world.append(batch).await;
    }
    world
}

pub async fn counts_are_those_of_the_webhooks(database: Database) {
    let world = filled(&database).await;
    let volume = world
        .store
        .volume(&WebhookFilter::default(), one_o_clock(0), one_o_clock(120), 5)
        .await
        .expect("a volume");
    assert_eq!(
        (volume.from, volume.to, volume.bucket_seconds),
        (one_o_clock(0), one_o_clock(120), 300)
    );
    assert_eq!(volume.buckets.len(), 24);
    assert_eq!((volume.total(), volume.trusted()), (420, 280));
    for bucket in volume.buckets {
        for verdict in Verdict::ALL {
            let listed = WebhookFilter {
                verdicts: vec![*verdict],
                from: Some(bucket.start),
                to: Some(bucket.start.plus_seconds(300)),
                ..WebhookFilter::default()
            };
            let count = bucket
                .counts
                .iter()
                .find(|(counted, _)| counted == verdict)
                .map_or(0, |(_, count)| *count);
            assert_eq!(count, world.ids(&listed).await.len() as u64, "{verdict} at {}", bucket.start);
        }
    }
}

pub async fn buckets_cover_the_span_without_gaps(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    world
        .append(&[
            world.webhook(endpoint, 400),
            world.webhook(endpoint, 400 + 59),
            world.webhook(endpoint, 400 + 600),
        ])
        .await;
    let check = async |from, to, minutes, expected: &[(i64, u64)]| {
        let volume = world
            .store
            .volume(&WebhookFilter::default(), from, to, minutes)
            .await
            .expect("a volume");
        let expected: Vec<_> = expected
            .iter()
            .map(|(start, count)| VolumeBucket {
                start: one_o_clock(*start),
                counts: if *count == 0 {
                    Vec::new()
                } else {
                    vec![(Verdict::Verified, *count)]
                },
            })
            .collect();
        assert_eq!(volume.buckets, expected);
        assert_eq!(volume.from, expected.first().map_or(volume.to, |bucket| bucket.start));
    };
    check(one_o_clock(-5), one_o_clock(15), 5, &[(-5, 0), (0, 2), (5, 0), (10, 1)]).await;
    // A bucket that is only touched is whole.
    check(at(400 + 30), at(400 + 601), 5, &[(0, 2), (5, 0), (10, 1)]).await;
    check(one_o_clock(0), one_o_clock(10), 10, &[(0, 2)]).await;
    check(one_o_clock(0), at(400 + 1), 1, &[(0, 2)]).await;
    check(one_o_clock(1), one_o_clock(3), 1, &[(1, 0), (2, 0)]).await;
    check(one_o_clock(1), one_o_clock(2), 0, &[(1, 0)]).await;
    check(one_o_clock(1), one_o_clock(1), 5, &[]).await;
    check(one_o_clock(9), one_o_clock(1), 5, &[]).await;
}

pub async fn volume_is_narrowed_by_what_is_rolled_up(database: Database) {
    let world = filled(&database).await;
    let check = async |query: &str, expected: u64| {
        let volume = world
            .store
            .volume(&filter(query), one_o_clock(0), one_o_clock(120), 60)
            .await
            .expect("a volume");
        assert_eq!(volume.total(), expected, "{query}");
    };
    check("", 420).await;
    check("provider=persona", 210).await;
    check("provider=persona&provider=pleenk", 420).await;
    check("provider=peleza", 0).await;
    check("verdict=invalid", 140).await;
    check("verdict=verified&verdict=invalid", 420).await;
    check("outcome=approved", 168).await;
    check("outcome=declined&outcome=pending", 168).await;
    check("outcome=failed", 0).await;
    check("outcome=approved&verdict=invalid&provider=pleenk", 28).await;
    check("subject=user-1&event_type=report.*", 420).await;
}

pub async fn a_span_that_is_too_long_for_its_buckets_gets_wider_ones(database: Database) {
    let world = filled(&database).await;
    let year = 365 * 24 * 3600;
    let volume = world
        .store
        .volume(&WebhookFilter::default(), at(-year), at(year), 1)
        .await
        .expect("a volume");
    assert!(volume.buckets.len() <= 10_001, "{} buckets", volume.buckets.len());
    assert!(volume.from <= at(-year) && volume.to >= at(year));
    assert_eq!(volume.total(), 420);
}
