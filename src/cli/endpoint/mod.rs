//! `hookproof endpoint …`: a file a verb.

mod add;
mod list;
mod secret;
mod switch;

use std::io::Read;

use clap::Subcommand;
use zeroize::Zeroizing;

use super::{CommandError, answer};
use crate::endpoints::EndpointView;
use crate::operation::{Actor, Operations};

#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Add an endpoint and print the address to give to the provider
    Add(Box<add::Add>),
    /// List the endpoints
    List(list::List),
    /// Add a secret or PEM public key, read from standard input, to those that an endpoint accepts
    Secret(secret::Secret),
    /// Take webhooks at an endpoint again
    Enable(switch::Switch),
    /// Take no more webhooks at an endpoint: the provider is answered 410, and the log stays
    Disable(switch::Switch),
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

/// The endpoint of that name or id.
pub(super) async fn named(operations: &Operations, name: &str) -> Result<EndpointView, CommandError> {
    let all = operations.endpoints(&Actor::command_line()).await?.into_iter();
    let mut named = all.filter(|endpoint| endpoint.name == name || endpoint.id.to_string() == name);
    match (named.next(), named.next()) {
        (Some(endpoint), None) => Ok(endpoint),
        (None, _) => Err(CommandError::Usage(format!("there is no endpoint `{name}`"))),
        (Some(_), Some(_)) => Err(CommandError::Usage(format!(
            "several endpoints are called `{name}`: name one by its id"
        ))),
    }
}

pub(super) fn answer_json(value: &impl serde::Serialize) {
    answer(serde_json::to_string_pretty(value).expect("views are plain data"));
}

/// What was piped in, without the line end that `echo` adds.
pub(super) fn read_stdin() -> Result<Zeroizing<String>, CommandError> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().read_to_string(&mut text)?;
    let trimmed = text.trim_end_matches(['\r', '\n']);
    Ok(Zeroizing::new(trimmed.to_owned()))
}
