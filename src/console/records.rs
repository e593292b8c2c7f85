use app::port::Records;
use app::view::{ChangeView, ConsoleError, PersonalData, RecordSection, RecordView};
use async_trait::async_trait;
use model::{EndpointId, ReconcileProgress, RecordId, RecordRow, Resource, Role, Timestamp, WebhookDetail, WebhookId};

use super::{ServerConsole, body, report, session};
use crate::providers;
use crate::records::Change;

/// How much a page shows of one value that changed, in bytes.
const LONGEST_VALUE: usize = 2 * 1024;

/// How many changes a page shows.
const MOST_CHANGES: usize = 200;

#[async_trait]
impl Records for ServerConsole {
    async fn refetch(&self, id: WebhookId) -> Result<(), ConsoleError> {
        self.operations.refetch(&self.actor, id).await.map(drop).map_err(report)
    }

    async fn refetch_selected(&self, webhooks: Vec<WebhookId>) -> Result<u32, ConsoleError> {
        let queued = self.operations.refetch_selected(&self.actor, &webhooks).await;
        queued.map_err(report)
    }

    async fn reveal_record(&self, id: RecordId) -> Result<(), ConsoleError> {
        let until = self.operations.reveal_record(&self.actor, id).await.map_err(report)?;
        session::reveal(&self.session, id, until, self.operations.clock.now()).await
    }

    async fn start_reconcile(&self, id: EndpointId, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), ConsoleError> {
        let started = self.operations.start_reconcile(&self.actor, id, from, to).await;
        started.map_err(report)
    }

    async fn reconcile_progress(&self, id: EndpointId) -> Result<Option<ReconcileProgress>, ConsoleError> {
        self.operations.reconcile_progress(&self.actor, id).await.map_err(report)
    }

    async fn cancel_reconcile(&self, id: EndpointId) -> Result<(), ConsoleError> {
        self.operations.cancel_reconcile(&self.actor, id).await.map_err(report)
    }

    async fn store_missing(&self, id: EndpointId) -> Result<(), ConsoleError> {
        let stored = self.operations.store_missing(&self.actor, id).await;
        stored.map(drop).map_err(report)
    }
}

impl ServerConsole {
    /// What the webhook's page shows of its provider's records: the one that is named, if it is of the webhook's object, otherwise
    /// the newest.
    pub(super) async fn record_section(
        &self,
        webhook: &WebhookDetail,
        named: Option<RecordId>,
    ) -> Result<RecordSection, ConsoleError> {
        let (operations, actor, id) = (&self.operations, &self.actor, webhook.row.id);
        let history = self.history(webhook).await?;
        let is_named = |row: &&RecordRow| Some(row.id) == named;
        let shown = match history.iter().find(is_named).or(history.first()) {
            Some(row) => Some(self.record_view(row.id, &history).await?),
            None => None,
        };
        Ok(RecordSection {
            askable: operations.askable(actor, id).await.map_err(report)?,
            refetches: operations.refetches(actor, id).await.map_err(report)?,
            history,
            shown,
        })
    }

    /// The records of the webhook's object, newest first.
    async fn history(&self, webhook: &WebhookDetail) -> Result<Vec<RecordRow>, ConsoleError> {
        let (operations, actor) = (&self.operations, &self.actor);
        let of_webhook = operations.records_of(actor, webhook.row.id).await.map_err(report)?;
        // What was asked for is what will be asked for, but where the rules for that have changed in between.
        let resource = of_webhook.first().map(|row| row.resource.clone());
        let Some(resource) = resource.or_else(|| asked_for(webhook)) else {
            return Ok(Vec::new());
        };
        let history = operations.record_history(actor, webhook.row.endpoint_id, &resource).await;
        history.map_err(report)
    }

    /// With personal data masked, unless it or another record of its object was revealed to this session.
    async fn record_view(&self, id: RecordId, history: &[RecordRow]) -> Result<RecordView, ConsoleError> {
        let may_reveal = self.actor.require(Role::Operator).is_ok();
        let revealed = if may_reveal {
            self.revealed_until(id, history).await?
        } else {
            None
        };
        let (record, personal_data) = if let Some(until) = revealed {
            let record = self.operations.revealed_record(&self.actor, id).await.map_err(report)?;
            (record, PersonalData::Revealed { until })
        } else {
            let record = self.operations.masked_record(&self.actor, id).await.map_err(report)?;
            let personal_data = body::personal_data(record.masked, may_reveal);
            (record, personal_data)
        };
        Ok(RecordView {
            row: record.row,
            body: body::view(&record.body),
            personal_data,
            before: record.before,
            more_changes: record.more_changes || record.changes.len() > MOST_CHANGES,
            changes: record.changes.into_iter().take(MOST_CHANGES).map(change_view).collect(),
            links: record.links,
        })
    }

    /// Until when the record is shown as it came. One of an object that was revealed to this session counts as revealed with it, for
    /// no longer, so that asking again does not cover what someone looks at; the audit log names it like any other.
    async fn revealed_until(&self, id: RecordId, history: &[RecordRow]) -> Result<Option<Timestamp>, ConsoleError> {
        let now = self.operations.clock.now();
        if let Some(until) = session::revealed_until(&self.session, id, now).await? {
            return Ok(Some(until));
        }
        let mut with_it = None;
        for row in history {
            with_it = with_it.max(session::revealed_until(&self.session, row.id, now).await?);
        }
        if let Some(until) = with_it {
            self.operations.reveal_record(&self.actor, id).await.map_err(report)?;
            session::reveal(&self.session, id, until, now).await?;
        }
        Ok(with_it)
    }
}

/// What the provider would be asked for.
fn asked_for(webhook: &WebhookDetail) -> Option<Resource> {
    let api = providers::find(&webhook.row.provider)?.api()?;
    webhook
        .events
        .iter()
        .find_map(|event| api.ask(event))
        .map(|asked| asked.resource)
}

fn change_view(change: Change) -> ChangeView {
    let text = |value: serde_json::Value| {
        let mut text = value.to_string();
        if text.len() > LONGEST_VALUE {
            text.truncate(text.floor_char_boundary(LONGEST_VALUE));
            text.push('…');
        }
        text
    };
    ChangeView {
        path: change.path,
        before: change.before.map(text),
        after: change.after.map(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_shown_as_json_and_cut_when_it_is_long() {
        let view = |before, after| {
            let path = "/a".to_owned();
            change_view(Change { path, before, after })
        };
        let shown = view(None, Some(json!({"b": null})));
        assert_eq!((shown.before, shown.after.as_deref()), (None, Some(r#"{"b":null}"#)));
        let long = view(Some(json!("é".repeat(LONGEST_VALUE))), None).before.expect("a text");
        assert!(long.len() <= LONGEST_VALUE + "…".len() && long.ends_with("é…"));
    }
}
