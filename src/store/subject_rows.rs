//! Rows that tell of a subject, what they mean in the domain, and what is left of them.

use std::collections::{BTreeSet, HashMap};

use model::{
    Agreement, Contradiction, EndpointId, Evidence, Outcome, ProviderKey, SubjectEvent, SubjectSummary, Text, WebhookFilter,
    WebhookId,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::StoreError;
use super::rows::{EventColumns, number, text, word, write_evidence};
use super::stored_time::StoredTime;
use super::subjects::{OfSubject, SubjectSize};

/// How many webhooks are looked through, newest first, for subjects to show.
pub(super) const LOOKED_THROUGH: i64 = 2000;

/// Stands in filters for a subject that was erased: what is filtered by it finds nothing, rather than everything.
const ERASED: &str = "erased";

#[derive(FromRow)]
pub(super) struct SubjectColumns {
    subject: String,
    provider: String,
    webhook_id: Uuid,
    received_at: StoredTime,
    outcome: String,
    /// What it says can be believed.
    counts: bool,
}

#[derive(FromRow)]
pub(super) struct SubjectEventColumns {
    webhook_id: Uuid,
    endpoint_id: Uuid,
    provider: String,
    received_at: StoredTime,
    verdict: String,
    contradicted: bool,
    foreign_network: bool,
    duplicate: bool,
    #[sqlx(flatten)]
    event: EventColumns,
}

#[derive(FromRow)]
pub(super) struct SizeColumns {
    webhooks: i64,
    records: i64,
    deliveries: i64,
    shared: i64,
}

/// The subjects of events that come newest first: each where it was last heard of, with the newest outcome that counts.
pub(super) fn recent(rows: Vec<SubjectColumns>, most: u32) -> Result<Vec<SubjectSummary>, StoreError> {
    let mut places = HashMap::new();
    let mut recent: Vec<SubjectSummary> = Vec::new();
    for row in rows {
        let outcome = word(&row.outcome)?;
        let says = row.counts && !matches!(outcome, Outcome::Updated | Outcome::Unknown);
        let outcome = says.then_some(outcome);
        if let Some(place) = places.get(&row.subject) {
            let summary: &mut SubjectSummary = &mut recent[*place];
            summary.outcome = summary.outcome.or(outcome);
            continue;
        }
        recent.push(SubjectSummary {
            subject: text(&row.subject)?,
            provider: ProviderKey::new(row.provider),
            webhook_id: WebhookId(row.webhook_id),
            received_at: row.received_at.0,
            outcome,
        });
        places.insert(row.subject, recent.len() - 1);
    }
    recent.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(recent)
}

impl TryFrom<SubjectEventColumns> for SubjectEvent {
    type Error = StoreError;

    fn try_from(columns: SubjectEventColumns) -> Result<Self, StoreError> {
        Ok(Self {
            webhook_id: WebhookId(columns.webhook_id),
            endpoint_id: EndpointId(columns.endpoint_id),
            provider: ProviderKey::new(columns.provider),
            received_at: columns.received_at.0,
            verdict: word(&columns.verdict)?,
            contradicted: columns.contradicted,
            foreign_network: columns.foreign_network,
            duplicate: columns.duplicate,
            event: columns.event.try_into()?,
        })
    }
}

impl TryFrom<SizeColumns> for SubjectSize {
    type Error = StoreError;

    fn try_from(columns: SizeColumns) -> Result<Self, StoreError> {
        Ok(Self {
            webhooks: number(columns.webhooks, "count")?,
            records: number(columns.records, "count")?,
            deliveries: number(columns.deliveries, "count")?,
            shared: number(columns.shared, "count")?,
        })
    }
}

/// Of one more than were asked for, where there are more.
pub(super) fn of_subject(mut ids: Vec<Uuid>, most: u32) -> OfSubject {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let has_more = ids.len() > most;
    ids.truncate(most);
    OfSubject {
        webhooks: ids.into_iter().map(WebhookId).collect(),
        has_more,
    }
}

/// The evidence without what it quotes of the webhook and the record, and without the record, which is there no more. Evidence that cannot be read is left out as a whole, as it
/// may quote anything.
pub(super) fn evidence_without_quotes(evidence: &str) -> String {
    let mut evidence: Evidence = serde_json::from_str(evidence).unwrap_or_default();
    if let Some(record) = &mut evidence.record {
        record.record = None;
        if let Agreement::Contradicts(contradiction) = &mut record.agreement {
            *contradiction = Contradiction {
                path: contradiction.path.clone(),
                webhook: String::new(),
                record: String::new(),
            };
        }
    }
    write_evidence(&evidence)
}

/// The filter of a bulk resend that names the subject as it is to be without it; `None` for one that does not.
pub(super) fn filter_without(filter: &str, subject: &Text) -> Option<String> {
    let mut filter = WebhookFilter::from_query(filter).ok()?;
    if !filter.subjects.contains(subject) {
        return None;
    }
    let subjects = std::mem::take(&mut filter.subjects);
    let others: BTreeSet<_> = subjects.into_iter().filter(|other| other != subject).collect();
    filter.subjects = others.into_iter().chain(Text::new(ERASED)).collect();
    Some(filter.to_query())
}

#[cfg(test)]
mod tests {
    use model::{RecordEvidence, RecordId, Timestamp};

    use super::*;

    fn check(filter: &str, expected: Option<&str>) {
        let subject = Text::new("user 1").expect("a text");
        assert_eq!(filter_without(filter, &subject).as_deref(), expected);
    }

    #[test]
    fn a_filter_that_named_the_subject_finds_nothing_of_it_and_no_more_than_before() {
        check("", None);
        check("subject=user+2", None);
        check("subject=user+1", Some("subject=erased"));
        check("verdict=verified&subject=user%201", Some("verdict=verified&subject=erased"));
        check("subject=user+1&subject=b&subject=user+1", Some("subject=b&subject=erased"));
    }

    #[test]
    fn evidence_keeps_everything_but_what_it_quotes() {
        let agreement = |webhook: &str, record: &str, id: Option<RecordId>| {
            let contradiction = Contradiction {
                path: "/name".to_owned(),
                webhook: webhook.to_owned(),
                record: record.to_owned(),
            };
            let evidence = Evidence {
                header: Some("x-signature".to_owned()),
                live_secrets: 2,
                record: Some(RecordEvidence {
                    record: id,
                    fetched_at: Timestamp::from_seconds(1).expect("a time"),
                    agreement: Agreement::Contradicts(contradiction),
                }),
                ..Evidence::default()
            };
            write_evidence(&evidence)
        };
        let id = Some(RecordId(Uuid::from_u128(1)));
        assert_eq!(evidence_without_quotes(&agreement("Ada", "Eve", id)), agreement("", "", None));
        assert_eq!(
            evidence_without_quotes("{\"name\": \"Ada\"}"),
            write_evidence(&Evidence::default())
        );
    }
}
