//! A running server whose workers forward and ask, and whoever it asks.

use std::sync::Arc;
use std::time::Duration;

use app::text::records::failure_sentence;
use hookproof::clock::{Clock, ManualClock};
use hookproof::delivery::{self, Timeouts};
use hookproof::destinations::AddDestination;
use hookproof::endpoints::{AddEndpoint, EndpointView, NewCredentials};
use hookproof::operation::Actor;
use hookproof::providers::sandbox::api::ApiAccess;
use hookproof::records;
use hookproof::store::records::RefetchLease;
use model::{
    DeliveryRow, DestinationId, EndpointPolicy, Failure, OnUntrusted, RecordRow, RefetchRow, RefetchState, Role, WebhookDetail,
    WebhookId,
};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::destination::{Destination, Script};
use crate::setup::{allowing, local_client, patient};
use crate::stand_ins::StandIns;
use crate::support::browser::Browser;
use crate::support::{Setup, TestApp};

/// What the workers do takes milliseconds; a machine that is busy with other things gets longer.
const LIMIT: Duration = Duration::from_mins(1);

/// What an endpoint does that forwards nothing before it is confirmed.
pub const CONFIRM_FIRST: EndpointPolicy = EndpointPolicy {
    on_untrusted: OnUntrusted::Hold,
    forward_unsigned: false,
    confirm_before_forwarding: true,
};

pub struct World {
    pub app: TestApp,
    forwarding: delivery::Worker,
    asking: Option<records::Worker>,
    /// Who looks at pages; signed in when there is something to look at.
    browser: OnceCell<Browser>,
}

pub fn admin() -> Actor {
    Actor::command_line()
}

pub fn operator() -> Actor {
    Actor {
        role: Some(Role::Operator),
        ..Actor::command_line()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(patient()).await
    }

    /// Providers get so long to answer.
    pub async fn start_with(timeouts: Timeouts) -> Self {
        let setup = Setup {
            allowed: allowing(&["127.0.0.0/8"]),
            asking: Some(local_client(timeouts)),
            ..Setup::default()
        };
        let app = TestApp::start_with(setup).await;
        let forwarding = delivery::Worker::start(
            Arc::clone(&app.store),
            Arc::clone(&app.clock) as Arc<dyn Clock>,
            Arc::clone(&app.ids),
            Arc::clone(&app.directory),
            app.operations.forwarding.clone(),
        );
        let mut world = Self {
            app,
            forwarding,
            asking: None,
            browser: OnceCell::new(),
        };
        world.start_asking();
        world
    }

    pub fn start_asking(&mut self) {
        self.asking = Some(records::Worker::start(self.app.operations.clone()));
    }

    pub async fn stop_asking(&mut self) {
        self.asking.take().expect("it runs").stop().await;
    }

    /// Whether the webhook's page tells that failure of asking, to someone who may ask.
    pub async fn page_tells(&self, id: WebhookId, failure: Failure, status: Option<u16>) -> bool {
        let signed_in = || self.app.signed_in("operator.of.records@example.com", Role::Operator);
        let browser = self.browser.get_or_init(signed_in).await;
        let page = browser.get(&format!("/webhooks/{id}?tab=record")).await;
        let page = page.text().await.expect("text").replace("&#x27;", "'");
        page.contains(&failure_sentence(failure, status))
    }

    pub async fn end(self) {
        if let Some(asking) = self.asking {
            asking.stop().await;
        }
        self.forwarding.stop().await;
        self.app.end().await;
    }

    /// Turns the clock and says so.
    pub fn turn(&self, seconds: i64) {
        self.app.clock.advance_seconds(seconds);
        self.app.operations.refetching.wake.notify_one();
        self.app.operations.forwarding.wake.all();
    }

    /// Providers that live in the same time.
    pub async fn stand_ins(&self) -> StandIns {
        StandIns::start_at(Arc::clone(&self.app.clock) as Arc<ManualClock>).await
    }

    pub async fn endpoint(&self, provider: &str, policy: EndpointPolicy, secret: Option<&str>) -> EndpointView {
        let new = AddEndpoint {
            policy,
            ..AddEndpoint::plain(provider, &format!("{provider} test"), secret)
        };
        self.app.add_endpoint(new).await
    }

    /// Lets the endpoint ask there.
    pub async fn let_ask(&self, endpoint: &EndpointView, access: ApiAccess) {
        let credentials = NewCredentials {
            fields: (access.credentials.into_iter())
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            base_url: Some(access.base_url),
            token_url: access.token_url,
        };
        let set = self.app.operations.set_credentials(&admin(), endpoint.id, credentials).await;
        set.expect("set");
    }

    /// The same at a server that knows no credentials.
    pub async fn let_ask_at(&self, endpoint: &EndpointView, base_url: &str) {
        let names: &[&'static str] = match endpoint.provider.as_str() {
            "persona" => &["api_key"],
            "authento" => &["api_key", "api_secret"],
            _ => &["client_id", "client_secret"],
        };
        let has_token = endpoint.provider.as_str() == "case_keeper";
        let access = ApiAccess {
            credentials: names.iter().map(|&name| (name, format!("our-{name}"))).collect(),
            base_url: base_url.to_owned(),
            token_url: has_token.then(|| format!("{base_url}/token")),
        };
        self.let_ask(endpoint, access).await;
    }

    /// A destination of all webhooks, which takes what it gets.
    pub async fn receiver(&self) -> (Destination, DestinationId) {
        let receiver = Destination::start(Script::status(204, &[], "")).await;
        let new = AddDestination::plain("receiver", &receiver.http_url());
        let added = self.app.operations.add_destination(&admin(), new).await.expect("added");
        (receiver, added.destination.id)
    }

    /// The newest re-fetch of the webhook, once it is so.
    pub async fn refetch_that(&self, webhook: WebhookId, is_so: impl Fn(&RefetchRow) -> bool) -> RefetchRow {
        let mut ended = self.app.operations.refetching.ended.subscribe();
        let found = async {
            loop {
                let newest = self.refetches(webhook).await.into_iter().next();
                if let Some(row) = newest.filter(|row| is_so(row)) {
                    return row;
                }
                ended.changed().await.expect("the server is there");
            }
        };
        if let Ok(row) = timeout(LIMIT, found).await {
            return row;
        }
        panic!("{:?}", self.refetches(webhook).await);
    }

    pub async fn refetched(&self, webhook: WebhookId) -> RefetchRow {
        self.refetch_that(webhook, |row| !row.state.is_open()).await
    }

    /// Once it was asked for so often, and is to be asked for again.
    pub async fn put_off(&self, webhook: WebhookId, attempts: u32) -> RefetchRow {
        let is_so = |row: &RefetchRow| row.state == RefetchState::Pending && row.attempts == attempts;
        self.refetch_that(webhook, is_so).await
    }

    pub async fn refetches(&self, webhook: WebhookId) -> Vec<RefetchRow> {
        self.app.store.refetches(webhook).await.expect("read")
    }

    pub async fn records(&self, webhook: WebhookId) -> Vec<RecordRow> {
        self.app.store.records_of(webhook).await.expect("read")
    }

    pub async fn webhook(&self, id: WebhookId) -> WebhookDetail {
        self.app.webhook(id).await
    }

    /// The only delivery of the webhook.
    pub async fn delivery(&self, webhook: WebhookId) -> DeliveryRow {
        let found = self.app.operations.deliveries_of_webhook(&admin(), webhook).await;
        let mut found = found.expect("read");
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// Leases everything that is due at the endpoint, as a node that dies over it.
    pub async fn lease_and_die(&self, endpoint: &EndpointView, seconds: i64) -> usize {
        let now = self.app.clock.now();
        let request = RefetchLease {
            endpoint: endpoint.id,
            now,
            until: now.plus_seconds(seconds),
            lease: self.app.ids.next(now),
            most: 10,
        };
        self.app.store.lease_refetches(&request).await.expect("leased").len()
    }
}
