//! What became of a delivery, step by step.

use leptos::prelude::*;
use model::{DeliveryRow, DeliveryState, DestinationSummary, Timestamp, Trigger};

use crate::{
    text::{
        deliveries, next,
        words::{self, Meaning},
    },
    ui::{
        badge::{delivery_glyph, verdict_glyph},
        icon::Glyph,
        life::{LifeLine, Step},
        time::{Ago, Instant},
    },
};

#[component]
pub fn Life(row: DeliveryRow, destination: DestinationSummary, now: Timestamp) -> impl IntoView {
    let checked = words::verdict_meaning(row.verdict);
    let tried = (row.attempts > 0).then(|| {
        let note = row.last_attempt_at.map(|at| view! { "the last "<Ago at now /> }.into_any());
        let meaning = if row.last_failure.is_some() {
            Meaning::Attention
        } else {
            Meaning::Neutral
        };
        view! { <Step meaning glyph=Glyph::Send title=deliveries::attempts(row.attempts) note /> }
    });
    view! {
        <LifeLine>
            <Step
                meaning=Meaning::Neutral
                glyph=Glyph::Webhook
                title=view! { "Received " <Ago at=row.received_at now /> }
                note=view! { <Instant at=row.received_at /> }
            />
            <Step meaning=checked glyph=verdict_glyph(row.verdict) title="Checked" note=words::verdict(row.verdict) />
            {tried}
            <Now row destination now />
        </LifeLine>
    }
    .into_any()
}

/// How it stands now.
#[component]
fn Now(row: DeliveryRow, destination: DestinationSummary, now: Timestamp) -> impl IntoView {
    let state = row.state;
    let (title, note) = match state {
        DeliveryState::Pending => (deliveries::NEXT_ATTEMPT.to_owned(), next(&row, &destination, now)),
        DeliveryState::Delivered => (
            deliveries::state_title(state),
            deliveries::result(row.last_failure, row.last_status, row.last_duration_ms),
        ),
        DeliveryState::Failed | DeliveryState::Cancelled => {
            (deliveries::state_title(state), deliveries::NO_MORE_ATTEMPTS.to_owned())
        }
        DeliveryState::Held => (deliveries::state_title(state), deliveries::WAITS_FOR_RELEASE.to_owned()),
        DeliveryState::Delivering => (deliveries::state_title(state), deliveries::trigger(row.trigger).to_owned()),
    };
    let (meaning, glyph) = (deliveries::state_meaning(state), delivery_glyph(state));
    view! { <Step meaning glyph title note /> }.into_any()
}

/// When, and by what it is caused where that is not the schedule.
fn next(row: &DeliveryRow, destination: &DestinationSummary, now: Timestamp) -> String {
    let in_use = Some(destination).filter(|destination| !destination.archived);
    let when = next::attempt(row, in_use, now);
    match row.trigger {
        Trigger::Automatic => when,
        trigger => format!("{when}, {}", deliveries::trigger(trigger)),
    }
}
