//! What the record says of the webhook: plain, and loud where it contradicts.

use leptos::prelude::*;
use model::{Agreement, Contradiction, DeliveryState, RecordEvidence, RecordId, Timestamp, WebhookRow};

use crate::{
    pages::webhooks::address,
    text::records,
    ui::{
        icon::{Glyph, Icon},
        meaning::{ground, ink},
        time::Ago,
    },
};

#[component]
pub fn Agrees(
    row: WebhookRow,
    evidence: RecordEvidence,
    provider: String,
    /// It says that the provider lists it, and no record was asked for.
    listed: bool,
    /// The record that says so, where another is shown below.
    another: Option<RecordId>,
    now: Timestamp,
) -> impl IntoView {
    let agreement = evidence.agreement;
    let meaning = records::agreement_meaning(&agreement);
    let (ink, ground) = (ink(meaning), ground(meaning));
    let (heading, sentence) = if listed {
        (records::LISTED, records::reconciled(&provider))
    } else {
        (
            records::agreement_heading(&agreement),
            records::agreement_sentence(&agreement, &provider),
        )
    };
    let another = another.map(|record| {
        let href = address::record(row.id, Some(record));
        view! { <p><a href=href>"Show the record that says so"</a></p> }
    });
    let glyph = glyph(&agreement);
    let reach = (!listed && agreement.agrees() == Some(true)).then(|| {
        let stays = records::stays(row.verdict).map(|stays| view! { <p class="font-strong">{stays}</p> });
        view! {
            {stays}
            <p class="text-sm text-muted">{records::CONFIRMS}</p>
        }
    });
    let contradiction = match agreement {
        Agreement::Contradicts(contradiction) => {
            let state = row.delivery.as_ref().map(|delivery| delivery.state);
            let follows = records::follows(state == Some(DeliveryState::Held), state == Some(DeliveryState::Delivered));
            Some(view! {
                <Both contradiction />
                {follows.map(|follows| view! { <p class="font-strong">{follows}</p> })}
            })
        }
        _ => None,
    };
    view! {
        <section class=format!("flex gap-3 rounded-lg px-4 py-3.5 {ground}") aria-label="What the record says">
            <span class=format!("mt-px text-xl {ink}")><Icon glyph /></span>
            <div class="grid min-w-0 max-w-reading gap-2">
                <h2 class=format!("text-md leading-5.5 {ink}")>
                    {heading}
                    <span class="ml-2 text-sm font-normal text-muted"><Ago at=evidence.fetched_at now /></span>
                </h2>
                <p>{sentence}</p>
                {reach}
                {contradiction}
                {another}
            </div>
        </section>
    }
    .into_any()
}

pub fn glyph(agreement: &Agreement) -> Glyph {
    match agreement {
        Agreement::Agrees | Agreement::AgreesButForSubject => Glyph::CheckCheck,
        Agreement::Contradicts(_) => Glyph::TriangleAlert,
        Agreement::CannotTell => Glyph::CircleQuestion,
    }
}

const SAYS: &str = "rounded-md border border-bad/40 bg-surface px-3 py-2";

/// Where they differ, and what each says.
#[component]
fn Both(contradiction: Contradiction) -> impl IntoView {
    view! {
        <dl class="grid grid-cols-[minmax(0,1fr)] gap-2 sm:grid-cols-2">
            <div class="sm:col-span-full">
                <dt class="inline text-sm text-muted">"In the record at "</dt>
                <dd class="inline"><code class="wrap-anywhere">{contradiction.path}</code></dd>
            </div>
            <div class=SAYS>
                <dt class="text-xs text-muted">"The webhook says"</dt>
                <dd class="font-mono text-note wrap-anywhere">{contradiction.webhook}</dd>
            </div>
            <div class=SAYS>
                <dt class="text-xs text-muted">"The record says"</dt>
                <dd class="font-mono text-note wrap-anywhere">{contradiction.record}</dd>
            </div>
        </dl>
    }
    .into_any()
}
