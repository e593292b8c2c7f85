//! The head of a webhook's page: what it is called and what it is marked with.

use leptos::prelude::*;
use model::{ProviderMark, WebhookRow};

use super::address;
use crate::{
    text::{numbers::bytes, words},
    ui::{
        badge::{OutcomeBadge, VerdictBadge},
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
    let more = several.then(|| view! { <span class="more">{format!("+{}", row.events.saturating_sub(1))}</span> });
    let duplicate = row.duplicate_of.map(|original| {
        view! {
            <a class="badge is-info" href=address::webhook(original)>
                <Icon glyph=Glyph::Duplicate />
                "duplicate of an earlier one"
            </a>
        }
    });
    let foreign = row.foreign_network.then(|| {
        view! {
            <span class="badge is-attention">
                <Icon glyph=Glyph::Network />
                "not from the provider's network"
            </span>
        }
    });
    view! {
        <header class="title">
            <a class="back" href=address::LIST>
                <Icon glyph=Glyph::ChevronLeft />
                "Webhooks"
            </a>
            <div class="title-line">
                <h1>{name}</h1>
                {more}
                <VerdictBadge verdict=row.verdict />
                {outcome.map(|outcome| view! { <OutcomeBadge outcome /> })}
                {duplicate}
                {foreign}
            </div>
            <p class="title-facts">
                <span class="sender">
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
