use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ipnet::IpNet;
use model::{DigestMode, EndpointPolicy, Environment, OnUntrusted, ProviderKey};
use secrecy::SecretString;

use super::super::operations;
use super::{CommandError, answer, answer_json, read_stdin};
use crate::config::{AddressSettings, StorageSettings};
use crate::endpoints::{AddEndpoint, EndpointView, NewStaticHeader};
use crate::operation::Actor;
use crate::providers::{self, SecretField};

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
    #[command(flatten)]
    policy: Policy,
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
struct Policy {
    /// What to do with invalid, missing and stale signatures: hold (answer 200) or reject (answer 401)
    #[arg(long, default_value_t = OnUntrusted::Hold)]
    on_untrusted: OnUntrusted,
    /// Forward what the provider does not sign
    #[arg(long)]
    forward_unsigned: bool,
    /// Forward only what the provider's API has confirmed
    #[arg(long)]
    confirm_before_forwarding: bool,
}

impl Add {
    pub async fn run(self) -> Result<(), CommandError> {
        let stdin = if self.secret_stdin || self.static_header_stdin.is_some() {
            Some(SecretString::from(read_stdin()?.as_str()))
        } else {
            None
        };
        let (secret, static_header) = match self.static_header_stdin {
            Some(name) => (None, stdin.map(|value| NewStaticHeader { name, value })),
            None => (stdin, None),
        };
        let operations = operations(&self.storage, self.address.public_url()).await?;
        let new = AddEndpoint {
            provider: ProviderKey::new(self.provider),
            name: self.name,
            environment: self.environment,
            policy: EndpointPolicy {
                on_untrusted: self.policy.on_untrusted,
                forward_unsigned: self.policy.forward_unsigned,
                confirm_before_forwarding: self.policy.confirm_before_forwarding,
            },
            digest_mode: self.digest_mode,
            static_header,
            networks: self.networks,
            rate_limit: self.rate_limit,
            refetch_event_types: None,
            secret,
        };
        let view = operations.add_endpoint(&Actor::command_line(), new).await?;
        operations.store.close().await;
        if self.json {
            answer_json(&view);
        } else {
            describe(&view);
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
        "Paste this address at {}: {}",
        about.title, about.paste_address_at
    ));
    if let (Some(SecretField { label, find_it_at, .. }), true) = (&about.secret, view.secrets.is_empty()) {
        answer(format_args!(
            "It has no secret yet, so its webhooks are stored as `unconfigured`. You find the {label} here: {find_it_at}."
        ));
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
