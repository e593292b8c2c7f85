//! What became of a webhook, step by step, and what the provider says of its own tries.

use leptos::prelude::*;
use model::{DeliveryNotes, DeliveryState, Timestamp, WebhookRow};

use crate::{
    text::{
        deliveries, held, notes,
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
pub fn Life(row: WebhookRow, notes: DeliveryNotes, provider: String, is_taken: bool, now: Timestamp) -> impl IntoView {
    let note = notes::delivery(&notes, &provider, now).join(" ");
    let (received_at, verdict) = (row.received_at, row.verdict);
    let checked = words::verdict_meaning(verdict);
    view! {
        <LifeLine note>
            <Step
                meaning=Meaning::Neutral
                glyph=Glyph::Webhook
                title=view! { "Received " <Ago at=received_at now /> }
                note=view! { <Instant at=received_at /> }
            />
            <Step meaning=checked glyph=verdict_glyph(verdict) title="Checked" note=words::verdict(verdict) />
            <Forwarded row is_taken now />
        </LifeLine>
    }
    .into_any()
}

/// How far it is on its way to the destinations.
#[component]
fn Forwarded(row: WebhookRow, is_taken: bool, now: Timestamp) -> impl IntoView {
    let Some(summary) = row.delivery else {
        let note = held::goes_nowhere(row.duplicate_of.is_some(), is_taken);
        return view! { <Step meaning=Meaning::Neutral glyph=Glyph::CircleSlash title="Not forwarded" note /> }.into_any();
    };
    let state = summary.state;
    let note = match state {
        DeliveryState::Held => held::held_because(row.verdict, Some(row.foreign_network)).to_owned(),
        _ => deliveries::summary(&summary, now),
    };
    let title = deliveries::state_title(state);
    let to = deliveries::to_destinations(summary.destinations);
    let note = if note.is_empty() { to } else { format!("{note}{to}") };
    let (meaning, glyph) = (deliveries::state_meaning(state), delivery_glyph(state));
    view! { <Step meaning glyph title note /> }.into_any()
}
