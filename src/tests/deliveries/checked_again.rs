use hookproof::clock::Clock;
use hookproof::endpoints::NewSecret;
use model::{DeliveryState, Trigger, Verdict, WebhookId};
use secrecy::SecretString;

use crate::admin;
use crate::support::{new_endpoint, persona_event, receipt, signature_with};
use crate::world::World;

const SECRET: &str = "wbhsec_set_later";

#[tokio::test]
async fn a_genuine_webhook_after_a_forged_one_is_forwarded_when_its_secret_is_set() {
    let world = World::start().await;
    let (first, second) = (world.destination("First").await, world.destination("Second").await);
    let endpoint = world.app.add_endpoint(new_endpoint("persona", None)).await;
    let body = persona_event("evt_1");
    let told = async |secret: &str| {
        let signature = signature_with(secret, world.app.clock.now().as_seconds(), body.as_bytes());
        let headers = [("persona-signature", &*signature)];
        receipt(world.app.post(&endpoint.url, &headers, body.clone()).await).await
    };
    let (forged, genuine, repeated) = (told("guessed").await, told(SECRET).await, told(SECRET).await);
    assert_eq!(world.app.webhook(genuine).await.row.duplicate_of, Some(forged));
    assert!(world.deliveries(genuine).await.is_empty());

    world.app.clock.advance_seconds(3600);
    let late = world.destination("Late").await;
    let secret = NewSecret {
        value: SecretString::from(SECRET),
        label: "set later".to_owned(),
        not_before: None,
        expires_at: None,
    };
    world.app.add_secret(&endpoint, secret).await;
    let check = async |webhook: WebhookId, verdict, states: &[DeliveryState]| {
        let checked = world.app.webhook(webhook).await.row.verdict;
        let deliveries = world.deliveries(webhook).await;
        let found: Vec<_> = deliveries.iter().map(|delivery| delivery.state).collect();
        assert_eq!((checked, &found[..]), (verdict, states));
    };
    for _ in 0..2 {
        let reverified = world.app.operations.reverify(&admin(), endpoint.id, None, None).await;
        assert_eq!(reverified.expect("checked").checked, 3);
        check(genuine, Verdict::Verified, &[DeliveryState::Pending; 2]).await;
        check(repeated, Verdict::Verified, &[]).await;
        check(forged, Verdict::Invalid, &[DeliveryState::Held; 2]).await;
    }
    assert!(world.lease(late).await.is_empty(), "it was not there when they came");
    for destination in [first, second] {
        let leased = world.lease(destination).await;
        assert_eq!((leased.len(), leased[0].webhook_id), (1, genuine));
        assert_eq!(leased[0].trigger, Trigger::Automatic);
    }
    world.app.end().await;
}
