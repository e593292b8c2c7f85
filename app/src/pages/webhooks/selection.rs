//! What can be done with the rows that are ticked, and with everything that the filter lets through.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use model::{BulkAction, DeliveryState, WebhookFilter, WebhookId};

use super::address;
use crate::{
    api::{
        deliveries::{ReleaseWebhooks, ResendWebhooks},
        records::RefetchWebhooks,
    },
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
            <button class=Look::Plain.class() type="submit" formaction=RefetchWebhooks::PATH>
                <Icon glyph=Glyph::RefreshCw />
                "Re-fetch"
            </button>
        </form>
    }
    .into_any()
}

/// The links to the pages that count what matches before they act, as far as these can be done with what the filter names.
#[component]
pub fn AllThatMatch(filter: WebhookFilter) -> impl IntoView {
    let all = [
        (BulkAction::Resend, "Resend …"),
        (BulkAction::Release, "Release …"),
        (BulkAction::Refetch, "Re-fetch …"),
    ];
    let links = all
        .into_iter()
        .filter(|(action, _)| can(*action, &filter))
        .map(|(action, label)| view! { <a href=address::bulk(&filter, action)>{label}</a> });
    let links = links.collect_view();
    if links.is_empty() {
        return ().into_any();
    }
    view! {
        <p class="flex flex-wrap gap-x-3 pt-3 text-sm text-muted print:hidden">
            {bulk::ALL_THAT_MATCH}
            {links}
        </p>
    }
    .into_any()
}

/// Duplicates are neither sent nor asked for in bulk, and only what is held can be released.
fn can(action: BulkAction, filter: &WebhookFilter) -> bool {
    let states = &filter.deliveries;
    let any_held = states.is_empty() || states.contains(&DeliveryState::Held);
    filter.duplicates != Some(true) && (action != BulkAction::Release || any_held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_offered_that_would_be_refused() {
        fn check(query: &str, resend: bool, release: bool) {
            let filter = WebhookFilter::from_query(query).expect("a filter");
            let all = [BulkAction::Resend, BulkAction::Release, BulkAction::Refetch];
            assert_eq!(all.map(|action| can(action, &filter)), [resend, release, resend], "{query}");
        }
        check("", true, true);
        check("verdict=invalid&duplicates=false", true, true);
        check("delivery=held&delivery=failed", true, true);
        check("delivery=failed", true, false);
        check("duplicates=true", false, false);
    }
}
