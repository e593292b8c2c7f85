//! The tab with the webhook's deliveries, and the buttons that send it again or let it go.

use leptos::prelude::*;
use model::{DeliveryRow, DestinationId, DestinationSummary, Timestamp, WebhookId, WebhookRow};

use super::{address, record};
use crate::{
    api::deliveries::{ReleaseWebhooks, ResendWebhooks},
    pages::{
        Tried,
        deliveries::brief::{Brief, Named},
    },
    text::{deliveries, held},
    ui::{
        button::SubmitButton,
        form::hidden,
        icon::{Glyph, Icon},
        menu::{ActionMenu, LINE},
    },
};

#[component]
pub fn Deliveries(
    row: WebhookRow,
    rows: Vec<DeliveryRow>,
    destinations: Vec<DestinationSummary>,
    is_taken: bool,
    tried: Tried,
    may_act: bool,
    now: Timestamp,
) -> impl IntoView {
    if rows.is_empty() {
        let why = held::goes_nowhere(row.duplicate_of.is_some(), is_taken);
        return view! { <p class="text-muted">{held::not_forwarded(why)}</p> }.into_any();
    }
    let here = format!("{}?tab=deliveries", address::webhook(row.id));
    view! { <Brief rows destinations named=Named::ByDestination here tried may_act now /> }.into_any()
}

/// Sending it again to all or one, and letting it go where something is held.
#[component]
pub fn SendAgain(
    id: WebhookId,
    destinations: Vec<DestinationSummary>,
    is_held: bool,
    /// Whether the provider can be asked again.
    may_refetch: bool,
    tried: Tried,
) -> impl IntoView {
    let here = format!("{}?tab=deliveries", address::webhook(id));
    let release = is_held.then(|| {
        tried.small_form::<ReleaseWebhooks>().line(view! {
            {hidden("webhooks[]", id)}
            {hidden("back", &here)}
            <SubmitButton>
                <Icon glyph=Glyph::Play />
                "Release"
            </SubmitButton>
        })
    });
    let refetch = may_refetch.then(|| record::asking::button(id, "Re-fetch", &tried));
    let several = destinations.len() > 1;
    let each = destinations
        .iter()
        .map(|destination| to(id, Some(destination.id), format!("To {}", destination.name), &here, &tried));
    let all = several.then(|| to(id, None, deliveries::TO_ALL.to_owned(), &here, &tried));
    let resend = (!destinations.is_empty()).then(|| {
        let lines = all.into_iter().chain(each).collect_view();
        view! {
            <ActionMenu label="Resend" glyph=Glyph::RotateCw>{lines}</ActionMenu>
        }
    });
    view! { <div class="flex flex-wrap gap-2 print:hidden">{release} {refetch} {resend}</div> }.into_any()
}

/// A line of the menu.
fn to(id: WebhookId, destination: Option<DestinationId>, label: String, here: &str, tried: &Tried) -> AnyView {
    tried.small_form::<ResendWebhooks>().line(view! {
        {hidden("webhooks[]", id)}
        {destination.map(|destination| hidden("destination", destination))}
        {hidden("back", here)}
        <button class=LINE type="submit">{label}</button>
    })
}
