use hookproof::clock::Clock;
use hookproof::operation::OperationError;
use model::{AuditAction, DeliveryState, Role, Trigger, WebhookId};
use uuid::Uuid;

use crate::world::World;
use crate::{conflict, operator, someone, told};

#[tokio::test]
async fn what_is_held_goes_on_when_a_person_says_so() {
    let world = World::start().await;
    world.destination("First").await;
    world.destination("Second").await;
    let webhook = world.untrusted("evt_1").await;
    let operations = &world.app.operations;
    let viewer = operations.release(&someone(Role::Viewer), &[webhook]).await;
    assert!(matches!(viewer, Err(OperationError::Forbidden { .. })), "{viewer:?}");

    let released = operations.release(&operator(), &[webhook]).await.expect("released");
    assert_eq!(released.len(), 2);
    for delivery in world.deliveries(webhook).await {
        assert_eq!(
            (delivery.state, delivery.trigger, delivery.next_attempt_at),
            (DeliveryState::Pending, Trigger::Released, Some(world.app.clock.now()))
        );
    }
    let entry = world.audited(AuditAction::Released).await;
    assert_eq!(entry.target.as_ref().expect("a target").id, webhook.to_string());
    assert_eq!(told(&entry), [("deliveries", None, Some("2"))]);
    assert_eq!(
        conflict(operations.release(&operator(), &[webhook]).await),
        "nothing of it is held"
    );
    let nothing = operations.release(&operator(), &[WebhookId(Uuid::nil())]).await;
    assert!(matches!(nothing, Err(OperationError::NotFound("webhook"))), "{nothing:?}");
    world.app.end().await;
}
