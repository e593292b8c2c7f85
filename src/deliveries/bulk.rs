use std::collections::HashSet;

use model::{
    AuditAction, AuditChange, AuditTarget, AuditTargetKind, BulkAction, DeliveryState, DestinationId, PageRequest, Resend,
    ResendId, ResendState, Role, Text, WebhookFilter, WebhookId,
};
use uuid::Uuid;

use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::providers;
use crate::store::Endpoint;
use crate::store::change::Change;
use crate::store::delivery::NewResend;
use crate::subjects;

/// How many deliveries are cancelled in one transaction, so that webhooks are stored in between.
pub(super) const CANCELLED_AT_ONCE: u32 = 500;

const NOBODY_TO_ASK: &str = "none of these endpoints can be asked for its webhooks: an admin enters the credentials for the provider's API on the endpoint's page";

/// What is to be done with every webhook that a filter lets through, but for those that repeat an earlier one.
#[derive(Debug, Clone)]
pub struct BulkRequest {
    pub action: BulkAction,
    pub filter: WebhookFilter,
    /// `None` for all destinations that take the webhook.
    pub destination: Option<DestinationId>,
    /// The newest webhook that counts, where they were counted before; otherwise the newest that is there.
    pub last: Option<WebhookId>,
}

/// What a bulk resend would concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkCount {
    /// How many webhooks.
    pub count: u64,
    /// The newest that counts.
    pub last: WebhookId,
}

impl Operations {
    /// Which webhooks it would concern now, and how many they are. For operators.
    pub async fn count_bulk(&self, actor: &Actor, request: &BulkRequest) -> Result<BulkCount, OperationError> {
        actor.require(Role::Operator)?;
        let filter = self.checked(request).await?;
        self.counted(request, &filter).await
    }

    /// Begins it, for the webhooks that were counted or that are there now; it goes on in the background, also after a restart. For operators.
    pub async fn start_bulk(&self, actor: &Actor, request: &BulkRequest) -> Result<Resend, OperationError> {
        actor.require(Role::Operator)?;
        let filter = self.checked(request).await?;
        let BulkCount { count, last } = self.counted(request, &filter).await?;
        let created_at = self.clock.now();
        let new = NewResend {
            id: ResendId(self.ids.next(created_at)),
            action: request.action,
            filter: filter.to_query(),
            destination_id: request.destination,
            count,
            last,
            created_at,
            created_by: actor.name.clone(),
        };
        let resend = Resend {
            id: new.id,
            action: new.action,
            state: ResendState::Running,
            filter: new.filter.clone(),
            destination_id: new.destination_id,
            count,
            deliveries: 0,
            done: 0,
            failed: 0,
            created_at,
            created_by: new.created_by.clone(),
        };
        let detail = detail(&resend);
        let entry = self.entry(actor, AuditAction::ResendStarted, Some(target(&resend)), detail);
        self.store.change(&Change::AddResend(new), &entry).await?;
        Ok(resend)
    }

    /// How far it is. For viewers.
    pub async fn bulk(&self, actor: &Actor, id: ResendId) -> Result<Resend, OperationError> {
        actor.require(Role::Viewer)?;
        self.store.resend(id).await?.ok_or(OperationError::NotFound("resend"))
    }

    /// Cancels what has not started. Can be asked for again, should that have been broken off. For operators.
    pub async fn cancel_bulk(&self, actor: &Actor, id: ResendId) -> Result<Resend, OperationError> {
        actor.require(Role::Operator)?;
        let resend = self.store.resend(id).await?.ok_or(OperationError::NotFound("resend"))?;
        match resend.state {
            ResendState::Running => {
                let detail = vec![AuditChange {
                    field: "state".to_owned(),
                    before: Some(ResendState::Running.to_string()),
                    after: Some(ResendState::Cancelled.to_string()),
                }];
                let entry = self.entry(actor, AuditAction::ResendCancelled, Some(target(&resend)), detail);
                self.store.change(&Change::CancelResend(id, entry.at), &entry).await?;
            }
            ResendState::Cancelled => {}
            ResendState::Done => return Err(OperationError::Conflict("it is done already".to_owned())),
        }
        self.cancel_all_resent(id).await?;
        self.bulk(actor, id).await
    }

    pub(super) async fn cancel_all_resent(&self, id: ResendId) -> Result<(), OperationError> {
        while self.store.cancel_resent(id, self.clock.now(), CANCELLED_AT_ONCE).await? == CANCELLED_AT_ONCE {}
        Ok(())
    }

    async fn counted(&self, request: &BulkRequest, filter: &WebhookFilter) -> Result<BulkCount, OperationError> {
        let newest = PageRequest { limit: 1, cursor: None };
        let newest = self.store.webhooks(&WebhookFilter::default(), newest).await?;
        // In an empty log there is none: no id is smaller than this one.
        let newest = newest.items.first().map_or(Uuid::nil(), |row| row.id.0);
        let last = WebhookId(request.last.map_or(newest, |last| newest.min(last.0)));
        let count = self.store.count_webhooks(filter, last).await?;
        Ok(BulkCount { count, last })
    }

    /// The filter with what goes without saying, if all that was asked for can be done.
    async fn checked(&self, request: &BulkRequest) -> Result<WebhookFilter, OperationError> {
        let mut errors = Errors::default();
        let filter = narrowed(request, &mut errors);
        if request.action == BulkAction::Release && request.destination.is_some() {
            errors.add("destination_id", "a webhook is released for all of its destinations");
        }
        if request.action == BulkAction::Refetch && request.destination.is_some() {
            errors.add("destination_id", "a provider is asked whichever destinations there are");
        }
        errors.none_or_invalid()?;
        self.targets(request.destination).await?;
        if request.action == BulkAction::Refetch {
            return self.askable_of(filter).await;
        }
        Ok(filter)
    }

    /// The filter narrowed to the endpoints whose providers can be asked, so that no more is promised than is done. `Conflict` where
    /// there is none.
    async fn askable_of(&self, mut filter: WebhookFilter) -> Result<WebhookFilter, OperationError> {
        let with_credentials: HashSet<_> = self.store.endpoints_with_credentials().await?.into_iter().collect();
        let can_be_asked = |endpoint: &Endpoint| {
            let has_api = providers::find(&endpoint.provider).is_some_and(|provider| provider.api().is_some());
            has_api && endpoint.archived_at.is_none() && with_credentials.contains(&endpoint.id)
        };
        let is_meant = |endpoint: &Endpoint| {
            (filter.endpoints.is_empty() || filter.endpoints.contains(&endpoint.id))
                && (filter.providers.is_empty() || filter.providers.contains(&endpoint.provider))
        };
        let endpoints = self.store.endpoints().await?;
        let askable: Vec<_> = endpoints.iter().filter(|one| is_meant(one) && can_be_asked(one)).collect();
        if askable.is_empty() {
            return Err(OperationError::Conflict(NOBODY_TO_ASK.to_owned()));
        }
        // Of more than a filter can name, those that cannot be asked are counted too, and passed over.
        if askable.len() <= WebhookFilter::MOST_VALUES {
            filter.endpoints = askable.iter().map(|endpoint| endpoint.id).collect();
        }
        Ok(filter)
    }
}

/// No duplicates; and of what is to be released only what is held.
fn narrowed(request: &BulkRequest, errors: &mut Errors) -> WebhookFilter {
    let mut filter = request.filter.clone();
    if filter.duplicates.replace(false) == Some(true) {
        errors.add("filter.duplicates", "what repeats an earlier webhook is not sent in bulk");
    }
    if request.action == BulkAction::Release {
        if !filter.deliveries.is_empty() && !filter.deliveries.contains(&DeliveryState::Held) {
            errors.add("filter.delivery", "only what is held can be released");
        }
        filter.deliveries = vec![DeliveryState::Held];
    }
    filter
}

/// The bulk resend as the audit log names it.
fn target(resend: &Resend) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::Resend,
        id: resend.id.to_string(),
        name: format!("{} {}", resend.count, if resend.count == 1 { "webhook" } else { "webhooks" }),
    }
}

fn detail(resend: &Resend) -> Vec<AuditChange> {
    let field = |name: &str, value: String| AuditChange {
        field: name.to_owned(),
        before: None,
        after: Some(value),
    };
    let destination = resend.destination_id.map(|id| field("destination", id.to_string()));
    [
        field("action", resend.action.to_string()),
        field("filter", without_subjects(&resend.filter)),
        field("webhooks", resend.count.to_string()),
    ]
    .into_iter()
    .chain(destination)
    .collect()
}

/// The filter as the audit log has it, which is kept for ever: with digests in place of the subjects.
fn without_subjects(query: &str) -> String {
    let Ok(mut filter) = WebhookFilter::from_query(query) else {
        return String::new();
    };
    for subject in &mut filter.subjects {
        let digest = format!("sha256:{}", subjects::digest(subject));
        *subject = Text::new(&digest).expect("a short text");
    }
    filter.to_query()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(action: BulkAction, query: &str, expected: Result<&str, &str>) {
        let filter = WebhookFilter::from_query(query).expect("a filter");
        let request = BulkRequest {
            action,
            filter,
            destination: None,
            last: None,
        };
        let mut errors = Errors::default();
        let filter = narrowed(&request, &mut errors).to_query();
        let found = match errors.none_or_invalid() {
            Ok(()) => Ok(filter),
            Err(OperationError::Invalid(errors)) => Err(errors[0].field.clone()),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{action} of {query}");
    }

    #[test]
    fn the_audit_log_names_no_subject_in_clear() {
        let check = |query: &str, expected: &str| assert_eq!(without_subjects(query), expected);
        check("verdict=invalid&duplicates=false", "verdict=invalid&duplicates=false");
        check(
            "subject=user-1042&duplicates=false",
            "subject=sha256%3Af7e99b496a9778b2&duplicates=false",
        );
    }

    #[test]
    fn duplicates_are_left_out_and_only_what_is_held_is_released() {
        use BulkAction::{Release, Resend};
        check(Resend, "", Ok("duplicates=false"));
        check(Resend, "delivery=failed", Ok("delivery=failed&duplicates=false"));
        check(Resend, "duplicates=false", Ok("duplicates=false"));
        check(Resend, "duplicates=true", Err("filter.duplicates"));
        check(Release, "", Ok("delivery=held&duplicates=false"));
        check(Release, "delivery=failed&delivery=held", Ok("delivery=held&duplicates=false"));
        check(Release, "delivery=failed", Err("filter.delivery"));
    }
}
