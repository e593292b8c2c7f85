use hookproof::clock::Clock;
use hookproof::operation::OperationError;
use hookproof::store::delivery::Next;
use model::{AuditAction, DeliveryId, DeliveryState, Role, Trigger};
use uuid::Uuid;

use crate::world::World;
use crate::{admin, conflict, operator, someone, told};

#[tokio::test]
async fn a_retry_keeps_the_delivery_and_begins_its_schedule_anew_where_it_was_at_its_end() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    for state in [
        DeliveryState::Pending,
        DeliveryState::Delivered,
        DeliveryState::Failed,
        DeliveryState::Cancelled,
    ] {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let before = world.delivery(webhook).await;
        world.app.clock.advance_seconds(10);
        let now = world.app.clock.now();
        world
            .app
            .operations
            .retry_delivery(&operator(), before.id)
            .await
            .expect("retried");
        let after = world.delivery(webhook).await;
        assert_eq!(
            (after.id, after.state, after.trigger, after.next_attempt_at),
            (before.id, DeliveryState::Pending, Trigger::Manual, Some(now)),
            "{state}"
        );
        let entry = world.audited(AuditAction::DeliveryRetried).await;
        let (was_due, is_due) = (before.next_attempt_at.map(|at| at.to_string()), now.to_string());
        let due = ("next_attempt_at", was_due.as_deref(), Some(&*is_due));
        match state {
            DeliveryState::Pending => assert_eq!(told(&entry), [due]),
            state => assert_eq!(told(&entry), [("state", Some(state.as_str()), Some("pending")), due]),
        }
        let leased = world.lease(destination).await;
        assert_eq!((leased.len(), leased[0].position), (1, 0), "{state}");
        world
            .app
            .operations
            .cancel_delivery(&operator(), before.id)
            .await
            .expect("cancelled");
    }
    world.app.end().await;
}

#[tokio::test]
async fn what_is_held_under_way_or_sent_in_another_delivery_is_not_retried() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    let check = async |state, expected: &str| {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let delivery = world.delivery(webhook).await;
        assert_eq!(conflict(operations.retry_delivery(&operator(), delivery.id).await), expected);
        assert_eq!(world.delivery(webhook).await, delivery);
    };
    check(DeliveryState::Held, "it is held because it is not trusted: release it first").await;
    check(DeliveryState::Delivering, "it is being sent right now").await;

    let webhook = world.webhook_in(destination, DeliveryState::Delivered, "evt_again").await;
    let earlier = world.delivery(webhook).await;
    operations.resend(&operator(), &[webhook], None).await.expect("resent");
    assert_eq!(
        conflict(operations.retry_delivery(&operator(), earlier.id).await),
        "an open delivery of this webhook exists already"
    );
    operations.archive_destination(&admin(), destination).await.expect("archived");
    assert_eq!(
        conflict(operations.retry_delivery(&operator(), earlier.id).await),
        "its destination is archived"
    );
    let nothing = operations.retry_delivery(&operator(), DeliveryId(Uuid::nil())).await;
    assert!(matches!(nothing, Err(OperationError::NotFound("delivery"))), "{nothing:?}");
    world.app.end().await;
}

#[tokio::test]
async fn a_retry_does_not_let_go_what_is_not_trusted() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    let webhook = world.webhook_in(destination, DeliveryState::Held, "evt_1").await;
    let id = world.delivery(webhook).await.id;
    let check = async |before: DeliveryState| {
        assert_eq!(world.row(id).await.state, before);
        let retried = operations.retry_delivery(&operator(), id).await;
        assert_eq!(conflict(retried), "it is held because it is not trusted: release it first");
        let row = world.row(id).await;
        assert_eq!(
            (row.state, row.next_attempt_at),
            (DeliveryState::Held, None),
            "after {before}"
        );
        let entry = world.audited(AuditAction::DeliveryRetried).await;
        assert_eq!(told(&entry), [("state", Some(before.as_str()), Some("held"))]);
        assert!(world.lease(destination).await.is_empty());
    };
    operations.cancel_delivery(&operator(), id).await.expect("cancelled");
    check(DeliveryState::Cancelled).await;
    for (next, before) in [
        (Next::Failed, DeliveryState::Failed),
        (Next::Delivered, DeliveryState::Delivered),
    ] {
        operations.release(&operator(), &[webhook]).await.expect("released");
        world.attempt(destination, next).await;
        check(before).await;
    }
    // What a person released and what waits for its next attempt goes.
    operations.release(&operator(), &[webhook]).await.expect("released");
    operations.retry_delivery(&operator(), id).await.expect("retried");
    assert_eq!(world.lease(destination).await.len(), 1);
    world.app.end().await;
}

#[tokio::test]
async fn whatever_is_not_delivered_can_be_cancelled() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    for state in [
        DeliveryState::Held,
        DeliveryState::Pending,
        DeliveryState::Delivering,
        DeliveryState::Failed,
    ] {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let delivery = world.delivery(webhook).await;
        operations.cancel_delivery(&operator(), delivery.id).await.expect("cancelled");
        assert_eq!(world.row(delivery.id).await.state, DeliveryState::Cancelled, "{state}");
        let entry = world.audited(AuditAction::DeliveryCancelled).await;
        assert_eq!(told(&entry), [("state", Some(state.as_str()), Some("cancelled"))]);
        assert_eq!(entry.target.expect("a target").name, "inquiry.approved to Onboarding");
    }
    for state in [DeliveryState::Delivered, DeliveryState::Cancelled] {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let delivery = world.delivery(webhook).await;
        let again = operations.cancel_delivery(&operator(), delivery.id).await;
        assert_eq!(conflict(again), format!("it is {state} already"));
    }
    world.app.end().await;
}

#[tokio::test]
async fn what_was_answered_is_shown_to_operators_alone() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let webhook = world.webhook("evt_1").await;
    world.attempt(destination, Next::Delivered).await;
    let id = world.delivery(webhook).await.id;
    let check = async |role, headers: usize, body: &str| {
        let detail = world.app.operations.delivery(&someone(role), id).await.expect("read");
        let attempt = &detail.attempts[0];
        assert_eq!((attempt.status, attempt.number), (Some(200), 1), "{role}");
        assert_eq!(
            (attempt.response_headers.len(), &*attempt.response_body),
            (headers, body),
            "{role}"
        );
    };
    check(Role::Viewer, 0, "").await;
    check(Role::Operator, 1, "what the sink said").await;
    world.app.end().await;
}
