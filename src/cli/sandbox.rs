use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use model::{Environment, ProviderKey, Timestamp};
use rand::SeedableRng;
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;
use url::Url;

use super::sandbox_apis::SandboxApis;
use super::serve::asked_to_end;
use super::{CommandError, answer, operations};
use crate::clock::{Clock, SystemClock};
use crate::config::{AddressSettings, StorageSettings};
use crate::endpoints::{AddEndpoint, EndpointView, hook_url};
use crate::operation::{Actor, Operations};
use crate::providers::sandbox::{self, Note, Pace, Random, Sent, Source, StandIn, Traffic};

/// How many posts may be under way at once.
const IN_FLIGHT: usize = 32;

/// How long a provider waits for our answer. Persona gives up after as long.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct Sandbox {
    #[command(flatten)]
    pace: PaceSettings,
    /// Stop after so many webhooks
    #[arg(long)]
    count: Option<usize>,
    /// Go on answering for the providers' APIs after the last webhook
    #[arg(long, requires = "count")]
    stay: bool,
    /// How many seconds the presigned links of Case Keeper live
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    link_life: u32,
    /// Where the stand-ins of the providers' APIs listen. The server asks them if `HOOKPROOF_ALLOW_NETWORKS` has this address and
    /// `HOOKPROOF_ALLOW_HTTP` is set
    #[arg(long, env = "HOOKPROOF_SANDBOX_API_ADDR", default_value = "127.0.0.1:3200")]
    api_addr: SocketAddr,
    /// Only these providers, such as `--provider persona --provider pleenk`
    #[arg(long = "provider")]
    providers: Vec<String>,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

/// How dense and how fast the traffic is.
#[derive(Debug, Clone, Copy, Args)]
pub struct PaceSettings {
    /// How many webhooks a second, on the average
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    pub rate: f64,
    /// How much faster than in reality people verify themselves and providers send again
    #[arg(long, default_value_t = 60.0, value_parser = positive)]
    pub speed: f64,
    /// The same seed makes the same people do the same things
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl PaceSettings {
    pub fn beginning_at(self, begins_at: Timestamp) -> Pace {
        Pace {
            begins_at,
            webhooks_per_second: self.rate,
            speed: self.speed,
        }
    }
}

impl Sandbox {
    pub async fn run(self) -> Result<(), CommandError> {
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let senders = Senders::register(&operations, &self.stand_ins()?).await?;
        let apis = SandboxApis::listen(&operations, self.api_addr).await?;
        apis.register(&operations, &senders.endpoints).await?;
        operations.store.close().await;
        apis.apis.set_link_life(self.link_life);
        answer(format_args!("the providers' APIs answer at {}", apis.base));
        let pace = self.pace.beginning_at(SystemClock.now());
        let traffic = Traffic::new(self.pace.seed, pace, senders.sources).known_to(Arc::clone(&apis.apis));
        let serving = apis.serve();
        let posted = post(
            traffic.take(self.count.unwrap_or(usize::MAX)),
            &Addresses::new(&self.address.public_url(), &senders.endpoints),
            |sent, endpoint, answered| {
                let at = sent.at.to_rfc3339();
                match answered {
                    Ok(status) => answer(format_args!(
                        "{at}  {:<28} {:<22} {}",
                        endpoint.name,
                        describe(sent.note),
                        status.as_u16()
                    )),
                    Err(error) => answer(format_args!(
                        "{at}  {:<28} {:<22} {error}",
                        endpoint.name,
                        describe(sent.note)
                    )),
                }
            },
            asked_to_end(),
        )
        .await?;
        let total: usize = posted.values().sum();
        answer(format_args!("{total} webhooks posted: {}", summary(&posted)));
        if self.stay {
            asked_to_end().await;
        }
        serving.abort();
        Ok(())
    }

    fn stand_ins(&self) -> Result<Vec<&'static dyn StandIn>, CommandError> {
        if self.providers.is_empty() {
            return Ok(sandbox::ALL.to_vec());
        }
        let find = |key: &String| {
            let unknown = || CommandError::Usage(format!("there is no provider `{key}` (--provider)"));
            sandbox::find(&ProviderKey::new(key)).ok_or_else(unknown)
        };
        self.providers.iter().map(find).collect()
    }
}

/// Stand-ins that have an endpoint each, which knows their key.
pub struct Senders {
    pub sources: Vec<Source>,
    /// In the order of the sources.
    pub endpoints: Vec<EndpointView>,
}

impl Senders {
    /// Registers each stand-in with an endpoint of its own, unless an earlier run did.
    ///
    /// Their keys are derived from the key that seals secrets, so every run has the same ones and none is stored but as
    /// the endpoint's secret.
    pub async fn register(operations: &Operations, stand_ins: &[&'static dyn StandIn]) -> Result<Self, CommandError> {
        let actor = Actor::command_line();
        let key = operations.vault.key();
        let known = operations.endpoints(&actor).await?;
        let (mut sources, mut endpoints) = (Vec::new(), Vec::new());
        for &stand_in in stand_ins {
            let about = stand_in.provider().about();
            let seed = key.derive(&format!("sandbox keys of {}", about.key));
            let keys = stand_in.make_keys(&mut Random::from_seed(*seed));
            let name = format!("{} sandbox", about.title);
            let earlier = known
                .iter()
                .find(|endpoint| endpoint.provider.as_str() == about.key && endpoint.name == name);
            let endpoint = if let Some(endpoint) = earlier {
                endpoint.clone()
            } else {
                let new = AddEndpoint {
                    environment: Environment::Sandbox,
                    ..AddEndpoint::plain(about.key, &name, keys.registered())
                };
                operations.add_endpoint(&actor, new).await?
            };
            sources.push(Source { stand_in, keys });
            endpoints.push(endpoint);
        }
        Ok(Self { sources, endpoints })
    }
}

/// Where each source posts.
pub struct Addresses<'a> {
    server: Url,
    endpoints: Vec<(&'a EndpointView, String)>,
}

impl<'a> Addresses<'a> {
    pub fn new(server: &Url, endpoints: &'a [EndpointView]) -> Self {
        let with_url = |endpoint: &'a EndpointView| (endpoint, hook_url(server, &endpoint.token));
        Self {
            server: server.clone(),
            endpoints: endpoints.iter().map(with_url).collect(),
        }
    }
}

/// Posts each request at its time, until there are no more or `shutdown` is ready. Gives how many were posted, by kind.
pub async fn post(
    traffic: impl Iterator<Item = Sent>,
    addresses: &Addresses<'_>,
    report: impl Fn(&Sent, &EndpointView, Result<StatusCode, reqwest::Error>),
    shutdown: impl Future<Output = ()>,
) -> Result<BTreeMap<&'static str, usize>, CommandError> {
    let client = Client::builder()
        .timeout(ANSWER_TIMEOUT)
        .build()
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    reach(&client, &addresses.server).await?;
    let mut posted = BTreeMap::new();
    let mut under_way = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    let mut record = |(sent, answered): (Sent, _)| {
        *posted.entry(describe(sent.note)).or_default() += 1;
        report(&sent, addresses.endpoints[sent.source].0, answered);
    };
    for sent in traffic {
        tokio::select! {
            () = until(sent.at) => {}
            () = &mut shutdown => break,
        }
        while under_way.len() >= IN_FLIGHT
            && let Some(Ok(done)) = under_way.join_next().await
        {
            record(done);
        }
        let request = client
            .post(&addresses.endpoints[sent.source].1)
            .headers(sent.headers.clone())
            .body(sent.body.clone());
        under_way.spawn(async move {
            let answered = request.send().await.map(|response| response.status());
            (sent, answered)
        });
        while let Some(Ok(done)) = under_way.try_join_next() {
            record(done);
        }
    }
    while let Some(Ok(done)) = under_way.join_next().await {
        record(done);
    }
    Ok(posted)
}

/// Fails with one line when no server answers there.
async fn reach(client: &Client, server: &Url) -> Result<(), CommandError> {
    let url = format!("{}/healthz", server.as_str().trim_end_matches('/'));
    let no_answer = |error: reqwest::Error| CommandError::NoAnswer {
        url: url.clone(),
        reason: error.to_string(),
    };
    client
        .get(&url)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(no_answer)?;
    Ok(())
}

async fn until(time: Timestamp) {
    let micros = SystemClock.now().micros_until(time);
    tokio::time::sleep(Duration::from_micros(u64::try_from(micros).unwrap_or(0))).await;
}

fn describe(note: Note) -> &'static str {
    match note {
        Note::Genuine => "genuine",
        Note::Redelivery { .. } => "redelivery",
        Note::OutOfOrder => "out of order",
        Note::WrongSignature => "wrong signature",
        Note::MissingSignature => "missing signature",
        Note::Altered => "altered on the way",
        Note::Stale => "stale",
    }
}

fn summary(posted: &BTreeMap<&'static str, usize>) -> String {
    posted
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("expected a number above 0".to_owned()),
    }
}
