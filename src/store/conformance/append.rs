use bytes::Bytes;
use model::{Diagnosis, Evidence, Outcome, Reserialisation, Resource, Scheme, SecretId, Verdict, WebhookFilter, WebhookId};
use uuid::Uuid;

use super::database::Database;
use super::world::{World, at, event, same_event, text};
use crate::store::StoreError;
use crate::store::change::Change;

pub async fn headers_and_bodies_come_back_byte_for_byte(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let all_bytes: Vec<u8> = (0..=255).collect();
    let bodies = [
        Vec::new(),
        b"\0".to_vec(),
        all_bytes.clone(),
        all_bytes.repeat(4096),
        b"'\"\\x00%_{}".to_vec(),
    ];
    for body in bodies {
        let mut webhook = world.webhook(endpoint, 0);
        webhook.headers = [b"x-odd: ", &all_bytes[128..], b"\r\n"].concat();
        webhook.body = Bytes::from(body.clone());
        world.append(std::slice::from_ref(&webhook)).await;

        assert_eq!(world.store.body(webhook.id).await.expect("a body"), Some(body.clone()));
        assert_eq!(
            world.store.headers(webhook.id).await.expect("headers"),
            Some(webhook.headers.clone())
        );
        let detail = world
            .store
            .webhook(webhook.id)
            .await
            .expect("a webhook")
            .expect("the webhook is there");
        assert_eq!(detail.row.size, body.len() as u64);
    }
}

pub async fn everything_of_a_webhook_comes_back(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let mut webhook = world.webhook(endpoint, 7);
    webhook.received_at = model::Timestamp::from_micros(at(7).as_micros() + 123_456).expect("a time");
    webhook.peer = "2001:db8::1".parse().expect("an address");
    webhook.foreign_network = true;
    webhook.headers = b"x-one: 1\r\nx-two: 2\r\n".to_vec();
    webhook.verdict = Verdict::Invalid;
    webhook.evidence = Evidence {
        scheme: Some(Scheme::HmacSha256),
        header: Some("persona-signature".to_owned()),
        secret: Some(SecretId(Uuid::from_u128(5))),
        secret_label: Some("before the move".to_owned()),
        skew_seconds: Some(-301),
        live_secrets: 2,
        diagnoses: vec![
            Diagnosis::BodyRewritten {
                form: Reserialisation::Spaced,
            },
            Diagnosis::NothingFits,
        ],
        record: None,
    };
    webhook.parse_error = Some("the body carries 65 events; the first 64 are kept".to_owned());
    let mut full = event("inquiry.approved", Outcome::Approved, Some("user-1042"));
    full.resource = Some(Resource {
        kind: text("inquiry"),
        id: text("inq_1"),
    });
    full.provider_event_id = Some(text("evt_1"));
    full.occurred_at = Some(at(-5));
    webhook.events = vec![full, event("report.ready", Outcome::Completed, None)];
    world.append(std::slice::from_ref(&webhook)).await;

    let detail = world
        .store
        .webhook(webhook.id)
        .await
        .expect("a webhook")
        .expect("the webhook is there");
    let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(detail.headers, [named("x-one", "1"), named("x-two", "2")]);
    assert_eq!(detail.peer, "2001:db8::1");
    assert_eq!(detail.evidence, webhook.evidence);
    assert_eq!(detail.events, webhook.events);
    assert_eq!(detail.parse_error, webhook.parse_error);

    let row = world
        .page(&WebhookFilter::default(), model::PageRequest::default())
        .await
        .items
        .remove(0);
    assert_eq!(row, detail.row);
    assert_eq!(
        (row.id, row.endpoint_id, row.received_at),
        (webhook.id, endpoint, webhook.received_at)
    );
    assert_eq!(
        (row.endpoint_name.as_str(), row.provider.as_str()),
        ("persona in production", "persona")
    );
    assert_eq!(
        (row.verdict, row.foreign_network, row.duplicate_of),
        (Verdict::Invalid, true, None)
    );
    assert_eq!((row.event.as_ref(), row.events), (webhook.events.first(), 2));
}

pub async fn texts_are_kept_whatever_they_hold(database: Database) {
    let world = World::new(&database).await;
    let mut endpoint = world.new_endpoint("persona");
    endpoint.name = "O'Brien \"& sons\"; drop table webhooks; -- 100 % ünïcødé 🦀 名前".to_owned();
    world.change(Change::AddEndpoint(endpoint.clone(), Vec::new())).await;
    for odd in [
        "'",
        "\"",
        "%",
        "_",
        "\\",
        "?",
        "$1",
        "{}",
        "a,b",
        "null",
        "NULL",
        "ünïcødé",
        "🦀",
        "名前",
        "\u{200d}",
    ] {
        let mut webhook = world.webhook(endpoint.id, 0);
        webhook.events = vec![event(odd, Outcome::Updated, Some(odd))];
        webhook.parse_error = Some(odd.to_owned());
        world.append(std::slice::from_ref(&webhook)).await;

        let detail = world
            .store
            .webhook(webhook.id)
            .await
            .expect("a webhook")
            .expect("the webhook is there");
        assert_eq!(detail.row.endpoint_name, endpoint.name);
        assert_eq!(detail.events, webhook.events);
        assert_eq!(detail.parse_error.as_deref(), Some(odd));
        let found = WebhookFilter {
            subjects: vec![text(odd)],
            event_types: vec![text(odd)],
            ..WebhookFilter::default()
        };
        assert_eq!(world.ids(&found).await, [webhook.id], "{odd}");
    }
}

pub async fn a_parse_error_with_a_nul_is_stored_without_it(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let mut webhook = world.webhook(endpoint, 0);
    webhook.parse_error = Some("unknown field `a\0b`".to_owned());
    webhook.evidence.secret_label = Some("c\0d".to_owned());
    world.append(std::slice::from_ref(&webhook)).await;

    let detail = world
        .store
        .webhook(webhook.id)
        .await
        .expect("a webhook")
        .expect("the webhook is there");
    assert_eq!(detail.parse_error.as_deref(), Some("unknown field `a\u{fffd}b`"));
    assert_eq!(detail.evidence, webhook.evidence);
}

pub async fn a_batch_of_any_length_is_answered_in_its_order(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let mut all = Vec::new();
    for length in [0, 1, 2, 3, 31, 256, 257, 512, 700] {
        let mut batch: Vec<_> = (0..length).map(|_| world.webhook(endpoint, 0)).collect();
        for (position, webhook) in batch.iter_mut().enumerate() {
            webhook.body = Bytes::from(webhook.id.to_string());
            webhook.events = vec![event("inquiry.created", Outcome::Pending, None); position % 4];
            webhook.same_event = Some(same_event(&webhook.id.to_string()));
        }
        // Ids need not ascend within a batch.
        batch.reverse();
        let appended = world.append(&batch).await;
        assert!(
            appended
                .iter()
                .map(|appended| appended.id)
                .eq(batch.iter().map(|webhook| webhook.id))
        );
        all.append(&mut batch);
    }
    for webhook in &all {
        assert_eq!(
            world.store.body(webhook.id).await.expect("a body").as_deref(),
            Some(&webhook.body[..])
        );
    }
    let mut ids: Vec<_> = all.iter().map(|webhook| webhook.id).collect();
    ids.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(world.ids(&WebhookFilter::default()).await, ids);
}

pub async fn a_batch_of_large_bodies_is_stored(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let mut batch: Vec<_> = (0..40).map(|_| world.webhook(endpoint, 0)).collect();
    for (fill, webhook) in (0..).zip(&mut batch) {
        webhook.body = Bytes::from(vec![fill; 1 << 20]);
    }
    world.append(&batch).await;
    for webhook in &batch {
        assert!(world.store.body(webhook.id).await.expect("a body").as_deref() == Some(&webhook.body[..]));
    }
}

pub async fn nothing_of_a_batch_is_kept_when_one_of_its_webhooks_cannot_be(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let complete = |seconds| {
        let mut webhook = world.webhook(endpoint, seconds);
        webhook.events = vec![event("inquiry.approved", Outcome::Approved, Some("user-1"))];
        webhook.same_event = Some(same_event("1"));
        webhook
    };
    let good = complete(0);
    let mut of_no_endpoint = complete(1);
    of_no_endpoint.endpoint_id = model::EndpointId(world.id(at(0)));
    let batch = [good.clone(), of_no_endpoint];
    let error = world.store.append(&batch).await.expect_err("there is no such endpoint");
    assert!(matches!(error, StoreError::Missing("endpoint")), "{error:?}");
    let error = world
        .store
        .append(&[good.clone(), good.clone()])
        .await
        .expect_err("an id is given twice");
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");

    assert_eq!(world.ids(&WebhookFilter::default()).await, [] as [WebhookId; 0]);
    assert_eq!(world.store.webhook(good.id).await.expect("an answer"), None);
    assert_eq!(world.store.body(good.id).await.expect("an answer"), None);
    let volume = world
        .store
        .volume(&WebhookFilter::default(), at(-3600), at(3600), 60)
        .await
        .expect("a volume");
    assert_eq!(volume.total(), 0);

    // Neither is the event taken, nor do leftovers of the failed batch stand in the way.
    assert_eq!(world.append(std::slice::from_ref(&good)).await[0].duplicate_of, None);
    assert_eq!(world.append(&[complete(2)]).await[0].duplicate_of, Some(good.id));
    let detail = world
        .store
        .webhook(good.id)
        .await
        .expect("a webhook")
        .expect("the webhook is there");
    assert_eq!(detail.events, good.events);
}
