use app::port::Destinations;
use app::view::{
    ConsoleError, DestinationForm, DestinationInput, DestinationList, DestinationPage, DestinationSecretRow, ShownOnce,
    TestAnswer,
};
use async_trait::async_trait;
use model::{DeliveryFilter, DestinationId, DestinationSummary, PageRequest, Role, Subscription};
use secrecy::ExposeSecret;

use super::destination_forms;
use super::webhooks::catalogue;
use super::{ServerConsole, report};
use crate::delivery::schedule;
use crate::destinations::{DEFAULT_CONCURRENCY, DestinationWithSecret, presets};

/// How many of its deliveries a destination's page shows.
const LATEST: u32 = 10;

#[async_trait]
impl Destinations for ServerConsole {
    async fn destinations(&self) -> Result<DestinationList, ConsoleError> {
        Ok(DestinationList {
            destinations: self.destination_summaries().await?,
            now: self.operations.clock.now(),
        })
    }

    async fn destination_form(&self) -> Result<DestinationForm, ConsoleError> {
        self.actor.require(Role::Admin).map_err(report)?;
        self.form().await
    }

    async fn destination(&self, id: DestinationId) -> Result<DestinationPage, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let view = operations.destination(actor, id).await.map_err(report)?;
        let of_it = DeliveryFilter {
            destinations: vec![id],
            ..DeliveryFilter::default()
        };
        let newest = PageRequest {
            limit: LATEST,
            cursor: None,
        };
        let latest = operations.deliveries(actor, &of_it, newest).await.map_err(report)?;
        let secrets = view.secrets.iter().map(|secret| DestinationSecretRow {
            hint: secret.hint.clone(),
            created_at: secret.created_at,
            expires_at: secret.expires_at,
        });
        Ok(DestinationPage {
            subscription: Subscription {
                endpoints: view.endpoints.clone(),
                event_types: view.event_types.clone(),
                outcomes: view.outcomes.clone(),
            },
            headers: view.headers.clone(),
            concurrency: view.concurrency,
            rate_limit: view.rate_limit,
            ordered: view.ordered,
            schedule: view.schedule.clone(),
            secrets: secrets.collect(),
            destination: view.into(),
            form: self.form().await?,
            latest: latest.items,
            tested: self.take_test(id).await?,
            now: operations.clock.now(),
        })
    }

    async fn add_destination(&self, input: DestinationInput) -> Result<DestinationId, ConsoleError> {
        let new = destination_forms::new_destination(input)?;
        let added = self.operations.add_destination(&self.actor, new).await;
        let added = added.map_err(report)?;
        self.show_signing_secret(&added).await?;
        Ok(added.destination.id)
    }

    async fn change_destination(&self, id: DestinationId, input: DestinationInput) -> Result<(), ConsoleError> {
        let change = destination_forms::change(input)?;
        let changed = self.operations.change_destination(&self.actor, id, change).await;
        changed.map(drop).map_err(report)
    }

    async fn disable_destination(&self, id: DestinationId) -> Result<(), ConsoleError> {
        let disabled = self.operations.disable_destination(&self.actor, id).await;
        disabled.map(drop).map_err(report)
    }

    async fn enable_destination(&self, id: DestinationId, send_waiting: bool) -> Result<(), ConsoleError> {
        let enabled = self.operations.enable_destination(&self.actor, id, send_waiting).await;
        enabled.map(drop).map_err(report)
    }

    async fn archive_destination(&self, id: DestinationId) -> Result<(), ConsoleError> {
        self.operations.archive_destination(&self.actor, id).await.map_err(report)
    }

    async fn rotate_destination_secret(&self, id: DestinationId) -> Result<(), ConsoleError> {
        let rotated = self.operations.rotate_destination_secret(&self.actor, id).await;
        self.show_signing_secret(&rotated.map_err(report)?).await
    }

    async fn test_destination(&self, id: DestinationId) -> Result<TestAnswer, ConsoleError> {
        let tested = self.operations.test_destination(&self.actor, id).await.map_err(report)?;
        let answer = TestAnswer {
            status: tested.status,
            failure: tested.failure,
            duration_ms: tested.duration_ms,
            response_body: tested.response_body,
        };
        self.keep_test(id, &answer).await?;
        Ok(answer)
    }
}

impl ServerConsole {
    /// All destinations that are not archived, by name.
    pub(super) async fn destination_summaries(&self) -> Result<Vec<DestinationSummary>, ConsoleError> {
        let views = self.operations.destinations(&self.actor).await.map_err(report)?;
        Ok(views.into_iter().map(DestinationSummary::from).collect())
    }

    async fn form(&self) -> Result<DestinationForm, ConsoleError> {
        let endpoints = self.summaries().await?;
        Ok(DestinationForm {
            catalogue: catalogue(&endpoints),
            endpoints,
            default_concurrency: DEFAULT_CONCURRENCY,
            default_schedule: schedule::DEFAULT.to_vec(),
            presets: presets(),
            http_allowed: self.operations.forwarding.allowed.http,
        })
    }

    async fn show_signing_secret(&self, made: &DestinationWithSecret) -> Result<(), ConsoleError> {
        let shown = ShownOnce::DestinationSecret {
            name: made.destination.name.clone(),
            value: made.secret.expose_secret().to_owned(),
        };
        self.show_once(&shown).await
    }
}
