use std::io::Read;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use ipnet::IpNet;
use model::{DigestMode, EndpointPolicy, Environment, OnUntrusted, ProviderKey, Timestamp};
use zeroize::Zeroizing;

use super::{CommandError, answer};
use crate::accounts::unlock;
use crate::clock::{Ids, SystemClock};
use crate::config::{AddressSettings, StorageSettings};
use crate::endpoints::{self, AddEndpoint, EndpointView, NewSecret, NewStaticHeader};
use crate::providers::{self, SecretField};
use crate::store::{self, Endpoint, Store};

#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Add an endpoint and print the address to give to the provider
    Add(Box<Add>),
    /// List the endpoints
    List(List),
    /// Add a secret or PEM public key, read from standard input, to those that an endpoint accepts
    Secret(Secret),
    /// Take webhooks at an endpoint again
    Enable(Switch),
    /// Take no more webhooks at an endpoint: the provider is answered 410, and the log stays
    Disable(Switch),
}

#[derive(Debug, Args)]
pub struct Add {
    /// The provider's key
    #[arg(long, value_parser = provider_keys())]
    provider: String,
    /// What people call it, such as "Persona production"
    #[arg(long)]
    name: String,
    /// Read the signing secret, or the PEM public key, from standard input
    #[arg(long)]
    secret_stdin: bool,
    /// production or sandbox
    #[arg(long, default_value_t = Environment::Production)]
    environment: Environment,
    /// What to do with invalid, missing and stale signatures: hold (answer 200) or reject (answer 401)
    #[arg(long, default_value_t = OnUntrusted::Hold)]
    on_untrusted: OnUntrusted,
    /// How the digest is keyed, for a provider that does not document it
    #[arg(long, value_parser = digest_modes())]
    digest_mode: Option<DigestMode>,
    /// The name of a header that every genuine request carries, where the provider signs nothing; its value is read from
    /// standard input
    #[arg(long, conflicts_with = "secret_stdin")]
    static_header_stdin: Option<String>,
    /// A network that the provider posts from; can be repeated
    #[arg(long = "network")]
    networks: Vec<IpNet>,
    /// The most webhooks per second
    #[arg(long)]
    rate_limit: Option<u32>,
    /// Print the endpoint as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

#[derive(Debug, Args)]
pub struct List {
    /// Print the endpoints as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
}

#[derive(Debug, Args)]
pub struct Secret {
    /// The endpoint's name or id
    #[arg(long)]
    endpoint: String,
    /// What tells this secret from the others, such as "since November"
    #[arg(long)]
    label: String,
    /// From when it is accepted, such as 2026-11-20T12:00:00Z; at once by default
    #[arg(long, value_parser = time)]
    not_before: Option<Timestamp>,
    /// Until when it is accepted; for ever by default
    #[arg(long, value_parser = time)]
    expires_at: Option<Timestamp>,
    #[command(flatten)]
    storage: StorageSettings,
}

#[derive(Debug, Args)]
pub struct Switch {
    /// The endpoint's name or id
    endpoint: String,
    #[command(flatten)]
    storage: StorageSettings,
}

impl EndpointCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Secret(secret) => secret.run().await,
            Self::Enable(switch) => switch.run(true).await,
            Self::Disable(switch) => switch.run(false).await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let stdin = if self.secret_stdin || self.static_header_stdin.is_some() {
            Some(read_stdin()?)
        } else {
            None
        };
        let (secret, static_header) = match self.static_header_stdin {
            Some(name) => (None, stdin.map(|value| NewStaticHeader { name, value })),
            None => (stdin, None),
        };
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let key = unlock(store.as_ref(), &self.storage.key_file).await?;
        let new = AddEndpoint {
            provider: ProviderKey::new(self.provider),
            name: self.name,
            environment: self.environment,
            policy: EndpointPolicy {
                on_untrusted: self.on_untrusted,
                ..EndpointPolicy::default()
            },
            digest_mode: self.digest_mode,
            static_header,
            networks: self.networks,
            rate_limit: self.rate_limit,
            secret,
        };
        let (endpoint, secrets) = endpoints::add(store.as_ref(), &key, &SystemClock, &Ids::default(), new).await?;
        store.close().await;
        let view = EndpointView::new(endpoint, secrets, &self.address.public_url());
        if self.json {
            answer_json(&view);
        } else {
            describe(&view);
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let views = endpoints::list(store.as_ref(), &self.address.public_url()).await?;
        store.close().await;
        if self.json {
            answer_json(&views);
        } else if views.is_empty() {
            answer("no endpoints yet: add one with `hookproof endpoint add --help`");
        } else {
            for view in views {
                answer(format_args!("{}  {}  {}", view.name, view.provider, view.url));
            }
        }
        Ok(())
    }
}

impl Secret {
    async fn run(self) -> Result<(), CommandError> {
        let value = read_stdin()?;
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let key = unlock(store.as_ref(), &self.storage.key_file).await?;
        let endpoint = named(store.as_ref(), &self.endpoint).await?;
        let new = NewSecret {
            value,
            label: self.label,
            not_before: self.not_before,
            expires_at: self.expires_at,
        };
        let added = endpoints::add_secret(store.as_ref(), &key, &SystemClock, &Ids::default(), &endpoint, new).await?;
        store.close().await;
        answer(format_args!(
            "{} has the secret `{}` (…{}).",
            endpoint.name, added.label, added.hint
        ));
        Ok(())
    }
}

impl Switch {
    async fn run(self, enabled: bool) -> Result<(), CommandError> {
        let store = store::open(&self.storage.database_url).await?;
        store.migrate().await?;
        let endpoint = named(store.as_ref(), &self.endpoint).await?;
        store.set_endpoint_enabled(endpoint.id, enabled).await?;
        store.close().await;
        answer(format_args!(
            "{} is {}.",
            endpoint.name,
            if enabled { "enabled" } else { "disabled" }
        ));
        Ok(())
    }
}

/// The endpoint of that name or id.
async fn named(store: &dyn Store, name: &str) -> Result<Endpoint, CommandError> {
    let all = store.endpoints().await?.into_iter();
    let mut named = all.filter(|endpoint| endpoint.name == name || endpoint.id.to_string() == name);
    match (named.next(), named.next()) {
        (Some(endpoint), None) => Ok(endpoint),
        (None, _) => Err(CommandError::Usage(format!("there is no endpoint `{name}`"))),
        (Some(_), Some(_)) => Err(CommandError::Usage(format!(
            "several endpoints are called `{name}`: name one by its id"
        ))),
    }
}

fn provider_keys() -> PossibleValuesParser {
    providers::ALL
        .iter()
        .map(|provider| provider.about().key)
        .collect::<Vec<_>>()
        .into()
}

fn digest_modes() -> impl TypedValueParser<Value = DigestMode> {
    let words: PossibleValuesParser = DigestMode::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().into();
    words.map(|word| word.parse().expect("only known words are possible"))
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "not a time such as 2026-11-20T12:00:00Z".to_owned())
}

/// What to do next, in the order in which it is done.
fn describe(view: &EndpointView) {
    answer(&view.url);
    let Some(provider) = providers::find(&view.provider) else {
        return;
    };
    let about = provider.about();
    answer(format_args!(
        "Paste this address at {}: {}.",
        about.title, about.paste_address_at
    ));
    if let (Some(SecretField { label, find_it_at, .. }), true) = (&about.secret, view.secrets.is_empty()) {
        answer(format_args!(
            "It has no secret yet, so its webhooks are stored as `unconfigured`. You find the {label} here: {find_it_at}."
        ));
    }
}

fn answer_json(value: &impl serde::Serialize) {
    answer(serde_json::to_string_pretty(value).expect("views are plain data"));
}

/// What was piped in, without the line end that `echo` adds.
fn read_stdin() -> Result<Zeroizing<String>, CommandError> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().read_to_string(&mut text)?;
    let trimmed = text.trim_end_matches(['\r', '\n']);
    Ok(Zeroizing::new(trimmed.to_owned()))
}
