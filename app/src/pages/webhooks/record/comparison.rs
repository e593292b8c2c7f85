//! Where a record differs from the one before, side by side; on a narrow screen below each other.

use leptos::prelude::*;
use model::{RecordId, Timestamp, WebhookId};

use crate::{pages::webhooks::address, text::records, ui::time::Ago, view::ChangeView};

const HEAD: &str = "border-b border-hairline py-1.5 pr-4 text-left text-xs font-medium text-muted";
const CELL: &str = "block py-0.5 align-top sm:table-cell sm:border-b sm:border-hairline sm:py-1.5 sm:pr-4";
const VALUE: &str = "block max-h-40 overflow-auto rounded-sm bg-sunken px-1.5 py-0.5 whitespace-pre-wrap wrap-anywhere";

#[component]
pub fn Comparison(
    id: WebhookId,
    /// The record that it is compared with.
    before: Option<(RecordId, Timestamp)>,
    changes: Vec<ChangeView>,
    more: bool,
    now: Timestamp,
) -> impl IntoView {
    let Some((before, at)) = before else {
        return view! {
            <section aria-label="Comparison">
                <h2 class="mb-1">"What changed"</h2>
                <p class="text-sm text-muted">{records::FIRST_RECORD}</p>
            </section>
        }
        .into_any();
    };
    let said = records::changed(changes.len(), more);
    let rows = changes.into_iter().map(|change| view! { <Row change /> }).collect_view();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table class="block w-full table-fixed text-sm sm:table" role="table">
                <thead class="max-sm:sr-only" role="rowgroup">
                    <tr role="row">
                        <th class=format!("{HEAD} w-1/3") role="columnheader" scope="col">"Where"</th>
                        <th class=HEAD role="columnheader" scope="col">"Before"</th>
                        <th class=HEAD role="columnheader" scope="col">"After"</th>
                    </tr>
                </thead>
                <tbody class="block sm:table-row-group" role="rowgroup">{rows}</tbody>
            </table>
        }
    });
    view! {
        <section class="min-w-0" aria-label="Comparison">
            <h2 class="mb-1">"What changed"</h2>
            <p class="mb-2 text-sm text-muted">
                {said}
                " "
                <a class="underline" href=address::record(id, Some(before))>"That one"</a>
                " was fetched "
                <Ago at now />
                "."
            </p>
            {table}
        </section>
    }
    .into_any()
}

#[component]
fn Row(change: ChangeView) -> impl IntoView {
    view! {
        <tr class="block border-b border-hairline py-2 sm:table-row sm:border-0 sm:py-0" role="row">
            <th class=format!("{CELL} text-left font-normal") role="rowheader" scope="row">
                <code class="wrap-anywhere">{change.path}</code>
            </th>
            <td class=CELL role="cell">
                <Value label="Before" value=change.before />
            </td>
            <td class=CELL role="cell">
                <Value label="After" value=change.after />
            </td>
        </tr>
    }
    .into_any()
}

/// A value with what it is, where no column says so.
#[component]
fn Value(label: &'static str, value: Option<String>) -> impl IntoView {
    let value = match value {
        Some(value) => view! { <code class=VALUE>{value}</code> }.into_any(),
        None => view! { <span class="text-muted italic">{records::ABSENT}</span> }.into_any(),
    };
    view! {
        <span class="block text-xs text-muted sm:hidden" aria-hidden="true">{label}</span>
        {value}
    }
    .into_any()
}
