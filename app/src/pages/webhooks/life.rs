//! What became of a webhook, step by step, and what the provider says of its own tries.

use leptos::prelude::*;
use model::{DeliveryNotes, Timestamp, Verdict};

use crate::{
    text::{notes, words},
    ui::{
        badge::{class, verdict_glyph},
        icon::{Glyph, Icon},
        time::{Ago, Instant},
    },
};

#[component]
pub fn Life(received_at: Timestamp, verdict: Verdict, notes: DeliveryNotes, provider: String, now: Timestamp) -> impl IntoView {
    let notes = notes::delivery(&notes, &provider, now).join(" ");
    view! {
        <section class="life" aria-label="Life line">
            <ol>
                <li class="is-neutral">
                    <span class="dot"><Icon glyph=Glyph::Webhook /></span>
                    <span class="step">"Received " <Ago at=received_at now /></span>
                    <span class="step-note"><Instant at=received_at /></span>
                </li>
                <li class=class(words::verdict_meaning(verdict))>
                    <span class="dot"><Icon glyph=verdict_glyph(verdict) /></span>
                    <span class="step">"Checked"</span>
                    <span class="step-note">{words::verdict(verdict)}</span>
                </li>
                <li class="is-neutral">
                    <span class="dot"><Icon glyph=Glyph::Check /></span>
                    <span class="step">"Answered"</span>
                    <span class="step-note">"once it was stored"</span>
                </li>
            </ol>
            {(!notes.is_empty()).then(|| view! { <p class="muted">{notes}</p> })}
        </section>
    }
}
