//! What each provider says of the subject by now.

use leptos::prelude::*;
use model::{PresentOutcome, ProviderKey, ProviderMark, SubjectEvent, Timestamp};

use crate::{
    pages::webhooks::address,
    text::subjects,
    ui::{
        badge::OutcomeBadge,
        mark::{Monogram, find},
        time::Ago,
    },
};

const CARD: &str = "grid min-w-0 grid-cols-[auto_minmax(0,1fr)_auto] content-start items-center gap-x-2.5 gap-y-1 rounded-lg border border-hairline \
                    bg-surface px-3.5 py-3 text-sm";

#[component]
pub fn Present(
    present: Vec<PresentOutcome>,
    events: Vec<SubjectEvent>,
    providers: Vec<ProviderMark>,
    now: Timestamp,
) -> impl IntoView {
    let without = without_outcome(&present, &events);
    let told = present.into_iter().map(|present| {
        let mark = find(&providers, &present.provider);
        view! {
            <li class=CARD>
                <Monogram mark=mark.clone() />
                <strong class="truncate font-semibold">{mark.title}</strong>
                <OutcomeBadge outcome=present.outcome />
                <span class="col-span-full flex min-w-0 flex-wrap items-baseline justify-between gap-x-3">
                    <a class="min-w-0 truncate" href=address::webhook(present.webhook_id)>{present.event_type.to_string()}</a>
                    <Ago at=present.at now class="text-muted" />
                </span>
            </li>
        }
        .into_any()
    });
    let not_told = without.into_iter().map(|provider| {
        let mark = find(&providers, &provider);
        view! {
            <li class=CARD>
                <Monogram mark=mark.clone() />
                <strong class="col-span-2 truncate font-semibold">{mark.title}</strong>
                <span class="col-span-full">{subjects::NO_PRESENT}</span>
                <span class="col-span-full text-xs text-muted">{subjects::NO_PRESENT_WHY}</span>
            </li>
        }
        .into_any()
    });
    let all = told.chain(not_told).collect_view();
    view! {
        <section aria-label="Present outcome">
            <h2 class="mb-2">"Present outcome"</h2>
            <ul class="grid gap-2.5 sm:grid-cols-2 xl:grid-cols-3 2xl:grid-cols-4">{all}</ul>
        </section>
    }
    .into_any()
}

/// The providers of the events that say nothing that counts, each once.
fn without_outcome(present: &[PresentOutcome], events: &[SubjectEvent]) -> Vec<ProviderKey> {
    let mut without: Vec<ProviderKey> = Vec::new();
    for event in events {
        let is_told = present.iter().any(|present| present.provider == event.provider);
        if !is_told && !without.contains(&event.provider) {
            without.push(event.provider.clone());
        }
    }
    without
}
