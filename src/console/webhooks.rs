use app::port::Webhooks;
use app::view::{ConsoleError, WebhookList, WebhookPage};
use async_trait::async_trait;
use model::{CatalogueEvent, EndpointSummary, PageRequest, Timestamp, WebhookFilter, WebhookId, WebhookRow};

use super::endpoints::{in_use, marks, setup};
use super::{ServerConsole, body, report};
use crate::providers::{self, Provider};
use crate::store::decode_headers;

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// About how many bars the histogram has.
const BARS: i64 = 96;
const NEIGHBOURS: u32 = 10;
const NEWER_LIMIT: u32 = 100;

#[async_trait]
impl Webhooks for ServerConsole {
    async fn webhooks(&self, filter: WebhookFilter, page: PageRequest) -> Result<WebhookList, ConsoleError> {
        let now = self.operations.clock.now();
        let endpoints = self.summaries().await?;
        let page = self.operations.store.webhooks(&filter, page).await.map_err(report)?;
        let any = !page.items.is_empty() || self.any().await?;
        let (from, to) = (
            filter.from.unwrap_or_else(|| now.plus_seconds(-DAY_SECONDS)),
            filter.to.unwrap_or(now),
        );
        let volume = self
            .operations
            .store
            .volume(&filter, from, to.max(from), bucket_minutes(from, to))
            .await
            .map_err(report)?;
        Ok(WebhookList {
            page,
            providers: marks(),
            setup: setup(&endpoints),
            catalogue: catalogue(&endpoints),
            endpoints,
            volume,
            any,
            now,
        })
    }

    async fn webhook(&self, id: WebhookId) -> Result<WebhookPage, ConsoleError> {
        let not_found = || ConsoleError::NotFound;
        let detail = self
            .operations
            .store
            .webhook(id)
            .await
            .map_err(report)?
            .ok_or_else(not_found)?;
        let body = self.operations.store.body(id).await.map_err(report)?.ok_or_else(not_found)?;
        let headers = self
            .operations
            .store
            .headers(id)
            .await
            .map_err(report)?
            .ok_or_else(not_found)?;
        let provider = providers::find(&detail.row.provider).ok_or(ConsoleError::Unavailable)?;
        let event_type = detail.row.event.as_ref().map(|event| event.event_type.as_str());
        Ok(WebhookPage {
            provider: provider.about().mark(),
            catalogue: event_type.and_then(|event_type| documented(provider, event_type)),
            notes: provider.delivery_notes(&decode_headers(&headers)),
            body: body::view(&body),
            personal_data: app::view::PersonalData::None,
            neighbours: self.neighbours(&detail.row).await?,
            tolerance_seconds: providers::TOLERANCE_SECONDS,
            now: self.operations.clock.now(),
            detail,
        })
    }

    async fn reveal(&self, _id: WebhookId) -> Result<(), ConsoleError> {
        unimplemented!()
    }

    async fn count_newer(&self, filter: WebhookFilter, after: WebhookId) -> Result<u32, ConsoleError> {
        self.operations
            .store
            .count_newer(&filter, after, NEWER_LIMIT)
            .await
            .map_err(report)
    }
}

impl ServerConsole {
    async fn any(&self) -> Result<bool, ConsoleError> {
        let one = PageRequest { limit: 1, cursor: None };
        let newest = self
            .operations
            .store
            .webhooks(&WebhookFilter::default(), one)
            .await
            .map_err(report)?;
        Ok(!newest.items.is_empty())
    }

    async fn neighbours(&self, row: &WebhookRow) -> Result<Vec<WebhookRow>, ConsoleError> {
        let Some(subject) = row.event.as_ref().and_then(|event| event.subject.clone()) else {
            return Ok(Vec::new());
        };
        let same_subject = WebhookFilter {
            subjects: vec![subject],
            ..WebhookFilter::default()
        };
        let page = PageRequest {
            limit: NEIGHBOURS + 1,
            cursor: None,
        };
        let found = self.operations.store.webhooks(&same_subject, page).await.map_err(report)?;
        let others = found.items.into_iter().filter(|other| other.id != row.id);
        Ok(others.take(NEIGHBOURS as usize).collect())
    }
}

fn documented(provider: &dyn Provider, event_type: &str) -> Option<CatalogueEvent> {
    let entry = provider.about().catalogue.iter().find(|entry| entry.event_type == event_type);
    entry.map(providers::CatalogueEntry::to_event)
}

/// The event types of the providers that have an endpoint.
fn catalogue(endpoints: &[EndpointSummary]) -> Vec<CatalogueEvent> {
    in_use(endpoints)
        .flat_map(|about| about.catalogue.iter().map(providers::CatalogueEntry::to_event))
        .collect()
}

/// The narrowest bucket, in whole minutes, that makes about [`BARS`] bars.
fn bucket_minutes(from: Timestamp, to: Timestamp) -> u32 {
    const WIDTHS: [u32; 11] = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440];
    let minutes = from.micros_until(to) / 60_000_000;
    WIDTHS
        .into_iter()
        .find(|&width| minutes / i64::from(width) <= BARS)
        .unwrap_or_else(|| {
            // Spans of more than some months: whole days.
            u32::try_from(minutes / BARS / 1440 + 1).unwrap_or(u32::MAX / 1440) * 1440
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(days: i64, width: u32) {
        let from = Timestamp::from_seconds(0).expect("in range");
        assert_eq!(
            bucket_minutes(from, from.plus_seconds(days * DAY_SECONDS)),
            width,
            "{days} days"
        );
    }

    #[test]
    fn the_histogram_has_about_as_many_bars_whatever_the_span() {
        check(0, 1);
        check(1, 15);
        check(7, 120);
        check(30, 720);
        check(365, 4 * 1440);
        check(-1, 1);
    }
}
