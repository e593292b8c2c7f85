//! The events of a subject, by the time at which they happened. On a narrow screen each row becomes a card.

use leptos::prelude::*;
use model::{EndpointId, ProviderMark, SubjectEvent, Timestamp};

use crate::{
    pages::webhooks::address,
    text::{
        subjects,
        words::{self, Meaning},
    },
    ui::{
        badge::{Mark, OutcomeBadge, VerdictBadge},
        icon::Glyph,
        mark::{Monogram, find},
        row::{ABOVE, ENTRY, HEAD, ROW_LINK},
        time::Ago,
    },
};

/// The titles of the columns, and their widths where there is room for a table.
const COLUMNS: [(&str, &str); 5] = [
    ("Happened", "lg:w-52 lg:pl-2"),
    ("Provider", "lg:w-[22%]"),
    ("Event", ""),
    ("Outcome", "lg:w-32"),
    ("Verdict", "lg:w-34"),
];

#[component]
pub fn Events(
    events: Vec<SubjectEvent>,
    has_more: bool,
    /// Where the log of the subject stands.
    log: String,
    providers: Vec<ProviderMark>,
    /// The names of the endpoints.
    endpoints: Vec<(EndpointId, String)>,
    now: Timestamp,
) -> impl IntoView {
    let rows = events.into_iter().map(|event| {
        let mark = find(&providers, &event.provider);
        let endpoint = endpoints.iter().find(|(id, _)| *id == event.endpoint_id);
        let beside = endpoint.map_or_else(String::new, |(_, name)| words::endpoint_beside(&mark.title, name));
        view! { <Row event mark beside now /> }
    });
    let rows = rows.collect_view();
    let more = has_more.then(|| {
        view! {
            <p class="pt-3 text-sm text-muted">
                {subjects::OLDER_ARE_LEFT_OUT}
                " "
                <a class="underline" href=log>"Show them there"</a>
            </p>
        }
    });
    view! {
        <section class="pt-6" aria-label="Events">
            <h2>"Events"</h2>
            <p class="pb-1 text-sm text-muted">{subjects::ORDER}</p>
            <table class="block w-full border-separate border-spacing-0 text-sm lg:table lg:table-fixed" role="table">
                <thead class="max-lg:sr-only" role="rowgroup">
                    <tr role="row">
                        {COLUMNS
                            .map(|(title, width)| {
                                view! { <th class=format!("{HEAD} {width}") role="columnheader" scope="col">{title}</th> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody class="block lg:table-row-group" role="rowgroup">{rows}</tbody>
            </table>
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn Row(event: SubjectEvent, mark: ProviderMark, beside: String, now: Timestamp) -> impl IntoView {
    let late = subjects::late(&event).map(|late| view! { <span class="text-attention">{late}</span> });
    let by_arrival = event
        .event
        .occurred_at
        .is_none()
        .then(|| view! { <span class="text-muted" title=subjects::NO_TIME_OF_ITS_OWN>"by arrival"</span> });
    let at = subjects::time_of(&event);
    let name = event.event.event_type.to_string();
    let marks = [
        (event.contradicted, Meaning::Bad, Glyph::TriangleAlert, "contradicted"),
        (event.foreign_network, Meaning::Attention, Glyph::Network, "other network"),
        (event.duplicate, Meaning::Neutral, Glyph::Duplicate, "duplicate"),
    ];
    let marks = marks
        .into_iter()
        .filter(|(is, ..)| *is)
        .map(|(_, meaning, glyph, text)| view! { <Mark meaning glyph text /> })
        .collect_view();
    view! {
        <tr class=format!("{ENTRY} grid-cols-[minmax(0,1fr)_auto]") role="row">
            <td class="col-span-full row-start-3 text-muted lg:pl-2 lg:text-ink" role="cell">
                <span class="flex min-w-0 flex-wrap items-baseline gap-x-2">
                    <Ago at now class=ABOVE />
                    {late}
                    {by_arrival}
                </span>
            </td>
            <td class="col-start-1 row-start-2" role="cell">
                <span class="flex min-w-0 items-center gap-2">
                    <Monogram mark=mark.clone() class="size-4 lg:size-5" />
                    <span class="min-w-0 truncate">{mark.title}</span>
                    <span class="min-w-0 flex-1 truncate text-muted">{beside}</span>
                </span>
            </td>
            <td class="col-start-1 row-start-1" role="cell">
                <span class="flex min-w-0 items-center gap-1.5 max-lg:flex-wrap">
                    <a class=ROW_LINK href=address::webhook(event.webhook_id)>
                        <span class="block truncate" title=name.clone()>{name.clone()}</span>
                    </a>
                    {marks}
                </span>
            </td>
            <td class="col-start-2 row-start-2 text-right lg:text-left" role="cell">
                <OutcomeBadge outcome=event.event.outcome />
            </td>
            <td class="col-start-2 row-start-1 self-start text-right lg:text-left" role="cell">
                <VerdictBadge verdict=event.verdict />
            </td>
        </tr>
    }
    .into_any()
}
