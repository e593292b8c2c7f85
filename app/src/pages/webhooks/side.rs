//! Beside a webhook: others of the same subject.

use leptos::prelude::*;
use model::{Text, Timestamp, WebhookId, WebhookRow};

use super::address;
use crate::{
    pages::subjects,
    text::words,
    ui::{
        badge::{OutcomeBadge, verdict_glyph},
        card::Card,
        icon::Icon,
        meaning::ink,
        time::Ago,
    },
};

#[component]
pub fn Neighbours(rows: Vec<WebhookRow>, subject: Option<Text>, here: WebhookId, now: Timestamp) -> impl IntoView {
    let Some(subject) = subject else { return ().into_any() };
    let rows: Vec<_> = rows.into_iter().filter(|row| row.id != here).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows.into_iter().map(|row| {
        let name = row
            .event
            .as_ref()
            .map_or_else(|| words::NO_EVENT.to_owned(), |event| event.event_type.to_string());
        let word = words::verdict(row.verdict);
        view! {
            <li class="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2 border-hairline py-1.5 not-first:border-t">
                <a class="truncate font-medium text-ink" href=address::webhook(row.id)>{name}</a>
                <Ago at=row.received_at now class="text-right text-xs text-muted" />
                <span class="col-span-full flex items-center justify-between">
                    {row.event.map(|event| view! { <OutcomeBadge outcome=event.outcome /> })}
                    <span class=format!("ml-auto text-sm {}", ink(words::verdict_meaning(row.verdict))) title=word>
                        <Icon glyph=verdict_glyph(row.verdict) />
                        <span class="sr-only">{word}</span>
                    </span>
                </span>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title="Same subject">
            <ul class="text-sm">{rows}</ul>
            <a class="mt-2 inline-block text-sm" href=subjects::address::subject(&subject)>
                "All of this subject"
            </a>
        </Card>
    }
    .into_any()
}
