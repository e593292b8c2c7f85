use hookproof::deliveries::BulkRequest;
use hookproof::operation::OperationError;
use hookproof::store::delivery::Next;
use model::{AuditAction, BulkAction, DeliveryState, DestinationId, ResendState, Role, Trigger, WebhookFilter, WebhookId};
use uuid::Uuid;

use crate::world::World;
use crate::{conflict, operator, refused, someone, told};

fn request(action: BulkAction, query: &str) -> BulkRequest {
    BulkRequest {
        action,
        filter: WebhookFilter::from_query(query).expect("a filter"),
        destination: None,
        last: None,
    }
}

fn resend(query: &str) -> BulkRequest {
    request(BulkAction::Resend, query)
}

async fn counted(world: &World, request: &BulkRequest) -> u64 {
    let counted = world.app.operations.count_bulk(&operator(), request).await;
    counted.expect("counted").count
}

#[tokio::test]
async fn what_failed_is_counted_first_then_sent_again_and_followed_to_its_end() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    for number in 0..3 {
        world
            .webhook_in(destination, DeliveryState::Failed, &format!("evt_{number}"))
            .await;
    }
    // The same events once more: they repeat the first, and are not sent again.
    world.webhook("evt_0").await;
    world.webhook_in(destination, DeliveryState::Delivered, "evt_delivered").await;

    let failed = resend("delivery=failed");
    assert_eq!(counted(&world, &failed).await, 3);
    assert_eq!(counted(&world, &resend("")).await, 4);
    assert!(world.all_audited(AuditAction::ResendStarted).await.is_empty());
    assert_eq!(world.count(&[DeliveryState::Pending]).await, 0, "counting does nothing");

    let started = operations.start_bulk(&operator(), &failed).await.expect("started");
    assert_eq!((started.count, started.state), (3, ResendState::Running));
    let later = world.webhook_in(destination, DeliveryState::Failed, "evt_later").await;
    operations.go_on_with_resends().await.expect("went on");
    let progress = async || operations.bulk(&someone(Role::Viewer), started.id).await.expect("read");
    let queued = progress().await;
    assert_eq!(
        (queued.state, queued.count, queued.deliveries, queued.done, queued.failed),
        (ResendState::Running, 3, 3, 0, 0)
    );
    assert_eq!(
        world.delivery(later).await.state,
        DeliveryState::Failed,
        "it came after the start"
    );
    let leased = world.lease(destination).await;
    assert_eq!(leased.len(), 3);
    assert!(leased.iter().all(|delivery| delivery.trigger == Trigger::Bulk));
    world.app.clock.advance_seconds(120);
    world.attempt(destination, Next::Delivered).await;
    let ended = progress().await;
    assert_eq!(
        (ended.state, ended.count, ended.deliveries, ended.done, ended.failed),
        (ResendState::Done, 3, 3, 3, 0)
    );
    assert_eq!(
        conflict(operations.cancel_bulk(&operator(), started.id).await),
        "it is done already"
    );

    let entry = world.audited(AuditAction::ResendStarted).await;
    assert_eq!(
        told(&entry),
        [
            ("action", None, Some("resend")),
            ("filter", None, Some("delivery=failed&duplicates=false")),
            ("webhooks", None, Some("3")),
        ]
    );
    world.app.end().await;
}

#[tokio::test]
async fn nothing_is_sent_that_came_after_it_was_counted() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    let before = world.webhook_in(destination, DeliveryState::Failed, "evt_before").await;
    let found = operations.count_bulk(&operator(), &resend("")).await.expect("counted");
    assert_eq!((found.count, found.last), (1, before));
    world.app.clock.advance_seconds(1);
    let after = world.webhook_in(destination, DeliveryState::Failed, "evt_after").await;
    let of_those = BulkRequest {
        last: Some(found.last),
        ..resend("")
    };
    let started = operations.start_bulk(&operator(), &of_those).await.expect("started");
    assert_eq!(started.count, 1);
    operations.go_on_with_resends().await.expect("went on");
    assert_eq!(world.deliveries(before).await.len(), 2);
    assert_eq!(world.delivery(after).await.state, DeliveryState::Failed);
    // What is not there yet does not count either.
    let made_up = BulkRequest {
        last: Some(WebhookId(Uuid::max())),
        ..resend("")
    };
    let found = operations.count_bulk(&operator(), &made_up).await.expect("counted");
    assert_eq!((found.count, found.last), (2, after));
    world.app.end().await;
}

#[tokio::test]
async fn what_is_held_is_released_in_bulk_and_not_by_resending() {
    let world = World::start().await;
    world.destination("Onboarding").await;
    let operations = &world.app.operations;
    let (first, second) = (world.untrusted("evt_1").await, world.untrusted("evt_2").await);
    operations.start_bulk(&operator(), &resend("")).await.expect("started");
    operations.go_on_with_resends().await.expect("went on");
    assert_eq!(world.count(&[DeliveryState::Held]).await, 2, "resending lets nothing go");

    let release = request(BulkAction::Release, "verdict=missing");
    assert_eq!(counted(&world, &release).await, 2);
    operations.start_bulk(&operator(), &release).await.expect("started");
    operations.go_on_with_resends().await.expect("went on");
    for webhook in [first, second] {
        let delivery = world.delivery(webhook).await;
        assert_eq!(
            (delivery.state, delivery.trigger),
            (DeliveryState::Pending, Trigger::Released)
        );
    }
    world.app.end().await;
}

#[tokio::test]
async fn cancelling_ends_what_has_not_started() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    for number in 0..3 {
        world
            .webhook_in(destination, DeliveryState::Delivered, &format!("evt_{number}"))
            .await;
    }
    let started = operations.start_bulk(&operator(), &resend("")).await.expect("started");
    operations.go_on_with_resends().await.expect("went on");
    assert_eq!(world.count(&[DeliveryState::Pending]).await, 3);

    let cancelled = operations.cancel_bulk(&operator(), started.id).await.expect("cancelled");
    assert_eq!(
        (cancelled.state, cancelled.count, cancelled.deliveries, cancelled.done),
        (ResendState::Cancelled, 3, 0, 0)
    );
    assert_eq!(world.count(&[DeliveryState::Pending]).await, 0);
    assert_eq!(world.count(&[DeliveryState::Cancelled]).await, 3);
    let again = operations.cancel_bulk(&operator(), started.id).await;
    assert_eq!(again.expect("it can be asked for again").state, ResendState::Cancelled);
    let entries = world.all_audited(AuditAction::ResendCancelled).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(told(&entries[0]), [("state", Some("running"), Some("cancelled"))]);
    assert_eq!(entries[0].target.as_ref().expect("a target").name, "3 webhooks");
    world.app.end().await;
}

#[tokio::test]
async fn what_failed_and_was_not_sent_again_after_all_counts_as_failed_again() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    for number in 0..3 {
        world
            .webhook_in(destination, DeliveryState::Failed, &format!("evt_{number}"))
            .await;
    }
    let failed = resend("delivery=failed");
    let started = operations.start_bulk(&operator(), &failed).await.expect("started");
    operations.go_on_with_resends().await.expect("went on");
    assert_eq!(world.count(&[DeliveryState::Failed]).await, 0);
    operations.cancel_bulk(&operator(), started.id).await.expect("cancelled");
    assert_eq!(world.count(&[DeliveryState::Failed]).await, 3);
    assert_eq!(counted(&world, &failed).await, 3);
    world.app.end().await;
}

#[tokio::test]
async fn what_cannot_be_done_in_bulk_is_refused() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    let check = async |request: BulkRequest, expected: &str| {
        assert_eq!(refused(operations.count_bulk(&operator(), &request).await), [expected]);
        assert_eq!(refused(operations.start_bulk(&operator(), &request).await), [expected]);
    };
    check(resend("duplicates=true"), "filter.duplicates").await;
    check(request(BulkAction::Release, "delivery=failed"), "filter.delivery").await;
    let to = |request: BulkRequest, id| BulkRequest {
        destination: Some(id),
        ..request
    };
    check(to(resend(""), DestinationId(Uuid::nil())), "destination_id").await;
    check(to(request(BulkAction::Release, ""), destination), "destination_id").await;
    let viewer = operations.count_bulk(&someone(Role::Viewer), &resend("")).await;
    assert!(matches!(viewer, Err(OperationError::Forbidden { .. })), "{viewer:?}");
    world.app.end().await;
}

#[tokio::test]
async fn a_bulk_resend_of_nothing_is_done_at_once() {
    let world = World::start().await;
    let operations = &world.app.operations;
    let started = operations.start_bulk(&operator(), &resend("")).await.expect("started");
    operations.go_on_with_resends().await.expect("went on");
    let ended = operations.bulk(&operator(), started.id).await.expect("read");
    assert_eq!((ended.state, ended.count), (ResendState::Done, 0));
    world.app.end().await;
}
