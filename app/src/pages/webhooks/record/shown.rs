//! One record: where it is from, its links, what changed and the whole of it.

use leptos::prelude::*;
use model::{RecordId, RecordRow, Timestamp, WebhookId};

use super::{agreement, comparison::Comparison, links::Links};
use crate::{
    api::records::RevealRecord,
    pages::{
        Tried,
        webhooks::{address, body::Body, masking},
    },
    text::{numbers::bytes, records},
    ui::{
        badge::Mark,
        button::LinkButton,
        facts::{Fact, WideFacts},
        form::hidden,
        icon::{Glyph, Icon},
        id::Id,
        time::Ago,
    },
    view::RecordView,
};

#[component]
pub fn Shown(
    id: WebhookId,
    record: RecordView,
    /// The record that the verdict rests on.
    counts: Option<RecordId>,
    raw: bool,
    may_renew: bool,
    may_download: bool,
    tried: Tried,
    now: Timestamp,
) -> impl IntoView {
    let RecordView {
        row,
        body,
        personal_data,
        before,
        changes,
        more_changes,
        links,
    } = record;
    let (of, size) = (row.id, row.size);
    let here = address::record(id, Some(of));
    let views = (here.clone(), format!("{here}&view=raw"));
    let reveal = view! {
        {hidden("id", of)}
        {hidden("webhook", id)}
    };
    let download = (may_download && size > 0).then(|| {
        view! {
            <LinkButton href=address::record_body(of) download=true>
                <Icon glyph=Glyph::Download />
                "Download"
            </LinkButton>
        }
    });
    view! {
        <About id row counts now />
        <Links id links may_renew tried=tried.clone() now />
        <Comparison id before changes more=more_changes now />
        <section class="min-w-0" aria-label="The record">
            <h2 class="mb-2">"What was answered"</h2>
            {masking::banner::<RevealRecord>(personal_data, reveal, &tried, now)}
            <Body body size views raw label="Record">{download}</Body>
        </section>
    }
    .into_any()
}

/// Whose record it is, when it was fetched and by which question.
#[component]
fn About(id: WebhookId, row: RecordRow, counts: Option<RecordId>, now: Timestamp) -> impl IntoView {
    let is_of_another = row.webhook_id != id;
    let note = if is_of_another {
        Some(records::OF_ANOTHER)
    } else {
        counts.filter(|counts| *counts != row.id).map(|_| records::NOT_THE_NEWEST)
    };
    let note = note.map(|note| view! { <p class="mb-2 text-sm text-muted">{note}</p> });
    let another = is_of_another.then(|| {
        let href = address::record(row.webhook_id, Some(row.id));
        view! { <Fact name="Fetched for"><a href=href>"another webhook"</a></Fact> }
    });
    let (meaning, glyph) = (records::agreement_meaning(&row.agreement), agreement::glyph(&row.agreement));
    let says = records::agreement(&row.agreement);
    view! {
        <section class="min-w-0" aria-label="About the record">
            <h2 class="mb-2">"Record"</h2>
            {note}
            <WideFacts>
                <Fact name="Object">
                    <span class="text-muted">{format!("{} ", row.resource.kind)}</span>
                    <Id value=row.resource.id.into_string() label="the object's id" />
                </Fact>
                <Fact name="Fetched"><Ago at=row.fetched_at now /></Fact>
                <Fact name="Asked"><code>{row.url}</code></Fact>
                <Fact name="Answered">{format!("{} · {}", records::answered(row.status, row.duration_ms), bytes(row.size))}</Fact>
                <Fact name="Says"><Mark meaning glyph text=says /></Fact>
                {another}
            </WideFacts>
        </section>
    }
    .into_any()
}
