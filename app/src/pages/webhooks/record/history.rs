//! When the provider was asked, why, and what came of it.

use leptos::prelude::*;
use model::{RecordId, RecordRow, RefetchRow, RefetchState, Timestamp, WebhookId};

use super::agreement;
use crate::{
    pages::webhooks::address,
    text::{failures, records, times::absolute},
    ui::{badge::Mark, disclosure::Disclosure, icon::Glyph, row::ROW_LINK, time::Ago},
};

/// A line: a record with the re-fetch that brought it, or a re-fetch that brought none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    at: Timestamp,
    record: Option<RecordRow>,
    refetch: Option<RefetchRow>,
}

/// All of them, newest first.
fn entries(refetches: Vec<RefetchRow>, history: Vec<RecordRow>) -> Vec<Entry> {
    let (with, without): (Vec<_>, Vec<_>) = refetches
        .into_iter()
        .partition(|refetch| history.iter().any(|record| refetch.record == Some(record.id)));
    let records = history.into_iter().map(|record| Entry {
        at: record.fetched_at,
        refetch: with.iter().find(|refetch| refetch.record == Some(record.id)).cloned(),
        record: Some(record),
    });
    let without = without.into_iter().map(|refetch| Entry {
        at: refetch.asked_at.unwrap_or(refetch.created_at),
        record: None,
        refetch: Some(refetch),
    });
    let mut entries: Vec<_> = records.chain(without).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries
}

/// Older ones are shown when they are asked for.
const MOST_SHOWN: usize = 15;

const ROW: &str = "relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 border-t border-hairline py-2 \
                   first:border-t-0 hover:bg-hover sm:grid-cols-[7.5rem_minmax(0,1fr)_auto] aria-[current]:bg-sunken";

#[component]
pub fn History(
    id: WebhookId,
    refetches: Vec<RefetchRow>,
    history: Vec<RecordRow>,
    /// The record that is shown.
    current: Option<RecordId>,
    now: Timestamp,
) -> impl IntoView {
    let entries = entries(refetches, history);
    if entries.is_empty() {
        return ().into_any();
    }
    // The one that is shown is to be seen.
    let open = entries
        .iter()
        .skip(MOST_SHOWN)
        .any(|entry| current.is_some() && entry.record.as_ref().map(|record| record.id) == current);
    let mut rows: Vec<_> = entries
        .into_iter()
        .map(|entry| view! { <Line id entry current now /> }.into_any())
        .collect();
    let older = rows.split_off(rows.len().min(MOST_SHOWN));
    let older = (!older.is_empty()).then(|| {
        let label = records::older(older.len());
        view! {
            <div class="mt-2"><Disclosure label open><ul class="text-sm">{older}</ul></Disclosure></div>
        }
    });
    view! {
        <section class="min-w-0" aria-label="History">
            <h2 class="mb-1">"History"</h2>
            <ul class="text-sm">{rows}</ul>
            {older}
        </section>
    }
    .into_any()
}

#[component]
fn Line(id: WebhookId, entry: Entry, current: Option<RecordId>, now: Timestamp) -> impl IntoView {
    let Entry { at, record, refetch } = entry;
    let here = record.as_ref().is_some_and(|record| current == Some(record.id));
    let why = match (&refetch, &record) {
        (Some(refetch), _) => records::trigger(refetch.trigger),
        (None, Some(record)) if record.webhook_id != id => records::FOR_ANOTHER,
        (None, _) => "",
    };
    let (badge, name) = match (record, refetch) {
        (Some(record), _) => {
            let (meaning, glyph) = (
                records::agreement_meaning(&record.agreement),
                agreement::glyph(&record.agreement),
            );
            // Several were answered alike, and links are read without what stands beside them.
            let said = view! { <span class="sr-only">{format!(", {}", absolute(at))}</span> };
            let answered = records::answered(record.status, record.duration_ms);
            let name = view! { <a class=ROW_LINK href=address::record(id, Some(record.id))>{answered}{said}</a> };
            (
                view! { <Mark meaning glyph text=records::agreement(&record.agreement) /> },
                name.into_any(),
            )
        }
        (None, Some(refetch)) => {
            let (state, failure) = (refetch.state, refetch.failure);
            let meaning = records::state_meaning(state);
            let name =
                failure.map(|failure| view! { <span class="font-strong">{failures::short(failure, refetch.status)}</span> });
            (
                view! { <Mark meaning glyph=glyph(state) text=records::state(state) /> },
                name.into_any(),
            )
        }
        (None, None) => return ().into_any(),
    };
    view! {
        <li class=ROW aria-current=here.then_some("true")>
            <span>{badge}</span>
            <span class="flex min-w-0 flex-wrap items-baseline gap-x-2.5 max-sm:col-start-1 max-sm:row-start-2">
                {name}
                <span class="min-w-0 text-muted">{why}</span>
            </span>
            <span class="text-right text-muted max-sm:col-start-2 max-sm:row-start-1"><Ago at now class="relative z-1" /></span>
        </li>
    }
    .into_any()
}

const fn glyph(state: RefetchState) -> Glyph {
    match state {
        RefetchState::Pending => Glyph::Clock,
        RefetchState::Fetching => Glyph::Loader,
        RefetchState::Done => Glyph::Check,
        RefetchState::Failed => Glyph::X,
        RefetchState::Cancelled => Glyph::Ban,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Agreement, EndpointId, Failure, RefetchId, RefetchTrigger, Resource, Text};
    use uuid::Uuid;

    fn time(second: i64) -> Timestamp {
        Timestamp::from_seconds(second).expect("in range")
    }

    fn record(number: u128) -> RecordRow {
        let text = |text: &str| Text::new(text).expect("a text");
        RecordRow {
            id: RecordId(Uuid::from_u128(number)),
            webhook_id: WebhookId(Uuid::nil()),
            endpoint_id: EndpointId(Uuid::nil()),
            resource: Resource {
                kind: text("inquiry"),
                id: text("inq_1"),
            },
            fetched_at: time(i64::try_from(number).expect("small")),
            url: String::new(),
            status: 200,
            duration_ms: 41,
            size: 2,
            agreement: Agreement::Agrees,
        }
    }

    fn refetch(second: i64, came_to: Option<u128>) -> RefetchRow {
        RefetchRow {
            id: RefetchId(Uuid::nil()),
            webhook_id: WebhookId(Uuid::nil()),
            endpoint_id: EndpointId(Uuid::nil()),
            state: if came_to.is_some() {
                RefetchState::Done
            } else {
                RefetchState::Failed
            },
            trigger: RefetchTrigger::Manual,
            attempts: 1,
            created_at: time(0),
            due_at: None,
            asked_at: Some(time(second)),
            url: None,
            duration_ms: None,
            status: None,
            failure: came_to.is_none().then_some(Failure::DnsFailed),
            record: came_to.map(|number| RecordId(Uuid::from_u128(number))),
        }
    }

    #[test]
    fn records_and_failures_stand_in_one_history_newest_first() {
        let refetches = vec![refetch(20, None), refetch(10, Some(10))];
        let found = entries(refetches.clone(), vec![record(30), record(10)]);
        let expected = [
            (Some(record(30)), None),
            (None, Some(refetches[0].clone())),
            (Some(record(10)), Some(refetches[1].clone())),
        ];
        let found: Vec<_> = found.into_iter().map(|entry| (entry.record, entry.refetch)).collect();
        assert_eq!(found, expected);
    }
}
