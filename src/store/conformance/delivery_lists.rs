use model::{
    Cursor, DeliveryFilter, DeliveryId, DeliveryRow, DeliveryState, DeliverySummary, DestinationId, Page, PageRequest,
    WebhookFilter, WebhookId,
};
use uuid::Uuid;

use super::database::Database;
use super::forwarding::Forwarding;
use super::world::{at, filter, same_event};
use crate::store::NewWebhook;
use crate::store::change::Change;
use crate::store::delivery::Next;

/// Deliveries of two destinations, in all states.
struct Log {
    forwarding: Forwarding,
    destinations: [DestinationId; 2],
    /// Known by their positions, oldest first.
    deliveries: Vec<DeliveryId>,
}

use DeliveryState::{Cancelled, Delivered, Delivering, Failed, Held, Pending};

/// The destination and the state of each.
const STATES: [(usize, DeliveryState); 10] = [
    (0, Delivered),
    (1, Failed),
    (0, Held),
    (1, Delivered),
    (0, Failed),
    (0, Cancelled),
    (1, Pending),
    (0, Delivered),
    (0, Delivering),
    (0, Pending),
];

impl Log {
    async fn new(database: &Database) -> Self {
        let forwarding = Forwarding::new(database).await;
        let destinations = [forwarding.destination().await, forwarding.destination().await];
        let mut deliveries = Vec::new();
        for (second, (destination, state)) in (0..).zip(STATES) {
            let destination = destinations[destination];
            let mut webhook = forwarding.webhook(destination, second);
            webhook.deliveries[0].held = state == Held;
            let delivery = forwarding.append(webhook).await;
            match state {
                Held | Pending => {}
                Delivered => _ = forwarding.attempt_all(destination, second, Next::Delivered).await,
                Failed => _ = forwarding.attempt_all(destination, second, Next::Failed).await,
                Delivering => _ = forwarding.leased(destination, second).await,
                Cancelled => forwarding.world.change(Change::CancelDelivery(delivery, at(second))).await,
            }
            deliveries.push(delivery);
        }
        for ((_, state), delivery) in STATES.iter().zip(&deliveries) {
            assert_eq!(forwarding.state(*delivery).await, *state);
        }
        Self {
            forwarding,
            destinations,
            deliveries,
        }
    }

    async fn page(&self, filter: &DeliveryFilter, limit: u32, cursor: Option<Cursor>) -> (Vec<usize>, Page<DeliveryRow>) {
        let page = self
            .forwarding
            .world
            .store
            .deliveries(filter, PageRequest { limit, cursor })
            .await;
        let page = page.expect("a page");
        let position = |row: &DeliveryRow| self.deliveries.iter().position(|id| *id == row.id);
        let positions = page.items.iter().map(|row| position(row).expect("a delivery of the log"));
        (positions.collect(), page)
    }

    /// The filter lets through just these, newest first: on the way from the newest page to the oldest, back, and counted.
    async fn check(&self, filter: &DeliveryFilter, expected: &[usize]) {
        let query = filter.to_query();
        for limit in [1, 2, 100] {
            let (mut down, mut page) = self.page(filter, limit, None).await;
            assert_eq!(page.newer, None);
            let mut last = down.clone();
            while page.older.is_some() {
                (last, page) = self.page(filter, limit, page.older).await;
                down.extend(&last);
            }
            assert_eq!(down, expected, "{query} by {limit}");
            let mut up = last;
            while page.newer.is_some() {
                let positions;
                (positions, page) = self.page(filter, limit, page.newer).await;
                up.splice(0..0, positions);
            }
            assert_eq!(up, expected, "{query} by {limit}, back");
        }
        let store = &self.forwarding.world.store;
        let count = async |limit| store.count_deliveries(filter, limit).await.expect("a count") as usize;
        assert_eq!(
            [count(1000).await, count(2).await],
            [expected.len(), expected.len().min(2)],
            "{query}"
        );
    }
}

pub async fn each_filter_of_deliveries_finds_what_it_says(database: Database) {
    let log = Log::new(&database).await;
    let [one, other] = log.destinations;
    let of = |states: &[DeliveryState], destinations: &[DestinationId]| DeliveryFilter {
        states: states.to_vec(),
        destinations: destinations.to_vec(),
        ..DeliveryFilter::default()
    };
    log.check(&of(&[], &[]), &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).await;
    log.check(&of(&[Failed], &[]), &[4, 1]).await;
    log.check(&of(&[Delivered], &[]), &[7, 3, 0]).await;
    log.check(&of(&[Delivered, Held, Pending], &[]), &[9, 7, 6, 3, 2, 0]).await;
    log.check(&of(&[], &[other]), &[6, 3, 1]).await;
    log.check(&of(&[], &[one, other, other]), &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
        .await;
    log.check(&of(&[Failed, Cancelled], &[one]), &[5, 4]).await;
    log.check(&of(&[Delivering], &[other]), &[]).await;
    log.check(&of(&[Failed], &[DestinationId(Uuid::nil())]), &[]).await;

    let mut webhooks = Vec::new();
    for delivery in [1, 4] {
        webhooks.push(log.forwarding.webhook_id(log.deliveries[delivery]).await);
    }
    let of_webhooks = |states: &[DeliveryState], destinations: &[DestinationId]| DeliveryFilter {
        webhooks: webhooks.clone(),
        ..of(states, destinations)
    };
    log.check(&of_webhooks(&[], &[]), &[4, 1]).await;
    log.check(&of_webhooks(&[Failed], &[one]), &[4]).await;
    log.check(&of_webhooks(&[Held], &[]), &[]).await;

    let span = |filter: DeliveryFilter, from: Option<i64>, to: Option<i64>| DeliveryFilter {
        from: from.map(at),
        to: to.map(at),
        ..filter
    };
    log.check(&span(of(&[], &[]), Some(7), None), &[9, 8, 7]).await;
    log.check(&span(of(&[], &[]), Some(3), Some(5)), &[4, 3]).await;
    log.check(&span(of(&[Failed], &[]), None, Some(4)), &[1]).await;
    log.check(&span(of(&[], &[one]), Some(2), Some(8)), &[7, 5, 4, 2]).await;
    log.check(&span(of(&[], &[]), Some(100), None), &[]).await;
}

pub async fn too_many_destinations_to_read_one_by_one_make_no_difference(database: Database) {
    let log = Log::new(&database).await;
    for _ in 0..260 {
        log.forwarding.destination().await;
    }
    let failed = DeliveryFilter {
        states: vec![Failed],
        ..DeliveryFilter::default()
    };
    log.check(&failed, &[4, 1]).await;
}

async fn summary(forwarding: &Forwarding, webhook: WebhookId) -> Option<DeliverySummary> {
    let detail = forwarding
        .world
        .store
        .webhook(webhook)
        .await
        .expect("an answer")
        .expect("it is there");
    let page = forwarding.world.page(&WebhookFilter::default(), PageRequest::default()).await;
    let row = page.items.into_iter().find(|row| row.id == webhook).expect("it is listed");
    assert_eq!(row, detail.row);
    row.delivery
}

pub async fn the_log_shows_the_delivery_that_most_wants_a_person(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    // From what wants a person least to what wants one most.
    let rising = [Cancelled, Delivered, Pending, Held, Failed];
    let webhook = forwarding.world.webhook(forwarding.endpoint, 0);
    forwarding.world.append(std::slice::from_ref(&webhook)).await;
    assert_eq!(summary(&forwarding, webhook.id).await, None);
    for (destinations, state) in (1..).zip(rising) {
        let destination = forwarding.destination().await;
        let mut queued = forwarding.queued(webhook.id, destination, 1);
        queued.held = state == Held;
        forwarding.resend(queued, 1).await;
        match state {
            Delivered => _ = forwarding.attempt_all(destination, 1, Next::Delivered).await,
            Failed => _ = forwarding.attempt_all(destination, 1, Next::Failed).await,
            Cancelled => forwarding.world.change(Change::CancelDelivery(queued.id, at(1))).await,
            _ => {}
        }
        let row = forwarding.delivery(queued.id).await.row;
        let expected = DeliverySummary {
            state,
            attempts: row.attempts,
            last_status: row.last_status,
            last_failure: row.last_failure,
            last_duration_ms: row.last_duration_ms,
            next_attempt_at: row.next_attempt_at,
            destinations,
        };
        assert_eq!(summary(&forwarding, webhook.id).await, Some(expected));
    }
}

pub async fn of_several_deliveries_to_one_destination_the_newest_counts(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    let webhook = forwarding.webhook_id(delivery).await;
    forwarding.attempt_all(destination, 0, Next::Delivered).await;
    let queued = forwarding.queued(webhook, destination, 1);
    forwarding.resend(queued, 1).await;
    let shown = summary(&forwarding, webhook).await.expect("it is on its way");
    assert_eq!((shown.state, shown.destinations, shown.attempts), (Pending, 1, 0));
    forwarding.world.change(Change::CancelDelivery(queued.id, at(2))).await;
    let shown = summary(&forwarding, webhook).await.expect("it was on its way");
    assert_eq!((shown.state, shown.destinations), (Cancelled, 1));
}

pub async fn the_log_is_filtered_by_deliveries_and_by_duplicates(database: Database) {
    let log = Log::new(&database).await;
    let world = &log.forwarding.world;
    let mut webhooks = Vec::new();
    for delivery in &log.deliveries {
        webhooks.push(log.forwarding.webhook_id(*delivery).await);
    }
    // One that goes to both, one that repeats another and one that goes nowhere.
    let mut both = log.forwarding.webhook(log.destinations[0], 20);
    both.deliveries.push(log.forwarding.new_delivery(log.destinations[1], 20));
    let told = |second| NewWebhook {
        same_event: Some(same_event("a")),
        ..world.webhook(log.forwarding.endpoint, second)
    };
    let more = [both, told(21), told(22)];
    world.append(&more).await;
    webhooks.extend(more.iter().map(|webhook| webhook.id));
    let check = async |query: &str, expected: &[usize]| {
        let filter = filter(query);
        let expected: Vec<_> = expected.iter().map(|number| webhooks[*number]).collect();
        assert_eq!(world.ids(&filter).await, expected, "{query}");
        let newer = world.store.count_newer(&filter, WebhookId(Uuid::nil()), 1000).await;
        assert_eq!(newer.expect("a count") as usize, expected.len(), "{query}");
        let count = world
            .store
            .count_webhooks(&filter, WebhookId(Uuid::max()))
            .await
            .expect("a count");
        assert_eq!(count, expected.len() as u64, "{query}");
        let (mut walked, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.page(&filter, PageRequest { limit: 2, cursor }).await;
            walked.extend(page.items.iter().map(|row| row.id));
            cursor = page.older;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(walked, expected, "{query} by two");
    };
    check("delivery=failed", &[4, 1]).await;
    check("delivery=delivered", &[7, 3, 0]).await;
    check("delivery=delivered&delivery=held", &[7, 3, 2, 0]).await;
    check("delivery=pending", &[10, 9, 6]).await;
    check("delivery=pending&delivery=held&delivery=cancelled", &[10, 9, 6, 5, 2]).await;
    check("delivery=failed&verdict=invalid", &[]).await;
    check("delivery=failed&verdict=verified&provider=persona", &[4, 1]).await;
    check("delivery=failed&provider=pleenk", &[]).await;
    check("delivery=failed&from=2025-11-20T00:53:22Z", &[4]).await;
    check("delivery=failed&to=2025-11-20T00:53:24Z", &[1]).await;
    check("delivery=pending&duplicates=false", &[10, 9, 6]).await;
    check("delivery=pending&duplicates=true", &[]).await;
    check("duplicates=true", &[12]).await;
    check("duplicates=true&provider=persona", &[12]).await;
    check("duplicates=false", &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]).await;
    // The histogram has no such columns, and shows all.
    let volume = world
        .store
        .volume(&filter("delivery=failed&duplicates=true"), at(-20), at(40), 1)
        .await;
    let counted: u64 = volume.expect("a volume").buckets[0]
        .counts
        .iter()
        .map(|(_, count)| count)
        .sum();
    assert_eq!(counted, 13);
}
