//! What everything is compared with: a loop that signs and posts the same bodies with the same client, and remembers nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use hookproof::clock::{Clock, SystemClock};
use hookproof::delivery::{
    AllowedNetworks, Client, DestinationSecret, ForwardedWebhook, Recipient, SystemResolver, Timeouts, Trust, forward,
};
use hyper::HeaderMap;
use model::{ProviderKey, Text, Verdict, WebhookId};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Posts so many requests, so many at once, and gives how many a second were answered.
pub async fn measure(url: &str, body: &Bytes, requests: u64, concurrency: u32) -> f64 {
    let allowed = AllowedNetworks {
        networks: vec!["127.0.0.0/8".parse().expect("a network")],
        http: true,
    };
    let client = Client::new(Arc::new(SystemResolver), allowed, Timeouts::default(), &Trust::only([]));
    let recipient = Recipient {
        url: url.to_owned(),
        secrets: vec![DestinationSecret::new_random()],
        extra_headers: HeaderMap::new(),
    };
    let left = Arc::new(AtomicU64::new(requests));
    let began = Instant::now();
    let mut posting = JoinSet::new();
    for _ in 0..concurrency {
        posting.spawn(post(client.clone(), recipient.clone(), body.clone(), Arc::clone(&left)));
    }
    posting.join_all().await;
    requests as f64 / began.elapsed().as_secs_f64()
}

async fn post(client: Client, recipient: Recipient, body: Bytes, left: Arc<AtomicU64>) {
    let take = |left: u64| left.checked_sub(1);
    while let Ok(number) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
        let now = SystemClock.now();
        let webhook = ForwardedWebhook {
            id: WebhookId(Uuid::from_u128(number.into())),
            provider: ProviderKey::new("persona"),
            event_type: Text::new("inquiry.approved"),
            verdict: Verdict::Verified,
            received_at: now,
            headers: HeaderMap::new(),
            body: body.clone(),
        };
        let answer = client.send(forward(&webhook, &recipient, now)).await;
        assert_eq!(answer.failure, None, "the sink answers");
    }
}
