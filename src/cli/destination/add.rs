use clap::Args;
use model::{Outcome, Subscription, Text};
use secrecy::ExposeSecret;

use super::super::endpoint::{answer_json, named};
use super::super::{answer, operations};
use super::CommandError;
use crate::config::{AddressSettings, ForwardingSettings, StorageSettings};
use crate::delivery::{Forwarding, Trust};
use crate::destinations::{AddDestination, DEFAULT_CONCURRENCY, DestinationWithSecret};
use crate::operation::{Actor, Operations};

#[derive(Debug, Args)]
pub struct Add {
    /// What people call it, such as "Onboarding service"
    #[arg(long)]
    name: String,
    /// Where webhooks are posted to
    #[arg(long)]
    url: String,
    /// The name or id of an endpoint whose webhooks it takes; can be repeated, all by default
    #[arg(long = "endpoint")]
    endpoints: Vec<String>,
    /// An event type that it takes, or the beginning of some and `*`, such as "inquiry.*"; can be repeated, all by default
    #[arg(long = "event-type", value_parser = text)]
    event_types: Vec<Text>,
    /// An outcome that it takes; can be repeated, all by default
    #[arg(long = "outcome")]
    outcomes: Vec<Outcome>,
    /// Later events of a subject wait for earlier ones
    #[arg(long)]
    ordered: bool,
    /// How many requests are under way at once
    #[arg(long, default_value_t = DEFAULT_CONCURRENCY)]
    concurrency: u32,
    /// The most requests per second
    #[arg(long)]
    rate_limit: Option<u32>,
    /// Seconds before each attempt, separated by commas, the first one included; ten attempts in three and a half days by default
    #[arg(long, value_delimiter = ',')]
    schedule: Vec<u32>,
    /// Print the destination as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
    #[command(flatten)]
    forwarding: ForwardingSettings,
}

impl Add {
    pub async fn run(self) -> Result<(), CommandError> {
        let mut operations = operations(&self.storage, self.address.public_url()).await?;
        // Nothing is sent from here: the server's worker does that.
        operations.forwarding = Forwarding::new(self.forwarding.allowed(), &Trust::only([]));
        let is_json = self.json;
        let new = self.read(&operations).await?;
        let added = operations.add_destination(&Actor::command_line(), new).await?;
        operations.store.close().await;
        if is_json {
            answer_json(&added);
        } else {
            describe(&added);
        }
        Ok(())
    }

    async fn read(self, operations: &Operations) -> Result<AddDestination, CommandError> {
        let mut endpoints = Vec::new();
        for endpoint in &self.endpoints {
            endpoints.push(named(operations, endpoint).await?.id);
        }
        let plain = AddDestination::plain(&self.name, &self.url);
        Ok(AddDestination {
            schedule: if self.schedule.is_empty() {
                plain.schedule
            } else {
                self.schedule
            },
            subscription: Subscription {
                endpoints,
                event_types: self.event_types,
                outcomes: self.outcomes,
            },
            concurrency: self.concurrency,
            rate_limit: self.rate_limit,
            ordered: self.ordered,
            ..plain
        })
    }
}

/// The secret comes last, alone on its line.
fn describe(added: &DestinationWithSecret) {
    let (name, url) = (&added.destination.name, &added.destination.url);
    answer(format_args!("{name} gets what arrives from now on, at {url}."));
    answer("Its requests are signed as Standard Webhooks describes it, with this secret, which is not shown again:");
    answer(added.secret.expose_secret());
}

fn text(text: &str) -> Result<Text, String> {
    Text::new(text)
        .filter(|kept| kept.as_str() == text)
        .ok_or_else(|| "it is too long or has characters that cannot be shown".to_owned())
}
