//! A few deliveries as they stand on the page of something else: of a webhook, or of a destination.

use leptos::prelude::*;
use model::{DeliveryRow, DestinationSummary, Timestamp};

use super::{
    actions, address,
    table::{event_name, find},
};
use crate::{
    pages::Tried,
    text::{deliveries, next},
    ui::{badge::DeliveryBadge, row::ROW_LINK, time::Ago},
};

/// What a row is called by: what the page does not say already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    ByWebhook,
    ByDestination,
}

const ROW: &str = "relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-t border-hairline py-2 first:border-t-0 \
                   hover:bg-hover sm:grid-cols-[7rem_minmax(0,1fr)_auto_auto]";

#[component]
pub fn Brief(
    rows: Vec<DeliveryRow>,
    /// Those of the rows, as far as they are not archived.
    destinations: Vec<DestinationSummary>,
    named: Named,
    /// Where an action leads back to.
    here: String,
    tried: Tried,
    may_act: bool,
    now: Timestamp,
) -> impl IntoView {
    let rows = rows.into_iter().map(|row| {
        let name = match named {
            Named::ByWebhook => event_name(&row),
            Named::ByDestination => row.destination_name.clone(),
        };
        let what = format!("{} to {}", event_name(&row), row.destination_name);
        let destination = find(&destinations, &row);
        let actions = may_act.then(|| actions::in_row(&row, destination.is_none(), &what, &here, &tried));
        let next = next::attempt(&row, destination, now);
        view! { <Row row name next actions now /> }
    });
    view! { <ul class="text-sm">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn Row(row: DeliveryRow, name: String, next: String, actions: Option<AnyView>, now: Timestamp) -> impl IntoView {
    let result = deliveries::result(row.last_failure, row.last_status, row.last_duration_ms);
    let attempts = (row.attempts > 1).then(|| deliveries::attempts(row.attempts));
    let words: Vec<_> = [Some(result).filter(|text| !text.is_empty()), attempts]
        .into_iter()
        .flatten()
        .collect();
    let when = if next.is_empty() {
        view! { <Ago at=row.last_attempt_at.unwrap_or(row.created_at) now class="relative z-1" /> }.into_any()
    } else {
        view! { <span>{next}</span> }.into_any()
    };
    view! {
        <li class=ROW>
            <span><DeliveryBadge state=row.state /></span>
            <span class="flex min-w-0 flex-wrap items-baseline gap-x-2.5 max-sm:col-start-1 max-sm:row-start-2">
                <a class=format!("{ROW_LINK} wrap-anywhere") href=address::delivery(row.id)>{name}</a>
                <span class="min-w-0 truncate text-muted">{words.join(" · ")}</span>
            </span>
            <span class="text-right text-muted max-sm:col-start-2 max-sm:row-start-1">{when}</span>
            {actions.map(|actions| view! { <span class="text-right max-sm:col-start-2 max-sm:row-start-2">{actions}</span> })}
        </li>
    }
    .into_any()
}
