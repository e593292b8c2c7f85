use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use model::{PageRequest, ProviderKey, Role, WebhookFilter, WebhookId};
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::demo_service::DemoService;
use super::sandbox::{Addresses, PaceSettings, Senders, post};
use super::sandbox_apis::SandboxApis;
use super::serve::{Serve, asked_to_end};
use super::{CommandError, answer, operations};
use crate::accounts::new_text;
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::{AddressSettings, ForwardingSettings, ServerSettings, StorageSettings};
use crate::delivery::Forwarding;
use crate::endpoints::{EndpointChange, EndpointView};
use crate::ingest::{Arrival, Directory, OpenEndpoint, inspect};
use crate::operation::{Actor, OperationError, Operations};
use crate::providers::sandbox::api::Apis;
use crate::providers::sandbox::{self, Pace, Sent, Traffic};
use crate::store::{NewWebhook, Store};

const WEEK_SECONDS: i64 = 7 * 24 * 60 * 60;
/// In history about forty webhooks an hour arrive, as at a small company.
const HISTORY_RATE: f64 = 1.0 / 90.0;
const BATCH: usize = 512;
/// Of how many webhooks of history the records are fetched, for each provider.
const RECORDS_OF_HISTORY: u32 = 25;
const CASE_KEEPER: &str = "case_keeper";
const ADMIN: &str = "demo@hookproof.example";

#[derive(Debug, Args)]
pub struct Demo {
    /// Where the demo's webhooks are kept
    #[arg(
        long,
        env = "HOOKPROOF_DATABASE_URL",
        default_value = "sqlite://data/demo.db",
        hide_env_values = true
    )]
    database_url: String,
    /// The file with the key that seals the demo's secrets; made when it is not there
    #[arg(long, env = "HOOKPROOF_KEY_FILE", default_value = "data/demo.key")]
    key_file: PathBuf,
    #[command(flatten)]
    pace: PaceSettings,
    /// Where the stand-ins of the providers' APIs listen; on another port where that one is taken
    #[arg(long, env = "HOOKPROOF_SANDBOX_API_ADDR", default_value = "127.0.0.1:3200")]
    api_addr: SocketAddr,
    #[command(flatten)]
    address: AddressSettings,
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    forwarding: ForwardingSettings,
}

impl Demo {
    pub async fn run(mut self) -> Result<(), CommandError> {
        let storage = StorageSettings {
            database_url: self.database_url,
            key_file: self.key_file,
        };
        let mut operations = operations(&storage, self.address.public_url()).await?;
        let history = Senders::register(&operations, sandbox::ALL).await?;
        let apis = SandboxApis::listen_near(&operations, self.api_addr).await?;
        apis.register(&operations, &history.endpoints).await?;
        apis.allow(&mut self.forwarding)?;
        confirm_first(&operations, &history.endpoints).await?;
        // What it allows now is what the server will allow.
        operations.forwarding = Forwarding::of_system(self.forwarding.allowed());
        let service = DemoService::listen_near(self.api_addr).await?;
        service.register(&operations).await?;
        if is_empty(operations.store.as_ref()).await? {
            write_history(&operations, self.pace, history, &apis.apis).await?;
            ask_for_some(&operations).await?;
        }
        let live = Senders::register(&operations, sandbox::ALL).await?;
        let password = make_admin(&operations).await?;
        operations.store.close().await;
        answer(format_args!("Sign in as {ADMIN} with the password {}", password.as_str()));

        let addresses = Addresses::new(&self.address.public_url(), &live.endpoints);
        // Other people than in history.
        let pace = PaceSettings {
            seed: self.pace.seed.wrapping_add(1),
            ..self.pace
        };
        let traffic = Traffic::new(pace.seed, pace.beginning_at(SystemClock.now()), live.sources);
        let traffic = traffic.known_to(Arc::clone(&apis.apis));
        let serve = Serve {
            storage,
            address: self.address.clone(),
            server: self.server,
            forwarding: self.forwarding,
        };
        answer(format_args!("the providers' APIs answer at {}", apis.base));
        let (answering, receiving) = (apis.serve(), service.serve());
        let (ready, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let serving = serve.run_until(Arc::clone(&ready), end.notified());
        let mut serving = std::pin::pin!(serving);
        let posting = async {
            ready.notified().await;
            post(traffic, &addresses, |_, _, _| {}, asked_to_end()).await
        };
        let ended = tokio::select! {
            served = &mut serving => served,
            posted = posting => {
                end.notify_one();
                serving.await.and(posted.map(drop))
            }
        };
        answering.abort();
        receiving.abort();
        ended
    }
}

/// An admin to look around with, whose password is another at each start: nobody can know it who did not start the demo.
async fn make_admin(operations: &Operations) -> Result<Zeroizing<String>, CommandError> {
    let actor = Actor::command_line();
    let password = new_text();
    match operations.user_named(&actor, ADMIN).await {
        Ok(user) => {
            operations.set_password_of(&actor, user.id, &password).await?;
            operations.set_role(&actor, user.id, Role::Admin).await?;
            operations.set_user_disabled(&actor, user.id, false).await?;
        }
        Err(OperationError::NotFound(_)) => {
            operations.add_user(&actor, ADMIN, Role::Admin, &password).await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(password)
}

async fn is_empty(store: &dyn Store) -> Result<bool, CommandError> {
    let one = PageRequest { limit: 1, cursor: None };
    Ok(store.webhooks(&WebhookFilter::default(), one).await?.items.is_empty())
}

/// Case Keeper signs nothing: in the demo its webhooks go on when its API says the same.
async fn confirm_first(operations: &Operations, endpoints: &[EndpointView]) -> Result<(), CommandError> {
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.provider.as_str() == CASE_KEEPER) {
        let change = EndpointChange {
            confirm_before_forwarding: Some(true),
            ..EndpointChange::default()
        };
        operations
            .change_endpoint(&Actor::command_line(), endpoint.id, change)
            .await?;
    }
    Ok(())
}

/// Queues re-fetches of the newest webhooks of each provider that has an API, for the server that is started next.
async fn ask_for_some(operations: &Operations) -> Result<(), CommandError> {
    for stand_in in sandbox::ALL {
        let filter = WebhookFilter {
            providers: vec![ProviderKey::new(stand_in.provider().about().key)],
            ..WebhookFilter::default()
        };
        let some = PageRequest {
            limit: RECORDS_OF_HISTORY,
            cursor: None,
        };
        let newest = operations.store.webhooks(&filter, some).await?.items;
        let newest: Vec<_> = newest.iter().map(|row| row.id).collect();
        if stand_in.provider().api().is_some() && !newest.is_empty() {
            operations.refetch_selected(&Actor::command_line(), &newest).await?;
        }
    }
    Ok(())
}

/// Stores a week of traffic as if it had come in at its time.
async fn write_history(
    operations: &Operations,
    pace: PaceSettings,
    senders: Senders,
    apis: &Arc<Apis>,
) -> Result<(), CommandError> {
    let now = SystemClock.now();
    let pace_of_history = Pace {
        begins_at: now.plus_seconds(-WEEK_SECONDS),
        webhooks_per_second: HISTORY_RATE,
        speed: 1.0,
    };
    let directory = Directory::load(Arc::clone(&operations.store), Arc::clone(&operations.vault)).await?;
    let mut endpoints = Vec::new();
    for endpoint in &senders.endpoints {
        endpoints.extend(directory.find(&endpoint.token).await.ok());
    }
    let ids = Ids::default();
    let mut history = Traffic::new(pace.seed, pace_of_history, senders.sources)
        .known_to(Arc::clone(apis))
        .take_while(|sent| sent.at < now)
        .map(|sent| arrived(&ids, &endpoints, sent))
        .peekable();
    let mut written = 0;
    while history.peek().is_some() {
        let batch: Vec<NewWebhook> = history.by_ref().take(BATCH).collect();
        operations.store.append(&batch).await?;
        written += batch.len();
        answer(format_args!("writing a week of history: {written} webhooks"));
    }
    Ok(())
}

fn arrived(ids: &Ids, endpoints: &[Arc<OpenEndpoint>], sent: Sent) -> NewWebhook {
    let arrival = Arrival {
        id: WebhookId(ids.next(sent.at)),
        received_at: sent.at,
        peer: std::net::Ipv4Addr::LOCALHOST.into(),
        headers: sent.headers,
        body: sent.body.into(),
    };
    inspect(&endpoints[sent.source], arrival)
}
