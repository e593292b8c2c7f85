use model::{WebhookFilter, WebhookId};
use uuid::Uuid;

use super::database::Database;
use super::world::{World, event, filter, same_event};
use crate::store::NewWebhook;

pub async fn webhooks_to_resend_are_read_oldest_first(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let webhook = |second: i64| NewWebhook {
        events: match second {
            2 => Vec::new(),
            _ => ["first", "second"]
                .map(|name| event(name, model::Outcome::Approved, Some("a")))
                .to_vec(),
        },
        foreign_network: second == 1,
        same_event: Some(same_event(if second == 4 { "3" } else { "other" })).filter(|_| second >= 3),
        ..world.webhook(endpoint, second)
    };
    let mut webhooks: Vec<_> = (0..6).map(webhook).collect();
    webhooks[5].same_event = webhooks[3].same_event;
    world.append(&webhooks).await;
    let check = async |filter: &WebhookFilter, after: Option<usize>, last: usize, most, expected: &[usize]| {
        let after = after.map(|after| webhooks[after].id);
        let found = world
            .store
            .resendable(filter, after, webhooks[last].id, most)
            .await
            .expect("webhooks");
        let ids: Vec<_> = found.iter().map(|found| found.id).collect();
        assert_eq!(ids, expected.iter().map(|number| webhooks[*number].id).collect::<Vec<_>>());
        found
    };
    let all = WebhookFilter::default();
    let found = check(&all, None, 5, 9, &[0, 1, 2, 3, 4, 5]).await;
    for (found, webhook) in found.iter().zip(&webhooks) {
        assert_eq!((found.endpoint_id, found.verdict), (endpoint, webhook.verdict));
        assert_eq!(
            (found.foreign_network, &found.events),
            (webhook.foreign_network, &webhook.events)
        );
    }
    check(&all, None, 5, 2, &[0, 1]).await;
    check(&all, Some(1), 5, 2, &[2, 3]).await;
    check(&all, Some(1), 2, 9, &[2]).await;
    check(&all, Some(5), 5, 9, &[]).await;
    check(&filter("duplicates=false"), Some(2), 5, 9, &[3, 4]).await;
    check(&filter("duplicates=true"), None, 5, 9, &[5]).await;
    check(&filter("subject=a"), None, 3, 9, &[0, 1, 3]).await;

    let count = async |query: &str, last: usize| {
        let last = webhooks[last].id;
        world.store.count_webhooks(&filter(query), last).await.expect("a count")
    };
    assert_eq!(
        [
            count("", 5).await,
            count("", 2).await,
            count("duplicates=false", 5).await,
            count("subject=b", 5).await,
            count("subject=a", 1).await,
            count("subject=a", 0).await
        ],
        [6, 3, 5, 0, 2, 1]
    );
    let nothing = world.store.count_webhooks(&filter(""), WebhookId(Uuid::nil())).await;
    assert_eq!(nothing.expect("a count"), 0);
    let some = [webhooks[4].id, webhooks[0].id, WebhookId(Uuid::nil())];
    let found = world.store.resendable_of(&some).await.expect("webhooks");
    assert_eq!(
        found.iter().map(|found| found.id).collect::<Vec<_>>(),
        [webhooks[0].id, webhooks[4].id]
    );
    assert_eq!(found[1].events, webhooks[4].events);
    assert_eq!(world.store.resendable_of(&[]).await.expect("webhooks"), []);
}
