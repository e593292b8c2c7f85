//! What can be done with the rows that are ticked, and with everything that the filter lets through.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use model::{BulkAction, WebhookFilter, WebhookId};

use super::address;
use crate::{
    api::deliveries::{ReleaseWebhooks, ResendWebhooks},
    islands::selection::Selected,
    look::Look,
    text::bulk,
    ui::{
        form::hidden,
        icon::{Glyph, Icon},
    },
};

/// The id of the form that the boxes of the rows belong to.
pub const FORM: &str = "selection";

/// The box of a row. The label around it is larger, so that it is easy to hit.
pub fn tick(id: WebhookId, what: &str) -> AnyView {
    view! {
        <label class="relative z-1 -my-2 -ml-2 inline-grid size-9 cursor-pointer place-items-center align-middle pointer-coarse:size-11">
            <span class="sr-only">{format!("Select {what}")}</span>
            <input class="size-3.5" type="checkbox" form=FORM name="webhooks[]" value=id.to_string() />
        </label>
    }
    .into_any()
}

/// Comes up from below once a row is ticked.
const BAR: &str = "sticky bottom-3 z-10 mx-auto hidden w-fit max-w-full flex-wrap items-center gap-2 rounded-lg bg-surface px-3 py-2 \
                   text-sm shadow-float group-has-[input[form=selection]:checked]/log:flex print:hidden";

/// The form of the boxes. Each button posts it to another place.
#[component]
pub fn SelectionBar(
    /// Where it leads back to.
    here: String,
) -> impl IntoView {
    view! {
        <form class=BAR id=FORM method="post" action=ResendWebhooks::PATH aria-label="With the selected webhooks">
            {hidden("back", here)}
            <Selected />
            <button class=Look::Accent.class() type="submit">
                <Icon glyph=Glyph::RotateCw />
                "Resend"
            </button>
            <button class=Look::Plain.class() type="submit" formaction=ReleaseWebhooks::PATH>
                <Icon glyph=Glyph::Play />
                "Release"
            </button>
        </form>
    }
    .into_any()
}

/// The links to the pages that count what matches before they act.
#[component]
pub fn AllThatMatch(filter: WebhookFilter) -> impl IntoView {
    let link = |action: BulkAction, label: &'static str| {
        view! { <a href=address::bulk(&filter, action)>{label}</a> }
    };
    view! {
        <p class="flex flex-wrap gap-x-3 pt-3 text-sm text-muted print:hidden">
            {bulk::ALL_THAT_MATCH}
            {link(BulkAction::Resend, "Resend …")}
            {link(BulkAction::Release, "Release …")}
        </p>
    }
    .into_any()
}
