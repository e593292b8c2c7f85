//! The rows of the log. On a narrow screen each row becomes a card, so the roles that the layout would take from a table
//! are named.

use leptos::prelude::*;
use model::{DeliverySummary, ProviderMark, Text, Timestamp, WebhookRow};

use super::{address, selection::tick};
use crate::{
    islands::selection::SelectAll,
    pages::subjects,
    text::{
        deliveries, times,
        words::{self, Meaning},
    },
    ui::{
        badge::{DeliveryBadge, More, OutcomeBadge, VerdictBadge},
        icon::{Glyph, Icon},
        mark::{Monogram, find},
        meaning::{ground, ink},
        row::{ABOVE, ENTRY, HEAD, ROW_LINK},
        time::Ago,
    },
};

/// The titles of the columns, and their widths where there is room for a table.
const COLUMNS: [(&str, &str); 7] = [
    ("Received", "lg:w-24"),
    ("Provider", "lg:w-10 lg:max-2xl:*:sr-only 2xl:w-[17%]"),
    ("Event", ""),
    ("Subject", "lg:w-[16%]"),
    ("Outcome", "lg:w-30"),
    ("Verdict", "lg:w-32"),
    ("Delivery", "lg:w-44 2xl:w-60"),
];
const DAY: &str = "block pt-3 pb-1 text-left text-xs font-semibold text-muted lg:table-cell lg:h-8 lg:px-2 lg:pt-2 lg:pb-0";

/// Where each cell stands in a card: beside the box, in two columns.
const TICK: &str = "col-start-1 row-span-2 row-start-1 self-start overflow-visible! lg:pr-0! lg:pl-2";
const EVENT: &str = "col-start-2 row-start-1";
const VERDICT: &str = "col-start-3 row-start-1 self-start text-right lg:text-left";
const PROVIDER: &str = "col-start-2 row-start-2";
const RECEIVED: &str = "col-start-3 row-start-2 text-right text-xs text-muted lg:text-left lg:text-sm";
const SUBJECT: &str = "col-start-2 row-start-3 truncate max-lg:text-muted";
const OUTCOME: &str = "col-start-3 row-start-3 text-right lg:text-left";
const DELIVERY: &str = "col-span-2 col-start-2 row-start-4 lg:truncate";

const TAG: &str = "relative z-1 inline-flex h-5 flex-none items-center gap-1 rounded-sm px-1.5 text-2xs leading-4.5 font-medium";

#[component]
pub fn Table(rows: Vec<WebhookRow>, providers: Vec<ProviderMark>, may_select: bool, now: Timestamp) -> impl IntoView {
    let columns = COLUMNS.len() + usize::from(may_select);
    let days = by_day(rows, now).into_iter().map(|(day, rows)| {
        let rows = rows.into_iter().map(|row| {
            let mark = find(&providers, &row.provider);
            view! { <Row row mark may_select now /> }
        });
        view! {
            <tbody class="block lg:table-row-group" role="rowgroup">
                <tr class="block lg:table-row" role="row">
                    <th class=DAY role="rowheader" scope="rowgroup" colspan=columns.to_string()>
                        {day}
                    </th>
                </tr>
                {rows.collect_view()}
            </tbody>
        }
    });
    view! {
        <table class="block w-full border-separate border-spacing-0 text-sm lg:table lg:table-fixed" role="table">
            <thead class="max-lg:sr-only" role="rowgroup">
                <tr role="row">
                    {may_select.then(|| view! {
                        <th class=format!("{HEAD} lg:w-9 lg:pl-2") role="columnheader" scope="col">
                            <span class="sr-only">"Select"</span>
                            <span class="-ml-2 grid w-9 place-items-center"><SelectAll /></span>
                        </th>
                    })}
                    {COLUMNS
                        .map(|(title, width)| {
                            view! { <th class=format!("{HEAD} {width}") role="columnheader" scope="col"><span>{title}</span></th> }
                        })
                        .collect_view()}
                </tr>
            </thead>
            {days.collect_view()}
        </table>
    }
    .into_any()
}

#[component]
fn Row(row: WebhookRow, mark: ProviderMark, may_select: bool, now: Timestamp) -> impl IntoView {
    let box_to_tick = may_select.then(|| {
        let what = row.event.as_ref().map_or(words::NO_EVENT, |event| event.event_type.as_str());
        view! { <td class=TICK role="cell">{tick(row.id, what)}</td> }
    });
    let delivery = row.delivery.clone().map(|summary| view! { <Delivery summary now /> });
    let subject = row.event.as_ref().and_then(|event| event.subject.clone());
    let outcome = row.event.as_ref().map(|event| event.outcome);
    let beside = words::endpoint_beside(&mark.title, &row.endpoint_name);
    let sender = format!("{} · {}", mark.title, row.endpoint_name);
    view! {
        <tr class=format!("{ENTRY} grid-cols-[auto_minmax(0,1fr)_auto]") role="row">
            {box_to_tick}
            <td class=RECEIVED role="cell">
                <Ago at=row.received_at now class=ABOVE />
            </td>
            <td class=PROVIDER role="cell" title=sender>
                <span class="flex min-w-0 items-center gap-1.5 lg:gap-2">
                    <Monogram mark=mark.clone() class="size-4 lg:size-5" />
                    <span class="min-w-0 truncate lg:max-2xl:sr-only">{mark.title}</span>
                    <span class="min-w-0 flex-1 truncate text-muted lg:max-2xl:hidden">{beside}</span>
                </span>
            </td>
            <td class=EVENT role="cell">
                <EventCell row=row.clone() />
            </td>
            <td class=SUBJECT role="cell">
                {subject.map(|subject| view! { <Subject subject /> })}
            </td>
            <td class=OUTCOME role="cell">
                {outcome.map(|outcome| view! { <OutcomeBadge outcome /> })}
            </td>
            <td class=VERDICT role="cell">
                <VerdictBadge verdict=row.verdict />
            </td>
            <td class=DELIVERY role="cell">{delivery}</td>
        </tr>
    }
    .into_any()
}

/// How it stands with the destinations: the one that most wants a person.
#[component]
fn Delivery(summary: DeliverySummary, now: Timestamp) -> impl IntoView {
    let words = deliveries::summary(&summary, now);
    let more = (summary.destinations > 1).then(|| view! { <More count=summary.destinations - 1 of="destinations" /> });
    view! {
        <span class="flex min-w-0 items-center gap-1.5">
            <DeliveryBadge state=summary.state />
            <span class="min-w-0 truncate text-muted" title=words.clone()>{words.clone()}</span>
            {more}
        </span>
    }
    .into_any()
}

/// The link of the whole row, and what the row is marked with.
#[component]
fn EventCell(row: WebhookRow) -> impl IntoView {
    let name = match &row.event {
        Some(event) => {
            let name = event.event_type.to_string();
            view! { <span class="block truncate" title=name.clone()>{name.clone()}</span> }.into_any()
        }
        None => view! { <span class="font-normal text-muted italic">{words::NO_EVENT}</span> }.into_any(),
    };
    let more = (row.events > 1).then(|| view! { <More count=row.events - 1 /> });
    let duplicate = row.duplicate_of.map(|original| {
        view! {
            <a
                class=format!("{TAG} {} {} hover:text-ink", ink(Meaning::Neutral), ground(Meaning::Neutral))
                href=address::webhook(original)
                title="The same event came before: show the original"
            >
                <Icon glyph=Glyph::Duplicate />
                "duplicate"
            </a>
        }
    });
    let foreign = row.foreign_network.then(|| {
        view! {
            <span
                class=format!("{TAG} {} {}", ink(Meaning::Attention), ground(Meaning::Attention))
                title="Not from the provider's network"
            >
                <Icon glyph=Glyph::Network />
                <span class="lg:max-2xl:hidden">"other network"</span>
                <span class="sr-only">": not from the provider's network"</span>
            </span>
        }
    });
    let contradicted = row.contradicted.then(|| {
        view! {
            <a
                class=format!("{TAG} {} {}", ink(Meaning::Bad), ground(Meaning::Bad))
                href=address::record(row.id, None)
                title="The provider's record says something else"
            >
                <Icon glyph=Glyph::TriangleAlert />
                "contradicted"
            </a>
        }
    });
    let reconciled = row.reconciled.then(|| {
        tag(
            Glyph::ListChecks,
            "reconciled",
            "Found by comparison with the provider's list of events",
        )
    });
    let erased = row
        .erased_at
        .map(|_| tag(Glyph::Eraser, "erased", "Its body, headers and fields were erased"));
    view! {
        <span class="flex min-w-0 items-center gap-1.5 max-lg:flex-wrap">
            <a class=ROW_LINK href=address::webhook(row.id)>
                {name}
            </a>
            {more}
            {duplicate}
            {foreign}
            {contradicted}
            {reconciled}
            {erased}
        </span>
    }
    .into_any()
}

/// A quiet tag, of which only the icon stays where there is little room.
fn tag(glyph: Glyph, word: &'static str, means: &'static str) -> AnyView {
    view! {
        <span class=format!("{TAG} {} {}", ink(Meaning::Neutral), ground(Meaning::Neutral)) title=means>
            <Icon glyph />
            <span class="lg:max-2xl:sr-only">{word}</span>
        </span>
    }
    .into_any()
}

#[component]
fn Subject(subject: Text) -> impl IntoView {
    view! {
        <a
            class="relative z-1 text-inherit hover:text-accent"
            href=subjects::address::subject(&subject)
            title=format!("Everything of {subject}")
        >
            {subject.to_string()}
        </a>
    }
    .into_any()
}

/// The rows under the day (in UTC) on which they came, in their order.
fn by_day(rows: Vec<WebhookRow>, now: Timestamp) -> Vec<(String, Vec<WebhookRow>)> {
    let mut days: Vec<(String, Vec<WebhookRow>)> = Vec::new();
    for row in rows {
        let day = times::day(row.received_at, now);
        match days.last_mut() {
            Some((last, rows)) if *last == day => rows.push(row),
            _ => days.push((day, vec![row])),
        }
    }
    days
}
