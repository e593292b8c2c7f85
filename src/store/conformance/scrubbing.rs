//! That nothing is left on disk of what was erased.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{
    Agreement, BulkAction, Contradiction, DestinationId, Event, PageRequest, RefetchTrigger, ResendId, Verdict, WebhookFilter,
};

use super::asking::{Asking, resource};
use super::database::{Database, Kind};
use super::forwarding::finished;
use super::world::{at, event, text};
use crate::store::change::Change;
use crate::store::delivery::{NewResend, Next};
use crate::store::records::RefetchEnd;
use crate::store::{NewWebhook, StoreError};

/// So many that the tables and their indexes split their pages.
const WEBHOOKS: i64 = 600;

/// A person, as they show in everything.
struct Person {
    subject: &'static str,
    name: &'static str,
    email: &'static str,
    /// The beginning of the ids of their objects.
    object: &'static str,
}

const ERASED: Person = Person {
    subject: "applicant-4711-gh",
    name: "Grete Hermannsdóttir",
    email: "grete.h@mail.example",
    object: "inq_Zm9vYmFy",
};

const KEPT: Person = Person {
    subject: "applicant-0815-ob",
    name: "Otto Bauernfeind",
    email: "otto.b@mail.example",
    object: "inq_cXV4cXV4",
};

impl Person {
    /// All of what tells of them.
    fn texts(&self) -> [&'static str; 4] {
        [self.subject, self.name, self.email, self.object]
    }

    /// What a provider says of them, of some length.
    fn says(&self, number: i64) -> String {
        let filler = "lorem ipsum ".repeat(usize::try_from(number * 7 % 90).expect("a length"));
        format!(
            r#"{{"id": "{}{number}", "reference": "{}", "name": "{}", "note": "{filler}", "email": "{}"}}"#,
            self.object, self.subject, self.name, self.email
        )
    }

    fn event(&self, number: i64) -> Event {
        Event {
            resource: Some(resource(&format!("{}{number}", self.object))),
            provider_event_id: Some(text(&format!("evt-{}{number}", self.object))),
            ..event("inquiry.approved", model::Outcome::Approved, Some(self.subject))
        }
    }

    fn webhook(&self, asking: &Asking, destination: DestinationId, number: i64) -> NewWebhook {
        NewWebhook {
            headers: format!("x-name: {}\r\nx-email: {}\r\n", self.name, self.email).into_bytes(),
            body: self.says(number).into_bytes().into(),
            events: vec![self.event(number)],
            parse_error: Some(format!("`{}` of {} is not a date", self.name, self.email)),
            refetch: Some(asking.new_refetch(RefetchTrigger::Automatic, number)),
            ..asking.forwarding.webhook(destination, number)
        }
    }
}

/// Webhooks of two persons, in turns, forwarded and asked for, and a bulk resend of each.
async fn fill(asking: &Asking) -> DestinationId {
    let destination = asking.forwarding.destination().await;
    let numbers: Vec<_> = (0..WEBHOOKS).collect();
    for numbers in numbers.chunks(7) {
        let person = |number: i64| if number % 2 == 0 { &ERASED } else { &KEPT };
        let webhooks: Vec<_> = numbers
            .iter()
            .map(|number| person(*number).webhook(asking, destination, *number))
            .collect();
        asking.world().append(&webhooks).await;
    }
    answer(asking, destination).await;
    ask_for(asking).await;
    for person in [ERASED, KEPT] {
        let new = NewResend {
            id: ResendId(asking.world().id(at(WEBHOOKS))),
            action: BulkAction::Resend,
            filter: format!("subject={}", person.subject),
            destination_id: None,
            count: 1,
            last: model::WebhookId(asking.world().id(at(WEBHOOKS))),
            created_at: at(WEBHOOKS),
            created_by: "a@example.com".to_owned(),
        };
        asking.world().change(Change::AddResend(new)).await;
    }
    destination
}

/// Each delivery is answered with what it tells of, several times.
async fn answer(asking: &Asking, destination: DestinationId) {
    for next in [Next::Again(at(WEBHOOKS)), Next::Delivered] {
        let leased = asking.forwarding.lease(destination, WEBHOOKS, 1000).await;
        assert_eq!(i64::try_from(leased.deliveries.len()), Ok(WEBHOOKS));
        let attempts: Vec<_> = leased
            .deliveries
            .iter()
            .map(|delivery| {
                let mut attempt = finished(destination, delivery, WEBHOOKS, next);
                let said = String::from_utf8(delivery.body.to_vec()).expect("a text");
                attempt.attempt.response_headers = vec![("x-said".to_owned(), said.clone())];
                attempt.attempt.response_body = said;
                attempt.outcome = crate::delivery::breaker::Outcome::Succeeded;
                attempt
            })
            .collect();
        for attempts in attempts.chunks(30) {
            asking.forwarding.record(attempts).await;
        }
    }
}

/// The record of each webhook says something else.
async fn ask_for(asking: &Asking) {
    let (lease, leased) = asking.lease(WEBHOOKS, 1000).await;
    assert_eq!(i64::try_from(leased.len()), Ok(WEBHOOKS));
    for (number, refetch) in (0..).zip(leased) {
        let webhook = asking.refetchable(refetch.webhook_id).await;
        let event = &webhook.events[0];
        let person = if event.subject == Some(text(ERASED.subject)) {
            &ERASED
        } else {
            &KEPT
        };
        let mut record = asking.record(WEBHOOKS, "a", &person.says(number));
        record.resource = event.resource.clone().expect("it has one");
        record.agreement = Agreement::Contradicts(Contradiction {
            path: "/name".to_owned(),
            webhook: person.name.to_owned(),
            record: person.email.to_owned(),
        });
        let rejudged = asking.rejudged(webhook.id, Verdict::Verified, &record).await;
        let end = RefetchEnd::Record(record, Some(rejudged));
        let mut finished = asking.finished((lease, refetch), WEBHOOKS, end);
        finished.url = format!(
            "https://example.com/{}/{}?email={}",
            person.object, person.subject, person.email
        );
        assert!(asking.world().store.finish_refetch(&finished).await.expect("finished"));
    }
}

pub async fn nothing_of_an_erased_subject_is_left_on_disk(database: Database) {
    let asking = Asking::new(&database).await;
    fill(&asking).await;
    if let Kind::Postgres = database.kind() {
        database.execute("analyze").await.expect("analysed");
    }
    for text in ERASED.texts() {
        let holding = database.holding(text).await;
        assert!(!holding.is_empty(), "{text} is nowhere: the search finds nothing");
    }
    let kept = kept_by(&asking).await;

    let store = &asking.world().store;
    let subject = text(ERASED.subject);
    loop {
        let found = store.of_subject(&subject, 100).await.expect("webhooks");
        store
            .erase(&subject, &found.webhooks, at(WEBHOOKS + 1))
            .await
            .expect("erased");
        if !found.has_more {
            break;
        }
    }
    store.scrub().await.expect("scrubbed");
    // The store is still open.
    assert_nothing_is_left(&database).await;
    assert_eq!(kept_by(&asking).await, kept);
    asking
        .world()
        .append(&[asking.world().webhook(asking.endpoint(), WEBHOOKS)])
        .await;
    store.close().await;
    assert_nothing_is_left(&database).await;
    for text in KEPT.texts() {
        assert!(!database.holding(text).await.is_empty(), "{text} is gone");
    }
}

async fn assert_nothing_is_left(database: &Database) {
    for text in ERASED.texts() {
        assert_eq!(database.holding(text).await, [] as [String; 0], "{text}");
    }
}

/// Everything of the other person.
async fn kept_by(asking: &Asking) -> Vec<String> {
    let store = &asking.world().store;
    let filter = WebhookFilter {
        subjects: vec![text(KEPT.subject)],
        ..WebhookFilter::default()
    };
    let mut kept = Vec::new();
    for id in asking.world().ids(&filter).await {
        let detail = store.webhook(id).await.expect("an answer");
        let body = store.body(id).await.expect("an answer");
        let records = store.records_of(id).await.expect("records");
        kept.push(format!("{detail:?} {body:?} {records:?} {:?}", asking.refetches(id).await));
    }
    for delivery in asking.forwarding.deliveries("").await {
        let detail = asking.forwarding.delivery(delivery).await;
        kept.extend((detail.row.subject == Some(text(KEPT.subject))).then(|| format!("{detail:?}")));
    }
    assert_eq!(i64::try_from(kept.len()), Ok(WEBHOOKS));
    kept
}

pub async fn scrubbing_goes_with_reading_and_writing(database: Database) {
    let asking = Arc::new(Asking::new(&database).await);
    let destination = fill(&asking).await;
    let beside = database.open().await;
    let stop = Arc::new(AtomicBool::new(false));
    let working: Vec<_> = (0..4)
        .map(|worker| {
            let (asking, stop, beside) = (Arc::clone(&asking), Arc::clone(&stop), Arc::clone(&beside));
            tokio::spawn(async move {
                let mut rounds = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    work(&asking, &*beside, destination, worker).await?;
                    rounds += 1;
                }
                Ok::<_, StoreError>(rounds)
            })
        })
        .collect();
    for _ in 0..5 {
        asking.world().store.scrub().await.expect("scrubbed");
    }
    stop.store(true, Ordering::Relaxed);
    for working in working {
        assert!(working.await.expect("no panic").expect("nobody is refused") > 0);
    }
}

/// Of each kind one, the last as another process beside the server.
async fn work(
    asking: &Asking,
    beside: &dyn crate::store::Store,
    destination: DestinationId,
    worker: u32,
) -> Result<(), StoreError> {
    let store = &asking.world().store;
    let first = PageRequest { limit: 50, cursor: None };
    match worker {
        0 => _ = store.append(&[KEPT.webhook(asking, destination, WEBHOOKS)]).await?,
        1 => _ = store.lease(&asking.forwarding.request(destination, WEBHOOKS, 3)).await?,
        2 => _ = store.webhooks(&WebhookFilter::default(), first).await?,
        _ => {
            beside.webhooks(&WebhookFilter::default(), first).await?;
            beside.append(&[KEPT.webhook(asking, destination, WEBHOOKS)]).await?;
        }
    }
    Ok(())
}

pub async fn a_scrub_is_owed_from_erasing_until_it_was_done(database: Database) {
    let asking = Asking::new(&database).await;
    let store = &asking.world().store;
    let is_owed = async || store.scrub_is_owed().await.expect("an answer");
    assert!(!is_owed().await);
    let (webhook, _) = asking.append(0).await;
    store.erase(&text("user-1042"), &[webhook], at(1)).await.expect("erased");
    // Whoever opens the database next knows of it.
    let node = database.open().await;
    assert!(node.scrub_is_owed().await.expect("an answer"));
    store.scrub().await.expect("scrubbed");
    assert!(!is_owed().await);
}
