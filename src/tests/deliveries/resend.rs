use hookproof::clock::Clock;
use hookproof::destinations::AddDestination;
use hookproof::operation::OperationError;
use hookproof::store::delivery::Next;
use model::{AuditAction, DeliveryState, DestinationId, Outcome, Role, Subscription, Trigger, WebhookId};
use uuid::Uuid;

use crate::world::{URL, World};
use crate::{admin, conflict, operator, refused, someone, told};

#[tokio::test]
async fn a_webhook_that_is_at_its_end_is_sent_again_as_a_delivery_of_its_own() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    for state in [DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Cancelled] {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let before = world.delivery(webhook).await;
        let due = world
            .app
            .operations
            .resend(&operator(), &[webhook], None)
            .await
            .expect("resent");
        let all = world.deliveries(webhook).await;
        assert_eq!(all.len(), 2, "after {state}");
        assert_eq!((all[1].id, due), (before.id, vec![all[0].id]), "after {state}");
        let now = world.app.clock.now();
        assert_eq!(
            (all[0].state, all[0].trigger, all[0].next_attempt_at),
            (DeliveryState::Pending, Trigger::Manual, Some(now)),
            "after {state}"
        );
        world.attempt(destination, Next::Delivered).await;
    }
    world.app.end().await;
}

#[tokio::test]
async fn a_manual_attempt_takes_the_place_of_the_scheduled_one() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let webhook = world.webhook("evt_1").await;
    let later = world.app.clock.now().plus_seconds(300);
    world.attempt(destination, Next::Again(later)).await;
    let before = world.delivery(webhook).await;
    assert_eq!(before.next_attempt_at, Some(later));

    let due = world
        .app
        .operations
        .resend(&operator(), &[webhook], None)
        .await
        .expect("resent");
    let after = world.delivery(webhook).await;
    assert_eq!(due, [before.id], "no second delivery");
    assert_eq!(
        (after.state, after.trigger, after.next_attempt_at, after.attempts),
        (DeliveryState::Pending, Trigger::Manual, Some(world.app.clock.now()), 1)
    );
    let told_of = world.audited(AuditAction::Resent).await;
    assert_eq!(told(&told_of)[1], ("scheduled_attempts_replaced", None, Some("1")));
    let leased = world.lease(destination).await;
    assert_eq!(
        (leased.len(), leased[0].position),
        (1, 1),
        "the schedule goes on from where it was"
    );
    world.app.end().await;
}

#[tokio::test]
async fn what_is_held_or_under_way_is_left_alone() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let check = async |state, expected: &str| {
        let webhook = world.webhook_in(destination, state, &format!("evt_{state}")).await;
        let before = world.delivery(webhook).await;
        let resent = world.app.operations.resend(&operator(), &[webhook], None).await;
        assert_eq!(conflict(resent), expected);
        assert_eq!(world.delivery(webhook).await, before);
    };
    check(DeliveryState::Held, "it is held because it is not trusted: release it first").await;
    check(DeliveryState::Delivering, "it is being sent right now").await;
    assert!(world.all_audited(AuditAction::Resent).await.is_empty());
    world.app.end().await;
}

#[tokio::test]
async fn a_webhook_that_is_not_trusted_is_held_again_and_said_to_be() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let webhook = world.webhook_in(destination, DeliveryState::Held, "evt_1").await;
    let held = world.delivery(webhook).await;
    world
        .app
        .operations
        .cancel_delivery(&operator(), held.id)
        .await
        .expect("cancelled");

    let resent = world.app.operations.resend(&operator(), &[webhook], None).await;
    assert_eq!(conflict(resent), "it is held because it is not trusted: release it first");
    let all = world.deliveries(webhook).await;
    let states: Vec<_> = all.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Held, DeliveryState::Cancelled]);
    assert_eq!(
        told(&world.audited(AuditAction::Resent).await),
        [("deliveries", None, Some("1"))]
    );
    let trusted = world.webhook_in(destination, DeliveryState::Delivered, "evt_2").await;
    let another = world.webhook_in(destination, DeliveryState::Held, "evt_3").await;
    let held = world.delivery(another).await.id;
    world
        .app
        .operations
        .cancel_delivery(&operator(), held)
        .await
        .expect("cancelled");
    let due = world.app.operations.resend(&operator(), &[another, trusted], None).await;
    assert_eq!(due.expect("resent"), [world.deliveries(trusted).await[0].id]);
    world.app.end().await;
}

#[tokio::test]
async fn it_goes_to_the_destinations_that_take_it_and_to_no_other() {
    let world = World::start().await;
    let webhook = world.webhook("evt_1").await;
    let operations = &world.app.operations;
    let resend = async |destination| operations.resend(&operator(), &[webhook], destination).await;
    assert_eq!(conflict(resend(None).await), "no destination takes this webhook");

    let declined = Subscription {
        outcomes: vec![Outcome::Declined],
        ..Subscription::default()
    };
    let declined = AddDestination {
        subscription: declined,
        ..AddDestination::plain("Declined", URL)
    };
    let declined = world.add(declined).await;
    assert_eq!(conflict(resend(None).await), "no destination takes this webhook");
    assert_eq!(
        conflict(resend(Some(declined)).await),
        "the destination does not take this webhook: its endpoints, event types and outcomes say what it takes"
    );

    let (first, second) = (world.destination("First").await, world.destination("Second").await);
    assert_eq!(
        operations.destinations_that_take(&admin(), webhook).await.expect("read"),
        [first, second]
    );
    resend(Some(first)).await.expect("resent");
    assert_eq!(world.delivery(webhook).await.destination_id, first);
    assert_eq!(resend(None).await.expect("resent").len(), 2);
    assert_eq!(world.deliveries(webhook).await.len(), 2, "the first was taken over");

    let nobody = DestinationId(Uuid::nil());
    assert_eq!(refused(resend(Some(nobody)).await), ["destination_id"]);
    operations.archive_destination(&admin(), first).await.expect("archived");
    assert_eq!(refused(resend(Some(first)).await), ["destination_id"]);
    world.app.end().await;
}

#[tokio::test]
async fn several_webhooks_are_sent_again_together_or_not_at_all() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let (first, second) = (world.webhook("evt_1").await, world.webhook("evt_2").await);
    world.attempt(destination, Next::Failed).await;
    let operations = &world.app.operations;
    let unknown = operations.resend(&operator(), &[first, WebhookId(Uuid::nil())], None).await;
    assert!(matches!(unknown, Err(OperationError::NotFound("webhook"))), "{unknown:?}");
    assert_eq!(refused(operations.resend(&operator(), &[], None).await), ["webhooks"]);
    assert_eq!(world.deliveries(first).await.len(), 1);

    let due = operations
        .resend(&operator(), &[first, second, first], Some(destination))
        .await;
    assert_eq!(due.expect("resent").len(), 2);
    assert_eq!(world.deliveries(first).await[0].trigger, Trigger::Bulk);
    let entry = world.audited(AuditAction::Resent).await;
    let (first, second, destination) = (first.to_string(), second.to_string(), destination.to_string());
    assert_eq!(entry.target, None);
    assert_eq!(
        told(&entry),
        [
            ("webhook", None, Some(&*first)),
            ("webhook", None, Some(&*second)),
            ("destination", None, Some(&*destination)),
            ("deliveries", None, Some("2")),
            ("failed_deliveries_replaced", None, Some("2")),
        ]
    );
    world.app.end().await;
}

#[tokio::test]
async fn resending_takes_the_role_of_an_operator_and_is_audited() {
    let world = World::start().await;
    let destination = world.destination("Onboarding").await;
    let webhook = world.webhook_in(destination, DeliveryState::Failed, "evt_1").await;
    let viewer = world.app.operations.resend(&someone(Role::Viewer), &[webhook], None).await;
    assert!(matches!(viewer, Err(OperationError::Forbidden { .. })), "{viewer:?}");
    world
        .app
        .operations
        .resend(&operator(), &[webhook], None)
        .await
        .expect("resent");
    let entry = world.audited(AuditAction::Resent).await;
    let target = entry.target.clone().expect("a target");
    assert_eq!((target.id, target.name), (webhook.to_string(), "inquiry.approved".to_owned()));
    assert_eq!(
        told(&entry),
        [
            ("deliveries", None, Some("1")),
            ("failed_deliveries_replaced", None, Some("1"))
        ]
    );
    assert_eq!(entry.actor.name, "operator@example.com");
    world.app.end().await;
}
