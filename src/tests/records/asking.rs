//! Clients and accesses as these tests want them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hookproof::clock::{Clock, ManualClock};
use hookproof::delivery::Timeouts;
use hookproof::providers::{self, Api};
use hookproof::records::{Access, RecordClient};
use model::{EndpointId, Environment, ProviderKey, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use crate::setup::{local_client, patient};

pub fn noon() -> Timestamp {
    Timestamp::parse("2025-11-20T12:00:00Z").expect("a time")
}

pub fn api(provider: &str) -> &'static dyn Api {
    let provider = providers::find(&ProviderKey::new(provider)).expect("a provider");
    provider.api().expect("it has an API")
}

/// A client that may reach this machine over plain http, and its clock.
pub fn client() -> (RecordClient, Arc<ManualClock>) {
    client_with(patient())
}

pub fn client_with(timeouts: Timeouts) -> (RecordClient, Arc<ManualClock>) {
    let clock = ManualClock::at(noon());
    (client_at(&clock, timeouts), clock)
}

pub fn client_at(clock: &Arc<ManualClock>, timeouts: Timeouts) -> RecordClient {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    RecordClient::new(local_client(timeouts), clock)
}

/// An access at that address, with credentials of which nobody knows anything.
pub fn access(provider: &str, base_url: &str) -> Access {
    let names = ["api_key", "api_secret", "client_id", "client_secret"];
    let credentials = names.map(|name| (name.to_owned(), SecretString::from(format!("our-{name}"))));
    Access {
        endpoint: EndpointId(Uuid::from_u128(1)),
        api: api(provider),
        environment: Environment::Sandbox,
        credentials: BTreeMap::from(credentials),
        base_url: Some(base_url.to_owned()),
        token_url: Some(format!("{base_url}/token")),
    }
}
