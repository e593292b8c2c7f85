use model::{Outcome, WebhookFilter};

use super::database::Database;
use super::world::{World, at, event, same_event};
use crate::store::{StoreError, open};

pub async fn migrating_again_changes_nothing(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let webhook = world.webhook(endpoint, 0);
    world.append(std::slice::from_ref(&webhook)).await;
    world.store.migrate().await.expect("the database is migrated again");
    world.store.ping().await.expect("the database answers");
    assert_eq!(world.ids(&WebhookFilter::default()).await, [webhook.id]);
    assert_eq!(world.store.configuration_version().await.expect("a version"), 1);
}

pub async fn nodes_that_migrate_at_the_same_time_all_succeed(database: Database) {
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(database.open().await);
    }
    let migrating: Vec<_> = nodes
        .into_iter()
        .map(|node| tokio::spawn(async move { node.migrate().await }))
        .collect();
    for node in migrating {
        node.await.expect("no panic").expect("the database is migrated");
    }
    World::new(&database).await.endpoint("persona").await;
}

pub async fn what_was_stored_is_there_after_opening_again(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let mut webhook = world.webhook(endpoint, 0);
    webhook.events = vec![event("inquiry.approved", Outcome::Approved, Some("user-1"))];
    webhook.same_event = Some(same_event("1"));
    world.append(std::slice::from_ref(&webhook)).await;
    let before = world.store.webhook(webhook.id).await.expect("a webhook");
    let volume = world
        .store
        .volume(&WebhookFilter::default(), at(-60), at(60), 1)
        .await
        .expect("a volume");
    let endpoints = world.store.endpoints().await.expect("endpoints");
    world.store.close().await;

    let again = World::new(&database).await;
    assert!(before.is_some());
    assert_eq!(again.store.webhook(webhook.id).await.expect("a webhook"), before);
    assert_eq!(
        again.store.body(webhook.id).await.expect("a body").as_deref(),
        Some(&webhook.body[..])
    );
    assert_eq!(
        again
            .store
            .volume(&WebhookFilter::default(), at(-60), at(60), 1)
            .await
            .expect("a volume"),
        volume
    );
    assert_eq!(again.store.endpoints().await.expect("endpoints"), endpoints);
    webhook.id = model::WebhookId(world.id(at(1)));
    assert_eq!(
        again.append(&[webhook]).await[0].duplicate_of,
        before.map(|before| before.row.id)
    );
}

pub async fn after_closing_the_database_is_not_available(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    world.store.close().await;
    let error = world
        .store
        .append(&[world.webhook(endpoint, 0)])
        .await
        .expect_err("it is closed");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = world.store.ping().await.expect_err("it is closed");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

async fn check_refused(url: &str, saying: &str) {
    match open(url).await.err() {
        Some(StoreError::Url(message)) => assert!(message.contains(saying), "{url}: {message}"),
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn urls_that_name_no_lasting_database_are_refused() {
    check_refused("sqlite::memory:", "needs a file").await;
    check_refused("sqlite://:memory:", "needs a file").await;
    check_refused("sqlite://data.db?mode=memory", "needs a file").await;
    check_refused("sqlite://", "needs a file").await;
    check_refused("mysql://localhost/hookproof", "begins neither with").await;
    check_refused("data/hookproof.db", "begins neither with").await;
    check_refused("", "begins neither with").await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_available() {
    // Nothing listens on port 1.
    let error = open("postgres://nobody:secret@127.0.0.1:1/hookproof").await.err();
    let Some(StoreError::Unavailable(message)) = error else {
        panic!("{error:?}")
    };
    assert!(!message.contains("secret"), "{message}");
}
