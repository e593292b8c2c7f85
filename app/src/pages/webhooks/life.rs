//! What became of a webhook, step by step, and what the provider says of its own tries.

use leptos::prelude::*;
use model::{
    Agreement, DeliveryNotes, DeliveryState, Evidence, RecordEvidence, RefetchRow, RefetchState, RefetchTrigger, Timestamp,
    Verdict, WebhookRow,
};

use crate::{
    text::{deliveries, held, notes, records, verification, words::Meaning},
    ui::{
        badge::{delivery_glyph, verdict_glyph},
        icon::Glyph,
        life::{LifeLine, Step},
        time::{Ago, Instant},
    },
};

#[component]
pub fn Life(
    row: WebhookRow,
    evidence: Evidence,
    /// The newest re-fetch.
    refetch: Option<RefetchRow>,
    notes: DeliveryNotes,
    provider: String,
    is_taken: bool,
    now: Timestamp,
) -> impl IntoView {
    let note = notes::delivery(&notes, &provider, now).join(" ");
    let received_at = row.received_at;
    let came = if row.reconciled {
        view! {
            <Step
                meaning=Meaning::Info
                glyph=Glyph::ListChecks
                title=records::FOUND
                note=view! { <Instant at=received_at /> }
            />
        }
        .into_any()
    } else {
        let (note, checked) = verification::checked(row.verdict, &evidence);
        let glyph = match (row.verdict, checked) {
            (Verdict::Confirmed, Meaning::Good) => Glyph::Check,
            (Verdict::Confirmed, _) => Glyph::CircleDashed,
            (verdict, _) => verdict_glyph(verdict),
        };
        view! {
            <Step
                meaning=Meaning::Neutral
                glyph=Glyph::Webhook
                title=view! { "Received " <Ago at=received_at now /> }
                note=view! { <Instant at=received_at /> }
            />
            <Step meaning=checked glyph title="Checked" note />
        }
        .into_any()
    };
    let awaited = refetch.as_ref().is_some_and(is_awaited);
    let record = evidence.record;
    let later = refetch.filter(|refetch| is_news(refetch, record.as_ref()));
    let confirmed = row.verdict == Verdict::Confirmed;
    let listed = verification::is_listed(row.reconciled, record.as_ref());
    let record = record.map(|record| view! { <Fetched record confirmed listed now /> });
    let asking = later.map(|refetch| view! { <Asking refetch now /> });
    view! {
        <LifeLine note>
            {came}
            {record}
            {asking}
            <Forwarded row is_taken awaited now />
        </LifeLine>
    }
    .into_any()
}

/// Whether forwarding waits for it.
fn is_awaited(refetch: &RefetchRow) -> bool {
    refetch.state.is_open() && refetch.trigger == RefetchTrigger::Confirmation
}

/// Whether a re-fetch says more than the newest record does.
fn is_news(refetch: &RefetchRow, record: Option<&RecordEvidence>) -> bool {
    let is_newer = record.is_none_or(|record| refetch.asked_at >= Some(record.fetched_at));
    refetch.state.is_open() || (refetch.state == RefetchState::Failed && is_newer)
}

/// What the provider's record said.
#[component]
fn Fetched(record: RecordEvidence, confirmed: bool, listed: bool, now: Timestamp) -> impl IntoView {
    let meaning = records::agreement_meaning(&record.agreement);
    let (glyph, title, note) = match record.agreement {
        Agreement::Contradicts(_) => (Glyph::TriangleAlert, "Contradicted", records::BY_THE_RECORD),
        Agreement::CannotTell => (Glyph::RefreshCw, "Re-fetched", records::agreement(&record.agreement)),
        Agreement::Agrees | Agreement::AgreesButForSubject if confirmed && listed => {
            (Glyph::CheckCheck, "Confirmed", records::BY_THE_LIST)
        }
        Agreement::Agrees | Agreement::AgreesButForSubject if confirmed => {
            (Glyph::CheckCheck, "Confirmed", records::BY_THE_RECORD)
        }
        Agreement::Agrees | Agreement::AgreesButForSubject => {
            (Glyph::RefreshCw, "Re-fetched", records::agreement(&record.agreement))
        }
    };
    let at = record.fetched_at;
    view! { <Step meaning glyph title note=view! { {note}", "<Ago at now /> } /> }.into_any()
}

/// A re-fetch that is still to come, or that failed.
#[component]
fn Asking(refetch: RefetchRow, now: Timestamp) -> impl IntoView {
    let (meaning, glyph, title) = match refetch.state {
        RefetchState::Failed => (Meaning::Attention, Glyph::TriangleAlert, "Re-fetch failed"),
        RefetchState::Fetching => (Meaning::Info, Glyph::Loader, "Re-fetch"),
        _ => (Meaning::Neutral, Glyph::Clock, "Re-fetch"),
    };
    let note = records::last(&refetch, now);
    view! { <Step meaning glyph title note /> }.into_any()
}

/// How far it is on its way to the destinations.
#[component]
fn Forwarded(row: WebhookRow, is_taken: bool, awaited: bool, now: Timestamp) -> impl IntoView {
    let Some(summary) = row.delivery else {
        let note = held::goes_nowhere(row.duplicate_of.is_some(), is_taken);
        return view! { <Step meaning=Meaning::Neutral glyph=Glyph::CircleSlash title="Not forwarded" note /> }.into_any();
    };
    let state = summary.state;
    let note = match state {
        DeliveryState::Held if row.contradicted => held::CONTRADICTED.to_owned(),
        DeliveryState::Held if awaited => held::WAITS_FOR_RECORD.to_owned(),
        DeliveryState::Held => held::held_because(row.verdict, Some(row.foreign_network)).to_owned(),
        _ => deliveries::summary(&summary, now),
    };
    let title = deliveries::state_title(state);
    let to = deliveries::to_destinations(summary.destinations);
    let note = if note.is_empty() { to } else { format!("{note}{to}") };
    let (meaning, glyph) = (deliveries::state_meaning(state), delivery_glyph(state));
    view! { <Step meaning glyph title note /> }.into_any()
}
