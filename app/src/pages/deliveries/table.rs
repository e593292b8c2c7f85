//! The rows of deliveries. On a narrow screen each row becomes a card, so the roles that the layout would take from a table
//! are named.

use leptos::prelude::*;
use model::{DeliveryRow, DestinationSummary, ProviderMark, Timestamp};

use super::{actions, address};
use crate::{
    pages::{Tried, subjects},
    text::{deliveries, next, numbers::thousands, words},
    ui::{
        badge::DeliveryBadge,
        mark::{self, Monogram},
        row::{ABOVE, ENTRY, HEAD, ROW_LINK},
        time::Ago,
    },
};

/// The titles of the columns, and their widths where there is room for a table.
const COLUMNS: [(&str, &str); 8] = [
    ("Created", "lg:w-24 lg:pl-2"),
    ("State", "lg:w-29"),
    ("Webhook", ""),
    ("Destination", "lg:w-[15%] 2xl:w-[16%]"),
    ("Attempts", "lg:w-20 lg:text-right"),
    ("Last result", "lg:w-[14%] 2xl:w-[19%]"),
    ("Next attempt", "lg:w-27 2xl:w-33"),
    ("Actions", "lg:w-22 lg:text-right"),
];

/// Where each cell stands in a card.
const WEBHOOK: &str = "col-start-1 row-start-1";
const STATE: &str = "col-start-2 row-start-1 self-start text-right lg:text-left";
const DESTINATION: &str = "col-start-1 row-start-2 truncate";
const CREATED: &str = "col-start-2 row-start-2 text-right text-xs text-muted lg:pl-2 lg:text-left lg:text-sm";
const RESULT: &str = "col-start-1 row-start-3 truncate max-lg:text-muted";
const ATTEMPTS: &str = "col-start-2 row-start-3 text-right max-lg:text-muted";
const NEXT: &str = "col-start-1 row-start-4 truncate text-muted";
const ACTIONS: &str = "col-start-2 row-start-4 text-right print:hidden lg:pr-0!";

#[component]
pub fn Table(
    rows: Vec<DeliveryRow>,
    providers: Vec<ProviderMark>,
    /// Those of the rows, as far as they are not archived.
    destinations: Vec<DestinationSummary>,
    /// Where an action leads back to.
    here: String,
    tried: Tried,
    may_act: bool,
    now: Timestamp,
) -> impl IntoView {
    let columns = COLUMNS.len() - usize::from(!may_act);
    let rows = rows.into_iter().map(|row| {
        let mark = mark::find(&providers, &row.provider);
        let destination = find(&destinations, &row);
        let actions = may_act.then(|| actions::in_row(&row, destination.is_none(), &named(&row), &here, &tried));
        let next = next::attempt(&row, destination, now);
        view! { <Row row mark next actions now /> }
    });
    view! {
        <table class="block w-full border-separate border-spacing-0 text-sm lg:table lg:table-fixed" role="table">
            <thead class="max-lg:sr-only" role="rowgroup">
                <tr role="row">
                    {COLUMNS[..columns]
                        .iter()
                        .map(|(title, width)| {
                            view! { <th class=format!("{HEAD} {width}") role="columnheader" scope="col">{*title}</th> }
                        })
                        .collect_view()}
                </tr>
            </thead>
            <tbody class="block lg:table-row-group" role="rowgroup">{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What a screen reader calls a delivery.
fn named(row: &DeliveryRow) -> String {
    format!("{} to {}", event_name(row), row.destination_name)
}

/// The destination of the row, unless it is archived.
pub fn find<'a>(destinations: &'a [DestinationSummary], row: &DeliveryRow) -> Option<&'a DestinationSummary> {
    let found = destinations.iter().find(|destination| destination.id == row.destination_id);
    found.filter(|destination| !destination.archived)
}

/// What the webhook is called: its first event's type.
pub fn event_name(row: &DeliveryRow) -> String {
    row.event_type
        .as_ref()
        .map_or_else(|| words::NO_EVENT.to_owned(), ToString::to_string)
}

#[component]
fn Row(row: DeliveryRow, mark: ProviderMark, next: String, actions: Option<AnyView>, now: Timestamp) -> impl IntoView {
    let name = event_name(&row);
    let ink = if row.event_type.is_some() {
        "block truncate"
    } else {
        "block truncate font-normal text-muted italic"
    };
    let result = deliveries::result(row.last_failure, row.last_status, row.last_duration_ms);
    let result_ink = if row.last_failure.is_some() { "" } else { "text-muted" };
    let attempts = match row.attempts {
        0 => String::new(),
        attempts => thousands(attempts.into()),
    };
    let subject = row.subject.map(|subject| {
        let href = subjects::address::subject(&subject);
        view! {
            <span class="min-w-0 flex-1 truncate lg:max-2xl:hidden">
                <a class="relative z-1 text-muted hover:text-accent" href=href title=format!("Everything of {subject}")>
                    {subject.to_string()}
                </a>
            </span>
        }
    });
    let unit = (row.attempts > 0).then(|| {
        let unit = if row.attempts == 1 { " attempt" } else { " attempts" };
        view! { <span class="lg:sr-only">{unit}</span> }
    });
    let last_attempt = row.last_attempt_at.map(|at| {
        view! { <span class="text-muted lg:max-2xl:hidden">" · "<Ago at now class=ABOVE /></span> }
    });
    view! {
        <tr class=format!("{ENTRY} grid-cols-[minmax(0,1fr)_auto]") role="row">
            <td class=CREATED role="cell"><Ago at=row.created_at now class=ABOVE /></td>
            <td class=STATE role="cell"><DeliveryBadge state=row.state /></td>
            <td class=WEBHOOK role="cell">
                <span class="flex min-w-0 items-center gap-1.5 lg:gap-2">
                    <Monogram mark class="size-4 lg:size-5" />
                    <a class=ROW_LINK href=address::delivery(row.id)>
                        <span class=ink title=name.clone()>{name.clone()}</span>
                    </a>
                    {subject}
                </span>
            </td>
            <td class=DESTINATION role="cell">{row.destination_name}</td>
            <td class=ATTEMPTS role="cell">{attempts}{unit}</td>
            <td class=format!("{RESULT} {result_ink}") role="cell">{result}{last_attempt}</td>
            <td class=NEXT role="cell">{next}</td>
            {actions.map(|actions| view! { <td class=ACTIONS role="cell">{actions}</td> })}
        </tr>
    }
    .into_any()
}
