//! What became of a webhook, step by step, and what the provider says of its own tries.

use leptos::prelude::*;
use model::{DeliveryNotes, Timestamp, Verdict};

use crate::{
    text::{
        notes,
        words::{self, Meaning},
    },
    ui::{
        badge::verdict_glyph,
        icon::{Glyph, Icon},
        meaning::{ground, ink},
        time::{Ago, Instant},
    },
};

#[component]
pub fn Life(received_at: Timestamp, verdict: Verdict, notes: DeliveryNotes, provider: String, now: Timestamp) -> impl IntoView {
    let notes = notes::delivery(&notes, &provider, now).join(" ");
    let checked = words::verdict_meaning(verdict);
    view! {
        <section class="border-y border-hairline py-3.5" aria-label="Life line">
            <ol class="flex flex-col gap-3 md:flex-row md:gap-0">
                <Step
                    meaning=Meaning::Neutral
                    glyph=Glyph::Webhook
                    title=view! { "Received " <Ago at=received_at now /> }
                    note=view! { <Instant at=received_at /> }
                />
                <Step meaning=checked glyph=verdict_glyph(verdict) title="Checked" note=words::verdict(verdict) />
                <Step meaning=Meaning::Neutral glyph=Glyph::Check title="Answered" note="once it was stored" />
            </ol>
            {(!notes.is_empty()).then(|| view! { <p class="mt-2.5 text-sm text-muted">{notes}</p> })}
        </section>
    }
    .into_any()
}

/// Leads from one step to the next.
const LINE: &str = "absolute -bottom-2.5 left-3.5 h-2 w-px bg-hairline-strong group-last/step:hidden \
                    md:top-5 md:right-4.5 md:bottom-auto md:left-auto md:h-px md:w-12";

/// A step of the way.
#[component]
fn Step(meaning: Meaning, glyph: Glyph, title: impl IntoView, note: impl IntoView) -> impl IntoView {
    let colours = format!("{} {}", ink(meaning), ground(meaning));
    view! {
        <li class="group/step relative grid grid-cols-[auto_1fr] gap-x-2.5 md:pr-21 md:last:pr-0">
            <span class=format!("row-span-2 grid size-7 place-items-center self-center rounded-full {colours}")>
                <Icon glyph />
            </span>
            <span class="text-sm font-strong">{title}</span>
            <span class="text-note text-muted">{note}</span>
            <span class=LINE aria-hidden="true"></span>
        </li>
    }
    .into_any()
}
