use std::sync::Arc;

use clap::Args;
use model::{MissingEvent, ReconcileProgress, ReconcileState, Timestamp};
use serde::Serialize;

use super::endpoint::{answer_json, named};
use super::{CommandError, answer, operations};
use crate::config::{AddressSettings, ForwardingSettings, StorageSettings};
use crate::delivery::Forwarding;
use crate::operation::Actor;
use crate::records::Refetching;

#[derive(Debug, Args)]
pub struct Reconcile {
    /// The endpoint's name or id
    #[arg(long)]
    endpoint: String,
    /// Since when, by the provider's time, such as 2026-11-20T12:00:00Z; a day before the end by default
    #[arg(long, value_parser = time)]
    from: Option<Timestamp>,
    /// Until when; now by default
    #[arg(long, value_parser = time)]
    to: Option<Timestamp>,
    /// Store what never came, and forward it like the rest
    #[arg(long)]
    store: bool,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: StorageSettings,
    #[command(flatten)]
    address: AddressSettings,
    #[command(flatten)]
    forwarding: ForwardingSettings,
}

/// What a program is told.
#[derive(Serialize)]
struct Found<'a> {
    from: Timestamp,
    to: Timestamp,
    listed: u64,
    arrived: u64,
    /// Of the missing ones those that came, but not in a form that can be trusted.
    untrusted: u64,
    other_types: u64,
    missing: &'a [MissingEvent],
    stored: u64,
}

impl Reconcile {
    pub async fn run(self) -> Result<(), CommandError> {
        let mut operations = operations(&self.storage, self.address.public_url()).await?;
        let client = Forwarding::of_system(self.forwarding.allowed()).client;
        operations.refetching = Refetching::new(client, Arc::clone(&operations.clock));
        let actor = Actor::command_line();
        let endpoint = named(&operations, &self.endpoint).await?;
        let progress = operations.reconcile(&actor, endpoint.id, self.from, self.to).await?;
        if progress.state != ReconcileState::Done {
            let why = progress.failure.unwrap_or_else(|| "it was cancelled".to_owned());
            return Err(CommandError::Usage(format!("{} cannot be compared: {why}", endpoint.name)));
        }
        let stored = if self.store {
            operations.store_missing(&actor, endpoint.id).await?
        } else {
            0
        };
        operations.store.close().await;
        if self.json {
            answer_json(&Found {
                from: progress.from,
                to: progress.to,
                listed: progress.listed,
                arrived: progress.arrived,
                untrusted: progress.untrusted,
                other_types: progress.other_types,
                missing: &progress.missing,
                stored,
            });
        } else {
            describe(&progress);
            if self.store {
                answer(format_args!("{stored} stored"));
            }
        }
        Ok(())
    }
}

fn describe(progress: &ReconcileProgress) {
    for missing in &progress.missing {
        let MissingEvent {
            created_at,
            event_type,
            provider_event_id,
            resource,
            came_untrusted,
        } = missing;
        let resource = resource
            .as_ref()
            .map(|resource| format!("  {} {}", resource.kind, resource.id));
        answer(format_args!(
            "{created_at}  {event_type}  {provider_event_id}{}{}",
            resource.unwrap_or_default(),
            if *came_untrusted {
                "  (came, but cannot be trusted)"
            } else {
                ""
            }
        ));
    }
    answer(format_args!(
        "{} events from {} to {}: {} came, {} never came, {} came but cannot be trusted, {} are of types that never came here",
        progress.listed,
        progress.from,
        progress.to,
        progress.arrived,
        (progress.missing.len() as u64).saturating_sub(progress.untrusted),
        progress.untrusted,
        progress.other_types
    ));
    if progress.missing.len() == ReconcileProgress::MOST_MISSING {
        answer("there may be more: compare a shorter span");
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "not a time such as 2026-11-20T12:00:00Z".to_owned())
}
