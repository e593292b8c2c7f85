//! The head of a webhook's page: what it is called and what it is marked with.

use leptos::prelude::*;
use model::{ProviderMark, WebhookRow};

use super::address;
use crate::{
    text::{
        numbers::bytes,
        records,
        words::{self, Meaning},
    },
    ui::{
        badge::{Mark, MarkLink, More, OutcomeBadge, VerdictBadge},
        icon::{Glyph, Icon},
        id::Id,
        mark::Monogram,
    },
};

#[component]
pub fn Title(row: WebhookRow, mark: ProviderMark, endpoint: String, several: bool) -> impl IntoView {
    let name = event_name(&row);
    let outcome = row.event.as_ref().map(|event| event.outcome);
    let beside = words::endpoint_beside(&mark.title, &endpoint);
    let more = several.then(|| view! { <More count=row.events.saturating_sub(1) /> });
    let duplicate = row.duplicate_of.map(|original| {
        let href = address::webhook(original);
        view! { <MarkLink meaning=Meaning::Info glyph=Glyph::Duplicate text="duplicate of an earlier one" href /> }
    });
    let foreign = row.foreign_network.then(|| {
        view! { <Mark meaning=Meaning::Attention glyph=Glyph::Network text="not from the provider's network" /> }
    });
    let contradicted = row.contradicted.then(|| {
        let href = address::record(row.id, None);
        view! { <MarkLink meaning=Meaning::Bad glyph=Glyph::TriangleAlert text="contradicted by the record" href /> }
    });
    let reconciled = row.reconciled.then(|| {
        view! { <Mark meaning=Meaning::Info glyph=Glyph::ListChecks text=records::RECONCILED /> }
    });
    let erased = row.erased_at.map(|_| {
        view! { <Mark meaning=Meaning::Neutral glyph=Glyph::Eraser text="erased" /> }
    });
    view! {
        <header class="pt-3 pb-4">
            <a class="-ml-0.75 inline-flex items-center gap-0.5 text-sm text-muted" href=address::LIST>
                <Icon glyph=Glyph::ChevronLeft />
                "Webhooks"
            </a>
            <div class="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
                <h1 class="wrap-anywhere">{name}</h1>
                {more}
                <VerdictBadge verdict=row.verdict />
                {outcome.map(|outcome| view! { <OutcomeBadge outcome /> })}
                {duplicate}
                {foreign}
                {contradicted}
                {reconciled}
                {erased}
            </div>
            <p class="mt-1.5 flex flex-wrap items-center gap-x-3.5 gap-y-0.5 text-sm text-muted">
                <span class="flex min-w-0 items-center gap-1.5 text-ink">
                    <Monogram mark=mark.clone() />
                    {mark.title}
                </span>
                {(!beside.is_empty()).then(|| view! { <span>{beside}</span> })}
                <span>{bytes(row.size)}</span>
                <Id value=row.id.to_string() label="the webhook's id" />
            </p>
        </header>
    }
    .into_any()
}

/// What a webhook is called: its first event's type.
pub fn event_name(row: &WebhookRow) -> String {
    row.event
        .as_ref()
        .map_or_else(|| words::NO_EVENT.to_owned(), |event| event.event_type.to_string())
}
