use std::io::Read;

use clap::{Args, Subcommand};
use ipnet::IpNet;
use model::{DigestMode, EndpointPolicy, Environment, OnUntrusted, ProviderKey};
use zeroize::Zeroizing;

use super::{CommandError, answer};
use crate::accounts::secrets::SealingKey;
use crate::clock::{Ids, SystemClock};
use crate::config::{AddressSettings, StorageSettings};
use crate::endpoints::{self, AddEndpoint, EndpointView, NewStaticHeader};
use crate::providers::{self, SecretField};
use crate::store;

#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Add an endpoint and print the address to give to the provider
    Add(Box<Add>),
    /// List the endpoints
    List(List),
}

#[derive(Debug, Args)]
pub struct Add {
    /// The provider: persona, authento, `case_keeper`, pleenk, peleza or `standard_webhooks`
    #[arg(long)]
    provider: String,
    /// What people call it, such as "Persona production"
    #[arg(long)]
    name: String,
    /// Read the signing secret (for pleenk the PEM public key) from standard input
    #[arg(long)]
    secret_stdin: bool,
    /// production or sandbox
    #[arg(long, default_value_t = Environment::Production)]
    environment: Environment,
    /// What to do with invalid, missing and stale signatures: hold (answer 200) or reject (answer 401)
    #[arg(long, default_value_t = OnUntrusted::Hold)]
    on_untrusted: OnUntrusted,
    /// How the digest is keyed (authento): `hmac_sha256`, `sha256_body_secret` or `sha256_secret_body`
    #[arg(long)]
    digest_mode: Option<DigestMode>,
    /// The name of a header that every genuine request carries (peleza); its value is read from standard input
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

impl EndpointCommand {
    pub async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
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
        let key = SealingKey::load_or_create(&self.storage.key_file)?;
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
