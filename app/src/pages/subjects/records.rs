//! The providers' records of a subject.

use leptos::prelude::*;
use model::{RecordRow, Timestamp};

use crate::{
    pages::webhooks::{address, record::agreement::glyph},
    text::{records, words::short_id},
    ui::{badge::Mark, row::ROW_LINK, time::Ago},
};

const ROW: &str = "relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 border-t border-hairline py-2 \
                   first:border-t-0 hover:bg-hover sm:grid-cols-[7.5rem_minmax(0,1fr)_auto]";

#[component]
pub fn Records(records: Vec<RecordRow>, now: Timestamp) -> impl IntoView {
    if records.is_empty() {
        return ().into_any();
    }
    let rows = records.into_iter().map(|record| {
        let (meaning, glyph) = (records::agreement_meaning(&record.agreement), glyph(&record.agreement));
        let name = format!("{} {}", record.resource.kind, short_id(record.resource.id.as_str()));
        view! {
            <li class=ROW>
                <span><Mark meaning glyph text=records::agreement(&record.agreement) /></span>
                <span class="flex min-w-0 flex-wrap items-baseline gap-x-2.5 max-sm:col-start-1 max-sm:row-start-2">
                    <a class=ROW_LINK href=address::record(record.webhook_id, Some(record.id)) title=record.resource.id.to_string()>
                        {name}
                    </a>
                    <span class="text-muted">{records::answered(record.status, record.duration_ms)}</span>
                </span>
                <span class="text-right text-muted max-sm:col-start-2 max-sm:row-start-1">
                    <Ago at=record.fetched_at now class="relative z-1" />
                </span>
            </li>
        }
    });
    view! {
        <section class="pt-6" aria-label="Records">
            <h2 class="mb-1">"Records"</h2>
            <ul class="text-sm">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}
