//! Checking stored webhooks again.

use async_trait::async_trait;
use bytes::Bytes;
use model::{EndpointId, Evidence, Timestamp, Verdict, WebhookId};

use super::StoreError;
use super::delivery::NewDelivery;
use super::records::NewRefetch;

/// A stored webhook as far as it takes to check it again.
#[derive(Debug, Clone)]
pub struct StoredRequest {
    pub id: WebhookId,
    pub received_at: Timestamp,
    /// As [`super::encode_headers`] writes them.
    pub headers: Vec<u8>,
    pub body: Bytes,
    pub verdict: Verdict,
    pub evidence: Evidence,
    pub duplicate_of: Option<WebhookId>,
    /// The sender's address lay outside the networks that the endpoint named.
    pub foreign_network: bool,
    /// The provider's record says something else.
    pub contradicted: bool,
    /// A delivery of it is held, or waits for an attempt.
    pub waits: bool,
}

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    pub webhooks: u32,
    /// No body is read that begins after so many bytes of others, so that at least one is.
    pub bytes: i64,
}

/// How a webhook was judged when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    pub verdict: Verdict,
    pub evidence: Evidence,
    pub contradicted: bool,
}

/// What checking a webhook again gave, where it differs from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVerdict {
    pub id: WebhookId,
    /// What it was computed from, where that may have changed meanwhile.
    pub before: Option<Before>,
    pub verdict: Verdict,
    pub evidence: Evidence,
    pub contradicted: bool,
    /// It goes on by itself, as the endpoint's policy has it now.
    pub forwards: bool,
    /// Those that it begins with, should it repeat no other any more. Held where it does not go on by itself.
    pub deliveries: Vec<NewDelivery>,
    /// The provider is asked, unless it is already.
    pub refetch: Option<NewRefetch>,
}

/// What re-verification reads and writes.
#[async_trait]
pub trait ReverifyStore: Send + Sync + 'static {
    /// How many webhooks the endpoint got in the span (`to` excluded), from the roll-ups: to the minute, for showing
    /// progress.
    async fn count_of_endpoint(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<u64, StoreError>;

    /// Webhooks of the endpoint that came in the span (`to` excluded), those after `after`, oldest first: as many as `most`
    /// allows.
    async fn stored_requests(
        &self,
        endpoint: EndpointId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        after: Option<WebhookId>,
        most: Most,
    ) -> Result<Vec<StoredRequest>, StoreError>;

    /// Writes verdicts and evidence, moves the roll-ups' counts, and links the webhooks anew, all in one transaction:
    ///
    /// - one that is now trusted more than the original of its event becomes the original itself;
    /// - one that is trusted at most as much as another original repeats that one, even one that came later, which may
    ///   have been forwarded already;
    /// - an original stays the original with its new trust.
    ///
    /// Its deliveries follow: those that are held become pending when it goes on by itself now and repeats no other; those that
    /// were not tried yet, are not leased `now`, and that no person released, are held when it does not; where the record of its provider
    /// says something else, also those that were tried. One that repeated another
    /// and does so no more gets the deliveries that it never had, made when they are due, unless a person had it sent meanwhile.
    ///
    /// A webhook that is not any more as it was [`before`](NewVerdict::before) stays as it is: what a re-fetch found meanwhile is
    /// not lost. The ids of those.
    ///
    /// `webhooks` are in the order of their ids, all of one endpoint.
    async fn set_verdicts(
        &self,
        endpoint: EndpointId,
        webhooks: &[NewVerdict],
        now: Timestamp,
    ) -> Result<Vec<WebhookId>, StoreError>;

    /// Writes other headers, as [`super::encode_headers`] writes them, in place of those of the endpoint's webhooks.
    async fn replace_headers(&self, endpoint: EndpointId, headers: &[(WebhookId, Vec<u8>)]) -> Result<(), StoreError>;

    /// When secrets were last seen to make a signature. Later times only; does not raise the endpoints' version.
    async fn note_secrets_used(&self, used: &[(model::SecretId, Timestamp)]) -> Result<(), StoreError>;
}
