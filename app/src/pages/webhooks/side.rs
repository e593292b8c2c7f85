//! Beside a webhook: others of the same subject.

use leptos::prelude::*;
use model::{Text, Timestamp, WebhookId, WebhookRow};

use super::address;
use crate::{
    text::words,
    ui::{
        badge::{OutcomeBadge, class, verdict_glyph},
        icon::Icon,
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
            <li>
                <a href=address::webhook(row.id)>{name}</a>
                <Ago at=row.received_at now />
                <span class="neighbour-badges">
                    {row.event.map(|event| view! { <OutcomeBadge outcome=event.outcome /> })}
                    <span class=format!("mini {}", class(words::verdict_meaning(row.verdict))) title=word>
                        <Icon glyph=verdict_glyph(row.verdict) />
                        <span class="sr-only">{word}</span>
                    </span>
                </span>
            </li>
        }
    });
    view! {
        <section class="panel">
            <h2>"Same subject"</h2>
            <ul class="neighbours">{rows.collect_view()}</ul>
            <a class="panel-more" href=address::subject(&subject)>
                "All of this subject"
            </a>
        </section>
    }
    .into_any()
}
