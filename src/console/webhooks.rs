use app::port::Webhooks;
use app::view::{BodyView, ConsoleError, LinkView, PersonalData, RecordView, WebhookList, WebhookPage};
use async_trait::async_trait;
use model::{
    CatalogueEvent, EndpointSummary, PageRequest, RecordId, Role, Timestamp, WebhookDetail, WebhookFilter, WebhookId, WebhookRow,
};

use super::endpoints::{in_use, marks, setup};
use super::{ServerConsole, body, report, session};
use crate::providers::{self, Provider};

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
        let page = self.operations.webhooks(&self.actor, &filter, page).await.map_err(report)?;
        let any = !page.items.is_empty() || self.any().await?;
        let (from, to) = (
            filter.from.unwrap_or_else(|| now.plus_seconds(-DAY_SECONDS)),
            filter.to.unwrap_or(now),
        );
        let volume = self
            .operations
            .volume(&self.actor, &filter, from, to.max(from), bucket_minutes(from, to))
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

    async fn webhook(&self, id: WebhookId, record: Option<RecordId>) -> Result<WebhookPage, ConsoleError> {
        let mut detail = self.operations.webhook(&self.actor, id).await.map_err(report)?;
        let notes = self.operations.delivery_notes(&self.actor, &detail).await.map_err(report)?;
        let provider = providers::find(&detail.row.provider).ok_or(ConsoleError::Unavailable)?;
        let event_type = detail.row.event.as_ref().map(|event| event.event_type.clone());
        let (body, personal_data, links) = self.payload(id).await?;
        let records = self.record_section(&detail, record).await?;
        quote_as_shown(&mut detail, records.shown.as_ref());
        Ok(WebhookPage {
            provider: provider.about().mark(),
            catalogue: event_type.and_then(|event_type| documented(provider, event_type.as_str())),
            notes,
            body,
            personal_data,
            deliveries: self.operations.deliveries_of_webhook(&self.actor, id).await.map_err(report)?,
            destinations: self.destination_summaries().await?,
            taken_by: self
                .operations
                .destinations_that_take(&self.actor, id)
                .await
                .map_err(report)?,
            records,
            links,
            neighbours: self.neighbours(&detail.row).await?,
            tolerance_seconds: providers::TOLERANCE_SECONDS,
            now: self.operations.clock.now(),
            detail,
        })
    }

    async fn reveal(&self, id: WebhookId) -> Result<(), ConsoleError> {
        let until = self.operations.reveal(&self.actor, id).await.map_err(report)?;
        session::reveal(&self.session, id, until, self.operations.clock.now()).await
    }

    async fn count_newer(&self, filter: WebhookFilter, after: WebhookId) -> Result<u32, ConsoleError> {
        self.operations
            .count_newer(&self.actor, &filter, after, NEWER_LIMIT)
            .await
            .map_err(report)
    }
}

impl ServerConsole {
    /// What the page shows of the body, with the presigned links in it: with personal data masked, unless it was revealed to this
    /// session.
    async fn payload(&self, id: WebhookId) -> Result<(BodyView, PersonalData, Vec<LinkView>), ConsoleError> {
        let may_reveal = self.actor.require(Role::Operator).is_ok();
        let now = self.operations.clock.now();
        let revealed = session::revealed_until(&self.session, id, now).await?;
        if let Some(until) = revealed.filter(|_| may_reveal) {
            let payload = self.operations.revealed_body(&self.actor, id).await.map_err(report)?;
            return Ok((body::view(&payload.body), PersonalData::Revealed { until }, payload.links));
        }
        let payload = self.operations.masked_body(&self.actor, id).await.map_err(report)?;
        let personal_data = body::personal_data(payload.masked, may_reveal);
        Ok((body::view(&payload.body), personal_data, payload.links))
    }

    pub(super) async fn any(&self) -> Result<bool, ConsoleError> {
        let one = PageRequest { limit: 1, cursor: None };
        let all = WebhookFilter::default();
        let newest = self.operations.webhooks(&self.actor, &all, one).await.map_err(report)?;
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
        let found = self.operations.webhooks(&self.actor, &same_subject, page).await;
        let found = found.map_err(report)?;
        let others = found.items.into_iter().filter(|other| other.id != row.id);
        Ok(others.take(NEIGHBOURS as usize).collect())
    }
}

/// The evidence quotes of the record that is shown what the record's own row does: that one may be revealed.
fn quote_as_shown(detail: &mut WebhookDetail, shown: Option<&RecordView>) {
    if let (Some(evidence), Some(shown)) = (&mut detail.evidence.record, shown)
        && evidence.record == Some(shown.row.id)
    {
        evidence.agreement = shown.row.agreement.clone();
    }
}

fn documented(provider: &dyn Provider, event_type: &str) -> Option<CatalogueEvent> {
    let entry = provider.about().catalogue.iter().find(|entry| entry.event_type == event_type);
    entry.map(providers::CatalogueEntry::to_event)
}

/// The event types of the providers that have an endpoint.
pub(super) fn catalogue(endpoints: &[EndpointSummary]) -> Vec<CatalogueEvent> {
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
