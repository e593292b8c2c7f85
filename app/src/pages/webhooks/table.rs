//! The rows of the log. On a narrow screen each row becomes a card, so the roles that the layout would take from a table
//! are named.

use leptos::prelude::*;
use model::{ProviderMark, Text, Timestamp, WebhookRow};

use super::address;
use crate::{
    text::{
        times,
        words::{self, Meaning},
    },
    ui::{
        badge::{OutcomeBadge, VerdictBadge},
        icon::{Glyph, Icon},
        mark::{Monogram, find},
        time::Ago,
    },
};

#[component]
pub fn Table(rows: Vec<WebhookRow>, providers: Vec<ProviderMark>, now: Timestamp) -> impl IntoView {
    let days = by_day(rows, now).into_iter().map(|(day, rows)| {
        let rows = rows.into_iter().map(|row| {
            let mark = find(&providers, &row.provider);
            view! { <Row row mark now /> }
        });
        view! {
            <tbody role="rowgroup">
                <tr class="day" role="row">
                    <th role="rowheader" scope="rowgroup" colspan="6">
                        {day}
                    </th>
                </tr>
                {rows.collect_view()}
            </tbody>
        }
    });
    view! {
        <table class="log" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    {["Received", "Provider", "Event", "Subject", "Outcome", "Verdict"]
                        .map(|title| view! { <th role="columnheader" scope="col">{title}</th> })
                        .collect_view()}
                </tr>
            </thead>
            {days.collect_view()}
        </table>
    }
    .into_any()
}

#[component]
fn Row(row: WebhookRow, mark: ProviderMark, now: Timestamp) -> impl IntoView {
    let subject = row.event.as_ref().and_then(|event| event.subject.clone());
    let outcome = row.event.as_ref().map(|event| event.outcome);
    let beside = words::endpoint_beside(&mark.title, &row.endpoint_name);
    let sender = format!("{} · {}", mark.title, row.endpoint_name);
    view! {
        <tr class="entry" role="row">
            <td class="cell-received" role="cell">
                <Ago at=row.received_at now />
            </td>
            <td class="cell-provider" role="cell" title=sender>
                <span class="sender">
                    <Monogram mark=mark.clone() />
                    <span class="sender-title">{mark.title}</span>
                    <span class="sender-endpoint">{beside}</span>
                </span>
            </td>
            <td class="cell-event" role="cell">
                <EventCell row=row.clone() />
            </td>
            <td class="cell-subject" role="cell">
                {subject.map(|subject| view! { <Subject subject /> })}
            </td>
            <td class="cell-outcome" role="cell">
                {outcome.map(|outcome| view! { <OutcomeBadge outcome /> })}
            </td>
            <td class="cell-verdict" role="cell">
                <VerdictBadge verdict=row.verdict />
            </td>
        </tr>
    }
    .into_any()
}

/// The link of the whole row, and what the row is marked with.
#[component]
fn EventCell(row: WebhookRow) -> impl IntoView {
    let name = match &row.event {
        Some(event) => {
            let name = event.event_type.to_string();
            view! { <span class="truncate" title=name.clone()>{name.clone()}</span> }.into_any()
        }
        None => view! { <span class="no-event">{words::NO_EVENT}</span> }.into_any(),
    };
    let more = (row.events > 1).then(|| {
        let more = row.events - 1;
        view! { <span class="more" title=format!("and {more} more in the same webhook")>{format!("+{more}")}</span> }
    });
    let duplicate = row.duplicate_of.map(|original| {
        view! {
            <a class="tag" href=address::webhook(original) title="The same event came before: show the original">
                <Icon glyph=Glyph::Duplicate />
                "duplicate"
            </a>
        }
    });
    let foreign = row.foreign_network.then(|| {
        view! {
            <span class=format!("tag {}", crate::ui::badge::class(Meaning::Attention)) title="Not from the provider's network">
                <Icon glyph=Glyph::Network />
                <span class="tag-text">"other network"</span>
                <span class="sr-only">": not from the provider's network"</span>
            </span>
        }
    });
    view! {
        <span class="event">
            <a class="row-link" href=address::webhook(row.id)>
                {name}
            </a>
            {more}
            {duplicate}
            {foreign}
        </span>
    }
    .into_any()
}

#[component]
fn Subject(subject: Text) -> impl IntoView {
    view! {
        <a class="subject" href=address::subject(&subject) title=format!("All webhooks of {subject}")>
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
