use model::{Cursor, EndpointId, Event, Outcome, Page, PageRequest, Verdict, WebhookFilter, WebhookId, WebhookRow};
use uuid::Uuid;

use super::database::Database;
use super::world::{World, at, event, filter};
use crate::store::NewWebhook;

/// A log in which each webhook is known by its position, counted from the oldest.
struct Log {
    world: World,
    ids: Vec<WebhookId>,
}

impl Log {
    async fn of(world: World, webhooks: Vec<NewWebhook>) -> Self {
        world.append(&webhooks).await;
        Self {
            world,
            ids: webhooks.into_iter().map(|webhook| webhook.id).collect(),
        }
    }

    /// Webhooks of one endpoint, each with these events, a second apart.
    async fn of_events(database: &Database, events: Vec<Vec<Event>>) -> Self {
        let world = World::new(database).await;
        let endpoint = world.endpoint("persona").await;
        let webhooks = (0..)
            .zip(events)
            .map(|(second, events)| NewWebhook {
                events,
                ..world.webhook(endpoint, second)
            })
            .collect();
        Self::of(world, webhooks).await
    }

    fn position(&self, id: WebhookId) -> usize {
        self.ids.iter().position(|known| *known == id).expect("a webhook of the log")
    }

    fn positions(&self, page: &Page<WebhookRow>) -> Vec<usize> {
        page.items.iter().map(|row| self.position(row.id)).collect()
    }

    async fn page(&self, filter: &WebhookFilter, limit: u32, cursor: Option<Cursor>) -> Page<WebhookRow> {
        self.world.page(filter, PageRequest { limit, cursor }).await
    }

    /// The filter lets through just these, newest first.
    async fn check(&self, query: &str, expected: &[usize]) {
        self.check_filter(&filter(query), expected).await;
    }

    async fn check_filter(&self, filter: &WebhookFilter, expected: &[usize]) {
        let page = self.page(filter, 1000, None).await;
        assert_eq!(self.positions(&page), expected, "{}", filter.to_query());
        assert_eq!((page.older, page.newer), (None, None));
        let newer = self
            .world
            .store
            .count_newer(filter, WebhookId(Uuid::nil()), 1000)
            .await
            .expect("a count");
        assert_eq!(usize::try_from(newer), Ok(expected.len()), "{}", filter.to_query());
    }
}

/// Three endpoints of two providers; what each webhook has in it is told in the tests.
async fn mixed(database: &Database) -> (Log, [EndpointId; 3]) {
    let world = World::new(database).await;
    let endpoints = [
        world.endpoint("persona").await,
        world.endpoint("persona").await,
        world.endpoint("pleenk").await,
    ];
    let approved = || vec![event("inquiry.approved", Outcome::Approved, Some("user-1"))];
    let declined = || vec![event("inquiry.declined", Outcome::Declined, Some("user-2"))];
    let two = || [approved(), declined()].concat();
    let told = [
        (0, Verdict::Verified, approved()),
        (0, Verdict::Invalid, declined()),
        (1, Verdict::Verified, two()),
        (2, Verdict::Missing, Vec::new()),
        (2, Verdict::Verified, declined()),
        (1, Verdict::Invalid, approved()),
    ];
    let webhooks = (0..)
        .zip(told)
        .map(|(second, (endpoint, verdict, events))| NewWebhook {
            verdict,
            events,
            ..world.webhook(endpoints[endpoint], second)
        })
        .collect();
    (Log::of(world, webhooks).await, endpoints)
}

pub async fn each_filter_finds_what_it_says(database: Database) {
    let (log, endpoints) = mixed(&database).await;
    log.check("", &[5, 4, 3, 2, 1, 0]).await;
    log.check("provider=persona", &[5, 2, 1, 0]).await;
    log.check("provider=pleenk&provider=persona", &[5, 4, 3, 2, 1, 0]).await;
    log.check("provider=peleza", &[]).await;
    log.check("verdict=verified", &[4, 2, 0]).await;
    log.check("verdict=invalid", &[5, 1]).await;
    log.check("verdict=invalid&verdict=missing", &[5, 3, 1]).await;
    log.check("verdict=verified&verdict=missing", &[4, 3, 2, 0]).await;
    log.check("verdict=stale", &[]).await;
    log.check("event_type=inquiry.approved", &[5, 2, 0]).await;
    log.check("event_type=inquiry.approved&event_type=inquiry.declined", &[5, 4, 2, 1, 0])
        .await;
    log.check("event_type=inquiry", &[]).await;
    log.check("outcome=declined", &[4, 2, 1]).await;
    log.check("outcome=declined&outcome=approved", &[5, 4, 2, 1, 0]).await;
    log.check("outcome=failed", &[]).await;
    log.check("subject=user-2", &[4, 2, 1]).await;
    log.check("subject=user-2&subject=user-1", &[5, 4, 2, 1, 0]).await;
    log.check("subject=User-1", &[]).await;
    let of = |endpoints: &[EndpointId]| WebhookFilter {
        endpoints: endpoints.to_vec(),
        ..WebhookFilter::default()
    };
    log.check_filter(&of(&endpoints[1..2]), &[5, 2]).await;
    log.check_filter(&of(&endpoints[1..]), &[5, 4, 3, 2]).await;
    log.check_filter(&of(&[EndpointId(Uuid::nil())]), &[]).await;
}

pub async fn filters_narrow_each_other(database: Database) {
    let (log, endpoints) = mixed(&database).await;
    log.check("provider=persona&verdict=invalid", &[5, 1]).await;
    log.check("provider=persona&verdict=invalid&outcome=approved", &[5]).await;
    log.check("verdict=verified&subject=user-2", &[4, 2]).await;
    log.check("provider=pleenk&event_type=inquiry.*", &[4]).await;
    log.check(
        "provider=persona&subject=user-1&verdict=verified&event_type=inquiry.*&outcome=approved",
        &[2, 0],
    )
    .await;
    log.check("verdict=missing&outcome=approved", &[]).await;
    let elsewhere = WebhookFilter {
        endpoints: vec![endpoints[2]],
        ..filter("provider=persona")
    };
    log.check_filter(&elsewhere, &[]).await;
}

pub async fn filters_find_a_few_among_many(database: Database) {
    let world = World::new(&database).await;
    let mut endpoints = Vec::new();
    for _ in 0..70 {
        endpoints.push(world.endpoint("persona").await);
    }
    // Of so many events of one type, and of so many endpoints, some stores do not go through each.
    let outcome = |number| {
        if number % 700 == 0 {
            Outcome::Approved
        } else {
            Outcome::Pending
        }
    };
    let webhooks: Vec<_> = (0..2200)
        .map(|number: usize| NewWebhook {
            events: vec![event("inquiry.changed", outcome(number), Some("everyone"))],
            ..world.webhook(endpoints[number % 70], 0)
        })
        .collect();
    let log = Log::of(world, webhooks).await;
    log.check("outcome=approved", &[2100, 1400, 700, 0]).await;
    log.check("outcome=approved&event_type=inquiry.changed", &[2100, 1400, 700, 0])
        .await;
    log.check("outcome=approved&event_type=inquiry.*", &[2100, 1400, 700, 0])
        .await;
    log.check("outcome=approved&subject=everyone&provider=persona", &[2100, 1400, 700, 0])
        .await;
    let some = WebhookFilter {
        endpoints: endpoints[..69].to_vec(),
        ..filter("outcome=approved&event_type=inquiry.*")
    };
    log.check_filter(&some, &[2100, 1400, 700, 0]).await;
    let others = WebhookFilter {
        endpoints: endpoints[1..].to_vec(),
        ..some
    };
    log.check_filter(&others, &[]).await;
    check_walk(
        &log,
        &filter("outcome=approved&event_type=inquiry.*"),
        3,
        &[2100, 1400, 700, 0],
    )
    .await;
}

pub async fn what_is_said_of_events_has_to_hold_for_one_of_them(database: Database) {
    let (log, _) = mixed(&database).await;
    // The third webhook tells of both persons, but not this of this one.
    log.check("subject=user-1&outcome=declined", &[]).await;
    log.check("subject=user-1&event_type=inquiry.declined", &[]).await;
    log.check("outcome=approved&event_type=inquiry.d*", &[]).await;
    log.check("subject=user-2&outcome=declined&event_type=inquiry.d*", &[4, 2, 1])
        .await;
    // The row is named by the first event also when another one was found.
    let found = log
        .page(&filter("subject=user-2&provider=persona&verdict=verified"), 10, None)
        .await;
    let named: Vec<_> = found
        .items
        .iter()
        .map(|row| (row.event.as_ref().map(|event| event.outcome), row.events))
        .collect();
    assert_eq!(named, [(Some(Outcome::Approved), 2)]);
}

pub async fn a_star_stands_for_any_ending_and_nothing_else_does(database: Database) {
    let types = [
        "inquiry.approved",
        "inquiry",
        "Inquiry.approved",
        "inquiryXapproved",
        "a%b",
        "a_b",
        "axb",
        "a*b",
        "ünïcødé.x",
        "a\\b",
    ];
    let events = types
        .iter()
        .map(|event_type| vec![event(event_type, Outcome::Unknown, None)])
        .collect();
    let log = Log::of_events(&database, events).await;
    log.check("event_type=inquiry.*", &[0]).await;
    log.check("event_type=inquiry*", &[3, 1, 0]).await;
    log.check("event_type=*", &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).await;
    log.check("event_type=a%25*", &[4]).await;
    log.check("event_type=a_*", &[5]).await;
    log.check("event_type=a_b", &[5]).await;
    log.check("event_type=a**", &[7]).await;
    log.check("event_type=a*b", &[7]).await;
    log.check("event_type=a%5C*", &[9]).await;
    log.check("event_type=ünïcødé.*", &[8]).await;
    log.check("event_type=inquiry.*&event_type=a_b", &[5, 0]).await;
}

pub async fn a_span_of_time_begins_at_from_and_ends_before_to(database: Database) {
    let log = Log::of_events(&database, vec![Vec::new(); 5]).await;
    let span = |from: Option<i64>, to: Option<i64>| {
        let micros = |micros| model::Timestamp::from_micros(at(0).as_micros() + micros).expect("a time");
        WebhookFilter {
            from: from.map(micros),
            to: to.map(micros),
            ..WebhookFilter::default()
        }
    };
    log.check_filter(&span(Some(2_000_000), None), &[4, 3, 2]).await;
    log.check_filter(&span(Some(2_000_001), None), &[4, 3]).await;
    log.check_filter(&span(None, Some(2_000_000)), &[1, 0]).await;
    log.check_filter(&span(None, Some(2_000_001)), &[2, 1, 0]).await;
    log.check_filter(&span(Some(1_000_000), Some(3_000_000)), &[2, 1]).await;
    log.check_filter(&span(Some(1_999_999), Some(1_999_999)), &[]).await;
    log.check_filter(&span(Some(3_000_000), Some(1_000_000)), &[]).await;
    let ages = WebhookFilter {
        from: model::Timestamp::parse("0001-01-01T00:00:00Z"),
        to: model::Timestamp::parse("9999-12-31T23:59:59Z"),
        ..WebhookFilter::default()
    };
    log.check_filter(&ages, &[4, 3, 2, 1, 0]).await;
}

pub async fn pages_lead_through_the_whole_log_and_back(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    // Many arrive in one instant.
    let webhooks: Vec<_> = (0..25).map(|number| world.webhook(endpoint, number / 10)).collect();
    let log = Log::of(world, webhooks).await;
    for limit in [1, 7, 24, 25, 26] {
        check_walk(&log, &WebhookFilter::default(), limit, &(0..25).rev().collect::<Vec<_>>()).await;
    }
}

pub async fn a_page_with_a_filter_leads_only_to_what_the_filter_lets_through(database: Database) {
    let world = World::new(&database).await;
    let endpoints = [world.endpoint("persona").await, world.endpoint("pleenk").await];
    let webhooks: Vec<_> = (0..24_i64)
        .map(|number| {
            let third = number % 3 == 0;
            NewWebhook {
                verdict: if third { Verdict::Invalid } else { Verdict::Verified },
                events: vec![event(
                    if third { "odd" } else { "even" },
                    Outcome::Unknown,
                    Some(if third { "a" } else { "b" }),
                )],
                ..world.webhook(endpoints[usize::from(third)], number)
            }
        })
        .collect();
    let log = Log::of(world, webhooks).await;
    let thirds: Vec<_> = (0..24).rev().filter(|number| number % 3 == 0).collect();
    for query in [
        "verdict=invalid",
        "provider=pleenk",
        "event_type=odd",
        "event_type=o*",
        "subject=a",
    ] {
        for limit in [1, 3, 4, 8, 9] {
            check_walk(&log, &filter(query), limit, &thirds).await;
        }
    }
}

/// Walks from the newest page to the oldest and back, and finds every webhook once on each way.
async fn check_walk(log: &Log, filter: &WebhookFilter, limit: u32, expected: &[usize]) {
    let mut page = log.page(filter, limit, None).await;
    assert_eq!(page.newer, None);
    let mut down = log.positions(&page);
    while let Some(older) = page.older {
        page = log.page(filter, limit, Some(older)).await;
        assert!(!page.items.is_empty(), "a cursor leads to nothing");
        assert!(page.newer.is_some(), "there is no way back");
        down.extend(log.positions(&page));
    }
    assert_eq!(down, expected, "{} by {limit}", filter.to_query());

    let mut up = log.positions(&page);
    while let Some(newer) = page.newer {
        page = log.page(filter, limit, Some(newer)).await;
        assert!(!page.items.is_empty(), "a cursor leads to nothing");
        assert!(page.older.is_some(), "there is no way back");
        up.splice(0..0, log.positions(&page));
    }
    assert_eq!(up, expected, "{} by {limit}", filter.to_query());
}

pub async fn a_cursor_past_the_end_leads_back(database: Database) {
    let log = Log::of_events(&database, vec![Vec::new(); 3]).await;
    let all = WebhookFilter::default();
    let (oldest, newest) = (log.ids[0].0, log.ids[2].0);

    let below = log.page(&all, 2, Some(Cursor::OlderThan(oldest))).await;
    assert_eq!((below.items.len(), below.older), (0, None));
    let back = log.page(&all, 2, below.newer).await;
    assert_eq!(log.positions(&back), [1, 0]);

    let above = log.page(&all, 2, Some(Cursor::NewerThan(newest))).await;
    assert_eq!((above.items.len(), above.newer), (0, None));
    let back = log.page(&all, 2, above.older).await;
    assert_eq!(log.positions(&back), [2, 1]);

    let nothing = filter("outcome=failed");
    for cursor in [None, Some(Cursor::OlderThan(newest)), Some(Cursor::NewerThan(oldest))] {
        assert_eq!(
            log.page(&nothing, 2, cursor).await,
            Page {
                items: Vec::new(),
                older: None,
                newer: None
            }
        );
    }
}

pub async fn newer_ones_are_counted_up_to_the_limit(database: Database) {
    let (log, _) = mixed(&database).await;
    let check = async |query: &str, after: usize, limit: u32, expected: u32| {
        let count = log
            .world
            .store
            .count_newer(&filter(query), log.ids[after], limit)
            .await
            .expect("a count");
        assert_eq!(count, expected, "{query} after {after}");
    };
    check("", 5, 100, 0).await;
    check("", 2, 100, 3).await;
    check("", 0, 100, 5).await;
    check("", 0, 4, 4).await;
    check("", 0, 0, 0).await;
    check("verdict=invalid", 1, 100, 1).await;
    check("subject=user-2", 0, 2, 2).await;
}

pub async fn what_does_not_exist_is_not_found(database: Database) {
    let world = World::new(&database).await;
    let nothing = WebhookId(world.id(at(0)));
    assert_eq!(world.store.webhook(nothing).await.expect("an answer"), None);
    assert_eq!(world.store.body(nothing).await.expect("an answer"), None);
    assert_eq!(world.store.headers(nothing).await.expect("an answer"), None);
    assert_eq!(world.ids(&WebhookFilter::default()).await, [] as [WebhookId; 0]);
}
